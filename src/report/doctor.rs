//! The document of `gij doctor`: whether an import could begin.

use serde::Serialize;

/// Serialised, it is the document of `--format json`, keys in this order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct DoctorReport {
    pub url: String,
    /// Whether an import could begin.
    pub usable: bool,
    /// What was checked, in order.
    pub checks: Vec<DoctorFinding>,
}

/// One check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct DoctorFinding {
    pub check: Question,
    pub state: Health,
    /// The answer in words; none if it was not tried.
    pub message: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// What is checked, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Question {
    /// Is there a Jira at that address?
    Jira,
    /// Is it ready?
    Ready,
    /// Is our login accepted?
    LogIn,
    /// As whom?
    User,
    /// Is the app's API there, and ours to use?
    Api,
    /// How many requests does it allow?
    RateLimit,
    /// Is its certificate checked?
    Certificate,
    /// Is the connection encrypted?
    Encryption,
}

/// How it is with one thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// As it should be.
    Ok,
    /// It works, and there is something to know.
    Warning,
    /// It does not work.
    Failed,
    /// The answer does not show it.
    Unknown,
    /// Something before it failed.
    NotTried,
}

impl DoctorReport {
    /// Brings the findings into order.
    pub(crate) fn new(url: &str, mut checks: Vec<DoctorFinding>) -> Self {
        checks.sort_by_key(|finding| finding.check);
        Self {
            url: url.to_owned(),
            usable: checks.iter().all(|finding| finding.state != Health::Failed),
            checks,
        }
    }
}

impl DoctorFinding {
    /// A finding without help.
    pub(crate) fn new(check: Question, state: Health, message: impl Into<String>) -> Self {
        Self {
            check,
            state,
            message: Some(message.into()),
            help: None,
        }
    }

    /// What failed, and what to do about it.
    pub(crate) fn failed(
        check: Question,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            help: Some(help.into()),
            ..Self::new(check, Health::Failed, message)
        }
    }

    /// What was not checked.
    pub(crate) fn not_tried(check: Question) -> Self {
        Self {
            check,
            state: Health::NotTried,
            message: None,
            help: None,
        }
    }
}
