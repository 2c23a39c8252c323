use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;

use super::values::{duration, rate};

/// How fast to send and how long to try.
#[derive(Debug, Args)]
pub(in crate::cli) struct PaceArgs {
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Most requests a second, such as 5/s, or 300/m
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub rate: Option<f64>,
    /// Longest time without an answer other than "too many requests" and server errors
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration, hide_short_help = true)]
    pub max_wait: Duration,
    /// How often a row is sent again of which Jira turned out to have nothing
    #[arg(long, value_name = "N", default_value = "5", hide_short_help = true)]
    pub retries: u32,
    /// Time that Jira is given to show what it created, before a row in doubt counts as absent [default: 30s, or the longest
    /// that the run was given before]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    pub settle: Option<Duration>,
    /// Send nothing more once this many rows have failed
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub max_failures: Option<NonZeroU32>,
}
