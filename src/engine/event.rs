use std::time::Duration;

use crate::journal::RemovalOutcome;
use crate::model::Outcome;

/// Something that happens while a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RunEvent<'a> {
    /// A row came to its end for this run.
    Finished(Outcome),
    /// Nothing is sent for a while.
    Waiting {
        /// Why.
        why: &'a str,
        /// For how long from now.
        time: Duration,
    },
    /// An undo came to its end for a row.
    Removed(RemovalOutcome),
    /// A row that was told of as in doubt is found in Jira's list after all.
    FoundAfterAll,
    /// Nothing is sent until rows are settled: Jira is given time to show what it created.
    Settling {
        /// How many rows.
        rows: usize,
        /// For how long from now.
        time: Duration,
    },
    /// Jira's list is asked what became of rows.
    Asking {
        /// How many rows.
        rows: usize,
    },
    /// Every row had its turn; the books are balanced.
    Auditing,
    /// Nothing more is sent; what is under way is waited for.
    Stopping {
        /// How many requests are under way.
        under_way: usize,
    },
}
