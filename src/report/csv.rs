//! `.csv`: one record a row, under the names of the JSON's keys; in UTF-8, separated by commas.
//!
//! It begins with a byte order mark, without which Excel reads `Köln` as Windows-1252.
//!
//! A cell that a spreadsheet would run as a formula is *defused*: where a text begins with `=`, `+`, `-`, `@`, a tab or a
//! carriage return, a `'` is put before it. Others wrote what these cells hold, and a report is mailed on.

use std::io::{self, Write};

use super::value::ReportKind::{Check, Plan, Run};
use super::value::{Report, ReportKind, ReportRow};
use super::verify::IndexState;
use crate::model::{Diagnostic, Severity};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

struct Column {
    name: &'static str,
    /// The reports that have it.
    kinds: &'static [ReportKind],
    cell: fn(&ReportRow) -> String,
}

const EVERY: &[ReportKind] = &[Check, Plan, Run];

#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    Column { name: "file",         kinds: EVERY,        cell: |row| row.file.clone() },
    Column { name: "sheet",        kinds: EVERY,        cell: |row| text(row.sheet.as_ref()) },
    Column { name: "row",          kinds: EVERY,        cell: |row| text(row.row) },
    Column { name: "type",         kinds: EVERY,        cell: |row| text(row.type_name.as_ref()) },
    Column { name: "display_name", kinds: EVERY,        cell: |row| text(row.display_name.as_ref()) },
    Column { name: "origin",       kinds: EVERY,        cell: |row| text(row.origin.as_ref()) },
    Column { name: "outcome",      kinds: &[Check, Run], cell: |row| row.status.name().to_owned() },
    Column { name: "action",       kinds: &[Plan],      cell: |row| row.status.name().to_owned() },
    Column { name: "reason",       kinds: &[Plan],      cell: |row| text(row.reason.as_ref()) },
    Column { name: "id",           kinds: &[Plan, Run], cell: |row| text(row.id) },
    Column { name: "differences",  kinds: &[Plan],      cell: differences },
    Column { name: "attempts",     kinds: &[Run],       cell: |row| row.attempts.to_string() },
    Column { name: "http_status",  kinds: &[Run],       cell: |row| text(row.http_status) },
    Column { name: "error",        kinds: EVERY,        cell: |row| text(row.error.as_ref()) },
    Column { name: "advice",       kinds: EVERY,        cell: |row| text(row.advice.as_ref()) },
    Column { name: "started",      kinds: &[Run],       cell: |row| text(row.started.map(|at| format!("{at:.3}"))) },
    Column { name: "duration_ms",  kinds: &[Run],       cell: |row| text(row.duration_ms) },
    Column { name: "warnings",     kinds: EVERY,        cell: |row| row.warnings.join(" ") },
    Column { name: "index_state",  kinds: &[Run],       cell: |row| text(row.index.map(IndexState::in_words)) },
    Column { name: "repositories", kinds: &[Run],       cell: |row| text(row.repositories) },
    Column { name: "removal",      kinds: &[Run],       cell: |row| text(row.removal.as_ref().map(|removal| removal.outcome.in_words())) },
];

/// Columns that a run has only once it is verified.
const OF_VERIFICATION: [&str; 2] = ["index_state", "repositories"];

impl Report {
    /// The problems that are about no row of the report, then its rows.
    pub(crate) fn write_csv(&self, to: &mut dyn Write) -> io::Result<()> {
        let columns = COLUMNS
            .iter()
            .filter(|column| column.kinds.contains(&self.kind))
            .filter(|column| self.is_verified() || !OF_VERIFICATION.contains(&column.name));
        let columns: Vec<&Column> = columns.collect();
        to.write_all(BYTE_ORDER_MARK)?;
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(columns.iter().map(|column| column.name))?;
        for diagnostic in self.other_diagnostics() {
            let cells = columns.iter();
            writer.write_record(cells.map(|column| defused(cell_of(diagnostic, column.name))))?;
        }
        for row in &self.rows {
            writer.write_record(columns.iter().map(|column| defused((column.cell)(row))))?;
        }
        writer.flush()
    }
}

fn cell_of(diagnostic: &Diagnostic, column: &str) -> String {
    let place = &diagnostic.place;
    let is_error = diagnostic.severity == Severity::Error;
    match column {
        "file" => place.table.file.clone(),
        "sheet" => text(place.table.sheet.as_ref()),
        "row" => text(place.row),
        "display_name" => text(diagnostic.name.as_ref()),
        "error" if is_error => diagnostic.message.clone(),
        "warnings" if !is_error => diagnostic.code.name().to_owned(),
        "advice" => diagnostic.help.clone(),
        _ => String::new(),
    }
}

fn differences(row: &ReportRow) -> String {
    let differences = row.differences.iter();
    let texts = differences.map(|difference| {
        let (field, ours, theirs) = (difference.field, &difference.row, &difference.jira);
        format!("{field}: {ours} in the row, {theirs} in Jira")
    });
    texts.collect::<Vec<_>>().join("; ")
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Removal, RemovalOutcome};
    use crate::report::dummy;

    #[test]
    fn it_begins_with_a_byte_order_mark() {
        let mut csv = Vec::new();
        dummy::run().write_csv(&mut csv).unwrap();
        assert!(csv.starts_with(b"\xef\xbb\xbffile,sheet,row,"));
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(defused(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "a=b", "https://x", "'quoted"] {
            assert_eq!(defused(cell.to_owned()), cell);
        }
    }

    #[test]
    fn the_columns_of_a_run_are_the_keys_of_the_json() {
        let mut row = dummy::run().rows.remove(0);
        (row.index, row.repositories) = (Some(IndexState::Indexed), Some(2));
        row.removal = Some(Removal {
            outcome: RemovalOutcome::Removed,
            why: None,
            at: None,
        });
        let json = serde_json::to_string(&row).unwrap();
        let mut rest = &*json;
        for column in COLUMNS.iter().filter(|column| column.kinds.contains(&Run)) {
            let name = column.name;
            let at = rest.find(&format!("\"{name}\":"));
            rest = &rest[at.unwrap_or_else(|| panic!("{name} is missing, or out of order"))..];
        }
    }
}
