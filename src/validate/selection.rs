//! Which rows are selected: `--rows` and `--only`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::tokens::holds_token;
use crate::model::TableName;

/// The rows to read. The default selects all.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// A selected row is in one of these ranges, if there are any.
    pub rows: Vec<RowRange>,
    /// A selected row has all of these cells.
    pub only: Vec<Only>,
}

/// `Azure!2-50`, `repos.csv:7`, `2-50`: rows of one sheet or file, or of all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowRange {
    table: Option<String>,
    first: u32,
    last: u32,
}

/// `Team=Payments`: the text of a cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// The header, as in the sheet.
    pub header: String,
    pub text: String,
}

impl RowRange {
    /// Reads a range; several are separated by commas and may share a sheet.
    ///
    /// # Errors
    ///
    /// In words, if it cannot be read.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let wrong = || {
            format!("`{text}` is not a range of rows; write `2-50`, or with a sheet `Azure!2-50`")
        };
        let sides = text.rsplit_once('!').or(text.rsplit_once(':'));
        let (table, ranges) = match sides {
            Some(("", _)) => return Err(wrong()),
            Some((table, ranges)) => (Some(table.to_owned()), ranges),
            None => (None, text),
        };
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|row| *row > 0);
        ranges
            .split(',')
            .map(|range| {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let (first, last) = number(first).zip(number(last)).ok_or_else(wrong)?;
                let table = table.clone();
                (first <= last)
                    .then_some(Self { table, first, last })
                    .ok_or_else(wrong)
            })
            .collect()
    }

    /// Whether it is a single row, of one sheet or of each.
    pub fn is_one_row(&self) -> bool {
        self.first == self.last
    }

    /// Whether it holds the row `row` of `table`.
    pub fn holds(&self, table: &TableName, row: u32) -> bool {
        let is_of_table = self.table.as_deref().is_none_or(|name| {
            table.sheet.as_deref() == Some(name) || table.file == name || table.to_string() == name
        });
        is_of_table && (self.first..=self.last).contains(&row)
    }
}

/// In the form of the option.
impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(table) = &self.table {
            write!(f, "{table}!")?;
        }
        write!(f, "{}", self.first)?;
        if self.last != self.first {
            write!(f, "-{}", self.last)?;
        }
        Ok(())
    }
}

impl Only {
    /// Reads `Team=Payments`.
    ///
    /// # Errors
    ///
    /// In words, if it cannot be read, or holds a secret: everybody on the machine can read a command line.
    pub fn parse(text: &str) -> Result<Self, String> {
        if holds_token(text) {
            let message = "a secret must not be on the command line; select by another column, or by `--rows`";
            return Err(message.to_owned());
        }
        let (header, text) = sides(text)?;
        Ok(Self {
            header: header.to_owned(),
            text: text.to_owned(),
        })
    }
}

impl Selection {
    /// Whether the row `row` of `table` is in one of the ranges.
    pub(super) fn has_row(&self, table: &TableName, row: u32) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|range| range.holds(table, row))
    }
}

/// The header or field before a `=`, and what follows it.
pub(super) fn sides(text: &str) -> Result<(&str, &str), String> {
    match text.split_once('=') {
        Some((left, right)) if !left.trim().is_empty() => Ok((left.trim(), right.trim())),
        // A secret that was typed without a field must not be repeated.
        _ => Err("there must be a `=` with a name before it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TableFormat;

    fn azure() -> TableName {
        TableName {
            file: "a.xlsx".into(),
            sheet: Some("Azure".into()),
            format: TableFormat::Xlsx,
        }
    }

    #[test]
    fn ranges_are_of_one_sheet_or_of_all() {
        for (text, row, is_in) in [
            ("2-50", 50, true),
            ("2-50", 51, false),
            ("Azure!7", 7, true),
            ("a.xlsx!7", 7, true),
            ("Other!7", 7, false),
            ("Azure!2-3,9", 9, true),
        ] {
            let selection = Selection {
                rows: RowRange::parse_list(text).unwrap(),
                ..Selection::default()
            };
            assert_eq!(selection.has_row(&azure(), row), is_in, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_told() {
        for text in ["", "x", "50-2", "0-3", "!2", "Azure!", "2-"] {
            assert!(RowRange::parse_list(text).is_err(), "{text}");
        }
        assert!(Only::parse("=x").is_err());
    }
}
