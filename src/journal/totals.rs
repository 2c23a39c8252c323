//! How many rows ended how.

use serde::Serialize;

use crate::model::Outcome;

/// The number of rows of each outcome. Rows are only ever added together with their outcome, so the number of rows read
/// is always the sum of the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Totals {
    /// All rows.
    pub read: u64,
    /// Rows that were created.
    pub created: u64,
    /// Rows that were there before.
    pub exists: u64,
    /// Rows that Jira refused.
    pub failed: u64,
    /// Rows that were sent and are not certain.
    pub in_doubt: u64,
    /// Rows that are not valid.
    pub invalid: u64,
    /// Rows whose turn did not come.
    pub not_attempted: u64,
    /// Rows that the selection left out.
    pub not_selected: u64,
}

impl Totals {
    /// The number of rows with this outcome.
    pub fn of(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Created => self.created,
            Outcome::Exists => self.exists,
            Outcome::Failed => self.failed,
            Outcome::InDoubt => self.in_doubt,
            Outcome::Invalid => self.invalid,
            Outcome::NotAttempted => self.not_attempted,
            Outcome::NotSelected => self.not_selected,
        }
    }
}

impl FromIterator<Outcome> for Totals {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut totals = Self::default();
        for outcome in outcomes {
            totals.read += 1;
            *match outcome {
                Outcome::Created => &mut totals.created,
                Outcome::Exists => &mut totals.exists,
                Outcome::Failed => &mut totals.failed,
                Outcome::InDoubt => &mut totals.in_doubt,
                Outcome::Invalid => &mut totals.invalid,
                Outcome::NotAttempted => &mut totals.not_attempted,
                Outcome::NotSelected => &mut totals.not_selected,
            } += 1;
        }
        totals
    }
}
