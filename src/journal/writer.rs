//! The one writer of a journal: a thread that owns the file and commits in groups.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use serde::Serialize;
use thiserror::Error;
use tokio::sync::oneshot;

use super::disk::{create_private, open_private, sync_dir};
use super::event::Event;
use super::reader::End;
use super::run_dir::JOURNAL_FILE;

/// Why the journal cannot be written. The first failure is final: nothing is written after it, and every later call is
/// answered with it, for a file of which a part may be lost must not seem to go on.
#[derive(Clone, Debug, Error)]
pub(crate) enum JournalError {
    #[error("cannot {doing} the journal {}: {source}; nothing was sent", .path.display())]
    Start {
        doing: &'static str,
        path: PathBuf,
        source: Arc<io::Error>,
    },
    /// It cannot be written or synced.
    #[error("cannot write the journal {}: {source}; nothing more was sent; make room or fix the disk", .path.display())]
    Write {
        path: PathBuf,
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

impl Journal {
    /// Creates the journal of a run in its directory `dir`, synced together with the directory.
    ///
    /// # Errors
    ///
    /// If the disk refuses or there is a journal already.
    pub(crate) fn create(dir: &Path) -> Result<Self, JournalError> {
        Self::start("create", dir.join(JOURNAL_FILE), 1, |path| {
            let file = create_private(path)?;
            file.sync_all()?;
            sync_dir(dir)?;
            Ok(file)
        })
    }

    /// Continues the journal in the run directory `dir`, which was read up to `end`; a torn line behind is cut off.
    ///
    /// # Errors
    ///
    /// If the disk refuses.
    pub(crate) fn reopen(dir: &Path, end: End) -> Result<Self, JournalError> {
        Self::start("continue", dir.join(JOURNAL_FILE), end.seq, |path| {
            let mut file = open_private(path)?;
            file.set_len(end.bytes)?;
            file.seek(SeekFrom::End(0))?;
            file.sync_all()?;
            Ok(file)
        })
    }

    fn start<M: Medium + Send + 'static>(
        doing: &'static str,
        path: PathBuf,
        seq: u64,
        open: impl FnOnce(&Path) -> io::Result<M>,
    ) -> Result<Self, JournalError> {
        let (appender, batches) = Appender::new(path.clone(), seq);
        let queue = Arc::clone(&appender.queue);
        let thread = open(&path).and_then(|medium| {
            let write = move || write_batches(medium, &batches, &queue);
            thread::Builder::new()
                .name("journal".to_owned())
                .spawn(write)
        });
        match thread {
            Ok(thread) => Ok(Self {
                appender,
                thread: Some(thread),
            }),
            Err(source) => Err(JournalError::Start {
                doing,
                path,
                source: Arc::new(source),
            }),
        }
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
        let queue = Arc::clone(&self.appender.queue);
        queue.close();
        let joined = self.thread.take().map(JoinHandle::join);
        match (queue.failure.get(), joined) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Some(Ok(()))) => Ok(()),
            (None, _) => Err(JournalError::Closed),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Handles may outlive the journal, so the writer is told.
        self.appender.queue.close();
    }
}

/// What is given to those who write to a journal; cheap to clone. What is queued first stands first.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    queue: Arc<Queue>,
}

impl Appender {
    fn new(path: PathBuf, seq: u64) -> (Self, Receiver<Batch>) {
        let (writer, batches) = channel();
        let queue = Queue {
            entry: Mutex::new(Entry {
                next_seq: seq,
                writer: Some(writer),
            }),
            failure: OnceLock::new(),
            path,
        };
        let queue = Arc::new(queue);
        (Self { queue }, batches)
    }

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
        let (synced, is_synced) = oneshot::channel();
        let added = self.queue.add(events, Some(synced));
        let queue = Arc::clone(&self.queue);
        async move {
            added?;
            is_synced.await.map_err(|_| queue.why_closed())
        }
    }
}

/// The way from those who write to the writer.
#[derive(Debug)]
struct Queue {
    entry: Mutex<Entry>,
    failure: OnceLock<JournalError>,
    path: PathBuf,
}

/// Where lines are numbered and queued in one step, so that their order is that of their numbers.
#[derive(Debug)]
struct Entry {
    next_seq: u64,
    /// None once the journal is closed.
    writer: Option<Sender<Batch>>,
}

/// Lines that are queued together, and whom to tell once they are synced.
#[derive(Debug)]
struct Batch {
    lines: Vec<u8>,
    synced: Option<oneshot::Sender<()>>,
}

impl Queue {
    fn add(
        &self,
        events: impl IntoIterator<Item = Event>,
        synced: Option<oneshot::Sender<()>>,
    ) -> Result<(), JournalError> {
        let mut entry = self.lock();
        let mut lines = Vec::new();
        for event in events {
            if let Err(error) = write_line(&mut lines, entry.next_seq, &event) {
                drop(entry);
                self.fail(error.into());
                return Err(self.why_closed());
            }
            entry.next_seq += 1;
        }
        let batch = Batch { lines, synced };
        let sent = entry.writer.as_ref().map(|writer| writer.send(batch));
        drop(entry);
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(self.why_closed()),
        }
    }

    /// Nothing is added after this.
    fn close(&self) {
        self.lock().writer = None;
    }

    fn fail(&self, source: io::Error) {
        let (path, source) = (self.path.clone(), Arc::new(source));
        let _ = self.failure.set(JournalError::Write { path, source });
        self.close();
    }

    fn why_closed(&self) -> JournalError {
        let failure = self.failure.get().cloned();
        failure.unwrap_or(JournalError::Closed)
    }

    fn lock(&self) -> MutexGuard<'_, Entry> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what is queued until the journal is closed or the medium fails. What is queued at one moment is written and
/// synced together.
fn write_batches(mut medium: impl Medium, batches: &Receiver<Batch>, queue: &Queue) {
    let mut is_synced = true;
    while let Ok(first) = batches.recv() {
        let mut lines = first.lines;
        let mut waiting: Vec<_> = first.synced.into_iter().collect();
        for batch in batches.try_iter() {
            lines.extend_from_slice(&batch.lines);
            waiting.extend(batch.synced);
        }
        is_synced = !waiting.is_empty();
        if let Err(source) = write(&mut medium, &lines, is_synced) {
            // Before `waiting` is dropped, by which those who wait learn of it.
            return queue.fail(source);
        }
        for synced in waiting {
            // Whoever stopped waiting need not know.
            let _ = synced.send(());
        }
    }
    if let Err(source) = write(&mut medium, &[], !is_synced) {
        queue.fail(source);
    }
}

fn write(medium: &mut impl Medium, lines: &[u8], must_sync: bool) -> io::Result<()> {
    medium.write_all(lines)?;
    if must_sync { medium.sync() } else { Ok(()) }
}

/// Adds the line of `event`, which has the number `seq`.
pub(super) fn write_line(lines: &mut Vec<u8>, seq: u64, event: &Event) -> serde_json::Result<()> {
    #[derive(Serialize)]
    struct Line<'e> {
        seq: u64,
        #[serde(flatten)]
        event: &'e Event,
    }
    serde_json::to_writer(&mut *lines, &Line { seq, event })?;
    lines.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests;
