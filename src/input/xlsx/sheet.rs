//! One sheet: a thread scans it, one reads its cells, and this one puts the rows together and hands them to the sink.
//!
//! The decision to know: whoever stops first closes its end of a channel, at which the thread before it stops too; so a
//! sheet that nobody wants is left after its first rows.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use calamine::Xlsx;

use super::facts::{Facts, SheetError};
use super::feed::Slot;
use super::guard::guarded;
use super::handover::{self, CELLS, Message};
use super::limits::UNPACKED;
use super::package::Package;
use super::part::{Part, damaged};
use super::reader::{CellReader, More, in_words};
use super::rows::SheetRows;
use super::scan::scan;
use super::shelf::Shelf;
use super::surroundings::Surroundings;
use crate::input::block::{Block, Rows, SheetBlock, SheetRow, SheetValue};
use crate::input::error::InputErrorKind;
use crate::input::header::{HEADER_WITHIN, find_header, find_near_header};
use crate::input::options::ReadOptions;
use crate::input::read::{Interest, Sink, SkipReason, TableHead};
use crate::model::TableName;

/// Merged cells that may wait for the header row to be found.
const MOST_MERGED: usize = 1 << 16;

/// A sheet of a workbook that was found sound.
pub(super) struct Sheet<'s, 'a> {
    pub workbook: &'s mut Xlsx<Shelf<'a>>,
    pub package: &'s mut Package<'a>,
    /// Where calamine finds what was unpacked.
    pub slot: &'s Slot,
    pub name: &'s str,
    pub part: &'s str,
}

impl<'a: 's, 's> Sheet<'s, 'a> {
    /// Reads it into `sink` as the table `table`.
    pub(super) fn read(
        self,
        table: &Arc<TableName>,
        options: &ReadOptions,
        sink: &mut dyn Sink,
    ) -> Result<(), SheetError> {
        let Self {
            workbook,
            package,
            slot,
            name,
            part,
        } = self;
        let bytes = package
            .part(part, UNPACKED)?
            .ok_or_else(|| damaged(&format!("its part {part} is missing")))?;
        scope(|threads| {
            let (feeder, opened) = slot.open();
            let (cells, messages) = handover::channel();
            start(threads, move || {
                // What panics drops its end of the channel, which is an error at the other.
                let _ = guarded(|| {
                    scan(Part::new(bytes.feeding(feeder)));
                    Ok::<_, SheetError>(())
                });
            })?;
            let facts = Facts::new(slot.clone());
            start(threads, move || {
                let done = guarded(|| send_cells(workbook, name, facts, &cells));
                drop(opened);
                // Whoever has stopped listening has a reason of its own.
                let _ = cells.send(Message::End(done));
            })?;
            receive(SheetRows::new(messages), table, options, sink)
        })
    }
}

/// Starts a thread.
pub(super) fn start<'scope, T: Send + 'scope>(
    threads: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, InputErrorKind> {
    let started: io::Result<_> = Builder::new().spawn_scoped(threads, work);
    Ok(started?)
}

/// Reads the sheet and sends its cells.
fn send_cells<'w>(
    workbook: &'w mut Xlsx<Shelf<'_>>,
    name: &str,
    facts: Facts,
    to: &SyncSender<Message<'w>>,
) -> Result<(), SheetError> {
    let mut merged = |range| {
        // Sending the next cells tells whether anyone listens.
        let _ = to.send(Message::Merged(range));
    };
    let cells = workbook.worksheet_cells_reader(name).map_err(|error| {
        // If the scan has stopped, it has given calamine no more to read.
        let why = facts.check().err();
        why.unwrap_or_else(|| in_words(&error).into())
    })?;
    let mut cells = CellReader::new(cells, facts);
    loop {
        let mut next = Vec::with_capacity(CELLS);
        let end = cells.read(&mut next, &mut merged);
        if to.send(Message::Cells(next)).is_err() {
            return Ok(());
        }
        match end {
            Ok(More::Yes) => {}
            Ok(More::No) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Hands the rows to the sink as they come.
fn receive(
    mut rows: SheetRows<'_>,
    table: &Arc<TableName>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), SheetError> {
    // The rows that the header row is sought among.
    let within = options
        .header_row
        .or_else(|| u32::try_from(HEADER_WITHIN).ok());
    let mut merged = Vec::new();
    let mut first = rows.block(within, &mut |range| {
        // A sheet that ends among its first rows and has more is not worth the memory.
        if merged.len() < MOST_MERGED {
            merged.push(range);
        }
    })?;
    let found = if let Some(said) = options.header_row {
        first.rows.iter().position(|row| row.number == said)
    } else {
        let texts = || first.rows.iter().map(|row| texts_of(&first, row));
        let found = find_header(texts(), &|text| sink.is_header(text))
            .or_else(|| find_near_header(texts(), &|text| sink.is_nearly_header(text)));
        found.map(|(index, _)| index)
    };
    let Some(index) = found else {
        let texts = first.rows.first().map(|row| texts_of(&first, row));
        let texts: Vec<String> = texts.into_iter().flatten().map(str::to_owned).collect();
        sink.skipped(table, SkipReason::NoHeader(&texts));
        return Ok(());
    };
    let head = head_of(table, &first, index);
    let mut surroundings = Surroundings::of(&head, options.hidden_rows);
    if sink.table(head) == Interest::Skip {
        return Ok(());
    }
    for range in merged {
        surroundings.merged(range);
    }
    first.rows.drain(..=index);
    let mut block = first;
    loop {
        surroundings.look_at(&mut block);
        sink.block(Block(Rows::Sheet(block)));
        block = rows.block(None, &mut |range| surroundings.merged(range))?;
        if block.rows.is_empty() {
            surroundings.told().for_each(|told| sink.diagnostic(told));
            return Ok(());
        }
    }
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
