//! The files that `-o` names: opened before the work of a command begins, written at its end.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, Failure};
use crate::report::{FORMS, Form, NewFile, Report, WriteError, part_path};
use crate::validate::Options;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reports")]
pub(super) struct ReportArgs {
    /// Write a report, in the form that the extension names: .html, .xlsx, .csv, .json, .md or .xml (JUnit); repeatable
    #[arg(long, short = 'o', value_name = "FILE")]
    pub report: Vec<PathBuf>,
    /// Overwrite reports that exist
    #[arg(id = "overwrite", long = "force", hide_short_help = true)]
    pub force: bool,
    /// Write a report for each value of a column, such as Team: FILE-Payments.xlsx for FILE.xlsx
    #[arg(long, value_name = "HEADER", hide_short_help = true)]
    pub split_by: Option<String>,
}

impl ReportArgs {
    /// What the reports need of the validation.
    pub(super) fn extend(&self, options: &mut Options) -> Result<(), Failure> {
        options.keeps_all = !self.report.is_empty();
        options.split_by.clone_from(&self.split_by);
        match &self.split_by {
            Some(header) if options.is_secret_column(header) => {
                let failure = Failure::usage("--split-by cannot use a column of secrets");
                Err(failure.help("use another column: its cells become the names of files"))
            }
            _ => Ok(()),
        }
    }

    /// Groups the rows of the report of `run` by the column of `--split-by`.
    pub(super) fn split(&self, report: &mut Report, run: &str) -> Result<(), Failure> {
        match &self.split_by {
            Some(header) if !report.split_by(header) => {
                let failure = format!("the journal of {run} has no column `{header}`");
                Err(Failure::usage(failure).help(
                    "split by a field of the integrations, such as `type`; an import keeps another column with `--split-by`",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The reports that a command is to write.
#[derive(Debug, Default)]
pub(super) struct ReportFiles {
    files: RefCell<Vec<(NewFile, Form)>>,
    is_split: Cell<bool>,
    may_overwrite: Cell<bool>,
}

impl ReportFiles {
    /// Begins the files, so that a command does not fail to write them after its work.
    pub(super) fn open(&self, args: &ReportArgs) -> Result<(), Failure> {
        self.is_split.set(args.split_by.is_some());
        self.may_overwrite.set(args.force);
        for path in &args.report {
            let form = form_of(path)?;
            if args.split_by.is_none() {
                refuse_existing(path, args.force)?;
            }
            let file = NewFile::create(path).map_err(Failure::usage)?;
            let mut files = self.files.borrow_mut();
            if files.iter().any(|(other, _)| other.path() == path) {
                let failure = format!("{} is named twice", path.display());
                return Err(Failure::usage(failure));
            }
            files.push((file, form));
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.borrow().is_empty()
    }

    /// Writes all of them. Returns their paths.
    pub(super) fn write(&self, report: &Report) -> Result<Vec<PathBuf>, Failure> {
        let write = |file: NewFile, form: Form, report: &Report| {
            let written = file.write(|file| (form.write)(report, file));
            written.map_err(unwritten)
        };
        let mut paths = Vec::new();
        for (file, form) in self.files.take() {
            if !self.is_split.get() {
                paths.push(write(file, form, report)?);
                continue;
            }
            for group in report.groups() {
                let path = part_path(file.path(), group);
                refuse_existing(&path, self.may_overwrite.get())?;
                let part = NewFile::create(&path).map_err(unwritten)?;
                paths.push(write(part, form, &report.of_group(group))?);
            }
        }
        Ok(paths)
    }
}

fn unwritten(error: WriteError) -> Failure {
    Failure::new(Exit::Stopped, error)
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
