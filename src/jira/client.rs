//! The requests.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::answer::Answer;
use super::base_url::BaseUrl;
use super::connection::{ConnectError, Connection};
use super::error::JiraError;
use super::exchange::{Ended, Exchange, NoAnswer, RawAnswer, Reply};
use super::message::read_body;
use super::wire::{self, CreatedIntegration, ListBody, RepositoriesBody, ShowBody};
use crate::http::{describe, proxy_in_use};
use crate::model::{Record, RemoteIntegration, ShownFields};
use crate::secret::Masker;

/// The app's collection of integrations.
const INTEGRATIONS: &str = "/rest/gitplugin/1.0/integration";

/// What the integrations found.
const REPOSITORIES: &str = "/rest/gitplugin/1.0/repository";

/// The largest answers that are read: about one integration, and the list of all.
const LARGEST_ANSWER: usize = 1024 * 1024;
const LARGEST_LIST: usize = 64 * 1024 * 1024;

/// A Jira to talk to.
pub struct Client {
    http: reqwest::Client,
    /// Opens a connection for each request: behind a load balancer, another node may answer.
    unpooled: reqwest::Client,
    /// Whether a connection broke before its answer. One that the other side closes without a word may break each request
    /// that reuses it, so that none is reused then.
    has_broken: AtomicBool,
    base: BaseUrl,
    /// What a message calls the proxy, if there is one.
    proxy: Option<String>,
    masker: Arc<Masker>,
    authorization: HeaderValue,
}

/// What Jira tells of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ServerInfo {
    #[serde(rename = "serverTitle")]
    pub title: String,
    pub version: String,
    /// Where Jira says that it is, however we reach it.
    #[serde(rename = "baseUrl")]
    pub base_url: String,
}

/// The user that we are to Jira.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Person {
    pub name: String,
    #[serde(rename = "displayName")]
    pub display_name: String,
}

/// A project of Jira.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Project {
    pub id: String,
    pub key: String,
}

impl Client {
    /// Sets up what is needed to talk to Jira; sends nothing.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if a certificate, the proxy or the credential cannot be used.
    pub fn new(connection: &Connection) -> Result<Self, ConnectError> {
        Ok(Self {
            http: connection.http_client(usize::MAX)?,
            unpooled: connection.http_client(0)?,
            has_broken: AtomicBool::new(false),
            base: connection.base.clone(),
            proxy: proxy_in_use(connection.base.as_str(), connection.proxy.as_deref()),
            masker: Arc::new(Masker::of([connection.access.secret()])),
            authorization: connection.access.header()?,
        })
    }

    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Checks that there is a Jira and that it is ready, without credentials.
    ///
    /// # Errors
    ///
    /// [`JiraError`] tells what is there instead.
    pub async fn status(&self) -> Result<(), JiraError> {
        #[derive(Deserialize)]
        struct Status {
            state: String,
        }
        let url = self.base.as_str().to_owned();
        let request = self.http.get(self.base.join("/status"));
        let reply = self.send(request, LARGEST_ANSWER, &self.masker).await;
        // A Jira that is not ready tells its state with a server error.
        if let Ok(answer) = &reply
            && let Ok(Status { state }) = wire::object(&answer.body)
        {
            return match state.as_str() {
                "RUNNING" if answer.is_success() => Ok(()),
                _ => Err(JiraError::NotReady {
                    url,
                    state: self.masker.clean(&state),
                }),
            };
        }
        let why = match JiraError::check(&url, reply, &self.masker) {
            Ok(_) => "its `/status` is not that of a Jira".to_owned(),
            Err(JiraError::NoApi { message, .. } | JiraError::Forbidden { message, .. }) => message,
            Err(JiraError::HtmlPage { .. }) => "its `/status` is an HTML page".to_owned(),
            // No credential was sent, so none was refused.
            Err(JiraError::LoginRefused { .. } | JiraError::Captcha { .. }) => {
                "its `/status` requires a login".to_owned()
            }
            Err(error) => return Err(error),
        };
        Err(JiraError::NotJira { url, why })
    }

    /// Reads the list of all integrations, over a connection of its own.
    ///
    /// # Errors
    ///
    /// [`JiraError`] tells why there is none.
    pub async fn list(&self) -> Exchange<Result<Vec<RemoteIntegration>, JiraError>> {
        let (http, contents) = (&self.unpooled, ListBody::integrations);
        self.read(http, INTEGRATIONS, LARGEST_LIST, &self.masker, contents)
            .await
    }

