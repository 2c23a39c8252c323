use std::path::PathBuf;

use super::{Invocation, TakeUpSettings};
use crate::cli::args::ResumeArgs;
use crate::cli::exit::Failure;

/// `gij resume`.
#[derive(Debug)]
pub(in crate::cli) struct ResumeSettings {
    pub take_up: TakeUpSettings,
    pub files: Vec<PathBuf>,
}

impl ResumeSettings {
    pub(crate) fn new(args: ResumeArgs, invocation: Invocation) -> Result<Self, Failure> {
        Ok(Self {
            take_up: TakeUpSettings::new(args.run, args.yes, args.take_up, invocation)?,
            files: args.files,
        })
    }
}
