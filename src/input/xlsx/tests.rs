//! Limits that would take too long to reach through a file, and what chance makes of one.

use std::io::{Cursor, Write};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::input::block::{Block, Value};
use crate::input::source::Source;
use crate::input::table::{Interest, ReadOptions, Sink, SkipReason, TableHead};
use crate::model::{Diagnostic, Problem, TableName};

/// Reads everything, and keeps its texts.
#[derive(Default)]
struct Everything {
    texts: Vec<String>,
}

impl Sink for Everything {
    fn sheet(&mut self, _: &str) {}

    fn is_header(&self, text: &str) -> bool {
        text == "type"
    }

    fn table(&mut self, head: TableHead) -> Interest {
        self.texts.extend(head.header.cells);
        Interest::Read
    }

    fn skipped(&mut self, _: &Arc<TableName>, _: SkipReason<'_>) {}

    fn block(&mut self, block: Block) {
        block.for_each_row(|row| {
            for column in 0..row.width() {
                if let Value::Text(text) | Value::Date(text) = row.value(column) {
                    self.texts.push(text.to_owned());
                }
            }
        });
    }

    fn diagnostic(&mut self, _: Diagnostic) {}
}

/// Reads a file to its end.
fn read(bytes: Vec<u8>) -> (Everything, Result<(), Problem>) {
    let mut sink = Everything::default();
    let source = Source::from_bytes("a.xlsx", bytes);
    let read = crate::input::read(&source, &ReadOptions::default(), &mut sink);
    (sink, read.map_err(|error| error.problem))
}

const PARTS: [(&str, &str); 6] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r" Type="x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0"?><workbook><workbookPr date1904="1"/><sheets><sheet name="A" r:id="a"/><sheet name="B" r:id="b" state="hidden"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/><Relationship Id="b" Type="x/worksheet" Target="/xl/s.xml"/></Relationships>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<sst count="2" uniqueCount="2"><si><t>type</t></si><si><r><t xml:space="preserve"> a</t></r><rPh><t>b</t></rPh></si></sst>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0000"/></numFmts><fonts><font><name val="x"/></font></fonts><cellXfs><xf numFmtId="164" fontId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/s.xml",
        r#"<worksheet><dimension ref="A1:C9"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"/></row><row r="2" hidden="1"><c r="A2" s="1"><v>45000.5</v></c><c r="B2" s="2"><v>1.5</v></c><c t="inlineStr"><is><t>x&amp;y</t></is></c></row><row><c r="A3"><f t="shared" si="0" ref="A3:A4">1</f></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><v>end</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>"#,
    ),
];

fn archive<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    archive(PARTS.map(|(name, content)| (name, content.as_bytes())))
}

#[test]
fn the_workbook_that_chance_works_on_is_read() {
    let (sink, read) = read(workbook());
    assert!(read.is_ok(), "{read:?}");
    assert_eq!(
        sink.texts,
        ["type", "2027-03-16T12:00:00", "PT36H", "x&y", "end"]
    );
}

/// The workbook with other bytes for some parts.
fn workbook_with(changed: &[(&str, &str)]) -> Vec<u8> {
    archive(PARTS.map(|(name, content)| {
        let change = changed.iter().find(|(of, _)| *of == name);
        (name, change.map_or(content, |(_, new)| new).as_bytes())
    }))
}

