//! Delimited text.

mod csv_block;
mod plain;
mod split;
mod transcode;

use std::io::Read;
use std::sync::Arc;

use csv::ByteRecord;

use self::csv_block::{after_line_end, blank_lines, offset, reader, record_lines};
use self::split::{Scan, count_line_ends, scan};
use self::transcode::{CHUNK, Transcoder};
use super::block::{Block, RowView, Rows};
use super::error::{InputError, InputErrorKind};
use super::header::{HEADER_WITHIN, Match, find_header};
use super::options::ReadOptions;
use super::sink::{Interest, Sink, SkipReason, TableHead};
use crate::model::{Place, TableFormat, TableName};

pub(super) use self::csv_block::CsvBlock;
pub(super) use self::plain::PlainRecord;
pub(super) use self::transcode::is_utf16;

/// Bytes of a block: some thousand rows, enough to be worth handing to another core. A fuzz target's texts are short and
/// shall have many blocks all the same.
const BLOCK: usize = if cfg!(fuzzing) { 512 } else { 512 * 1024 };

/// What is read before a block is seen to be full.
const ROOM: usize = BLOCK + 2 * CHUNK;

/// The longest record; what is longer is a quote gone wrong.
const LONGEST_RECORD: usize = 16 * 1024 * 1024;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads the table of the text in `content`, which begins with `start` and which its user calls `name`.
pub(super) fn read(
    name: &str,
    mut content: impl Read,
    start: &[u8],
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), InputError> {
    let table = Arc::new(TableName {
        file: name.to_owned(),
        sheet: None,
        format: TableFormat::Csv,
    });
    let text = Transcoder::new(&mut content, start, options.encoding);
    let mut blocks = Blocks::new(text, Arc::clone(&table))?;
    let Some(found) = find_table(&blocks.buffer, options, sink) else {
        let first_row = first_row(&blocks.buffer, options);
        sink.skipped(&table, SkipReason::NoHeader(&first_row));
        return Ok(());
    };
    blocks.delimiter = found.delimiter;
    let head = blocks.take_head(&found);
    if sink.table(head) == Interest::Skip {
        return Ok(());
    }
    loop {
        let block = blocks.next()?;
        if let Some((place, byte)) = blocks.guessed.take() {
            sink.guessed_encoding(place, byte);
        }
        match block {
            Some(block) => sink.block(Block(Rows::Csv(block))),
            None => return Ok(()),
        }
    }
}

struct Found {
    delimiter: u8,
    /// Records, without blank lines, before the header row.
    index: usize,
}

/// Finds the delimiter and the header row: those with the most headers that are understood; where none is, those with the
/// most that nearly are.
fn find_table(start: &[u8], options: &ReadOptions, sink: &dyn Sink) -> Option<Found> {
    let by_names = most_headers(start, options, |records| {
        let rows = texts(records);
        match options.header_row {
            Some(said) => {
                let index = records.iter().position(|(row, _)| *row == said)?;
                let count = rows[index]
                    .iter()
                    .filter(|cell| sink.is_header(cell))
                    .count();
                Some((index, count))
            }
            None => find_header(&rows, sink, Match::Exact),
        }
    });
    by_names.or_else(|| {
        most_headers(start, options, |records| {
            let is_said = options.header_row.is_some();
            if is_said {
                None
            } else {
                find_header(&texts(records), sink, Match::Near)
            }
        })
    })
}

fn texts(records: &[(u32, Vec<String>)]) -> Vec<Vec<&str>> {
    let rows = records.iter();
    rows.map(|(_, cells)| cells.iter().map(String::as_str).collect())
        .collect()
}

/// The delimiter and the row with the most headers, as `find` tells a row and how many there are.
fn most_headers(
    start: &[u8],
    options: &ReadOptions,
    find: impl Fn(&[(u32, Vec<String>)]) -> Option<(usize, usize)>,
) -> Option<Found> {
    let mut best: Option<(usize, Found)> = None;
    for delimiter in delimiters(options) {
        let records = first_records(start, delimiter, options.header_row);
        if let Some((index, known)) = find(&records)
            && best.as_ref().is_none_or(|(most, _)| known > *most)
        {
            best = Some((known, Found { delimiter, index }));
        }
    }
    best.map(|(_, found)| found)
}

fn delimiters(options: &ReadOptions) -> Vec<u8> {
    match options.delimiter.map(u8::try_from) {
        Some(Ok(delimiter)) => vec![delimiter],
        _ => DELIMITERS.to_vec(),
    }
}

/// The cells of the first record, cut by the delimiter that makes the most of it.
fn first_row(start: &[u8], options: &ReadOptions) -> Vec<String> {
    let rows = delimiters(options)
        .into_iter()
        .filter_map(|delimiter| first_records(start, delimiter, None).into_iter().next())
        .map(|(_, cells)| cells);
    // The first of those that make the same of it.
    rows.rev().max_by_key(Vec::len).unwrap_or_default()
}

/// The records among which the header row is, with their row numbers: the first ones, or all down to the row `said`.
fn first_records(start: &[u8], delimiter: u8, said: Option<u32>) -> Vec<(u32, Vec<String>)> {
    let mut records = Vec::new();
    let block = CsvBlock {
        bytes: start.to_vec(),
        delimiter,
        rows: 0,
        first_row: 1,
        first_line: 1,
    };
    block.for_each_record(&mut |row: RowView<'_>| {
        let is_wanted = match said {
            Some(said) => row.number <= said,
            None => records.len() < HEADER_WITHIN,
        };
        if is_wanted {
            records.push((row.number, row.bytes().map(text_of).collect()));
        }
    });
    records
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The text in blocks of whole records.
struct Blocks<'a> {
    text: Transcoder<'a>,
    table: Arc<TableName>,
    buffer: Vec<u8>,
    delimiter: u8,
    row: u32,
    line: u64,
    is_at_end: bool,
    /// Where in the buffer, and at which byte, Windows-1252 was guessed, until it is known in which cell that is.
    guessed_at: Option<(usize, u8)>,
    /// The cell and the byte.
    guessed: Option<(Place, u8)>,
}

