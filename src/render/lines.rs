//! Labelled lines, the form in which everything about rows is shown: `   failed hosts.csv:7  GITHUB  Payments: …`.

use std::fmt::{Display, Write as _};

use anstyle::Style;

use super::style::{BOLD, DIM, count, n, one_line, paint};

/// How many rows of a kind are named on screen.
pub(super) const MAX_ROWS: usize = 10;

/// Lines whose labels end in the same column.
pub(super) struct Lines {
    text: String,
    width: usize,
}

impl Lines {
    pub(super) fn new(width: usize) -> Self {
        Self {
            text: String::new(),
            width,
        }
    }

    /// Adds a line with a label in `style`.
    pub(super) fn add(&mut self, style: Style, label: impl Display, line: &str) {
        let width = self.width;
        let label = paint(style, format!("{label:>width$}"));
        let _ = writeln!(self.text, "{label} {}", one_line(line));
    }

    /// Adds a line with a bold label.
    pub(super) fn fact(&mut self, label: &str, line: impl AsRef<str>) {
        self.add(BOLD, label, line.as_ref());
    }

    /// Adds a faint line without a label.
    pub(super) fn detail(&mut self, line: &str) {
        let width = self.width + 1;
        let _ = writeln!(self.text, "{:width$}{}", "", paint(DIM, one_line(line)));
    }

    /// Adds the first rows, and how many more there are; `rest` names where to find those.
    pub(super) fn first<T>(&mut self, rows: &[T], rest: &str, mut add: impl FnMut(&mut Self, &T)) {
        for row in rows.iter().take(MAX_ROWS) {
            add(self, row);
        }
        self.more(rows.len().saturating_sub(MAX_ROWS), rest);
    }

    /// Adds how many more rows there are, and the `rest` of the line.
    pub(super) fn more(&mut self, rows: usize, rest: &str) {
        if rows > 0 {
            let more = count(n(rows), "more row", "more rows");
            self.detail(&format!("and {more}{rest}"));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A row by its place, type and name.
pub(super) fn row_name(place: impl Display, type_name: Option<&str>, name: Option<&str>) -> String {
    let name = name.unwrap_or("(no display name)");
    match type_name {
        Some(type_name) => format!("{place}  {type_name}  {name}"),
        None => format!("{place}  {name}"),
    }
}
