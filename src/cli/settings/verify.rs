use std::path::PathBuf;

use super::{Invocation, PaceSettings};
use crate::cli::args::{ConnectArgs, VerifyArgs};

/// `gij verify`.
#[derive(Debug)]
pub(in crate::cli) struct VerifySettings {
    pub run: String,
    pub connect: ConnectArgs,
    pub pace: PaceSettings,
    pub runs_dir: PathBuf,
    pub invocation: Invocation,
}

impl VerifySettings {
    pub(crate) fn new(args: VerifyArgs, invocation: Invocation) -> Self {
        Self {
            run: args.run,
            connect: args.connect,
            pace: PaceSettings::of_reading(),
            runs_dir: args.runs.runs_dir,
            invocation,
        }
    }
}
