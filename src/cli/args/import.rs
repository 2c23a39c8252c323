use std::num::NonZeroU32;

use clap::{Args, ValueEnum};

use super::{ConnectArgs, InputArgs, PaceArgs, RunsArgs};

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Stop after the plan: nothing is created
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before creating
    #[arg(long, short)]
    pub yes: bool,
    /// Run against a simulated Jira inside this process; ignores JIRA_* and never asks
    #[arg(long, conflicts_with_all = ["jira_url", "token_file", "password_file"])]
    pub sandbox: bool,
    /// Leave rows out that are not valid, and create the others
    #[arg(long)]
    pub skip_invalid: bool,
    /// A pilot: create only the first N of the rows that are to be created
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroU32>,
    /// What to do about rows that Jira holds already: leave them, or refuse to begin
    #[arg(
        long,
        value_name = "HOW",
        default_value = "skip",
        hide_short_help = true
    )]
    pub on_existing: OnExisting,
    /// Begin another run of a file whose last run is not finished, or of rows in doubt, instead of resuming that
    #[arg(long, hide_short_help = true)]
    pub new_run: bool,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Name of the run, instead of that of its first file
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub name: Option<String>,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// What to do about rows that Jira holds already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum OnExisting {
    Skip,
    Fail,
}
