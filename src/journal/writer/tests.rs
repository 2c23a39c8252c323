use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;

use super::*;
use crate::journal::read;
use crate::journal::samples::{intent, opened, row};

/// A medium that counts what is asked of it, and fails when told to.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    written: Vec<u8>,
    writes: usize,
    syncs: usize,
    /// How much had been written at the last sync.
    synced: usize,
    fail_write: bool,
    fail_sync: bool,
}

impl Tape {
    fn with<T>(&self, use_it: impl FnOnce(&mut Recorded) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn journal(&self) -> Journal {
        Journal::start("create", PathBuf::from("journal.jsonl"), 1, |_| {
            Ok(self.clone())
        })
        .unwrap()
    }
}

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|tape| {
            if tape.fail_write {
                return Err(io::ErrorKind::StorageFull.into());
            }
            tape.writes += 1;
            tape.written.extend_from_slice(bytes);
            Ok(bytes.len())
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Medium for Tape {
    fn sync(&mut self) -> io::Result<()> {
        self.with(|tape| {
            if tape.fail_sync {
                return Err(io::Error::other("the disk is gone"));
            }
            tape.syncs += 1;
            tape.synced = tape.written.len();
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_commit_resolves_once_its_events_and_those_before_are_synced() {
    let tape = Tape::default();
    let journal = tape.journal();
    journal.appender().append([row(1), row(2)]).unwrap();
    journal.appender().commit([intent(1, 1)]).await.unwrap();
    tape.with(|tape| {
        let lines = str::from_utf8(&tape.written).unwrap().lines();
        assert_eq!((lines.count(), tape.synced), (3, tape.written.len()));
    });
}

#[tokio::test]
async fn what_is_queued_together_is_written_and_synced_once() {
    let tape = Tape::default();
    let (appender, batches) = Appender::new(PathBuf::new(), 1);
    let commits: Vec<_> = (0..3).map(|_| appender.commit([row(1)])).collect();
    appender.queue.close();
    write_batches(tape.clone(), &batches, &appender.queue);
    tape.with(|tape| assert_eq!((tape.writes, tape.syncs), (1, 1)));
    assert!(join_all(commits).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn lines_are_numbered_in_the_order_in_which_they_were_queued() {
    let tape = Tape::default();
    let journal = tape.journal();
    let appender = journal.appender();
    // A commit is queued when it is asked for, not when it is first waited for.
    let commits: Vec<_> = (1..=20).map(|n| appender.commit([row(n)])).collect();
    join_all(commits.into_iter().rev()).await;
    journal.close().unwrap();
    let numbers = tape.with(|tape| {
        let lines = tape
            .written
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let lines = lines.map(|line| serde_json::from_slice(line).unwrap());
        lines
            .map(|line: serde_json::Value| (line["seq"].clone(), line["n"].clone()))
            .collect::<Vec<_>>()
    });
    let expected: Vec<_> = (1..=20).map(|n| (n.into(), n.into())).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn a_failed_sync_is_final() {
    let tape = Tape::default();
    let journal = tape.journal();
    let appender = journal.appender();
    tape.with(|tape| tape.fail_sync = true);
    let first = appender.commit([row(1)]).await.unwrap_err();
    let written = tape.with(|tape| {
        tape.fail_sync = false;
        tape.written.len()
    });
    let later = appender.commit([row(2)]).await.unwrap_err();
    assert_eq!(later.to_string(), first.to_string());
    assert!(first.to_string().contains("the disk is gone"), "{first}");
    assert!(journal.close().is_err());
    assert!(appender.append([row(3)]).is_err());
    assert_eq!(tape.with(|tape| tape.written.len()), written);
}

#[tokio::test]
async fn a_failed_write_of_what_nobody_waits_for_is_told_to_the_next() {
    let tape = Tape::default();
    let journal = tape.journal();
    tape.with(|tape| tape.fail_write = true);
    // The writer may fail before or after the second call; either way the commit learns of it.
    let _ = journal.appender().append([row(1)]);
    let error = journal.appender().commit([row(2)]).await.unwrap_err();
    assert!(matches!(error, JournalError::Write { .. }), "{error}");
}

#[tokio::test]
async fn closing_writes_what_is_queued_and_ends_the_handles() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path()).unwrap();
    let appender = journal.appender();
    appender
        .append([Event::Opened(Box::new(opened())), row(1)])
        .unwrap();
    journal.close().unwrap();
    assert!(matches!(
        appender.commit([row(2)]).await,
        Err(JournalError::Closed)
    ));
    assert_eq!(
        read(&dir.path().join(JOURNAL_FILE))
            .unwrap()
            .state
            .totals()
            .read,
        1
    );
}

#[test]
fn dropping_the_journal_ends_the_writer_though_handles_live_on() {
    let tape = Tape::default();
    let mut journal = tape.journal();
    let appender = journal.appender();
    let thread = journal.thread.take().unwrap();
    drop(journal);
    thread.join().unwrap();
    assert!(appender.append([row(1)]).is_err());
}

#[test]
fn a_journal_is_never_written_over() {
    let dir = tempfile::tempdir().unwrap();
    Journal::create(dir.path()).unwrap().close().unwrap();
    assert!(matches!(
        Journal::create(dir.path()),
        Err(JournalError::Start { .. })
    ));
}
