//! The forms of a report, told apart by the extension of the file.

use std::path::{Path, PathBuf};

use thiserror::Error;

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

/// A file whose extension is that of no form.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{} ends in no form of a report; use .json or .csv", .0.display())]
pub struct UnknownForm(PathBuf);

impl Form {
    /// All forms.
    pub const ALL: [Self; 2] = [Self::Json, Self::Csv];

    /// The form that a file's extension says, in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`UnknownForm`] if it says none.
    pub fn of_file(path: &Path) -> Result<Self, UnknownForm> {
        let extension = path.extension().unwrap_or_default();
        let mut forms = Self::ALL.into_iter();
        forms
            .find(|form| extension.eq_ignore_ascii_case(form.extension()))
            .ok_or_else(|| UnknownForm(path.to_owned()))
    }

    /// The extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The report in this form.
    pub fn render(self, report: &Report) -> Vec<u8> {
        match self {
            Self::Json => run_json(report),
            Self::Csv => run_csv(report),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_says_the_form() {
        assert_eq!(Form::of_file(Path::new("out/Report.JSON")), Ok(Form::Json));
        assert_eq!(Form::of_file(Path::new("r.csv")), Ok(Form::Csv));
        let error = Form::of_file(Path::new("report")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "report ends in no form of a report; use .json or .csv"
        );
    }
}
