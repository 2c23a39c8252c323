//! The unpacked bytes of a part on their way from the scan that bounds them to calamine.
//!
//! The decision to know: bytes are handed over once the scan has gone past all of them, and together with what it found in
//! them. So calamine sees nothing that was not looked at, and no part is unpacked twice. Whoever wants bytes keeps the
//! facts that come with them, and the other way round: neither waits for what stands behind the other.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::facts::{Piece, SheetError};
use super::guard::contradiction;
use super::limits::LONGEST_TOKEN;

/// How often bytes may be handed over before they are taken.
const AHEAD: usize = 4;

enum Message {
    Piece(Vec<u8>, Piece),
    End(Result<(), SheetError>),
}

/// Where the scan leaves the bytes that it has gone past.
pub(super) struct Feeder {
    to: SyncSender<Message>,
    spare: Receiver<Vec<u8>>,
}

/// Nobody wants to know more.
pub(super) struct NobodyListens;

impl Feeder {
    /// Hands over bytes and what was found in them.
    pub(super) fn pass(&self, bytes: Vec<u8>, piece: Piece) -> Result<(), NobodyListens> {
        let sent = self.to.send(Message::Piece(bytes, piece));
        sent.map_err(|_| NobodyListens)
    }

    /// Room for more bytes.
    pub(super) fn room(&self) -> Vec<u8> {
        self.spare.try_recv().unwrap_or_default()
    }

    /// Says that this was all, or why it goes no further. A feeder that is dropped has failed.
    pub(super) fn end(self, result: Result<(), SheetError>) {
        // Whoever has stopped listening has a reason of its own.
        let _ = self.to.send(Message::End(result));
    }
}

/// How the scan has ended, as far as it is known here.
enum End {
    NotYet,
    Well,
    /// With the reason, unless it was told already.
    Badly(Option<SheetError>),
}

/// What has arrived of a part.
struct Fed {
    messages: Receiver<Message>,
    spare: SyncSender<Vec<u8>>,
    bytes: VecDeque<Vec<u8>>,
    /// How far the first of them are read.
    at: usize,
    /// Bytes that nobody has begun to read.
    waiting: usize,
    pieces: VecDeque<Piece>,
    end: End,
    is_begun: bool,
}

impl Fed {
    fn receive(&mut self) {
        match self.messages.recv() {
            Ok(Message::Piece(bytes, piece)) => {
                self.waiting += bytes.len();
                self.bytes.push_back(bytes);
                self.pieces.extend(piece.unless_empty());
            }
            Ok(Message::End(Ok(()))) => self.end = End::Well,
            Ok(Message::End(Err(error))) => self.end = End::Badly(Some(error)),
            // It ended without a word.
            Err(_) => self.end = End::Badly(Some(contradiction().into())),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_begun = true;
        loop {
            if let Some(bytes) = self.bytes.front() {
                let read = (&bytes[self.at..]).read(buffer)?;
                self.at += read;
                if self.at == bytes.len() {
                    self.drop_first();
                }
                return Ok(read);
            }
            match self.end {
                End::NotYet => self.receive(),
                End::Well => return Ok(0),
                End::Badly(_) => return Err(io::Error::other("it was left before its end")),
            }
        }
    }

    fn drop_first(&mut self) {
        if let Some(bytes) = self.bytes.pop_front() {
            self.waiting -= bytes.len();
            self.at = 0;
            // There need not be room for it.
            let _ = self.spare.try_send(bytes);
        }
    }

    /// The reason why the scan has stopped, if it has.
    fn check(&mut self) -> Result<(), SheetError> {
        match &mut self.end {
            End::NotYet | End::Well => Ok(()),
            End::Badly(reason) => Err(reason.take().unwrap_or_else(|| contradiction().into())),
        }
    }
}

/// Whether the bytes that come with facts are still to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bytes {
    Wanted,
    Unwanted,
}

/// Where the part that is read at the time arrives, for those who read its bytes and those who read its facts.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Fed>>>);

impl Slot {
    /// Makes way for a part. It ends once the second value is dropped, at which its scan stops too.
    pub(super) fn open(&self) -> (Feeder, Opened) {
        let (to, messages) = sync_channel(AHEAD);
        let (spare, spares) = sync_channel(AHEAD);
        *self.fed() = Some(Fed {
            messages,
            spare,
            bytes: VecDeque::new(),
            at: 0,
            waiting: 0,
            pieces: VecDeque::new(),
            end: End::NotYet,
            is_begun: false,
        });
        let feeder = Feeder { to, spare: spares };
        (feeder, Opened(self.clone()))
    }

