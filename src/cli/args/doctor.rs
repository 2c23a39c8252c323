use clap::Args;

use super::ConnectArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
}
