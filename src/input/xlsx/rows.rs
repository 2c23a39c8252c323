//! Puts the cells of a sheet together to rows, from what calamine shows and what the scan found.

use calamine::{DataRef, XlsxCellReader, XlsxError};

use super::cells::{NumberFormat, put};
use super::facts::{Facts, Odd, SheetError};
use super::guard::contradiction;
use super::limits::{COLUMNS, LONGEST_ROW};
use super::part::damaged;
use super::ranges::CellRange;
use crate::input::block::{SheetBlock, SheetRow, SheetValue};
use crate::input::error::InputErrorKind;
use crate::input::positioned::Positioned;

/// How much a block holds: rows, cells, bytes of text. Whichever is reached first ends it.
const BLOCK_ROWS: usize = 512;
const BLOCK_CELLS: usize = 1 << 15;
const BLOCK_TEXT: usize = 1 << 20;

/// The rows of a sheet.
pub(super) struct SheetRows<'w, 'a> {
    cells: XlsxCellReader<'w, Positioned<'a>>,
    facts: Facts,
    /// The first cell of the next block.
    carried: Option<Cell<'w>>,
    /// The style that was asked for last, and its format.
    format: (usize, NumberFormat),
    /// Cells and bytes of text of the last block, for which the next one makes room.
    room: (usize, usize),
}

struct Cell<'a> {
    /// From 1.
    row: u32,
    column: u32,
    is_hidden: bool,
    content: Content<'a>,
}

enum Content<'a> {
    Data(calamine::Cell<DataRef<'a>>, usize),
    FormulaWithoutValue,
    Error(Box<str>),
}

impl<'w, 'a> SheetRows<'w, 'a> {
    pub fn new(cells: XlsxCellReader<'w, Positioned<'a>>, facts: Facts) -> Self {
        Self {
            cells,
            facts,
            carried: None,
            format: (0, NumberFormat::default()),
            room: (0, 0),
        }
    }

    /// The next rows that hold something, none of them below the row `last` if it is given. No rows are the end.
    pub fn block(
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
                None => match self.next_cell(merges)? {
                    Some(cell) => cell,
                    None => break,
                },
            };
            if let Content::Data(data, _) = &cell.content
                && matches!(data.get_value(), DataRef::Empty)
            {
                continue;
            }
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
            let Some(value) = self.value(&mut block, cell.content) else {
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

    fn next_cell(
        &mut self,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<Cell<'w>>, SheetError> {
        let Some(facts) = self.facts.next(merges)? else {
            return Ok(None);
        };
        let is_hidden = facts.is_hidden;
        let cell = match (self.cells.next_cell_with_style_id(), facts.odd) {
            (_, Some(Odd::Error(error, row, column))) => Cell {
                row,
                column,
                is_hidden,
                content: Content::Error(error),
            },
            (Ok(Some((cell, style))), odd) => {
                let (row, column) = cell.get_position();
                Cell {
                    row: row + 1,
                    column,
                    is_hidden,
                    content: match odd {
                        None => Content::Data(cell, style),
                        Some(_) => Content::FormulaWithoutValue,
                    },
                }
            }
            (Ok(None), _) => return Err(contradiction().into()),
            (Err(error), _) => return Err(in_words(&error).into()),
        };
        Ok(Some(cell))
    }

    fn value(&mut self, block: &mut SheetBlock, content: Content<'_>) -> Option<SheetValue> {
        match content {
            Content::Data(data, style) => {
                if style != self.format.0 {
                    let styles = self.cells.styles();
                    self.format = (style, NumberFormat::of_style(styles.get(style)));
                }
                put(block, data.get_value(), self.format.1)
            }
            Content::FormulaWithoutValue => Some(SheetValue::FormulaWithoutValue),
            Content::Error(error) => Some(SheetValue::Error(block.keep(&error)?)),
        }
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

/// What calamine says of a workbook that it cannot read.
pub(super) fn in_words(error: &XlsxError) -> InputErrorKind {
    match error {
        XlsxError::Password => InputErrorKind::Encrypted,
        error => damaged(&error.to_string()),
    }
}
