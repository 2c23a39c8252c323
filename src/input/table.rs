//! How tables are to be read, and what receives them.

use std::borrow::Borrow;
use std::sync::Arc;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::block::Block;
use crate::model::{Diagnostic, TableName};

/// What becomes of rows that are hidden in a workbook, by hand or by a filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenRows {
    /// They are read like others, with a warning that lists them.
    #[default]
    Include,
    /// They are skipped, with a note that lists them.
    Skip,
    /// They are an error.
    Error,
}

/// How to read tables. The default detects everything.
///
/// The journal holds this value, so that a resumed run reads its files in the same way: its keys are stable.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// The number of the header row, from 1.
    pub header_row: Option<u32>,
    /// What separates the cells of a CSV, an ASCII character.
    pub delimiter: Option<char>,
    /// The encoding of a CSV.
    pub encoding: Option<&'static Encoding>,
    /// The only sheets to read; all if it is empty.
    pub sheets: Vec<String>,
    /// What becomes of hidden rows.
    pub hidden_rows: HiddenRows,
}

/// A table's name and header row.
#[derive(Debug)]
pub struct TableHead {
    pub name: Arc<TableName>,
    pub header: FirstRow,
    /// How the cells of a CSV are separated.
    pub delimiter: Option<char>,
    /// The encoding of a CSV, as far as it is known when its rows begin.
    pub encoding: Option<&'static str>,
    /// How many rows above the header row are blank.
    pub blank_above: u64,
    /// The other rows above the header row, unless it is the one that was asked for.
    pub above: Vec<FirstRow>,
}

/// One of the first rows of a table.
#[derive(Clone, Debug)]
pub struct FirstRow {
    /// From 1.
    pub number: u32,
    /// Its physical line in a CSV, from 1.
    pub line: Option<u64>,
    /// What its cells have of text; a column without any is blank.
    pub cells: Vec<String>,
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
#[derive(Clone, Copy, Debug)]
pub enum SkipReason<'a> {
    /// None of the first rows has a header that is understood; this is the most likely one.
    NoHeader(Option<&'a FirstRow>),
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

    /// The next rows of the table that began last.
    fn block(&mut self, block: Block);

    /// A problem with the table that began last.
    fn diagnostic(&mut self, diagnostic: Diagnostic);
}

/// Whether two names are those of one sheet: spreadsheets know no case in them.
pub(crate) fn is_same_sheet(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// How many rows the header row is sought among; titles above the headers are common.
pub(crate) const HEADER_WITHIN: u32 = 20;

/// The table and the row of it that have the most headers that `sink` understands: the first one of those, or of those with
/// the number that is asked for. Where no row has any, two that are nearly understood are enough; to find those takes far
/// longer.
///
/// `tables` is more than one where a text is cut in several ways.
pub(super) fn find_header(
    tables: &[Vec<impl Borrow<FirstRow>>],
    options: &ReadOptions,
    sink: &dyn Sink,
) -> Option<(usize, usize)> {
    let is_candidate = |index: usize, row: &FirstRow| match options.header_row {
        Some(given) => row.number == given,
        None => index < HEADER_WITHIN as usize,
    };
    let most_headers = |fewest: usize, is_header: &dyn Fn(&str) -> bool| {
        best_row(tables, |index, row| {
            let headers = is_candidate(index, row).then(|| count(row, is_header));
            headers.filter(|headers| *headers >= fewest)
        })
    };
    let fewest = usize::from(options.header_row.is_none());
    most_headers(fewest, &|text| sink.is_header(text))
        .or_else(|| most_headers(2, &|text| sink.is_nearly_header(text)))
}

/// How many rows are searched for a header row to name, where there is none among the first.
pub(super) const NAMED_WITHIN: u32 = 200;

/// The row that is most likely meant for the header row, as it has the most headers, or else the most cells with text.
///
/// `tables` are several where a text is cut in several ways.
pub(super) fn likely_header(mut tables: Vec<Vec<FirstRow>>, sink: &dyn Sink) -> Option<FirstRow> {
    let (table, row) = best_row(&tables, |_, row| {
        let headers = count(row, &|cell| sink.is_header(cell));
        Some((headers, count(row, &|cell| !cell.is_empty())))
    })?;
    Some(tables.swap_remove(table).swap_remove(row))
}

/// The table and the row of it whose `key`, by the row's index and itself, is the greatest: the first one of those.
fn best_row<K: Copy + Ord>(
    tables: &[Vec<impl Borrow<FirstRow>>],
    key: impl Fn(usize, &FirstRow) -> Option<K>,
) -> Option<(usize, usize)> {
    let places = tables.iter().enumerate();
    let places = places.flat_map(|(table, rows)| (0..rows.len()).map(move |row| (table, row)));
    let keyed = places.rev().filter_map(|(table, row)| {
        let key = key(row, tables[table][row].borrow())?;
        Some((key, (table, row)))
    });
    keyed.max_by_key(|(key, _)| *key).map(|(_, place)| place)
}

fn count(row: &FirstRow, is_counted: &dyn Fn(&str) -> bool) -> usize {
    row.cells.iter().filter(|cell| is_counted(cell)).count()
}