    /// Reads how many repositories each integration has found, by its id. Older versions of the app do not tell.
    ///
    /// # Errors
    ///
    /// [`JiraError`] tells why that is not known.
    pub async fn repositories(&self) -> Exchange<Result<HashMap<i64, u64>, JiraError>> {
        let (http, contents) = (self.http(), RepositoriesBody::counts);
        self.read(http, REPOSITORIES, LARGEST_LIST, &self.masker, contents)
            .await
    }

    /// Reads Jira's title, version and base URL.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if it does not tell.
    pub async fn server_info(&self) -> Exchange<Result<ServerInfo, JiraError>> {
        let clean = |info: ServerInfo| ServerInfo {
            title: self.masker.clean(&info.title),
            version: self.masker.clean(&info.version),
            base_url: self.masker.clean(&info.base_url),
        };
        self.read_small("/rest/api/2/serverInfo", clean).await
    }

    /// Reads who we are.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if Jira does not tell.
    pub async fn myself(&self) -> Exchange<Result<Person, JiraError>> {
        let clean = |person: Person| Person {
            name: self.masker.clean(&person.name),
            display_name: self.masker.clean(&person.display_name),
        };
        self.read_small("/rest/api/2/myself", clean).await
    }

    /// Reads the project with this key or id; none if Jira has none, or shows none to us.
    ///
    /// # Errors
    ///
    /// [`JiraError`] if it does not tell.
    pub async fn project(&self, key_or_id: &str) -> Result<Option<Project>, JiraError> {
        let path = format!("/rest/api/2/project/{key_or_id}");
        match self.read_small(&path, |project| project).await.meaning {
            Err(JiraError::NoApi { .. }) => Ok(None),
            read => read.map(Some),
        }
    }

    /// Reads the id of the project `key`.
    ///
    /// # Errors
    ///
    /// Those of [`project`](Self::project).
    pub async fn project_id(&self, key: &str) -> Result<Option<u64>, JiraError> {
        let Some(Project { id, .. }) = self.project(key).await? else {
            return Ok(None);
        };
        let id = id.parse().map(Some);
        id.map_err(|_| self.malformed(format!("the id of project {key} is no number")))
    }

    /// Sends the request that creates `record`: once, on one connection. No secret of the record is in the answer.
    pub async fn create(&self, record: &Record) -> Exchange<Answer<CreatedIntegration>> {
        let (masker, body) = (self.masker_of(Some(record)), wire::request_body(record));
        self.change(
            Method::POST,
            INTEGRATIONS,
            body,
            &masker,
            Answer::to_creation,
        )
        .await
    }

    /// Sends the request that deletes the integration `id`: once, on one connection. It never asks to delete files, which
    /// could erase original repositories ("Delete Existing Repository").
    pub async fn delete(&self, id: i64) -> Exchange<Answer<()>> {
        let path = format!("{INTEGRATIONS}/{id}");
        let (masker, body) = (&self.masker, Bytes::new());
        self.change(Method::DELETE, &path, body, masker, Answer::to_deletion)
            .await
    }

    /// Sends the request that sets the fields `values`, and the secrets of `record`, of the integration `id`: once, on one
    /// connection. The answer has the fields that Jira shows then, if it does, and no secret of the record.
    pub(crate) async fn update(
        &self,
        id: i64,
        values: &Map<String, Value>,
        record: Option<&Record>,
    ) -> Exchange<Answer<ShownFields>> {
        let path = format!("{INTEGRATIONS}/{id}");
        let (masker, body) = (self.masker_of(record), wire::update_body(values, record));
        let judge =
            |url: &str, reply: &Reply, masker: &Masker| Answer::to_update(url, reply, id, masker);
        self.change(Method::PUT, &path, body, &masker, judge).await
    }

    /// Sends the request that disables or enables the integration `id`, the way that the manual prefers ("Enable/Disable
    /// Existing Integration"): once, on one connection.
    pub(crate) async fn disable(&self, id: i64, disable: bool) -> Exchange<Answer<ShownFields>> {
        let path = format!("{REPOSITORIES}/{id}/disable?disable={disable}");
        let judge =
            |url: &str, reply: &Reply, masker: &Masker| Answer::to_update(url, reply, id, masker);
        self.change(Method::PUT, &path, Bytes::new(), &self.masker, judge)
            .await
    }

    /// Reads the documented fields of the integration `id`. No secret of `record` is in the answer.
    ///
    /// # Errors
    ///
    /// [`JiraError`] tells why it cannot be read.
    pub(crate) async fn show(
        &self,
        id: i64,
        record: Option<&Record>,
    ) -> Exchange<Result<Map<String, Value>, JiraError>> {
        let masker = self.masker_of(record);
        let path = format!("{INTEGRATIONS}/{id}");
        let shown = |body: ShowBody| body.integration().visible_without(&masker);
        self.read(&self.unpooled, &path, LARGEST_ANSWER, &masker, shown)
            .await
    }

