//! The forms of a template, told apart by the extension of the file.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::csv::csv;
use super::starter::Template;
use super::xlsx::xlsx;

/// A form of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TemplateForm {
    /// `.xlsx`: with notes, drop-downs and sheets that explain.
    Xlsx,
    /// `.csv`: headers and examples alone.
    Csv,
}

/// A file whose extension is that of no form.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{} ends in no form of a template; use .xlsx or .csv", .0.display())]
pub(crate) struct UnknownTemplateForm(PathBuf);

impl TemplateForm {
    /// The form that a file's extension says, in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`UnknownTemplateForm`] if it says none.
    pub(crate) fn of_file(path: &Path) -> Result<Self, UnknownTemplateForm> {
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("xlsx") {
            Ok(Self::Xlsx)
        } else if extension.eq_ignore_ascii_case("csv") {
            Ok(Self::Csv)
        } else {
            Err(UnknownTemplateForm(path.to_owned()))
        }
    }

    /// The template in this form: the same bytes each time.
    pub(crate) fn render(self, template: &Template) -> Vec<u8> {
        match self {
            Self::Xlsx => xlsx(template),
            Self::Csv => csv(template),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_says_the_form() {
        let form = |path: &str| TemplateForm::of_file(Path::new(path));
        assert_eq!(form("out/Hosts.XLSX"), Ok(TemplateForm::Xlsx));
        assert_eq!(form("hosts.csv"), Ok(TemplateForm::Csv));
        assert_eq!(
            form("hosts.ods").unwrap_err().to_string(),
            "hosts.ods ends in no form of a template; use .xlsx or .csv"
        );
    }
}
