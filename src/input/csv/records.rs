//! Whole records of delimited text, one after the other.
//!
//! The decision to know: records without quotes, which are nearly all, are cut at their delimiters where they stand. That
//! is worth a fourth of the time of a check: the csv crate examines each byte by itself.

use memchr::memchr;

use super::split::{RecordEnd, record_end};
use crate::input::block::{Cells, RowView};

/// Whole records of delimited text.
pub(crate) struct CsvBlock {
    pub text: String,
    pub delimiter: u8,
    /// Whether U+FFFD stands for what was no UTF-8.
    pub is_damaged: bool,
    /// How many records and blank lines there are.
    pub rows: u32,
    pub first_row: u32,
    pub first_line: u64,
}

/// The cells of a record, one after the other in a text, each with one byte behind it.
#[derive(Clone, Copy)]
pub(crate) struct CsvRecord<'a> {
    text: &'a str,
    /// Where in the text each cell begins, and where one more would.
    starts: &'a [usize],
    pub is_damaged: bool,
}

impl<'a> CsvRecord<'a> {
    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The text of a cell; blank behind the last.
    #[inline]
    pub(crate) fn get(&self, column: usize) -> &'a str {
        let cell = self.starts.get(column..).and_then(<[usize]>::first_chunk);
        let Some(&[start, next]) = cell else {
            return "";
        };
        if start + 1 == next {
            return "";
        }
        self.text.get(start..next - 1).unwrap_or_default()
    }
}

impl CsvBlock {
    /// Calls `read` with each record and returns how many lines are blank.
    pub(crate) fn for_each_record(&self, read: &mut dyn FnMut(RowView<'_>)) -> u64 {
        let text = &*self.text;
        let bytes = text.as_bytes();
        let next_quote =
            |from: usize| memchr(b'"', &bytes[from..]).map_or(bytes.len(), |to| from + to);
        let (mut at, mut row, mut line) = (0, self.first_row, self.first_line);
        let (mut blank_rows, mut quote) = (0, next_quote(0));
        let (mut starts, mut unquoted) = (Vec::new(), String::new());
        loop {
            let blank = blank_lines(&bytes[at..]);
            at += blank.bytes;
            row += blank.rows;
            line += u64::from(blank.rows);
            blank_rows += u64::from(blank.rows);
            if at == bytes.len() {
                return blank_rows;
            }
            let mut end = at + cut(&bytes[at..], self.delimiter, &mut starts);
            let mut lines = 1;
            let mut record = &text[at..end];
            if end > quote {
                (end, lines) = match record_end(&bytes[at..], self.delimiter) {
                    RecordEnd::At(length, lines) => (at + length, lines),
                    // The last record has no line end.
                    _ => (bytes.len(), 0),
                };
                unquote(&text[at..end], self.delimiter, &mut unquoted, &mut starts);
                record = &unquoted;
                quote = next_quote(end);
            }
            read(RowView {
                number: row,
                line: Some(line),
                cells: Cells::Csv(CsvRecord {
                    text: record,
                    starts: &starts,
                    is_damaged: self.is_damaged,
                }),
            });
            at = end;
            row += 1;
            line += lines;
        }
    }
}

/// Puts the cells of a record with quotes into `text` as those of a record without stand there, and sets `starts` to
/// where they begin. The quotes are in order: blocks end before any that are not.
fn unquote(record: &str, delimiter: u8, text: &mut String, starts: &mut Vec<usize>) {
    let delimiter = char::from(delimiter);
    let mut rest = record.trim_end_matches(['\r', '\n']);
    text.clear();
    starts.clear();
    starts.push(0);
    loop {
        if let Some(mut quoted) = rest.strip_prefix('"') {
            while let Some((before, behind)) = quoted.split_once('"') {
                text.push_str(before);
                quoted = behind;
                match quoted.strip_prefix('"') {
                    Some(behind) => quoted = behind,
                    None => break,
                }
                text.push('"');
            }
            rest = quoted;
        } else {
            let end = rest.find(delimiter).unwrap_or(rest.len());
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        text.push('\n');
        starts.push(text.len());
        match rest.strip_prefix(delimiter) {
            Some(behind) => rest = behind,
            None => return,
        }
    }
}

/// Cuts the record at which `bytes` begin as one without quotes: sets `starts` to where its cells begin, with one place
/// more behind the last, and returns its length with its line end.
fn cut(bytes: &[u8], delimiter: u8, starts: &mut Vec<usize>) -> usize {
    starts.clear();
    starts.push(0);
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut delimiters = places_of(delimiter, word);
        let line_end = match controls(word) {
            0 => 0,
            _ => places_of(b'\n', word) | places_of(b'\r', word),
        };
        if line_end != 0 {
            // Only what comes before it is of this record.
            delimiters &= (line_end & line_end.wrapping_neg()) - 1;
        }
        while delimiters != 0 {
            starts.push(n * 8 + first_of(delimiters) + 1);
            delimiters &= delimiters - 1;
        }
        if line_end != 0 {
            let at = n * 8 + first_of(line_end);
            starts.push(at + 1);
            return behind_line_end(bytes, at);
        }
    }
    let start = bytes.len() - rest.len();
    for (at, byte) in (start..).zip(rest) {
        let is_line_end = matches!(byte, b'\n' | b'\r');
        if is_line_end || *byte == delimiter {
            starts.push(at + 1);
        }
        if is_line_end {
            return behind_line_end(bytes, at);
        }
    }
    starts.push(bytes.len() + 1);
    bytes.len()
}

const LOW_BITS: u64 = u64::from_le_bytes([0x7f; 8]);

/// The highest bit of each byte of `word` that is `byte`.
fn places_of(byte: u8, word: u64) -> u64 {
    let differs = word ^ u64::from_le_bytes([byte; 8]);
    // A byte is 0 just if neither its lower bits carry into the highest nor that is set.
    !((((differs & LOW_BITS) + LOW_BITS) | differs) | LOW_BITS)
}

/// The highest bit of each byte of `word` that is a control character, as line ends are.
fn controls(word: u64) -> u64 {
    const TO_SPACE: u64 = u64::from_le_bytes([0x80 - b' '; 8]);
    !((((word & LOW_BITS) + TO_SPACE) | word) | LOW_BITS)
}

/// Which byte the first of the `places` is.
fn first_of(places: u64) -> usize {
    places.trailing_zeros() as usize / 8
}

fn behind_line_end(bytes: &[u8], at: usize) -> usize {
    let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(is_crlf)
}

pub(super) struct BlankLines {
    pub rows: u32,
    pub bytes: usize,
}

pub(super) fn blank_lines(bytes: &[u8]) -> BlankLines {
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
    use crate::input::block::Value;
    use csv::ReaderBuilder;
    use proptest::prelude::*;

    /// Row, line and cells of each record, and how many lines are blank.
    type Records = (Vec<(u32, u64, Vec<String>)>, u64);

    fn records(text: &str) -> Records {
        let block = CsvBlock {
            text: text.to_owned(),
            delimiter: b',',
            is_damaged: false,
            rows: 0,
            first_row: 7,
            first_line: 9,
        };
        let mut records = Vec::new();
        let blank = block.for_each_record(&mut |row: RowView<'_>| {
            let cell = |column| match row.value(column) {
                Value::Text(text) => text.to_owned(),
                _ => String::new(),
            };
            let cells = (0..row.most_cells()).map(cell).collect();
            records.push((row.number, row.line.unwrap(), cells));
        });
        (records, blank)
    }

