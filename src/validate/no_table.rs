//! What a file has in place of a header row that is known, and the options that make it one.

use std::sync::Arc;

use super::header_names::{field_of, undecorated};
use super::headers::{MEANS, MOST_SHOWN, is_header};
use super::options::Options;
use super::tokens::holds_token;
use crate::input::{FirstRow, HEADER_WITHIN};
use crate::model::{Code, Diagnostic, Field, IntegrationType, Place, TableName, listed, quote_any};

/// The row of a table that is not read which is most likely meant for its header row.
pub(super) struct LikelyHeader {
    table: Arc<TableName>,
    row: FirstRow,
    /// Its headers above types and addresses. No other cell of it may be shown: it may be a row of values after all, and the
    /// cell a secret.
    guessed: Vec<(String, Field)>,
}

impl LikelyHeader {
    pub(super) fn new(table: &Arc<TableName>, row: &FirstRow, below: &[FirstRow]) -> Self {
        Self {
            table: Arc::clone(table),
            row: row.clone(),
            guessed: guess_fields(row, below),
        }
    }

    /// Those of its cells that may be shown: headers that are known, and those above types and addresses.
    pub(super) fn headers(&self, options: &Options) -> Vec<&str> {
        let is_shown = |cell: &&String| {
            is_header(cell, options) || self.guessed.iter().any(|(header, _)| header == *cell)
        };
        let cells = self.row.cells.iter().filter(is_shown);
        cells.map(|cell| undecorated(cell)).collect()
    }

    /// Its headers, and what it lacks as a header row: "row 3 has the headers `Name`, `URL`, but no type".
    pub(super) fn description(&self, options: &Options) -> String {
        let headers = self.headers(options);
        let shown = match headers.as_slice() {
            [] => "no known header".to_owned(),
            [one] => format!("the header {}", quote_any(one)),
            headers => format!(
                "the headers {}",
                listed(headers, MOST_SHOWN, |one| quote_any(one))
            ),
        };
        let is_known = self.row.cells.iter().any(|cell| is_header(cell, options));
        let lacks = match (self.has(Field::Type, options), self.has_means(options)) {
            _ if headers.is_empty() => "",
            _ if !is_known => ", none of which is known",
            (true, true) => "",
            (true, false) => ", but neither an origin nor a credential",
            (false, true) => ", but no type",
            (false, false) => ", but neither a type nor an origin or a credential",
        };
        format!("row {} has {shown}{lacks}", self.row.number)
    }

    fn has(&self, field: Field, options: &Options) -> bool {
        let mut cells = self.row.cells.iter();
        options.preset(field).is_some() || cells.any(|cell| options.field_of(cell) == Some(field))
    }

    fn has_means(&self, options: &Options) -> bool {
        MEANS.into_iter().any(|field| self.has(field, options))
    }

