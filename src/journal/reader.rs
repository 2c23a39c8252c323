//! Reading a journal back, whatever happened to it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::event::{Event, RunOpened, VERSION, Version};
use super::state::RunState;

/// A run as its journal tells it.
#[derive(Debug)]
pub struct ReadRun {
    pub state: RunState,
    /// Whether the last line was torn and dropped. That is no damage: what a torn line announces was not yet done.
    pub is_torn: bool,
    /// The lines, from 1, that cannot be read or before which others are lost. If there are any, intents may be among
    /// them: every row that was not certain at that point counts as sent.
    pub damaged: Vec<u64>,
    /// Where the journal continues.
    pub end: End,
}

/// The end of a journal's complete lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct End {
    /// Their length in bytes; what stands behind is torn.
    pub(super) bytes: u64,
    /// The number of the next event.
    pub(super) seq: u64,
}

/// Why a journal cannot be used at all.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("cannot read the journal {}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    /// It was written by a newer `gij`.
    #[error(
        "the journal {} has format {major}, and this gij reads {} at most; use the gij that wrote it, or a newer one",
        .path.display(), VERSION.major
    )]
    Newer { path: PathBuf, major: u32 },
    /// Its beginning is missing, so that not even the Jira is known.
    #[error("{} does not begin like a journal; its run sent nothing, or the file is damaged", .0.display())]
    NoOpening(PathBuf),
}

/// Reads the journal at `path`.
///
/// # Errors
///
/// [`ReadError`] if it cannot be read, is of a newer major version, or has lost its beginning. Other damage is reported
/// in the answer.
pub fn read(path: &Path) -> Result<ReadRun, ReadError> {
    let mut lines = Lines::open(path)?;
    let (version, opened) = lines
        .opening()?
        .ok_or_else(|| ReadError::NoOpening(path.to_owned()))?;
    let mut state = RunState::new(*opened);
    let mut damaged = Vec::new();
    let mut expected = 2;
    while let Some(line) = lines.next()? {
        let line = Line::parse(line).filter(|line| line.is_of(version));
        // A number that was there before: the line is not where it was written, and what stood here is lost.
        let is_in_its_place = line.as_ref().is_some_and(|line| line.seq >= expected);
        let is_next = line.as_ref().is_some_and(|line| line.seq == expected);
        if !is_next {
            damaged.push(lines.number);
            state.distrust();
        }
        match line {
            Some(Line { seq, event }) if is_in_its_place => {
                expected = seq.saturating_add(1);
                state.apply(event);
            }
            Some(_) => {}
            None => expected = expected.saturating_add(1),
        }
    }
    Ok(ReadRun {
        state,
        is_torn: lines.is_torn,
        damaged,
        end: End {
            bytes: lines.bytes,
            seq: expected,
        },
    })
}

/// Reads how the run of the journal at `path` was opened, and nothing more; none if the file ends before that is told, so
/// that nothing was sent.
///
/// # Errors
///
/// [`ReadError`] as of [`read`].
pub(super) fn read_opening(path: &Path) -> Result<Option<RunOpened>, ReadError> {
    let opening = Lines::open(path)?.opening()?;
    Ok(opening.map(|(_, opened)| *opened))
}

/// A line of a journal: `{"seq":7,"event":"plan",…}`.
pub(super) struct Line {
    /// The event's number, from 1.
    pub seq: u64,
    pub event: Event,
}

/// What any line has.
#[derive(Deserialize)]
struct LineHead<'l> {
    seq: u64,
    #[serde(borrow)]
    event: Cow<'l, str>,
}

impl Line {
    /// Parses a line; none if it is not one.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let LineHead { seq, event } = serde_json::from_slice(line).ok()?;
        // A tagged enum buffers every value on its way, which takes twice the time and loses the text of fields that are
        // kept as they stand. A directory of a hundred runs has hundreds of thousands of these events.
        let event = match &*event {
            "row" => serde_json::from_slice(line).map(Event::Row),
            "plan" => serde_json::from_slice(line).map(Event::Plan),
            "intent" => serde_json::from_slice(line).map(Event::Intent),
            "outcome" => serde_json::from_slice(line).map(Event::Outcome),
            "settled" => serde_json::from_slice(line).map(Event::Settled),
            _ => serde_json::from_slice(line),
        };
        let event = event.ok()?;
        Some(Self { seq, event })
    }

    /// Whether a journal of this version may hold it: an event without meaning is all right only where a newer version may
    /// have written it.
    fn is_of(&self, version: Version) -> bool {
        self.event != Event::Unknown || version.minor > VERSION.minor
    }
}

/// The complete lines of a journal.
struct Lines<'p> {
    path: &'p Path,
    reader: BufReader<File>,
    buffer: Vec<u8>,
    /// The number of the last line, from 1.
    number: u64,
    bytes: u64,
    is_torn: bool,
}

impl<'p> Lines<'p> {
    fn open(path: &'p Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|source| io_error(path, source))?;
        Ok(Self {
            path,
            reader: BufReader::new(file),
            buffer: Vec::new(),
            number: 0,
            bytes: 0,
            is_torn: false,
        })
    }

    fn next(&mut self) -> Result<Option<&[u8]>, ReadError> {
        self.buffer.clear();
        let read = self.reader.read_until(b'\n', &mut self.buffer);
        read.map_err(|source| io_error(self.path, source))?;
        self.number += 1;
        if self.buffer.last() == Some(&b'\n') {
            self.bytes += self.buffer.len() as u64;
            return Ok(Some(&self.buffer));
        }
        self.is_torn = !self.buffer.is_empty();
        Ok(None)
    }

