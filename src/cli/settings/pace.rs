use std::collections::BTreeMap;
use std::time::Duration;

use super::seconds;
use crate::cli::args::PaceArgs;

/// How fast to send and how long to try.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct PaceSettings {
    pub concurrency: usize,
    pub max_wait: Duration,
}

impl From<PaceArgs> for PaceSettings {
    fn from(args: PaceArgs) -> Self {
        Self {
            concurrency: usize::from(args.concurrency),
            max_wait: args.max_wait,
        }
    }
}

impl PaceSettings {
    /// What is in force, for the report.
    pub fn options(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("concurrency".to_owned(), self.concurrency.to_string()),
            ("max_wait".to_owned(), seconds(self.max_wait)),
        ])
    }
}
