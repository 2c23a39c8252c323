//! How tables are to be read.

use encoding_rs::Encoding;

/// What becomes of rows that are hidden in a workbook, by hand or by a filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HiddenRows {
    /// They are read like others, with a warning that lists them.
    #[default]
    Include,
    /// They are passed over, with a note that lists them.
    Skip,
    /// They are an error.
    Error,
}

/// What is said about tables from outside, where finding it out is not wanted. The default finds everything out.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The number of the header row, from 1.
    pub header_row: Option<u32>,
    /// What separates the cells of a CSV.
    pub delimiter: Option<u8>,
    /// The encoding of a CSV.
    pub encoding: Option<&'static Encoding>,
    /// The only sheets to read; all if it is empty.
    pub sheets: Vec<String>,
    /// What becomes of hidden rows.
    pub hidden_rows: HiddenRows,
}
