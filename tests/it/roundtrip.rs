//! What a table says is what is read, whoever wrote it.

use std::path::Path;
use std::sync::Arc;

use gij::testing::input::{
    self, Block, Interest, ReadOptions, Sink, SkipReason, Source, TableHead, Value,
};
use gij::testing::model::{Diagnostic, TableName};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

/// Takes every table in as it comes.
#[derive(Default)]
struct Collector {
    tables: Vec<Vec<Vec<String>>>,
}

impl Sink for Collector {
    fn is_header(&self, text: &str) -> bool {
        !text.is_empty()
    }

    fn table(&mut self, head: TableHead) -> Interest {
        self.tables.push(vec![head.header.cells]);
        Interest::Read
    }

    fn skipped(&mut self, _: &Arc<TableName>, _: SkipReason<'_>) {}

    fn sheet(&mut self, _: &str) {}

    fn diagnostic(&mut self, _: Diagnostic) {}

    fn block(&mut self, block: Block) {
        let table = self.tables.last_mut().unwrap();
        let width = table[0].len();
        block.for_each_row(|row| {
            let cell = |column| match row.value(column) {
                Value::Text(text) | Value::Date(text) => text.to_owned(),
                Value::Blank => String::new(),
                other => format!("{other:?}"),
            };
            table.push((0..width.max(row.width())).map(cell).collect());
        });
    }
}

fn read(path: &Path, options: &ReadOptions) -> Vec<Vec<String>> {
    let mut collector = Collector::default();
    input::read(&Source::open(path).unwrap(), options, &mut collector).unwrap();
    collector.tables.pop().unwrap_or_default()
}

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Vec<Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("table");
    std::fs::write(&path, bytes).unwrap();
    read(&path, options)
}

/// The cases of csv-spectrum, the collection of awkward CSV files that other readers are held to.
#[test]
fn the_csv_spectrum_is_read_exactly() {
    for (csv, rows) in [
        (
            "first,last,address,city,zip\nJohn,Doe,120 any st.,\"Anytown, WW\",08123\n",
            &[
                &["first", "last", "address", "city", "zip"][..],
                &["John", "Doe", "120 any st.", "Anytown, WW", "08123"],
            ][..],
        ),
        (
            "a,b,c\n1,\"\",\"\"\n2,3,4\n",
            &[&["a", "b", "c"], &["1", "", ""], &["2", "3", "4"]],
        ),
        (
            "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n",
            &[&["a", "b", "c"], &["1", "", ""], &["2", "3", "4"]],
        ),
        (
            "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n",
            &[&["a", "b"], &["1", "ha \"ha\" ha"], &["3", "4"]],
        ),
        (
            "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
            &[
                &["key", "val"],
                &["1", "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"],
            ],
        ),
        (
            "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
            &[
                &["a", "b", "c"],
                &["1", "2", "3"],
                &["Once upon \na time", "5", "6"],
                &["7", "8", "9"],
            ],
        ),
        (
            "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n",
            &[
                &["a", "b", "c"],
                &["1", "2", "3"],
                &["Once upon \r\na time", "5", "6"],
                &["7", "8", "9"],
            ],
        ),
        (
            "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
            &[&["a", "b"], &["1", "ha \n\"ha\" \nha"], &["3", "4"]],
        ),
        ("a,b,c\n1,2,3\n", &[&["a", "b", "c"], &["1", "2", "3"]]),
        ("a,b,c\r\n1,2,3\r\n", &[&["a", "b", "c"], &["1", "2", "3"]]),
        (
            "a,b,c\n1,2,3\n4,5,ʤ\n",
            &[&["a", "b", "c"], &["1", "2", "3"], &["4", "5", "ʤ"]],
        ),
        (
            "\"Contact Phone Number\",\"Location Coordinates\",Cities,Counties\n\
             2025550127,\"37°46'29.7\"\"N 122°25'09.8\"\"W\",\"San Francisco\",\"San Francisco\"\n",
            &[
                &[
                    "Contact Phone Number",
                    "Location Coordinates",
                    "Cities",
                    "Counties",
                ],
                &[
                    "2025550127",
                    "37°46'29.7\"N 122°25'09.8\"W",
                    "San Francisco",
                    "San Francisco",
                ],
            ],
        ),
    ] {
        assert_eq!(
            read_bytes(csv.as_bytes(), &ReadOptions::default()),
            rows,
            "{csv}"
        );
    }
}

/// A table of texts; the headers are words, the cells anything that is not blank.
fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..6).prop_flat_map(|width| {
        let headers = proptest::collection::vec("[a-z]{1,8}", width);
        let cell = r#"[a-zA-Z0-9,;|"'éßΩ✓ =+-]{0,12}[a-zé0-9"]"#;
        let rows = proptest::collection::vec(proptest::collection::vec(cell, width), 0..12);
        (headers, rows).prop_map(|(headers, rows)| std::iter::once(headers).chain(rows).collect())
    })
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let units = |is_little: bool| {
        let bytes = move |unit: u16| {
            if is_little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(bytes)
            .collect()
    };
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 with a mark" => format!("\u{feff}{text}").into_bytes(),
        "utf-16le" => units(true),
        _ => units(false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_table_written_as_csv_reads_back_the_same(
        table in tables(),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
        encoding in proptest::sample::select(vec!["utf-8", "utf-8 with a mark", "utf-16le", "utf-16be"]),
        is_crlf in any::<bool>(),
    ) {
        let terminator = if is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        // A table of one column has no delimiter to be found by.
        let said = (table[0].len() == 1).then_some(delimiter);
        let options = ReadOptions { delimiter: said.map(char::from), header_row: Some(1), ..ReadOptions::default() };
        prop_assert_eq!(read_bytes(&encoded(&text, encoding), &options), table);
    }

    #[test]
    fn any_table_written_as_a_workbook_reads_back_the_same(table in tables()) {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, cells) in (0..).zip(&table) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        let options = ReadOptions { header_row: Some(1), ..ReadOptions::default() };
        prop_assert_eq!(read_bytes(&workbook.save_to_buffer().unwrap(), &options), table);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table");
        std::fs::write(&path, &bytes).unwrap();
        // Whatever it is, it is read or refused.
        let _ = input::read(&Source::open(&path).unwrap(), &ReadOptions::default(), &mut Collector::default());
    }
}
