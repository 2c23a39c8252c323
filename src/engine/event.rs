use std::time::Duration;

use crate::model::Outcome;

/// Something that happens while a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub enum RunEvent<'a> {
    /// A row came to its end for this run.
    Finished(Outcome),
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
