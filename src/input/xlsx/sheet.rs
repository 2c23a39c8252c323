//! One sheet: calamine reads its cells behind the scan, and its rows, with what the scan found of them, go to the sink.

use std::collections::HashMap;
use std::sync::Arc;

use calamine::{DataRef, Xlsx, XlsxCellReader};

use super::gate::{Findings, Gate, GatedReader, OddCell};
use super::guard::{contradiction, guarded, in_words};
use super::limits::LONGEST_ROW;
use super::notes::Notes;
use super::part::too_large;
use super::reference::CellRange;
use super::scan::SheetError;
use super::values::{NumberFormat, put};
use crate::input::block::{Block, SheetBlock, SheetRow, SheetValue};
use crate::input::table::{
    FirstRow, HEADER_WITHIN, Interest, NAMED_WITHIN, ReadOptions, Sink, SkipReason, TableHead,
    find_header, likely_header,
};
use crate::model::TableName;

/// How much a block holds: rows, cells, bytes of text. Whichever is reached first ends it. A fuzz target's sheets are
/// small and shall have several blocks all the same.
const BLOCK_ROWS: usize = if cfg!(fuzzing) { 3 } else { 512 };
const BLOCK_CELLS: usize = 1 << 15;
const BLOCK_TEXT: usize = 1 << 20;

/// Reads the sheet `name`, which the scan is ahead of, into `sink` as the table `table`.
pub(super) fn read_sheet<'a>(
    workbook: &mut Xlsx<GatedReader<'a>>,
    name: &str,
    gate: &'a Gate,
    table: &Arc<TableName>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), SheetError> {
    let cells = guarded(|| {
        workbook
            .worksheet_cells_reader(name)
            .map_err(|error| in_words(&error))
    })?;
    let mut rows = RowReader::new(cells, gate);
    // The rows that the header row is sought among.
    let within = Some(HEADER_WITHIN);
    let mut block = guarded(|| rows.block(options.header_row.or(within)))?;
    let is_candidate = |row: &&SheetRow| options.header_row.is_none_or(|given| row.number == given);
    let candidates = block.rows.iter().filter(is_candidate);
    let mut above: Vec<FirstRow> = candidates.map(|row| first_row(&block, row)).collect();
    let Some((_, index)) = find_header(std::slice::from_ref(&above), options, sink) else {
        let more = guarded(|| rows.block(Some(NAMED_WITHIN)))?;
        let rows = [&block, &more].into_iter();
        let rows = rows.flat_map(|block| block.rows.iter().map(|row| first_row(block, row)));
        let likely = likely_header(vec![rows.collect()], sink);
        sink.skipped(table, SkipReason::NoHeader(likely.as_ref()));
        return Ok(());
    };
    above.truncate(index + 1);
    let header = above.remove(index);
    // The header's place in the block: only it may be a candidate.
    let index = block.rows.partition_point(|row| row.number < header.number);
    let blank_above = u64::from(header.number) - 1 - index as u64;
    if options.header_row.is_some() {
        above.clear();
    }
    let head = TableHead {
        name: Arc::clone(table),
        header,
        delimiter: None,
        encoding: None,
        blank_above,
        above,
    };
    let mut notes = Notes::new(&head, options.hidden_rows);
    if sink.table(head) == Interest::Skip {
        return Ok(());
    }
    block.rows.drain(..=index);
    loop {
        notes.pass(&mut block);
        sink.block(Block(Box::new(block)));
        block = guarded(|| rows.block(None))?;
        if block.rows.is_empty() {
            break;
        }
    }
    for diagnostic in notes.diagnostics(&rows.merged()?) {
        sink.diagnostic(diagnostic);
    }
    Ok(())
}

