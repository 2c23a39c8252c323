//! `.json`: the documents of `--format json`. Their keys and the order of these are a contract.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::text::changes_direction;
use super::value::{Report, ReportKind, ReportRow, ReportRun, ReportTable};
use crate::journal::{Jira, Totals, in_millis, in_millis_or_null};
use crate::model::{Diagnostic, Place};
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
    // The serializer writes in small pieces.
    let mut to = BufWriter::new(Escaped(to));
    serde_json::to_writer_pretty(&mut to, &document)?;
    to.write_all(b"\n")?;
    to.flush()
}

/// Writes JSON with escapes for what controls a terminal or the direction of its lines: all of it stands in strings.
struct Escaped<'a>(&'a mut dyn Write);

impl Write for Escaped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The serializer writes whole characters, and a buffer is written where one of its pieces ends.
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
            Some(run) => {
                let document = RunDocument {
                    run,
                    input: &self.tables,
                    jira: self.jira.as_ref(),
                    started: run.started,
                    finished: run.finished,
                    totals: self.totals(),
                    rows: &self.rows,
                };
                write_document(&document, to)
            }
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

/// A check; with `plan` a dry run.
#[derive(Serialize)]
struct CheckDocument<'a> {
    files: Vec<CheckedFile<'a>>,
    rows: RowCounts,
    diagnostics: Vec<&'a Diagnostic>,
    /// How many more there are of codes with very many.
    diagnostics_not_listed: u64,
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

/// A row under the keys of a plan.
struct PlanEntry<'a>(&'a ReportRow);

impl Serialize for PlanEntry<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Place { table, row, .. } = &self.0.place;
        let mut keys = to.serialize_map(None)?;
        keys.serialize_entry("file", &table.file)?;
        keys.serialize_entry("sheet", &table.sheet)?;
        keys.serialize_entry("row", row)?;
        keys.serialize_entry("type", &self.0.type_name)?;
        keys.serialize_entry("display_name", &self.0.display_name)?;
        keys.serialize_entry("action", &self.0.status)?;
        keys.serialize_entry("reason", &self.0.reason)?;
        keys.serialize_entry("id", &self.0.id)?;
        keys.serialize_entry("differences", &self.0.differences)?;
        keys.end()
    }
}

impl<'a> CheckDocument<'a> {
    fn new(report: &'a Report) -> Self {
        // The sheets of a workbook stand one after the other.
        let files = report
            .tables
            .chunk_by(|one, next| one.file == next.file && next.sheet.is_some());
        let plan = report.rows.iter().map(PlanEntry);
        Self {
            files: files.filter_map(CheckedFile::new).collect(),
            rows: report.counts,
            diagnostics: report.diagnostics.iter().collect(),
            diagnostics_not_listed: report.diagnostics.not_kept().map(|(.., more)| more).sum(),
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
