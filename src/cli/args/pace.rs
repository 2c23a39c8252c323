use std::time::Duration;

use clap::Args;

use super::values::duration;

/// How fast to send and how long to try.
#[derive(Debug, Args)]
pub(in crate::cli) struct PaceArgs {
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Longest time without an answer other than "too many requests" and server errors
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration, hide_short_help = true)]
    pub max_wait: Duration,
}
