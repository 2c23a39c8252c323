//! The records of delimited text: where they end, and which cells they have.
//!
//! The decision to know: the csv crate skips blank lines without a word, and after a quote that is never closed reads to the
//! end of the file. So [`scan`] finds where records end, by the same rules as the crate's, and cuts the text into blocks
//! there, counting rows and lines. Another core then finds the cells of a block. Records without quotes, which are nearly
//! all, are cut at their delimiters where they are: that is worth a fourth of the time of a check.

use memchr::{memchr, memchr_iter, memchr2, memchr3, memrchr2};

use crate::input::block::{Cells, CsvCells, RowView, Rows};

/// Whole records of delimited text.
pub(super) struct CsvBlock {
    pub text: String,
    pub delimiter: u8,
    /// Whether U+FFFD replaces what was no UTF-8.
    pub is_damaged: bool,
    pub first_row: u32,
    pub first_line: u64,
}

/// Where scanning stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Scan {
    /// Bytes up to the end of the last whole record.
    pub end: usize,
    /// Records in these bytes, blank lines too.
    pub rows: u32,
    /// Line ends in these bytes.
    pub lines: u64,
    /// Line ends between `end` and a quote that is still open, or that ends within its cell, if there is one.
    pub open_quote: Option<u64>,
    /// Whether that quote ends within its cell: more bytes will not close it.
    pub is_stray: bool,
}

/// Finds the end of the last whole record of `text`, which begins at the start of a record. Unless `is_last`, a record
/// counts as whole only with its line end.
pub(super) fn scan(text: &str, delimiter: u8, is_last: bool) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    loop {
        let rest = &bytes[scan.end..];
        let quote = memchr(b'"', rest);
        // Up to the next quote each line end is the end of a record.
        let plain = &rest[..quote.unwrap_or(rest.len())];
        let is_open = quote.is_none();
        take_lines(&mut scan, plain, is_last && is_open, !is_last && is_open);
        if is_open {
            return scan;
        }
        match record_end(&text[scan.end..], delimiter, |_| ()) {
            RecordEnd::At(length, lines) => {
                let is_cut_short = scan.end + length == bytes.len() && bytes.last() == Some(&b'\r');
                if is_cut_short && !is_last {
                    return scan;
                }
                scan.end += length;
                scan.rows += 1;
                scan.lines += lines;
            }
            RecordEnd::Missing(lines) => {
                if is_last {
                    scan.end = bytes.len();
                    scan.rows += 1;
                    scan.lines += lines;
                }
                return scan;
            }
            RecordEnd::BadQuote { lines, is_stray } => {
                scan.open_quote = Some(lines);
                scan.is_stray = is_stray;
                return scan;
            }
        }
    }
}

/// Takes all whole lines of `plain`, which holds no quote and begins at `scan.end`. What follows its last line end counts as
/// a line only if the text `is_at_end` there; and if it `may_go_on`, a `\r` at its end may be half of a line end.
fn take_lines(scan: &mut Scan, plain: &[u8], is_at_end: bool, may_go_on: bool) {
    let behind_last = |bytes: &[u8]| memrchr2(b'\n', b'\r', bytes).map_or(0, |at| at + 1);
    let mut end = behind_last(plain);
    if may_go_on && end == plain.len() && plain.ends_with(b"\r") {
        end = behind_last(&plain[..end - 1]);
    }
    let lines = count_line_ends(&plain[..end]);
    scan.lines += lines;
    scan.rows += u32::try_from(lines).unwrap_or(u32::MAX);
    if is_at_end && end < plain.len() {
        end = plain.len();
        scan.rows += 1;
    }
    scan.end += end;
}

/// Where a record ends.
enum RecordEnd {
    /// The record's length with its line end, and the line ends in it.
    At(usize, u64),
    /// The bytes end within the record, outside quotes.
    Missing(u64),
    /// Quotes that open after so many line ends are not closed within the bytes; or they are stray: something else than the
    /// end of the cell follows them. Most often those were never closed, and a quote further down was taken for their end.
    BadQuote { lines: u64, is_stray: bool },
}

