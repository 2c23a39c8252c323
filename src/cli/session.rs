//! A session on a run: the engine at work, with progress and an ear for signals, and how it ends.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;

use super::connect::Connected;
use super::exit::{Exit, Failure};
use super::next::NextCommand;
use super::pace::PaceArgs;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use crate::engine::{
    Creation, Executor, Job, Matcher, RunEvent, SessionContext, Settings, Stop, StopSwitch,
};
use crate::journal::{Appender, Ending, Event, Journal, JournalError, StoredRun};
use crate::render::{Progress, ProgressStyle, Screen};
use crate::report::Report;

/// What every session that sends has.
pub(super) struct Session<'a> {
    pub runtime: &'a Runtime,
    pub jira: &'a Connected,
    pub pace: PaceArgs,
    /// How long Jira is given to list what it created.
    pub settle: Duration,
    pub progress: ProgressStyle,
    pub files: RunFiles,
    pub screen: &'a Screen,
    /// The command that goes on after everything was stopped at once.
    pub after_kill: String,
}

/// What is to be done.
pub(super) struct Work<'r> {
    pub matcher: Matcher,
    pub jobs: Vec<Job<Creation<'r>>>,
    /// Rows that are in doubt already.
    pub in_doubt: Vec<u32>,
    /// How many rows exist.
    pub existing: usize,
}

/// Who listens to what happens.
type Tell<'t> = &'t dyn Fn(RunEvent<'_>);

impl Session<'_> {
    /// Writes what `begin` writes, then does the work, and closes the journal. Returns why it ended early, if it did.
    pub(super) fn carry_out(
        &self,
        journal: Journal,
        begin: impl Future<Output = Result<(), JournalError>>,
        work: Work<'_>,
    ) -> Result<Option<Stop>, Failure> {
        let numbers = (work.jobs.len(), work.existing);
        self.guard(journal, numbers, async |appender, stop, tell| {
            begin.await?;
            self.send(work, appender.clone(), stop, tell).await
        })
    }

    /// Does `work` on so many requests beside so many rows that exist, and closes the journal. Returns why it ended early, if
    /// it did.
    pub(super) fn guard(
        &self,
        journal: Journal,
        numbers: (usize, usize),
        work: impl AsyncFnOnce(&Appender, &StopSwitch, Tell<'_>) -> Result<Option<Stop>, JournalError>,
    ) -> Result<Option<Stop>, Failure> {
        let ended = self.watch(&journal, numbers, work);
        let closed = journal.close();
        let stopped = ended.map_err(|error| self.without_journal(error))?;
        if stopped.is_none() {
            closed?;
        }
        Ok(stopped)
    }

    /// Does `work` that sends nothing.
    pub(super) fn look<T>(
        &self,
        journal: &Journal,
        work: impl AsyncFnOnce(&Appender, &StopSwitch, Tell<'_>) -> Result<T, JournalError>,
    ) -> Result<T, Failure> {
        self.watch(journal, (0, 0), work)
            .map_err(|error| self.without_journal(error))
    }

    /// Does `work` with progress, until it ends by itself or because somebody interrupts.
    fn watch<T>(
        &self,
        journal: &Journal,
        (requests, existing): (usize, usize),
        work: impl AsyncFnOnce(&Appender, &StopSwitch, Tell<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let stop = StopSwitch::default();
        let progress = Progress::new(self.screen, self.progress, requests, existing);
        let last_words = self.last_words();
        let tell = |event: RunEvent<'_>| progress.on_event(event);
        self.runtime.block_on(async {
            let appender = journal.appender();
            tokio::select! {
                ended = work(&appender, &stop, &tell) => ended,
                never = self.runtime.signals.watch(&stop, &progress, &last_words) => never,
            }
        })
    }

    /// What is left to do when everything is stopped at once.
    fn last_words(&self) -> String {
        let next = &self.after_kill;
        if self.jira.is_sandbox() {
            return format!("the sandbox and its contents are gone; to rehearse again:\n  {next}");
        }
        format!(
            "{} has every request; those without a response may be in Jira; to settle them and continue:\n  {next}",
            self.files.journal.display()
        )
    }

    /// Writes the end of a session that does no more. Returns why it ended early, if it did.
    pub(super) fn close(
        &self,
        journal: Journal,
        stopped: Option<Stop>,
    ) -> Result<Option<Stop>, Failure> {
        let stopped = self.runtime.block_on(close(&journal.appender(), stopped))?;
        journal.close()?;
        Ok(stopped)
    }

    /// Writes the end of a session that does no more, and the reports.
    pub(super) fn close_quietly(
        &self,
        journal: Journal,
        stopped: Option<Stop>,
    ) -> Result<(), Failure> {
        self.close(journal, stopped)?;
        self.files.write_reports()
    }

    /// Ends a session that nobody agreed to.
    pub(super) fn decline(&self, journal: Journal, why: &str) -> Result<Exit, Failure> {
        self.close_quietly(journal, Some(Stop::Interrupted))?;
        self.screen.problem(&format!("{why}\n"));
        let next = if_wanted(&self.after_kill);
        self.screen.info(&format!("\nNext: {next}\n"));
        Ok(Exit::Interrupted)
    }

    /// Ends a session that cannot go on and has sent nothing: writes its end and the reports. Returns the failure with the
    /// command that goes on.
    pub(super) fn fail(&self, journal: Journal, failure: Failure) -> Failure {
        let at = Timestamp::now();
        let mut last = Vec::new();
        let how = match failure.exit {
            Exit::Interrupted => Ending::Interrupted,
            _ => Ending::Stopped,
        };
        if how == Ending::Stopped {
            let why = failure.message.as_str().into();
            last.push(Event::Stopped { why, at });
        }
        last.push(Event::Closed { how, at });
        let appender = journal.appender();
        let written = self.runtime.block_on(appender.commit(last));
        if let Err(error) = written.and_then(|()| journal.close()) {
            return self.without_journal(error);
        }
        if let Err(unwritten) = self.files.write_reports() {
            self.screen
                .failure(&unwritten.message, unwritten.help.as_deref());
        }
        let resume = format!("continue with `{}`", self.after_kill);
        let help = match &failure.help {
            Some(help) => format!("{help}; then {resume}"),
            None => resume,
        };
        failure.help(help)
    }

    /// The journal failed where no report tells of it.
    fn without_journal(&self, error: JournalError) -> Failure {
        let help = match StoredRun::at(&self.files.dir) {
            Ok(_) if !self.jira.is_sandbox() => {
                format!("fix this, then continue the run: {}", self.after_kill)
            }
            _ => "fix this, then run the same command again".to_owned(),
        };
        Failure::from(error).help(help)
    }

    /// What the engine works with.
    pub(super) fn context<'c>(
        &'c self,
        journal: &Appender,
        stop: &'c StopSwitch,
        tell: Tell<'c>,
    ) -> SessionContext<'c> {
        SessionContext::new(
            &self.jira.client,
            journal.clone(),
            &self.jira.pacer,
            self.settle,
            stop,
            tell,
        )
    }

    async fn send(
        &self,
        work: Work<'_>,
        journal: Appender,
        stop: &StopSwitch,
        tell: Tell<'_>,
    ) -> Result<Option<Stop>, JournalError> {
        let context = self.context(&journal, stop, tell);
        let settings = Settings {
            concurrency: usize::from(self.pace.concurrency),
            retries: self.pace.retries,
            max_failures: self.pace.max_failures.map(NonZeroU32::get),
        };
        let mut executor =
            Executor::new(&context, work.matcher, settings, work.jobs, work.in_doubt);
        executor.run().await;
        if executor.has_sent() {
            executor.audit().await;
        }
        close(&journal, stop.ending()).await
    }
}

/// Rows of a run that its sheets no longer have, or not in a form that can be recognized.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OffSheet {
    pub not_attempted: u64,
    pub failed: u64,
}

