//! What waits to be written to a journal: lines, made by those who write, so that the writer's thread only moves bytes.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::event::Event;
use super::line;
use super::writer::JournalError;

/// Whoever is to be told once all is synced.
pub(super) type Done = oneshot::Sender<()>;

/// Most bytes of a buffer that are kept from one group to the next.
const KEPT_BUFFER: usize = 64 * 1024;

/// Longest time for which lines that nobody waits for are kept back, to be written together with others.
const GATHERED_FOR: Duration = Duration::from_millis(2);

/// The queue between those who write and the one writer.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    added: Condvar,
    failure: OnceLock<JournalError>,
    path: PathBuf,
}

#[derive(Debug)]
struct Waiting {
    group: Group,
    /// The number of the next event.
    seq: u64,
    writer: Doing,
}

/// What the writer is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    /// It writes, and looks at the queue when it has.
    Writing,
    /// It waits for something to do.
    Nothing,
    /// It waits for somebody who is to be told, for a moment.
    Gathering,
    /// It has ended.
    Over,
}

/// All that was queued at one moment; it is written and synced together.
#[derive(Default, Debug)]
pub(super) struct Group {
    lines: Vec<u8>,
    done: Vec<Done>,
    closes: bool,
}

impl Queue {
    /// The queue of the journal at `path`, whose next event has the number `seq`.
    pub(super) fn new(path: PathBuf, seq: u64) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                group: Group::default(),
                seq,
                writer: Doing::Writing,
            }),
            added: Condvar::new(),
            failure: OnceLock::new(),
            path,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues `events`, and whom to tell once they are synced.
    pub(super) fn add(
        &self,
        events: impl IntoIterator<Item = Event>,
        done: Option<Done>,
    ) -> Result<(), JournalError> {
        let mut waiting = self.lock();
        if waiting.writer == Doing::Over || waiting.group.closes {
            drop(waiting);
            return Err(self.why_over());
        }
        let Waiting { group, seq, .. } = &mut *waiting;
        for event in events {
            let begin = group.lines.len();
            if let Err(source) = line::write(&mut group.lines, *seq, &event) {
                group.lines.truncate(begin);
                drop(waiting);
                self.fail(source.into());
                return Err(self.why_over());
            }
            *seq += 1;
        }
        group.done.extend(done);
        self.wake(&waiting);
        Ok(())
    }

    /// Nothing is added after this.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.group.closes = true;
        self.wake(&waiting);
    }

    fn wake(&self, waiting: &Waiting) {
        let is_awaited = match waiting.writer {
            Doing::Nothing => true,
            Doing::Gathering => waiting.group.needs_sync(),
            Doing::Writing | Doing::Over => false,
        };
        if is_awaited {
            self.added.notify_one();
        }
    }

    /// Waits for something to do and moves all of it into `group`, which was answered before. False if the queue failed.
    pub(super) fn next(&self, group: &mut Group) -> bool {
        group.lines.clear();
        // The rows of a large run come at once; what follows is small.
        group.lines.shrink_to(KEPT_BUFFER);
        let mut waiting = self.lock();
        waiting.writer = Doing::Nothing;
        waiting = self
            .added
            .wait_while(waiting, |waiting| waiting.group.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.writer = Doing::Gathering;
        (waiting, _) = self
            .added
            .wait_timeout_while(waiting, GATHERED_FOR, |waiting| !waiting.group.needs_sync())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.writer = Doing::Writing;
        std::mem::swap(&mut waiting.group, group);
        waiting.group.closes = group.closes;
        self.failure.get().is_none()
    }

    /// Nothing is written any more.
    pub(super) fn fail(&self, source: io::Error) {
        let path = self.path.clone();
        let source = Arc::new(source);
        let _ = self.failure.set(JournalError::Write { path, source });
        self.close();
    }

    /// What ended the writing, if it failed.
    pub(super) fn failure(&self) -> Option<JournalError> {
        self.failure.get().cloned()
    }

    /// Why nothing is written any more.
    pub(super) fn why_over(&self) -> JournalError {
        self.failure().unwrap_or(JournalError::Closed)
    }

    /// Tells everybody, when the answer is dropped, that the writer has ended, however it came to that.
    pub(super) fn over_when_dropped(&self) -> Over<'_> {
        Over(self)
    }
}

/// See [`Queue::over_when_dropped`].
pub(super) struct Over<'a>(&'a Queue);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.writer = Doing::Over;
        // Whoever waits learns of it by this.
        waiting.group = Group::default();
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.done.is_empty() && !self.closes
    }

    /// The lines, each with its end.
    pub(super) fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Whether somebody waits until it is on the disk.
    pub(super) fn needs_sync(&self) -> bool {
        self.closes || !self.done.is_empty()
    }

    /// Tells those who wait that all is done, and whether this was the last group.
    pub(super) fn answer(&mut self) -> bool {
        for done in self.done.drain(..) {
            // Whoever stopped waiting need not know.
            let _ = done.send(());
        }
        self.closes
    }
}
