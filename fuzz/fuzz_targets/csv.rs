//! Bytes as a file: checked and read as every file is, and, where they are text, held against what the csv crate reads.

#![no_main]

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::UTF_8;
use gij::testing::input::ReadOptions;
use gij_fuzz::{collect, validate};
use libfuzzer_sys::fuzz_target;

/// How much of a text the header row is looked for in: `BLOCK` of the reader when it is built for fuzzing.
const LOOKED_AT: usize = 512;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

fuzz_target!(|bytes: &[u8]| {
    validate(bytes);
    if std::str::from_utf8(bytes).is_ok()
        && !bytes.starts_with(b"PK")
        && !bytes.starts_with(b"\xEF\xBB\xBF")
    {
        reads_as_the_crate(bytes, DELIMITERS[bytes.len() % 4]);
    }
});

/// Both find the same records behind the header row, up to quotes that are out of order.
fn reads_as_the_crate(text: &[u8], delimiter: u8) {
    let options = ReadOptions {
        delimiter: Some(char::from(delimiter)),
        encoding: Some(UTF_8),
        ..ReadOptions::default()
    };
    let (tables, read) = collect(text, &options);
    let [table] = &*tables else { return };
    let theirs = records(text, delimiter);
    let at = u64::from(table.head.header.number) - 1 - table.head.blank_above;
    let at = usize::try_from(at).expect("a short text");
    // A header row that is cut off by the end of what is looked at is no concern of ours.
    let header = theirs.get(at).filter(|(_, end)| *end <= LOOKED_AT);
    let Some((header, _)) = header else {
        assert!(text.len() > LOOKED_AT);
        return;
    };
    let trimmed: Vec<&str> = header.iter().map(|cell| cell.trim()).collect();
    assert_eq!(table.head.header.cells, trimmed);
    let ours = table.rows.iter().map(|(_, cells)| cells);
    let theirs = theirs[at + 1..].iter().map(|(cells, _)| cells);
    let mut theirs = theirs.filter(|cells| cells.iter().any(|cell| !cell.trim().is_empty()));
    for ours in ours {
        let theirs = theirs.next().expect("no more rows than there are");
        // Blank cells at the end of a row are none.
        let (same, more) = theirs.split_at(ours.len());
        assert_eq!(ours, same);
        assert!(more.iter().all(|cell| cell.trim().is_empty()), "{more:?}");
    }
    assert!(read.is_err() || theirs.next().is_none());
}

/// The records of the csv crate and where each ends.
fn records(text: &[u8], delimiter: u8) -> Vec<(Vec<String>, usize)> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let mut records = Vec::new();
    while reader
        .read_byte_record(&mut record)
        .expect("bytes in memory")
    {
        let cells = record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned());
        let end = usize::try_from(reader.position().byte()).expect("a short text");
        records.push((cells.collect(), end));
    }
    records
}
