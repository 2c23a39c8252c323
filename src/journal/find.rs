//! Which run somebody means.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::run_dir::JOURNAL_FILE;
use super::stored::{NoRun, PassedOver, StoredRun, StoredRuns};

/// The newest run that is no rehearsal.
const LAST: &str = "last";

/// Most runs that a message names.
const MOST_NAMED: usize = 8;

/// Why no run is found.
#[derive(Debug, Error)]
pub(crate) enum FindRunError {
    /// The directory of the runs cannot be read.
    #[error("cannot read {}: {source}", .runs_dir.display())]
    Io {
        /// The directory of the runs.
        runs_dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There are no runs at all.
    #[error("there are no runs in {}", .0.display())]
    NoRuns(PathBuf),
    /// There are rehearsals only, of which none is the last run.
    #[error("all runs in {} are rehearsals", .runs_dir.display())]
    OnlyRehearsals {
        /// The directory of the runs.
        runs_dir: PathBuf,
        /// The ids of the rehearsals, the newest first.
        there: Vec<String>,
    },
    /// What may be the last run cannot be read.
    #[error("which run is the last one cannot be told: {} may be it, and {why}", .path.display())]
    LastUnknown {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        why: NoRun,
    },
    /// No run has such a name.
    #[error("no run in {} has `{word}` in its name", .runs_dir.display())]
    Unknown {
        /// The directory of the runs.
        runs_dir: PathBuf,
        /// What was asked for.
        word: String,
        /// The ids of all runs, the newest first.
        there: Vec<String>,
    },
    /// Several runs have such a name.
    #[error("`{word}` is in the names of {} runs in {}", .found.len(), .runs_dir.display())]
    Several {
        /// The directory of the runs.
        runs_dir: PathBuf,
        /// What was asked for.
        word: String,
        /// The ids of these runs, the newest first.
        found: Vec<String>,
    },
    /// The directory that is meant is no run.
    #[error("{} is not a run: {why}", .path.display())]
    NotARun {
        /// The directory.
        path: PathBuf,
        /// What it lacks.
        why: NoRun,
    },
}

impl FindRunError {
    /// What to do.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Io { .. } => "check who may read it".into(),
            Self::NoRuns(_) => {
                "`--runs-dir DIR` names the directory of the runs; `gij import FILE` begins a run"
                    .into()
            }
            Self::OnlyRehearsals { there, .. } => {
                format!(
                    "if it is one of them that you mean, name it: {}",
                    list(there)
                )
            }
            Self::LastUnknown { .. } => "name the run that you mean; `gij runs` lists them".into(),
            Self::Unknown { there, .. } => format!("there are {}", list(there)),
            Self::Several { found, .. } => format!("give more of the name: {}", list(found)),
            Self::NotARun { .. } => {
                format!("a run is a directory that holds a {JOURNAL_FILE}; `gij runs` lists them")
            }
        }
    }
}

/// The first few ids and how many more there are.
fn list(ids: &[String]) -> String {
    let named = ids.iter().take(MOST_NAMED).map(|id| &**id);
    let mut text = named.collect::<Vec<_>>().join(", ");
    if let more @ 1.. = ids.len().saturating_sub(MOST_NAMED) {
        let _ = write!(text, " and {more} more, which `gij runs` lists");
    }
    text
}

/// Finds the run that `word` means: `last`, an id, the path of a run directory or of its journal, or a part of one name. A
/// rehearsal is never the last run, and found by a part of its name only where no other run is.
///
/// # Errors
///
/// [`FindRunError`] if there is none, or more than one.
pub(crate) fn find_run(runs_dir: &Path, word: &str) -> Result<StoredRun, FindRunError> {
    if let Some(dir) = as_path(word) {
        return at(dir);
    }
    let all = StoredRuns::below(runs_dir).map_err(|source| FindRunError::Io {
        runs_dir: runs_dir.to_owned(),
        source,
    })?;
    let StoredRuns { runs, passed_over } = all;
    if word == LAST {
        return last(runs_dir, runs, passed_over);
    }
    if let Some(run) = runs.iter().find(|run| *run.id == *word) {
        return Ok(run.clone());
    }
    // Within the directory of the runs, or with a run of another place at hand.
    let here = Path::new(word);
    if !word.is_empty() && here.join(JOURNAL_FILE).is_file() {
        return at(here);
    }
    by_part(runs_dir, word, runs, passed_over)
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

fn at(path: &Path) -> Result<StoredRun, FindRunError> {
    StoredRun::at(path).map_err(|why| FindRunError::NotARun {
        path: path.to_owned(),
        why,
    })
}

fn last(
    runs_dir: &Path,
    runs: Vec<StoredRun>,
    passed_over: Vec<PassedOver>,
) -> Result<StoredRun, FindRunError> {
    let there = ids(&runs);
    let last = runs.into_iter().find(|run| !run.opened.rehearsal);
    // An older run in the place of the one that is meant would be worse than none.
    let is_newer = |other: &PassedOver| {
        let name = name_of(other);
        matches!(other.why, NoRun::Journal(_))
            && is_stamped(&name)
            && last.as_ref().is_none_or(|last| *name > *last.id)
    };
    if let Some(PassedOver { path, why }) = passed_over.into_iter().rfind(is_newer) {
        return Err(FindRunError::LastUnknown { path, why });
    }
    last.ok_or_else(|| {
        let runs_dir = runs_dir.to_owned();
        if there.is_empty() {
            FindRunError::NoRuns(runs_dir)
        } else {
            FindRunError::OnlyRehearsals { runs_dir, there }
        }
    })
}

fn by_part(
    runs_dir: &Path,
    word: &str,
    runs: Vec<StoredRun>,
    passed_over: Vec<PassedOver>,
) -> Result<StoredRun, FindRunError> {
    let part = word.to_lowercase();
    let has_part = |name: &str| !part.is_empty() && name.to_lowercase().contains(&part);
    let there = ids(&runs);
    let (rehearsals, mut found): (Vec<_>, Vec<_>) = runs
        .into_iter()
        .filter(|run| has_part(&run.id))
        .partition(|run| run.opened.rehearsal);
    if found.is_empty() {
        found = rehearsals;
    }
    let runs_dir = runs_dir.to_owned();
    let word = word.to_owned();
    if found.len() > 1 {
        let found = ids(&found);
        return Err(FindRunError::Several {
            runs_dir,
            word,
            found,
        });
    }
    if let Some(run) = found.pop() {
        return Ok(run);
    }
    // That it was found and is no run says more than that there is none.
    if let Some(PassedOver { path, why }) = passed_over
        .into_iter()
        .find(|other| has_part(&name_of(other)))
    {
        return Err(FindRunError::NotARun { path, why });
    }
    Err(if there.is_empty() {
        FindRunError::NoRuns(runs_dir)
    } else {
        FindRunError::Unknown {
            runs_dir,
            word,
            there,
        }
    })
}

fn ids(runs: &[StoredRun]) -> Vec<String> {
    runs.iter().map(|run| run.id.clone()).collect()
}

fn name_of(other: &PassedOver) -> String {
    let name = other.path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Whether a directory is called as a run is: `20261122T101503Z-…`.
fn is_stamped(name: &str) -> bool {
    let shape = b"00000000T000000Z-";
    let is_like = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        shape => byte == shape,
    };
    name.len() > shape.len() && name.as_bytes().iter().zip(shape).all(is_like)
}

#[cfg(test)]
mod tests;
