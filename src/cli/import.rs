//! `gij import`.

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::new_run::{NewRun, NewRunArgs, OnExisting};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// What to do with rows that already exist in Jira: skip them, or fail before anything is sent
    #[arg(
        long,
        value_name = "HOW",
        default_value = "skip",
        hide_short_help = true
    )]
    pub on_existing: OnExisting,
    #[command(flatten)]
    pub common: NewRunArgs,
}

/// Validates, shows the plan, asks, creates, reports.
pub(super) fn import(args: &ImportArgs, context: &Context) -> Result<Exit, Failure> {
    NewRun::new(&args.common, &[], args.on_existing, context)?.run()
}