fn first_row(block: &SheetBlock, row: &SheetRow) -> FirstRow {
    let cells = block.cells_of(row);
    let width = cells.last().map_or(0, |(last, _)| *last as usize + 1);
    let mut texts = vec![String::new(); width];
    for (column, value) in cells {
        if let SheetValue::Text(text) = value {
            let text = block.text_at(text).trim();
            text.clone_into(&mut texts[*column as usize]);
        }
    }
    FirstRow {
        number: row.number,
        line: None,
        cells: texts,
    }
}

/// Reads the rows of a sheet.
pub(super) struct RowReader<'w, 'a> {
    cells: XlsxCellReader<'w, GatedReader<'a>>,
    gate: &'a Gate,
    /// How many cells calamine has shown, and whether these were all.
    read: u64,
    is_at_end: bool,
    /// What the scan has found in the first cells.
    known: Findings,
    /// The first cell of the next block.
    carried: Option<FilledCell<'w>>,
    /// How cells of the styles so far show numbers.
    formats: HashMap<usize, NumberFormat>,
    /// Cells and bytes of text of the last block, for which the next one makes room.
    room: (usize, usize),
}

/// A cell that holds something.
struct FilledCell<'w> {
    /// From 1.
    row: u32,
    /// From 0.
    column: u32,
    content: Content<'w>,
}

enum Content<'w> {
    Data(DataRef<'w>, NumberFormat),
    Odd(OddCell),
}

/// The row that cells are added to.
struct OpenRow {
    number: u32,
    first_cell: usize,
    first_byte: usize,
    is_in_order: bool,
}

impl<'w, 'a> RowReader<'w, 'a> {
    pub(super) fn new(cells: XlsxCellReader<'w, GatedReader<'a>>, gate: &'a Gate) -> Self {
        Self {
            formats: HashMap::new(),
            cells,
            gate,
            read: 0,
            is_at_end: false,
            known: Findings::default(),
            carried: None,
            room: (0, 0),
        }
    }

    /// The next rows that hold something, none of them below the row `last` if it is given. No rows are the end.
    pub(super) fn block(&mut self, last: Option<u32>) -> Result<SheetBlock, SheetError> {
        let mut block = SheetBlock {
            cells: Vec::with_capacity(self.room.0),
            text: String::with_capacity(self.room.1),
            ..SheetBlock::default()
        };
        let mut open: Option<OpenRow> = None;
        while let Some(cell) = self.next()? {
            let mut row = match open.take() {
                Some(row) if row.number == cell.row => row,
                done => {
                    if let Some(done) = done {
                        self.close(&done, &mut block)?;
                    }
                    if is_full(&block) || last.is_some_and(|last| cell.row > last) {
                        self.carried = Some(cell);
                        break;
                    }
                    OpenRow {
                        number: cell.row,
                        first_cell: block.cells.len(),
                        first_byte: block.text.len(),
                        is_in_order: true,
                    }
                }
            };
            if let Some(value) = value(&mut block, &cell.content) {
                let before = block.cells[row.first_cell..].last();
                row.is_in_order &= before.is_none_or(|(column, _)| *column < cell.column);
                block.cells.push((cell.column, value));
            }
            if block.text.len() - row.first_byte > LONGEST_ROW {
                return Err(SheetError {
                    problem: too_large("a row is longer than 16 MB"),
                    row: Some(row.number),
                });
            }
            open = Some(row);
        }
        if let Some(done) = open {
            self.close(&done, &mut block)?;
        }
        self.room = (block.cells.len(), block.text.len());
        Ok(block)
    }

