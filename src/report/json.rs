//! `.json`: the documents of `--format json`.

use std::io::{self, Write};

use serde::Serialize;

use super::check::CheckReport;
use super::run::Report;

/// The document of a run.
pub(super) fn run_json(report: &Report, writer: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *writer, report)?;
    writer.write_all(b"\n")
}

/// The document of a check.
pub(crate) fn check_json(report: &CheckReport) -> Vec<u8> {
    document(report)
}

/// A document of `--format json`: `value`, whose keys are texts, on lines of its own.
pub(crate) fn document(value: &impl Serialize) -> Vec<u8> {
    #[expect(
        clippy::expect_used,
        reason = "the keys are texts, and memory takes all"
    )]
    let mut bytes = serde_json::to_vec_pretty(value).expect("a document is JSON");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Code, Diagnostic, Diagnostics, Field, Place, TableFormat, TableName};
    use crate::report::dummy;
    use crate::report::{CheckedFile, CheckedRows, Form, PlannedRow};

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    fn check() -> CheckReport {
        let table = Arc::new(TableName {
            file: "repos.csv".into(),
            sheet: None,
            format: TableFormat::Csv,
        });
        let place = Place::row(&table, 7, Some(9)).cell(2);
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic {
            field: Some(Field::Origin),
            name: Some("Payments".into()),
            ..Diagnostic::new(Code::OriginNotUrl, place, "not a URL", "write https://…")
        });
        let file = CheckedFile {
            file: "repos.csv".into(),
            format: TableFormat::Csv,
            encoding: Some("UTF-8".into()),
            delimiter: Some(';'),
            sheets: Vec::new(),
        };
        let rows = CheckedRows {
            read: 6,
            valid: 5,
            invalid: 1,
            blank: 1,
        };
        CheckReport::new(vec![file], rows, &diagnostics)
    }

    #[test]
    fn the_document_of_a_run() {
        insta::assert_snapshot!(text(Form::Json.render(&dummy::report())));
    }

    #[test]
    fn the_document_of_a_check() {
        insta::assert_snapshot!(text(check_json(&check())), @r#"
        {
          "format": 1,
          "files": [
            {
              "file": "repos.csv",
              "format": "csv",
              "encoding": "UTF-8",
              "delimiter": ";",
              "sheets": []
            }
          ],
          "rows": {
            "read": 6,
            "valid": 5,
            "invalid": 1,
            "blank": 1
          },
          "diagnostics": [
            {
              "severity": "error",
              "code": "origin-not-url",
              "file": "repos.csv",
              "sheet": null,
              "cell": "C7",
              "row": 7,
              "line": 9,
              "field": "origin",
              "name": "Payments",
              "message": "not a URL",
              "help": "write https://…"
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_dry_run_adds_the_plan() {
        let plan = vec![PlannedRow {
            file: "repos.csv".into(),
            sheet: None,
            row: 2,
            action: "exists".into(),
            reason: "same-key".into(),
            id: Some(70),
        }];
        let document = text(check_json(&check().with_plan(plan)));
        let (_, plan) = document.split_once("\"plan\": ").unwrap();
        insta::assert_snapshot!(plan, @r#"
        [
            {
              "file": "repos.csv",
              "sheet": null,
              "row": 2,
              "action": "exists",
              "reason": "same-key",
              "id": 70
            }
          ]
        }
        "#);
    }
}
