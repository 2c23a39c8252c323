//! A session: one command at work on a run, with progress and signals, and how it ends.
//!
//! The same story for `import`, `resume` and `undo`: its work may end early for the reasons of [`EarlyEnd`], and
//! [`Session::conclude`] records the end, writes the reports and shows the result and the next command.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::connect::{Connected, connect};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{Decision, LoadedRun, RunArgs, read_journal};
use super::next::to_continue;
use super::pace::PaceArgs;
use super::runtime::Runtime;
use crate::engine::{
    Executor, Job, Matcher, Operation, SessionContext, Settings, Stop, StopSwitch,
};
use crate::input::Source;
use crate::journal::{
    Appender, ConfirmedBy, Discrepancies, Ending, Event, JOURNAL_FILE, Jira, Journal, JournalError,
    Lock, SessionKind, SessionStart, lock_jira,
};
use crate::model::RemoteIntegration;
use crate::render::{Progress, summary};
use crate::report::{Report, write_run_reports};

/// The version of `gij`.
pub(super) const GIJ: &str = env!("CARGO_PKG_VERSION");

pub(super) struct Session<'a> {
    pub context: &'a Context,
    pub jira: Connected,
    /// Keeps other sessions on the same Jira away; none for a rehearsal, which has its Jira to itself.
    #[expect(dead_code, reason = "held until the session ends")]
    pub lock: Option<Lock>,
    pub pace: PaceArgs,
    /// How long Jira is given to list what it created.
    pub settle: Duration,
    /// The directory of the run.
    pub dir: PathBuf,
    pub journal: Journal,
    /// The command that continues after the session was stopped at once.
    pub continue_by: String,
}

/// Why the work of a session ends before it is done.
pub(super) enum EarlyEnd {
    /// It stopped, or cannot continue.
    Stopped(Ending, Failure),
    /// The user declined, with what that means.
    Declined(String),
}

impl From<Failure> for EarlyEnd {
    fn from(failure: Failure) -> Self {
        let how = match failure.exit {
            Exit::Interrupted => Ending::Interrupted,
            _ => Ending::Stopped,
        };
        Self::Stopped(how, failure)
    }
}

impl From<Stop> for EarlyEnd {
    fn from(stop: Stop) -> Self {
        let how = match stop {
            Stop::Interrupted => Ending::Interrupted,
            _ => Ending::Stopped,
        };
        Self::Stopped(how, stop.into())
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
    pub must_audit: bool,
}

impl<O> Work<O> {
    /// Work on rows of which none is in doubt.
    pub(super) fn new(matcher: Matcher, jobs: Vec<Job<O>>, must_audit: bool) -> Self {
        Self {
            matcher,
            jobs,
            in_doubt: Vec::new(),
            existing: 0,
            must_audit,
        }
    }
}

impl<'a> Session<'a> {
    /// Begins a session on `run`: connects to its Jira, keeps others away from both, and records the beginning. Returns Jira's
    /// list too, and what the user decides about rows in doubt.
    pub(super) fn begin(
        run: &LoadedRun,
        args: &RunArgs,
        kind: SessionKind,
        confirmed_by: Option<ConfirmedBy>,
        context: &'a Context,
    ) -> Result<(Self, Vec<RemoteIntegration>, Vec<Decision>), Failure> {
        let (jira, list) = connect(&args.connect, &run.base, args.pace.pace(), &context.screen)?;
        let lock = lock_jira(&run.runs_dir()?, jira.jira.identity())?;
        let decisions = run.decisions(args, &list)?;
        let settle = args.pace.settle_after(&run.state().sessions);
        let confirmed_by = confirmed_by.unwrap_or(ConfirmedBy::NotNeeded);
        let start = session_start(kind, &jira.jira, confirmed_by, settle, context);
        let continue_by = match kind {
            SessionKind::Undo => run.next(&context.given, "undo"),
            _ => run.resume(&context.given),
        };
        let session = Self {
            context,
            jira,
            lock: Some(lock),
            pace: args.pace,
            settle,
            dir: run.dir.path.clone(),
            journal: run.reopen(start)?,
            continue_by: continue_by.to_string(),
        };
        Ok((session, list, decisions))
    }