#[test]
fn rows_are_read_across_all_that_is_unpacked_at_a_time() {
    const ROWS: usize = 20_000;
    let mut texts = vec!["type".to_owned()];
    let mut rows = vec![r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#.to_owned()];
    for row in 2..=ROWS {
        // Rows and cells in the plain form, and each in another one now and then.
        let hidden = if row % 1000 == 0 {
            r#" hidden="1""#
        } else {
            ""
        };
        let mut cells = format!(r#"<c r="A{row}" t="s"><v>1</v></c>"#);
        texts.push(" a".to_owned());
        if row % 7 == 0 {
            let other = format!(r#"<c r="B{row}" t="str"><v>n{row}</v></c>"#);
            cells.push_str(&other);
            texts.push(format!("n{row}"));
        }
        rows.push(format!(
            r#"<row r="{row}" spans="1:2"{hidden}>{cells}</row>"#
        ));
    }
    let rows = rows.concat();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let (sink, read) = read(workbook_with(&[("xl/s.xml", &sheet)]));
    assert!(read.is_ok(), "{read:?}");
    assert!(sink.texts == texts);
}

#[test]
fn many_texts_of_few_bytes_are_read_too() {
    const TEXTS: usize = 70_000;
    let strings = "<si><t>type</t></si>".repeat(TEXTS);
    let strings = format!("<sst uniqueCount=\"{TEXTS}\">{strings}</sst>");
    let last = TEXTS - 1;
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>{last}</v></c></row></sheetData></worksheet>"
    );
    let changed = [("xl/sharedStrings.xml", &*strings), ("xl/s.xml", &*sheet)];
    let (sink, read) = read(workbook_with(&changed));
    assert!(read.is_ok(), "{read:?}");
    assert_eq!(sink.texts, ["type"]);
}

#[test]
fn more_shared_texts_than_memory_should_hold_are_refused() {
    let strings = format!("<sst>{}</sst>", "<si/>".repeat(80_001));
    let (_, read) = read(workbook_with(&[("xl/sharedStrings.xml", &strings)]));
    assert!(read.unwrap_err().message.contains("shared texts"));
}

#[test]
fn a_sheet_that_is_another_part_too_is_refused() {
    let relations = PARTS[2]
        .1
        .replace("Target=\"s.xml\"", "Target=\"styles.xml\"");
    let (_, read) = read(workbook_with(&[(PARTS[2].0, &relations)]));
    assert!(read.unwrap_err().message.contains("damaged"));
}

/// What chance does to some bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Remove(Index, u8),
    Repeat(Index, u8, u8),
    Insert(Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    const WORDS: [&str; 16] = [
        "<",
        ">",
        "\"",
        "</c>",
        "<c>",
        "<row>",
        "</row>",
        "<v>",
        "99999999999",
        "-1",
        "XFD1048577",
        "&#0;",
        "<!--",
        "]]>",
        "/",
        " t=\"s\"",
    ];
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at(), any::<u8>()).prop_map(|(at, length)| Change::Remove(at, length)),
        (at(), any::<u8>(), any::<u8>()).prop_map(|(at, length, n)| Change::Repeat(at, length, n)),
        (at(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Change::Insert(at, word)),
    ]
}

fn apply(change: &Change, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    let piece = |at: &Index, most: u8| {
        let at = at.index(length);
        at..(at + usize::from(most)).min(length)
    };
    match change {
        Change::Set(at, byte) => bytes[at.index(length)] = *byte,
        Change::Remove(at, most) => drop(bytes.drain(piece(at, *most))),
        Change::Repeat(at, most, times) => {
            let range = piece(at, *most);
            let repeated = bytes[range.clone()].repeat(usize::from(*times));
            bytes.splice(range, repeated);
        }
        Change::Insert(at, word) => {
            let at = at.index(length);
            bytes.splice(at..at, word.bytes());
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read([b"PK\x03\x04".to_vec(), bytes].concat());
    }

    #[test]
    fn no_change_to_a_file_makes_it_panic(changes in prop::collection::vec(change(), 1..4)) {
        let mut bytes = workbook();
        for change in &changes {
            apply(change, &mut bytes);
        }
        let _ = read(bytes);
    }

    #[test]
    fn no_change_to_a_part_makes_it_panic(
        part in 0..PARTS.len(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut parts = PARTS.map(|(name, content)| (name, content.as_bytes().to_vec()));
        for change in &changes {
            apply(change, &mut parts[part].1);
        }
        let _ = read(archive(parts.iter().map(|(name, content)| (*name, &**content))));
    }
}
