//! The scan that runs ahead of calamine over a sheet: bounds its bytes, and finds what calamine does not show.
//!
//! The decision to know: what is found is said of the n-th cell of the sheet, and both count the same cells, whatever
//! those say of their own places. Cells in the plain form that spreadsheet programs write are passed over by their bytes;
//! every other one goes through the parser that calamine uses too.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::attributes::{self, attribute, attributes, is_set};
use super::facts::{Odd, SheetError};
use super::limits::{COLUMNS, ROWS};
use super::part::{Part, damaged};
use super::plain::{PlainCell, PlainRow};
use super::ranges::CellRange;
use crate::input::error::InputErrorKind;

/// Scans the sheet that is this part, and says what it finds.
pub(super) fn scan<R: Read>(part: Part<'_, R>) {
    let mut scan = Scan {
        part,
        row: Row::default(),
    };
    let result = match scan.sheet() {
        Ok(()) => Ok(()),
        Err(Stop::Error(kind)) => {
            let row = scan.row.number;
            let row = (row > 0).then_some(row);
            Err(SheetError { kind, row })
        }
        Err(Stop::NobodyListens) => return,
    };
    scan.part.end(result);
}

enum Stop {
    Error(InputErrorKind),
    NobodyListens,
}

impl From<InputErrorKind> for Stop {
    fn from(kind: InputErrorKind) -> Self {
        Self::Error(kind)
    }
}

/// The row that the scan is in.
#[derive(Clone, Copy, Default)]
struct Row {
    /// From 1; 0 before the first.
    number: u32,
    is_hidden: bool,
    /// The column that a cell without a place of its own has.
    next_column: u32,
    cells: u32,
    /// How many elements are open within it and around it, if its name is the plain one.
    depth: Option<usize>,
}

struct Scan<'b, R> {
    part: Part<'b, R>,
    row: Row,
}

/// What the tag of a cell says.
struct CellTag {
    row: u32,
    column: u32,
    kind: CellKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CellKind {
    /// Text, which may be empty and meant so.
    Text,
    /// An error such as `#N/A`.
    Error,
    Other,
}

impl<R: Read> Scan<'_, R> {
    fn sheet(&mut self) -> Result<(), Stop> {
        let mut buffer = Vec::new();
        let mut is_in_data = false;
        let mut is_after_data = false;
        loop {
            let event = self.part.token(&mut buffer)?;
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "sheetData" if !is_after_data => is_in_data = true,
                    "row" if is_in_data => self.begin_row(&tag)?,
                    "c" if is_in_data => {
                        let tag = self.cell_tag(&tag)?;
                        self.cell(&tag)?;
                        self.plain_cells()?;
                    }
                    "mergeCell" if is_after_data => self.merge(&tag),
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "sheetData" if is_in_data => {
                        is_in_data = false;
                        is_after_data = true;
                    }
                    "row" if is_in_data => {
                        self.row.number += 1;
                        self.row.next_column = 0;
                        self.row.cells = 0;
                        self.row.is_hidden = false;
                        self.row.depth = None;
                    }
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
            if !self.part.is_listened_to() {
                return Err(Stop::NobodyListens);
            }
        }
        Ok(())
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) -> Result<(), InputErrorKind> {
        if self.row.number == 0 {
            self.row.number = 1;
        }
        self.row.is_hidden = false;
        self.row.depth = (tag.name().as_ref() == "row").then(|| self.part.depth());
        for (name, value) in attributes(tag) {
            match name {
                "r" => {
                    let number = attributes::row(value);
                    self.row.number = number.ok_or(InputErrorKind::BeyondSheet)?;
                }
                "hidden" => self.row.is_hidden = is_set(value),
                _ => {}
            }
        }
        if self.row.number > ROWS {
            return Err(InputErrorKind::BeyondSheet);
        }
        Ok(())
    }

