//! The runs on disk, as far as their first lines tell.

use std::cmp::Reverse;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;
use thiserror::Error;

use super::event::RunOpened;
use super::lock::Lock;
use super::reader::{ReadError, ReadRun, read, read_opening};
use super::run_dir::{JOURNAL_FILE, LOCK_FILE};

/// A run on disk.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct StoredRun {
    /// Its directory.
    pub path: PathBuf,
    /// Its id, which is the directory's name.
    pub id: String,
    /// How it was opened.
    pub opened: RunOpened,
}

/// Why a directory is no run.
#[derive(Debug, Error)]
pub(crate) enum NoRun {
    /// Nothing that `gij` made.
    #[error("it holds no {JOURNAL_FILE}")]
    NoJournal,
    /// The journal ends within its first line.
    #[error("its journal had only begun when gij ended; nothing was sent")]
    Unopened,
    /// The journal cannot be used.
    #[error("{0}")]
    Journal(ReadError),
}

/// A directory that is no run, and why.
#[derive(Debug)]
pub(crate) struct PassedOver {
    /// The directory.
    pub path: PathBuf,
    /// What it lacks.
    pub why: NoRun,
}

/// All runs below one directory.
#[derive(Debug, Default)]
pub(crate) struct StoredRuns {
    /// The runs, the newest first.
    pub runs: Vec<StoredRun>,
    /// The directories beside them.
    pub passed_over: Vec<PassedOver>,
}

impl StoredRun {
    /// The run whose directory is `path`.
    ///
    /// # Errors
    ///
    /// [`NoRun`] says what it lacks.
    pub(crate) fn at(path: &Path) -> Result<Self, NoRun> {
        let journal = path.join(JOURNAL_FILE);
        // Whatever else there is of that name, a pipe say, might never end.
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

    /// Whether it read standard input, which cannot be read again.
    pub(crate) fn has_stdin(&self) -> bool {
        self.opened.has_stdin()
    }

    /// Its journal.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL_FILE)
    }

    /// Everything that the journal tells.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the journal cannot be read.
    pub(crate) fn read(&self) -> Result<ReadRun, ReadError> {
        read(&self.journal())
    }

    /// Whether the journal may tell of deletions: whether one was ever asked for.
    ///
    /// Like [`may_be_in_doubt`](Self::may_be_in_doubt) that takes far less time than to read all that it tells.
    pub(crate) fn may_have_deleted(&self) -> bool {
        let deletion = Finder::new(r#""op":"delete""#);
        let mut has_deleted = false;
        let read = self.each_line(|line| has_deleted |= deletion.find(line).is_some());
        has_deleted || read.is_err()
    }

    /// Whether a row may be in doubt: whether one ever was, or a command on the run did not come to its end.
    pub(crate) fn may_be_in_doubt(&self) -> bool {
        let doubts = [r#":"in_doubt""#, r#":"failed_if_absent""#].map(Finder::new);
        let appeared = Finder::new(r#""appeared":["#);
        let none_appeared = Finder::new(r#""appeared":[]"#);
        let complete = Finder::new(r#""how":"complete""#);
        let session = Finder::new(r#""event":"session""#);
        let (mut was_in_doubt, mut is_open) = (false, false);
        let read = self.each_line(|line| {
            if session.find(line).is_some() {
                // The command before it broke off, and may have left rows in doubt of which nobody has said so yet.
                was_in_doubt |= is_open;
                is_open = true;
            }
            was_in_doubt |= doubts.iter().any(|doubt| doubt.find(line).is_some())
                || (appeared.find(line).is_some() && none_appeared.find(line).is_none());
            is_open &= complete.find(line).is_none();
        });
        was_in_doubt || is_open || read.is_err()
    }

    fn each_line(&self, mut see: impl FnMut(&[u8])) -> io::Result<()> {
        let mut lines = BufReader::new(fs::File::open(self.journal())?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            see(&line);
            line.clear();
        }
        Ok(())
    }

    /// Whether a process is at work on it now, as its lock says. Look only at a run that has not ended in good order.
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
                Err(why) => all.passed_over.push(PassedOver { path, why }),
            }
        }
        all.runs
            .sort_by_cached_key(|run| Reverse((run.opened.at, run.id.clone())));
        all.passed_over.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(all)
    }
}
