//! The forms of a report. A further form is a file with a function and a line in [`FORMS`].

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::atomic::{NewFile, WriteError};
use super::value::Report;

type WriteForm = fn(&Report, &mut dyn Write) -> io::Result<()>;

/// A form of a report.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What the names of its files end in, without the dot.
    pub extension: &'static str,
    /// Writes the whole file.
    pub write: WriteForm,
}

/// All forms.
#[rustfmt::skip]
pub const FORMS: &[Form] = &[
    Form { extension: "json", write: Report::write_json },
    Form { extension: "csv", write: Report::write_csv },
    Form { extension: "html", write: Report::write_html },
    Form { extension: "md", write: Report::write_markdown },
    Form { extension: "xml", write: Report::write_junit },
];

/// The reports that every run leaves in its directory.
const RUN_REPORTS: [(&str, WriteForm); 3] = [
    ("report.json", Report::write_json),
    ("report.csv", Report::write_csv),
    ("report.html", Report::write_html),
];

/// Writes the reports that every run has into its directory `dir`. Returns their paths.
///
/// # Errors
///
/// [`WriteError`] if the disk refuses.
pub(crate) fn write_run_reports(report: &Report, dir: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let reports = RUN_REPORTS.iter();
    reports
        .map(|(name, write)| NewFile::create(&dir.join(name))?.write(|file| write(report, file)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;
    use crate::report::html::{SCRIPT, STYLE};

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
                let mut bytes = Vec::new();
                (form.write)(&report, &mut bytes).unwrap();
                // A form that is no text has tests of its own.
                if let Ok(text) = String::from_utf8(bytes) {
                    let text = text.replace(STYLE, "…\n").replace(SCRIPT, "…\n");
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
            ["report.json", "report.csv", "report.html"].map(|name| dir.path().join(name))
        );
        assert!(paths.iter().all(|path| path.exists()));
    }
}
