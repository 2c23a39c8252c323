//! The one writer of a journal: a thread that owns the file and commits in groups.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
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
pub struct Journal {
    appender: Appender,
    thread: Option<JoinHandle<()>>,
}

/// What is given to those who write to a journal; cheap to clone. What is queued first stands first.
#[derive(Clone, Debug)]
pub struct Appender {
    queue: Sender<Message>,
    failure: Arc<OnceLock<JournalError>>,
}

/// Most bytes of the buffer that are kept from one group to the next.
const KEPT_BUFFER: usize = 64 * 1024;

type Done = oneshot::Sender<()>;

#[derive(Debug)]
enum Message {
    /// Events, and whom to tell once they are synced.
    Events(Vec<Event>, Option<Done>),
    Close,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    #[serde(flatten)]
    event: &'a Event,
}

impl Journal {
    /// Makes the journal of a run in its directory `dir`, synced together with the directory.
    ///
    /// # Errors
    ///
    /// [`JournalError::Create`] if the disk refuses or there is a journal already.
    pub fn create(dir: &Path) -> Result<Self, JournalError> {
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
    pub fn reopen(dir: &Path, end: End) -> Result<Self, JournalError> {
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
        let (queue, queued) = mpsc::channel();
        let failure = Arc::new(OnceLock::new());
        let appender = Appender {
            queue,
            failure: Arc::clone(&failure),
        };
        let write = move || write_queue(Writer::new(medium, seq), &queued, &failure, path);
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(write)?;
        Ok(Self {
            appender,
            thread: Some(thread),
        })
    }

    /// A handle for those who write.
    pub fn appender(&self) -> Appender {
        self.appender.clone()
    }

    /// Writes and syncs all that is queued, and ends the writer. Blocks until that is done; later calls on handles fail.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing, now or before.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.appender.send(Message::Close)?;
        let ended = self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_ok());
        match self.appender.failure.get() {
            Some(failure) => Err(failure.clone()),
            None if ended => Ok(()),
            None => Err(JournalError::Closed),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Handles may outlive the journal, so the end of the queue alone would not end the thread.
        let _ = self.appender.send(Message::Close);
    }
}

impl Appender {
    /// Queues `events` without waiting for the disk; the next commit syncs them too.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing before.
    pub fn append(&self, events: impl Into<Vec<Event>>) -> Result<(), JournalError> {
        self.send(Message::Events(events.into(), None))
    }

    /// Queues `events` at once; the future resolves when they, and all that was queued before, are written and synced.
    ///
    /// # Errors
    ///
    /// The [`JournalError`] that ended the writing, now or before.
    pub fn commit<E: Into<Vec<Event>>>(
        &self,
        events: E,
    ) -> impl Future<Output = Result<(), JournalError>> + use<E> {
        let (done, is_done) = oneshot::channel();
        let sent = self.send(Message::Events(events.into(), Some(done)));
        let failure = Arc::clone(&self.failure);
        async move {
            sent?;
            is_done.await.map_err(|_| first_failure(&failure))
        }
    }

    fn send(&self, message: Message) -> Result<(), JournalError> {
        self.queue
            .send(message)
            .map_err(|_| first_failure(&self.failure))
    }
}

fn first_failure(failure: &OnceLock<JournalError>) -> JournalError {
    failure.get().cloned().unwrap_or(JournalError::Closed)
}

/// Writes what is queued until it is told to close or the medium fails.
fn write_queue<M: Medium>(
    mut writer: Writer<M>,
    queued: &Receiver<Message>,
    failure: &OnceLock<JournalError>,
    path: PathBuf,
) {
    while let Ok(first) = queued.recv() {
        let group = Group::gather(first, queued);
        if let Err(source) = writer.write(&group) {
            // Known before the group and the queue are dropped, so that whoever waits for them finds it.
            let source = Arc::new(source);
            let _ = failure.set(JournalError::Write { path, source });
            return;
        }
        if group.answer() == Next::Close {
            return;
        }
    }
}

/// All that was queued at one moment; it is written and synced together.
#[derive(Default)]
struct Group {
    events: Vec<Event>,
    waiting: Vec<Done>,
    closes: bool,
}

#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    Close,
}

impl Group {
    fn gather(first: Message, queued: &Receiver<Message>) -> Self {
        let mut group = Self::default();
        group.add(first);
        while !group.closes
            && let Ok(message) = queued.try_recv()
        {
            group.add(message);
        }
        group
    }

    fn add(&mut self, message: Message) {
        match message {
            Message::Events(events, done) => {
                self.events.extend(events);
                self.waiting.extend(done);
            }
            Message::Close => self.closes = true,
        }
    }

    fn needs_sync(&self) -> bool {
        self.closes || !self.waiting.is_empty()
    }

    /// Tells those who wait that all is done.
    fn answer(self) -> Next {
        for done in self.waiting {
            // Whoever stopped waiting need not know.
            let _ = done.send(());
        }
        if self.closes {
            Next::Close
        } else {
            Next::Continue
        }
    }
}

struct Writer<M> {
    medium: M,
    /// The number of the next event.
    seq: u64,
    lines: Vec<u8>,
}

impl<M: Medium> Writer<M> {
    fn new(medium: M, seq: u64) -> Self {
        Self {
            medium,
            seq,
            lines: Vec::new(),
        }
    }

    fn write(&mut self, group: &Group) -> io::Result<()> {
        // The rows of a large run come at once; what follows is small.
        self.lines.clear();
        self.lines.shrink_to(KEPT_BUFFER);
        for event in &group.events {
            let line = Line {
                seq: self.seq,
                event,
            };
            self.seq += 1;
            serde_json::to_writer(&mut self.lines, &line)?;
            self.lines.push(b'\n');
        }
        self.medium.write_all(&self.lines)?;
        if group.needs_sync() {
            self.medium.sync()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
