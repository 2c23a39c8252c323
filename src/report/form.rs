//! The forms of a report. A further form is a file with a function and a line in [`FORMS`].

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::atomic::{NewFile, WriteError};
use super::part::part_path;
use super::value::Report;

/// A form of a report.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What the names of its files end in, without the dot.
    pub extension: &'static str,
    /// Writes the whole file.
    pub write: fn(&Report, &mut dyn Write) -> io::Result<()>,
}

/// All forms.
#[rustfmt::skip]
pub const FORMS: &[Form] = &[
    Form { extension: "json", write: Report::write_json },
    Form { extension: "csv", write: Report::write_csv },
    Form { extension: "html", write: Report::write_html },
    Form { extension: "xlsx", write: Report::write_xlsx },
    Form { extension: "md", write: Report::write_markdown },
    Form { extension: "xml", write: Report::write_junit },
];

/// The reports that every run leaves in its directory.
const RUN_REPORTS: [&str; 3] = ["json", "csv", "html"];

/// Writes the reports that every run has into its directory `dir`. Returns their paths.
///
/// # Errors
///
/// [`WriteError`] if the disk refuses.
pub(crate) fn write_run_reports(report: &Report, dir: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let forms = FORMS.par_iter();
    let forms = forms.filter(|form| RUN_REPORTS.contains(&form.extension));
    let written = forms.map(|form| {
        let file = NewFile::create(&dir.join(format!("report.{}", form.extension)))?;
        file.write(|file| (form.write)(report, file))
    });
    let mut paths = written.collect::<Result<Vec<PathBuf>, WriteError>>()?;
    let failed = dir.join("failed.xlsx");
    // Those of an earlier session would mislead; if one cannot be removed, its date tells.
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("failed") && name.ends_with(".xlsx") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    let unfinished = report.of_unfinished();
    if unfinished.rows.is_empty() {
        return Ok(paths);
    }
    if unfinished.rows.iter().any(|row| row.group.is_some()) {
        for group in unfinished.groups() {
            let part = unfinished.of_group(group);
            let file = NewFile::create(&part_path(&failed, group))?;
            paths.push(file.write(|file| part.write_xlsx(file))?);
        }
    }
    paths.push(NewFile::create(&failed)?.write(|file| unfinished.write_xlsx(file))?);
    Ok(paths)
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

    /// What each form for people and CI servers shows of `report`.
    fn texts(report: &Report) -> Vec<(&'static str, String)> {
        let forms = FORMS.iter();
        let forms = forms.filter(|form| !["json", "csv"].contains(&form.extension));
        let text = |form: &Form| {
            let mut bytes = Vec::new();
            (form.write)(report, &mut bytes).unwrap();
            let mut text = String::from_utf8_lossy(&bytes).into_owned();
            if let Ok(mut workbook) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
                let mut strings = workbook.by_name("xl/sharedStrings.xml").unwrap();
                std::io::Read::read_to_string(&mut strings, &mut text).unwrap();
            }
            (form.extension, text)
        };
        forms.map(text).collect()
    }

    #[test]
    fn every_form_has_what_an_auditor_asks_for() {
        for (form, text) in texts(&dummy::run()) {
            for fact in [
                "https://jira.example.org",
                "10.3.2",
                "anna@build-7",
                "as anna in Jira",
                "confirmation: --yes",
                "gij 0.1.0",
                "concurrency = 4",
                "only = Team=Payments",
                "2026-11-22 10:15:03 UTC",
                "9f86d081",
            ] {
                assert!(text.contains(fact), "{fact} is missing in .{form}: {text}");
            }
        }
    }

    #[test]
    fn reports_that_are_joined_begin_on_lines_of_their_own() {
        for (form, text) in texts(&dummy::run()) {
            let is_joined = ["md", "xml"].contains(&form);
            assert!(!is_joined || text.ends_with('\n'), ".{form}: {text}");
        }
    }

    #[test]
    fn every_form_of_a_plan_has_reasons_and_differences() {
        for (form, text) in texts(&dummy::plan()) {
            let difference = "disabled: the row has false, Jira has true";
            for part in ["not in Jira", "same type, origin and name", difference] {
                assert!(text.contains(part), "{part} is missing in .{form}: {text}");
            }
        }
    }

    #[test]
    fn every_form_shows_what_an_undo_removed_beside_what_was_created() {
        for (form, text) in texts(&dummy::undone()) {
            for part in ["removed", "undo"] {
                assert!(text.contains(part), "{part} is missing in .{form}: {text}");
            }
        }
        let totals = dummy::undone().totals();
        assert_eq!((totals.created, totals.removed), (1, 1));
    }

    #[test]
    fn a_run_has_its_reports_in_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let earlier = dir.path().join("failed-Docs.xlsx");
        std::fs::write(&earlier, "of an earlier session").unwrap();
        let paths = write_run_reports(&dummy::run(), dir.path()).unwrap();
        let names = [
            "report.json",
            "report.csv",
            "report.html",
            "failed-Search.xlsx",
            "failed-none.xlsx",
            "failed.xlsx",
        ];
        assert_eq!(paths, names.map(|name| dir.path().join(name)));
        assert!(paths.iter().all(|path| path.exists()));
        assert!(!earlier.exists());
    }
}
