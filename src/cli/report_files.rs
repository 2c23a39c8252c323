//! The files that `-o` names: opened before the work of a command begins, written at its end.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, Failure};
use crate::report::{FORMS, Form, NewFile, Report};

#[derive(Clone, Debug, Args)]
pub(super) struct ReportArgs {
    /// Write a report, in the form that the extension names: .html, .xlsx, .csv, .json, .md or .xml (JUnit); repeatable
    #[arg(long, short = 'o', value_name = "FILE")]
    pub report: Vec<PathBuf>,
    /// Overwrite reports that exist
    #[arg(id = "overwrite", long = "force", hide_short_help = true)]
    pub force: bool,
}

/// The reports that a command is to write.
#[derive(Debug, Default)]
pub(super) struct ReportFiles(RefCell<Vec<(NewFile, Form)>>);

impl ReportFiles {
    /// Begins the files, so that a command does not fail to write them after its work.
    pub(super) fn open(&self, args: &ReportArgs) -> Result<(), Failure> {
        for path in &args.report {
            let form = form_of(path)?;
            refuse_existing(path, args.force)?;
            let file = NewFile::create(path).map_err(Failure::usage)?;
            let mut files = self.0.borrow_mut();
            if files.iter().any(|(other, _)| other.path() == path) {
                let failure = format!("{} is named twice", path.display());
                return Err(Failure::usage(failure));
            }
            files.push((file, form));
        }
        Ok(())
    }

    /// Writes all of them. Returns their paths.
    pub(super) fn write(&self, report: &Report) -> Result<Vec<PathBuf>, Failure> {
        let files = self.0.take().into_iter();
        files
            .map(|(file, form)| {
                let written = file.write(|file| (form.write)(report, file));
                written.map_err(|error| Failure::new(Exit::Stopped, error))
            })
            .collect()
    }
}

fn form_of(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().unwrap_or_default();
    let mut forms = FORMS.iter();
    let form = forms.find(|form| extension.eq_ignore_ascii_case(form.extension));
    form.copied().ok_or_else(|| {
        let forms: Vec<String> = FORMS
            .iter()
            .map(|form| format!(".{}", form.extension))
            .collect();
        let failure = format!("{} is no form of a report", path.display());
        Failure::usage(failure).help(format!("use one of {}", forms.join(", ")))
    })
}

/// Even a link that leads nowhere is not overwritten.
pub(super) fn refuse_existing(path: &Path, force: bool) -> Result<(), Failure> {
    if force || path.symlink_metadata().is_err() {
        return Ok(());
    }
    let failure = Failure::usage(format!("{} already exists", path.display()));
    Err(failure.help("choose another name, or overwrite it with `--force`"))
}
