//! The forms of a report.

use std::io::{self, Write};

use super::csv::run_csv;
use super::json::run_json;
use super::run::Report;

/// A form of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// `.json`.
    Json,
    /// `.csv`.
    Csv,
}

impl Form {
    /// The report in this form, as a whole.
    pub(crate) fn render(self, report: &Report) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Memory takes all.
        let _ = self.write(report, &mut bytes);
        bytes
    }

    /// Writes the report in this form, piece by piece: of a long run it is long.
    ///
    /// # Errors
    ///
    /// What `writer` says.
    pub(crate) fn write(self, report: &Report, writer: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Json => run_json(report, writer),
            Self::Csv => run_csv(report, writer),
        }
    }
}
