//! How fast to send and how long to try.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;

use super::values::{duration, rate};
use crate::engine::Pace;
use crate::journal::SessionStart;

/// The default of `--settle`.
const SETTLE: Duration = Duration::from_secs(30);

/// The pace of a command that only reads.
pub(super) const READ_ONLY: Pace = Pace {
    concurrency: 1,
    rate: None,
    max_wait: Duration::from_mins(1),
};

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Pace and retries")]
pub(super) struct PaceArgs {
    /// Maximum requests in progress at the same time
    #[arg(long, value_name = "N", default_value = "4", hide_short_help = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Maximum request rate, such as 5/s or 300/m
    #[arg(long, value_name = "N/s", value_parser = rate, hide_short_help = true)]
    pub rate: Option<f64>,
    /// Give up after this long with only "too many requests" and server errors
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration, hide_short_help = true)]
    pub max_wait: Duration,
    /// Maximum retries for a row confirmed absent
    #[arg(long, value_name = "N", default_value = "5", hide_short_help = true)]
    pub retries: u32,
    /// How long to wait for Jira to list what it created before a row in doubt counts as absent [default: 30s, or the
    /// longest that the run has used before]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    pub settle: Option<Duration>,
    /// Stop sending after this many rows have failed
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub max_failures: Option<NonZeroU32>,
}

impl PaceArgs {
    pub(super) fn pace(&self) -> Pace {
        Pace {
            concurrency: usize::from(self.concurrency),
            rate: self.rate,
            max_wait: self.max_wait,
        }
    }

    /// How long Jira is given to list what it created, after `sessions` on the same run: no less than they gave, since their
    /// requests may still arrive, unless the option sets less.
    pub(super) fn settle_after(&self, sessions: &[SessionStart]) -> Duration {
        let before = sessions.iter().map(|session| session.settle_ms).max();
        let before = Duration::from_millis(before.unwrap_or(0));
        self.settle.unwrap_or_else(|| SETTLE.max(before))
    }
}
