//! What every command has besides its own options: the screen, the output format, the arguments as they were given.

use std::io;
use std::path::PathBuf;

use clap::ArgMatches;
use serde::Serialize;

use super::args::{CommonArgs, Format};
use super::exit::{Exit, Failure};
use super::next::Given;
use super::report_files::ReportFiles;
use crate::render::{ProgressStyle, Screen};
use crate::report::{Report, write_document};

pub(super) struct Context {
    pub screen: Screen,
    pub progress: ProgressStyle,
    pub is_json: bool,
    /// What `-o` names.
    pub reports: ReportFiles,
    /// For the next command to type.
    pub given: Given,
}

impl Context {
    pub(super) fn new(common: &CommonArgs, matches: &ArgMatches) -> Self {
        Self {
            screen: Screen::new(common.color, common.quiet),
            progress: common.progress,
            reports: ReportFiles::default(),
            is_json: common.format == Format::Json,
            given: Given::new(matches),
        }
    }

    /// Writes the reports of `-o`, and a JSON document to standard output if that is asked for.
    pub(super) fn publish(&self, report: &Report) -> Result<Vec<PathBuf>, Failure> {
        let written = self.reports.write(report);
        if self.is_json {
            let shown = Screen::document(|out| report.write_json(out));
            shown.map_err(|error| unwritten(&error))?;
        }
        written
    }

    /// Shows what to do next, unless the output is a document.
    pub(super) fn next(&self, next: &str) {
        if !self.is_json {
            self.screen.info(&format!("\nNext: {next}\n"));
        }
    }
}

/// Writes `value` to standard output as a JSON document.
pub(super) fn write_json(value: &impl Serialize) -> Result<(), Failure> {
    Screen::document(|out| write_document(value, out)).map_err(|error| unwritten(&error))
}

/// Results that could not be written.
pub(super) fn unwritten(error: &io::Error) -> Failure {
    let message = format!("cannot write to standard output: {error}");
    Failure::new(Exit::Stopped, message)
}
