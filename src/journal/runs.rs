//! The runs on disk, and which of them a word on the command line means.

use std::cmp::Reverse;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use rayon::prelude::*;
use thiserror::Error;

use super::disk::Lock;
use super::event::{Jira, RunOpened};
use super::reader::{ReadError, ReadRun, read, read_opening};
use super::run_dir::{JOURNAL_FILE, LOCK_FILE};
use crate::model::listed;

/// The newest run that is no rehearsal.
const LAST: &str = "last";

/// Most runs that a message names.
const MOST_NAMED: usize = 8;

/// A run on disk, as its directory and the first line of its journal tell it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct StoredRun {
    /// Its directory.
    pub path: PathBuf,
    /// The directory's name.
    pub id: String,
    pub opened: RunOpened,
}

/// Why a directory is no run.
#[derive(Debug, Error)]
pub(crate) enum NoRun {
    #[error("it has no {JOURNAL_FILE}")]
    NoJournal,
    /// The journal ends within its first line.
    #[error("gij ended before the first line of its journal was written; nothing was sent")]
    Unopened,
    #[error("{0}")]
    Journal(ReadError),
}

/// A directory that is no run, and why.
#[derive(Debug)]
pub(crate) struct SkippedDir {
    pub path: PathBuf,
    pub why: NoRun,
}

impl SkippedDir {
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// The runs below one directory.
#[derive(Debug, Default)]
pub(crate) struct StoredRuns {
    /// The newest first.
    pub runs: Vec<StoredRun>,
    /// The directories beside them.
    pub skipped: Vec<SkippedDir>,
}

impl StoredRun {
    /// The run whose directory is `path`.
    ///
    /// # Errors
    ///
    /// [`NoRun`] says what it lacks.
    pub(crate) fn at(path: &Path) -> Result<Self, NoRun> {
        let journal = path.join(JOURNAL_FILE);
        // Whatever else has that name, a pipe say, might never end.
        if !journal.is_file() {
            return Err(NoRun::NoJournal);
        }
        let opened = read_opening(&journal).map_err(NoRun::Journal)?;
        let opened = opened.ok_or(NoRun::Unopened)?;
        // `.` has no name by itself.
        let full = path.canonicalize();
        let name = full.as_deref().unwrap_or(path).file_name();
        Ok(Self {
            path: path.to_owned(),
            id: name.map_or_else(
                || opened.run.clone(),
                |name| name.to_string_lossy().into_owned(),
            ),
            opened,
        })
    }

    /// Everything that the journal tells.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the journal cannot be read.
    pub(crate) fn read(&self) -> Result<ReadRun, ReadError> {
        read(&self.path.join(JOURNAL_FILE))
    }

    /// Whether a process is at work on it now, as its lock tells. Ask only of a run that has not ended in good order.
    pub(crate) fn is_at_work(&self) -> bool {
        Lock::is_held(&self.path.join(LOCK_FILE))
    }
}

impl StoredRuns {
    /// The runs below `runs_dir`; none if there is no such directory.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read.
    pub(crate) fn below(runs_dir: &Path) -> io::Result<Self> {
        let entries = match runs_dir.read_dir() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            entries => entries?,
        };
        let mut all = Self::default();
        for entry in entries {
            let path = entry?.path();
            if !path.is_dir() {
                continue;
            }
            match StoredRun::at(&path) {
                Ok(run) => all.runs.push(run),
                Err(why) => all.skipped.push(SkippedDir { path, why }),
            }
        }
        all.runs
            .sort_by_cached_key(|run| Reverse((run.opened.at, run.id.clone())));
        all.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(all)
    }

    /// What `ask` makes of each run and of all that its journal tells. Several are read at once, and none is kept.
    pub(crate) fn read_each<T: Send>(
        &self,
        ask: impl Fn(&StoredRun, Result<ReadRun, ReadError>) -> T + Send + Sync,
    ) -> Vec<T> {
        let runs = self.runs.par_iter();
        runs.map(|run| ask(run, run.read())).collect()
    }

    fn last(
        self,
        runs_dir: &Path,
        is_it: impl Fn(&Jira) -> bool,
    ) -> Result<StoredRun, FindRunError> {
        let ids = ids(&self.runs);
        let is_real = |run: &&StoredRun| !run.opened.rehearsal;
        let has_real = self.runs.iter().any(|run| is_real(&run));
        let mut real = self.runs.into_iter().filter(|run| is_real(&run));
        let last = real.find(|run| is_it(&run.opened.jira));
        // An older run in the place of the one that is meant would be worse than none.
        let may_be_newer = |other: &SkippedDir| {
            let name = other.name();
            matches!(other.why, NoRun::Journal(_))
                && is_stamped(&name)
                && last.as_ref().is_none_or(|last| name > last.id)
        };
        if let Some(SkippedDir { path, why }) = self.skipped.into_iter().rfind(may_be_newer) {
            let path = path.display();
            return Err(FindRunError {
                message: format!("cannot tell which run is the last: {path} may be it, and {why}"),
                help: "name the run that you mean; `gij runs` lists them".to_owned(),
            });
        }
        last.ok_or_else(|| {
            if ids.is_empty() {
                return FindRunError::no_runs(runs_dir);
            }
            if has_real {
                return FindRunError {
                    message: format!(
                        "no run in {} is on the Jira that --jira-url or JIRA_URL names",
                        runs_dir.display()
                    ),
                    help: "`gij runs` lists the runs and their Jiras".to_owned(),
                };
            }
            FindRunError {
                message: format!("all runs in {} are rehearsals", runs_dir.display()),
                help: format!(
                    "`gij import FILE` imports into a Jira; the sandbox of a rehearsal is gone, but `gij report RUN` still shows its report: {ids}"
                ),
            }
        })
    }

