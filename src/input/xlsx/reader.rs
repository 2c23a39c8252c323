//! The cells of a sheet, from what calamine shows and what the scan found.

use calamine::{DataRef, XlsxCellReader, XlsxError};

use super::cells::NumberFormat;
use super::facts::{Facts, Odd, SheetError};
use super::guard::contradiction;
use super::handover::{CELLS, Cell, Content, TEXT};
use super::part::damaged;
use super::ranges::CellRange;
use super::shelf::Shelf;
use crate::input::error::InputErrorKind;

/// Whether there are more cells.
pub(super) enum More {
    Yes,
    No,
}

/// Reads the cells of a sheet.
pub(super) struct CellReader<'w, 'a> {
    cells: XlsxCellReader<'w, Shelf<'a>>,
    facts: Facts,
    /// The style that was asked for last, and its format.
    format: (usize, NumberFormat),
}

impl<'w, 'a> CellReader<'w, 'a> {
    pub(super) fn new(cells: XlsxCellReader<'w, Shelf<'a>>, facts: Facts) -> Self {
        Self {
            cells,
            facts,
            format: (0, NumberFormat::default()),
        }
    }

    /// Adds the next cells to `cells`, as many as are handed over at once. Those before an error are added too.
    pub(super) fn read(
        &mut self,
        cells: &mut Vec<Cell<'w>>,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<More, SheetError> {
        let mut text = 0;
        while cells.len() < CELLS && text < TEXT {
            let shown = self.cells.next_cell_with_style_id();
            // So it is with most cells.
            if let Ok(Some((cell, _))) = &shown
                && let DataRef::SharedString(shared) = cell.get_value()
                && self.facts.pass_plain()
            {
                let (row, column) = cell.get_position();
                cells.push(Cell {
                    row: row + 1,
                    column,
                    is_hidden: false,
                    content: Content::Shared(shared),
                });
                continue;
            }
            let shown = match shown {
                Ok(Some(shown)) => Ok(shown),
                Ok(None) => {
                    self.facts.finish(merges)?;
                    return Ok(More::No);
                }
                Err(error) => {
                    // If the scan has stopped, it has given calamine no more to read.
                    self.facts.check()?;
                    Err(in_words(&error))
                }
            };
            let cell = self.with_facts(shown, merges)?;
            text += cell.as_ref().map_or(0, Cell::own_text);
            cells.extend(cell);
        }
        Ok(More::Yes)
    }

    /// A cell as calamine shows it, or why it does not, with what the scan found of it; none if it holds nothing.
    fn with_facts(
        &mut self,
        shown: Result<(calamine::Cell<DataRef<'w>>, usize), InputErrorKind>,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<Cell<'w>>, SheetError> {
        let Some(facts) = self.facts.next(merges)? else {
            return Err(shown.err().unwrap_or_else(contradiction).into());
        };
        let (row, column, content) = match (shown, facts.odd) {
            (_, Some(Odd::Error(error, row, column))) => (row, column, Content::Error(error)),
            (Ok((cell, style)), odd) => {
                let (row, column) = cell.get_position();
                let content = match (odd, cell.get_value()) {
                    (Some(_), _) => Content::FormulaWithoutValue,
                    (None, DataRef::Empty) => return Ok(None),
                    (None, DataRef::SharedString(shared)) => Content::Shared(shared),
                    (None, _) => {
                        let format = self.format_of(style);
                        Content::Data(cell, format)
                    }
                };
                (row + 1, column, content)
            }
            (Err(error), _) => return Err(error.into()),
        };
        Ok(Some(Cell {
            row,
            column,
            is_hidden: facts.is_hidden,
            content,
        }))
    }

    fn format_of(&mut self, style: usize) -> NumberFormat {
        if style != self.format.0 {
            let styles = self.cells.styles();
            self.format = (style, NumberFormat::of_style(styles.get(style)));
        }
        self.format.1
    }
}

/// What calamine says of a workbook that it cannot read.
pub(super) fn in_words(error: &XlsxError) -> InputErrorKind {
    match error {
        XlsxError::Password => InputErrorKind::Encrypted,
        error => damaged(&error.to_string()),
    }
}
