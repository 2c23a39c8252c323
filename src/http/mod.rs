//! The HTTP client for everything that is sent: to Jira, and to git hosts.
//!
//! Uses no other module. The decision to know: HTTP/1.1, no redirects, no retries, no cookies. One call is one request on
//! the wire, and what it carries goes to no other address.

mod pinned;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Identity, Proxy, redirect, retry};
use rustls::CertificateError;
use url::{Host, Url};

/// Idle connections are dropped before Tomcat does so after 20 s: a request on a connection that the other side has
/// just closed may or may not have arrived.
const IDLE: Duration = Duration::from_secs(15);

/// What a client is made of.
#[derive(Clone, Debug)]
pub(crate) struct ClientOptions<'a> {
    /// The longest time for a request.
    pub timeout: Duration,
    pub connect_timeout: Duration,
    /// Certificate authorities (PEM) beside those of the system.
    pub ca_certs: &'a [PathBuf],
    /// Our own certificate and key (PEM), where the server asks for one.
    pub client_cert: Option<&'a Path>,
    /// Whether the server's certificate goes unchecked.
    pub insecure: bool,
    /// A proxy instead of the one that the environment names.
    pub proxy: Option<&'a str>,
    /// Whether the server is this machine, which no proxy of the environment can reach.
    pub is_loopback: bool,
    /// What every request carries.
    pub headers: HeaderMap,
    /// How many idle connections are kept for further requests.
    pub idle_connections: usize,
}

/// Whether `url` names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("cannot read the certificate file {path}: {why}", path = .path.display())]
    Certificate { path: PathBuf, why: String },
    #[error("the address of the proxy is not usable: {0}")]
    Proxy(String),
    #[error("cannot set up TLS: {0}")]
    Tls(String),
}

impl ClientOptions<'_> {
    pub(crate) fn client(self) -> Result<reqwest::Client, ClientError> {
        // A second installation in one process fails and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gij/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(self.idle_connections)
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .default_headers(self.headers)
            .tls_danger_accept_invalid_certs(self.insecure);
        if !self.ca_certs.is_empty() && !self.insecure {
            let tls = pinned::tls_config(self.ca_certs, self.client_cert)?;
            builder = builder.tls_backend_preconfigured(tls);
        } else if let Some(path) = self.client_cert {
            let identity = read_pem(path, |pem| {
                Identity::from_pem(pem).map_err(|error| innermost_cause(&error))
            })?;
            builder = builder.identity(identity);
        }
        if let Some(proxy) = self.proxy {
            let proxy =
                Proxy::all(proxy).map_err(|error| ClientError::Proxy(innermost_cause(&error)))?;
            builder = builder.proxy(proxy);
        } else if self.is_loopback {
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|error| ClientError::Tls(innermost_cause(&error)))
    }
}

fn read_pem<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, ClientError> {
    let pem = std::fs::read(path).map_err(|error| error.to_string());
    pem.and_then(|pem| parse(&pem))
        .map_err(|why| ClientError::Certificate {
            path: path.to_owned(),
            why,
        })
}

/// What a message calls the proxy that requests to `url` go through: the one that was given, or else the variable that
/// sets one, whose address may hold a password.
pub(crate) fn proxy_in_use(url: &str, given: Option<&str>) -> Option<String> {
    if let Some(proxy) = given {
        return Some(format!("the proxy {proxy}"));
    }
    let is_loopback = Url::parse(url).is_ok_and(|url| is_loopback(&url));
    let names = if url.starts_with("https:") {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let name = names.into_iter().find(is_set).filter(|_| !is_loopback)?;
    Some(format!(
        "the proxy of {name}, unless NO_PROXY names the host"
    ))
}

/// Why a request failed, which went through `proxy` if there is one.
pub(crate) fn describe(error: &reqwest::Error, proxy: Option<&str>) -> String {
    let why = match certificate_problem(error) {
        Some(problem) => format!("its certificate is not accepted: {problem}"),
        None => innermost_cause(error),
    };
    match proxy {
        Some(proxy) => format!("{why} (through {proxy})"),
        None => why,
    }
}

/// It tells most; reqwest's own text repeats the URL.
fn innermost_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection within the time allowed".into()
        } else {
            "no answer within the time allowed".into()
        };
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    if text.contains("InvalidContentType") {
        return "it does not speak TLS; is its address `http://…`?".into();
    }
    text
}

/// What is wrong with the server's certificate, if that is why there is no connection.
pub(crate) fn certificate_problem(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        // The `source` of an I/O error skips the error that it wraps.
        let wrapped = inner
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let tls = match wrapped {
            Some(wrapped) => wrapped.downcast_ref::<rustls::Error>(),
            None => inner.downcast_ref::<rustls::Error>(),
        };
        if let Some(rustls::Error::InvalidCertificate(problem)) = tls {
            return Some(in_words(problem));
        }
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => inner.source(),
        };
    }
    None
}

fn in_words(problem: &CertificateError) -> String {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::UnknownIssuer => {
            "it is self-signed, or its issuer is not one that this machine trusts"
        }
        CertificateError::Revoked => "it is revoked",
        other if is_of_authority(other) => "it is self-signed",
        other => return other.to_string(),
    }
    .to_owned()
}

/// Whether a server shows the certificate of an authority, as usual self-signed ones are.
fn is_of_authority(problem: &CertificateError) -> bool {
    problem.to_string().contains("CaUsedAsEndEntity")
}
