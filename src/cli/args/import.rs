use clap::Args;

use super::{ConnectArgs, InputArgs, PaceArgs, RunsArgs};

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
