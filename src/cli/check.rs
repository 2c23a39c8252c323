//! `gij check`.

use super::exit::{Exit, Failure};
use super::facts::check_report;
use super::settings::InputSettings;
use crate::render::{Screen, count, diagnostics, tally};
use crate::report::check_json;
use crate::validate::{Options, Purpose, Validation, validate};

/// Says everything that is wrong with the files.
pub(super) fn check(
    settings: &InputSettings,
    is_json: bool,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let options = Options {
        purpose: Purpose::Check,
        secrets: settings.secrets.clone(),
    };
    let found = validate(&settings.files, &options);
    if is_json {
        write_json(&check_json(&check_report(&found)), screen)?;
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
            screen.info(&format!(
                "{}: {}, {} understood{delimiter}\n",
                table.name,
                count(table.rows.read, "row", "rows"),
                count(table.columns.len() as u64, "column", "columns"),
            ));
        }
    }
    screen.problem(&diagnostics(&found.diagnostics));
}

/// One line: are the files fit to be imported?
fn verdict(found: &Validation) -> String {
    let rows = found.counts;
    let said = tally(&found.diagnostics)
        .map(|said| format!(" ({said})"))
        .unwrap_or_default();
    let all = count(rows.read, "row", "rows");
    if !found.diagnostics.has_errors() {
        format!("{all} can be imported{said}\n")
    } else if rows.invalid == 0 {
        format!("nothing can be imported until the errors are mended{said}\n")
    } else {
        format!(
            "{} of {all} can be imported as they are{said}\n",
            rows.valid
        )
    }
}

/// Writes a document to standard output.
pub(super) fn write_json(bytes: &[u8], screen: &Screen) -> Result<(), Failure> {
    screen.document(bytes).map_err(|error| {
        Failure::new(
            Exit::Stopped,
            format!("cannot write to standard output: {error}"),
        )
    })
}
