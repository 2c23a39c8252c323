//! What an examination of the way to Jira found.

use serde::Serialize;

/// An examination. Serialised, it is the document of `--format json`, keys in this order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct DoctorReport {
    /// The base URL.
    pub url: String,
    /// Whether an import could begin.
    pub usable: bool,
    /// What was looked at, in order.
    pub checks: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Finding {
    /// The question.
    pub check: Question,
    /// The answer in a word.
    pub state: Health,
    /// The answer in words; none if it was not tried.
    pub message: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// What is looked at, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Question {
    /// Is there a Jira at that address?
    Jira,
    /// Is it ready?
    Ready,
    /// Are we let in?
    LogIn,
    /// As whom?
    User,
    /// Is the app's API there, and ours to use?
    Api,
    /// How many requests does it allow?
    RateLimit,
    /// Is its certificate checked?
    Certificate,
    /// Is the way to it encrypted?
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
    /// What was answered does not tell.
    Unknown,
    /// Something before it failed.
    NotTried,
}

impl DoctorReport {
    /// The examination of the Jira at `url`, whose findings are brought into order.
    pub(crate) fn new(url: &str, mut checks: Vec<Finding>) -> Self {
        checks.sort_by_key(|finding| finding.check);
        Self {
            url: url.to_owned(),
            usable: checks.iter().all(|finding| finding.state != Health::Failed),
            checks,
        }
    }
}

impl Finding {
    /// A finding without a cure to name.
    pub(crate) fn new(check: Question, state: Health, message: impl Into<String>) -> Self {
        Self {
            check,
            state,
            message: Some(message.into()),
            help: None,
        }
    }

    /// What failed, and its cure.
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

    /// What was not looked at.
    pub(crate) fn not_tried(check: Question) -> Self {
        Self {
            check,
            state: Health::NotTried,
            message: None,
            help: None,
        }
    }
}
