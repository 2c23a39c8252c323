//! How tables are to be read.

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

/// How tables are to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// What becomes of hidden rows.
    pub hidden_rows: HiddenRows,
}
