//! One XML part of a workbook, unpacked as far as it is bounded.
//!
//! The decision to know: a part must be well-formed, which calamine does not ask for. Only then is it certain that where
//! this reader leaves an element, calamine has left it too, so that bounding an element's bytes here bounds them there.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use thiserror::Error;

use super::facts::{Piece, SheetError};
use super::feed::Feeder;
use super::limits::{Budget, DEEPEST, LONGEST_TOKEN};
use crate::input::error::InputErrorKind;

/// Bytes that are unpacked at a time.
const BUFFER: usize = 1 << 16;

/// Why unpacking stopped.
#[derive(Clone, Copy, Debug, Error)]
enum Excess {
    #[error("too many bytes in all")]
    Unpacked,
    #[error("too many bytes of a token")]
    Token,
}

/// Unpacked bytes, counted; and handed over, if they are wanted elsewhere, once all that was unpacked at a time is read.
pub(super) struct Metered<'b, R> {
    inner: R,
    /// What was unpacked last, and how far it is read.
    bytes: Vec<u8>,
    at: usize,
    /// What befell the reader behind these bytes.
    failed: Option<io::Error>,
    budget: &'b Budget,
    /// Bytes that this part may still have.
    left: u64,
    /// Bytes since the last mark.
    since_mark: usize,
    feeder: Option<Feeder>,
    /// What was found in the bytes.
    piece: Piece,
}

impl<'b, R: Read> Metered<'b, R> {
    pub(super) fn new(inner: R, budget: &'b Budget, most: u64) -> Self {
        Self {
            inner,
            bytes: Vec::new(),
            at: 0,
            failed: None,
            budget,
            left: most,
            since_mark: 0,
            feeder: None,
            piece: Piece::default(),
        }
    }

    /// Hands its bytes over to `feeder`.
    pub(super) fn feeding(self, feeder: Feeder) -> Self {
        let feeder = Some(feeder);
        Self { feeder, ..self }
    }

    /// Unpacks the rest for the sake of counting it.
    pub(super) fn drain(mut self) -> Result<(), InputErrorKind> {
        loop {
            self.since_mark = 0;
            match self.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => {
                    let read = bytes.len();
                    self.consume(read);
                }
                Err(error) => return Err(of_io(&error)),
            }
        }
    }

    fn ahead(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Unpacks the next bytes, once all before them are read.
    fn unpack(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.hand_over();
        self.at = 0;
        self.bytes.resize(BUFFER, 0);
        let mut read = 0;
        while read < BUFFER {
            match self.inner.read(&mut self.bytes[read..]) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.bytes.truncate(read);
        match self.failed.take_if(|_| read == 0) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn hand_over(&mut self) {
        if let Some(feeder) = &self.feeder
            && !self.bytes.is_empty()
        {
            let bytes = std::mem::replace(&mut self.bytes, feeder.room());
            let piece = std::mem::take(&mut self.piece);
            if feeder.pass(bytes, piece).is_err() {
                self.feeder = None;
            }
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Metered<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_mark > LONGEST_TOKEN {
            return Err(io::Error::other(Excess::Token));
        }
        if self.ahead().is_empty() {
            self.unpack()?;
            let read = self.bytes.len() as u64;
            self.left = self
                .left
                .checked_sub(read)
                .filter(|_| self.budget.take(read))
                .ok_or_else(|| io::Error::other(Excess::Unpacked))?;
        }
        Ok(self.ahead())
    }

    fn consume(&mut self, amount: usize) {
        self.since_mark += amount;
        self.at += amount;
    }
}

/// The events of a part.
pub(super) struct Part<'b, R> {
    xml: Reader<Metered<'b, R>>,
    depth: usize,
}

impl<'b, R: Read> Part<'b, R> {
    pub(super) fn new(bytes: Metered<'b, R>) -> Self {
        let mut xml = Reader::from_reader(bytes);
        // As calamine has it, but for the names of end tags.
        let config = xml.config_mut();
        config.check_end_names = true;
        config.trim_text(false);
        config.check_comments = false;
        config.expand_empty_elements = true;
        Self { xml, depth: 0 }
    }

    /// The next event, which is a token of its own.
    pub(super) fn token<'e>(
        &mut self,
        buffer: &'e mut Vec<u8>,
    ) -> Result<Event<'e>, InputErrorKind> {
        self.xml.get_mut().since_mark = 0;
        self.within(buffer)
    }

    /// The next event, which belongs to the same token as the one before.
    pub(super) fn within<'e>(
        &mut self,
        buffer: &'e mut Vec<u8>,
    ) -> Result<Event<'e>, InputErrorKind> {
        buffer.clear();
        let event = self.xml.read_event_into(buffer).map_err(in_kind)?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(damaged("elements are nested too deeply"));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(InputErrorKind::DocType),
            Event::Eof if self.depth > 0 => return Err(damaged("a part of it ends too early")),
            _ => {}
        }
        Ok(event)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over elements at the front of what is unpacked, which `whole` finds the length of. To be called between
    /// elements only: straight after the end of one.
    pub(super) fn pass_over(&mut self, mut whole: impl FnMut(&[u8]) -> Option<usize>) {
        let bytes = self.xml.get_mut();
        let ahead = bytes.ahead();
        let mut passed = 0;
        while let Some(length) = whole(&ahead[passed..]) {
            passed += length;
        }
        bytes.at += passed;
    }

    /// Where to note what is found in the bytes that are read at the time.
    pub(super) fn piece(&mut self) -> &mut Piece {
        &mut self.xml.get_mut().piece
    }

    /// Whether someone still wants the bytes.
    pub(super) fn is_listened_to(&self) -> bool {
        self.xml.get_ref().feeder.is_some()
    }

    /// Tells whoever wants the bytes that these were all, or why there are no more.
    pub(super) fn end(&mut self, result: Result<(), SheetError>) {
        if let Some(feeder) = self.xml.get_mut().feeder.take() {
            feeder.end(result);
        }
    }
}

/// The kind of an error that a limit or the system has raised.
fn of_io(error: &io::Error) -> InputErrorKind {
    let excess = error.get_ref().and_then(|error| error.downcast_ref());
    match excess {
        Some(Excess::Unpacked) => InputErrorKind::UnpacksTooFar,
        Some(Excess::Token) => InputErrorKind::TokenTooLong,
        None => damaged(&error.to_string()),
    }
}

fn in_kind(error: quick_xml::Error) -> InputErrorKind {
    match error {
        quick_xml::Error::Io(error) => of_io(&error),
        error => damaged(&error.to_string()),
    }
}

pub(super) fn damaged(what: &str) -> InputErrorKind {
    InputErrorKind::Workbook(what.to_owned())
}
