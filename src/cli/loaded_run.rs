//! A run that a command continues, loaded from its journal.

use std::path::{Path, PathBuf};

use clap::Args;

use super::connect::{ConnectArgs, NamedJira, is_at, url_of_run};
use super::exit::{Exit, Failure};
use super::next::{FILE, Given, NextCommand};
use super::pace::PaceArgs;
use super::values::{one_row, row_and_id};
use crate::jira::BaseUrl;
use crate::journal::{
    self, Event, JOURNAL_FILE, Jira, Journal, JournalError, Lock, ReadRun, RunDir, RunState,
    SessionStart, StoredRun, find_run, lock_jira,
};
use crate::model::Outcome;
use crate::validate::RowRange;

#[derive(Clone, Debug, Args)]
pub(super) struct RunsArgs {
    /// Directory in which each run has its journal and reports
    #[arg(long, value_name = "DIR", default_value = "gij-runs")]
    pub runs_dir: PathBuf,
}

/// The options of a command that continues a run and may send.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Assign an integration in Jira to a row in doubt, such as 'Azure!34=611'; repeatable
    #[arg(long, value_name = "ROW=ID", value_parser = row_and_id)]
    pub adopt: Vec<(RowRange, i64)>,
    /// Declare a row in doubt as not created, such as 'Azure!34'; repeatable
    #[arg(long, value_name = "ROW", value_parser = one_row)]
    pub absent: Vec<RowRange>,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// A run, locked, with what its journal contains.
pub(super) struct LoadedRun {
    pub dir: RunDir,
    pub read: ReadRun,
    /// Where its Jira is.
    pub base: BaseUrl,
    /// The word by which the next command finds it again.
    word: String,
    /// Its input files, if they are not where they were.
    files: Vec<String>,
}

impl LoadedRun {
    /// Loads the run that `word` means, unless `args` decide rows in doubt of an update.
    pub(super) fn load_to_change(word: &str, args: &RunArgs) -> Result<Self, Failure> {
        let run = Self::load(&args.runs.runs_dir, word, &args.connect)?;
        let is_decided = !args.adopt.is_empty() || !args.absent.is_empty();
        if is_decided && run.state().opened().is_update() {
            let failure = "--adopt and --absent apply to imports only; this run is an update";
            let help = "omit them: a resume sends rows in doubt again";
            return Err(Failure::usage(failure).help(help));
        }
        Ok(run)
    }

    /// Finds the run that `word` means, locks it and reads its journal. If the options of `connect` name a Jira, it is of that.
    pub(super) fn load(
        runs_dir: &Path,
        word: &str,
        connect: &ConnectArgs,
    ) -> Result<Self, Failure> {
        let (stored, base) = find(runs_dir, word, connect.named()?.as_ref())?;
        if stored.opened.rehearsal {
            let failure = Failure::usage(format!(
                "{} was a rehearsal, and its sandbox no longer exists",
                stored.id
            ));
            return Err(failure.help("list the runs on a real Jira with `gij runs`"));
        }
        let base = connect.checked(base)?;
        let dir = RunDir::open(&stored.path, &stored.id)?;
        let read = read_journal(dir.path())?;
        // An id is only found in the runs directory; a run elsewhere is named by its path.
        let is_below = same_file(&runs_dir.join(&*stored.id), &stored.path);
        let word = if is_below {
            stored.id
        } else {
            stored.path.to_string_lossy().into_owned()
        };
        Ok(Self {
            dir,
            read,
            base,
            word,
            files: Vec::new(),
        })
    }

