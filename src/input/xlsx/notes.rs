//! What is reported of a sheet beside its cells: hidden rows, merged cells.

use std::sync::Arc;

use super::reference::CellRange;
use crate::input::block::SheetBlock;
use crate::input::table::{HiddenRows, TableHead};
use crate::model::{Code, Diagnostic, Place, Severity, TableName, listed};

/// Most ranges that a message lists; the others are counted.
const MOST_LISTED: usize = 20;

pub(super) struct Notes {
    table: Arc<TableName>,
    head_row: u32,
    width: usize,
    hidden_rows: HiddenRows,
    hidden: Vec<u32>,
    last_row: u32,
}

impl Notes {
    pub(super) fn new(head: &TableHead, hidden_rows: HiddenRows) -> Self {
        Self {
            table: Arc::clone(&head.name),
            head_row: head.header.number,
            width: head.header.cells.len(),
            hidden_rows,
            hidden: Vec::new(),
            last_row: head.header.number,
        }
    }

    /// Counts the blank rows between the rows of a block, and takes hidden rows out of it if they are to be skipped.
    pub(super) fn pass(&mut self, block: &mut SheetBlock) {
        let rows = block.rows.len() as u64;
        let before = self.last_row;
        self.last_row = block.rows.last().map_or(before, |row| row.number);
        // Rows ascend, or the scan would have refused the sheet.
        block.gaps = u64::from(self.last_row - before) - rows;
        let hidden = block.rows.iter().filter(|row| row.is_hidden);
        self.hidden.extend(hidden.map(|row| row.number));
        if self.hidden_rows == HiddenRows::Skip {
            block.rows.retain(|row| !row.is_hidden);
        }
    }

    /// What there is to report, once all rows have passed.
    pub(super) fn diagnostics(&self, merged: &[CellRange]) -> impl Iterator<Item = Diagnostic> {
        let hidden = self.hidden_diagnostic();
        hidden.into_iter().chain(self.merged_diagnostic(merged))
    }

    fn merged_diagnostic(&self, merged: &[CellRange]) -> Option<Diagnostic> {
        let in_table = |range: &&CellRange| {
            range.rows.1 >= self.head_row && (range.columns.0 as usize) < self.width
        };
        let ranges: Vec<_> = merged.iter().filter(in_table).collect();
        if ranges.is_empty() {
            return None;
        }
        let ranges = listed(&ranges, MOST_LISTED, ToString::to_string);
        Some(Diagnostic::new(
            Code::MergedCells,
            Place::table(&self.table),
            format!("cells are merged at {ranges}; only the first cell of a range holds a value"),
            "unmerge them, and write the value into each row that it is meant for",
        ))
    }

    fn hidden_diagnostic(&self) -> Option<Diagnostic> {
        let count = self.hidden.len();
        if count == 0 {
            return None;
        }
        let rows = if count == 1 { "row is" } else { "rows are" };
        let ranges: Vec<&[u32]> = self.hidden.chunk_by(|one, next| one + 1 == *next).collect();
        let ranges = listed(&ranges, MOST_LISTED, |range| match range {
            [first, .., last] => format!("{first} to {last}"),
            range => range.iter().map(ToString::to_string).collect(),
        });
        let (severity, done, help) = match self.hidden_rows {
            HiddenRows::Include => (
                Severity::Warning,
                "read like the others",
                "show them to check them; `--hidden-rows skip` skips them",
            ),
            HiddenRows::Skip => (
                Severity::Note,
                "skipped",
                "nothing needs to be done if they are not meant",
            ),
            HiddenRows::Error => (
                Severity::Error,
                "not allowed here",
                "show or delete them, or choose `--hidden-rows include` or `--hidden-rows skip`",
            ),
        };
        let mut diagnostic = Diagnostic::new(
            Code::HiddenRows,
            Place::table(&self.table),
            format!("{count} hidden {rows} {done}: {ranges}"),
            help,
        );
        diagnostic.severity = severity;
        Some(diagnostic)
    }
}
