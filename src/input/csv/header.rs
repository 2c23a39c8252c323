//! Finding the delimiter and the header row of delimited text.

use csv::{ByteRecord, ReaderBuilder};

use super::records::{blank_lines, count_line_ends};
use crate::input::table::{
    FirstRow, HEADER_WITHIN, NAMED_WITHIN, ReadOptions, Sink, find_header, likely_header,
    most_headers,
};

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter and the header row of a table.
pub(super) struct Header {
    pub delimiter: u8,
    pub record: FirstRecord,
    /// The first records above it.
    pub above: Vec<FirstRecord>,
}

/// One of the first records of a text.
pub(super) struct FirstRecord {
    /// Its number counts blank lines.
    pub row: FirstRow,
    /// How many lines above it are blank.
    pub blank_above: u32,
    /// Where it ends in the text, with its line end.
    pub end: usize,
    /// The line behind it.
    pub next_line: u64,
}

impl AsRef<[String]> for FirstRecord {
    fn as_ref(&self) -> &[String] {
        &self.row.cells
    }
}

/// Finds the delimiter and the header row in the start of a text.
pub(super) fn find(text: &str, options: &ReadOptions, sink: &dyn Sink) -> Option<Header> {
    let records = |delimiter| first_records(text, delimiter, wanted(options));
    let mut tables: Vec<_> = delimiters(options).map(records).collect();
    let (table, row) = match options.header_row {
        None => find_header(&tables, sink)?,
        Some(given) => {
            for records in &mut tables {
                records.retain(|record| record.row.number == given);
            }
            let with_headers = most_headers(&tables, 1, |text| sink.is_header(text));
            with_headers.or_else(|| Some((tables.iter().position(|rows| !rows.is_empty())?, 0)))?
        }
    };
    let mut above = tables.swap_remove(table);
    above.truncate(row + 1);
    Some(Header {
        delimiter: delimiters(options).nth(table)?,
        record: above.pop()?,
        above,
    })
}

fn delimiters(options: &ReadOptions) -> impl DoubleEndedIterator<Item = u8> {
    let delimiters = match options.delimiter {
        Some(given) => vec![given],
        None => DELIMITERS.to_vec(),
    };
    // They are ASCII.
    let delimiters = delimiters.into_iter();
    delimiters.map(|delimiter| u8::try_from(delimiter).unwrap_or(b','))
}

/// The record that is most likely meant for the header row, cut by the delimiter that makes the most of it.
pub(super) fn likely(text: &str, options: &ReadOptions, sink: &dyn Sink) -> Option<FirstRow> {
    let tables = delimiters(options).map(|delimiter| {
        let records = first_records(text, delimiter, |_, row| row < NAMED_WITHIN);
        records.into_iter().map(|record| record.row).collect()
    });
    likely_header(tables, sink)
}

/// The first records, or all down to the header row that is given.
fn wanted(options: &ReadOptions) -> impl Fn(usize, u32) -> bool + Copy {
    let header_row = options.header_row;
    move |index, row| match header_row {
        Some(given) => row < given,
        None => index < HEADER_WITHIN as usize,
    }
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
    let (mut at, mut row, mut line, mut blank_above) = (0, 0, 1, 0);
    // Reading bytes from memory cannot fail.
    while is_wanted(records.len(), row) && matches!(reader.read_byte_record(&mut record), Ok(true))
    {
        let (blank, length) = blank_lines(&bytes[at..]);
        row += blank + 1;
        blank_above += blank;
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
            blank_above,
            end,
            next_line,
        });
        line = next_line;
        at = end;
    }
    records
}
