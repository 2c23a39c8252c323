//! What an undo did to the integration of a row.

use jiff::Timestamp;
use serde::Serialize;

/// How an undo ended for one integration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalOutcome {
    /// It was deleted.
    Removed,
    /// Somebody had deleted it before.
    AlreadyGone,
    /// It was not touched.
    LeftAlone,
    /// Jira refused to delete it.
    Failed,
    /// Deleting it was asked for and what became of that is not certain.
    InDoubt,
}

impl RemovalOutcome {
    /// All of them in the order of the reports.
    pub const ALL: [Self; 5] = [
        Self::Removed,
        Self::AlreadyGone,
        Self::LeftAlone,
        Self::Failed,
        Self::InDoubt,
    ];

    /// The outcome on screen.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::AlreadyGone => "already gone",
            Self::LeftAlone => "left alone",
            Self::Failed => "failed",
            Self::InDoubt => "in doubt",
        }
    }

    /// Whether the integration is no longer in Jira.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Removed | Self::AlreadyGone)
    }
}

/// What an undo did to an integration, and why where that needs saying.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Removal {
    /// How it ended.
    pub outcome: RemovalOutcome,
    /// Why it was left alone, or what went wrong.
    pub why: Option<String>,
    /// When that was known; none if nothing was asked for, because Jira's list did not show it.
    #[serde(skip)]
    pub at: Option<Timestamp>,
}

impl Removal {
    pub(super) fn new(outcome: RemovalOutcome, at: Timestamp) -> Self {
        Self {
            outcome,
            why: None,
            at: Some(at),
        }
    }

    /// Whether the integration was gone by an answer or a judgement not before `since`.
    pub(super) fn is_gone_since(&self, since: Timestamp) -> bool {
        self.outcome.is_gone() && self.at.is_some_and(|at| at >= since)
    }

    /// Whether nobody knows what came of a deletion that was asked for not before `since`.
    pub(super) fn is_in_doubt_since(&self, since: Timestamp) -> bool {
        self.outcome == RemovalOutcome::InDoubt && self.at.is_none_or(|at| at >= since)
    }
}
