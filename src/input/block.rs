//! Blocks of rows, as the readers hand them over, and a view of each row.

use std::ops::Range;

/// The content of a cell, whose text is a `T`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CellValue<T> {
    /// Nothing.
    Blank,
    /// Text, unchanged.
    Text(T),
    /// Text in bytes that are not UTF-8.
    NotUtf8,
    /// A number that a spreadsheet holds as a number.
    Number {
        /// The number.
        value: f64,
        /// Whether the spreadsheet shows other digits than the number has: `0042`, `1.2E+12`.
        is_altered: bool,
    },
    /// A date, time or duration that a spreadsheet holds as one, as ISO 8601 writes it.
    Date(T),
    /// A boolean that a spreadsheet holds as a boolean.
    Flag(bool),
    /// An error such as `#N/A`.
    Error(T),
    /// A formula whose value was never computed.
    FormulaWithoutValue,
}

/// The content of a cell, borrowed from its row.
pub type Value<'a> = CellValue<&'a str>;

/// The value of a workbook's cell; its text is in the block.
pub(super) type SheetValue = CellValue<Range<u32>>;

/// A row of a workbook and where its cells are in the block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SheetRow {
    pub number: u32,
    pub is_hidden: bool,
    pub cells: Range<usize>,
}

/// Some rows of a workbook: only those that hold something, and only the cells that do, in the order of their columns.
/// The texts of all cells are one, so that a row costs no allocation.
#[derive(Debug, Default)]
pub(super) struct SheetBlock {
    pub text: String,
    pub cells: Vec<(u32, SheetValue)>,
    pub rows: Vec<SheetRow>,
    /// How many rows without any cell lie before and between the rows.
    pub gaps: u64,
}

impl SheetBlock {
    /// Keeps a text; none if it is empty.
    pub(super) fn keep(&mut self, text: &str) -> Option<Range<u32>> {
        let start = u32::try_from(self.text.len()).ok()?;
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).ok()?;
        (start < end).then_some(start..end)
    }

    /// The cells of one of its rows.
    pub(super) fn cells_of(&self, row: &SheetRow) -> &[(u32, SheetValue)] {
        &self.cells[row.cells.clone()]
    }

    /// A kept text.
    pub(super) fn text_at(&self, range: &Range<u32>) -> &str {
        &self.text[range.start as usize..range.end as usize]
    }

    fn value<'a>(&'a self, value: &SheetValue) -> Value<'a> {
        match value {
            SheetValue::Text(text) => Value::Text(self.text_at(text)),
            SheetValue::Date(text) => Value::Date(self.text_at(text)),
            SheetValue::Error(text) => Value::Error(self.text_at(text)),
            &SheetValue::Number { value, is_altered } => Value::Number { value, is_altered },
            SheetValue::Flag(flag) => Value::Flag(*flag),
            SheetValue::Blank => Value::Blank,
            SheetValue::NotUtf8 => Value::NotUtf8,
            SheetValue::FormulaWithoutValue => Value::FormulaWithoutValue,
        }
    }
}

impl Rows for SheetBlock {
    fn for_each(&self, look: &mut dyn FnMut(RowView<'_>)) -> u64 {
        for row in &self.rows {
            look(RowView {
                number: row.number,
                line: None,
                cells: Cells::Sheet(self, row),
            });
        }
        self.gaps
    }
}

/// The cells of a CSV record, one after the other in a text, each with one byte behind it.
#[derive(Clone, Copy)]
pub(super) struct CsvCells<'a> {
    pub text: &'a str,
    /// Where in the text each cell begins, and where one more would.
    pub starts: &'a [usize],
    /// Whether U+FFFD replaces what was no UTF-8.
    pub is_damaged: bool,
}

impl<'a> CsvCells<'a> {
    /// The text of a cell; blank behind the last.
    #[inline]
    fn get(&self, column: usize) -> &'a str {
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

/// The rows of a block, in the order of the table.
pub(super) trait Rows: Send {
    /// Calls `look` with each row, and returns how many rows beside them are blank.
    fn for_each(&self, look: &mut dyn FnMut(RowView<'_>)) -> u64;
}

/// Some rows of a table. What is in them is found by whoever calls [`for_each_row`](Self::for_each_row), on any core.
pub struct Block(pub(super) Box<dyn Rows>);

impl Block {
    /// Calls `look` with each row that holds something, and returns how many rows are blank.
    pub fn for_each_row(&self, mut look: impl FnMut(RowView<'_>)) -> u64 {
        let mut blank = 0;
        let others = self.0.for_each(&mut |row| {
            if row.is_blank() {
                blank += 1;
            } else {
                look(row);
            }
        });
        blank + others
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
    Csv(CsvCells<'a>),
    Sheet(&'a SheetBlock, &'a SheetRow),
}

impl<'a> RowView<'a> {
    /// The content of `column`, from 0.
    #[inline]
    pub fn value(&self, column: usize) -> Value<'a> {
        match self.cells {
            Cells::Csv(record) => match record.get(column) {
                "" => Value::Blank,
                text if record.is_damaged && text.contains('\u{fffd}') => Value::NotUtf8,
                text => Value::Text(text),
            },
            Cells::Sheet(block, row) => sheet_value(block, row, column),
        }
    }

    /// The last column that holds anything, counted from 1; 0 if none does.
    pub fn width(&self) -> usize {
        let columns = 0..self.most_cells();
        let mut columns = columns.rev();
        columns
            .find(|column| !is_blank(self.value(*column)))
            .map_or(0, |last| last + 1)
    }

    /// As many columns as it may have, blank ones too. It is found quickly, and [`width`](Self::width) is no more.
    pub fn most_cells(&self) -> usize {
        match self.cells {
            Cells::Csv(cells) => cells.starts.len() - 1,
            Cells::Sheet(block, row) => {
                let last = block.cells_of(row).last();
                last.map_or(0, |(last, _)| *last as usize + 1)
            }
        }
    }

    fn is_blank(&self) -> bool {
        // Most rows begin with a cell that holds something.
        !matches!(self.value(0), Value::Text(text) if begins_visibly(text)) && self.width() == 0
    }
}

/// Not inlined, as most cells are those of a CSV, on which the speed of a check hangs.
#[inline(never)]
fn sheet_value<'a>(block: &'a SheetBlock, row: &SheetRow, column: usize) -> Value<'a> {
    let Ok(column) = u32::try_from(column) else {
        return Value::Blank;
    };
    let cells = block.cells_of(row);
    let found = cells.binary_search_by_key(&column, |(at, _)| *at);
    found.map_or(Value::Blank, |at| block.value(&cells[at].1))
}

fn is_blank(value: Value<'_>) -> bool {
    match value {
        Value::Blank => true,
        Value::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn begins_visibly(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_graphic)
}
