use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;

use crate::jira::{JiraError, StopReason};
use crate::journal::JournalError;

/// Why a run stopped before every row had its turn.
#[derive(Clone, Debug, Error)]
pub enum Stop {
    /// Somebody asked for it.
    #[error("interrupted")]
    Interrupted,
    /// Jira refuses us, or something stands before it.
    #[error("{0}")]
    Jira(JiraError),
    /// The journal cannot be written.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// Too long without an answer.
    #[error("gave up: {why}, and no other answer for {} s", .waited.as_secs())]
    MaxWait {
        /// What kept us waiting.
        why: String,
        /// How long it would have been.
        waited: Duration,
    },
    /// Jira asks for a longer wait than is allowed.
    #[error("gave up: {why}, and Jira asks to wait {} s", .asked.as_secs())]
    AskedTooLong {
        /// What kept us waiting.
        why: String,
        /// How long Jira asks to wait.
        asked: Duration,
    },
    /// The first rows all failed in the same way.
    #[error("the first {count} rows sent all failed alike: {error}")]
    FailingAlike {
        /// How many.
        count: u32,
        /// The error.
        error: String,
    },
    /// As many rows failed as the run allows.
    #[error("{count} rows failed, and `--max-failures` allows no more")]
    MaxFailures {
        /// How many.
        count: u32,
    },
    /// Too many answers in a row that leave their rows in doubt, again.
    #[error("{count} answers in a row left their rows in doubt again, the last one: {why}")]
    InDoubt {
        /// How many.
        count: u32,
        /// The last one.
        why: String,
    },
}

impl Stop {
    /// Nothing more may be sent to the Jira at `url`.
    pub fn of_jira(url: &str, reason: StopReason) -> Self {
        Self::Jira(JiraError::of_stop(url, reason))
    }

    /// What to do.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Interrupted | Self::Journal(_) => None,
            Self::Jira(error) => Some(error.help()),
            Self::MaxWait { .. } => Some(
                "see whether Jira is up and not limiting you; `--max-wait` waits longer".into(),
            ),
            Self::AskedTooLong { .. } => {
                Some("run again later, or let `--max-wait` be longer".into())
            }
            Self::FailingAlike { .. } | Self::MaxFailures { .. } => {
                Some("mend what the error names before you run again".into())
            }
            Self::InDoubt { .. } => {
                Some("see whether Jira is up and well, and which of these rows it shows".into())
            }
        }
    }
}

/// A switch that can be thrown once, from anywhere, and that everybody can wait for. The first reason counts.
#[derive(Clone, Debug)]
pub struct StopSwitch(watch::Sender<Option<Stop>>);

impl Default for StopSwitch {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl StopSwitch {
    /// Asks the run to stop. The first reason counts, unless somebody interrupts. Returns whether this reason counts.
    pub fn throw(&self, stop: Stop) -> bool {
        self.0.send_if_modified(|reason| {
            let counts = match reason {
                None => true,
                Some(Stop::Interrupted) => false,
                Some(_) => matches!(stop, Stop::Interrupted),
            };
            if counts {
                *reason = Some(stop);
            }
            counts
        })
    }

    /// Waits until somebody interrupts.
    pub async fn interrupted(&self) {
        let mut receiver = self.0.subscribe();
        let is_interrupted = |reason: &Option<Stop>| matches!(reason, Some(Stop::Interrupted));
        // The sender lives as long as this switch.
        let _ = receiver.wait_for(is_interrupted).await;
    }

    /// Whether the run is to stop.
    pub fn is_thrown(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Why the run is to stop.
    pub fn reason(&self) -> Option<Stop> {
        self.0.borrow().clone()
    }

    /// Waits until the run is to stop.
    pub async fn thrown(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as this switch.
        let _ = receiver.wait_for(Option::is_some).await;
    }
}
