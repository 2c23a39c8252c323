//! What calamine does not show of a sheet, on its way from the scan to where rows are put together.

use super::feed::{Bytes, Slot};
use super::guard::contradiction;
use super::ranges::CellRange;
use crate::input::error::InputErrorKind;

/// Why a sheet cannot be read on, and its row.
#[derive(Debug)]
pub(super) struct SheetError {
    pub kind: InputErrorKind,
    pub row: Option<u32>,
}

impl From<InputErrorKind> for SheetError {
    fn from(kind: InputErrorKind) -> Self {
        Self { kind, row: None }
    }
}

/// What a cell holds that calamine shows as nothing, or gives up at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Odd {
    /// A formula whose value was never computed.
    FormulaWithoutValue,
    /// An error that calamine does not know, with the cell's row, from 1, and column.
    Error(Box<str>, u32, u32),
}

/// A cell of the sheet, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct CellFacts {
    pub is_hidden: bool,
    pub odd: Option<Odd>,
}

/// The facts of some cells in a row.
#[derive(Debug, Default)]
pub(super) struct Piece {
    cells: u32,
    /// Where hidden rows begin and end: cells from the first index up to the second are hidden.
    hidden: Vec<(u32, u32)>,
    odd: Vec<(u32, Odd)>,
    merges: Vec<CellRange>,
}

impl Piece {
    pub(super) fn add_cells(&mut self, count: u32, is_hidden: bool) {
        let start = self.cells;
        self.cells += count;
        if is_hidden && count > 0 {
            match self.hidden.last_mut() {
                Some((_, end)) if *end == start => *end = self.cells,
                _ => self.hidden.push((start, self.cells)),
            }
        }
    }

    /// Says it of the cell that was added last.
    pub(super) fn last_is(&mut self, odd: Odd) {
        self.odd.push((self.cells - 1, odd));
    }

    pub(super) fn add_merge(&mut self, range: CellRange) {
        self.merges.push(range);
    }

    /// Itself, if it says anything.
    pub(super) fn unless_empty(self) -> Option<Self> {
        (self.cells > 0 || !self.merges.is_empty()).then_some(self)
    }
}

/// The facts as they come in.
pub(super) struct Facts {
    from: Slot,
    piece: Piece,
    at: u32,
    hidden: usize,
    odd: usize,
}

impl Facts {
    /// The facts of the part that comes to `from`.
    pub(super) fn new(from: Slot) -> Self {
        Self {
            from,
            piece: Piece::default(),
            at: 0,
            hidden: 0,
            odd: 0,
        }
    }

    /// Gets the facts of more cells; merged cells that were found go to `merges`. False once there are no more.
    fn fill(
        &mut self,
        bytes: Bytes,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<bool, SheetError> {
        while self.at >= self.piece.cells {
            let Some(piece) = self.from.piece(bytes)? else {
                return Ok(false);
            };
            self.piece = piece;
            (self.at, self.hidden, self.odd) = (0, 0, 0);
            self.piece.merges.drain(..).for_each(&mut *merges);
        }
        Ok(true)
    }

    /// Looks at what is behind the last cell.
    pub(super) fn finish(&mut self, merges: &mut dyn FnMut(CellRange)) -> Result<(), SheetError> {
        if self.fill(Bytes::Unwanted, merges)? {
            return Err(contradiction().into());
        }
        Ok(())
    }

    /// Whether the scan has stopped, as far as it is known.
    pub(super) fn check(&self) -> Result<(), SheetError> {
        self.from.check()
    }

    /// Goes past the next cell if it is at hand and there is nothing to say of it.
    #[inline]
    pub(super) fn pass_plain(&mut self) -> bool {
        // In nearly all pieces there is nothing to say of any cell.
        let is_plain =
            self.at < self.piece.cells && self.piece.odd.is_empty() && self.piece.hidden.is_empty();
        self.at += u32::from(is_plain);
        is_plain
    }

    /// The facts of the next cell; none once there are no more.
    pub(super) fn next(
        &mut self,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<CellFacts>, SheetError> {
        if !self.fill(Bytes::Wanted, merges)? {
            return Ok(None);
        }
        let at = self.at;
        self.at += 1;
        while self
            .piece
            .hidden
            .get(self.hidden)
            .is_some_and(|(_, end)| *end <= at)
        {
            self.hidden += 1;
        }
        let hidden = self.piece.hidden.get(self.hidden);
        let is_hidden = hidden.is_some_and(|(start, _)| *start <= at);
        let odd = self.piece.odd.get_mut(self.odd).filter(|(of, _)| *of == at);
        let odd = odd.map(|(_, odd)| std::mem::replace(odd, Odd::FormulaWithoutValue));
        self.odd += usize::from(odd.is_some());
        Ok(Some(CellFacts { is_hidden, odd }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_to_the_cells_that_they_are_of() {
        let slot = Slot::default();
        let (feeder, _opened) = slot.open();
        let mut facts = Facts::new(slot);
        let mut piece = Piece::default();
        piece.add_cells(2, false);
        piece.last_is(Odd::FormulaWithoutValue);
        piece.add_cells(1, true);
        piece.add_cells(1, true);
        piece.add_cells(1, false);
        assert!(feeder.pass(vec![0], piece).is_ok());
        feeder.end(Ok(()));
        let mut found = Vec::new();
        while let Some(cell) = facts.next(&mut |_| {}).unwrap() {
            found.push((cell.is_hidden, cell.odd.is_some()));
        }
        assert_eq!(
            found,
            [
                (false, false),
                (false, true),
                (true, false),
                (true, false),
                (false, false)
            ]
        );
    }

    #[test]
    fn a_scan_that_ends_without_a_word_is_an_error() {
        let slot = Slot::default();
        let (feeder, _opened) = slot.open();
        let mut facts = Facts::new(slot);
        drop(feeder);
        assert!(facts.next(&mut |_| {}).is_err());
    }
}
