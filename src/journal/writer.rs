//! The one writer of a journal: a thread that owns the file and commits in groups.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use thiserror::Error;
use tokio::sync::oneshot;

use super::disk::{create_private, open_private, sync_dir};
use super::event::Event;
use super::queue::{Group, Queue};
use super::reader::End;
use super::run_dir::JOURNAL_FILE;

/// Why the journal cannot be written. The first failure is final: nothing is written after it, and every later call is
/// answered with it, for a file of which a part may be lost must not seem to go on.
#[derive(Clone, Debug, Error)]
pub enum JournalError {
    /// It cannot be made.
    #[error("cannot make the journal {}: {source}; nothing was sent", .path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// It cannot be gone on with.
    #[error("cannot go on with the journal {}: {source}; nothing was sent", .path.display())]
    Reopen {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// It cannot be written or synced.
    #[error("cannot write the journal {}: {source}; nothing more was sent; make room or mend the disk", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// It was closed before.
    #[error("the journal is closed")]
    Closed,
}

/// What a journal is written to.
trait Medium: Write {
    fn sync(&mut self) -> io::Result<()>;
}

impl Medium for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A journal that is being written. Dropping it without [`close`](Self::close) lets the writer finish what is queued, but
/// does not wait for it.
#[derive(Debug)]
pub(crate) struct Journal {
    appender: Appender,
    thread: Option<JoinHandle<()>>,
}

/// What is given to those who write to a journal; cheap to clone. What is queued first stands first.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    queue: Arc<Queue>,
}

impl Journal {
    /// Makes the journal of a run in its directory `dir`, synced together with the directory.
    ///
    /// # Errors
    ///
    /// [`JournalError::Create`] if the disk refuses or there is a journal already.
    pub(crate) fn create(dir: &Path) -> Result<Self, JournalError> {
        let path = dir.join(JOURNAL_FILE);
        let made = create_private(&path).and_then(|file| {
            file.sync_all()?;
            sync_dir(dir)?;
            Ok(file)
        });
        let started = made.and_then(|file| Self::start(file, path.clone(), 1));
        started.map_err(|source| JournalError::Create {
            path,
            source: Arc::new(source),
        })
    }

    /// Goes on with the journal in the run directory `dir`, which was read up to `end`; a torn line behind is cut off.
    ///
    /// # Errors
    ///
    /// [`JournalError::Reopen`] if the disk refuses.
    pub(crate) fn reopen(dir: &Path, end: End) -> Result<Self, JournalError> {
        let path = dir.join(JOURNAL_FILE);
        let opened = open_private(&path).and_then(|mut file| {
            file.set_len(end.bytes)?;
            file.seek(SeekFrom::End(0))?;
            file.sync_all()?;
            Ok(file)
        });
        let started = opened.and_then(|file| Self::start(file, path.clone(), end.seq));
        started.map_err(|source| JournalError::Reopen {
            path,
            source: Arc::new(source),
        })
    }

    fn start(medium: impl Medium + Send + 'static, path: PathBuf, seq: u64) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(path, seq));
        let queued = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_queue(medium, &queued))?;
        Ok(Self {
            appender: Appender { queue },
            thread: Some(thread),
        })
    }

    /// A handle for those who write.
    pub(crate) fn appender(&self) -> Appender {
        self.appender.clone()
    }

    /// Writes and syncs all that is queued, and ends the writer. Blocks until that is done; later calls on handles fail.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing, now or before.
    pub(crate) fn close(mut self) -> Result<(), JournalError> {
        self.appender.queue.close();
        let ended = self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_ok());
        match self.appender.queue.failure() {
            Some(failure) => Err(failure),
            None if ended => Ok(()),
            None => Err(JournalError::Closed),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Handles may outlive the journal, so the writer is told.
        self.appender.queue.close();
    }
}

impl Appender {
    /// Queues `events` without waiting for the disk; the next commit syncs them too.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing before.
    pub(crate) fn append(
        &self,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<(), JournalError> {
        self.queue.add(events, None)
    }

    /// Queues `events` at once; the future resolves when they, and all that was queued before, are written and synced.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing, now or before.
    pub(crate) fn commit<E: IntoIterator<Item = Event>>(
        &self,
        events: E,
    ) -> impl Future<Output = Result<(), JournalError>> + use<E> {
        let (done, is_done) = oneshot::channel();
        let added = self.queue.add(events, Some(done));
        let queue = Arc::clone(&self.queue);
        async move {
            added?;
            is_done.await.map_err(|_| queue.why_over())
        }
    }
}

/// Writes what is queued until it is told to close or the medium fails.
fn write_queue(mut medium: impl Medium, queue: &Queue) {
    let _over = queue.over_when_dropped();
    let mut group = Group::default();
    while queue.next(&mut group) {
        if let Err(source) = write(&mut medium, &group) {
            queue.fail(source);
            return;
        }
        if group.answer() {
            return;
        }
    }
}

fn write(medium: &mut impl Medium, group: &Group) -> io::Result<()> {
    medium.write_all(group.lines())?;
    if group.needs_sync() {
        medium.sync()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
