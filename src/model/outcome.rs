use std::fmt;

use serde::{Deserialize, Serialize};

/// How a row ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Jira created it and said so.
    Created,
    /// It was there before the run.
    Exists,
    /// Jira refused it.
    Failed,
    /// It was sent and what became of it is not certain.
    InDoubt,
    /// The row is not valid.
    Invalid,
    /// The run stopped before its turn.
    NotAttempted,
    /// The selection of the run left it out.
    NotSelected,
}

impl Outcome {
    /// All outcomes in the order of the reports.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Exists,
        Self::Failed,
        Self::InDoubt,
        Self::Invalid,
        Self::NotAttempted,
        Self::NotSelected,
    ];

    /// The outcome in reports: `in_doubt`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Exists => "exists",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::Invalid => "invalid",
            Self::NotAttempted => "not_attempted",
            Self::NotSelected => "not_selected",
        }
    }
}

/// The outcome on screen: `in doubt`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name().replace('_', " "))
    }
}
