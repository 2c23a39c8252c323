//! What is said about a file that holds no table of integrations: what stands where its headers should.

use super::columns::{field_of, near_miss};
use super::quoted::{Shape, quoted};

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

    /// What stands there instead of headers. It may be no header row at all, so that a cell is shown by the rule for cells.
    pub(super) fn message(&self) -> String {
        let shown: Vec<String> = self
            .0
            .iter()
            .take(MOST_SHOWN)
            .map(|cell| header(cell))
            .collect();
        let more = match self.0.len().saturating_sub(MOST_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        match shown.as_slice() {
            [] => "there is no table of integrations in this file".to_owned(),
            [only] => format!(
                "there is no table of integrations in this file: where its headers should be stands {only}"
            ),
            _ => format!(
                "there is no table of integrations in this file: where its headers should be stand {}{more}",
                shown.join(", ")
            ),
        }
    }

    /// What to do.
    pub(super) fn help(&self) -> String {
        const NEEDS: &str =
            "it needs a header row with `type` and `origin`, `pat`, `username` or `password`";
        let [only] = self.0.as_slice() else {
            return NEEDS.to_owned();
        };
        match separator(only) {
            Some(',' | ';' | '\t' | '|') => {
                "each line is one cell: take the quotes around the lines away, or give the `--delimiter` that they have"
                    .to_owned()
            }
            Some(c) => format!(
                "its cells seem to be separated by `{c}`, which is not read: separate them by `,`, `;`, `|` or a tab, as \
                 `--delimiter` knows them"
            ),
            None => NEEDS.to_owned(),
        }
    }
}

fn header(cell: &str) -> String {
    let is_known = field_of(cell).or_else(|| near_miss(cell)).is_some();
    quoted(cell, if is_known { Shape::Near } else { Shape::Word })
}

/// What separates headers that are known, in what was read as one cell.
fn separator(text: &str) -> Option<char> {
    const MAY_BE: [char; 7] = [',', ';', '\t', '|', ':', '/', ' '];
    const FEWEST: usize = 2;
    MAY_BE.into_iter().find(|c| {
        let cells = text.split(*c);
        cells.filter(|cell| field_of(cell).is_some()).count() >= FEWEST
    })
}
