//! A run that a command takes up again.

use std::path::{Path, PathBuf};

use super::connect::Connected;
use super::exit::{Exit, Failure};
use super::facts::session;
use super::next::OfRun;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::Session;
use super::settings::{ConnectSettings, Invocation, TakeUpSettings};
use crate::journal::{
    self, ConfirmedBy, Event, Journal, JournalError, Lock, ReadRun, RunDir, RunState, SessionKind,
    find_run, lock_jira,
};
use crate::model::Outcome;
use crate::render::Screen;

/// A run, locked, and what its journal tells.
pub(super) struct TakenUp {
    pub dir: RunDir,
    pub read: ReadRun,
    /// A word by which the same command finds it again.
    word: String,
    /// Where its sheets lie now, if somebody says so.
    files: Vec<String>,
}

impl TakenUp {
    /// Finds the run that `word` means, and locks it.
    pub(super) fn find(runs_dir: &Path, word: &str) -> Result<Self, Failure> {
        let stored = find_run(runs_dir, word)?;
        let dir = RunDir::open(&stored.path, &stored.id)?;
        let read = RunFiles::of(&dir).read()?;
        // What was named by its path need not lie where an id is looked for.
        let is_below = same_file(&runs_dir.join(&*stored.id), &stored.path);
        let word = if is_below {
            stored.id
        } else {
            stored.path.to_string_lossy().into_owned()
        };
        let run = Self {
            dir,
            read,
            word,
            files: Vec::new(),
        };
        if run.state().opened().rehearsal {
            let failure = Failure::usage(format!(
                "{} was a rehearsal, and the sandbox that it went to is gone",
                run.id()
            ));
            return Err(failure.help("`gij runs` lists the runs that went to a Jira"));
        }
        Ok(run)
    }

    /// The same run, whose sheets lie in these files now, if there are any.
    pub(super) fn moved_to(mut self, files: &[PathBuf]) -> Self {
        let names = files.iter().map(|file| match file.to_string_lossy() {
            // Standard input cannot be read again.
            name if name == "-" => "FILE".to_owned(),
            name => name.into_owned(),
        });
        self.files = names.collect();
        self
    }

    pub(super) fn id(&self) -> &str {
        self.dir.id()
    }

    pub(super) fn state(&self) -> &RunState {
        &self.read.state
    }

    /// Whether the row is still to be sent.
    pub(super) fn is_to_be_sent(&self, n: u32) -> bool {
        let row = self.state().row(n);
        row.is_some_and(|row| matches!(row.outcome, Outcome::NotAttempted | Outcome::Failed))
    }

    /// Where the row stands in its sheet, in words.
    pub(super) fn place_of(&self, n: u32) -> String {
        let row = self.state().row(n);
        row.map_or_else(String::new, |row| row.place.to_string())
    }

    /// Whether the journal tells of what was sent and no more of what Jira held before.
    pub(super) fn has_lost_baseline(&self) -> bool {
        self.state().has_lost_baseline()
    }

    /// Whether it read standard input, which cannot be read again.
    pub(super) fn has_stdin(&self) -> bool {
        self.state().opened().has_stdin()
    }

    /// The run as a next command after one that was called by `invocation` goes on with it.
    pub(super) fn next<'i>(&self, invocation: &'i Invocation) -> OfRun<'i> {
        let mut next = OfRun::new(&invocation.typed, &self.word, self.has_stdin());
        if !self.files.is_empty() {
            next.files.clone_from(&self.files);
        }
        next
    }

    /// The base URL of its Jira.
    pub(super) fn url(&self) -> &str {
        &self.state().opened().jira.url
    }

    /// Keeps other runs on the same Jira away.
    pub(super) fn lock_jira(&self) -> Result<Lock, Failure> {
        Ok(lock_jira(&self.runs_dir()?, self.url())?)
    }

    /// The directory of the runs that it lies in.
    pub(super) fn runs_dir(&self) -> Result<PathBuf, Failure> {
        // The directory of a run that is named by `.` or `..` is told by its true path alone.
        let path = self.dir.path().canonicalize().map_err(|error| {
            let path = self.dir.path().display();
            Failure::new(Exit::Stopped, format!("cannot find {path}: {error}"))
        })?;
        Ok(path.parent().unwrap_or(&path).to_owned())
    }

    /// Goes on with its journal, by a session that begins.
    pub(super) fn reopen(&self, beginning: journal::SessionStart) -> Result<Journal, JournalError> {
        let journal = Journal::reopen(self.dir.path(), self.read.end)?;
        let appender = journal.appender();
        appender.append([Event::Session(Box::new(beginning))])?;
        Ok(journal)
    }

    /// Reads the journal again, after something was written to it.
    pub(super) fn read_again(&mut self) -> Result<(), Failure> {
        self.read = RunFiles::of(&self.dir).read()?;
        Ok(())
    }
}

/// Whether two paths lead to the same place.
fn same_file(one: &Path, other: &Path) -> bool {
    let at = |path: &Path| path.canonicalize().ok();
    at(one).is_some_and(|one| at(other) == Some(one))
}

impl<'a> Session<'a> {
    /// A session on a run that is taken up; `after_kill` goes on after everything was stopped at once.
    pub(super) fn on(
        run: &TakenUp,
        settings: &TakeUpSettings,
        after_kill: String,
        (runtime, jira): (&'a Runtime, &'a Connected),
        screen: &'a Screen,
    ) -> Self {
        Self {
            runtime,
            jira,
            pace: settings.pace_after(run.state().sessions()),
            progress: settings.invocation.progress,
            files: RunFiles::of(&run.dir),
            screen,
            after_kill,
        }
    }

    /// Writes down that it begins.
    pub(super) fn begin(
        &self,
        run: &TakenUp,
        kind: SessionKind,
        confirmed_by: Option<ConfirmedBy>,
        connecting: &ConnectSettings,
    ) -> Result<Journal, JournalError> {
        let mut options = self.pace.options();
        options.extend(connecting.options());
        run.reopen(session(
            kind,
            &self.jira.target,
            confirmed_by.unwrap_or(ConfirmedBy::NotNeeded),
            self.pace.settle,
            options,
        ))
    }
}
