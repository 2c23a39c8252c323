//! Puts the cells of a sheet together to rows.

use super::cells::put;
use super::facts::SheetError;
use super::handover::{Cell, Content, Incoming};
use super::limits::{COLUMNS, LONGEST_ROW};
use super::ranges::CellRange;
use crate::input::block::{SheetBlock, SheetRow, SheetValue};
use crate::input::error::InputErrorKind;

/// How much a block holds: rows, cells, bytes of text. Whichever is reached first ends it.
const BLOCK_ROWS: usize = 512;
const BLOCK_CELLS: usize = 1 << 15;
const BLOCK_TEXT: usize = 1 << 20;

/// The rows of a sheet.
pub(super) struct SheetRows<'a> {
    cells: Incoming<'a>,
    /// The first cell of the next block.
    carried: Option<Cell<'a>>,
    /// Cells and bytes of text of the last block, for which the next one makes room.
    room: (usize, usize),
}

impl<'a> SheetRows<'a> {
    pub(super) fn new(cells: Incoming<'a>) -> Self {
        Self {
            cells,
            carried: None,
            room: (0, 0),
        }
    }

    /// The next rows that hold something, none of them below the row `last` if it is given. No rows are the end.
    pub(super) fn block(
        &mut self,
        last: Option<u32>,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<SheetBlock, SheetError> {
        let mut block = SheetBlock {
            cells: Vec::with_capacity(self.room.0),
            text: String::with_capacity(self.room.1),
            ..SheetBlock::default()
        };
        let mut open: Option<OpenRow> = None;
        loop {
            let cell = match self.carried.take() {
                Some(cell) => cell,
                None => match self.cells.next(merges)? {
                    Some(cell) => cell,
                    None => break,
                },
            };
            if open.as_ref().is_none_or(|open| open.number != cell.row) {
                if let Some(done) = open.take() {
                    done.close(&mut block);
                }
                if is_full(&block) || last.is_some_and(|last| cell.row > last) {
                    self.carried = Some(cell);
                    break;
                }
                open = Some(OpenRow::new(&cell, &block));
            }
            let Some(value) = value(&mut block, cell.content) else {
                continue;
            };
            block.cells.push((cell.column, value));
            if let Some(open) = &mut open {
                open.added(&block)?;
            }
        }
        if let Some(done) = open {
            done.close(&mut block);
        }
        self.room = (block.cells.len(), block.text.len());
        Ok(block)
    }
}

fn value(block: &mut SheetBlock, content: Content<'_>) -> Option<SheetValue> {
    match content {
        Content::Shared(text) => Some(SheetValue::Text(block.keep(text)?)),
        Content::Data(data, format) => put(block, data.get_value(), format),
        Content::FormulaWithoutValue => Some(SheetValue::FormulaWithoutValue),
        Content::Error(error) => Some(SheetValue::Error(block.keep(&error)?)),
    }
}

fn is_full(block: &SheetBlock) -> bool {
    block.rows.len() >= BLOCK_ROWS
        || block.cells.len() >= BLOCK_CELLS
        || block.text.len() >= BLOCK_TEXT
}

/// The row that cells are added to.
struct OpenRow {
    number: u32,
    is_hidden: bool,
    first_cell: usize,
    first_byte: usize,
    is_in_order: bool,
}

impl OpenRow {
    fn new(cell: &Cell<'_>, block: &SheetBlock) -> Self {
        Self {
            number: cell.row,
            is_hidden: cell.is_hidden,
            first_cell: block.cells.len(),
            first_byte: block.text.len(),
            is_in_order: true,
        }
    }

    /// Looks at the cell that was added last.
    fn added(&mut self, block: &SheetBlock) -> Result<(), SheetError> {
        let cells = &block.cells[self.first_cell..];
        if let [.., before, last] = cells
            && before.0 >= last.0
        {
            self.is_in_order = false;
        }
        let kind = if cells.len() > COLUMNS as usize {
            InputErrorKind::BeyondSheet
        } else if block.text.len() - self.first_byte > LONGEST_ROW {
            InputErrorKind::RowTooLong
        } else {
            return Ok(());
        };
        let row = Some(self.number);
        Err(SheetError { kind, row })
    }

    fn close(self, block: &mut SheetBlock) {
        if !self.is_in_order {
            // Of two cells in one place the later one counts.
            let mut cells = block.cells.split_off(self.first_cell);
            cells.reverse();
            cells.sort_by_key(|(column, _)| *column);
            cells.dedup_by_key(|(column, _)| *column);
            block.cells.append(&mut cells);
        }
        if block.cells.len() > self.first_cell {
            block.rows.push(SheetRow {
                number: self.number,
                is_hidden: self.is_hidden,
                cells: self.first_cell..block.cells.len(),
            });
        }
    }
}
