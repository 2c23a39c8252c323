//! What happens while operations are carried out, as listeners are told.

use std::time::Duration;

use crate::journal::RemovalOutcome;
use crate::model::Outcome;

/// Something that happens in a session. Times are from now.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RunEvent<'a> {
    /// A row ended for this session.
    Finished(Outcome),
    /// Nothing is sent for a while.
    Waiting { why: &'a str, time: Duration },
    /// An undo ended for a row.
    Removed(RemovalOutcome),
    /// A row that was reported as in doubt is found in Jira's list after all.
    FoundAfterAll,
    /// Jira is given time to show what it created; then so many rows are settled, or none and all are compared.
    Settling { rows: usize, time: Duration },
    /// Jira's list is read to learn what became of rows.
    ReadingList { rows: usize },
    /// Nothing is left to send; the rows are compared with Jira's list.
    Auditing,
    /// Nothing more is sent; the requests under way are waited for.
    Stopping { under_way: usize },
}
