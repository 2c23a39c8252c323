//! Where cells are, as workbooks write it: `C7`, `B2:C7`.

use std::fmt;

use super::limits::{COLUMNS, ROWS};
use crate::model::column_letters;

/// The row, from 1, and the column, from 0, of `C7`; none if no sheet has such a cell.
pub(super) fn cell(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let letters = letters.count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let (letters, digits) = reference.split_at(letters);
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    (column <= COLUMNS).then_some((row(digits)?, column - 1))
}

/// The row, from 1; none if no sheet has such a row.
pub(super) fn row(number: &str) -> Option<u32> {
    let is_number = (1..=7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let row = is_number.then(|| number.parse().ok()).flatten()?;
    (1..=ROWS).contains(&row).then_some(row)
}

/// A block of cells, both ends included: rows from 1, columns from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CellRange {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl CellRange {
    /// Reads `B2:C7` or `B2`.
    pub(super) fn parse(reference: &str) -> Option<Self> {
        let (start, end) = reference.split_once(':').unwrap_or((reference, reference));
        let (start, end) = (cell(start)?, cell(end)?);
        (start.0 <= end.0 && start.1 <= end.1).then_some(Self {
            rows: (start.0, end.0),
            columns: (start.1, end.1),
        })
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = |column: u32| column_letters(column as usize);
        let (start, end) = (letters(self.columns.0), letters(self.columns.1));
        write!(f, "{start}{}:{end}{}", self.rows.0, self.rows.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_outside_of_every_sheet_are_none() {
        assert_eq!(cell("A1"), Some((1, 0)));
        assert_eq!(cell("XFD1048576"), Some((1_048_576, 16_383)));
        for reference in [
            "", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A-1", "A1:B2",
        ] {
            assert_eq!(cell(reference), None, "{reference}");
        }
    }

    #[test]
    fn ranges_of_cells_are_read_and_written_alike() {
        for text in ["A1:B2", "AA10:XFD1048576"] {
            assert_eq!(CellRange::parse(text).unwrap().to_string(), text);
        }
        for text in ["B2:A1", "A1:", "A1:B2:C3", "A:B", "1:4"] {
            assert_eq!(CellRange::parse(text), None);
        }
    }
}
