//! `gij check`.

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs};
use super::report_files::ReportArgs;
use crate::render::Screen;
use crate::validate::Purpose;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// Validates the files and reports every problem.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<Exit, Failure> {
    let mut options = args.input.options(Purpose::Check, Vec::new())?;
    args.reports.extend(&mut options)?;
    context.reports.open(&args.reports)?;
    let found = input::read(&args.input.files, &options)?;
    if !context.is_json {
        input::show(&found, &context.screen, Screen::result);
    }
    input::end(&found, context)
}
