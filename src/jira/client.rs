//! The requests.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, IntoUrl, Method, Proxy, Url, redirect, retry};
use serde_json::Value;

use super::answer::{Answer, Reply};
use super::base_url::BaseUrl;
use super::connection::{ConnectError, Connection, authorization, certificate_error, read_pem};
use super::entries::Entries;
use super::error::JiraError;
use super::exchange::Exchange;
use super::hints::RateHints;
use super::mask::Mask;
use super::message;
use super::removal::Removal;
use super::verdict::Verdict;
use super::wire;
use crate::model::{Record, RemoteIntegration, RemoteList};
use crate::secret::Guises;

/// The app's collection of integrations.
const INTEGRATIONS: &str = "/rest/gitplugin/1.0/integration";

/// Idle connections are dropped before Tomcat does so after 20 s, as a request on a connection that the other side has
/// just closed is one whose fate nobody knows.
const IDLE: Duration = Duration::from_secs(15);

/// The largest answers that are taken in: of one integration, and of all.
const LARGEST_ANSWER: usize = 1024 * 1024;
const LARGEST_LIST: usize = 256 * 1024 * 1024;

/// A Jira that we talk to.
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    /// Where integrations are created; taking a URL apart for each request takes its time.
    integrations: Url,
    /// What must not be seen of how we log in.
    guises: Arc<Guises>,
    authorization: HeaderValue,
}

/// What Jira says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ServerInfo {
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
}

/// Who we are to Jira.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Person {
    /// The user name.
    pub name: String,
    /// The name for people.
    pub display_name: String,
}

impl Client {
    /// Sets up what is needed to talk to Jira; sends nothing.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if a certificate, the proxy or the credential cannot be used.
    pub fn new(connection: &Connection) -> Result<Self, ConnectError> {
        // A second installation in one process fails and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gij/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .timeout(connection.timeout)
            .connect_timeout(connection.connect_timeout)
            .default_headers(common_headers())
            .tls_danger_accept_invalid_certs(connection.insecure);
        for path in &connection.ca_certs {
            let certificates =
                read_pem(path).and_then(|pem| match Certificate::from_pem_bundle(&pem) {
                    Ok(none) if none.is_empty() => {
                        Err("it holds no certificate in PEM form".into())
                    }
                    certificates => certificates.map_err(|error| in_words(&error)),
                });
            builder = builder.tls_certs_merge(certificates.map_err(certificate_error(path))?);
        }
        if let Some(path) = &connection.client_cert {
            let identity = read_pem(path)
                .and_then(|pem| Identity::from_pem(&pem).map_err(|error| in_words(&error)));
            builder = builder.identity(identity.map_err(certificate_error(path))?);
        }
        if let Some(proxy) = &connection.proxy {
            let proxy = Proxy::all(proxy).map_err(|error| ConnectError::Proxy(in_words(&error)))?;
            builder = builder.proxy(proxy);
        } else if connection.base.is_loopback() {
            builder = builder.no_proxy();
        }
        Ok(Self {
            http: builder
                .build()
                .map_err(|error| ConnectError::Tls(in_words(&error)))?,
            integrations: connection.base.join_parsed(INTEGRATIONS),
            base: connection.base.clone(),
            guises: Arc::new(connection.access.guises()),
            authorization: authorization(&connection.access)?,
        })
    }

    /// Where Jira is.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Asks whether there is a Jira and it is ready, without credentials.
    ///
    /// # Errors
    ///
    /// [`JiraError`] says what is there instead.
    pub async fn status(&self) -> Result<(), JiraError> {
        let url = self.base.as_str().to_owned();
        let request = self.http.get(self.base.join("/status"));
        let mask = self.mask();
        let reply = self.send(request, LARGEST_ANSWER, &mask).await;
        let state = |answer: &Answer| {
            let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
            json?.get("state")?.as_str().map(|state| mask.clean(state))
        };
        // A Jira that is not ready says so with a server error.
        if let Reply::Answer(answer) = &reply
            && let Some(state) = state(answer)
        {
            return match state.as_str() {
                "RUNNING" if answer.is_success() => Ok(()),
                _ => Err(JiraError::NotReady { url, state }),
            };
        }
        let why = match JiraError::of_reply(&url, reply, &mask) {
            Ok(_) => "its `/status` does not say that it is one".to_owned(),
            Err(JiraError::NoApi { message, .. } | JiraError::Forbidden { message, .. }) => message,
            Err(JiraError::HtmlPage { .. }) => "its `/status` is a page for people".to_owned(),
            // No credential was sent, so none was refused.
            Err(JiraError::LoginRefused { .. } | JiraError::Captcha { .. }) => {
                "its `/status` wants a log-in".to_owned()
            }
            Err(error) => return Err(error),
        };
        Err(JiraError::NotJira { url, why })
    }