/// What to do after a session on a run.
pub(super) fn after_run(
    resume: &NextCommand,
    verify: &NextCommand,
    report: &Report,
    off_sheet: OffSheet,
) -> String {
    let totals = report.totals();
    if totals.not_attempted > off_sheet.not_attempted {
        return format!("continue with the rows that were not attempted:\n  {resume}");
    }
    if totals.in_doubt > 0 {
        return format!(
            "check the rows in doubt again; if they stay in doubt, find them in Jira and decide with `--adopt ROW=ID` or \
             `--absent ROW`:\n  {resume}"
        );
    }
    if totals.failed > off_sheet.failed {
        return format!("fix the errors in the sheet, then continue:\n  {resume}");
    }
    if totals.not_attempted + totals.failed > 0 {
        return format!(
            "the remaining rows are no longer in the sheet; to create them, restore them there and continue (to import the \
             sheet as it is now, use `gij import FILE --new-run`):\n  {resume}"
        );
    }
    if report.may_lack_rows() {
        return FIND_LOST_ROWS.to_owned();
    }
    format!("in a few minutes, check which of them Jira has indexed:\n  {verify}")
}

/// What to do about a run whose journal has lost rows.
pub(super) const FIND_LOST_ROWS: &str = "see which rows of the sheet are missing in Jira; an import creates those and skips \
                                         the others:\n  gij import FILE --dry-run";

/// What to do about several integrations that requests of the run created for one row.
pub(super) fn remove_duplicates(undo: &NextCommand) -> String {
    format!("remove the duplicates one by one:\n  {undo}")
}

/// What to do after the plan was declined.
pub(super) fn if_wanted(command: &impl std::fmt::Display) -> String {
    format!("to continue after all:\n  {command}")
}

/// Writes the end of a session that stopped for this reason, or did all.
pub(super) async fn close(
    journal: &Appender,
    stopped: Option<Stop>,
) -> Result<Option<Stop>, JournalError> {
    let at = Timestamp::now();
    let mut last = Vec::new();
    if let Some(stop) = &stopped {
        last.push(Event::Stopped {
            why: stop.to_string(),
            at,
        });
    }
    let how = match &stopped {
        None => Ending::Complete,
        Some(Stop::Interrupted) => Ending::Interrupted,
        Some(_) => Ending::Stopped,
    };
    let is_of_journal = |stop: &Stop| matches!(stop.reason(), Stop::Journal(_));
    last.push(Event::Closed { how, at });
    match journal.commit(last).await {
        // A run that stopped because of its journal has said so.
        Err(_) if stopped.as_ref().is_some_and(is_of_journal) => Ok(stopped),
        Err(error) => Err(error),
        Ok(()) => Ok(stopped),
    }
}
