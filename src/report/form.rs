//! The forms of a report. A further form is a file with a function and a line in [`FORMS`].

use std::path::{Path, PathBuf};

use super::atomic::{WriteError, write};
use super::value::Report;

/// A form of a report.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What the names of its files end in, without the dot.
    pub extension: &'static str,
    /// The whole file.
    pub render: fn(&Report) -> Vec<u8>,
}

/// All forms.
#[rustfmt::skip]
pub const FORMS: &[Form] = &[
    Form { extension: "json", render: Report::to_json },
    Form { extension: "csv", render: Report::to_csv },
];

/// The forms that every run leaves in its directory.
const FORMS_OF_A_RUN: [&str; 2] = ["json", "csv"];

/// Writes the reports that every run has into its directory `dir`. Returns their paths.
///
/// # Errors
///
/// [`WriteError`] if the disk refuses.
pub(crate) fn write_run_reports(report: &Report, dir: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let forms = FORMS
        .iter()
        .filter(|form| FORMS_OF_A_RUN.contains(&form.extension));
    forms
        .map(|form| {
            let path = dir.join("report").with_extension(form.extension);
            write(&path, &(form.render)(report))?;
            Ok(path)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;

    /// A form has snapshots as soon as it is one of [`FORMS`].
    #[test]
    fn each_form_of_a_check_a_plan_and_a_run() {
        let reports = [
            ("check", dummy::check()),
            ("plan", dummy::plan()),
            ("run", dummy::run()),
        ];
        for (name, report) in reports {
            for form in FORMS {
                // A form that is no text has tests of its own.
                if let Ok(text) = String::from_utf8((form.render)(&report)) {
                    insta::assert_snapshot!(format!("{name}.{}", form.extension), text);
                }
            }
        }
    }

    #[test]
    fn a_run_has_its_reports_in_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let paths = write_run_reports(&dummy::run(), dir.path()).unwrap();
        assert_eq!(
            paths,
            ["report.json", "report.csv"].map(|name| dir.path().join(name))
        );
        assert!(paths.iter().all(|path| path.exists()));
    }
}
