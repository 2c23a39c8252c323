use std::ffi::OsString;

use crate::cli::args::{Common, Format};
use crate::render::ProgressStyle;

/// How a command was called, whichever it is.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Invocation {
    pub progress: ProgressStyle,
    pub is_json: bool,
    /// The arguments as they were typed, for the next command to type.
    pub typed: Vec<String>,
}

impl Invocation {
    /// What `args`, of which the first is the program's name, say beside the command.
    pub(crate) fn new(common: &Common, args: &[OsString]) -> Self {
        let typed = args.iter().skip(1);
        Self {
            progress: common.progress.into(),
            is_json: common.format == Format::Json,
            typed: typed
                .map(|arg| arg.to_string_lossy().into_owned())
                .collect(),
        }
    }
}
