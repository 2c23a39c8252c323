//! How tables are to be read.

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

/// What becomes of rows that are hidden in a workbook, by hand or by a filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenRows {
    /// They are read like others, with a warning that lists them.
    #[default]
    Include,
    /// They are passed over, with a note that lists them.
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
