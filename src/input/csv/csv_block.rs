//! Whole records of delimited text, one after the other.
//!
//! The decision to know: records without quotes, which are nearly all, are cut at their delimiters where they stand; all
//! others are read by the csv crate.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use memchr::memchr;

use super::plain::{PlainRecord, cut};
use super::split::{RecordEnd, count_line_ends, record_end};
use crate::input::block::{Cells, RowView};

/// Whole records of delimited text.
pub(crate) struct CsvBlock {
    pub bytes: Vec<u8>,
    pub delimiter: u8,
    /// How many records and blank lines there are.
    pub rows: u32,
    pub first_row: u32,
    pub first_line: u64,
}

/// How far a block has been read.
struct At {
    byte: usize,
    row: u32,
    line: u64,
    /// Blank lines so far.
    blank: u64,
}

impl At {
    fn pass_blank_lines(&mut self, bytes: &[u8]) {
        let skipped = blank_lines(&bytes[self.byte..]);
        self.byte += skipped.bytes;
        self.blank += u64::from(skipped.rows);
        self.row += skipped.rows;
        self.line += u64::from(skipped.rows);
    }

    fn row<'a>(&self, cells: Cells<'a>) -> RowView<'a> {
        RowView {
            number: self.row,
            line: Some(self.line),
            cells,
        }
    }

    /// Goes on behind a record that ends at `end`.
    fn pass(&mut self, end: usize, lines: u64) {
        self.byte = end;
        self.row += 1;
        self.line += lines;
    }
}

impl CsvBlock {
    /// Calls `look` with each record and returns how many lines are blank.
    pub(crate) fn for_each_record(&self, look: &mut dyn FnMut(RowView<'_>)) -> u64 {
        let mut at = At {
            byte: 0,
            row: self.first_row,
            line: self.first_line,
            blank: 0,
        };
        // One look at the whole text is cheaper than one at each cell.
        if let Ok(text) = std::str::from_utf8(&self.bytes) {
            self.cut_records(text, &mut at, look);
        }
        if at.byte < self.bytes.len() {
            self.read_records(&mut at, look);
        }
        at.blank
    }

    /// How many records it holds at most.
    pub(crate) fn most_records(&self) -> usize {
        self.rows as usize
    }

    /// Takes records up to the first whose quotes are not in order.
    fn cut_records(&self, text: &str, at: &mut At, look: &mut dyn FnMut(RowView<'_>)) {
        let bytes = text.as_bytes();
        let next_quote =
            |from: usize| memchr(b'"', &bytes[from..]).map_or(bytes.len(), |to| from + to);
        let mut quote = next_quote(0);
        let mut quoted = None;
        let mut starts = Vec::new();
        loop {
            at.pass_blank_lines(bytes);
            if at.byte == bytes.len() {
                return;
            }
            let end = at.byte + cut(&bytes[at.byte..], self.delimiter, &mut starts);
            if end <= quote {
                let record = PlainRecord::new(&text[at.byte..end], &starts);
                look(at.row(Cells::Plain(record)));
                at.pass(end, 1);
                continue;
            }
            let RecordEnd::At(length, lines) = record_end(&bytes[at.byte..], self.delimiter) else {
                return;
            };
            let end = at.byte + length;
            let reader = quoted.get_or_insert_with(|| QuotedRecords::new(self.delimiter));
            let Some(record) = reader.read(&bytes[at.byte..end]) else {
                return;
            };
            look(at.row(Cells::Quoted(record)));
            at.pass(end, lines);
            quote = next_quote(end);
        }
    }

    /// Has the csv crate read all records from here on.
    fn read_records(&self, at: &mut At, look: &mut dyn FnMut(RowView<'_>)) {
        let base = at.byte;
        let mut reader = reader(&self.bytes[base..], self.delimiter);
        let mut record = ByteRecord::new();
        // Reading bytes from memory cannot fail.
        while let Ok(true) = reader.read_byte_record(&mut record) {
            at.pass_blank_lines(&self.bytes);
            record = match StringRecord::from_byte_record(record) {
                Ok(text) => {
                    look(at.row(Cells::Quoted(&text)));
                    text.into_byte_record()
                }
                Err(error) => {
                    let bytes = error.into_byte_record();
                    look(at.row(Cells::Bytes(&bytes)));
                    bytes
                }
            };
            let end = after_line_end(&self.bytes, base + offset(&reader));
            at.pass(end, record_lines(&self.bytes[at.byte..end]));
        }
        at.pass_blank_lines(&self.bytes);
    }
}

/// Reads records by themselves, each known to end where it ends.
struct QuotedRecords<'a> {
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
}

impl<'a> QuotedRecords<'a> {
    fn new(delimiter: u8) -> Self {
        let mut quoted = Self {
            reader: reader(b"", delimiter),
            record: StringRecord::new(),
        };
        // The crate takes a byte order mark off the first record that it reads; a block does not begin with any.
        quoted.read(b"first\n");
        quoted
    }

    /// Reads the one record in `bytes`, which holds its line end too.
    fn read(&mut self, bytes: &'a [u8]) -> Option<&StringRecord> {
        // The reader has taken all that it was given before.
        *self.reader.get_mut() = bytes;
        let is_read = matches!(self.reader.read_record(&mut self.record), Ok(true));
        is_read.then_some(&self.record)
    }
}

pub(crate) fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bytes)
}

