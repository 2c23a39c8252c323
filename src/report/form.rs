//! The forms of a report.

use super::csv::run_csv;
use super::json::run_json;
use super::run::Report;

/// A form of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `.json`.
    Json,
    /// `.csv`.
    Csv,
}

impl Form {
    /// The report in this form.
    pub fn render(self, report: &Report) -> Vec<u8> {
        match self {
            Self::Json => run_json(report),
            Self::Csv => run_csv(report),
        }
    }
}
