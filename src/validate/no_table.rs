//! What a table that is not read lacks, and the options that make up for it.

use std::sync::Arc;

use super::header_names::undecorated;
use super::headers::{MEANS, MOST_SHOWN, is_header};
use super::options::Options;
use crate::input::{FirstRow, HEADER_WITHIN};
use crate::model::{Code, Diagnostic, Field, Place, TableName, listed, quote_any};

/// What a row has and lacks that is most likely meant for a header row ("row 3 has the headers `Name`, `URL`, but no type"),
/// and what to do. Only headers that are known are shown: it may be a row of values after all, and a cell the secret.
pub(super) fn headerless(row: &FirstRow, options: &Options) -> (String, String) {
    let headers = row.cells.iter().filter(|cell| is_header(cell, options));
    let headers: Vec<&str> = headers.map(|cell| undecorated(cell)).collect();
    let shown = listed(&headers, MOST_SHOWN, |one| quote_any(one));
    let shown = match headers.len() {
        0 => "no known header".to_owned(),
        1 => format!("the header {shown}"),
        _ => format!("the headers {shown}"),
    };
    let has = |field: Field| {
        let mut cells = row.cells.iter();
        options.preset(field).is_some() || cells.any(|cell| options.field_of(cell) == Some(field))
    };
    let lacks = match (has(Field::Type), MEANS.into_iter().any(has)) {
        (true, false) => ", but neither an origin nor a credential",
        (false, true) => ", but no type",
        (false, false) if !headers.is_empty() => {
            ", but neither a type nor an origin or a credential"
        }
        _ => "",
    };
    let number = row.number;
    let help = if is_unsplit(row, options) {
        "each line is read as one cell: remove the quotes around the lines, or separate the cells by `,`, `;`, `|` or a tab; `--delimiter` sets which"
            .to_owned()
    } else if lacks.is_empty() && !headers.is_empty() {
        let omit = options.read.header_row.filter(|_| number <= HEADER_WITHIN);
        let omit = omit.map_or("", |_| "omit `--header-row`, or ");
        format!("{omit}pass `--header-row {number}`")
    } else {
        let find_it = match options.read.header_row {
            Some(given) if given == number => {
                "without `--header-row` the first 20 rows are searched for it".to_owned()
            }
            _ => format!("`--header-row {number}` names the row"),
        };
        format!(
            "it needs a header row with `type` and `origin`, `pat`, `username` or `password`: `--map 'HEADER=FIELD'` reads a header in other words, `--set type=GITHUB` replaces the column `type`, and {find_it}"
        )
    };
    (format!("row {number} has {shown}{lacks}"), help)
}

/// Whether a row of a CSV is one cell that holds a known header and more: in quotes, or separated by what is no delimiter.
fn is_unsplit(row: &FirstRow, options: &Options) -> bool {
    let [cell] = row.cells.as_slice() else {
        return false;
    };
    let mut parts = cell.split(|c: char| ",;:|".contains(c) || c.is_whitespace());
    row.line.is_some() && !is_header(cell, options) && parts.any(|part| is_header(part, options))
}

/// The problem of a file, all of which is at `place`, without a table of integrations; `likely` is the header row that it
/// has instead, and the table of that.
pub(super) fn no_table(
    likely: Option<(Arc<TableName>, FirstRow)>,
    options: &Options,
    place: Place,
) -> Diagnostic {
    let none = match options.read.header_row {
        Some(row) => {
            format!("there is no table with its header in row {row}, which `--header-row` names")
        }
        None => "there is no table of integrations in this file".to_owned(),
    };
    let Some((table, row)) = likely else {
        let help = match options.read.header_row {
            Some(_) => "check the row's number in the sheet, or omit `--header-row`",
            None => {
                "it needs a header row with `type` and `origin`, `pat`, `username` or `password`"
            }
        };
        return Diagnostic::new(Code::NoTable, place, none, help);
    };
    let (what, help) = headerless(&row, options);
    let place = Place::row(&table, row.number, row.line);
    Diagnostic::new(Code::NoTable, place, format!("{none}: {what}"), help)
}
