//! A run that a command continues, loaded from its journal.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::connect::{ConnectArgs, NamedJira, is_at, named_jira, url_of_run};
use super::exit::{Exit, Failure};
use super::next::{Given, NextCommand};
use super::pace::PaceArgs;
use super::values::{one_row, row_and_id};
use crate::engine::Matcher;
use crate::jira::BaseUrl;
use crate::journal::{
    self, Event, JOURNAL_FILE, Jira, Journal, JournalError, ReadRun, RunDir, RunState,
    SessionStart, StoredRun, find_run,
};
use crate::model::{Outcome, RemoteIntegration};
use crate::render::Screen;
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

/// What the user decides about a row in doubt.
pub(super) struct Decision {
    pub n: u32,
    /// Its integration; none if it was not created.
    pub adopted: Option<RemoteIntegration>,
}

/// A run, locked, with what its journal contains.
pub(super) struct LoadedRun {
    pub dir: RunDir,
    pub read: ReadRun,
    /// Where its Jira is.
    pub base: BaseUrl,
    /// The word by which the next command finds it again.
    word: String,
}

impl LoadedRun {
    /// Loads the run that `word` means, unless `args` decide rows in doubt of an update.
    pub(super) fn load_to_change(
        word: &str,
        args: &RunArgs,
        screen: &Screen,
    ) -> Result<Self, Failure> {
        let run = Self::load(&args.runs.runs_dir, word, &args.connect, screen)?;
        let adopted = args.adopt.iter().map(|(place, _)| place);
        for place in adopted.chain(&args.absent) {
            if run.state().opened.is_update() {
                let failure = "--adopt and --absent apply to imports only; this run is an update";
                let help = "omit them: a resume sends rows in doubt again";
                return Err(Failure::usage(failure).help(help));
            }
            run.row_in_doubt(place)?;
        }
        Ok(run)
    }

