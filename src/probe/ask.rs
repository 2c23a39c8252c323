//! Tries the credentials: hosts side by side, the logins of one host one after the other.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use url::Url;

use super::answer::{HostAnswer, HostVerdict};
use super::finding::problems;
use super::host::login_header;
use super::{Finding, Login, Probe};
use crate::http::{
    ClientError, ClientOptions, certificate_problem, describe, is_loopback, proxy_in_use,
};
use crate::model::Code;

/// How many hosts are asked at a time.
const HOSTS_AT_ONCE: usize = 8;

/// The largest answer that is read.
const LARGEST: usize = 1024 * 1024;

/// How to reach the hosts.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// The longest time for a request.
    pub timeout: Duration,
    /// Certificate authorities (PEM) beside those of the system.
    pub ca_certs: Vec<PathBuf>,
    /// A proxy instead of the one that the environment names.
    pub proxy: Option<String>,
}

struct Clients {
    /// By whether they verify certificates, and whether they are for this machine.
    by_kind: HashMap<(bool, bool), Client>,
    proxy: Option<String>,
}

impl Probe<'_> {
    /// Tries every credential once. What is known is in the order of the rows.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if a certificate file or the proxy cannot be used; then nothing is sent.
    pub(crate) async fn run(self, network: &Network) -> Result<Vec<Finding>, ClientError> {
        let mut clients = Clients {
            by_kind: HashMap::new(),
            proxy: network.proxy.clone(),
        };
        for login in self.hosts.values().flatten() {
            let key = client_key(login);
            if let Entry::Vacant(entry) = clients.by_kind.entry(key) {
                entry.insert(network.client(key)?);
            }
        }
        let now = Timestamp::now();
        let mut findings = self.findings;
        let asked = stream::iter(self.hosts.into_values())
            .map(|logins| ask_host(logins, &clients))
            .buffer_unordered(HOSTS_AT_ONCE);
        let asked: Vec<Vec<(Login<'_>, HostVerdict)>> = asked.collect().await;
        for (login, verdict) in asked.into_iter().flatten() {
            for problem in problems(login.api, login.field, &login.host, &verdict, now) {
                findings.extend(login.rows.iter().map(|row| Finding {
                    row: *row,
                    field: Some(login.field),
                    problem: problem.clone(),
                }));
            }
        }
        findings.sort_by_key(|finding| finding.row);
        Ok(findings)
    }
}

impl Network {
    fn client(&self, (is_verified, is_loopback): (bool, bool)) -> Result<Client, ClientError> {
        let accept = HeaderValue::from_static("application/json");
        let options = ClientOptions {
            timeout: self.timeout,
            connect_timeout: self.timeout,
            ca_certs: &self.ca_certs,
            client_cert: None,
            insecure: !is_verified,
            proxy: self.proxy.as_deref(),
            is_loopback,
            headers: HeaderMap::from_iter([(ACCEPT, accept)]),
            idle_connections: usize::MAX,
        };
        options.client()
    }
}

fn client_key(login: &Login<'_>) -> (bool, bool) {
    let is_loopback = Url::parse(&login.url).is_ok_and(|url| is_loopback(&url));
    (login.is_verified, is_loopback)
}

/// Tries the logins of one host. What holds for the whole host is found once; and after a refused password no other one of
/// the same account is tried, as accounts lock after a few.
async fn ask_host<'a>(logins: Vec<Login<'a>>, clients: &Clients) -> Vec<(Login<'a>, HostVerdict)> {
    let mut asked = Vec::with_capacity(logins.len());
    let mut of_host: HashMap<bool, HostVerdict> = HashMap::new();
    let mut refused: HashSet<&'a str> = HashSet::new();
    for login in logins {
        let mut is_throttled = false;
        let verdict = match (of_host.get(&login.is_verified), login.account) {
            (Some(known), _) => known.clone(),
            (None, Some(account)) if refused.contains(account) => {
                let why =
                    "another secret of this account was refused, and a further refusal may lock it";
                Err((Code::CredentialUnknown, why.to_owned()))
            }
            _ => ask(&login, clients).await.and_then(|answer| {
                is_throttled = answer.is_throttled();
                login.api.verdict(login.field, login.secret, &answer)
            }),
        };
        let is_unreachable = matches!(
            verdict,
            Err((Code::HostUnreachable | Code::HostCertificate, _))
        );
        if is_unreachable || is_throttled {
            of_host.insert(login.is_verified, verdict.clone());
        } else if matches!(verdict, Err((Code::CredentialRejected, _))) {
            refused.extend(login.account);
        }
        asked.push((login, verdict));
    }
    asked
}

async fn ask(login: &Login<'_>, clients: &Clients) -> Result<HostAnswer, (Code, String)> {
    let mut answer = send(login, clients, &login.url).await?;
    if let (404, Some(older)) = (answer.status, login.api.older_path) {
        let base = login.url.strip_suffix(login.api.path).unwrap_or(&login.url);
        answer = send(login, clients, &format!("{base}{older}")).await?;
    }
    Ok(answer)
}

/// Sends the login once.
async fn send(
    login: &Login<'_>,
    clients: &Clients,
    url: &str,
) -> Result<HostAnswer, (Code, String)> {
    let unknown = |why: &str| (Code::CredentialUnknown, why.to_owned());
    let Some((name, value)) = login_header(login) else {
        let why = "it contains characters that cannot be sent, such as a line break";
        return Err(unknown(why));
    };
    let client = &clients.by_kind[&client_key(login)];
    let mut request = client.get(url).header(name, value);
    if let Some((name, value)) = login.api.header {
        request = request.header(name, value);
    }
    let proxy = proxy_in_use(url, clients.proxy.as_deref());
    let failed = |error: reqwest::Error| match certificate_problem(&error) {
        Some(problem) => (Code::HostCertificate, problem),
        None => (Code::HostUnreachable, describe(&error, proxy.as_deref())),
    };
    let mut response = request.send().await.map_err(failed)?;
    let mut answer = HostAnswer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        answer.body.extend_from_slice(&chunk);
        if answer.body.len() > LARGEST {
            return Err(unknown("its answer is too large"));
        }
    }
    Ok(answer)
}