    /// The same run with these input files, if there are any.
    pub(super) fn moved_to(mut self, files: &[PathBuf]) -> Self {
        let names = files.iter().map(|file| match file.to_string_lossy() {
            // Standard input cannot be read again.
            name if name == "-" => FILE.to_owned(),
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
        let is_update = self.state().opened().is_update();
        let row = self.state().row(n);
        let row = row.filter(|row| !row.is_undone());
        row.is_some_and(|row| match row.outcome {
            Outcome::NotAttempted | Outcome::Failed => true,
            // To send an update twice does no harm.
            Outcome::InDoubt => is_update,
            _ => false,
        })
    }

    /// The place of a row in its sheet.
    pub(super) fn place_of(&self, n: u32) -> String {
        let row = self.state().row(n);
        row.map_or_else(String::new, |row| row.place.to_string())
    }

    /// The command `name` on this run, as the next one after `given`.
    pub(super) fn next(&self, given: &Given, name: &str) -> NextCommand {
        given.on_run(name, &self.word)
    }

    /// The command that resumes it.
    pub(super) fn resume(&self, given: &Given) -> NextCommand {
        if self.files.is_empty() {
            given.resume(&self.word, self.state().opened().has_stdin())
        } else {
            self.next(given, "resume").operands(self.files.clone())
        }
    }

    /// The command that shows what is left to undo.
    pub(super) fn undo_dry_run(&self, given: &Given) -> NextCommand {
        given.undo_dry_run(&self.word)
    }

    /// The command that removes its duplicates.
    pub(super) fn undo_duplicates(&self, given: &Given) -> NextCommand {
        const CONFLICTING: [&str; 5] = [
            "duplicates",
            "undo_rows",
            "undo_only",
            "include_changed",
            "include_found",
        ];
        let undo = self.next(given, "undo").without(&CONFLICTING);
        undo.options(&["--duplicates"])
    }

    /// Keeps other runs on its `jira` away.
    pub(super) fn lock(&self, jira: &Jira) -> Result<Lock, Failure> {
        Ok(lock_jira(&self.runs_dir()?, jira.identity())?)
    }

    /// The directory of the runs that it lies in.
    pub(super) fn runs_dir(&self) -> Result<PathBuf, Failure> {
        // `.` and `..` have no parent directory; the true path has one.
        let path = self.dir.path().canonicalize().map_err(|error| {
            let path = self.dir.path().display();
            Failure::new(Exit::Stopped, format!("cannot find {path}: {error}"))
        })?;
        Ok(path.parent().unwrap_or(&path).to_owned())
    }

    /// Reopens its journal with the beginning of a session.
    pub(super) fn reopen(&self, beginning: SessionStart) -> Result<Journal, JournalError> {
        let journal = Journal::reopen(self.dir.path(), self.read.end)?;
        let appender = journal.appender();
        appender.append([Event::Session(Box::new(beginning))])?;
        Ok(journal)
    }

    /// Reads the journal again, after something was written to it.
    pub(super) fn read_again(&mut self) -> Result<(), Failure> {
        self.read = read_journal(self.dir.path())?;
        Ok(())
    }
}

/// Finds the run that `word` means, and where its Jira is. If a Jira is `named`, the last run is the last one on that, and no
/// run of another is taken, but for a rehearsal.
pub(super) fn find(
    runs_dir: &Path,
    word: &str,
    named: Option<&NamedJira>,
) -> Result<(StoredRun, BaseUrl), Failure> {
    let is_it = |jira: &Jira| named.is_none_or(|(_, base)| is_at(jira, base.as_str()));
    let stored = find_run(runs_dir, word, is_it)?;
    let named = named.filter(|_| !stored.opened.rehearsal);
    let base = url_of_run(named, &stored.id, &stored.opened.jira.url)?;
    Ok((stored, base))
}

/// Reads the journal of the run in `dir`.
pub(super) fn read_journal(dir: &Path) -> Result<ReadRun, Failure> {
    journal::read(&dir.join(JOURNAL_FILE)).map_err(|error| Failure::new(Exit::Stopped, error))
}

/// Whether two paths lead to the same place.
fn same_file(one: &Path, other: &Path) -> bool {
    let at = |path: &Path| path.canonicalize().ok();
    at(one).is_some_and(|one| at(other) == Some(one))
}
