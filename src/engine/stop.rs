//! Why and how a session stops early.

use thiserror::Error;
use tokio::sync::watch;

use crate::jira::JiraError;
use crate::journal::JournalError;
use crate::model::Difference;

/// Why a run stopped before every row had its turn.
#[derive(Clone, Debug, Error)]
pub(crate) enum Stop {
    /// Somebody asked for it.
    #[error("interrupted")]
    Interrupted,
    /// Somebody asked for it when it was stopping for this reason already, or stopped for it before it had ended.
    #[error("{0}")]
    InterruptedToo(Box<Self>),
    /// Jira refuses us, or something stands before it.
    #[error("{0}")]
    Jira(JiraError),
    /// The journal cannot be written.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// Too long without an answer, or Jira asks for a longer wait than is allowed.
    #[error("gave up: {why}")]
    MaxWait { why: String },
    /// The first rows all failed in the same way.
    #[error("the first {count} rows sent all failed in the same way: {error}")]
    FailingAlike { count: u32, error: String },
    /// As many rows failed as the run allows.
    #[error("{count} rows failed, and `--max-failures` allows no more")]
    MaxFailures { count: u32 },
    /// Jira changed what it was not asked to change.
    #[error("the request for integration {id} also changed fields that it did not name: {changes}")]
    AlsoChanged { id: i64, changes: String },
    /// Too many answers in a row that leave their rows in doubt, again.
    #[error("{count} answers in a row left their rows in doubt again, the last one: {why}")]
    InDoubt { count: u32, why: String },
}

impl Stop {
    /// Jira also changed these fields of the integration `id`.
    pub(super) fn also_changed(id: i64, fields: &[Difference]) -> Self {
        let changes: Vec<String> = fields.iter().map(Difference::as_change).collect();
        let changes = changes.join(", ");
        Self::AlsoChanged { id, changes }
    }

    /// Whether somebody interrupted, whatever else there was.
    pub(crate) fn is_interrupted(&self) -> bool {
        matches!(self, Self::Interrupted | Self::InterruptedToo(_))
    }

    /// What to do.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Interrupted | Self::Journal(_) => None,
            Self::InterruptedToo(reason) => reason.help(),
            Self::Jira(error) => Some(error.help()),
            Self::MaxWait { .. } => Some(
                "check that Jira is up and does not limit your requests, and run again later; `--max-wait` waits longer".into(),
            ),
            // Jira's own words for an address of its API that no app answers for.
            Self::FailingAlike { error, .. } if error.contains("null for uri") => Some(
                "check that the app Git Integration for Jira is installed and enabled, with all its modules".into(),
            ),
            Self::FailingAlike { .. } | Self::MaxFailures { .. } => {
                Some("fix what the error names before you run again".into())
            }
            Self::AlsoChanged { .. } => Some(
                "unless somebody changed them meanwhile, this version of the app resets fields that a request leaves out; \
                 `gij undo` puts visible fields back, and somebody in Jira the others"
                    .into(),
            ),
            Self::InDoubt { .. } => {
                Some("check that Jira is healthy, and which of these rows it shows".into())
            }
        }
    }
}

/// A switch that can be thrown once, from anywhere, and that everybody can wait for. The first reason counts; that somebody
/// interrupted is known beside it.
#[derive(Clone, Debug)]
pub(crate) struct StopSwitch(watch::Sender<Thrown>);

#[derive(Clone, Debug, Default)]
struct Thrown {
    reason: Option<Stop>,
    is_interrupted: bool,
}

impl Default for StopSwitch {
    fn default() -> Self {
        Self(watch::Sender::new(Thrown::default()))
    }
}

impl StopSwitch {
    /// Asks the run to stop. The first reason counts, unless that was somebody who interrupted and this one forbids even what
    /// is done then. Returns whether this reason counts, or is an interruption.
    pub(crate) fn throw(&self, stop: Stop) -> bool {
        self.0.send_if_modified(|thrown| {
            let interrupts = stop.is_interrupted() && !thrown.is_interrupted;
            thrown.is_interrupted |= interrupts;
            let counts = match thrown.reason {
                None => true,
                Some(Stop::Interrupted) => matches!(stop, Stop::Jira(_) | Stop::Journal(_)),
                Some(_) => false,
            };
            if counts {
                thrown.reason = Some(stop);
            }
            counts || interrupts
        })
    }

    /// Waits until somebody interrupts.
    pub(crate) async fn interrupted(&self) {
        self.wait_for(|thrown| thrown.is_interrupted).await;
    }

    async fn wait_for(&self, is_it: impl Fn(&Thrown) -> bool) {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as this switch.
        let _ = receiver.wait_for(|thrown| is_it(thrown)).await;
    }

    /// Whether the run is to stop.
    pub(crate) fn is_thrown(&self) -> bool {
        self.0.borrow().reason.is_some()
    }

    /// Whether somebody interrupted.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.0.borrow().is_interrupted
    }

    /// Why the run is to stop.
    pub(crate) fn reason(&self) -> Option<Stop> {
        self.0.borrow().reason.clone()
    }

    /// Why the run stopped, and whether somebody interrupted as well.
    pub(crate) fn ending(&self) -> Option<Stop> {
        let thrown = self.0.borrow().clone();
        match thrown.reason {
            Some(reason) if thrown.is_interrupted && !reason.is_interrupted() => {
                Some(Stop::InterruptedToo(Box::new(reason)))
            }
            reason => reason,
        }
    }

    /// Waits until the run is to stop.
    pub(crate) async fn thrown(&self) {
        self.wait_for(|thrown| thrown.reason.is_some()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_stays_when_somebody_interrupts() {
        let stop = StopSwitch::default();
        assert!(stop.throw(Stop::MaxFailures { count: 3 }));
        assert!(stop.throw(Stop::Interrupted));
        assert!(!stop.throw(Stop::Interrupted));
        assert!(matches!(stop.reason(), Some(Stop::MaxFailures { .. })));
        let ending = stop.ending().unwrap();
        assert!(
            matches!(ending, Stop::InterruptedToo(reason) if matches!(*reason, Stop::MaxFailures { .. }))
        );
    }

    #[test]
    fn where_no_app_answers_the_help_asks_for_it() {
        let alike = |error: &str| Stop::FailingAlike {
            count: 10,
            error: error.into(),
        };
        let lost = "null for uri: https://jira/rest/gitplugin/1.0/integration";
        assert!(
            alike(lost)
                .help()
                .unwrap()
                .contains("installed and enabled")
        );
        assert!(alike("Bad origin").help().unwrap().contains("fix"));
    }

    #[test]
    fn what_forbids_to_ask_jira_replaces_an_interruption() {
        let stop = StopSwitch::default();
        stop.throw(Stop::Interrupted);
        assert!(!stop.throw(Stop::MaxFailures { count: 3 }));
        assert!(matches!(stop.ending(), Some(Stop::Interrupted)));
        let refused = JiraError::LoginRefused { url: String::new() };
        assert!(stop.throw(Stop::Jira(refused)));
        assert!(matches!(stop.reason(), Some(Stop::Jira(_))));
        assert!(stop.ending().is_some_and(|ending| ending.is_interrupted()));
    }
}
