//! What is to be said of a sheet beside its cells: hidden rows, merged cells.

use std::sync::Arc;

use super::ranges::{CellRange, Few, RowRanges};
use crate::input::block::SheetBlock;
use crate::input::options::HiddenRows;
use crate::input::read::TableHead;
use crate::model::{Code, Diagnostic, Place, Severity, TableName};

/// What is found around a table's cells.
pub(super) struct Surroundings {
    table: Arc<TableName>,
    head_row: u32,
    width: usize,
    how: HiddenRows,
    hidden: RowRanges,
    merged: Few<CellRange>,
    last_row: u32,
}

impl Surroundings {
    pub(super) fn of(head: &TableHead, how: HiddenRows) -> Self {
        Self {
            table: Arc::clone(&head.name),
            head_row: head.row,
            width: head.headers.len(),
            how,
            hidden: RowRanges::default(),
            merged: Few::default(),
            last_row: head.row,
        }
    }

    /// Counts what lies between the rows of a block, and takes hidden rows out of it if they are to be passed over.
    pub(super) fn look_at(&mut self, block: &mut SheetBlock) {
        let rows = block.rows.len() as u64;
        let before = self.last_row;
        self.last_row = block.rows.last().map_or(before, |row| row.number);
        block.gaps = u64::from(self.last_row.saturating_sub(before)).saturating_sub(rows);
        for row in block.rows.iter().filter(|row| row.is_hidden) {
            self.hidden.push(row.number);
        }
        if self.how == HiddenRows::Skip {
            block.rows.retain(|row| !row.is_hidden);
        }
    }

    /// Takes note of merged cells, if they touch the table.
    pub(super) fn merged(&mut self, range: CellRange) {
        if range.rows.1 >= self.head_row && (range.columns.0 as usize) < self.width {
            self.merged.push(range);
        }
    }

    /// What there is to say.
    pub(super) fn told(self) -> impl Iterator<Item = Diagnostic> {
        let merged = self.tell_merged();
        self.tell_hidden().into_iter().chain(merged)
    }

    fn tell_merged(&self) -> Option<Diagnostic> {
        let count = self.merged.count();
        let ranges = self.merged.in_words(ToString::to_string);
        let message =
            format!("cells are merged at {ranges}; only the first cell of a range holds a value");
        let help = "unmerge them, and write the value into each row that it is meant for";
        let place = Place::table(&self.table);
        (count > 0).then(|| Diagnostic::new(Code::MergedCells, place, message, help))
    }

    fn tell_hidden(self) -> Option<Diagnostic> {
        let count = self.hidden.count;
        if count == 0 {
            return None;
        }
        let rows = if count == 1 { "row is" } else { "rows are" };
        let ranges = self.hidden.in_words();
        let (severity, done, help) = match self.how {
            HiddenRows::Include => (
                Severity::Warning,
                "read like the others",
                "show them to check them; `--hidden-rows skip` passes them over",
            ),
            HiddenRows::Skip => (
                Severity::Note,
                "passed over",
                "nothing needs to be done if they are not meant",
            ),
            HiddenRows::Error => (
                Severity::Error,
                "not allowed here",
                "show or delete them, or choose `--hidden-rows include` or `--hidden-rows skip`",
            ),
        };
        let message = format!("{count} hidden {rows} {done}: {ranges}");
        let mut told = Diagnostic::new(Code::HiddenRows, Place::table(&self.table), message, help);
        told.severity = severity;
        Some(told)
    }
}
