//! Finding the delimiter and the header row of delimited text.

use std::borrow::Borrow;

use csv::{ByteRecord, ReaderBuilder};

use super::records::{blank_lines, count_line_ends};
use crate::input::table::{
    FirstRow, HEADER_WITHIN, NAMED_WITHIN, ReadOptions, Sink, find_header, likely_header,
};

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter and the header row of a table.
pub(super) struct Header {
    pub delimiter: u8,
    pub record: FirstRecord,
    /// How many lines above it are blank.
    pub blank_above: u64,
    /// The first rows above it, unless it is the one that was asked for.
    pub above: Vec<FirstRow>,
}

/// One of the first records of a text.
pub(super) struct FirstRecord {
    /// Its number counts blank lines.
    pub row: FirstRow,
    /// Where it ends in the text, with its line end.
    pub end: usize,
    /// The line behind it.
    pub next_line: u64,
}

impl Borrow<FirstRow> for FirstRecord {
    fn borrow(&self) -> &FirstRow {
        &self.row
    }
}

/// Finds the delimiter and the header row in the start of a text.
pub(super) fn find(text: &str, options: &ReadOptions, sink: &dyn Sink) -> Option<Header> {
    let is_wanted = |index, row| match options.header_row {
        Some(given) => row < given,
        None => index < HEADER_WITHIN as usize,
    };
    let records = |delimiter| first_records(text, delimiter, is_wanted);
    let delimiters = delimiters(text, options);
    let mut tables: Vec<_> = delimiters.iter().copied().map(records).collect();
    let (table, index) = find_header(&tables, options, sink)?;
    let mut above = tables.swap_remove(table);
    above.truncate(index + 1);
    let record = above.pop()?;
    if options.header_row.is_some() {
        above.clear();
    }
    Some(Header {
        delimiter: delimiters[table],
        blank_above: u64::from(record.row.number) - 1 - index as u64,
        record,
        above: above.into_iter().map(|record| record.row).collect(),
    })
}

/// The delimiters to try: the one that was given, or those that occur.
fn delimiters(text: &str, options: &ReadOptions) -> Vec<u8> {
    let occurring = DELIMITERS.into_iter();
    let occurring = occurring.filter(|delimiter| *delimiter == ',' || text.contains(*delimiter));
    let delimiters = options
        .delimiter
        .map_or_else(|| occurring.collect(), |given| vec![given]);
    // They are ASCII.
    let delimiters = delimiters.into_iter();
    delimiters
        .map(|delimiter| u8::try_from(delimiter).unwrap_or(b','))
        .collect()
}

/// The record that is most likely meant for the header row, cut by the delimiter that makes the most of it.
pub(super) fn likely(text: &str, options: &ReadOptions, sink: &dyn Sink) -> Option<FirstRow> {
    let tables = delimiters(text, options).into_iter().map(|delimiter| {
        let records = first_records(text, delimiter, |_, row| row < NAMED_WITHIN);
        records.into_iter().map(|record| record.row).collect()
    });
    likely_header(tables.collect(), sink)
}

/// The records at the front of `text`, as long as `is_wanted` says of how many there are and of the last one's row that
/// one more is. The csv crate reads them: it takes any quote as it comes, and skips blank lines.
pub(super) fn first_records(
    text: &str,
    delimiter: u8,
    is_wanted: impl Fn(usize, u32) -> bool,
) -> Vec<FirstRecord> {
    let bytes = text.as_bytes();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bytes);
    let mut records: Vec<FirstRecord> = Vec::new();
    let mut record = ByteRecord::new();
    let (mut at, mut row, mut line) = (0, 0, 1);
    // Reading bytes from memory cannot fail.
    while is_wanted(records.len(), row) && matches!(reader.read_byte_record(&mut record), Ok(true))
    {
        let (blank, length) = blank_lines(&bytes[at..]);
        row += blank + 1;
        line += u64::from(blank);
        let mut end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        // The crate stops between `\r` and `\n`.
        if bytes[..end].last() == Some(&b'\r') && bytes.get(end) == Some(&b'\n') {
            end += 1;
        }
        let next_line = line + count_line_ends(&bytes[at + length..end]);
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell));
        records.push(FirstRecord {
            row: FirstRow {
                number: row,
                line: Some(line),
                cells: cells.map(|cell| cell.trim().to_owned()).collect(),
            },
            end,
            next_line,
        });
        line = next_line;
        at = end;
    }
    records
}
