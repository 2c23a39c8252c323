//! What it takes to connect: address, login, certificates, proxy, time-outs.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use thiserror::Error;
use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use crate::http::{ClientError, ClientOptions};
use crate::secret::Secret;

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
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the token or password contains characters that cannot be sent, such as a line break")]
    Credential,
}

impl Access {
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
                let text = Zeroizing::new(format!("{user}:{}", password.expose()));
                format!("Basic {}", BASE64.encode(text.as_bytes()))
            }
        });
        let mut value = HeaderValue::from_str(&text).map_err(|_| ConnectError::Credential)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Connection {
    /// An HTTP client for this Jira, which keeps so many idle connections for further requests.
    pub(super) fn http_client(
        &self,
        idle_connections: usize,
    ) -> Result<reqwest::Client, ConnectError> {
        let options = ClientOptions {
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            ca_certs: &self.ca_certs,
            client_cert: self.client_cert.as_deref(),
            insecure: self.insecure,
            proxy: self.proxy.as_deref(),
            is_loopback: self.base.is_loopback(),
            headers: common_headers(),
            idle_connections,
        };
        Ok(options.client()?)
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
