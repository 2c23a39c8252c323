use std::collections::BTreeMap;
use std::time::Duration;

use super::seconds;
use crate::cli::args::PaceArgs;

/// How fast to send and how long to try.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct PaceSettings {
    pub concurrency: usize,
    pub max_wait: Duration,
    pub retries: u32,
    pub max_failures: Option<u32>,
    pub settle: Duration,
}

impl From<PaceArgs> for PaceSettings {
    fn from(args: PaceArgs) -> Self {
        Self {
            concurrency: usize::from(args.concurrency),
            max_wait: args.max_wait,
            retries: args.retries,
            max_failures: args.max_failures,
            settle: args.settle,
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
