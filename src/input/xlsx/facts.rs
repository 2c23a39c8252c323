//! What calamine does not show of a sheet, on its way from the scan to where rows are put together.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::guard::contradiction;
use super::ranges::CellRange;
use crate::input::error::InputErrorKind;

/// Cells of a piece, and the pieces that the scan may be ahead.
const CELLS: u32 = 4096;
const PIECES_AHEAD: usize = 4;

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
    pub fn add_cells(&mut self, count: u32, is_hidden: bool) {
        let start = self.cells;
        self.cells += count;
        if is_hidden {
            match self.hidden.last_mut() {
                Some((_, end)) if *end == start => *end = self.cells,
                _ => self.hidden.push((start, self.cells)),
            }
        }
    }

    /// Says it of the cell that was added last.
    pub fn last_is(&mut self, odd: Odd) {
        self.odd.push((self.cells - 1, odd));
    }

    pub fn add_merge(&mut self, range: CellRange) {
        self.merges.push(range);
    }

    pub fn is_full(&self) -> bool {
        self.cells >= CELLS || self.merges.len() >= CELLS as usize
    }
}

enum Message {
    Piece(Piece),
    End(Result<(), SheetError>),
}

/// Where the scan leaves what it finds.
pub(super) struct FactsSender(SyncSender<Message>);

/// Nobody wants to know more.
pub(super) struct NobodyListens;

impl FactsSender {
    pub fn send(&self, piece: Piece) -> Result<(), NobodyListens> {
        self.0
            .send(Message::Piece(piece))
            .map_err(|_| NobodyListens)
    }

    pub fn end(self, result: Result<(), SheetError>) {
        // Whoever has stopped listening has a reason of its own.
        let _ = self.0.send(Message::End(result));
    }
}

/// The facts as they come in.
pub(super) struct Facts {
    messages: Receiver<Message>,
    piece: Piece,
    at: u32,
    hidden: usize,
    odd: usize,
    is_at_end: bool,
}

/// A way from the scan to where rows are put together.
pub(super) fn channel() -> (FactsSender, Facts) {
    let (sender, messages) = sync_channel(PIECES_AHEAD);
    let facts = Facts {
        messages,
        piece: Piece::default(),
        at: 0,
        hidden: 0,
        odd: 0,
        is_at_end: false,
    };
    (FactsSender(sender), facts)
}

impl Facts {
    /// Waits until the scan has gone over the next cells; merged cells that it finds go to `merges`. False once there are
    /// no more.
    fn fill(&mut self, merges: &mut dyn FnMut(CellRange)) -> Result<bool, SheetError> {
        while self.at >= self.piece.cells {
            if self.is_at_end {
                return Ok(false);
            }
            match self.messages.recv() {
                Ok(Message::Piece(piece)) => {
                    self.piece = piece;
                    (self.at, self.hidden, self.odd) = (0, 0, 0);
                    self.piece.merges.drain(..).for_each(&mut *merges);
                }
                Ok(Message::End(result)) => {
                    self.is_at_end = true;
                    result?;
                }
                // It ended without a word.
                Err(_) => return Err(contradiction().into()),
            }
        }
        Ok(true)
    }

    /// Waits until the scan has gone over the first cells.
    pub fn wait(&mut self, merges: &mut dyn FnMut(CellRange)) -> Result<(), SheetError> {
        self.fill(merges).map(|_| ())
    }

    /// The facts of the next cell; none once there are no more.
    #[inline]
    pub fn next(
        &mut self,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<CellFacts>, SheetError> {
        // In nearly all pieces there is nothing to say of any cell.
        if self.at < self.piece.cells && self.piece.odd.is_empty() && self.piece.hidden.is_empty() {
            self.at += 1;
            return Ok(Some(CellFacts::default()));
        }
        self.seldom_next(merges)
    }

    fn seldom_next(
        &mut self,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<CellFacts>, SheetError> {
        if !self.fill(merges)? {
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
        let (sender, mut facts) = channel();
        let mut piece = Piece::default();
        piece.add_cells(2, false);
        piece.last_is(Odd::FormulaWithoutValue);
        piece.add_cells(1, true);
        piece.add_cells(1, true);
        piece.add_cells(1, false);
        assert!(sender.send(piece).is_ok());
        sender.end(Ok(()));
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
        let (sender, mut facts) = channel();
        drop(sender);
        assert!(facts.next(&mut |_| {}).is_err());
    }
}
