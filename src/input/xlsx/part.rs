//! One XML part of a workbook, unpacked as far as it is bounded.
//!
//! The decision to know: a part must be well-formed, which calamine does not ask for. Only then is it certain that where
//! this reader leaves an element, calamine has left it too, so that bounding an element's bytes here bounds them there.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::encoding::DecodingReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;

use super::limits::{Budget, DEEPEST};
use crate::input::error::unreadable;
use crate::model::Problem;

/// Bytes that are unpacked at a time.
const BUFFER: usize = 1 << 16;

/// Unpacked bytes, counted.
#[derive(Debug)]
pub(super) struct Unpacked<'b, R> {
    packed: R,
    budget: &'b Budget,
    /// Bytes that this part may still have.
    left: u64,
}

impl<'b, R: Read> Unpacked<'b, R> {
    /// Unpacks at most `most` bytes of this part.
    pub(super) fn new(packed: R, budget: &'b Budget, most: u64) -> Self {
        Self {
            packed,
            budget,
            left: most,
        }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.packed.read(buffer)?;
        let stop = |what| Err(io::Error::other(too_large(what)));
        if !self.budget.extend_token(read) {
            return stop("a cell of the workbook is longer than 16 MB");
        }
        let left = self.left.checked_sub(read as u64);
        match left.filter(|_| self.budget.take(read as u64)) {
            Some(left) => self.left = left,
            None => return stop("the workbook unpacks to more than 1 GB"),
        }
        Ok(read)
    }
}

/// The events of a part.
pub(super) struct Part<'b, B> {
    xml: Reader<B>,
    budget: &'b Budget,
    depth: usize,
}

impl<'b, R: Read> Part<'b, BufReader<Unpacked<'b, R>>> {
    /// Reads a part in UTF-8.
    pub(super) fn new(bytes: Unpacked<'b, R>) -> Self {
        let budget = bytes.budget;
        Self::of(BufReader::with_capacity(BUFFER, bytes), budget)
    }
}

impl<'b, R: Read> Part<'b, DecodingReader<BufReader<Unpacked<'b, R>>>> {
    /// Reads a part in UTF-8 or UTF-16, which takes longer.
    pub(super) fn decoded(bytes: Unpacked<'b, R>) -> Self {
        let budget = bytes.budget;
        let bytes = BufReader::with_capacity(BUFFER, bytes);
        Self::of(DecodingReader::new(bytes), budget)
    }
}

impl<'b, B: BufRead> Part<'b, B> {
    fn of(bytes: B, budget: &'b Budget) -> Self {
        let mut xml = Reader::from_reader(bytes);
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            budget,
            depth: 0,
        }
    }

    /// The next event, which is a token of its own.
    pub(super) fn token<'e>(
        &mut self,
        buffer: &'e mut Vec<u8>,
    ) -> Result<Event<'e>, quick_xml::Error> {
        self.budget.begin_token();
        self.within(buffer)
    }

    /// The next event, which belongs to the same token as the one before.
    pub(super) fn within<'e>(
        &mut self,
        buffer: &'e mut Vec<u8>,
    ) -> Result<Event<'e>, quick_xml::Error> {
        buffer.clear();
        // Passed on as it comes: to put it into another result costs a seventh of a scan.
        let event = self.xml.read_event_into(buffer);
        let stop = match &event {
            Ok(Event::Start(_)) => {
                self.depth += 1;
                (self.depth > DEEPEST).then(|| damaged("elements are nested too deeply"))
            }
            Ok(Event::End(_)) => {
                self.depth = self.depth.saturating_sub(1);
                None
            }
            Ok(Event::DocType(_)) => Some(damaged("it holds a document type declaration")),
            Ok(Event::Eof) => (self.depth > 0).then(|| damaged("a part of it ends too early")),
            _ => None,
        };
        match stop {
            Some(stop) => Err(io::Error::other(stop).into()),
            None => event,
        }
    }

    /// Calls `read` with each start tag.
    pub(super) fn each_tag(
        &mut self,
        mut read: impl FnMut(&BytesStart<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut buffer = Vec::new();
        loop {
            match self.token(&mut buffer)? {
                Event::Start(tag) => read(&tag)?,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

/// The kind of an error that a limit or the system has raised.
pub(super) fn of_io(error: io::Error) -> Problem {
    let problem = error.downcast::<Problem>();
    problem.unwrap_or_else(|error| damaged(&error.to_string()))
}

impl From<quick_xml::Error> for Problem {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) => match Arc::try_unwrap(error) {
                Ok(error) => of_io(error),
                Err(shared) => damaged(&shared.to_string()),
            },
            error => damaged(&error.to_string()),
        }
    }
}

pub(super) fn damaged(what: &str) -> Problem {
    let message = format!("the workbook is damaged: {what}");
    unreadable(
        message,
        "open it in your spreadsheet program and save it again as .xlsx",
    )
}

pub(super) fn beyond_sheet() -> Problem {
    damaged("a cell lies outside of the sheet, beyond XFD1048576")
}

pub(super) fn too_large(what: &str) -> Problem {
    let help = "copy the table of integrations alone into a new workbook and save it as .xlsx";
    unreadable(what, help)
}

pub(super) fn check_count(what: &str, count: u64, most: u64) -> Result<(), Problem> {
    if count > most {
        let what = format!("the workbook has more than {most} {what}");
        return Err(too_large(&what));
    }
    Ok(())
}

/// Names and raw values of a tag's attributes, read as calamine reads them. Ends at what is malformed, where calamine
/// stops with an error.
pub(super) fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = tag.attributes_raw();
    // Attributes are short: their bytes are searched one by one.
    let find = |text: &str, byte| text.bytes().position(|b| b == byte);
    std::iter::from_fn(move || {
        let end = find(rest, b'=')?;
        let name = &rest[..end];
        let value = rest[end + 1..].trim_ascii_start();
        let quote = *value.as_bytes().first()?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let end = find(&value[1..], quote)?;
        rest = &value[end + 2..];
        Some((name.trim_ascii(), &value[1..=end]))
    })
}

