//! Where a table, a row or a cell is.

use std::fmt;
use std::iter::successors;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a table was read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    /// Delimited text.
    #[default]
    Csv,
    /// A workbook's sheet.
    Xlsx,
}

/// The name of a table: a file, and a sheet within it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TableName {
    /// The file as the user named it.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The format.
    pub format: TableFormat,
}

/// `repos.csv`, `onboarding.xlsx:Azure`.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match &self.sheet {
            Some(sheet) => write!(f, ":{sheet}"),
            None => Ok(()),
        }
    }
}

/// A place in a table: the whole of it, a row, a column's header, or a cell.
///
/// It is shown as `onboarding.xlsx:Azure!C7` and `repos.csv:9 (C7)`: in a CSV, 9 is the physical line and row 7 what a
/// spreadsheet shows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// The table.
    #[serde(flatten)]
    pub table: Arc<TableName>,
    /// The row, from 1, as a spreadsheet shows it.
    pub row: Option<u32>,
    /// The column, from 0.
    #[serde(skip)]
    pub column: Option<usize>,
    /// The physical line of a CSV, from 1.
    pub line: Option<u64>,
}

impl Place {
    /// The whole table.
    pub fn table(table: &Arc<TableName>) -> Self {
        Self {
            table: Arc::clone(table),
            row: None,
            column: None,
            line: None,
        }
    }

    /// A row of `table`.
    pub fn row(table: &Arc<TableName>, row: u32, line: Option<u64>) -> Self {
        Self {
            row: Some(row),
            line,
            ..Self::table(table)
        }
    }

    /// The cell of this row in `column`.
    pub fn cell(&self, column: usize) -> Self {
        Self {
            column: Some(column),
            ..self.clone()
        }
    }

    /// The cell's address within its table: `C7`; none for a row or a table.
    pub fn address(&self) -> Option<String> {
        Some(format!("{}{}", column_letters(self.column?), self.row?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.table)?;
        if self.table.sheet.is_some() {
            return match (self.address(), self.row) {
                (Some(address), _) => write!(f, "!{address}"),
                (None, Some(row)) => write!(f, "!{row}"),
                (None, None) => Ok(()),
            };
        }
        let Some(row) = self.row else { return Ok(()) };
        let line = self.line.unwrap_or_else(|| u64::from(row));
        write!(f, ":{line}")?;
        match self.address() {
            Some(address) => write!(f, " ({address})"),
            None if line != u64::from(row) => write!(f, " (row {row})"),
            None => Ok(()),
        }
    }
}

/// The letters of a column, from 0: `A`, `Z`, `AA`.
pub(crate) fn column_letters(column: usize) -> String {
    let rests = successors(Some(column), |rest| (rest / 26).checked_sub(1));
    let letters = rests.map(|rest| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 26]));
    let letters: Vec<char> = letters.collect();
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_a_spreadsheet_user_expects() {
        let sheet = Arc::new(TableName {
            file: "onboarding.xlsx".into(),
            sheet: Some("Azure".into()),
            format: TableFormat::Xlsx,
        });
        let row = Place::row(&sheet, 7, None);
        assert_eq!(row.cell(2).to_string(), "onboarding.xlsx:Azure!C7");
        assert_eq!(row.to_string(), "onboarding.xlsx:Azure!7");
        assert_eq!(Place::table(&sheet).to_string(), "onboarding.xlsx:Azure");
        let csv = Arc::new(TableName {
            file: "repos.csv".into(),
            sheet: None,
            format: TableFormat::Csv,
        });
        let row = Place::row(&csv, 7, Some(9));
        assert_eq!(row.cell(2).to_string(), "repos.csv:9 (C7)");
        assert_eq!(row.to_string(), "repos.csv:9 (row 7)");
        assert_eq!(Place::row(&csv, 7, Some(7)).to_string(), "repos.csv:7");
    }

    #[test]
    fn columns_count_on_after_z() {
        assert_eq!(
            [0, 25, 26, 701, 702, 16383].map(column_letters),
            ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
        );
    }
}
