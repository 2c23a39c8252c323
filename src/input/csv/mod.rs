//! Delimited text.

mod header;
mod records;
mod transcode;

use std::io::Read;
use std::sync::Arc;

use self::header::Header;
use self::records::{CsvBlock, scan};
use self::transcode::{CHUNK, Transcoder};
use super::block::Block;
use super::error::{InputError, unreadable};
use super::table::{Interest, ReadOptions, Sink, SkipReason, TableHead};
use crate::model::{Code, Diagnostic, Place, Problem, TableFormat, TableName};

pub(super) use self::transcode::is_utf16;

/// Bytes of a block: some thousand rows, enough to be worth handing to another core. A fuzz target's texts are short and
/// shall have many blocks all the same.
const BLOCK: usize = if cfg!(fuzzing) { 512 } else { 512 * 1024 };

/// What is read before a block is seen to be full.
const ROOM: usize = BLOCK + 2 * CHUNK;

/// The longest record. What is longer is no row of a table.
const LONGEST_RECORD: usize = 16 * 1024 * 1024;

/// Reads the table of the text in `content`, which begins with `start` and which its user calls `name`.
pub(super) fn read(
    name: &str,
    content: impl Read,
    start: &[u8],
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), InputError> {
    let table = Arc::new(TableName {
        file: name.to_owned(),
        sheet: None,
        format: TableFormat::Csv,
    });
    let mut blocks = Blocks {
        content: Transcoder::new(content, start, options.encoding),
        table: Arc::clone(&table),
        text: String::new(),
        delimiter: b',',
        row: 1,
        line: 1,
        is_at_end: false,
    };
    let Some(header) = blocks.header(options, sink)? else {
        let likely = header::likely(&blocks.text, options, sink);
        sink.skipped(&table, SkipReason::NoHeader(likely.as_ref()));
        return Ok(());
    };
    if sink.table(blocks.take_head(header)) == Interest::Skip {
        return Ok(());
    }
    while let Some((block, guess)) = blocks.next()? {
        if let Some(guess) = guess {
            sink.diagnostic(guess);
        }
        sink.block(Block(Box::new(block)));
    }
    Ok(())
}

fn line_too_long() -> Problem {
    let help = "check that this is a table, and that its rows end with line breaks";
    unreadable("a line is longer than 16 MB", help)
}

fn bad_quote(message: &str) -> Problem {
    let help = "close the quote; a quote within a quoted cell is written twice";
    Problem::new(Code::UnclosedQuote, message, help)
}

/// The text in blocks of whole records.
struct Blocks<R> {
    content: Transcoder<R>,
    table: Arc<TableName>,
    /// What is read and not yet in a block.
    text: String,
    delimiter: u8,
    row: u32,
    line: u64,
    is_at_end: bool,
}

impl<R: Read> Blocks<R> {
    /// Reads until there are `enough` bytes of text or it ends.
    fn fill(&mut self, enough: usize) -> Result<(), InputError> {
        while !self.is_at_end && self.text.len() < enough {
            self.is_at_end = self
                .content
                .read_into(&mut self.text)
                .map_err(|error| Problem::from(error).at(Place::table(&self.table)))?;
        }
        Ok(())
    }

    /// Takes text off the front, all of it before the header row's end.
    fn drop_front(&mut self, bytes: usize) {
        self.text.drain(..bytes);
        if let Some((at, _)) = &mut self.content.guessed {
            *at = at.saturating_sub(bytes);
        }
    }

    /// Finds the delimiter and the header row.
    fn header(
        &mut self,
        options: &ReadOptions,
        sink: &dyn Sink,
    ) -> Result<Option<Header>, InputError> {
        self.fill(BLOCK)?;
        if self.text.starts_with('\u{feff}') {
            self.drop_front('\u{feff}'.len_utf8());
        }
        loop {
            let header = header::find(&self.text, options, sink);
            let Some(found) = header.as_ref().map(|header| &header.record) else {
                return Ok(None);
            };
            if found.end < self.text.len() || self.is_at_end {
                return Ok(header);
            }
            // Its end is yet to be read.
            if self.text.len() >= LONGEST_RECORD {
                let place = Place::row(&self.table, found.row.number, found.row.line);
                return Err(line_too_long().at(place));
            }
            self.fill((self.text.len() * 2).min(LONGEST_RECORD))?;
        }
    }

    /// Takes everything up to and with the header row off the text.
    fn take_head(&mut self, header: Header) -> TableHead {
        let record = header.record;
        self.delimiter = header.delimiter;
        self.row = record.row.number + 1;
        self.line = record.next_line;
        self.drop_front(record.end);
        TableHead {
            name: Arc::clone(&self.table),
            header: record.row,
            delimiter: Some(char::from(header.delimiter)),
            encoding: Some(self.content.encoding()),
            blank_above: header.blank_above,
            above: header.above,
        }
    }

    /// The note on the guess of Windows-1252, if the cell in which it was made is in the block that ends at `end`.
    fn note_guess(&mut self, end: usize) -> Option<Diagnostic> {
        let (at, byte) = self.content.guessed.take()?;
        if at >= end {
            self.content.guessed = Some((at - end, byte));
            return None;
        }
        let up_to_it = format!("{}?", &self.text[..at]);
        let mut records = header::first_records(&up_to_it, self.delimiter, |_, _| true);
        let row = records.pop()?.row;
        let line = row.line.map(|line| self.line + line - 1);
        let place = Place::row(&self.table, self.row + row.number - 1, line);
        Some(Diagnostic::new(
            Code::EncodingGuessed,
            place.cell(row.cells.len().saturating_sub(1)),
            format!("the text is not UTF-8 (byte {byte:02X}), so it is read as Windows-1252"),
            "check whether letters beyond ASCII are right; `--encoding` sets another, and CSV UTF-8 needs no guess",
        ))
    }

    fn next(&mut self) -> Result<Option<(CsvBlock, Option<Diagnostic>)>, InputError> {
        let mut enough = BLOCK;
        loop {
            self.fill(enough)?;
            if self.text.is_empty() {
                return Ok(None);
            }
            let scan = scan(&self.text, self.delimiter, self.is_at_end);
            if scan.end > 0 {
                let guess = self.note_guess(scan.end);
                let mut rest = String::with_capacity(ROOM);
                rest.push_str(&self.text[scan.end..]);
                self.text.truncate(scan.end);
                let block = CsvBlock {
                    text: std::mem::replace(&mut self.text, rest),
                    delimiter: self.delimiter,
                    is_damaged: self.content.is_damaged,
                    first_row: self.row,
                    first_line: self.line,
                };
                self.row = self.row.saturating_add(scan.rows);
                self.line += scan.lines;
                return Ok(Some((block, guess)));
            }
            let line = self.line + scan.open_quote.unwrap_or(0);
            let place = Place::row(&self.table, self.row, Some(line));
            if scan.is_stray {
                let message = "a quote is opened here, and it does not end where its cell ends";
                return Err(bad_quote(message).at(place));
            }
            if self.is_at_end {
                return Err(bad_quote("a quote is opened here and never closed").at(place));
            }
            if self.text.len() >= LONGEST_RECORD {
                let problem = match scan.open_quote {
                    Some(_) => bad_quote("a quote is opened here and not closed within 16 MB"),
                    None => line_too_long(),
                };
                return Err(problem.at(place));
            }
            enough = (self.text.len() * 2).min(LONGEST_RECORD);
        }
    }
}
