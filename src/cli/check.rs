//! `gij check`.

use super::exit::{Exit, Failure};
use super::facts::check_report;
use super::settings::InputSettings;
use crate::input::ReadOptions;
use crate::render::{Screen, diagnostics, tally};
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
        reading: ReadOptions::default(),
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
            let sheet = table
                .name
                .sheet
                .as_ref()
                .map(|sheet| format!(":{sheet}"))
                .unwrap_or_default();
            let delimiter = match table.delimiter {
                Some(',') => ", separated by commas",
                Some(';') => ", separated by semicolons",
                Some('\t') => ", separated by tabs",
                Some('|') => ", separated by |",
                _ => "",
            };
            screen.info(&format!(
                "{}{sheet}: {} rows, {} columns understood{delimiter}\n",
                file.name,
                table.rows.read,
                table.columns.len()
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
    if found.diagnostics.has_errors() {
        format!(
            "{} of {} rows can be imported as they are{said}\n",
            rows.valid, rows.read
        )
    } else {
        format!("all {} rows can be imported{said}\n", rows.read)
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
