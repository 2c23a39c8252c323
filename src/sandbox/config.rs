//! What a sandbox is started with, and what the whole server is like while it runs. Plain data.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::access::{AcceptedLogin, RateLimit};
use super::faults::Faults;
use super::record::StateError;

/// The settings of a sandbox. The default listens on a free port of the loopback interface, accepts any credential and never
/// misbehaves.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The path that Jira lives under: empty, or such as `/jira`. Everything outside redirects to it.
    pub context_path: String,
    /// The login that is accepted.
    pub access: AcceptedLogin,
    /// How long every request waits before anything happens.
    pub latency: Duration,
    /// The rate limit of each user, if there is one.
    pub rate: Option<RateLimit>,
    /// What goes wrong with which call, and how often.
    pub faults: Faults,
    /// The seed of the one random generator that draws the faults.
    pub fault_seed: u64,
    /// How long after the connection was closed a request with [`Fault::Late`](super::Fault::Late) is carried out.
    pub late_by: Duration,
    /// How long a list does not yet show what was created, and still shows what was deleted.
    pub list_lag: Duration,
    /// How long after its creation an integration that is not disabled counts as indexed; `None`: never.
    pub index_after: Option<Duration>,
    /// The file that integrations and requests are written to, and read from if it exists; see
    /// [`SavedState`](super::SavedState).
    pub state: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            context_path: String::new(),
            access: AcceptedLogin::Any,
            latency: Duration::ZERO,
            rate: None,
            faults: Faults::default(),
            fault_seed: 0,
            late_by: Duration::from_millis(500),
            list_lag: Duration::ZERO,
            index_after: Some(Duration::ZERO),
            state: None,
        }
    }
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the context path {path:?} must be empty or look like `/jira`")]
    ContextPath { path: String },
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("cannot use {} for the state: {source}", path.display())]
    State { path: PathBuf, source: StateError },
    #[error("cannot start: {0}")]
    Thread(io::Error),
}

impl Config {
    /// The settings with what cannot work refused.
    pub(super) fn checked(self) -> Result<Self, StartError> {
        let path = self.context_path.as_str();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/".contains(c);
        let well_formed = path.is_empty()
            || (path.starts_with('/')
                && !path.ends_with('/')
                && !path.contains("//")
                && path.chars().all(plain));
        if well_formed {
            Ok(self)
        } else {
            let path = self.context_path;
            Err(StartError::ContextPath { path })
        }
    }
}

/// The condition that the server is in; it can be changed while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Condition {
    /// All is well.
    #[default]
    Normal,
    /// Every request is redirected from http to https, 301.
    RedirectToHttps,
    /// Every request is answered by an HTML log-in form at 200, as a single sign-on proxy does.
    LoginPage,
    /// `/status` redirects to the same under this context path, such as `/jira`; everything else is not found.
    MovedUnder(String),
    /// `/status` answers STARTING (at 200), everything else is unavailable.
    Starting,
    /// `/status` answers MAINTENANCE (at 503), everything else is unavailable.
    Maintenance,
    /// `/status` answers ERROR (at 500), everything else is unavailable.
    Error,
    /// Every credential is refused, 401: it was revoked.
    Unauthorized,
    /// Every credential is answered by the demand for a CAPTCHA, 403.
    Captcha,
    /// Basic authentication is switched off, 403.
    BasicDisabled,
    /// The user is no Jira administrator, 403 for the app's end-points.
    NotAdmin,
    /// The app is not installed, 404 for its end-points.
    PluginAbsent,
    /// An update resets the settings that it leaves out, which the manual does not rule out.
    UpdatesReset,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_path_begins_with_a_slash_and_does_not_end_with_one() {
        for (path, fits) in [
            ("", true),
            ("/jira", true),
            ("/a/b", true),
            ("jira", false),
            ("/jira/", false),
            ("/{x}", false),
        ] {
            let config = Config {
                context_path: path.to_owned(),
                ..Config::default()
            };
            assert_eq!(config.checked().is_ok(), fits, "{path}");
        }
    }
}
