//! One sheet: a thread scans it, one puts its rows together, and this one hands them to the sink.
//!
//! The decision to know: whoever stops first closes its end of a channel, at which the thread before it stops too; so a
//! sheet that nobody wants is left after its first rows.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope, scope};

use calamine::Xlsx;

use super::facts::{self, Facts, SheetError};
use super::guard::{contradiction, guarded};
use super::limits::UNPACKED;
use super::package::Package;
use super::part::{Part, damaged};
use super::ranges::CellRange;
use super::rows::{SheetRows, in_words};
use super::scan::scan;
use super::surroundings::Surroundings;
use crate::input::block::{Block, Rows, SheetBlock, SheetRow, SheetValue};
use crate::input::header::{HEADER_WITHIN, find_header};
use crate::input::options::ReadOptions;
use crate::input::positioned::Positioned;
use crate::input::read::{Interest, Sink, TableHead};
use crate::model::TableName;

/// Blocks that may be ready before the sink wants them.
const BLOCKS_AHEAD: usize = 3;

/// Merged cells that may wait for the header row to be found.
const MOST_MERGED: usize = 1 << 16;

enum Message {
    Block(SheetBlock),
    Merged(CellRange),
    End(Result<(), SheetError>),
}

/// A sheet of a workbook that was found sound.
pub(super) struct Sheet<'s, 'a> {
    pub workbook: &'s mut Xlsx<Positioned<'a>>,
    pub package: &'s mut Package<'a>,
    pub name: &'s str,
    pub part: &'s str,
}

impl<'a: 's, 's> Sheet<'s, 'a> {
    /// Reads it into `sink` as the table `table`.
    pub fn read(
        self,
        table: &Arc<TableName>,
        options: &ReadOptions,
        sink: &mut dyn Sink,
    ) -> Result<(), SheetError> {
        let Self {
            workbook,
            package,
            name,
            part,
        } = self;
        let bytes = package
            .part(part, UNPACKED)?
            .ok_or_else(|| damaged(&format!("its part {part} is missing")))?;
        scope(|threads| {
            let (found, facts) = facts::channel();
            let (rows, messages) = sync_channel(BLOCKS_AHEAD);
            start(threads, move || {
                // What panics drops its end of the channel, which is an error at the other.
                let _ = guarded(|| {
                    scan(Part::new(bytes), found);
                    Ok::<_, SheetError>(())
                });
            })?;
            // The rows that the header row is sought among.
            let within = options
                .header_row
                .or_else(|| u32::try_from(HEADER_WITHIN).ok());
            start(threads, move || {
                let done = guarded(|| send_rows(workbook, name, facts, within, &rows));
                // Whoever has stopped listening has a reason of its own.
                let _ = rows.send(Message::End(done));
            })?;
            receive(&messages, table, options, sink)
        })
    }
}

fn start<'scope>(
    threads: &'scope Scope<'scope, '_>,
    work: impl FnOnce() + Send + 'scope,
) -> Result<(), SheetError> {
    let started: io::Result<_> = Builder::new().spawn_scoped(threads, work);
    let started = started.map_err(crate::input::error::InputErrorKind::from);
    Ok(started.map(|_| ())?)
}

/// Reads the sheet and sends its rows, first those that the header row is sought among.
fn send_rows(
    workbook: &mut Xlsx<Positioned<'_>>,
    name: &str,
    mut facts: Facts,
    within: Option<u32>,
    to: &SyncSender<Message>,
) -> Result<(), SheetError> {
    let mut merged = |range| {
        // Sending the next block tells whether anyone listens.
        let _ = to.send(Message::Merged(range));
    };
    facts.wait(&mut merged)?;
    let cells = workbook.worksheet_cells_reader(name);
    let cells = cells.map_err(|error| in_words(&error))?;
    let mut rows = SheetRows::new(cells, facts);
    let mut last = within;
    loop {
        let block = rows.block(last, &mut merged)?;
        let is_end = block.rows.is_empty() && last.is_none();
        if is_end || to.send(Message::Block(block)).is_err() {
            return Ok(());
        }
        last = None;
    }
}

/// Hands the rows to the sink as they come.
fn receive(
    messages: &Receiver<Message>,
    table: &Arc<TableName>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), SheetError> {
    let mut merged = Vec::new();
    let mut first = loop {
        match messages.recv() {
            Ok(Message::Block(block)) => break block,
            // A sheet that ends among its first rows and has more is not worth the memory.
            Ok(Message::Merged(range)) if merged.len() < MOST_MERGED => merged.push(range),
            Ok(Message::Merged(_)) => {}
            Ok(Message::End(Err(error))) => return Err(error),
            Ok(Message::End(Ok(()))) | Err(_) => return Err(contradiction().into()),
        }
    };
    let found = if let Some(said) = options.header_row {
        first.rows.iter().position(|row| row.number == said)
    } else {
        let texts = first.rows.iter().map(|row| texts_of(&first, row));
        find_header(texts, &|text| sink.is_header(text)).map(|(index, _)| index)
    };
    let Some(index) = found else {
        sink.no_header(table);
        return Ok(());
    };
    let head = head_of(table, &first, index);
    let mut surroundings = Surroundings::of(&head, options.hidden_rows);
    if sink.table(head) == Interest::PassOver {
        return Ok(());
    }
    for range in merged {
        surroundings.merged(range);
    }
    first.rows.drain(..=index);
    let mut next = Some(first);
    loop {
        if let Some(mut block) = next.take() {
            surroundings.look_at(&mut block);
            sink.block(Block(Rows::Sheet(block)));
        }
        match messages.recv() {
            Ok(Message::Block(block)) => next = Some(block),
            Ok(Message::Merged(range)) => surroundings.merged(range),
            Ok(Message::End(end)) => {
                end?;
                surroundings.told().for_each(|told| sink.tell(told));
                return Ok(());
            }
            Err(_) => return Err(contradiction().into()),
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