    /// Finds the run that `word` means, locks it and reads its journal. If the options of `connect` name a Jira, it is of that.
    pub(super) fn load(
        runs_dir: &Path,
        word: &str,
        connect: &ConnectArgs,
        screen: &Screen,
    ) -> Result<Self, Failure> {
        let named = named_jira(connect.jira_url.as_deref())?;
        let (stored, base) = find(runs_dir, word, named.as_ref())?;
        if stored.opened.rehearsal {
            let failure = Failure::usage(format!(
                "{} was a rehearsal, and its sandbox no longer exists",
                stored.id
            ));
            return Err(failure.help("list the runs on a real Jira with `gij runs`"));
        }
        let base = connect.checked(base)?;
        let dir = RunDir::open(&stored.path, &stored.id)?;
        let read = read_journal(&dir.path)?;
        if let Some(line) = read.damaged.first() {
            screen.problem(&format!(
                "warning: the journal is damaged at line {line}; every row that was not settled by then counts as sent, and \
                 rows may be missing\n"
            ));
        }
        // An id is only found in the runs directory; a run elsewhere is named by its path.
        let word = if stored.path.parent() == Some(runs_dir) {
            stored.id
        } else {
            stored.path.to_string_lossy().into_owned()
        };
        Ok(Self {
            dir,
            read,
            base,
            word,
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.dir.id
    }

    pub(super) fn state(&self) -> &RunState {
        &self.read.state
    }

    /// Whether the row is still to be sent.
    pub(super) fn is_to_be_sent(&self, n: u32) -> bool {
        let is_update = self.state().opened.is_update();
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
        row.map_or_else(String::new, |row| row.read.place.to_string())
    }

    /// The decisions, checked against the run and Jira's list.
    pub(super) fn decisions(
        &self,
        args: &RunArgs,
        list: &[RemoteIntegration],
    ) -> Result<Vec<Decision>, Failure> {
        let mut decisions: Vec<Decision> = Vec::new();
        let matcher = Matcher::of_run(self.state());
        for (place, id) in &args.adopt {
            let n = self.row_in_doubt(place)?;
            let refuse = |why: &str| Err(Failure::usage(format!("--adopt: {why}")));
            let Some(shown) = list.iter().find(|remote| remote.id == *id) else {
                return refuse(&format!("Jira has no integration {id}"));
            };
            let is_it = |other: &Decision| other.adopted.as_ref().is_some_and(|it| it.id == *id);
            let row_type = self.state().row(n);
            let row_type = row_type.and_then(|row| row.read.type_name.as_deref());
            if matcher.is_in_baseline(shown.identity()) {
                return refuse(&format!("integration {id} was in Jira before the run"));
            }
            if decisions.iter().any(is_it) || matcher.is_claimed(shown.identity()) {
                return refuse(&format!("integration {id} belongs to another row"));
            }
            if row_type != Some(shown.type_name.as_str()) {
                let (row_type, theirs) = (row_type.unwrap_or("unknown"), &shown.type_name);
                return refuse(&format!(
                    "integration {id} is of type {theirs}, but the type of {place} is {row_type}"
                ));
            }
            decisions.push(Decision {
                n,
                adopted: Some(shown.clone()),
            });
        }
        for place in &args.absent {
            decisions.push(Decision {
                n: self.row_in_doubt(place)?,
                adopted: None,
            });
        }
        let mut rows = BTreeSet::new();
        if let Some(twice) = decisions.iter().find(|decision| !rows.insert(decision.n)) {
            let place = self.place_of(twice.n);
            let failure = format!("--adopt and --absent name the row {place} more than once");
            return Err(Failure::usage(failure).help("give one decision for each row"));
        }
        Ok(decisions)
    }

    /// The row in doubt that stands at `place`.
    fn row_in_doubt(&self, place: &RowRange) -> Result<u32, Failure> {
        let mut rows = self.state().rows().filter(|(_, row)| {
            let at = &row.read.place;
            at.row.is_some_and(|number| place.holds(&at.table, number))
        });
        match (rows.next(), rows.next()) {
            (Some((n, row)), None) if row.outcome == Outcome::InDoubt => Ok(n),
            (Some((_, row)), None) => Err(Failure::usage(format!(
                "row {place} is not in doubt: it is {}",
                row.outcome
            ))),
            (None, _) => Err(Failure::usage(format!(
                "the run {} has no row {place}",
                self.id()
            ))),
            (Some(_), Some(_)) => {
                let failure = format!("the run {} has several rows {place}", self.id());
                Err(Failure::usage(failure)
                    .help("name the sheet or the file too, such as 'Azure!34'"))
            }
        }
    }

    /// The command `name` on this run, as the next one after `given`.
    pub(super) fn next(&self, given: &Given, name: &str) -> NextCommand {
        given.on_run(name, &self.word)
    }

    /// The command that resumes it.
    pub(super) fn resume(&self, given: &Given) -> NextCommand {
        given.resume(&self.word, self.state().opened.has_stdin())
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

    /// The directory of the runs that it lies in.
    pub(super) fn runs_dir(&self) -> Result<PathBuf, Failure> {
        // `.` and `..` have no parent directory; the true path has one.
        let path = self.dir.path.canonicalize().map_err(|error| {
            let path = self.dir.path.display();
            Failure::new(Exit::Stopped, format!("cannot find {path}: {error}"))
        })?;
        Ok(path.parent().unwrap_or(&path).to_owned())
    }

    /// Reopens its journal with the beginning of a session.
    pub(super) fn reopen(&self, beginning: SessionStart) -> Result<Journal, JournalError> {
        let journal = Journal::reopen(&self.dir.path, self.read.end)?;
        let appender = journal.appender();
        appender.append([Event::Session(Box::new(beginning))])?;
        Ok(journal)
    }

    /// Reads the journal again, after something was written to it.
    pub(super) fn read_again(&mut self) -> Result<(), Failure> {
        self.read = read_journal(&self.dir.path)?;
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
