//! Cells on their way from the thread that reads them to where rows are put together.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::vec::IntoIter;

use calamine::DataRef;

use super::cells::NumberFormat;
use super::facts::SheetError;
use super::guard::contradiction;
use super::ranges::CellRange;

/// Cells and bytes of text that are handed over at once, and how often that may be before they are taken. A fuzz target's
/// sheets are small and shall be handed over in pieces all the same.
pub(super) const CELLS: usize = if cfg!(fuzzing) { 7 } else { 1024 };
pub(super) const TEXT: usize = 1 << 20;
const AHEAD: usize = 4;

/// A cell that holds something.
pub(super) struct Cell<'a> {
    /// From 1.
    pub row: u32,
    pub column: u32,
    pub is_hidden: bool,
    pub content: Content<'a>,
}

/// What a cell holds.
pub(super) enum Content<'a> {
    /// A text that stands in the workbook's own list of them.
    Shared(&'a str),
    /// A value, and how numbers are shown in the cell.
    Data(calamine::Cell<DataRef<'a>>, NumberFormat),
    FormulaWithoutValue,
    Error(Box<str>),
}

impl Cell<'_> {
    /// Bytes of text that the cell holds for itself, as one with a shared text does not.
    pub(super) fn own_text(&self) -> usize {
        match &self.content {
            Content::Data(data, _) => match data.get_value() {
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    text.len()
                }
                _ => 0,
            },
            Content::Error(error) => error.len(),
            Content::Shared(_) | Content::FormulaWithoutValue => 0,
        }
    }
}

/// What is handed over.
pub(super) enum Message<'w> {
    Cells(Vec<Cell<'w>>),
    Merged(CellRange),
    End(Result<(), SheetError>),
}

/// A way from one thread to the other.
pub(super) fn channel<'w>() -> (SyncSender<Message<'w>>, Incoming<'w>) {
    let (sender, messages) = sync_channel(AHEAD);
    let incoming = Incoming {
        messages,
        cells: Vec::new().into_iter(),
        is_at_end: false,
    };
    (sender, incoming)
}

/// The cells as they come.
pub(super) struct Incoming<'w> {
    messages: Receiver<Message<'w>>,
    cells: IntoIter<Cell<'w>>,
    is_at_end: bool,
}

impl<'w> Incoming<'w> {
    /// The next cell; none once there are no more. Merged cells that are told of meanwhile go to `merges`.
    #[inline]
    pub(super) fn next(
        &mut self,
        merges: &mut dyn FnMut(CellRange),
    ) -> Result<Option<Cell<'w>>, SheetError> {
        loop {
            if let Some(cell) = self.cells.next() {
                return Ok(Some(cell));
            }
            if self.is_at_end {
                return Ok(None);
            }
            match self.messages.recv() {
                Ok(Message::Cells(cells)) => self.cells = cells.into_iter(),
                Ok(Message::Merged(range)) => merges(range),
                Ok(Message::End(end)) => {
                    self.is_at_end = true;
                    end?;
                }
                Err(_) => return Err(contradiction().into()),
            }
        }
    }
}
