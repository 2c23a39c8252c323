//! What it takes to connect: address, login, certificates, proxy, time-outs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, Proxy, redirect, retry};
use thiserror::Error;
use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use super::message::describe;
use crate::secret::{Masker, Secret};

/// Idle connections are dropped before Tomcat does so after 20 s: a request on a connection that the other side has
/// just closed may or may not have arrived.
const IDLE: Duration = Duration::from_secs(15);

/// How to log in to Jira.
#[derive(Clone, Debug)]
pub enum Access {
    /// A personal access token (Jira 8.14 or later).
    Token(Secret),
    /// A user name and password; the administrators may have disabled this.
    Basic { user: String, password: Secret },
}

/// How to connect to Jira.
#[derive(Clone, Debug)]
pub struct Connection {
    pub base: BaseUrl,
    pub access: Access,
    /// The longest time for a request. Proxies cut at 60 s, and their 504 tells more than a time-out.
    pub timeout: Duration,
    pub connect_timeout: Duration,
    /// Certificate authorities (PEM) beside those of the system.
    pub ca_certs: Vec<PathBuf>,
    /// Our own certificate and key (PEM), where the server asks for one.
    pub client_cert: Option<PathBuf>,
    /// Whether the server's certificate goes unchecked.
    pub insecure: bool,
    /// A proxy instead of the one that the environment names.
    pub proxy: Option<String>,
}

/// Why no connection can be set up.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error("cannot read the certificate file {path}: {why}", path = .path.display())]
    Certificate { path: PathBuf, why: String },
    #[error("the address of the proxy is not usable: {0}")]
    Proxy(String),
    #[error("the token or password contains characters that cannot be sent, such as a line break")]
    Credential,
    #[error("cannot set up TLS: {0}")]
    Tls(String),
}

impl Access {
    /// What must be masked in everything that a server sends.
    pub(super) fn masker(&self) -> Masker {
        let masker = Masker::of([self.secret()]);
        match self {
            Self::Token(_) => masker,
            Self::Basic { user, password } => masker.with_base64(&basic(user, password)),
        }
    }

    pub fn secret(&self) -> &Secret {
        match self {
            Self::Token(secret)
            | Self::Basic {
                password: secret, ..
            } => secret,
        }
    }

    /// The `Authorization` header.
    pub(super) fn header(&self) -> Result<HeaderValue, ConnectError> {
        let text = Zeroizing::new(match self {
            Self::Token(token) => format!("Bearer {}", token.expose()),
            Self::Basic { user, password } => {
                format!("Basic {}", BASE64.encode(basic(user, password).as_bytes()))
            }
        });
        let mut value = HeaderValue::from_str(&text).map_err(|_| ConnectError::Credential)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn basic(user: &str, password: &Secret) -> Zeroizing<String> {
    Zeroizing::new(format!("{user}:{}", password.expose()))
}

impl Connection {
    /// The HTTP client: HTTP/1.1, no redirects, no retries, no cookies.
    pub(super) fn http_client(&self) -> Result<reqwest::Client, ConnectError> {
        // A second installation in one process fails and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gij/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .default_headers(common_headers())
            .tls_danger_accept_invalid_certs(self.insecure);
        for path in &self.ca_certs {
            let certificates = read_pem(path, |pem| match Certificate::from_pem_bundle(pem) {
                Ok(none) if none.is_empty() => Err("it holds no certificate in PEM form".into()),
                certificates => certificates.map_err(|error| describe(&error)),
            })?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(path) = &self.client_cert {
            let identity = read_pem(path, |pem| {
                Identity::from_pem(pem).map_err(|error| describe(&error))
            })?;
            builder = builder.identity(identity);
        }
        if let Some(proxy) = &self.proxy {
            let proxy = Proxy::all(proxy).map_err(|error| ConnectError::Proxy(describe(&error)))?;
            builder = builder.proxy(proxy);
        } else if self.base.is_loopback() {
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|error| ConnectError::Tls(describe(&error)))
    }
}

fn common_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (
            HeaderName::from_static("x-atlassian-token"),
            HeaderValue::from_static("no-check"),
        ),
    ])
}

fn read_pem<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, ConnectError> {
    let pem = std::fs::read(path).map_err(|error| error.to_string());
    pem.and_then(|pem| parse(&pem))
        .map_err(|why| ConnectError::Certificate {
            path: path.to_owned(),
            why,
        })
}
