//! What is known once every file was read.

use std::sync::Arc;

use crate::model::{Diagnostics, Field, Place, Row, TableName};

/// How many rows there are of each kind; `read` is `valid`, `invalid` and `not_selected` together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RowCounts {
    /// Rows that hold something.
    pub read: u64,
    /// Rows without an error.
    pub valid: u64,
    /// Rows with an error.
    pub invalid: u64,
    /// Rows that the selection leaves out.
    pub not_selected: u64,
    /// Rows passed over because nothing stands in them.
    pub blank: u64,
}

/// A row that the selection leaves out.
#[derive(Clone, PartialEq, Debug)]
pub struct NotSelected {
    /// The row's number in the run.
    pub n: u32,
    /// Where it stands.
    pub place: Place,
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct TableRead {
    /// Its name.
    pub name: Arc<TableName>,
    /// Its headers, of unknown columns too.
    pub headers: Vec<String>,
    /// The fields that its columns say.
    pub columns: Vec<Field>,
    /// How the cells of a CSV are separated.
    pub delimiter: Option<char>,
    /// The encoding of a CSV.
    pub encoding: Option<&'static str>,
    /// Its rows.
    pub rows: RowCounts,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// The file as the user named it.
    pub name: String,
    /// The SHA-256 of its content in hexadecimal, if the rows are to be sent.
    pub sha256: Option<String>,
    /// Its tables.
    pub tables: Vec<TableRead>,
}

/// All that is known once every file was read.
#[derive(Debug, Default)]
pub struct Validation {
    /// The files.
    pub files: Vec<FileRead>,
    /// The rows of all files.
    pub counts: RowCounts,
    /// What is to be said.
    pub diagnostics: Diagnostics,
    /// The valid rows, in the order of the files; none for a check.
    pub rows: Vec<Row>,
    /// The rows that the selection leaves out; none for a check.
    pub not_selected: Vec<NotSelected>,
    /// The sheets of all files.
    pub sheets: Vec<String>,
    /// Sheets that were asked for and that no file has.
    pub missing_sheets: Vec<String>,
    /// Headers of the selection that no table has.
    pub missing_columns: Vec<String>,
}
