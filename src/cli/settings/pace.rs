use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::seconds;
use crate::cli::args::PaceArgs;

/// How fast to send and how long to try.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct PaceSettings {
    pub concurrency: usize,
    pub max_wait: Duration,
    /// How often a row is sent again that was settled as absent.
    pub retries: u32,
    /// How long Jira is given to show what it created.
    pub settle: Duration,
    /// How many rows may fail before sending stops; none: any number.
    pub max_failures: Option<NonZeroU32>,
}

impl From<PaceArgs> for PaceSettings {
    fn from(args: PaceArgs) -> Self {
        Self {
            concurrency: usize::from(args.concurrency),
            max_wait: args.max_wait,
            retries: args.retries,
            settle: args.settle,
            max_failures: args.max_failures,
        }
    }
}

impl PaceSettings {
    /// What is in force, for the report.
    pub fn options(&self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::from([
            ("concurrency".to_owned(), self.concurrency.to_string()),
            ("max_wait".to_owned(), seconds(self.max_wait)),
            ("retries".to_owned(), self.retries.to_string()),
            ("settle".to_owned(), seconds(self.settle)),
        ]);
        if let Some(most) = self.max_failures {
            options.insert("max_failures".to_owned(), most.to_string());
        }
        options
    }
}
