//! One sheet: calamine reads its cells behind the scan, and its rows go to the sink.

use std::sync::Arc;

use calamine::{Xlsx, XlsxError};

use super::gate::{Gate, GatedReader};
use super::guard::guarded;
use super::notes::Notes;
use super::part::damaged;
use super::rows::RowReader;
use super::scan::SheetError;
use crate::input::block::{Block, Rows, SheetBlock, SheetRow, SheetValue};
use crate::input::error::InputErrorKind;
use crate::input::header::{HEADER_WITHIN, Match, find_header};
use crate::input::options::ReadOptions;
use crate::input::sink::{Interest, Sink, SkipReason, TableHead};
use crate::model::TableName;

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
    let within = u32::try_from(HEADER_WITHIN).ok();
    let mut block = guarded(|| rows.block(options.header_row.or(within)))?;
    let Some(index) = header_index(&block, options, sink) else {
        let texts = block.rows.first().map(|row| texts_of(&block, row));
        let texts: Vec<String> = texts.into_iter().flatten().map(str::to_owned).collect();
        sink.skipped(table, SkipReason::NoHeader(&texts));
        return Ok(());
    };
    let head = head_of(table, &block, index);
    let mut notes = Notes::new(&head, options.hidden_rows);
    if sink.table(head) == Interest::Skip {
        return Ok(());
    }
    block.rows.drain(..=index);
    loop {
        notes.pass(&mut block);
        sink.block(Block(Rows::Sheet(block)));
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

fn header_index(block: &SheetBlock, options: &ReadOptions, sink: &dyn Sink) -> Option<usize> {
    let mut rows = block.rows.iter();
    if let Some(said) = options.header_row {
        return rows.position(|row| row.number == said);
    }
    let rows: Vec<Vec<&str>> = rows.map(|row| texts_of(block, row).collect()).collect();
    let found =
        find_header(&rows, sink, Match::Exact).or_else(|| find_header(&rows, sink, Match::Near));
    found.map(|(index, _)| index)
}

fn head_of(table: &Arc<TableName>, block: &SheetBlock, index: usize) -> TableHead {
    let row = &block.rows[index];
    let cells = block.cells_of(row);
    let width = cells.last().map_or(0, |(last, _)| *last as usize + 1);
    let mut headers = vec![String::new(); width];
    for (column, value) in cells {
        if let SheetValue::Text(text) = value {
            let text = block.text_at(text).trim();
            text.clone_into(&mut headers[*column as usize]);
        }
    }
    TableHead {
        name: Arc::clone(table),
        row: row.number,
        line: None,
        headers,
        delimiter: None,
        encoding: None,
        blank_above: u64::from(row.number) - 1 - index as u64,
    }
}

fn texts_of<'b>(block: &'b SheetBlock, row: &SheetRow) -> impl Iterator<Item = &'b str> {
    let cells = block.cells_of(row).iter();
    cells.filter_map(|(_, value)| match value {
        SheetValue::Text(text) => Some(block.text_at(text)),
        _ => None,
    })
}

/// What calamine says of a workbook that it cannot read.
pub(super) fn in_words(error: &XlsxError) -> InputErrorKind {
    match error {
        XlsxError::Password => InputErrorKind::Encrypted,
        error => damaged(&error.to_string()),
    }
}
