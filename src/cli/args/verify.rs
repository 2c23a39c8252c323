use clap::Args;

use super::{ConnectArgs, RunsArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// Run to look at: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}