/// Walks one record: a quote opens only at the start of a cell, as in the csv crate. Calls `keep` with the pieces of text
/// that are in each cell, and with none where a cell ends.
fn record_end<'t>(
    text: &'t str,
    delimiter: u8,
    mut keep: impl FnMut(Option<&'t str>),
) -> RecordEnd {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut lines = 0;
    loop {
        // At the start of a cell.
        if bytes.get(at) == Some(&b'"') {
            let opened_after = lines;
            let bad_quote = |is_stray| RecordEnd::BadQuote {
                lines: opened_after,
                is_stray,
            };
            at += 1;
            loop {
                let Some(quote) = memchr(b'"', &bytes[at..]) else {
                    return bad_quote(false);
                };
                lines += count_line_ends(&bytes[at..at + quote]);
                keep(Some(&text[at..at + quote]));
                at += quote + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                keep(Some("\""));
                at += 1;
            }
            let next = bytes.get(at).copied();
            if next.is_some_and(|next| next != delimiter && !matches!(next, b'\n' | b'\r')) {
                return bad_quote(true);
            }
        } else {
            let length = memchr3(delimiter, b'\n', b'\r', &bytes[at..]);
            let end = length.map_or(bytes.len(), |length| at + length);
            keep(Some(&text[at..end]));
            at = end;
        }
        keep(None);
        match bytes.get(at) {
            None => return RecordEnd::Missing(lines),
            Some(next) if *next == delimiter => at += 1,
            Some(_) => return RecordEnd::At(behind_line_end(bytes, at), lines + 1),
        }
    }
}

/// Counts `\n`, `\r\n` and lone `\r`.
pub(super) fn count_line_ends(bytes: &[u8]) -> u64 {
    let is_lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let lone = memchr_iter(b'\r', bytes).filter(is_lone).count();
    (memchr_iter(b'\n', bytes).count() + lone) as u64
}