    /// Masks the login, and the secrets of `record`.
    fn masker_of(&self, record: Option<&Record>) -> Masker {
        let secrets = record.into_iter().flat_map(Record::secrets);
        Masker::of(secrets).and(&self.masker)
    }

    fn malformed(&self, message: String) -> JiraError {
        JiraError::Malformed {
            url: self.base.as_str().to_owned(),
            message,
        }
    }

    async fn read_small<B: DeserializeOwned, T>(
        &self,
        path: &str,
        contents: impl FnOnce(B) -> T,
    ) -> Exchange<Result<T, JiraError>> {
        self.read(self.http(), path, LARGEST_ANSWER, &self.masker, contents)
            .await
    }

    /// Reads what `contents` takes from the JSON object at `path`, which may have `most` bytes.
    async fn read<B: DeserializeOwned, T>(
        &self,
        http: &reqwest::Client,
        path: &str,
        most: usize,
        masker: &Masker,
        contents: impl FnOnce(B) -> T,
    ) -> Exchange<Result<T, JiraError>> {
        let request = self.authenticated(http, Method::GET, path);
        let reply = self.send(request, most, masker).await;
        Exchange::from(reply).map(|reply| {
            let url = self.base.as_str().to_owned();
            let body = JiraError::check(&url, reply, masker)?.body;
            if wire::success(&body) == Some(false) {
                let message = read_body(&body, masker).0;
                let message = message.unwrap_or_else(|| "it gives no reason".to_owned());
                return Err(JiraError::Refused { url, message });
            }
            wire::object(&body).map(contents).map_err(|error| {
                // The text of an error about the data may repeat what the server sent.
                self.malformed(if error.is_data() {
                    "not of the documented form".to_owned()
                } else {
                    error.to_string()
                })
            })
        })
    }

    /// Sends a request that changes something.
    async fn change<T>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        masker: &Masker,
        judge: impl FnOnce(&str, &Reply, &Masker) -> Answer<T>,
    ) -> Exchange<Answer<T>> {
        let request = self.authenticated(self.http(), method, path);
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let reply = self.send(request, LARGEST_ANSWER, masker).await;
        Exchange::from(reply).map(|reply| judge(self.base.as_str(), &reply, masker))
    }

    fn http(&self) -> &reqwest::Client {
        if self.has_broken.load(Ordering::Relaxed) {
            &self.unpooled
        } else {
            &self.http
        }
    }

    fn authenticated(&self, http: &reqwest::Client, method: Method, path: &str) -> RequestBuilder {
        http.request(method, self.base.join(path))
            .header(AUTHORIZATION, self.authorization.clone())
    }

    /// Sends `request` once and reads its answer, whose body may have `most` bytes.
    async fn send(&self, request: RequestBuilder, most: usize, masker: &Masker) -> Reply {
        #[cfg(not(fuzzing))]
        let sent = request.send();
        #[cfg(fuzzing)]
        let sent = given_answer(request);
        let failed = |error: reqwest::Error| NoAnswer {
            ended: if error.is_connect() || error.is_builder() {
                Ended::NotConnected
            } else if error.is_timeout() {
                Ended::TimedOut
            } else {
                Ended::BrokenOff
            },
            why: describe(&error, self.proxy.as_deref()),
        };
        let mut response = sent.await.map_err(failed).inspect_err(|none| {
            if none.ended == Ended::BrokenOff {
                self.has_broken.store(true, Ordering::Relaxed);
            }
        })?;
        let mut answer = RawAnswer::head(&response, masker);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if answer.body.len() + chunk.len() > most {
                let most = most / (1024 * 1024);
                let why = format!("it is larger than {most} MB, and no more than that is read");
                let ended = Ended::TooLarge;
                return Err(NoAnswer { ended, why });
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

#[cfg(fuzzing)]
thread_local! {
    static NEXT: std::cell::RefCell<Option<reqwest::Response>> = const { std::cell::RefCell::new(None) };
}

/// Answers the next request of this thread, in fuzz targets: it is made and judged as ever, and nothing is sent.
#[cfg(fuzzing)]
pub fn answer_next(with: impl Into<reqwest::Response>) {
    NEXT.set(Some(with.into()));
}

#[cfg(fuzzing)]
async fn given_answer(request: RequestBuilder) -> reqwest::Result<reqwest::Response> {
    #[expect(clippy::expect_used, reason = "a mistake of the fuzz target")]
    request
        .build()
        .map(|_| NEXT.take().expect("an answer to the request"))
}
