use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::values::duration;

#[derive(Debug, Args)]
pub(in crate::cli) struct SandboxArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:2990")]
    pub listen: SocketAddr,
    /// Context path, such as /jira
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub context_path: String,
    /// The one token to accept; without it, every credential is accepted
    #[arg(long, value_name = "TOKEN")]
    pub accept_token: Option<String>,
    /// Time that each answer takes
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub latency: Duration,
    /// Requests a second that are allowed before Jira answers 429
    #[arg(long, value_name = "N")]
    pub rate: Option<std::num::NonZeroU32>,
    /// Let creations go wrong with a probability, such as `cut-after-commit=0.2`; repeatable
    #[arg(long, value_name = "NAME=P")]
    pub fault: Vec<String>,
    /// Seed of the faults, for the same ones again
    #[arg(long, value_name = "N", default_value = "1")]
    pub fault_seed: u64,
}