    /// The next bytes of the part.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut *self.fed() {
            Some(fed) => fed.read(buffer),
            None => Err(io::Error::other("it is not to be read now")),
        }
    }

    /// Whoever reads the part has left it for good.
    pub(super) fn leave(&self) {
        let mut fed = self.fed();
        if fed.as_ref().is_some_and(|fed| fed.is_begun) {
            *fed = None;
        }
    }

    /// The next facts of the part; none once there are no more. Bytes that come with them are kept if they are still to be
    /// read; of more than a token may have, the facts have been handed over long ago.
    pub(super) fn piece(&self, bytes: Bytes) -> Result<Option<Piece>, SheetError> {
        let mut fed = self.fed();
        let fed = fed.as_mut().ok_or_else(contradiction)?;
        loop {
            while bytes == Bytes::Unwanted && !fed.bytes.is_empty() {
                fed.drop_first();
            }
            if let Some(piece) = fed.pieces.pop_front() {
                return Ok(Some(piece));
            }
            fed.check()?;
            if matches!(fed.end, End::Well) || fed.waiting > 2 * LONGEST_TOKEN {
                return Ok(None);
            }
            fed.receive();
        }
    }

    /// The reason why the scan has stopped, as far as it is known.
    pub(super) fn check(&self) -> Result<(), SheetError> {
        self.fed().as_mut().map_or(Ok(()), Fed::check)
    }

    fn fed(&self) -> MutexGuard<'_, Option<Fed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part that is being read.
pub(super) struct Opened(Slot);

impl Drop for Opened {
    fn drop(&mut self) {
        *self.0.fed() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::error::InputErrorKind;

    fn cells(count: u32) -> Piece {
        let mut piece = Piece::default();
        piece.add_cells(count, false);
        piece
    }

    #[test]
    fn bytes_and_facts_are_read_in_any_order() {
        let slot = Slot::default();
        let (feeder, _opened) = slot.open();
        assert!(feeder.pass(b"ab".to_vec(), Piece::default()).is_ok());
        assert!(feeder.pass(b"cd".to_vec(), cells(1)).is_ok());
        assert!(feeder.pass(b"ef".to_vec(), cells(2)).is_ok());
        feeder.end(Ok(()));
        // The facts come with the second piece; the first and its bytes are kept.
        assert!(slot.piece(Bytes::Wanted).unwrap().is_some());
        let mut buffer = [0; 8];
        assert_eq!(slot.read(&mut buffer).unwrap(), 2);
        assert_eq!(&buffer[..2], b"ab");
        assert!(slot.piece(Bytes::Unwanted).unwrap().is_some());
        assert!(slot.piece(Bytes::Unwanted).unwrap().is_none());
        assert_eq!(slot.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn a_scan_that_stops_ends_the_bytes_with_its_reason() {
        let slot = Slot::default();
        let (feeder, _opened) = slot.open();
        assert!(feeder.pass(b"ab".to_vec(), Piece::default()).is_ok());
        let (kind, row) = (InputErrorKind::RowTooLong, Some(7));
        feeder.end(Err(SheetError { kind, row }));
        let mut buffer = [0; 8];
        assert_eq!(slot.read(&mut buffer).unwrap(), 2);
        assert!(slot.check().is_ok());
        assert!(slot.read(&mut buffer).is_err());
        assert_eq!(slot.check().unwrap_err().row, Some(7));
    }

    #[test]
    fn a_scan_stops_once_nobody_reads() {
        let slot = Slot::default();
        let (feeder, opened) = slot.open();
        assert!(feeder.pass(b"ab".to_vec(), Piece::default()).is_ok());
        // What nobody has begun is not left.
        slot.leave();
        assert!(feeder.pass(b"cd".to_vec(), Piece::default()).is_ok());
        drop(opened);
        assert!(feeder.pass(b"ef".to_vec(), Piece::default()).is_err());
        assert!(slot.read(&mut [0; 8]).is_err());
        let (feeder, _opened) = slot.open();
        assert!(feeder.pass(b"ab".to_vec(), Piece::default()).is_ok());
        assert_eq!(slot.read(&mut [0; 8]).unwrap(), 2);
        slot.leave();
        assert!(feeder.pass(b"cd".to_vec(), Piece::default()).is_err());
    }
}
