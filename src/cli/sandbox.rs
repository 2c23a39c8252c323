//! `gij sandbox`.

use std::path::Path;

use super::args::{IndexAfter, SandboxArgs};
use super::exit::{Exit, Failure};
use super::runtime::Runtime;
use crate::render::{Screen, count};
use crate::sandbox::{Access, Config, Faults, RateLimit, Sandbox, StartError};

/// Serves a simulated Jira until it is interrupted.
pub(super) fn sandbox(args: SandboxArgs, screen: &Screen) -> Result<Exit, Failure> {
    let token = args.accept_token.clone();
    let state = args.state.clone();
    let config = config(args)?;
    Runtime::new()?.block_on(async {
        let sandbox = Sandbox::start(config).await?;
        let kept = kept(state.as_deref(), sandbox.held().len());
        screen.result(&how_to(&sandbox.url(), &kept, token.as_deref()));
        sandbox.wait().await;
        match sandbox.failure() {
            None => Ok(Exit::Done),
            Some(error) => Err(Failure::new(
                Exit::Stopped,
                format!("the state cannot be written, and the sandbox has stopped: {error}"),
            )),
        }
    })
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let help = match error {
            StartError::Listen { .. } => {
                Some("another sandbox may be running; `--listen 127.0.0.1:0` takes a free port")
            }
            StartError::State { .. } => Some(
                "name a file that does not exist yet, or the state of a sandbox that has ended",
            ),
            StartError::ContextPath { .. } | StartError::Thread(_) => None,
        };
        let failure = Self::usage(error);
        match help {
            None => failure,
            Some(help) => failure.help(help),
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
        access: args.accept_token.map_or(Access::Any, Access::Token),
        latency: args.latency,
        rate: args.rate.map(|per_second| RateLimit {
            per_second,
            burst: args.burst.unwrap_or(per_second),
        }),
        faults,
        fault_seed: args.fault_seed,
        late_by: args.late_by,
        list_lag: args.list_lag,
        index_after: match args.index_after {
            IndexAfter::Time(time) => Some(time),
            IndexAfter::Never => None,
        },
        state: args.state,
        ..Config::default()
    })
}

/// Where it keeps what it holds, and what that was when it began.
fn kept(state: Option<&Path>, held: usize) -> String {
    let Some(state) = state else {
        return "it keeps everything in memory".to_owned();
    };
    let file = state.display();
    if held == 0 {
        format!("it keeps what it holds, and what it was asked, in {file}")
    } else {
        let held = count(held as u64, "integration", "integrations");
        format!("it goes on from the {held} in {file}")
    }
}

fn how_to(url: &str, kept: &str, token: Option<&str>) -> String {
    let token = token.map_or("any-token", |_| "…");
    format!(
        "a simulated Jira listens on {url}; {kept} and ends with Ctrl-C\n\
         \n\
         In another terminal, point gij at it:\n  \
         export JIRA_URL={url}\n  \
         export JIRA_TOKEN={token}\n  \
         gij import FILE\n"
    )
}
