use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{IndexAfter, duration, index_after};
use crate::sandbox::{Call, Fault};

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
    pub rate: Option<NonZeroU32>,
    /// Requests that can be saved up and made at once; as many as --rate without it
    #[arg(long, value_name = "N", requires = "rate")]
    pub burst: Option<NonZeroU32>,
    /// File that what it holds and was asked is written to, a line each; one that exists is gone on from
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Let creations go wrong with a probability, such as `cut-after-commit=0.2`, or other calls, such as
    /// `delete:late=0.1`; repeatable
    #[arg(long, value_name = "[CALL:]NAME=P", long_help = about_faults())]
    pub fault: Vec<String>,
    /// Seed of the faults, for the same ones again
    #[arg(long, value_name = "N", default_value = "1")]
    pub fault_seed: u64,
    /// How long after the client was cut off what `late` befell is done
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = duration)]
    pub late_by: Duration,
    /// How long lists do not yet show what was created, and still show what was deleted
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub list_lag: Duration,
    /// How long after its creation an integration counts as indexed, or `never`
    #[arg(long, value_name = "TIME|never", default_value = "0ms", value_parser = index_after)]
    pub index_after: IndexAfter,
}

fn about_faults() -> String {
    format!(
        "Let creations go wrong with a probability, such as `cut-after-commit=0.2`, or other calls, such as `delete:late=0.1`; \
         repeatable. Of each call, all of them together can be 1 at most.\n\nCalls: {}\n\nFaults: {}",
        Call::ALL.map(Call::name).join(", "),
        Fault::all().map(Fault::name).collect::<Vec<_>>().join(", ")
    )
}
