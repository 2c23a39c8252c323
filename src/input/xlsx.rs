//! Workbooks, by calamine's streaming reader of cells.

use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::block::{Block, CellValue, Rows, SheetRow};
use super::error::{InputError, InputErrorKind};
use super::header::{HEADER_WITHIN, find_header};
use super::options::ReadOptions;
use super::read::{Interest, Sink, TableHead};
use crate::model::{Place, TableFormat, TableName};

/// Rows of a block.
const BLOCK_ROWS: usize = 2048;

/// Reads all sheets of the workbook in `content`, which its user calls `name`.
pub(super) fn read<RS: Read + Seek>(
    name: &str,
    content: RS,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), InputError> {
    let table = |sheet: Option<String>| {
        Arc::new(TableName {
            file: name.to_owned(),
            sheet,
            format: TableFormat::Xlsx,
        })
    };
    let damaged = |table: &Arc<TableName>, what: String| {
        InputErrorKind::Workbook(what).at(Place::table(table))
    };
    let mut workbook = guarded(|| Xlsx::new(content).map_err(|error| in_words(&error)))
        .map_err(|what| damaged(&table(None), what))?;
    for sheet in workbook.sheets_metadata().to_vec() {
        let table = table(Some(sheet.name.clone()));
        if !options.sheets.is_empty() && !options.sheets.contains(&sheet.name) {
            sink.unwanted(&table);
            continue;
        }
        // A sheet that was asked for by its name is read though it is hidden.
        if sheet.visible != SheetVisible::Visible && options.sheets.is_empty() {
            sink.hidden(&table);
            continue;
        }
        if sheet.typ != SheetType::WorkSheet {
            sink.no_header(&table);
            continue;
        }
        read_sheet(&mut workbook, &sheet.name, &table, options, sink)
            .map_err(|what| damaged(&table, what))?;
    }
    Ok(())
}

fn read_sheet<RS: Read + Seek>(
    workbook: &mut Xlsx<RS>,
    name: &str,
    table: &Arc<TableName>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), String> {
    let cells = guarded(|| {
        workbook
            .worksheet_cells_reader(name)
            .map_err(|error| in_words(&error))
    })?;
    let mut rows = SheetRows {
        cells,
        next: None,
        is_at_end: false,
    };
    let within = options.header_row.map_or(HEADER_WITHIN, |row| row as usize);
    let mut first = rows.take(within, Some(within))?;
    let found = if let Some(said) = options.header_row {
        first.iter().position(|row| row.number == said)
    } else {
        let texts = first
            .iter()
            .map(|row| row.cells.iter().filter_map(|(_, value)| text_of(value)));
        find_header(texts, &|text| sink.is_header(text)).map(|(index, _)| index)
    };
    let Some(index) = found else {
        sink.no_header(table);
        return Ok(());
    };
    let below = first.split_off(index + 1);
    if sink.table(head_of(table, &first[index], index)) == Interest::PassOver {
        return Ok(());
    }
    let mut last = first[index].number;
    let mut more = below;
    loop {
        sink.block(block_of(more, &mut last));
        more = rows.take(BLOCK_ROWS, None)?;
        if more.is_empty() {
            return Ok(());
        }
    }
}

/// The rows as a block; `last` is the number of the row before them, and becomes that of their last one.
fn block_of(rows: Vec<SheetRow>, last: &mut u32) -> Block {
    let before = *last;
    *last = rows.last().map_or(before, |row| row.number);
    let gaps = u64::from(last.saturating_sub(before)).saturating_sub(rows.len() as u64);
    Block(Rows::Sheet(rows, gaps))
}

fn head_of(table: &Arc<TableName>, row: &SheetRow, rows_above: usize) -> TableHead {
    let width = row
        .cells
        .last()
        .map_or(0, |(column, _)| *column as usize + 1);
    let mut headers = vec![String::new(); width];
    for (column, value) in &row.cells {
        if let Some(text) = text_of(value) {
            text.trim().clone_into(&mut headers[*column as usize]);
        }
    }
    TableHead {
        name: Arc::clone(table),
        row: row.number,
        line: None,
        headers,
        delimiter: None,
        encoding: None,
        blank_above: u64::from(row.number) - 1 - rows_above as u64,
    }
}

fn text_of(value: &CellValue) -> Option<&str> {
    match value {
        CellValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Rows out of the stream of cells.
struct SheetRows<'a, RS: Read + Seek> {
    cells: XlsxCellReader<'a, RS>,
    /// The first row that was not handed out yet.
    next: Option<SheetRow>,
    /// The reader must not be asked again once it said that there is nothing more.
    is_at_end: bool,
}

impl<RS: Read + Seek> SheetRows<'_, RS> {
    /// The next rows that hold something, `most` at most, and none below the row `last` if it is given.
    fn take(&mut self, most: usize, last: Option<usize>) -> Result<Vec<SheetRow>, String> {
        let mut rows: Vec<SheetRow> = Vec::new();
        let is_beyond = |row: &SheetRow| last.is_some_and(|last| row.number as usize > last);
        while rows.len() < most {
            if self.next.as_ref().is_some_and(is_beyond) {
                break;
            }
            match self.next_row()? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }

    fn next_row(&mut self) -> Result<Option<SheetRow>, String> {
        if self.is_at_end {
            return Ok(None);
        }
        let Self {
            cells,
            next,
            is_at_end,
        } = self;
        guarded(|| {
            loop {
                let Some(cell) = cells.next_cell().map_err(|error| in_words(&error))? else {
                    *is_at_end = true;
                    return Ok(next.take());
                };
                let (row, column) = cell.get_position();
                let Some(value) = value_of(cell.get_value()) else {
                    continue;
                };
                let number = row + 1;
                match next {
                    Some(current) if current.number == number => put(current, column, value),
                    _ => {
                        let begun = SheetRow {
                            number,
                            cells: vec![(column, value)],
                        };
                        if let Some(done) = next.replace(begun) {
                            return Ok(Some(done));
                        }
                    }
                }
            }
        })
    }
}

/// Cells come in the order of their columns in every workbook but a broken one.
fn put(row: &mut SheetRow, column: u32, value: CellValue) {
    match row.cells.last() {
        Some((last, _)) if *last >= column => {
            match row.cells.binary_search_by_key(&column, |(at, _)| *at) {
                Ok(at) => row.cells[at].1 = value,
                Err(at) => row.cells.insert(at, (column, value)),
            }
        }
        _ => row.cells.push((column, value)),
    }
}

fn value_of(data: &DataRef<'_>) -> Option<CellValue> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => CellValue::Text(text.as_str().into()),
        DataRef::SharedString(text) => CellValue::Text((*text).into()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a workbook's numbers are doubles"
        )]
        DataRef::Int(number) => CellValue::Number(*number as f64),
        DataRef::Float(number) => CellValue::Number(*number),
        DataRef::Bool(flag) => CellValue::Flag(*flag),
        DataRef::DateTime(moment) => CellValue::Text(date_text(*moment).into()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            CellValue::Text(text.as_str().into())
        }
        DataRef::Error(error) => CellValue::Error(error.to_string().into()),
    })
}

/// A date in ISO 8601; midnight is left out.
fn date_text(date: calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn in_words(error: &XlsxError) -> String {
    error.to_string()
}

/// Runs a piece of calamine, whose panics on damaged workbooks become errors.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("its parts contradict each other".to_owned()))
}