    /// Reads the list of all integrations.
    ///
    /// # Errors
    ///
    /// [`JiraError`] says why there is none.
    pub async fn list(&self) -> Exchange<Result<Vec<RemoteIntegration>, JiraError>> {
        let exchange = self.list_knowing(&|_| false).await;
        exchange.map(|list| Ok(list?.shown))
    }

    /// Reads the list of all integrations and keeps the ids alone of those of which `is_known` says so.
    ///
    /// # Errors
    ///
    /// [`JiraError`] says why there is none.
    pub async fn list_knowing(
        &self,
        is_known: &dyn Fn(i64) -> bool,
    ) -> Exchange<Result<RemoteList, JiraError>> {
        let mut entries = Entries::new(is_known);
        let mut take = |chunk: &[u8], rest: &mut Vec<u8>| entries.take_in(chunk, rest);
        let exchange = self.ask_for(INTEGRATIONS, LARGEST_LIST, &mut take).await;
        exchange.map(|answer| {
            let rest = answer?.body;
            entries.end(&rest).ok_or_else(|| self.no_list(&rest))
        })
    }

    /// Why what came is not a list; `body` is all of it but its integrations.
    fn no_list(&self, body: &[u8]) -> JiraError {
        let json = match self.json_of(body) {
            Ok(json) => json,
            Err(error) => return error,
        };
        let url = self.base.as_str().to_owned();
        match message::of_body(body, &self.mask()) {
            (Some(message), _) if wire::success(&json) == Some(false) => {
                JiraError::Refused { url, message }
            }
            _ => JiraError::Malformed {
                url,
                message: "a list of integrations without one".into(),
            },
        }
    }

    /// Asks Jira for its title and version.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if it does not say.
    pub async fn server_info(&self) -> Result<ServerInfo, JiraError> {
        let json = self.read("/rest/api/2/serverInfo").await?;
        Ok(ServerInfo {
            title: self.text_of(&json, "serverTitle"),
            version: self.text_of(&json, "version"),
        })
    }

    /// Asks Jira who we are.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if it does not say.
    pub async fn myself(&self) -> Result<Person, JiraError> {
        let json = self.read("/rest/api/2/myself").await?;
        Ok(Person {
            name: self.text_of(&json, "name"),
            display_name: self.text_of(&json, "displayName"),
        })
    }

