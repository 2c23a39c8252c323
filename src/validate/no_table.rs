//! What a table that is not read lacks, and the options that make up for it.

use super::header_names::undecorated;
use super::headers::{MEANS, MOST_SHOWN, is_header};
use super::options::Options;
use crate::input::FirstRow;
use crate::model::{Code, Diagnostic, Field, Place, listed, quote_any};

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
    let help = format!(
        "it needs a header row with `type` and `origin`, `pat`, `username` or `password`: `--map 'HEADER=FIELD'` reads a header in other words, `--set type=GITHUB` replaces the column `type`, and `--header-row {}` names the row",
        row.number
    );
    (format!("row {} has {shown}{lacks}", row.number), help)
}

/// The problem of a file, all of which is at `place`, without a table of integrations; `likely` is the header row that it
/// has instead.
pub(super) fn no_table(likely: Option<FirstRow>, options: &Options, place: Place) -> Diagnostic {
    let none = match options.read.header_row {
        Some(row) => {
            format!("there is no table with its header in row {row}, which `--header-row` names")
        }
        None => "there is no table of integrations in this file".to_owned(),
    };
    let Some(row) = likely else {
        let help = match options.read.header_row {
            Some(_) => "check the row's number in the sheet, or omit `--header-row`",
            None => {
                "it needs a header row with `type` and `origin`, `pat`, `username` or `password`"
            }
        };
        return Diagnostic::new(Code::NoTable, place, none, help);
    };
    let (what, help) = headerless(&row, options);
    let place = Place::row(&place.table, row.number, row.line);
    Diagnostic::new(Code::NoTable, place, format!("{none}: {what}"), help)
}
