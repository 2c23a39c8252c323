use std::path::PathBuf;

use clap::Args;

use super::TakeUpArgs;

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
    #[command(flatten)]
    pub take_up: TakeUpArgs,
}