    fn cell_tag(&mut self, tag: &BytesStart<'_>) -> Result<CellTag, InputErrorKind> {
        let mut place = None;
        let mut kind = CellKind::Other;
        for (name, value) in attributes(tag) {
            match name {
                "r" => {
                    let found = attributes::cell(value).ok_or(InputErrorKind::BeyondSheet)?;
                    place = Some(found);
                }
                "t" => {
                    kind = match value {
                        "str" | "inlineStr" | "s" => CellKind::Text,
                        "e" => CellKind::Error,
                        _ => CellKind::Other,
                    }
                }
                _ => {}
            }
        }
        let (row, column) = place.unwrap_or((self.row.number.max(1), self.row.next_column));
        self.count_cell(column)?;
        Ok(CellTag { row, column, kind })
    }

    fn count_cell(&mut self, column: u32) -> Result<(), InputErrorKind> {
        self.row.next_column = column + 1;
        self.row.cells += 1;
        if column >= COLUMNS || self.row.cells > COLUMNS {
            return Err(InputErrorKind::BeyondSheet);
        }
        Ok(())
    }

    /// Reads to the end of a cell as one token.
    fn cell(&mut self, tag: &CellTag) -> Result<(), InputErrorKind> {
        let outside = self.part.depth() - 1;
        let mut buffer = Vec::new();
        let (mut has_formula, mut has_value) = (false, false);
        let mut is_in_value = false;
        let mut error = String::new();
        while self.part.depth() > outside {
            match self.part.within(&mut buffer)? {
                Event::Start(inner) => match inner.local_name().as_ref() {
                    "f" => has_formula = true,
                    "v" => is_in_value = true,
                    "is" => has_value = true,
                    _ => {}
                },
                Event::End(inner) if inner.local_name().as_ref() == "v" => is_in_value = false,
                Event::Text(text) if is_in_value => {
                    has_value |= !text.is_empty();
                    if tag.kind == CellKind::Error {
                        error.push_str(&text);
                    }
                }
                // calamine shows nothing of such a value.
                Event::CData(_) if is_in_value => {
                    return Err(damaged("a cell's value is not written as text"));
                }
                Event::GeneralRef(_) if is_in_value => has_value = true,
                Event::Eof => break,
                _ => {}
            }
        }
        self.part.piece().add_cells(1, self.row.is_hidden);
        if tag.kind == CellKind::Error && has_value {
            if !is_known(&error) {
                let shown: String = error.chars().take(20).collect();
                self.part
                    .piece()
                    .last_is(Odd::Error(shown.into(), tag.row, tag.column));
            }
        } else if has_formula && !has_value && tag.kind != CellKind::Text {
            self.part.piece().last_is(Odd::FormulaWithoutValue);
        }
        Ok(())
    }

    /// Passes over the plain cells that follow, and over plain rows of them.
    fn plain_cells(&mut self) -> Result<(), InputErrorKind> {
        let Self { part, row } = self;
        let was_hidden = row.is_hidden;
        let can_end = row.depth == Some(part.depth());
        // Cells of this row, and of those behind it.
        let (mut here, mut behind) = (0, None);
        part.pass_over(|ahead| {
            if let Some(cell) = PlainCell::of(ahead) {
                row.next_column = cell.column + 1;
                row.cells += 1;
                *behind.as_mut().unwrap_or(&mut here) += 1;
                return (row.cells <= COLUMNS).then_some(cell.length);
            }
            let next = PlainRow::of(ahead).filter(|_| can_end)?;
            behind = behind.or(Some(0));
            *row = Row {
                number: next.number,
                depth: row.depth,
                ..Row::default()
            };
            Some(next.length)
        });
        part.piece().add_cells(here, was_hidden);
        part.piece().add_cells(behind.unwrap_or(0), false);
        if row.cells > COLUMNS {
            return Err(InputErrorKind::BeyondSheet);
        }
        Ok(())
    }

    fn merge(&mut self, tag: &BytesStart<'_>) {
        let range = attribute(tag, "ref").and_then(CellRange::of);
        if let Some(range) = range {
            self.part.piece().add_merge(range);
        }
    }
}

/// Whether calamine knows this error.
fn is_known(error: &str) -> bool {
    error.parse::<calamine::CellErrorType>().is_ok()
}
