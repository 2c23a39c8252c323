//! `.csv`: one record a row, under the names of the JSON's keys; in UTF-8, separated by commas.
//!
//! A cell that a spreadsheet would run as a formula is *defused*: where a text begins with `=`, `+`, `-`, `@`, a tab or a
//! carriage return, a `'` is put before it. What others wrote stands in these cells, and a report is mailed on.

use std::io::{self, Write};

use super::run::{Report, ReportRow};

struct Column {
    name: &'static str,
    cell: fn(&ReportRow) -> String,
}

#[rustfmt::skip]
const COLUMNS: [Column; 16] = [
    Column { name: "file",         cell: |row| row.file.clone() },
    Column { name: "sheet",        cell: |row| text(row.sheet.as_ref()) },
    Column { name: "row",          cell: |row| text(row.row) },
    Column { name: "type",         cell: |row| text(row.type_name.as_ref()) },
    Column { name: "display_name", cell: |row| text(row.display_name.as_ref()) },
    Column { name: "origin",       cell: |row| text(row.origin.as_ref()) },
    Column { name: "outcome",      cell: |row| row.outcome.name().to_owned() },
    Column { name: "id",           cell: |row| text(row.id) },
    Column { name: "attempts",     cell: |row| row.attempts.to_string() },
    Column { name: "http_status",  cell: |row| text(row.http_status) },
    Column { name: "error",        cell: |row| text(row.error.as_ref()) },
    Column { name: "advice",       cell: |row| text(row.advice.as_ref()) },
    Column { name: "started",      cell: |row| row.started.map_or_else(String::new, |at| format!("{at:.3}")) },
    Column { name: "duration_ms",  cell: |row| text(row.duration_ms) },
    Column { name: "warnings",     cell: |row| row.warnings.join(" ") },
    Column { name: "removal",      cell: |row| text(row.removal.as_ref().map(|removal| removal.outcome.in_words())) },
];

/// The rows of a run.
pub(super) fn run_csv(report: &Report, writer: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(writer);
    writer.write_record(COLUMNS.map(|column| column.name))?;
    for row in &report.rows {
        for column in COLUMNS {
            writer.write_field(defused((column.cell)(row)))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
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
    use crate::report::{Form, dummy};

    #[test]
    fn the_records_of_a_run() {
        let csv = String::from_utf8(Form::Csv.render(&dummy::report())).unwrap();
        insta::assert_snapshot!(csv, @r#"
        file,sheet,row,type,display_name,origin,outcome,id,attempts,http_status,error,advice,started,duration_ms,warnings,removal
        onboarding.xlsx,Azure,2,AZURE,Azure 1,https://dev.azure.com/acme,created,601,2,200,,,2026-11-22T10:15:04.000Z,120,,
        onboarding.xlsx,Azure,3,AZURE,Azure 2,https://dev.azure.com/acme,exists,70,0,,,,,,,
        onboarding.xlsx,Azure,4,AZURE,Azure 3,https://dev.azure.com/acme,failed,,1,400,"'=HYPERLINK(""http://x""), ""bad"" token",check the token,2026-11-22T10:15:04.000Z,80,,
        onboarding.xlsx,Azure,5,AZURE,Azure 4,https://dev.azure.com/acme,in_doubt,,1,,it was being sent when the run ended; no answer was recorded,,2026-11-22T10:15:04.000Z,,,
        onboarding.xlsx,Azure,6,,Azure 5,https://dev.azure.com/acme,invalid,,0,,,,,,trimmed plain-http,
        "#);
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
    fn the_columns_are_the_keys_of_the_json() {
        let mut row = dummy::report().rows.remove(0);
        row.removal = Some(Removal {
            outcome: RemovalOutcome::Removed,
            why: None,
            at: None,
        });
        let json = serde_json::to_string(&row).unwrap();
        let mut rest = &*json;
        for Column { name, .. } in COLUMNS {
            let at = rest.find(&format!("\"{name}\":"));
            rest = &rest[at.unwrap_or_else(|| panic!("{name} is missing, or out of order"))..];
        }
    }
}
