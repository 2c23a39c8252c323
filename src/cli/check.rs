//! `gij check`.

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs};
use super::report_files::ReportArgs;
use crate::render::{Screen, count, diagnostics, more, summary};
use crate::report::Report;
use crate::validate::{Purpose, Validation};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// Validates the files and reports every problem.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<Exit, Failure> {
    let options = args.input.options(Purpose::Check, Vec::new())?;
    context.reports.open(&args.reports)?;
    let found = input::read(&args.input.files, &options)?;
    let report = Report::of_check(&found);
    context.publish(&report)?;
    if !context.is_json {
        show(&found, &context.screen);
        context.screen.result(&summary(&report));
    }
    Ok(if found.diagnostics.has_errors() {
        Exit::Invalid
    } else {
        Exit::Done
    })
}

/// Shows what was read and every problem in it.
pub(super) fn show(found: &Validation, screen: &Screen) {
    for file in &found.files {
        for table in &file.tables {
            let delimiter = match table.delimiter {
                Some(',') => ", separated by commas",
                Some(';') => ", separated by semicolons",
                Some('\t') => ", separated by tabs",
                Some('|') => ", separated by |",
                _ => "",
            };
            let encoding = match table.encoding {
                Some("UTF-8") | None => String::new(),
                Some(encoding) => format!(", in {encoding}"),
            };
            let selected = match table.rows.not_selected {
                0 => String::new(),
                others => format!(" ({others} not selected)"),
            };
            screen.info(&format!(
                "{}: {}{selected}, {} recognized{delimiter}{encoding}\n",
                table.name,
                count(table.rows.read, "row", "rows"),
                count(table.columns.len() as u64, "column", "columns"),
            ));
        }
    }
    screen.problem(&diagnostics(&found.diagnostics));
    if let Some(more) = more(&found.diagnostics) {
        screen.info(&more);
    }
}
