//! Reads tables from CSV and XLSX files, told apart by their content. Each cell has a place.
//!
//! Uses `model` for places and diagnostics, and knows no field of the API: whether a header means something is asked of
//! the [`Sink`]. The decision to know: tables are pushed to the sink in [`Block`]s of rows, so that a million rows never
//! stand in memory at once and blocks can be checked on several cores.

mod block;
mod csv;
mod error;
mod source;
mod table;
mod xlsx;

use std::io::Read;

pub(crate) use self::block::RowView;
pub use self::block::{Block, Value};
use self::csv::is_utf16;
pub use self::error::InputError;
use self::error::unreadable;
pub use self::source::Source;
pub(crate) use self::table::{FirstRow, HEADER_WITHIN, HiddenRows, is_same_sheet};
pub use self::table::{Interest, ReadOptions, Sink, SkipReason, TableHead};

/// Reads all tables of `source` into `sink`.
///
/// # Errors
///
/// If the file is no table, is damaged, or ends within a quote. Rows before the damage have been handed over by then.
pub fn read(source: &Source, options: &ReadOptions, sink: &mut dyn Sink) -> Result<(), InputError> {
    let place = source.place();
    let mut start = Vec::new();
    let read = source.reader().take(256).read_to_end(&mut start);
    read.map_err(|error| source.failed(error))?;
    let content = source.reader();
    match start.as_slice() {
        [] => {
            let help = "check that this is the file you meant, and that it was saved";
            Err(unreadable("the file is empty", help).at(place))
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] => xlsx::read(source.name(), &content, options, sink),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(xlsx::refuse_ole(content).at(place)),
        _ if start.contains(&0) && !is_utf16(&start) && options.encoding.is_none() => {
            let help = "give a .csv, .tsv, .xlsx or .xlsm file";
            Err(unreadable("this is neither a CSV nor an XLSX file", help).at(place))
        }
        _ => csv::read(source.name(), content, &start, options, sink),
    }
}
