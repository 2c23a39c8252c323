//! `gij sandbox`.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::runtime::Runtime;
use super::seed::put_rows;
use super::values::{duration, time_or_never};
use crate::render::count;
use crate::sandbox::{AcceptedLogin, Call, Config, Fault, Faults, RateLimit, Sandbox, StartError};

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    /// Address to listen on; port 0 picks a free port
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
    /// The only token to accept; without it, any credentials are accepted
    #[arg(long, value_name = "TOKEN")]
    pub accept_token: Option<String>,
    /// Time that each response takes
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub latency: Duration,
    /// Requests per second that are allowed before the answer is 429
    #[arg(long, value_name = "N")]
    pub rate: Option<NonZeroU32>,
    /// Requests that can be made at once after a quiet time [default: as --rate]
    #[arg(long, value_name = "N", requires = "rate")]
    pub burst: Option<NonZeroU32>,
    /// File to record integrations and requests in, one per line; an existing file is continued
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Spreadsheet of integrations to start with, as `gij export` writes it
    #[arg(long, value_name = "EXPORT")]
    pub seed: Option<PathBuf>,
    /// Inject a fault into creations with a probability, such as `cut-after-commit=0.2`, or into other calls, such as
    /// `delete:late=0.1`; repeatable
    #[arg(long, value_name = "[CALL:]NAME=P", long_help = about_faults())]
    pub fault: Vec<String>,
    /// Seed of the faults; the same seed repeats them
    #[arg(long, value_name = "N", default_value = "1")]
    pub fault_seed: u64,
    /// How long after cutting off the client a `late` request is carried out
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = duration)]
    pub late_by: Duration,
    /// How long lists lag behind creations and deletions
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub list_lag: Duration,
    /// How long after its creation an integration counts as indexed, or `never`
    #[arg(long, value_name = "TIME|never", default_value = "0ms", value_parser = time_or_never)]
    // The full path keeps clap from taking it for an option without a default.
    pub index_after: std::option::Option<Duration>,
}

fn about_faults() -> String {
    format!(
        "Inject a fault into creations with a probability, such as `cut-after-commit=0.2`, or into other calls, such as \
         `delete:late=0.1`; repeatable. The probabilities for one call may add up to 1 at most.\n\nCalls: {}\n\nFaults: {}",
        Call::ALL.map(|(_, name)| name).join(", "),
        Fault::all().map(Fault::name).collect::<Vec<_>>().join(", ")
    )
}

/// Serves a simulated Jira until it is interrupted.
pub(super) fn sandbox(args: SandboxArgs, context: &Context) -> Result<Exit, Failure> {
    let token = args.accept_token.clone();
    let (state, export) = (args.state.clone(), args.seed.clone());
    let config = config(args)?;
    Runtime::new()?.block_on(async {
        let sandbox = Sandbox::start(config)?;
        if let Some(file) = &export {
            put_rows(&sandbox, file)?;
        }
        let held = sandbox.held().len() as u64;
        let how_to = how_to(&sandbox.url(), held, state.as_deref(), token.is_some());
        context.screen.result(&how_to);
        sandbox.wait().await;
        match sandbox.failure() {
            None => Ok(Exit::Done),
            Some(error) => Err(Failure::new(
                Exit::Stopped,
                format!("cannot write the state file, so the sandbox has stopped: {error}"),
            )),
        }
    })
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let help = match error {
            StartError::Listen { .. } => {
                Some("another sandbox may be running; `--listen 127.0.0.1:0` picks a free port")
            }
            StartError::State { .. } => {
                Some("use a new file, or the state file of a sandbox that has ended")
            }
            StartError::ContextPath { .. } | StartError::Thread(_) => None,
        };
        Self {
            help: help.map(str::to_owned),
            ..Self::usage(error)
        }
    }
}

fn config(args: SandboxArgs) -> Result<Config, Failure> {
    let mut faults = Faults::default();
    for fault in &args.fault {
        faults.set(fault).map_err(Failure::usage)?;
    }
    Ok(Config {
        listen: args.listen,
        context_path: args.context_path,
        access: args
            .accept_token
            .map_or(AcceptedLogin::Any, AcceptedLogin::Token),
        latency: args.latency,
        rate: args.rate.map(|per_second| RateLimit {
            per_second,
            burst: args.burst.unwrap_or(per_second),
        }),
        faults,
        fault_seed: args.fault_seed,
        late_by: args.late_by,
        list_lag: args.list_lag,
        index_after: args.index_after,
        state: args.state,
    })
}

/// What it holds, where it keeps that, and how gij reaches it.
fn how_to(url: &str, held: u64, state: Option<&Path>, has_token: bool) -> String {
    let held = count(held, "integration", "integrations");
    let kept = state.map_or_else(|| "memory".to_owned(), |file| file.display().to_string());
    let token = if has_token {
        "'<the token of --accept-token>'"
    } else {
        "any-token"
    };
    format!(
        "a simulated Jira listens on {url}; it begins with {held}, keeps everything in {kept} and ends with Ctrl-C\n\
         \n\
         In another terminal, point gij at it:\n  \
         export JIRA_URL={url}\n  \
         export JIRA_TOKEN={token}\n  \
         gij import FILE\n"
    )
}
