//! The directory of a run: `gij-runs/20261122T101503Z-onboarding/`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use super::disk::{Lock, LockError, create_private, is_open_to_others, private_dirs, sync_dir};

/// The journal's name within its run directory.
pub(crate) const JOURNAL_FILE: &str = "journal.jsonl";

/// The lock's name within its run directory.
pub(super) const LOCK_FILE: &str = "lock";

/// Most characters of a run's name that go into its directory's name.
const LONGEST_SLUG: usize = 40;

/// How many runs of one name may begin in the same second.
const MOST_IN_A_SECOND: u32 = 100;

/// The directory of a run, locked against other processes for as long as this value lives.
#[derive(Debug)]
pub(crate) struct RunDir {
    pub path: PathBuf,
    /// The run's id, which is the directory's name.
    pub id: String,
    _lock: Lock,
}

/// Why a run directory cannot be used.
#[derive(Debug, Error)]
pub enum RunDirError {
    /// It, or the directory of the runs, cannot be created.
    #[error("cannot create {}: {source}; choose another place with `--runs-dir`", .path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error(
        "other users may write to {path}, and so change what gij believes was sent; run `chmod go-w {path}`, or choose another place with `--runs-dir`",
        path = .0.display()
    )]
    OpenToOthers(PathBuf),
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl RunDir {
    /// Creates the directory of a run that begins `at`, below `runs_dir`, which is created if it is missing. The run is
    /// named `name` or else after its first input.
    ///
    /// # Errors
    ///
    /// [`RunDirError`] if the disk refuses.
    pub(crate) fn create(
        runs_dir: &Path,
        name: Option<&str>,
        first_input: &Path,
        at: Timestamp,
    ) -> Result<Self, RunDirError> {
        create_runs_dir(runs_dir)?;
        let stem = first_input
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let stamp = at.strftime("%Y%m%dT%H%M%SZ");
        let (id, path) = create_first_free(
            runs_dir,
            &format!("{stamp}-{}", slug(name.unwrap_or(&stem))),
        )?;
        let lock = Lock::take(&path.join(LOCK_FILE))?;
        sync_dir(runs_dir).map_err(cannot_create(&path))?;
        Ok(Self {
            path,
            id,
            _lock: lock,
        })
    }

    /// Locks the run in `dir` against other processes.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`], within a [`RunDirError`], while another process is at work on it.
    pub(crate) fn open(dir: &Path, id: &str) -> Result<Self, RunDirError> {
        let lock = Lock::take(&dir.join(LOCK_FILE))?;
        Ok(Self {
            path: dir.to_owned(),
            id: id.into(),
            _lock: lock,
        })
    }
}

/// Keeps runs on one Jira apart that share a `runs_dir`, which is created if it is missing.
///
/// # Errors
///
/// `LockError::Held`, within a `RunDirError`, while another run is at work on the Jira at `base_url`.
pub fn lock_jira(runs_dir: &Path, base_url: &str) -> Result<Lock, RunDirError> {
    create_runs_dir(runs_dir)?;
    let path = runs_dir.join(format!(".{}.lock", words(base_url)));
    Ok(Lock::take(&path)?)
}

fn create_runs_dir(runs_dir: &Path) -> Result<(), RunDirError> {
    if !runs_dir.is_dir() {
        let above = runs_dir.parent().unwrap_or(runs_dir);
        let created = private_dirs().recursive(true).create(runs_dir);
        created
            .and_then(|()| sync_dir(above))
            .map_err(cannot_create(runs_dir))?;
    }
    if is_open_to_others(runs_dir) {
        return Err(RunDirError::OpenToOthers(runs_dir.to_owned()));
    }
    let ignore = runs_dir.join(".gitignore");
    let written = create_private(&ignore).and_then(|mut file| {
        file.write_all(b"*\n").inspect_err(|_| {
            // An empty one would stay, and ignore nothing.
            let _ = std::fs::remove_file(&ignore);
        })
    });
    match written {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(cannot_create(&ignore)(error))
        }
        _ => Ok(()),
    }
}

/// Creates the directory `wanted`, or `wanted-2`, `wanted-3` … if it is taken.
fn create_first_free(runs_dir: &Path, wanted: &str) -> Result<(String, PathBuf), RunDirError> {
    let mut count = 1;
    let mut id = wanted.to_owned();
    loop {
        let path = runs_dir.join(&id);
        match private_dirs().create(&path) {
            Ok(()) => return Ok((id, path)),
            Err(error)
                if error.kind() != io::ErrorKind::AlreadyExists || count == MOST_IN_A_SECOND =>
            {
                return Err(cannot_create(&path)(error));
            }
            Err(_) => count += 1,
        }
        id = format!("{wanted}-{count}");
    }
}

fn cannot_create(path: &Path) -> impl FnOnce(io::Error) -> RunDirError {
    let path = path.to_owned();
    move |source| RunDirError::Create { path, source }
}

/// A run's name as part of a directory's: `Onboarding (Q3).v2` → `onboarding-q3-v2`.
fn slug(name: &str) -> String {
    let words = words(name);
    let cut: String = words.chars().take(LONGEST_SLUG).collect();
    match cut.trim_end_matches('-') {
        "" => "import".to_owned(),
        slug => slug.to_owned(),
    }
}

fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|char: char| !char.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        "2026-11-22T10:15:03.120Z".parse().unwrap()
    }

    #[test]
    fn a_run_is_named_after_its_time_and_first_input() {
        let home = tempfile::tempdir().unwrap();
        let runs = home.path().join("gij-runs");
        let run = RunDir::create(&runs, None, Path::new("in/Onboarding (Q3).xlsx"), at()).unwrap();
        assert_eq!(run.id, "20261122T101503Z-onboarding-q3");
        assert_eq!(run.path, runs.join(run.id));
        assert_eq!(
            std::fs::read_to_string(runs.join(".gitignore")).unwrap(),
            "*\n"
        );
    }

    #[test]
    fn runs_of_the_same_second_get_numbers() {
        let runs = tempfile::tempdir().unwrap();
        let ids = [(); 3].map(|()| {
            let run = RunDir::create(runs.path(), Some("Pilot"), Path::new("a.csv"), at()).unwrap();
            run.id.clone()
        });
        let expected = ["", "-2", "-3"].map(|end| format!("20261122T101503Z-pilot{end}"));
        assert_eq!(ids, expected);
    }

    #[test]
    fn names_become_short_words() {
        assert_eq!(slug("Übernahme: Team B"), "übernahme-team-b");
        assert_eq!(slug("../../etc"), "etc");
        assert_eq!(slug("-"), "import");
        assert_eq!(slug(&"a ".repeat(100)).chars().count(), 39);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_not_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let runs = home.path().join("gij-runs");
        let run = RunDir::create(&runs, None, Path::new("a.csv"), at()).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&run.path), 0o700);
        assert_eq!(mode(&run.path.join("lock")), 0o600);
    }

    #[test]
    fn two_runs_on_one_jira_exclude_each_other() {
        let runs = tempfile::tempdir().unwrap();
        let first = lock_jira(runs.path(), "https://jira.example.org/jira").unwrap();
        lock_jira(runs.path(), "https://other.example.org").unwrap();
        let second = lock_jira(runs.path(), "https://jira.example.org/jira");
        assert!(matches!(second, Err(RunDirError::Lock(LockError::Held(_)))));
        drop(first);
        lock_jira(runs.path(), "https://jira.example.org/jira").unwrap();
    }
}
