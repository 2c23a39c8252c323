//! The report of a check, and of a dry run, which is a check with a plan.

use serde::Serialize;

use super::run::FORMAT;
use crate::model::{Code, Diagnostic, Diagnostics, Field, Severity, TableFormat};

/// A check as it is reported. Serialised, it is the document of `--format json`, keys in this order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct CheckReport {
    format: u32,
    files: Vec<CheckedFile>,
    rows: CheckedRows,
    diagnostics: Vec<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<PlannedRow>>,
}

/// A file that was checked.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct CheckedFile {
    /// The file as the user named it.
    pub file: String,
    /// What it is: `csv` or `xlsx`.
    #[serde(serialize_with = "format_name")]
    pub format: TableFormat,
    /// The encoding of a CSV: `UTF-8`, `windows-1252`.
    pub encoding: Option<String>,
    /// What separates the cells of a CSV.
    pub delimiter: Option<char>,
    /// The sheets that were read.
    pub sheets: Vec<String>,
}

/// The rows of all files. What is read is valid or invalid; blank rows are not among it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub(crate) struct CheckedRows {
    /// Rows that say something.
    pub read: u64,
    /// Rows that can be sent.
    pub valid: u64,
    /// Rows that cannot.
    pub invalid: u64,
    /// Blank rows.
    pub blank: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct Problem {
    severity: Severity,
    code: Code,
    file: String,
    sheet: Option<String>,
    cell: Option<String>,
    row: Option<u32>,
    line: Option<u64>,
    field: Option<&'static str>,
    name: Option<String>,
    message: String,
    help: String,
}

/// What would become of a row.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct PlannedRow {
    /// The file.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The row, from 1, as a spreadsheet shows it.
    pub row: u32,
    /// What would be done: `create`, `exists`, `not_selected`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// The integration that exists.
    pub id: Option<i64>,
}

impl CheckReport {
    /// The report of a check.
    pub(crate) fn new(
        files: Vec<CheckedFile>,
        rows: CheckedRows,
        diagnostics: &Diagnostics,
    ) -> Self {
        Self {
            format: FORMAT,
            files,
            rows,
            diagnostics: diagnostics.iter().map(Problem::of).collect(),
            plan: None,
        }
    }

    /// The report of a dry run: the check with what would become of each row.
    pub(crate) fn with_plan(self, plan: Vec<PlannedRow>) -> Self {
        Self {
            plan: Some(plan),
            ..self
        }
    }
}

impl Problem {
    fn of(diagnostic: &Diagnostic) -> Self {
        let place = &diagnostic.place;
        Self {
            severity: diagnostic.severity,
            code: diagnostic.code,
            file: place.table.file.clone(),
            sheet: place.table.sheet.clone(),
            cell: place.address(),
            row: place.row,
            line: place.line,
            field: diagnostic.field.map(Field::name),
            name: diagnostic.name.clone(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference to the field"
)]
fn format_name<S: serde::Serializer>(
    format: &TableFormat,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match format {
        TableFormat::Csv => "csv",
        TableFormat::Xlsx => "xlsx",
    })
}