    /// Writes what `begin` writes, then sends. Returns what the comparison with Jira's list found.
    pub(super) fn send<O: Operation>(
        &self,
        begin: impl Future<Output = Result<(), JournalError>>,
        work: Work<O>,
    ) -> Result<Discrepancies, EarlyEnd> {
        let numbers = (work.jobs.len(), work.existing);
        let settings = Settings {
            retries: self.pace.retries,
            max_failures: self.pace.max_failures.map(NonZeroU32::get),
        };
        self.watch(numbers, async |context, _, _| {
            begin.await?;
            let mut executor =
                Executor::new(context, work.matcher, settings, work.jobs, work.in_doubt);
            executor.run().await;
            Ok(if work.must_audit {
                executor.audit().await
            } else {
                Discrepancies::default()
            })
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
        Ok(done?)
    }

    /// Does `work` with progress, until it ends by itself, stops, or is interrupted.
    fn watch<T>(
        &self,
        (requests, existing): (usize, usize),
        work: impl AsyncFnOnce(&SessionContext<'_>, &Appender, &StopSwitch) -> Result<T, JournalError>,
    ) -> Result<T, EarlyEnd> {
        let stop = StopSwitch::default();
        let style = self.context.progress;
        let progress = Progress::new(&self.context.screen, style, requests, existing);
        let on_event = |event: crate::engine::RunEvent<'_>| progress.on_event(event);
        let appender = self.journal.appender();
        let context = SessionContext {
            client: &self.jira.client,
            journal: appender.clone(),
            pacer: &self.jira.pacer,
            stop: &stop,
            on_event: &on_event,
            settle: self.settle,
            access_seen: Mutex::default(),
        };
        let work = work(&context, &appender, &stop);
        let last_words = self.last_words();
        let done =
            self.jira
                .runtime
                .watched(work, &stop, &progress, self.jira.timeout, &last_words);
        let done = done.map_err(|error| self.journal_failure(error))?;
        match stop.ending() {
            Some(stop) => Err(stop.into()),
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
            self.dir.join(JOURNAL_FILE).display()
        )
    }

    /// Records how the session ended, writes the reports, and shows the result and what to do next: whether something is
    /// left, and the next step, are told by `after`, from what the work returned if it was done.
    pub(super) fn conclude<T>(
        &self,
        ended: Result<T, EarlyEnd>,
        after: impl FnOnce(&Report, Option<T>) -> (bool, String),
    ) -> Result<Exit, Failure> {
        let (done, how, failure) = match ended {
            Ok(done) => (Some(done), Ending::Complete, None),
            Err(EarlyEnd::Stopped(how, failure)) => (None, how, Some(failure)),
            Err(EarlyEnd::Declined(why)) => return self.decline(&why),
        };
        let why = failure.as_ref().map(|why| why.message.clone());
        let appender = self.journal.appender();
        let recorded = self.jira.runtime.block_on(record_end(&appender, how, why));
        match (recorded, failure) {
            (Err(error), None) => Err(self.journal_failure(error)),
            // What came first is the reason.
            (Err(_), Some(failure)) if !self.has_begun() => Err(failure),
            (_, failure) => {
                let runtime = Some(&self.jira.runtime);
                let failure = failure.map(|failure| (how, failure));
                let after = |report: &Report| after(report, done);
                show_result(&self.dir, failure, after, runtime, self.context)
            }
        }
    }

    /// Ends as declined, which leaves the run as it was.
    fn decline(&self, why: &str) -> Result<Exit, Failure> {
        let at = Timestamp::now();
        let appender = self.journal.appender();
        let declined = appender.commit([Event::Declined { at }]);
        let declined = self.jira.runtime.block_on(declined);
        declined.map_err(|error| self.journal_failure(error))?;
        write_reports(&self.dir)?;
        self.context.screen.problem(&format!("{why}\n"));
        self.context.next(&to_continue(&self.continue_by));
        Ok(Exit::Interrupted)
    }

    /// Whether the run can be continued, by its journal.
    fn has_begun(&self) -> bool {
        let read = read_journal(&self.dir);
        !self.jira.is_sandbox() && read.is_ok_and(|read| read.state.has_begun())
    }

    fn journal_failure(&self, error: JournalError) -> Failure {
        let help = if self.has_begun() {
            format!("fix this, then continue the run: {}", self.continue_by)
        } else {
            "fix this, then run the same command again".to_owned()
        };
        Failure::from(error).help(help)
    }
}

/// Records the end of a session.
pub(super) async fn record_end(
    journal: &Appender,
    how: Ending,
    why: Option<String>,
) -> Result<(), JournalError> {
    let at = Timestamp::now();
    let stopped = why.map(|why| Event::Stopped { why, at });
    let closed = Event::Closed { how, at };
    journal.commit(stopped.into_iter().chain([closed])).await
}

/// A session that begins now, as it is journaled.
pub(super) fn session_start(
    kind: SessionKind,
    jira: &Jira,
    confirmed_by: ConfirmedBy,
    settle: Duration,
    context: &Context,
) -> SessionStart {
    let mut options = context.given.session_options();
    if !settle.is_zero() {
        options.insert("settle".into(), format!("{}s", settle.as_secs_f64()));
    }
    SessionStart {
        kind,
        gij: GIJ.into(),
        host: whoami::hostname().unwrap_or_default(),
        os_user: whoami::username().unwrap_or_default(),
        jira_user: jira.user.clone(),
        at: Timestamp::now(),
        settle_ms: u64::try_from(settle.as_millis()).unwrap_or(u64::MAX),
        confirmed_by,
        options,
    }
}

/// The report of the run in `dir` as it is now.
pub(super) fn report_of(dir: &Path) -> Result<Report, Failure> {
    let journal = Source::open(&dir.join(JOURNAL_FILE));
    let hash = journal.and_then(|journal| journal.sha256()).ok();
    Ok(Report::of_run(read_journal(dir)?.state).with_journal_hash(hash))
}

/// Writes the reports of the run in `dir` as it is now.
pub(super) fn write_reports(dir: &Path) -> Result<(), Failure> {
    let report = report_of(dir)?;
    let written = write_run_reports(&report, dir);
    written.map_err(|error| unwritten(error, dir))?;
    Ok(())
}

/// A report in `dir` that cannot be written.
fn unwritten(error: impl std::fmt::Display, dir: &Path) -> Failure {
    let journal = dir.join(JOURNAL_FILE);
    let help = format!(
        "no row is lost: {} has all that was sent",
        journal.display()
    );
    Failure::new(Exit::Stopped, error).help(help)
}

/// Writes the reports of the run in `dir`, then shows its result and what to do `after` it. A session that did not end early
/// by a `failure` is complete unless something is left. Once everything is on disk, the next signal that the `runtime` gets
/// ends the process.
pub(super) fn show_result(
    dir: &Path,
    failure: Option<(Ending, Failure)>,
    after: impl FnOnce(&Report) -> (bool, String),
    runtime: Option<&Runtime>,
    context: &Context,
) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let report = report_of(dir)?;
    let written = write_run_reports(&report, dir).map_err(|error| unwritten(error, dir));
    let more = context.reports.write(&report);
    let written = written.and_then(|paths| Ok([paths, more?].concat()));
    if let Some(runtime) = runtime {
        runtime.release_signals();
    }
    let (is_left, next) = after(&report);
    let mut exit = match failure {
        Some((how, failure)) => {
            // An interruption is shown when it comes.
            if how != Ending::Interrupted {
                screen.failure(&failure.message, failure.help.as_deref());
            }
            failure.exit
        }
        // Rows that the journal has lost may still have to be sent.
        None if is_left || report.may_lack_rows() => Exit::Incomplete,
        None => Exit::Done,
    };
    context.show_json(&report)?;
    if !context.is_json {
        screen.result(&summary(&report));
    }
    match written {
        Ok(_) if context.is_json => {}
        Ok(paths) => {
            let paths: Vec<String> = paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            screen.info(&format!("\nReport: {}", paths.join("\n        ")));
        }
        Err(failure) => {
            screen.failure(&failure.message, failure.help.as_deref());
            // Writing the reports is part of the command.
            exit = exit.max(Exit::Stopped);
        }
    }
    context.next(&next);
    Ok(exit)
}
