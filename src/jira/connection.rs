//! What it takes to get to Jira.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use reqwest::header::HeaderValue;
use thiserror::Error;

use super::access::Access;
use super::base_url::BaseUrl;

/// How to get to Jira.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Where it is.
    pub base: BaseUrl,
    /// How we log in.
    pub access: Access,
    /// Longest time for a request; proxies cut at 60 s, and their 504 says more than a time-out.
    pub timeout: Duration,
    /// Longest time for making a connection.
    pub connect_timeout: Duration,
    /// Certificate authorities (PEM) beside those of the system.
    pub ca_certs: Vec<PathBuf>,
    /// Our own certificate and key (PEM), where the server asks for one.
    pub client_cert: Option<PathBuf>,
    /// Whether the server's certificate goes unchecked.
    pub insecure: bool,
    /// A proxy; otherwise the usual environment variables count.
    pub proxy: Option<String>,
}

/// Why the means to connect are not usable.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// A certificate file cannot be read.
    #[error("the certificate file {path} cannot be read: {why}", path = .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The proxy's address.
    #[error("the proxy's address is not usable: {0}")]
    Proxy(String),
    /// The credential has characters that no header can carry.
    #[error("the token or password holds characters that cannot be sent, such as a line break")]
    Credential,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

pub(super) fn authorization(access: &Access) -> Result<HeaderValue, ConnectError> {
    let text = zeroize::Zeroizing::new(match access {
        Access::Token(token) => format!("Bearer {}", token.expose()),
        Access::Basic { user, password } => {
            let pair = zeroize::Zeroizing::new(format!("{user}:{}", password.expose()));
            format!("Basic {}", BASE64.encode(pair.as_bytes()))
        }
    });
    let mut value = HeaderValue::from_str(&text).map_err(|_| ConnectError::Credential)?;
    value.set_sensitive(true);
    Ok(value)
}

pub(super) fn read_pem(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| error.to_string())
}

pub(super) fn certificate_error(path: &Path) -> impl FnOnce(String) -> ConnectError {
    let path = path.to_owned();
    |why| ConnectError::Certificate { path, why }
}
