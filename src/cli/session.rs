//! A session: one command at work on a run, with progress and signals, and how it ends.
//!
//! The same story for `import`, `resume` and `undo`: its work may end early for the reasons of [`EarlyEnd`], and
//! [`Session::conclude`] records the end, writes the reports and shows the result and the next command.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;

use super::connect::{Connected, Destination};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::facts::session;
use super::loaded_run::{LoadedRun, RunArgs};
use super::next::NextCommand;
use super::pace::PaceArgs;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use crate::engine::{
    Discrepancies, Executor, Job, Matcher, Operation, RunEvent, SessionContext, Settings, Stop,
    StopSwitch,
};
use crate::journal::{
    Appender, ConfirmedBy, Ending, Event, Journal, JournalError, SessionKind, StoredRun,
};
use crate::render::Progress;
use crate::report::Report;

pub(super) struct Session<'a> {
    pub context: &'a Context,
    pub runtime: &'a Runtime,
    pub jira: &'a Connected,
    pub pace: PaceArgs,
    /// How long Jira is given to list what it created.
    pub settle: Duration,
    pub files: RunFiles,
    pub journal: Journal,
    /// The command that continues after the session was stopped at once.
    pub continue_by: String,
}

/// Why the work of a session ends before it is done.
pub(super) enum EarlyEnd {
    Stopped(Stop),
    /// The user declined, with what that means.
    Declined(String),
    /// The input has to be fixed first.
    Refused(Failure),
    /// The session cannot go on, and has sent nothing.
    Failed(Failure),
}

