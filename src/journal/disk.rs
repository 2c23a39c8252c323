//! Files that only their owner reads, and directories whose entries survive a power cut.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that must not exist yet, mode 0600 where there are modes.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    restrict(&mut options);
    options.open(path)
}

/// Opens a file for locking; makes it, mode 0600, if it is missing.
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

/// What makes directories of mode 0700.
#[cfg(unix)]
pub(super) fn private_dirs() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// What makes directories; who may read them is inherited.
#[cfg(not(unix))]
pub(super) fn private_dirs() -> DirBuilder {
    DirBuilder::new()
}

/// Makes the entries of a directory durable, on file systems that can.
#[cfg(unix)]
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, Unsupported};
    match File::open(or_current(dir))?.sync_all() {
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

/// The parent of a bare name is the empty path, which stands for the current directory and cannot be opened.
#[cfg(unix)]
fn or_current(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() {
        Path::new(".")
    } else {
        dir
    }
}
