//! `gij report`.

use clap::Args;

use super::connect::named_jira;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{RunsArgs, find};
use super::report_files::ReportArgs;
use super::session::report_of;
use crate::render::summary;

#[derive(Debug, Args)]
pub(super) struct ReportRunArgs {
    /// Run to report: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// Writes the report of a run as its journal has it now; without `-o` it is only shown.
pub(super) fn report(args: &ReportRunArgs, context: &Context) -> Result<Exit, Failure> {
    context.reports.open(&args.reports)?;
    let named = named_jira(None)?;
    let (stored, _) = find(&args.runs.runs_dir, &args.run, named.as_ref())?;
    let mut report = report_of(&stored.path)?;
    let has_ended = report.run.as_ref().is_some_and(|run| run.ending.is_some());
    if !has_ended && stored.is_at_work() {
        report = report.so_far();
    } else if !has_ended {
        // It may have ended since its journal was read.
        report = report_of(&stored.path)?;
    }
    args.reports.split(&mut report, &stored.id)?;
    let is_shown_only = context.reports.is_empty();
    context.publish(&report)?;
    if !context.is_json {
        context.screen.result(&summary(&report));
    }
    if is_shown_only {
        let again = context.given.again().operands([stored.id.clone()]);
        let again = again.options(&["-o", "report.xlsx"]);
        context.next(&format!(
            "read the reports in {}, or write one in another form:\n  {again}",
            stored.path.display()
        ));
    }
    Ok(Exit::Done)
}
