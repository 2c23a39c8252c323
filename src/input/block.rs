//! Rows on their way from a file to whoever looks at them.

use csv::{ByteRecord, StringRecord};

use super::csv::CsvBlock;

/// What stands in a cell, borrowed from its row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// Nothing.
    Blank,
    /// Text, as it stands.
    Text(&'a str),
    /// Text in bytes that are not UTF-8.
    NotUtf8,
    /// A number that a spreadsheet holds as a number.
    Number(f64),
    /// A boolean that a spreadsheet holds as a boolean.
    Flag(bool),
    /// An error such as `#N/A`.
    Error(&'a str),
}

/// A cell of a workbook, taken out of it.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum CellValue {
    Text(Box<str>),
    Number(f64),
    Flag(bool),
    Error(Box<str>),
}

/// A row of a workbook: only the cells that hold something, in the order of their columns.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct SheetRow {
    pub number: u32,
    pub cells: Vec<(u32, CellValue)>,
}

/// Some rows in a row, in the order of the table.
pub struct Block(pub(super) Rows);

pub(super) enum Rows {
    Csv(CsvBlock),
    /// Rows, and how many rows without any cell lie before and between them.
    Sheet(Vec<SheetRow>, u64),
}

impl Block {
    /// Calls `look` with each row that holds something, and returns how many rows are blank.
    pub fn for_each_row(&self, mut look: impl FnMut(RowView<'_>)) -> u64 {
        let mut blank = 0;
        let mut pass = |row: RowView<'_>| {
            if row.is_blank() {
                blank += 1;
            } else {
                look(row);
            }
        };
        let gaps = match &self.0 {
            Rows::Csv(block) => block.for_each_record(&mut pass),
            Rows::Sheet(rows, gaps) => {
                for row in rows {
                    pass(RowView {
                        number: row.number,
                        line: None,
                        cells: Cells::Sheet(row),
                    });
                }
                *gaps
            }
        };
        blank + gaps
    }
}

/// A row and its cells.
#[derive(Clone, Copy)]
pub struct RowView<'a> {
    /// The row's number from 1, as a spreadsheet shows it.
    pub number: u32,
    /// The physical line of a CSV, from 1.
    pub line: Option<u64>,
    pub(super) cells: Cells<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    Csv(&'a StringRecord),
    /// A record with a cell that is not UTF-8.
    Bytes(&'a ByteRecord),
    Sheet(&'a SheetRow),
}

impl<'a> RowView<'a> {
    /// What stands in `column`, from 0.
    #[inline]
    pub fn value(&self, column: usize) -> Value<'a> {
        match self.cells {
            Cells::Csv(record) => match record.get(column) {
                None | Some("") => Value::Blank,
                Some(text) => Value::Text(text),
            },
            Cells::Bytes(record) => match record.get(column) {
                None | Some(b"") => Value::Blank,
                Some(bytes) => std::str::from_utf8(bytes).map_or(Value::NotUtf8, Value::Text),
            },
            Cells::Sheet(row) => {
                let Ok(column) = u32::try_from(column) else {
                    return Value::Blank;
                };
                let found = row.cells.binary_search_by_key(&column, |(at, _)| *at);
                found.map_or(Value::Blank, |at| match &row.cells[at].1 {
                    CellValue::Text(text) if text.is_empty() => Value::Blank,
                    CellValue::Text(text) => Value::Text(text),
                    CellValue::Number(number) => Value::Number(*number),
                    CellValue::Flag(flag) => Value::Flag(*flag),
                    CellValue::Error(error) => Value::Error(error),
                })
            }
        }
    }

    /// The last column that holds anything, counted from 1; 0 if none does.
    pub fn width(&self) -> usize {
        match self.cells {
            Cells::Csv(record) => used_cells(record.as_byte_record()),
            Cells::Bytes(record) => used_cells(record),
            Cells::Sheet(row) => row.cells.last().map_or(0, |(last, _)| *last as usize + 1),
        }
    }

    fn is_blank(&self) -> bool {
        let is_blank = |column| match self.value(column) {
            Value::Blank => true,
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        (0..self.width()).all(is_blank)
    }
}

fn used_cells(record: &ByteRecord) -> usize {
    let is_used = |bytes: &[u8]| !bytes.trim_ascii().is_empty();
    record.iter().rposition(is_used).map_or(0, |last| last + 1)
}