    /// The first line; none if there is no complete one.
    fn opening(&mut self) -> Result<Option<(Version, Box<RunOpened>)>, ReadError> {
        /// The one thing that must be understood of any version's first line.
        #[derive(Deserialize)]
        struct FirstLine {
            version: Version,
        }
        let path = self.path.to_owned();
        let Some(first) = self.next()? else {
            return Ok(None);
        };
        let Ok(FirstLine { version }) = serde_json::from_slice(first) else {
            return Err(ReadError::NoOpening(path));
        };
        if version.major > VERSION.major {
            let major = version.major;
            return Err(ReadError::Newer { path, major });
        }
        match Line::parse(first) {
            Some(Line {
                seq: 1,
                event: Event::Opened(opened),
            }) => Ok(Some((version, opened))),
            _ => Err(ReadError::NoOpening(path)),
        }
    }
}

fn io_error(path: &Path, source: io::Error) -> ReadError {
    let path = path.to_owned();
    ReadError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{answered, intent, opened, row};
    use super::super::writer::Journal;
    use super::super::{JOURNAL_FILE, Verdict};
    use super::*;
    use crate::model::Outcome;

    /// A journal as it was written, and what is read of it once `change` was made to its text.
    fn read_changed(change: impl FnOnce(&mut String)) -> Result<ReadRun, ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path()).unwrap();
        let events = [
            Event::Opened(Box::new(opened())),
            row(1),
            row(2),
            intent(1, 1),
            answered(1, 1, Verdict::Created),
        ];
        journal.appender().append(events).unwrap();
        journal.close().unwrap();
        let path = dir.path().join(JOURNAL_FILE);
        let mut text = std::fs::read_to_string(&path).unwrap();
        change(&mut text);
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    /// Applies `change` to the line of this number, from 1.
    fn on_line(number: usize, change: impl Fn(&str) -> String) -> impl FnOnce(&mut String) {
        move |text| {
            let lines = text.split_inclusive('\n').enumerate();
            *text = lines
                .map(|(index, line)| {
                    if index + 1 == number {
                        change(line)
                    } else {
                        line.to_owned()
                    }
                })
                .collect();
        }
    }

    fn outcome(run: &ReadRun) -> Outcome {
        run.state.row(1).unwrap().outcome
    }

    #[test]
    fn what_was_written_is_read() {
        let run = read_changed(|_| {}).unwrap();
        assert_eq!(run.state.opened, opened());
        assert_eq!(run.state.totals().read, 2);
        assert_eq!(outcome(&run), Outcome::Created);
        assert_eq!((run.is_torn, run.damaged), (false, vec![]));
    }

    #[test]
    fn a_torn_last_line_is_dropped() {
        for lost in [1, 20] {
            let run = read_changed(|text| text.truncate(text.len() - lost)).unwrap();
            assert_eq!(outcome(&run), Outcome::InDoubt);
            assert_eq!((run.is_torn, run.damaged), (true, vec![]));
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_damage() {
        let run = read_changed(on_line(3, |_| "\0\0\0\n".to_owned())).unwrap();
        assert_eq!(run.damaged, [3]);
        assert_eq!(outcome(&run), Outcome::Created);
    }

    #[test]
    fn an_event_that_this_version_cannot_know_is_damage() {
        let run = read_changed(on_line(4, |line| line.replace("intent", "intend"))).unwrap();
        assert_eq!(run.damaged, [4]);
    }

    #[test]
    fn a_missing_line_is_damage() {
        let run = read_changed(on_line(3, |_| String::new())).unwrap();
        assert_eq!(run.damaged, [3]);
    }

    #[test]
    fn a_line_that_comes_again_is_damage_and_does_not_count() {
        let run = read_changed(on_line(5, |line| line.replace("\"seq\":5", "\"seq\":2"))).unwrap();
        assert_eq!(run.damaged, [5]);
        assert_eq!(outcome(&run), Outcome::InDoubt);
    }

    #[test]
    fn an_earlier_line_in_the_place_of_the_last_one_hides_what_was_sent() {
        let run = read_changed(|text| {
            // The intent is the last line, and the one before it was written over it.
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            *text = [&lines[..3], &lines[2..3]].concat().concat();
        });
        let run = run.unwrap();
        assert_eq!(run.damaged, [4]);
        assert_eq!(outcome(&run), Outcome::InDoubt);
    }

    #[test]
    fn a_newer_major_version_is_refused() {
        let newer = |line: &str| line.replace("\"major\":2", "\"major\":3");
        let error = read_changed(on_line(1, newer)).unwrap_err();
        assert!(
            matches!(error, ReadError::Newer { major: 3, .. }),
            "{error}"
        );
    }

    #[test]
    fn events_of_a_newer_minor_version_are_skipped() {
        let run = read_changed(|text| {
            let newer = text.replace("\"minor\":5", "\"minor\":6");
            *text = newer.replace("\"event\":\"outcome\"", "\"event\":\"moon_landing\"");
        });
        let run = run.unwrap();
        assert_eq!(outcome(&run), Outcome::InDoubt);
        assert!(run.damaged.is_empty());
    }

    #[test]
    fn without_its_beginning_it_is_no_journal() {
        for change in [
            (|_: &str| String::new()) as fn(&str) -> String,
            |_| "\n".to_owned(),
            |line| line.trim_end().to_owned(),
        ] {
            let error = read_changed(on_line(1, change)).unwrap_err();
            assert!(matches!(error, ReadError::NoOpening(_)), "{error}");
        }
        let error = read_changed(String::clear).unwrap_err();
        assert!(matches!(error, ReadError::NoOpening(_)), "{error}");
    }
}
