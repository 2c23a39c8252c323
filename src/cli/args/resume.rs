use std::path::PathBuf;

use clap::Args;

use super::{ConnectArgs, PaceArgs, RunsArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    /// Run to go on with: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// The run's spreadsheets, if they lie elsewhere now
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Do not ask before creating
    #[arg(long, short)]
    pub yes: bool,
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
