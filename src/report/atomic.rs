//! Files that are written whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

use crate::journal::{create_private, sync_dir};

/// A file that could not be written. What was at its path before is untouched.
#[derive(Debug, Error)]
#[error("cannot write {}: {why}", .path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    why: String,
}

/// A file that is written beside its path under another name, and only its owner may read (mode 0600 where there are modes).
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    file: NamedTempFile<File>,
}

impl NewFile {
    /// Begins a file, which shows that its directory can be written to.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the disk refuses.
    pub(crate) fn create(path: &Path) -> Result<Self, WriteError> {
        let mut builder = tempfile::Builder::new();
        let file = builder
            .prefix(".gij-")
            .make_in(parent(path), create_private);
        Ok(Self {
            path: path.to_owned(),
            file: file.map_err(|refused| error(path, &refused))?,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the content and puts the file in place of one that is there: synced, renamed, and the directory synced.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the disk refuses.
    pub(crate) fn write(
        self,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<PathBuf, WriteError> {
        let Self { path, file } = self;
        replace(file, &path, content).map_err(|refused| error(&path, &refused))?;
        Ok(path)
    }
}

fn replace(
    file: NamedTempFile<File>,
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    content(&mut writer)?;
    let file = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_dir(parent(path))
}

/// Writes a whole [`NewFile`].
///
/// # Errors
///
/// [`WriteError`] if the disk refuses.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    NewFile::create(path)?.write(|file| file.write_all(content))?;
    Ok(())
}

fn error(path: &Path, refused: &io::Error) -> WriteError {
    let dir = parent(path);
    let why = if refused.kind() == io::ErrorKind::NotFound && !dir.is_dir() {
        format!("there is no directory {}", dir.display())
    } else {
        format!("{refused}; check the directory and the space left")
    };
    WriteError {
        path: path.to_owned(),
        why,
    }
}

/// A bare name has the empty path for a parent.
fn parent(path: &Path) -> &Path {
    let dir = path.parent();
    dir.filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_replaced_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        std::fs::write(&path, "old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_missing_directory_is_named() {
        let error = NewFile::create(Path::new("/no-such-directory/report.csv")).unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with(": there is no directory /no-such-directory"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.csv");
        write(&path, b"").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_error_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none/report.json");
        let message = write(&path, b"").unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("cannot write {}: ", path.display())),
            "{message}"
        );
        assert!(!message.contains(".gij-"), "{message}");
    }
}
