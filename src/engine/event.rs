use std::time::Duration;

use crate::model::{Outcome, Row};

/// Something that happens while a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub enum RunEvent<'a> {
    /// A request was sent.
    Sent,
    /// A row came to its end for this run.
    Finished {
        /// The row.
        row: &'a Row,
        /// How it ended.
        outcome: Outcome,
        /// What went wrong, if it did.
        error: Option<&'a str>,
    },
    /// Nothing is sent for a while.
    Waiting {
        /// Why.
        why: &'a str,
        /// For how long from now.
        time: Duration,
    },
    /// Nothing more is sent; what is under way is waited for.
    Stopping,
}