    /// The next cell that holds something.
    fn next(&mut self) -> Result<Option<FilledCell<'w>>, SheetError> {
        if let Some(cell) = self.carried.take() {
            return Ok(Some(cell));
        }
        while !self.is_at_end {
            let index = self.read;
            let (row, column, content) = match self.cells.next_cell_with_style_id() {
                Ok(None) => {
                    self.is_at_end = true;
                    break;
                }
                Ok(Some((cell, style))) => {
                    self.read += 1;
                    let (row, column) = cell.get_position();
                    let content = match cell.get_value() {
                        data if is_empty(data) => match self.odd(index)? {
                            Some(odd) => Content::Odd(odd),
                            None => continue,
                        },
                        data => {
                            let styles = self.cells.styles();
                            let format = || {
                                styles
                                    .get(style)
                                    .map(NumberFormat::of_style)
                                    .unwrap_or_default()
                            };
                            let format = *self.formats.entry(style).or_insert_with(format);
                            Content::Data(data.clone(), format)
                        }
                    };
                    (row + 1, column, content)
                }
                // An error value that calamine does not know is no reason to stop.
                Err(error) => match self.odd(index)? {
                    Some(odd @ OddCell::Error { row, column, .. }) => {
                        self.read += 1;
                        (row, column, Content::Odd(odd))
                    }
                    _ => return Err(in_words(&error).into()),
                },
            };
            return Ok(Some(FilledCell {
                row,
                column,
                content,
            }));
        }
        Ok(None)
    }

    /// What the scan has found of the cell with this index.
    fn odd(&mut self, index: u64) -> Result<Option<OddCell>, SheetError> {
        self.know(index)?;
        let odd = &mut self.known.odd;
        while odd.front().is_some_and(|(found, _)| *found < index) {
            odd.pop_front();
        }
        let odd = odd.pop_front_if(|(found, _)| *found == index);
        Ok(odd.map(|(_, odd)| odd))
    }

    /// Waits until the scan has seen the cell with this index.
    fn know(&mut self, index: u64) -> Result<(), SheetError> {
        if self.known.cells <= index {
            let findings = self.gate.findings(index);
            self.known.extend(findings.map_err(|_| contradiction())?);
            if self.known.cells <= index {
                return Err(contradiction().into());
            }
        }
        Ok(())
    }

    fn close(&mut self, row: &OpenRow, block: &mut SheetBlock) -> Result<(), SheetError> {
        if !row.is_in_order {
            // Of two cells in one place the later one counts.
            let mut cells = block.cells.split_off(row.first_cell);
            cells.reverse();
            cells.sort_by_key(|(column, _)| *column);
            cells.dedup_by_key(|(column, _)| *column);
            block.cells.append(&mut cells);
        }
        if block.cells.len() > row.first_cell {
            self.know(self.read - 1)?;
            block.rows.push(SheetRow {
                number: row.number,
                is_hidden: self.known.hidden.binary_search(&row.number).is_ok(),
                cells: row.first_cell..block.cells.len(),
            });
        }
        Ok(())
    }

    /// The merged ranges, which come after all rows.
    pub(super) fn merged(mut self) -> Result<Vec<CellRange>, SheetError> {
        let findings = self.gate.findings(u64::MAX);
        self.known.extend(findings.map_err(|_| contradiction())?);
        if self.known.cells != self.read {
            return Err(contradiction().into());
        }
        Ok(self.known.merged)
    }
}

fn value(block: &mut SheetBlock, content: &Content<'_>) -> Option<SheetValue> {
    match content {
        Content::Data(data, format) => put(block, data, *format),
        Content::Odd(OddCell::FormulaWithoutValue) => Some(SheetValue::FormulaWithoutValue),
        Content::Odd(OddCell::Text(text)) => Some(SheetValue::Text(block.keep(text)?)),
        Content::Odd(OddCell::Error { text, .. }) => Some(SheetValue::Error(block.keep(text)?)),
    }
}

fn is_empty(data: &DataRef<'_>) -> bool {
    match data {
        DataRef::Empty => true,
        DataRef::String(text) | DataRef::DateTimeIso(text) => text.is_empty(),
        _ => false,
    }
}

fn is_full(block: &SheetBlock) -> bool {
    block.rows.len() >= BLOCK_ROWS
        || block.cells.len() >= BLOCK_CELLS
        || block.text.len() >= BLOCK_TEXT
}