    /// The options that make it a header row, ready to be copied; none if it takes new headers, or is a row of values.
    pub(super) fn options_to_read_it(&self, options: &Options) -> Option<String> {
        let mut words = Vec::new();
        if options.read.header_row.is_none() && self.row.number > HEADER_WITHIN {
            words.push(format!("--header-row {}", self.row.number));
        }
        let guess = |wanted: Field| {
            let guess = self.guessed.iter().find(|(_, field)| *field == wanted);
            guess.filter(|_| !self.has(wanted, options))
        };
        let mapped: Vec<_> = [Field::Type, Field::Origin]
            .into_iter()
            .filter_map(guess)
            .collect();
        let is_mapped = |field| mapped.iter().any(|(_, mapped)| *mapped == field);
        if !self.has_means(options) && !MEANS.into_iter().any(is_mapped) {
            return None;
        }
        words.extend(mapped.iter().map(|(header, field)| {
            let header = undecorated(header)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            format!("--map {}", quoted(&format!("{header}={field}")))
        }));
        if !self.has(Field::Type, options) && !is_mapped(Field::Type) {
            let sheet = self.table.sheet.as_deref();
            let named = sheet.and_then(IntegrationType::meant_by);
            let sheet = sheet.map(|name| format!("--sheet {} ", quoted(name)));
            let set = named.unwrap_or(IntegrationType::GitHub);
            words.push(format!("{}--set type={set}", sheet.unwrap_or_default()));
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The message and the help of the note that its sheet is not read for this reason.
    pub(super) fn note(&self, reason: &str, options: &Options) -> (String, Option<String>) {
        if self.headers(options).is_empty() {
            return (reason.to_owned(), None);
        }
        let words = self.options_to_read_it(options);
        let words = words.map(|words| format!(" or, for example, pass `{words}`"));
        let help = format!(
            "if it has integrations, rename its headers{}",
            words.unwrap_or_default()
        );
        (
            format!("{reason}: {}", self.description(options)),
            Some(help),
        )
    }
}

/// The headers of a row above types and addresses. None if it is probably a row of values: headers are all words, and two of
/// them are above a type and an address, which they are not.
fn guess_fields(row: &FirstRow, below: &[FirstRow]) -> Vec<(String, Field)> {
    let filled = row.cells.iter().filter(|cell| !cell.is_empty());
    if !filled.clone().all(|cell| is_label(cell)) {
        return Vec::new();
    }
    let guess = |values: &FirstRow| {
        let cells = row.cells.iter().zip(&values.cells);
        let cells =
            cells.filter(|(header, _)| !header.is_empty() && field_by_form(header).is_none());
        let cells =
            cells.filter_map(|(header, value)| Some((header.clone(), field_by_form(value)?)));
        cells.collect::<Vec<_>>()
    };
    let mut guesses = below.iter().map(guess);
    guesses
        .find(|guess| {
            let has = |field| guess.iter().any(|(_, guessed)| *guessed == field);
            has(Field::Type) && has(Field::Origin)
        })
        .unwrap_or_default()
}

/// Whether a cell may be a header: a few words, with or without decorations.
fn is_label(cell: &str) -> bool {
    const LONGEST: usize = 40;
    let name = undecorated(cell);
    let is_of_word = |c: char| c.is_alphabetic() || c.is_whitespace() || "-_/&".contains(c);
    !name.is_empty()
        && name.chars().count() <= LONGEST
        && name.chars().all(is_of_word)
        && !holds_token(name)
}

/// The field that a cell probably belongs to.
fn field_by_form(cell: &str) -> Option<Field> {
    if cell.contains("://") {
        Some(Field::Origin)
    } else {
        let named = IntegrationType::from_name(cell).or_else(|| IntegrationType::meant_by(cell));
        named.map(|_| Field::Type)
    }
}

/// A word of a command line, in quotes where a shell needs them.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The problem of a file, all of which is at `place`, without a table of integrations.
pub(super) fn no_table(
    likely: Option<&LikelyHeader>,
    options: &Options,
    place: Place,
) -> Diagnostic {
    const NEEDS: &str =
        "it needs a header row with `type` and `origin`, `pat`, `username` or `password`";
    let none = match options.read.header_row {
        Some(row) => {
            format!("there is no table with its header in row {row}, which `--header-row` names")
        }
        None => "there is no table of integrations in this file".to_owned(),
    };
    let is_there = |likely: &&LikelyHeader| {
        let asked_for = options.read.header_row;
        asked_for.is_none_or(|row| row == likely.row.number)
    };
    let Some(likely) = likely.filter(is_there) else {
        let help = match options.read.header_row {
            Some(_) => "check the row's number in the sheet, or omit `--header-row`",
            None => NEEDS,
        };
        return Diagnostic::new(Code::NoTable, place, none, help);
    };
    let separator = match likely.row.cells.as_slice() {
        [only] => separator(only),
        _ => None,
    };
    let help = match (separator, likely.options_to_read_it(options)) {
        (Some(',' | ';' | '\t' | '|'), _) => {
            "each line is one cell: remove the quotes around the lines, or set `--delimiter`"
                .to_owned()
        }
        (Some(c), _) => format!(
            "its cells seem to be separated by `{c}`, which is not supported: separate them by `,`, `;`, `|` or a tab"
        ),
        (None, Some(words)) => format!(
            "{NEEDS}; if that is this row, rename its headers or, for example, pass `{words}`"
        ),
        (None, None) => format!(
            "{NEEDS}; `--map 'HEADER=FIELD'` reads a header in other words, `--set type=GITHUB` replaces the column `type`, and `--header-row N` names the row"
        ),
    };
    let place = Place::row(&likely.table, likely.row.number, likely.row.line);
    let message = format!("{none}: {}", likely.description(options));
    Diagnostic::new(Code::NoTable, place, message, help)
}

/// What separates headers that are known, in what was read as one cell.
fn separator(text: &str) -> Option<char> {
    const CANDIDATES: [char; 7] = [',', ';', '\t', '|', ':', '/', ' '];
    const FEWEST: usize = 2;
    CANDIDATES.into_iter().find(|c| {
        let cells = text.split(*c);
        cells.filter(|cell| field_of(cell).is_some()).count() >= FEWEST
    })
}
