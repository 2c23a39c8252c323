//! `.json`: the documents of `--format json`. Their keys and the order of these are a contract.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::text::changes_direction;
use super::value::{Report, ReportKind, ReportRow, ReportRun, ReportTable};
use crate::journal::{Jira, Totals, in_millis, in_millis_or_null};
use crate::model::{Code, Diagnostic, Difference, Field, Severity};
use crate::validate::RowCounts;

/// The version of all documents.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a, T> {
    format: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// Writes a document of `--format json`: `content`, a struct, behind the version of the format.
pub(crate) fn write_document(content: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        format: FORMAT,
        content,
    };
    serde_json::to_writer_pretty(Escaped(&mut *to), &document)?;
    to.write_all(b"\n")
}

/// Writes JSON with escapes for what controls a terminal or the direction of its lines: all of it stands in strings.
struct Escaped<'a>(&'a mut dyn Write);

impl Write for Escaped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The serializer writes whole characters.
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut end = 0;
        for (at, escaped) in text.char_indices() {
            let is_c1 = ('\u{7f}'..='\u{9f}').contains(&escaped);
            if is_c1 || changes_direction(escaped) {
                self.0.write_all(&bytes[end..at])?;
                write!(self.0, "\\u{:04x}", u32::from(escaped))?;
                end = at + escaped.len_utf8();
            }
        }
        self.0.write_all(&bytes[end..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Report {
    /// Writes the document of `--format json` and of `report.json`.
    pub(crate) fn write_json(&self, to: &mut dyn Write) -> io::Result<()> {
        match &self.run {
            Some(run) => write_document(&RunDocument::new(self, run), to),
            None => write_document(&CheckDocument::new(self), to),
        }
    }
}

#[derive(Serialize)]
struct RunDocument<'a> {
    run: &'a ReportRun,
    input: &'a [ReportTable],
    jira: Option<&'a Jira>,
    #[serde(serialize_with = "in_millis")]
    started: Timestamp,
    #[serde(serialize_with = "in_millis_or_null")]
    finished: Option<Timestamp>,
    totals: Totals,
    rows: &'a [ReportRow],
}

impl<'a> RunDocument<'a> {
    fn new(report: &'a Report, run: &'a ReportRun) -> Self {
        Self {
            run,
            input: &report.tables,
            jira: report.jira.as_ref(),
            started: run.started,
            finished: run.finished,
            totals: report.totals(),
            rows: &report.rows,
        }
    }
}

/// A check; with `plan` a dry run.
#[derive(Serialize)]
struct CheckDocument<'a> {
    files: Vec<CheckedFile<'a>>,
    rows: RowCounts,
    diagnostics: Vec<DiagnosticEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<PlanEntry<'a>>>,
}

#[derive(Serialize)]
struct CheckedFile<'a> {
    file: &'a str,
    format: &'static str,
    encoding: Option<&'a str>,
    delimiter: Option<char>,
    sheets: Vec<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    severity: Severity,
    code: Code,
    file: &'a str,
    sheet: Option<&'a str>,
    cell: Option<String>,
    row: Option<u32>,
    line: Option<u64>,
    field: Option<&'static str>,
    name: Option<&'a str>,
    message: &'a str,
    help: &'a str,
}

#[derive(Serialize)]
struct PlanEntry<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    row: Option<u32>,
    #[serde(rename = "type")]
    type_name: Option<&'a str>,
    display_name: Option<&'a str>,
    action: &'static str,
    reason: Option<&'a str>,
    id: Option<i64>,
    differences: &'a [Difference],
}

impl<'a> CheckDocument<'a> {
    fn new(report: &'a Report) -> Self {
        // The sheets of a workbook stand one after the other.
        let files = report
            .tables
            .chunk_by(|one, next| one.file == next.file && next.sheet.is_some());
        let plan = report.rows.iter().map(PlanEntry::new);
        Self {
            files: files.filter_map(CheckedFile::new).collect(),
            rows: report.counts,
            diagnostics: report
                .diagnostics
                .iter()
                .map(DiagnosticEntry::new)
                .collect(),
            digest: report.digest.as_deref(),
            plan: (report.kind == ReportKind::Plan).then(|| plan.collect()),
        }
    }
}

impl<'a> CheckedFile<'a> {
    fn new(tables: &'a [ReportTable]) -> Option<Self> {
        let first = tables.first()?;
        let format = if first.sheet.is_some() { "xlsx" } else { "csv" };
        let sheets = tables.iter().filter_map(|table| table.sheet.as_deref());
        Some(Self {
            file: &first.file,
            format,
            encoding: first.encoding.as_deref(),
            delimiter: first.delimiter,
            sheets: sheets.collect(),
        })
    }
}

impl<'a> DiagnosticEntry<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        let place = &diagnostic.place;
        Self {
            severity: diagnostic.severity,
            code: diagnostic.code,
            file: &place.table.file,
            sheet: place.table.sheet.as_deref(),
            cell: place.address(),
            row: place.row,
            line: place.line,
            field: diagnostic.field.map(Field::name),
            name: diagnostic.name.as_deref(),
            message: &diagnostic.message,
            help: &diagnostic.help,
        }
    }
}

impl<'a> PlanEntry<'a> {
    fn new(row: &'a ReportRow) -> Self {
        Self {
            file: &row.file,
            sheet: row.sheet.as_deref(),
            row: row.row,
            type_name: row.type_name.as_deref(),
            display_name: row.display_name.as_deref(),
            action: row.status.name(),
            reason: row.reason.as_deref(),
            id: row.id,
            differences: &row.differences,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_controls_no_terminal() {
        let text = "a\u{9b}31m\u{7f}\u{202e}\u{1b}é";
        let content = serde_json::json!({ "text": text });
        let mut written = Vec::new();
        write_document(&content, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(
            written.contains(r"a\u009b31m\u007f\u202e\u001bé"),
            "{written}"
        );
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["text"], text);
    }
}
