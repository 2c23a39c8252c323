//! Files that only their owner reads, directories whose entries survive a power cut, and locks.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Creates a file that must not exist yet, mode 0600 where there are modes.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    restrict(&mut options);
    options.open(path)
}

/// Opens a file for writing; creates it, mode 0600, if it is missing.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    restrict(&mut options);
    options.open(path)
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn restrict(_: &mut OpenOptions) {}

/// Whether users other than the owner may write there.
#[cfg(unix)]
pub(super) fn is_open_to_others(dir: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = dir.metadata().map(|found| found.permissions().mode());
    mode.is_ok_and(|mode| mode & 0o022 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Creates directories of mode 0700.
#[cfg(unix)]
pub(super) fn private_dirs() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Creates directories; who may read them is inherited.
#[cfg(not(unix))]
pub(super) fn private_dirs() -> DirBuilder {
    DirBuilder::new()
}

/// Makes the entries of a directory durable, on file systems that can.
#[cfg(unix)]
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, Unsupported};
    // The parent of a bare name is the empty path, which cannot be opened.
    let is_empty = dir.as_os_str().is_empty();
    let dir = if is_empty { Path::new(".") } else { dir };
    match File::open(dir)?.sync_all() {
        // Some network file systems sync files only.
        Err(error) if matches!(error.kind(), InvalidInput | Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Makes the entries of a directory durable; Windows does so by itself and cannot open a directory.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A lock on a file, held until it is dropped or the process ends, however it ends. The file itself stays.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a lock was not taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another gij is at work (it holds {}); wait until it has ended, or stop it", .0.display())]
    Held(PathBuf),
    #[error("cannot lock {}: {source}; check who may write there", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Lock {
    /// Takes the lock on the file at `path`, which is created if it is missing. Does not wait.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] if another process has it.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let io = |source| LockError::Io {
            path: path.to_owned(),
            source,
        };
        // A link that somebody planted would have us create or lock a file elsewhere.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            let other = "it is no regular file; remove it";
            return Err(io(io::Error::other(other)));
        }
        let file = open_private(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Whether a process holds the lock on the file at `path` now. That creates no file, and does not keep others from
    /// asking the same; but a process that takes the lock at that very moment is refused, so ask only where there is reason
    /// to.
    pub fn is_held(path: &Path) -> bool {
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        let is_taken = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        is_file && File::open(path).is_ok_and(is_taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let lock = Lock::take(&path).unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::Held(_))));
        assert!(Lock::is_held(&path));
        drop(lock);
        assert!(!Lock::is_held(&path));
        Lock::take(&path).unwrap();
    }

    #[test]
    fn where_there_is_no_file_nobody_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        assert!(!Lock::is_held(&path));
        assert!(!path.exists());
    }

    #[test]
    fn a_lock_file_left_behind_does_not_block() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, "").unwrap();
        Lock::take(&path).unwrap();
    }
}
