//! Cuts delimited text into blocks at the ends of records, counting rows and lines on the way.
//!
//! The csv crate skips blank lines silently and reads to the end of the file after a quote that is never closed. So
//! where a record ends is found here, by the same rules as the crate's, and each block is parsed by the crate.

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memchr3, memrchr};

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
    /// Whether that quote ends within its cell: more bytes will not mend it.
    pub is_stray: bool,
}

/// Finds the end of the last whole record of `bytes`, which begins at the start of a record. Unless `is_last`, a record
/// counts as whole only with its line end.
pub(super) fn scan(bytes: &[u8], delimiter: u8, is_last: bool) -> Scan {
    let mut scan = Scan::default();
    loop {
        let rest = &bytes[scan.end..];
        let quote = memchr(b'"', rest);
        // Up to the next quote each line end is the end of a record.
        let plain = &rest[..quote.unwrap_or(rest.len())];
        take_lines(&mut scan, plain, is_last && quote.is_none(), bytes.len());
        if quote.is_none() {
            break;
        }
        match record_end(&bytes[scan.end..], delimiter) {
            RecordEnd::At(length, lines) => {
                let is_cut_short = scan.end + length == bytes.len() && bytes.last() == Some(&b'\r');
                if is_cut_short && !is_last {
                    return scan;
                }
                scan.end += length;
                scan.rows += 1;
                scan.lines += lines;
            }
            RecordEnd::Missing(lines) if is_last => {
                scan.end = bytes.len();
                scan.rows += 1;
                scan.lines += lines;
                break;
            }
            RecordEnd::Missing(_) => break,
            RecordEnd::InQuotes(lines) => {
                scan.open_quote = Some(lines);
                break;
            }
            RecordEnd::Stray(lines) => {
                scan.open_quote = Some(lines);
                scan.is_stray = true;
                break;
            }
        }
    }
    scan
}

/// Takes all whole lines of `plain`, which holds no quote and begins at `scan.end`.
fn take_lines(scan: &mut Scan, plain: &[u8], is_last: bool, total: usize) {
    let start = scan.end;
    let mut at = 0;
    if memchr(b'\r', plain).is_none() {
        at = memrchr(b'\n', plain).map_or(0, |last| last + 1);
        let lines = memchr_iter(b'\n', &plain[..at]).count();
        scan.end = start + at;
        scan.rows += u32::try_from(lines).unwrap_or(u32::MAX);
        scan.lines += lines as u64;
    }
    while let Some(found) = memchr2(b'\n', b'\r', &plain[at..]) {
        let mut end = at + found + 1;
        if plain[end - 1] == b'\r' {
            match plain.get(end) {
                Some(b'\n') => end += 1,
                // Whether `\n` follows is in the next bytes.
                None if !is_last && start + end == total => return,
                _ => {}
            }
        }
        scan.end = start + end;
        scan.rows += 1;
        scan.lines += 1;
        at = end;
    }
    if is_last && at < plain.len() {
        scan.end = start + plain.len();
        scan.rows += 1;
    }
}

/// Where a record ends.
pub(super) enum RecordEnd {
    /// The record's length with its line end, and the line ends in it.
    At(usize, u64),
    /// The bytes end within the record, outside quotes.
    Missing(u64),
    /// The bytes end within quotes that open after so many line ends.
    InQuotes(u64),
    /// Quotes that open after so many line ends are followed by something else than the end of a cell: most often they
    /// were never closed, and a quote further down was taken for their end.
    Stray(u64),
}

/// Walks one record: a quote opens only at the start of a cell, as in the csv crate.
pub(super) fn record_end(bytes: &[u8], delimiter: u8) -> RecordEnd {
    let mut at = 0;
    let mut lines = 0;
    loop {
        // At the start of a cell.
        while bytes.get(at) == Some(&b'"') {
            let opened_after = lines;
            at += 1;
            loop {
                let Some(quote) = memchr(b'"', &bytes[at..]) else {
                    return RecordEnd::InQuotes(opened_after);
                };
                lines += count_line_ends(&bytes[at..at + quote]);
                at += quote + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            match bytes.get(at) {
                Some(next) if *next == delimiter => at += 1,
                None | Some(b'\n' | b'\r') => break,
                Some(_) => return RecordEnd::Stray(opened_after),
            }
        }
        let Some(found) = memchr3(delimiter, b'\n', b'\r', &bytes[at..]) else {
            return RecordEnd::Missing(lines);
        };
        at += found + 1;
        if bytes[at - 1] != delimiter {
            let is_crlf = bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n');
            return RecordEnd::At(at + usize::from(is_crlf), lines + 1);
        }
    }
}

/// Counts `\n`, `\r\n` and lone `\r`.
pub(super) fn count_line_ends(bytes: &[u8]) -> u64 {
    let is_end = |&at: &usize| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
    memchr2_iter(b'\n', b'\r', bytes).filter(is_end).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Scan {
        scan(text.as_bytes(), b',', true)
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
            let scan = scan(text.as_bytes(), b',', false);
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
                let one = super::scan(&text.as_bytes()[at..], b',', true);
                prop_assert!(one.end > 0);
                let first = first_record(&text.as_bytes()[at..]);
                ours += usize::from(!first.iter().all(|b| matches!(b, b'\n' | b'\r')));
                at += first.len();
            }
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }
    }

    fn first_record(bytes: &[u8]) -> &[u8] {
        match record_end(bytes, b',') {
            RecordEnd::At(length, _) => &bytes[..length],
            _ => bytes,
        }
    }
}
