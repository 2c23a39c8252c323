//! One XML part of a workbook, unpacked as far as it is bounded.
//!
//! The decision to know: a part must be well-formed, which calamine does not ask for. Only then is it certain that where
//! this reader leaves an element, calamine has left it too, so that bounding an element's bytes here bounds them there.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use thiserror::Error;

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

/// Unpacked bytes, counted.
pub(super) struct Metered<'b, R> {
    inner: BufReader<R>,
    budget: &'b Budget,
    /// Bytes that this part may still have.
    left: u64,
    /// Bytes since the last mark.
    since_mark: usize,
}

impl<'b, R: Read> Metered<'b, R> {
    pub fn new(inner: R, budget: &'b Budget, most: u64) -> Self {
        Self {
            inner: BufReader::with_capacity(BUFFER, inner),
            budget,
            left: most,
            since_mark: 0,
        }
    }

    /// Unpacks the rest for the sake of counting it.
    pub fn drain(mut self) -> Result<(), InputErrorKind> {
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
        if self.inner.buffer().is_empty() {
            let read = self.inner.fill_buf()?.len() as u64;
            self.left = self
                .left
                .checked_sub(read)
                .filter(|_| self.budget.take(read))
                .ok_or_else(|| io::Error::other(Excess::Unpacked))?;
        }
        Ok(self.inner.buffer())
    }

    fn consume(&mut self, amount: usize) {
        self.since_mark += amount;
        self.inner.consume(amount);
    }
}

/// The events of a part.
pub(super) struct Part<'b, R> {
    xml: Reader<Metered<'b, R>>,
    depth: usize,
}

impl<'b, R: Read> Part<'b, R> {
    pub fn new(bytes: Metered<'b, R>) -> Self {
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
    pub fn token<'e>(&mut self, buffer: &'e mut Vec<u8>) -> Result<Event<'e>, InputErrorKind> {
        self.xml.get_mut().since_mark = 0;
        self.within(buffer)
    }

    /// The next event, which belongs to the same token as the one before.
    pub fn within<'e>(&mut self, buffer: &'e mut Vec<u8>) -> Result<Event<'e>, InputErrorKind> {
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
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over elements at the front of what is unpacked, which `whole` finds the length of. To be called between
    /// elements only: straight after the end of one.
    pub fn pass_over(&mut self, mut whole: impl FnMut(&[u8]) -> Option<usize>) {
        let bytes = self.xml.get_mut();
        let ahead = bytes.inner.buffer();
        let mut passed = 0;
        while let Some(length) = whole(&ahead[passed..]) {
            passed += length;
        }
        bytes.inner.consume(passed);
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
