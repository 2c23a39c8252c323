//! What every command has besides its own options: the screen, the output format, the arguments as they were given.

use std::io;
use std::path::PathBuf;

use clap::{ArgMatches, Args, ValueEnum};
use jiff::Timestamp;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::next::Given;
use super::report_files::ReportFiles;
use super::values::one_of;
use crate::render::{Color, Detail, ProgressStyle, Screen};
use crate::report::{Made, Report, one_line, write_document};

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct CommonArgs {
    /// Show only results, warnings and errors: no progress, notes or advice
    #[arg(long, short, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Show every place of a problem, however many are alike
    #[arg(
        long,
        short,
        global = true,
        hide_short_help = true,
        conflicts_with = "quiet"
    )]
    pub verbose: bool,
    /// When to use colors; `NO_COLOR` is respected
    #[arg(
        long, value_name = "WHEN", default_value = "auto", global = true, hide_short_help = true,
        value_parser = one_of(&[("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)])
    )]
    pub color: Color,
    /// How to show progress
    #[arg(
        long, value_name = "HOW", default_value = "auto", global = true, hide_short_help = true,
        value_parser = one_of(&[
            ("auto", ProgressStyle::Auto),
            ("bar", ProgressStyle::Bar),
            ("plain", ProgressStyle::Plain),
        ])
    )]
    pub progress: ProgressStyle,
    /// Output for people, or one JSON document on standard output
    #[arg(long, value_name = "FORM", default_value = "human", global = true)]
    pub format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

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
    /// The context of the command line that `root` defines and `matches` were made of.
    pub(super) fn new(common: &CommonArgs, root: clap::Command, matches: &ArgMatches) -> Self {
        let detail = match (common.quiet, common.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::All,
            _ => Detail::First,
        };
        Self {
            screen: Screen::new(common.color, detail),
            progress: common.progress,
            reports: ReportFiles::default(),
            is_json: common.format == Format::Json,
            given: Given::new(root, matches),
        }
    }

    /// Adds its circumstances to a report that is made now and will be written.
    pub(super) fn made(&self, mut report: Report) -> Report {
        // To find the names of the machine and of the user takes as long as to check a short sheet.
        if !self.is_json && self.reports.is_empty() {
            return report;
        }
        report.made = Some(Made {
            at: Timestamp::now(),
            host: whoami::hostname().unwrap_or_default(),
            os_user: whoami::username().unwrap_or_default(),
            options: self.given.all_options(),
        });
        report
    }

    /// Writes the reports of `-o`, and a JSON document to standard output if that is asked for.
    pub(super) fn publish(&self, report: &Report) -> Result<(), Failure> {
        let written = self.reports.write(report);
        self.show_json(report)?;
        self.show_written(written?);
        Ok(())
    }

    /// Shows which reports were written.
    pub(super) fn show_written(&self, paths: Vec<PathBuf>) {
        for path in paths {
            let path = one_line(&path.display().to_string());
            self.screen.info(&format!("report written to {path}\n"));
        }
    }

    /// Writes a JSON document to standard output if that is asked for.
    pub(super) fn show_json(&self, report: &Report) -> Result<(), Failure> {
        if !self.is_json {
            return Ok(());
        }
        let shown = Screen::document(|out| report.write_json(out));
        shown.map_err(|error| unwritten(&error))
    }

    /// Shows what to do next, unless the output is a document.
    pub(super) fn next(&self, next: &str) {
        if !self.is_json {
            self.screen.info(&format!("\nNext: {next}\n"));
        }
    }

    /// Shows a plan, which a question needs and `--quiet` otherwise omits.
    pub(super) fn show_plan(&self, text: &str, must_ask: bool) {
        if must_ask {
            self.screen.problem(text);
        } else {
            self.screen.info(text);
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
