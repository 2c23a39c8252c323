//! The message for a file without a table of integrations: what it has where its headers should be.

use super::headers::{field_of, near_miss};
use super::quote::{quote, quote_any};
use crate::model::{Code, Kind, Problem};

/// Most headers that a message shows.
const MOST_SHOWN: usize = 8;

/// The cells of the first row of a file, or of what was taken for its header row.
#[derive(Debug, Default)]
pub(super) struct FirstRow(Vec<String>);

impl FirstRow {
    pub(super) fn new(cells: &[String]) -> Self {
        let cells = cells.iter().map(|cell| cell.trim().to_owned());
        Self(cells.filter(|cell| !cell.is_empty()).collect())
    }

    /// `header_row` is that of `--header-row`.
    pub(super) fn problem(&self, header_row: Option<u32>) -> Problem {
        match header_row {
            Some(row) => Problem::new(
                Code::NoTable,
                format!("there is no table with its header in row {row}, as `--header-row` says"),
                "check the row's number in the sheet, or omit `--header-row`",
            ),
            None => Problem::new(Code::NoTable, self.message(), self.help()),
        }
    }

    fn message(&self) -> String {
        let none = "there is no table of integrations in this file";
        // It may be no header row at all, so that a cell is shown by the rule for cells.
        let quote_header = |cell: &String| match field_of(cell).or_else(|| near_miss(cell)) {
            Some(_) => quote_any(cell),
            None => quote(cell, Kind::Text),
        };
        let shown: Vec<String> = self.0.iter().take(MOST_SHOWN).map(quote_header).collect();
        let shown = shown.join(", ");
        match self.0.len() {
            0 => none.to_owned(),
            1..=MOST_SHOWN => format!("{none}: its first row has {shown}"),
            all => format!(
                "{none}: its first row has {shown} and {} more",
                all - MOST_SHOWN
            ),
        }
    }

    fn help(&self) -> String {
        let separator = match self.0.as_slice() {
            [only] => separator(only),
            _ => None,
        };
        match separator {
            Some(',' | ';' | '\t' | '|') => {
                "each line is one cell: remove the quotes around the lines, or set `--delimiter`"
                    .to_owned()
            }
            Some(c) => format!(
                "its cells seem to be separated by `{c}`, which is not supported: separate them by `,`, `;`, `|` or a tab"
            ),
            None => {
                "it needs a header row with `type` and `origin`, `pat`, `username` or `password`"
                    .to_owned()
            }
        }
    }
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
