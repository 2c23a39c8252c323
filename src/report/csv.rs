//! `.csv`: one record a row, under the names of the JSON's keys; in UTF-8, separated by commas.
//!
//! It begins with a byte order mark, without which Excel reads `Köln` as Windows-1252.
//!
//! A cell that a spreadsheet would run as a formula is *defused*: where a text begins with `=`, `+`, `-`, `@`, a tab or a
//! carriage return, a `'` is put before it. Others wrote what these cells hold, and a report is mailed on.

use std::io::{self, Write};

use super::column::{Column, text};
use super::value::Report;
use crate::model::{Diagnostic, Severity};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Report {
    /// The problems that are about no row of the report, then its rows.
    pub(crate) fn write_csv(&self, to: &mut dyn Write) -> io::Result<()> {
        let columns: Vec<&Column> = self.columns().collect();
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
}
