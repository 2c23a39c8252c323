use std::path::PathBuf;

use super::PaceSettings;
use crate::cli::args::{ConnectArgs, Format, VerifyArgs};

/// `gij verify`.
#[derive(Debug)]
pub(in crate::cli) struct VerifySettings {
    pub run: String,
    pub connect: ConnectArgs,
    pub pace: PaceSettings,
    pub runs_dir: PathBuf,
    pub is_json: bool,
    /// The arguments as they were typed, for the next command to type.
    pub typed: Vec<String>,
}

impl VerifySettings {
    pub fn new(args: VerifyArgs, format: Format, typed: Vec<String>) -> Self {
        Self {
            run: args.run,
            connect: args.connect,
            pace: PaceSettings::of_reading(),
            runs_dir: args.runs.runs_dir,
            is_json: format == Format::Json,
            typed,
        }
    }
}
