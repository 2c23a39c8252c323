//! The files of a run, and what is shown from them at the end of a session.

use std::path::PathBuf;

use super::context::Context;
use super::exit::{Exit, Failure};
use crate::engine::Stop;
use crate::journal::{self, JOURNAL_FILE, ReadRun, RunDir};
use crate::render::summary;
use crate::report::{Report, write_run_reports};

/// The directory of a run and its journal.
pub(super) struct RunFiles {
    pub dir: PathBuf,
    pub journal: PathBuf,
}

impl RunFiles {
    pub(super) fn of(dir: &RunDir) -> Self {
        let dir = dir.path();
        Self {
            dir: dir.to_owned(),
            journal: dir.join(JOURNAL_FILE),
        }
    }

    /// Reads the journal.
    pub(super) fn read(&self) -> Result<ReadRun, Failure> {
        journal::read(&self.journal).map_err(|error| Failure::new(Exit::Stopped, error))
    }

    /// The report of what is on disk.
    fn report(&self) -> Result<Report, Failure> {
        Ok(Report::of_run(self.read()?.state))
    }

    /// Writes the reports of the run, and shows the result and what comes `next`. A session that was not stopped is complete
    /// unless something `is_left`.
    pub(super) fn conclude(
        &self,
        stopped: Option<&Stop>,
        is_left: impl FnOnce(&Report) -> bool,
        next: impl FnOnce(&Report) -> String,
        context: &Context,
    ) -> Result<Exit, Failure> {
        let (is_json, screen) = (context.is_json, &context.screen);
        let report = self.report()?;
        let written = self.write(&report, stopped);
        let published = context.publish(&report);
        let written = written.and_then(|mut paths| {
            paths.extend(published?);
            Ok(paths)
        });
        if let Some(stop) = stopped
            && !matches!(stop, Stop::Interrupted)
        {
            screen.failure(&stop.to_string(), stop.help().as_deref());
        }
        if !is_json {
            screen.result(&summary(&report));
        }
        let mut exit = match stopped {
            Some(Stop::MaxFailures { .. }) => Exit::Incomplete,
            Some(stop) => stop.into(),
            // Rows that the journal has lost may be undone.
            None if is_left(&report) || report.may_lack_rows() => Exit::Incomplete,
            None => Exit::Done,
        };
        if let Err(failure) = &written {
            screen.failure(&failure.message, failure.help.as_deref());
            // Writing the reports is part of the command.
            if exit != Exit::Interrupted {
                exit = Exit::Stopped;
            }
        }
        if !is_json {
            if let Ok(paths) = &written {
                let paths: Vec<String> = paths
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                screen.info(&format!("\nReport: {}\n", paths.join("\n        ")));
            }
            screen.info(&format!("Next: {}\n", next(&report)));
        }
        Ok(exit)
    }

    /// Writes the reports of the run as it is now.
    pub(super) fn write_reports(&self) -> Result<(), Failure> {
        self.write(&self.report()?, None)?;
        Ok(())
    }

    fn write(&self, report: &Report, stopped: Option<&Stop>) -> Result<Vec<PathBuf>, Failure> {
        let written = write_run_reports(report, &self.dir);
        written.map_err(|error| {
            let failure = Failure::new(Exit::Stopped, error);
            match stopped.map(Stop::reason) {
                // The journal on the same disk has failed too, and that is shown.
                Some(Stop::Journal(_)) => failure,
                _ => failure.help(format!(
                    "no row is lost: {} has the outcome of each",
                    self.journal.display()
                )),
            }
        })
    }
}