impl Rows for CsvBlock {
    fn for_each(&self, look: &mut dyn FnMut(RowView<'_>)) -> u64 {
        let text = &*self.text;
        let bytes = text.as_bytes();
        let next_quote =
            |from: usize| memchr(b'"', &bytes[from..]).map_or(bytes.len(), |to| from + to);
        let (mut at, mut row, mut line) = (0, self.first_row, self.first_line);
        let (mut blank_rows, mut quote) = (0, next_quote(0));
        let (mut starts, mut unquoted) = (Vec::new(), String::new());
        loop {
            let (blank, length) = blank_lines(&bytes[at..]);
            at += length;
            row += blank;
            line += u64::from(blank);
            blank_rows += u64::from(blank);
            if at == bytes.len() {
                return blank_rows;
            }
            let mut end = at + cut(&bytes[at..], self.delimiter, &mut starts);
            let mut lines = 1;
            let mut record = &text[at..end];
            if end > quote {
                // Laid out as a record without quotes is.
                unquoted.clear();
                starts.clear();
                starts.push(0);
                let keep = |piece: Option<&str>| {
                    unquoted.push_str(piece.unwrap_or("\n"));
                    if piece.is_none() {
                        starts.push(unquoted.len());
                    }
                };
                // The quotes are in order: blocks end before any that are not.
                (end, lines) = match record_end(&text[at..], self.delimiter, keep) {
                    RecordEnd::At(length, lines) => (at + length, lines),
                    // The last record has no line end.
                    _ => (bytes.len(), 0),
                };
                record = &unquoted;
                quote = next_quote(end);
            }
            look(RowView {
                number: row,
                line: Some(line),
                cells: Cells::Csv(CsvCells {
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

/// Cuts the record at which `bytes` begin as one without quotes: sets `starts` to where its cells begin, with one place
/// more behind the last, and returns its length with its line end.
fn cut(bytes: &[u8], delimiter: u8, starts: &mut Vec<usize>) -> usize {
    let line_end = memchr2(b'\n', b'\r', bytes);
    let end = line_end.unwrap_or(bytes.len());
    starts.clear();
    starts.push(0);
    starts.extend(memchr_iter(delimiter, &bytes[..end]).map(|at| at + 1));
    starts.push(end + 1);
    line_end.map_or(end, |at| behind_line_end(bytes, at))
}

/// The place behind the line end at `at`: `\n`, `\r\n` or `\r`.
fn behind_line_end(bytes: &[u8], at: usize) -> usize {
    let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(is_crlf)
}

/// The blank lines at the front of `bytes`: how many, and their bytes.
pub(super) fn blank_lines(bytes: &[u8]) -> (u32, usize) {
    let (mut rows, mut at) = (0, 0);
    while let Some(b'\n' | b'\r') = bytes.get(at) {
        at = behind_line_end(bytes, at);
        rows += 1;
    }
    (rows, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::block::Value;
    use csv::ReaderBuilder;
    use proptest::prelude::*;

    fn whole(text: &str) -> Scan {
        scan(text, b',', true)
    }

    #[test]
    fn every_kind_of_line_end_ends_a_record() {
        let scan = whole("a,b\nc\r\nd\re");
        assert_eq!((scan.end, scan.rows, scan.lines), (10, 4, 3));
    }

    #[test]
    fn a_line_end_in_quotes_counts_as_a_line_and_not_as_a_row() {
        let scan = whole("a,\"x\ny\r\nz\"\nb\n");
        assert_eq!((scan.end, scan.rows, scan.lines), (13, 2, 4));
    }

    #[test]
    fn a_quote_within_a_cell_opens_nothing() {
        let scan = whole("5\" disk,b\nc,d\n");
        assert_eq!((scan.rows, scan.open_quote), (2, None));
    }

    #[test]
    fn an_open_quote_tells_how_many_lines_on_it_opens() {
        let scan = whole("a,b\n\"x\ny\",\"open\nc,d\n");
        assert_eq!((scan.end, scan.open_quote), (4, Some(1)));
    }

    #[test]
    fn a_quote_that_ends_within_its_cell_is_told_where_it_opens() {
        for text in [
            "a,b\n\"5\" disk,c\n",
            "a,b\nc,\"never closed\nd,e\n\"f\",g\n",
        ] {
            let scan = whole(text);
            assert_eq!(
                (scan.end, scan.open_quote, scan.is_stray),
                (4, Some(0), true),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_record_without_its_line_end_waits_for_more() {
        for text in ["a,b\nc", "a,b\nc\r", "a,b\n\"c\"", "a,b\n\"c\"\r"] {
            let scan = scan(text, b',', false);
            assert_eq!((scan.end, scan.rows), (4, 1), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn records_end_where_the_csv_crate_ends_them(text in "[ab,\"\n\r]{0,40}") {
            let scan = whole(&text);
            prop_assume!(scan.open_quote.is_none());
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let theirs = reader.byte_records().count();
            // The crate passes blank lines over.
            let mut ours = 0;
            let mut at = 0;
            while at < text.len() {
                let one = super::scan(&text[at..], b',', true);
                prop_assert!(one.end > 0);
                let first = first_record(&text[at..]);
                ours += usize::from(!first.iter().all(|b| matches!(b, b'\n' | b'\r')));
                at += first.len();
            }
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }
    }

    fn first_record(text: &str) -> &[u8] {
        match record_end(text, b',', |_| ()) {
            RecordEnd::At(length, _) => &text.as_bytes()[..length],
            _ => text.as_bytes(),
        }
    }

    /// Row, line and cells of each record, and how many lines are blank.
    type Records = (Vec<(u32, u64, Vec<String>)>, u64);

    fn records(text: &str) -> Records {
        let block = CsvBlock {
            text: text.to_owned(),
            delimiter: b',',
            is_damaged: false,
            first_row: 7,
            first_line: 9,
        };
        let mut records = Vec::new();
        let blank = block.for_each(&mut |row: RowView<'_>| {
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
        fn records_are_those_that_the_crate_reads(text in "[aé, \"\n\r]{0,60}|([a-zé]{0,9}[,\"\n\r]{1,3}){0,20}") {
            // Blocks hold no quotes that are out of order.
            let scan = scan(&text, b',', true);
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