pub(crate) fn offset(reader: &csv::Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
}

/// The crate stops between `\r` and `\n`.
pub(crate) fn after_line_end(bytes: &[u8], at: usize) -> usize {
    let is_within = at > 0 && bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n');
    at + usize::from(is_within)
}

pub(crate) fn record_lines(record: &[u8]) -> u64 {
    if memchr(b'"', record).is_none() {
        1
    } else {
        count_line_ends(record)
    }
}

pub(crate) struct BlankLines {
    pub rows: u32,
    pub bytes: usize,
}

pub(crate) fn blank_lines(bytes: &[u8]) -> BlankLines {
    let mut blank = BlankLines { rows: 0, bytes: 0 };
    loop {
        blank.bytes += match &bytes[blank.bytes..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return blank,
        };
        blank.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Row, line and cells of each record, and how many lines are blank.
    type Records = (Vec<(u32, Option<u64>, Vec<Vec<u8>>)>, u64);

    fn taken(read: impl FnOnce(&mut dyn FnMut(RowView<'_>)) -> u64) -> Records {
        let mut records = Vec::new();
        let blank = read(&mut |row: RowView<'_>| {
            let cells = row.bytes().map(<[u8]>::to_vec).collect();
            records.push((row.number, row.line, cells));
        });
        (records, blank)
    }

    fn block(bytes: &[u8]) -> CsvBlock {
        CsvBlock {
            bytes: bytes.to_vec(),
            delimiter: b',',
            rows: 0,
            first_row: 7,
            first_line: 9,
        }
    }

    fn by_the_crate_alone(block: &CsvBlock) -> Records {
        let mut at = At {
            byte: 0,
            row: block.first_row,
            line: block.first_line,
            blank: 0,
        };
        taken(|look| {
            block.read_records(&mut at, look);
            at.blank
        })
    }

    proptest! {
        #[test]
        fn records_are_those_that_the_crate_reads(text in "[aé, \"\n\r]{0,60}|([a-zé]{0,9}[,\"\n\r]{1,3}){0,20}") {
            let block = block(text.as_bytes());
            prop_assert_eq!(
                taken(|look| block.for_each_record(look)),
                by_the_crate_alone(&block),
                "{:?}", text
            );
        }
    }

    #[test]
    fn cells_that_are_no_utf8_are_read_all_the_same() {
        let (records, _) = taken(|look| block(b"a,\xE9\nb,c\n").for_each_record(look));
        let cells: Vec<_> = records.into_iter().map(|(.., cells)| cells).collect();
        assert_eq!(
            cells,
            [
                [b"a".to_vec(), b"\xE9".to_vec()],
                [b"b".to_vec(), b"c".to_vec()]
            ]
        );
    }
}