    fn by_part(self, runs_dir: &Path, word: &str) -> Result<StoredRun, FindRunError> {
        let part = word.to_lowercase();
        let has_part = |name: &str| !part.is_empty() && name.to_lowercase().contains(&part);
        let all = ids(&self.runs);
        let with_part = self.runs.into_iter().filter(|run| has_part(&run.id));
        let (rehearsals, mut found): (Vec<_>, Vec<_>) =
            with_part.partition(|run| run.opened.rehearsal);
        if found.is_empty() {
            found = rehearsals;
        }
        let dir = runs_dir.display();
        if let count @ 2.. = found.len() {
            return Err(FindRunError {
                message: format!("`{word}` matches {count} runs in {dir}"),
                help: format!("give more of the name: {}", ids(&found)),
            });
        }
        if let Some(run) = found.pop() {
            return Ok(run);
        }
        // That it was found and is no run tells more than that there is none.
        let mut skipped = self.skipped.into_iter();
        if let Some(SkippedDir { path, why }) = skipped.find(|other| has_part(&other.name())) {
            return Err(FindRunError::not_a_run(&path, &why));
        }
        if all.is_empty() {
            return Err(FindRunError::no_runs(runs_dir));
        }
        Err(FindRunError {
            message: format!("no run in {dir} has `{word}` in its name"),
            help: format!("there are {all}"),
        })
    }
}

/// Finds the run that `word` means: `last`, an id, the path of a run directory or of its journal, or a part of one name. A
/// rehearsal is never the last run, and found by a part of its name only where no other run is. The last run is the last one
/// whose Jira `is_it`.
///
/// # Errors
///
/// [`FindRunError`] if there is none, or more than one.
pub(crate) fn find_run(
    runs_dir: &Path,
    word: &str,
    is_it: impl Fn(&Jira) -> bool,
) -> Result<StoredRun, FindRunError> {
    let at = |path: &Path| StoredRun::at(path).map_err(|why| FindRunError::not_a_run(path, &why));
    if let Some(dir) = as_path(word) {
        return at(dir);
    }
    let all = StoredRuns::below(runs_dir).map_err(|error| FindRunError {
        message: format!("cannot read {}: {error}", runs_dir.display()),
        help: "check who may read it".to_owned(),
    })?;
    if word == LAST {
        return all.last(runs_dir, is_it);
    }
    if let Some(run) = all.runs.iter().find(|run| run.id == word) {
        return Ok(run.clone());
    }
    // Within the directory of the runs, or with a run of another place at hand.
    let here = Path::new(word);
    if !word.is_empty() && here.join(JOURNAL_FILE).is_file() {
        return at(here);
    }
    all.by_part(runs_dir, word)
}

/// Why no run is found, and what to do.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct FindRunError {
    message: String,
    pub help: String,
}

impl FindRunError {
    /// There are none in `runs_dir`.
    pub(crate) fn no_runs(runs_dir: &Path) -> Self {
        // Where `gij-runs` is depends on the directory that the command was started in.
        let full = std::path::absolute(runs_dir);
        let dir = full.as_deref().unwrap_or(runs_dir).display();
        let what = if runs_dir.is_dir() {
            "there are no runs in"
        } else {
            "there is no directory"
        };
        Self {
            message: format!("{what} {dir}"),
            help: "`gij import FILE` starts a run, and keeps it in `gij-runs` below the directory it is started in; name another \
                   runs directory with `--runs-dir DIR`"
                .to_owned(),
        }
    }

    fn not_a_run(path: &Path, why: &NoRun) -> Self {
        Self {
            message: format!("{} is not a run: {why}", path.display()),
            help: format!("a run is a directory with a {JOURNAL_FILE}; `gij runs` lists them"),
        }
    }
}

/// The directory that `word` names, if it can only be a path.
fn as_path(word: &str) -> Option<&Path> {
    let path = Path::new(word);
    let is_journal = path.file_name().is_some_and(|name| name == JOURNAL_FILE);
    if is_journal && path.is_file() {
        return match path.parent() {
            Some(dir) if dir.as_os_str().is_empty() => Some(Path::new(".")),
            dir => dir,
        };
    }
    let is_path = word.contains(std::path::is_separator) || word == "." || word == "..";
    is_path.then_some(path)
}

/// The first few ids and how many more there are.
fn ids(runs: &[StoredRun]) -> String {
    listed(runs, MOST_NAMED, |run| run.id.clone())
}

/// Whether a directory is named as a run is: `20261122T101503Z-…`.
fn is_stamped(name: &str) -> bool {
    let time = name.split_once("Z-").map(|(time, _)| time);
    time.is_some_and(|time| DateTime::strptime("%Y%m%dT%H%M%S", time).is_ok())
}

#[cfg(test)]
mod tests;
