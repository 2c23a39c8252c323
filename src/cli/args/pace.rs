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
    /// How often a row is sent again of which nothing came
    #[arg(long, value_name = "N", default_value = "5", hide_short_help = true)]
    pub retries: u32,
    /// Stop once this many rows have failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// How long Jira is given to show what it created, before a row without an answer counts as not created
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration, hide_short_help = true)]
    pub settle: Duration,
}
