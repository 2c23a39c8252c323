use clap::Args;

use super::{ConnectArgs, PaceArgs, RunsArgs};

/// How a run is taken up again by a command that sends.
#[derive(Debug, Args)]
pub(in crate::cli) struct TakeUpArgs {
    /// Take an integration in Jira for that of a row in doubt, such as 'Azure!34=611'; repeatable
    #[arg(long, value_name = "ROW=ID")]
    pub adopt: Vec<String>,
    /// Take a row in doubt for not created, such as 'Azure!34'; repeatable
    #[arg(long, value_name = "ROW")]
    pub absent: Vec<String>,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}