    proptest! {
        #[test]
        fn every_byte_is_told_from_others(bytes in any::<[u8; 8]>(), sought in any::<u8>()) {
            let expected = bytes.map(|byte| if byte == sought { 0x80 } else { 0 });
            let found = places_of(sought, u64::from_le_bytes(bytes));
            prop_assert_eq!(found.to_le_bytes(), expected);
            let expected = bytes.map(|byte| if byte < b' ' { 0x80 } else { 0 });
            prop_assert_eq!(controls(u64::from_le_bytes(bytes)).to_le_bytes(), expected);
        }

        #[test]
        fn records_are_those_that_the_crate_reads(text in "[aé, \"\n\r]{0,60}|([a-zé]{0,9}[,\"\n\r]{1,3}){0,20}") {
            // Blocks hold no quotes that are out of order.
            let scan = crate::input::csv::split::scan(text.as_bytes(), b',', true);
            prop_assume!(scan.open_quote.is_none());
            let mut reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let (ours, _) = records(&text);
            let ours: Vec<Vec<String>> = ours.into_iter().map(|(.., cells)| cells).collect();
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }
    }

    #[test]
    fn records_know_their_rows_and_lines() {
        let (records, blank) = records("a,b\r\n\n\"c\nd\",e\n\r\"f\"\"g\"");
        let cells = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        assert_eq!(
            records,
            [
                (7, 9, cells(&["a", "b"])),
                (9, 11, cells(&["c\nd", "e"])),
                (11, 14, cells(&["f\"g"])),
            ]
        );
        assert_eq!(blank, 2);
    }
}