    /// Asks Jira for the id of the project `key`; none if it knows none, or shows none to us.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if it does not say.
    pub async fn project_id(&self, key: &str) -> Result<Option<u64>, JiraError> {
        let path = format!("/rest/api/2/project/{key}");
        match self.read(&path).await {
            Ok(json) => {
                let id = json.get("id").and_then(|id| id.as_str()?.parse().ok());
                id.map(Some).ok_or_else(|| JiraError::Malformed {
                    url: self.base.as_str().to_owned(),
                    message: format!("the project {key} has no id"),
                })
            }
            Err(JiraError::NoApi { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends the request that creates `record`: once, on one connection. No secret of the record is in what it means.
    pub async fn create(&self, record: &Record) -> Exchange<Verdict> {
        let request = self
            .authenticated(Method::POST, self.integrations.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(wire::request_body(record));
        let mask = Mask::new(Arc::clone(&self.guises), record.secrets());
        let reply = self.send(request, LARGEST_ANSWER, &mask).await;
        Exchange::of(reply).map(|reply| Verdict::of(&reply, &mask))
    }

    /// Sends the request that deletes the integration `id`: once, on one connection. It never asks to delete files, which
    /// could erase original repositories ("Delete Existing Repository").
    pub async fn delete(&self, id: i64) -> Exchange<Removal> {
        let request = self
            .authenticated(
                Method::DELETE,
                self.base.join(&format!("{INTEGRATIONS}/{id}")),
            )
            .header(CONTENT_TYPE, "application/json");
        let mask = self.mask();
        let reply = self.send(request, LARGEST_ANSWER, &mask).await;
        Exchange::of(reply).map(|reply| Removal::of(&reply, &mask))
    }

    fn mask(&self) -> Mask {
        Mask::new(Arc::clone(&self.guises), [])
    }

    fn text_of(&self, json: &Value, name: &str) -> String {
        let text = json.get(name).and_then(Value::as_str);
        text.map(|text| self.mask().clean(text)).unwrap_or_default()
    }

    async fn read(&self, path: &str) -> Result<Value, JiraError> {
        let answer = self
            .ask_for(path, LARGEST_ANSWER, &mut keep)
            .await
            .meaning?;
        self.json_of(&answer.body)
    }

    fn json_of(&self, body: &[u8]) -> Result<Value, JiraError> {
        serde_json::from_slice(body).map_err(|error| JiraError::Malformed {
            url: self.base.as_str().to_owned(),
            message: error.to_string(),
        })
    }

    /// Asks for what is at `path`; `take` takes in each piece of the answer and keeps of it what matters.
    async fn ask_for(
        &self,
        path: &str,
        most: usize,
        take: &mut Take<'_>,
    ) -> Exchange<Result<Answer, JiraError>> {
        let mask = self.mask();
        let request = self.authenticated(Method::GET, self.base.join(path));
        let reply = self.send_for(request, most, &mask, take).await;
        Exchange::of(reply).map(|reply| JiraError::of_reply(self.base.as_str(), reply, &mask))
    }

    fn authenticated(&self, method: Method, url: impl IntoUrl) -> reqwest::RequestBuilder {
        self.http
            .request(method, url)
            .header(AUTHORIZATION, self.authorization.clone())
    }

    async fn send(&self, request: reqwest::RequestBuilder, most: usize, mask: &Mask) -> Reply {
        self.send_for(request, most, mask, &mut keep).await
    }

    async fn send_for(
        &self,
        request: reqwest::RequestBuilder,
        most: usize,
        mask: &Mask,
        take: &mut Take<'_>,
    ) -> Reply {
        #[cfg(not(fuzzing))]
        let sent = request.send();
        #[cfg(fuzzing)]
        let sent = super::given::answer(request);
        let mut response = match sent.await {
            Ok(response) => response,
            Err(error) if error.is_connect() || error.is_builder() => {
                return Reply::NotSent(in_words(&error));
            }
            Err(error) => return broken_off(&error),
        };
        let mut answer = head_of(&response, mask);
        let mut left = most;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if chunk.len() <= left => {
                    left -= chunk.len();
                    take(&chunk, &mut answer.body);
                }
                Ok(Some(_)) => return Reply::TooLarge,
                Ok(None) => return Reply::Answer(answer),
                Err(error) => return broken_off(&error),
            }
        }
    }
}

/// Takes in a piece of an answer's body and puts what is to be kept behind what was kept before.
type Take<'a> = dyn FnMut(&[u8], &mut Vec<u8>) + 'a;

fn keep(piece: &[u8], body: &mut Vec<u8>) {
    body.extend_from_slice(piece);
}

fn broken_off(error: &reqwest::Error) -> Reply {
    let why = in_words(error);
    if error.is_timeout() {
        Reply::TimedOut(why)
    } else {
        Reply::BrokenOff(why)
    }
}

/// What matters of an answer's head; texts that may be shown are cleaned, and a location loses its query.
fn head_of(response: &reqwest::Response, mask: &Mask) -> Answer {
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Answer {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        location: header("location").map(|location| {
            let end = location.find(['?', '#']).unwrap_or(location.len());
            mask.clean(&location[..end])
        }),
        login_reason: header("x-seraph-loginreason"),
        denied_reason: header("x-authentication-denied-reason").map(|reason| mask.clean(&reason)),
        retry_after: header("retry-after"),
        hints: RateHints::read(|name| response.headers().get(name)?.to_str().ok()),
        body: Vec::new(),
    }
}

fn common_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        HeaderName::from_static("x-atlassian-token"),
        HeaderValue::from_static("no-check"),
    );
    headers
}

/// The innermost cause, which says most; reqwest's own text repeats the URL.
fn in_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection within the time allowed".into()
        } else {
            "no answer within the time allowed".into()
        };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let said = cause.to_string();
    if said.contains("InvalidContentType") {
        return "it does not speak TLS; is its address `http://…`?".into();
    }
    said
}
