//! `gij sandbox`.

use super::args::SandboxArgs;
use super::dispatch::runtime;
use super::exit::{Exit, Failure};
use crate::render::Screen;
use crate::sandbox::{Access, Config, Faults, RateLimit, Sandbox};

/// Serves a simulated Jira until it is interrupted.
pub(super) fn sandbox(args: SandboxArgs, screen: &Screen) -> Result<Exit, Failure> {
    let listen = args.listen;
    let token = args.accept_token.clone();
    let config = config(args)?;
    runtime()?.block_on(async {
        let sandbox = Sandbox::start(config).await.map_err(|error| {
            Failure::usage(format!("cannot listen on {listen}: {error}"))
                .help("another sandbox may be running; `--listen 127.0.0.1:0` takes a free port")
        })?;
        screen.result(&how_to(&sandbox.url(), token.as_deref()));
        sandbox.wait().await;
        Ok(Exit::Done)
    })
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
            burst: per_second,
        }),
        faults,
        fault_seed: args.fault_seed,
        ..Config::default()
    })
}

fn how_to(url: &str, token: Option<&str>) -> String {
    let token = token.map_or("any-token", |_| "…");
    format!(
        "a simulated Jira listens on {url}; it keeps everything in memory and ends with Ctrl-C\n\
         \n\
         In another terminal, point gij at it:\n  \
         export JIRA_URL={url}\n  \
         export JIRA_TOKEN={token}\n  \
         gij import FILE\n"
    )
}