/// A name without its namespace.
pub(super) fn local<'a>(name: QName<'a>) -> &'a str {
    let name: &'a str = name.into_inner();
    // Names are short, too.
    let colon = name.bytes().position(|b| b == b':');
    colon.map_or(name, |at| &name[at + 1..])
}

/// The first attribute of this name.
pub(super) fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<&'a str> {
    attributes(tag)
        .find(|(is, _)| *is == name)
        .map(|(_, value)| value)
}

/// How many shared texts a part claims to have; calamine makes room for them. What is no number, it skips.
pub(super) fn claimed_strings(sst: &BytesStart<'_>) -> u64 {
    let claim = attribute(sst, "uniqueCount").unwrap_or_default();
    claim.parse().unwrap_or(0)
}

/// A value without escapes; unchanged if one of them is not known.
pub(super) fn unescaped(value: &str) -> Cow<'_, str> {
    unescape(value).unwrap_or(Cow::Borrowed(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(mut bytes: Unpacked<'_, impl Read>) -> Result<u64, Problem> {
        io::copy(&mut bytes, &mut io::sink()).map_err(of_io)
    }

    fn is_too_large(read: Result<u64, Problem>) -> bool {
        read.is_err_and(|problem| problem.message.contains("unpacks to more than"))
    }

    #[test]
    fn attributes_come_in_their_order_and_raw() {
        let tag = BytesStart::from_content("c r='A1'\n t = \"a&amp;b\" x:id=\"\" broken", 1);
        let found: Vec<_> = attributes(&tag).collect();
        assert_eq!(found, [("r", "A1"), ("t", "a&amp;b"), ("x:id", "")]);
        assert_eq!(unescaped("a&amp;b"), "a&b");
    }

    #[test]
    fn what_unpacks_without_end_is_left_at_the_limit() {
        let budget = Budget::new(1 << 20);
        let bytes = Unpacked::new(io::repeat(b' '), &budget, u64::MAX);
        assert!(is_too_large(drain(bytes)));
        let budget = Budget::new(u64::MAX);
        let bytes = Unpacked::new(io::repeat(b' '), &budget, 1 << 20);
        assert!(is_too_large(drain(bytes)));
    }

    #[test]
    fn what_is_unpacked_of_all_parts_is_counted_together() {
        let budget = Budget::new(100);
        let part = |length| drain(Unpacked::new(io::repeat(b' ').take(length), &budget, 1000));
        assert!(part(60).is_ok());
        assert!(part(40).is_ok());
        assert!(is_too_large(part(1)));
    }

    #[test]
    fn a_token_without_end_is_left_at_the_limit() {
        let budget = Budget::new(u64::MAX);
        for start in ["<a>", "<a ", "<!--", "<![CDATA[", "<?", "&"] {
            let bytes = start.as_bytes().chain(io::repeat(b'x'));
            let mut part = Part::new(Unpacked::new(bytes, &budget, u64::MAX));
            let mut buffer = Vec::new();
            let error = loop {
                match part.token(&mut buffer) {
                    Ok(event) => assert!(!matches!(event, Event::Eof)),
                    Err(error) => break error,
                }
            };
            let problem = Problem::from(error);
            assert!(problem.message.contains("longer than 16 MB"), "{start}");
        }
    }
}
