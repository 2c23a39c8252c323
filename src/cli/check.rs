//! `gij check`.

use clap::Args;

use super::context::{Context, write_document};
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs};
use crate::render::{Screen, count, diagnostics, more, tally};
use crate::report::Report;
use crate::validate::{Purpose, Validation};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
}

/// Validates the files and reports every problem.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<Exit, Failure> {
    let options = args.input.options(Purpose::Check, Vec::new())?;
    let found = input::read(&args.input.files, &options)?;
    if context.is_json {
        write_document(&Report::of_check(&found).to_json())?;
    } else {
        show(&found, &context.screen);
        context.screen.result(&verdict(&found));
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

/// One line: whether the files can be imported.
fn verdict(found: &Validation) -> String {
    let rows = found.counts;
    let said = tally(&found.diagnostics)
        .map(|said| format!(" ({said})"))
        .unwrap_or_default();
    let checked = rows.valid + rows.invalid;
    let all = count(checked, "row", "rows");
    if !found.diagnostics.has_errors() {
        format!("{all} can be imported{said}\n")
    } else if rows.invalid == 0 {
        format!("nothing can be imported until the errors are fixed{said}\n")
    } else if checked == 1 {
        format!("the row cannot be imported{said}\n")
    } else {
        format!("{} of {all} can be imported{said}\n", rows.valid)
    }
}
