//! Finding the delimiter and the header row of delimited text.

use csv::{ByteRecord, ReaderBuilder};

use super::records::blank_lines;
use super::split::count_line_ends;
use crate::input::header::{HEADER_WITHIN, Match, find_header};
use crate::input::options::ReadOptions;
use crate::input::sink::Sink;

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter and the header row of a table.
pub(super) struct Header {
    pub delimiter: u8,
    pub record: FirstRecord,
    pub blank_above: u64,
}

/// One of the first records of a text.
#[derive(Clone, Debug)]
pub(super) struct FirstRecord {
    /// From 1, blank lines counted.
    pub row: u32,
    /// From 1.
    pub line: u64,
    pub cells: Vec<String>,
    /// Where it ends in the text, with its line end.
    pub end: usize,
    /// The line behind it.
    pub next_line: u64,
}

/// Finds the delimiter and the header row in the start of a text: those with the most headers that are understood; where
/// none is, those with the most that nearly are.
pub(super) fn find(text: &str, options: &ReadOptions, sink: &dyn Sink) -> Option<Header> {
    let tables: Vec<_> = delimiters(options)
        .map(|delimiter| (delimiter, first_records(text, delimiter, wanted(options))))
        .collect();
    best(&tables, options, sink, Match::Exact).or_else(|| match options.header_row {
        Some(_) => None,
        None => best(&tables, options, sink, Match::Near),
    })
}

fn best(
    tables: &[(u8, Vec<FirstRecord>)],
    options: &ReadOptions,
    sink: &dyn Sink,
    needed: Match,
) -> Option<Header> {
    let mut best: Option<(usize, Header)> = None;
    for (delimiter, records) in tables {
        let rows: Vec<&[String]> = records.iter().map(|record| &*record.cells).collect();
        let found = match options.header_row {
            None => find_header(&rows, sink, needed),
            Some(given) => records
                .iter()
                .position(|record| record.row == given)
                .map(|index| {
                    let cells = records[index].cells.iter();
                    (index, cells.filter(|cell| sink.is_header(cell)).count())
                }),
        };
        if let Some((index, count)) = found
            && best.as_ref().is_none_or(|(most, _)| count > *most)
        {
            let record = records[index].clone();
            let header = Header {
                delimiter: *delimiter,
                blank_above: u64::from(record.row) - 1 - index as u64,
                record,
            };
            best = Some((count, header));
        }
    }
    best.map(|(_, header)| header)
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

/// The cells of the first record, cut by the delimiter that makes the most of it.
pub(super) fn first_row(text: &str, options: &ReadOptions) -> Vec<String> {
    let rows = delimiters(options)
        .filter_map(|delimiter| first_records(text, delimiter, |n, _| n < 1).pop())
        .map(|record| record.cells);
    // The first of those that make the same of it.
    rows.rev().max_by_key(Vec::len).unwrap_or_default()
}

/// The first records, or all down to the header row that is given.
fn wanted(options: &ReadOptions) -> impl Fn(usize, u32) -> bool + Copy {
    let header_row = options.header_row;
    move |index, row| match header_row {
        Some(given) => row < given,
        None => index < HEADER_WITHIN,
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
    let (mut at, mut row, mut line) = (0, 0, 1);
    // Reading bytes from memory cannot fail.
    while is_wanted(records.len(), row) && matches!(reader.read_byte_record(&mut record), Ok(true))
    {
        let blank = blank_lines(&bytes[at..]);
        row += blank.rows + 1;
        line += u64::from(blank.rows);
        let mut end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        // The crate stops between `\r` and `\n`.
        if bytes[..end].last() == Some(&b'\r') && bytes.get(end) == Some(&b'\n') {
            end += 1;
        }
        let next_line = line + count_line_ends(&bytes[at + blank.bytes..end]);
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell));
        records.push(FirstRecord {
            row,
            line,
            cells: cells.map(|cell| cell.trim().to_owned()).collect(),
            end,
            next_line,
        });
        line = next_line;
        at = end;
    }
    records
}
