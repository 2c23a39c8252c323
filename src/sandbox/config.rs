//! What a sandbox is started with. Plain data; it is checked once, when the sandbox starts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::{Access, Faults, RateLimit, StateError};

/// The settings of a sandbox. The default listens on a free port of the loopback interface, lets any credential in and never
/// misbehaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The path that Jira lives under: empty, or such as `/jira`. Everything outside redirects to it.
    pub context_path: String,
    /// Who is let in.
    pub access: Access,
    /// How long every request waits before anything happens.
    pub latency: Duration,
    /// The rate limit of each user, if there is one.
    pub rate: Option<RateLimit>,
    /// What goes wrong with which call, and how often.
    pub faults: Faults,
    /// The seed of the one random generator that draws the faults.
    pub fault_seed: u64,
    /// How long after the client was cut off what [`Fault::Late`](super::Fault::Late) befell is done.
    pub late_by: Duration,
    /// How long a list does not yet show what was created, and still shows what was deleted.
    pub list_lag: Duration,
    /// How long after its creation an integration that is not disabled counts as indexed; `None`: never.
    pub index_after: Option<Duration>,
    /// The title that the server info gives.
    pub title: String,
    /// The file that what it holds and was asked is written to, and gone on from if it exists; see [`State`](super::State).
    pub state: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            context_path: String::new(),
            access: Access::Any,
            latency: Duration::ZERO,
            rate: None,
            faults: Faults::default(),
            fault_seed: 0,
            late_by: Duration::from_millis(500),
            list_lag: Duration::ZERO,
            index_after: Some(Duration::ZERO),
            title: "Sandbox Jira".to_owned(),
            state: None,
        }
    }
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The context path is not one.
    #[error("the context path {path:?} must be empty or look like `/jira`")]
    ContextPath {
        /// What was given.
        path: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The state file cannot be used.
    #[error("cannot use {} for the state: {source}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: StateError,
    },
    /// There is no thread to be had.
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