impl<'a> Blocks<'a> {
    fn new(text: Transcoder<'a>, table: Arc<TableName>) -> Result<Self, InputError> {
        let mut blocks = Self {
            text,
            table,
            buffer: Vec::new(),
            delimiter: b',',
            row: 1,
            line: 1,
            is_at_end: false,
            guessed_at: None,
            guessed: None,
        };
        blocks.fill(BLOCK)?;
        if blocks.buffer.starts_with(b"\xEF\xBB\xBF") {
            blocks.drop_front(3);
        }
        Ok(blocks)
    }

    /// Reads until the buffer holds `enough` bytes or the text ends.
    fn fill(&mut self, enough: usize) -> Result<(), InputError> {
        while !self.is_at_end && self.buffer.len() < enough {
            let start = self.buffer.len();
            let given = self.text.read_into(&mut self.buffer);
            let given =
                given.map_err(|error| InputErrorKind::from(error).at(Place::table(&self.table)))?;
            self.is_at_end = given.is_end;
            if let Some((at, byte)) = given.guessed {
                self.guessed_at = Some((start + at, byte));
            }
        }
        Ok(())
    }

    /// Takes bytes off the front of the buffer, all of them before the header row's end.
    fn drop_front(&mut self, bytes: usize) {
        self.buffer.drain(..bytes);
        self.guessed_at = self
            .guessed_at
            .map(|(at, byte)| (at.saturating_sub(bytes), byte));
    }

    /// Finds the cell in which Windows-1252 was guessed, if it is in the block of `scan`.
    fn place_guess(&mut self, scan: &Scan) {
        let Some((at, byte)) = self.guessed_at.take_if(|(at, _)| *at < scan.end) else {
            self.guessed_at = self.guessed_at.map(|(at, byte)| (at - scan.end, byte));
            return;
        };
        let before = CsvBlock {
            bytes: self.buffer[..at].to_vec(),
            delimiter: self.delimiter,
            rows: 0,
            first_row: self.row,
            first_line: self.line,
        };
        let mut place = Place::row(&self.table, self.row, Some(self.line)).cell(0);
        before.for_each_record(&mut |row: RowView<'_>| {
            let last = row.bytes().count().saturating_sub(1);
            place = Place::row(&self.table, row.number, row.line).cell(last);
        });
        self.guessed = Some((place, byte));
    }

    /// Takes everything up to and with the header row off the buffer.
    fn take_head(&mut self, found: &Found) -> TableHead {
        let mut reader = reader(&self.buffer, self.delimiter);
        let mut record = ByteRecord::new();
        let mut start = 0;
        let mut blank_above = 0;
        for index in 0..=found.index {
            // The same bytes were read when the header row was found.
            if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
                break;
            }
            let skipped = blank_lines(&self.buffer[start..]);
            blank_above += u64::from(skipped.rows);
            let end = after_line_end(&self.buffer, offset(&reader));
            self.row += skipped.rows + u32::from(index > 0);
            self.line += u64::from(skipped.rows);
            if index < found.index {
                self.line += record_lines(&self.buffer[start + skipped.bytes..end]);
            }
            start = end;
        }
        let head = TableHead {
            name: Arc::clone(&self.table),
            row: self.row,
            line: Some(self.line),
            headers: record.iter().map(text_of).collect(),
            delimiter: Some(char::from(self.delimiter)),
            encoding: Some(self.text.encoding()),
            blank_above,
        };
        // The header row may itself span lines.
        self.line += u64::try_from(record_span(&record)).unwrap_or(0) + 1;
        self.row += 1;
        self.drop_front(start);
        head
    }

    fn next(&mut self) -> Result<Option<CsvBlock>, InputError> {
        let mut enough = BLOCK;
        loop {
            if !self.is_at_end {
                self.fill(enough)?;
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
            let scan = scan(&self.buffer, self.delimiter, self.is_at_end);
            if scan.end > 0 {
                self.place_guess(&scan);
                let mut rest = Vec::with_capacity(ROOM);
                rest.extend_from_slice(&self.buffer[scan.end..]);
                self.buffer.truncate(scan.end);
                let block = CsvBlock {
                    bytes: std::mem::replace(&mut self.buffer, rest),
                    delimiter: self.delimiter,
                    rows: scan.rows,
                    first_row: self.row,
                    first_line: self.line,
                };
                self.row = self.row.saturating_add(scan.rows);
                self.line += scan.lines;
                return Ok(Some(block));
            }
            let place = Place::row(
                &self.table,
                self.row,
                Some(self.line + scan.open_quote.unwrap_or(0)),
            );
            if scan.is_stray {
                return Err(InputErrorKind::StrayQuote.at(place));
            }
            if self.is_at_end {
                return Err(InputErrorKind::UnclosedQuote.at(place));
            }
            if self.buffer.len() >= LONGEST_RECORD {
                return Err(InputErrorKind::LineTooLong.at(place));
            }
            enough = (self.buffer.len() * 2).min(LONGEST_RECORD);
        }
    }
}

/// Line ends within the cells of a record.
fn record_span(record: &ByteRecord) -> usize {
    record
        .iter()
        .map(|cell| usize::try_from(count_line_ends(cell)).unwrap_or(0))
        .sum()
}
