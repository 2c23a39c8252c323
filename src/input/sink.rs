//! What receives the tables.

use std::sync::Arc;

use super::block::Block;
use crate::model::{Diagnostic, Place, TableName};

/// A table's name and header row.
#[derive(Debug)]
pub struct TableHead {
    /// The table.
    pub name: Arc<TableName>,
    /// The header row's number, from 1.
    pub row: u32,
    /// The physical line of the header row in a CSV.
    pub line: Option<u64>,
    /// The headers; a column without one is blank.
    pub headers: Vec<String>,
    /// How the cells of a CSV are separated.
    pub delimiter: Option<char>,
    /// The encoding of a CSV, as far as it is known when its rows begin.
    pub encoding: Option<&'static str>,
    /// How many rows above the header row are blank.
    pub blank_above: u64,
}

/// Whether the rows of a table are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interest {
    /// Its rows are to come.
    Read,
    /// None of its rows is.
    Skip,
}

/// Why nobody is asked whether a table is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkipReason<'a> {
    /// No row has a header that is understood; this is the first row.
    NoHeader(&'a [String]),
    /// It is hidden in its workbook.
    Hidden,
    /// It holds no cells, as a sheet that is a chart does not.
    NoCells,
}

/// What receives the tables.
pub trait Sink {
    /// Whether a header is one that is understood: finds the header row and the delimiter.
    fn is_header(&self, text: &str) -> bool;

    /// Whether a header is one that is understood, or nearly: finds the header row where no header is understood.
    fn is_nearly_header(&self, text: &str) -> bool {
        self.is_header(text)
    }

    /// A table begins.
    fn table(&mut self, head: TableHead) -> Interest;

    /// A table is not read.
    fn skipped(&mut self, name: &Arc<TableName>, reason: SkipReason<'_>);

    /// A workbook has a sheet of this name, asked for or not.
    fn sheet(&mut self, name: &str);

    /// The text turned out not to be UTF-8 at `place`, where it holds `byte`, and is taken for Windows-1252.
    fn guessed_encoding(&mut self, place: Place, byte: u8);

    /// The next rows of the table that began last.
    fn block(&mut self, block: Block);

    /// A problem with the table that began last.
    fn diagnostic(&mut self, diagnostic: Diagnostic);
}

/// Whether two names are those of one sheet: spreadsheets know no case in them.
pub(crate) fn is_same_sheet(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
