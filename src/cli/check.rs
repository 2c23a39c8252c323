//! `gij check`.

use std::io;

use super::exit::{Exit, Failure};
use super::settings::InputSettings;
use crate::render::{Screen, count, diagnostics, more, tally};
use crate::report::Report;
use crate::validate::Validation;

/// Says everything that is wrong with the files.
pub(super) fn check(
    settings: &InputSettings,
    is_json: bool,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let found = settings.validate()?;
    if is_json {
        write_json(&Report::of_check(&found).to_json())?;
    } else {
        show(&found, screen);
        screen.result(&verdict(&found));
    }
    Ok(if found.diagnostics.has_errors() {
        Exit::Invalid
    } else {
        Exit::Done
    })
}

/// Shows what was read and what is wrong with it.
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
                "{}: {}{selected}, {} understood{delimiter}{encoding}\n",
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

/// One line: are the files fit to be imported?
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
        format!("nothing can be imported until the errors are mended{said}\n")
    } else if checked == 1 {
        format!("the row cannot be imported as it is{said}\n")
    } else {
        format!(
            "{} of {all} can be imported as they are{said}\n",
            rows.valid
        )
    }
}

/// Writes a document to standard output.
pub(super) fn write_json(bytes: &[u8]) -> Result<(), Failure> {
    Screen::document(bytes).map_err(|error| unwritten(&error))
}

/// Results that could not be written.
pub(super) fn unwritten(error: &io::Error) -> Failure {
    let message = format!("cannot write to standard output: {error}");
    Failure::new(Exit::Stopped, message)
}