impl From<Failure> for EarlyEnd {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What to send.
pub(super) struct Work<O> {
    pub matcher: Matcher,
    pub jobs: Vec<Job<O>>,
    /// Rows that are in doubt already.
    pub in_doubt: Vec<u32>,
    /// How many rows exist, for the progress.
    pub existing: usize,
    /// Whether to compare the rows with Jira's list at the end.
    pub audit: WhenToAudit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenToAudit {
    Always,
    /// If anything was sent.
    IfSent,
    Never,
}

type OnEvent<'t> = &'t dyn Fn(RunEvent<'_>);

impl<'a> Session<'a> {
    /// A session that continues `run`, with its beginning in the journal.
    pub(super) fn on(
        run: &LoadedRun,
        args: &RunArgs,
        (kind, confirmed_by): (SessionKind, Option<ConfirmedBy>),
        destination: &Destination,
        (runtime, jira): (&'a Runtime, &'a Connected),
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let settle = args.pace.settle_after(run.state().sessions());
        let mut options = args.pace.options(settle);
        options.extend(args.connect.options(destination));
        let confirmed_by = confirmed_by.unwrap_or(ConfirmedBy::NotNeeded);
        let beginning = session(kind, &jira.target, confirmed_by, settle, options);
        let continue_by = match kind {
            SessionKind::Undo => run.next(&context.given, "undo"),
            _ => run.resume(&context.given),
        };
        Ok(Self {
            context,
            runtime,
            jira,
            pace: args.pace,
            settle,
            files: RunFiles::of(&run.dir),
            journal: run.reopen(beginning)?,
            continue_by: continue_by.to_string(),
        })
    }

    /// Writes what `begin` writes, then sends. Returns what the comparison with Jira's list found.
    pub(super) fn send<O: Operation>(
        &self,
        begin: impl Future<Output = Result<(), JournalError>>,
        work: Work<O>,
    ) -> Result<Discrepancies, EarlyEnd> {
        let numbers = (work.jobs.len(), work.existing);
        let settings = Settings {
            concurrency: usize::from(self.pace.concurrency),
            retries: self.pace.retries,
            max_failures: self.pace.max_failures.map(NonZeroU32::get),
        };
        self.watch(numbers, async |context, _, _| {
            begin.await?;
            let mut executor =
                Executor::new(context, work.matcher, settings, work.jobs, work.in_doubt);
            executor.run().await;
            let must_audit = match work.audit {
                WhenToAudit::Always => true,
                WhenToAudit::IfSent => executor.has_sent(),
                WhenToAudit::Never => false,
            };
            if must_audit {
                Ok(executor.audit().await)
            } else {
                Ok(Discrepancies::default())
            }
        })
    }

    /// Does `work` that sends nothing, and waits until what it recorded is on disk.
    pub(super) fn read<T>(
        &self,
        work: impl AsyncFnOnce(&SessionContext<'_>, &Appender) -> Result<T, Stop>,
    ) -> Result<T, EarlyEnd> {
        let done = self.watch((0, 0), async |context, appender, stop| {
            let done = work(context, appender).await;
            if let Err(reason) = &done {
                stop.throw(reason.clone());
            }
            appender.commit([]).await?;
            Ok(done)
        })?;
        done.map_err(EarlyEnd::Stopped)
    }

    /// Does `work` with progress, until it ends by itself, stops, or is interrupted.
    fn watch<T>(
        &self,
        (requests, existing): (usize, usize),
        work: impl AsyncFnOnce(&SessionContext<'_>, &Appender, &StopSwitch) -> Result<T, JournalError>,
    ) -> Result<T, EarlyEnd> {
        let stop = StopSwitch::default();
        let screen = &self.context.screen;
        let progress = Progress::new(screen, self.context.progress, requests, existing);
        let last_words = self.last_words();
        let on_event: OnEvent<'_> = &|event| progress.on_event(event);
        let appender = self.journal.appender();
        let context = SessionContext::new(
            &self.jira.client,
            appender.clone(),
            &self.jira.pacer,
            self.settle,
            &stop,
            on_event,
        );
        let done = self.runtime.block_on(async {
            tokio::select! {
                done = work(&context, &appender, &stop) => done,
                never = self.runtime.signals.watch(&stop, &progress, &last_words) => never,
            }
        });
        let done = done.map_err(|error| self.journal_failure(error))?;
        match stop.ending() {
            Some(stop) => Err(EarlyEnd::Stopped(stop)),
            None => Ok(done),
        }
    }

    /// What to do after everything was stopped at once.
    fn last_words(&self) -> String {
        let next = &self.continue_by;
        if self.jira.is_sandbox() {
            return format!("the sandbox and its contents are gone; to rehearse again:\n  {next}");
        }
        format!(
            "{} has every request; those without a response may be in Jira; to settle them and continue:\n  {next}",
            self.files.journal.display()
        )
    }

    /// Records how the session ended, writes the reports, and shows the result and what to do next. Work that ended by
    /// itself is incomplete if something `is_left`.
    pub(super) fn conclude(
        &self,
        ended: Result<(), EarlyEnd>,
        is_left: impl FnOnce(&Report) -> bool,
        next: impl FnOnce(&Report) -> String,
    ) -> Result<Exit, Failure> {
        let stopped = match ended {
            Ok(()) => None,
            Err(EarlyEnd::Stopped(stop)) => Some(stop),
            Err(EarlyEnd::Declined(why)) => {
                self.close(Some(&Stop::Interrupted))?;
                self.files.write_reports()?;
                self.context.screen.problem(&format!("{why}\n"));
                self.context.next(&if_wanted(&self.continue_by));
                return Ok(Exit::Interrupted);
            }
            Err(EarlyEnd::Refused(failure)) => {
                self.close(None)?;
                self.files.write_reports()?;
                return Err(failure);
            }
            Err(EarlyEnd::Failed(failure)) => return Err(self.fail(failure)),
        };
        self.close(stopped.as_ref())?;
        self.files
            .conclude(stopped.as_ref(), is_left, next, self.context)
    }

    /// Records the end of a session that cannot go on. Returns the failure with the command that continues.
    fn fail(&self, failure: Failure) -> Failure {
        let (how, why) = match failure.exit {
            Exit::Interrupted => (Ending::Interrupted, None),
            _ => (Ending::Stopped, Some(failure.message.clone())),
        };
        let written = self
            .runtime
            .block_on(close(&self.journal.appender(), how, why));
        if let Err(error) = written {
            return self.journal_failure(error);
        }
        if let Err(unwritten) = self.files.write_reports() {
            self.context
                .screen
                .failure(&unwritten.message, unwritten.help.as_deref());
        }
        let resume = format!("continue with `{}`", self.continue_by);
        let help = match &failure.help {
            Some(help) => format!("{help}; then {resume}"),
            None => resume,
        };
        failure.help(help)
    }

    /// Records that the session is over: it stopped, or everything is done.
    fn close(&self, stopped: Option<&Stop>) -> Result<(), Failure> {
        let how = match stopped {
            None => Ending::Complete,
            Some(Stop::Interrupted) => Ending::Interrupted,
            Some(_) => Ending::Stopped,
        };
        let why = stopped.map(ToString::to_string);
        let written = self
            .runtime
            .block_on(close(&self.journal.appender(), how, why));
        match (written, stopped.map(Stop::reason)) {
            // The stop itself says so.
            (Err(_), Some(Stop::Journal(_))) => Ok(()),
            (written, _) => written.map_err(|error| self.journal_failure(error)),
        }
    }

    /// The journal failed where no report shows it.
    fn journal_failure(&self, error: JournalError) -> Failure {
        let help = match StoredRun::at(&self.files.dir) {
            Ok(_) if !self.jira.is_sandbox() => {
                format!("fix this, then continue the run: {}", self.continue_by)
            }
            _ => "fix this, then run the same command again".to_owned(),
        };
        Failure::from(error).help(help)
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

/// Records the end of a session.
pub(super) async fn close(
    journal: &Appender,
    how: Ending,
    why: Option<String>,
) -> Result<(), JournalError> {
    let at = Timestamp::now();
    let stopped = why.map(|why| Event::Stopped { why, at });
    let closed = Event::Closed { how, at };
    journal.commit(stopped.into_iter().chain([closed])).await
}
