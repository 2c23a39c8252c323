//! What a sandbox holds and was asked, in a file that a `kill -9` of it leaves readable.
//!
//! The file grows by JSON lines, each written whole before the answer goes out that it tells of, so that whatever a client was
//! told stands there. A line is an object with one key:
//!
//! ```text
//! {"opened":{"format":1,"url":"http://127.0.0.1:2990","at":"2026-11-22T10:15:03Z"}}    a sandbox begins, or goes on
//! {"created":{"id":1,"displayName":"Payments",…}}                                      as a list shows it
//! {"deleted":{"id":1}}
//! {"request":{"method":"POST","path":"/rest/gitplugin/1.0/integration","authenticated":true,"status":200,"fault":null,"at":"…"}}
//! {"violation":"POST /rest/gitplugin/1.0/integration: there is no User-Agent"}
//! ```
//!
//! `status` is `null` where no answer was given. No secret is ever in it: of a request there is its first line, of an
//! integration what lists show. The decision to know: a sandbox that is given a file that exists goes on from what it holds, and
//! what was to happen late when it was killed never happens.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::integration::Seed;
use super::{Integration, Request};

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

/// A line as it is written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<'a> {
    Opened {
        format: u32,
        url: &'a str,
        at: jiff::Timestamp,
    },
    Created(&'a Integration),
    Deleted {
        id: u64,
    },
    Request(&'a Request),
    Violation(&'a str),
}

impl<'a> Line<'a> {
    /// The line of a sandbox that begins.
    pub(super) fn opened(url: &'a str) -> Self {
        Self::Opened {
            format: FORMAT,
            url,
            at: jiff::Timestamp::now(),
        }
    }
}

/// A line as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Opened { format: u32 },
    Created(Value),
    Deleted { id: u64 },
    Request(Request),
    Violation(String),
}

/// Why the state of a sandbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be opened, locked, read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another sandbox writes it.
    #[error("another sandbox is writing it")]
    InUse,
    /// A line is none of those that a sandbox writes.
    #[error("line {number} is not one that a sandbox writes")]
    Line {
        /// The line's number, from 1.
        number: usize,
    },
    /// It was written by a later version.
    #[error("it has format {format}, and only format 1 is understood")]
    Format {
        /// What it says.
        format: u32,
    },
}

/// What a state file tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the sandbox holds, in the order of the ids, as it was when it was created.
    pub held: Vec<Integration>,
    /// The requests that arrived, in the order in which they were answered or given up.
    pub requests: Vec<Request>,
    /// What was sent against the documentation.
    pub violations: Vec<String>,
    /// The highest id that was ever given; 0 before the first.
    pub last_id: u64,
}

impl State {
    /// Reads a file, be it of a sandbox that is still running or of one that was killed. A last line that is not whole is passed
    /// over.
    ///
    /// # Errors
    /// If it cannot be read, or is not what a sandbox writes.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, StateError> {
        Self::of(whole(&std::fs::read(path)?))
    }

    /// What these lines tell.
    fn of(lines: &[u8]) -> Result<Self, StateError> {
        let mut held = BTreeMap::new();
        let mut state = Self::default();
        for (index, line) in lines
            .split(|byte| *byte == b'\n')
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            let number = index + 1;
            match serde_json::from_slice(line).map_err(|_| StateError::Line { number })? {
                Told::Opened { format: FORMAT } => {}
                Told::Opened { format } => return Err(StateError::Format { format }),
                Told::Created(integration) => {
                    let integration =
                        integration_of(integration).ok_or(StateError::Line { number })?;
                    state.last_id = state.last_id.max(integration.id);
                    held.insert(integration.id, integration);
                }
                Told::Deleted { id } => {
                    held.remove(&id);
                }
                Told::Request(request) => state.requests.push(request),
                Told::Violation(what) => state.violations.push(what),
            }
        }
        state.held = held.into_values().collect();
        Ok(state)
    }
}

fn integration_of(shown: Value) -> Option<Integration> {
    let seed = Seed::read(shown).ok()?;
    Some(seed.integration(seed.id?, seed.init_date?))
}

/// The lines that are whole: a process that is killed while it writes leaves part of one.
fn whole(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    &bytes[..end.map_or(0, |end| end + 1)]
}

/// The file that a sandbox writes its state to.
#[derive(Debug)]
pub(super) struct StateFile {
    file: File,
    /// Kept for its memory.
    line: Vec<u8>,
}

impl StateFile {
    /// Opens or creates a file, and says what it told so far. No other sandbox can write it until this is dropped.
    pub(super) fn open(path: &Path) -> Result<(Self, State), StateError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => StateError::InUse,
            std::fs::TryLockError::Error(error) => error.into(),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let lines = whole(&bytes);
        let state = State::of(lines)?;
        if lines.len() < bytes.len() {
            file.set_len(lines.len() as u64)?;
        }
        let line = Vec::new();
        Ok((Self { file, line }, state))
    }

    /// Appends a line in one go. It is not synced: it outlives the process, not the machine.
    pub(super) fn append(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Fault;

    const LINES: &str = r#"{"opened":{"format":1,"url":"http://127.0.0.1:1","at":"2026-11-22T10:15:03Z"}}
{"created":{"id":1,"integrationType":"GITLAB","displayName":"one","origin":"https://gitlab.com","initDate":5}}
{"created":{"id":2,"integrationType":"AZURE","displayName":"two","origin":"https://dev.azure.com","initDate":6}}
{"request":{"method":"POST","path":"/x","authenticated":true,"status":null,"fault":"late","at":"2026-11-22T10:15:03Z"}}
{"deleted":{"id":2}}
{"violation":"POST /x: no"}
"#;

    #[test]
    fn what_was_created_and_not_deleted_is_held() {
        let state = State::of(LINES.as_bytes()).unwrap();
        assert_eq!(state.held.len(), 1);
        assert_eq!(
            (&*state.held[0].display_name, state.held[0].init_date),
            ("one", 5)
        );
        assert_eq!(state.last_id, 2);
        assert_eq!(
            (state.requests[0].status, state.requests[0].fault),
            (None, Some(Fault::Late))
        );
        assert_eq!(state.violations, ["POST /x: no"]);
    }

    #[test]
    fn a_file_cut_at_any_byte_tells_what_its_whole_lines_tell() {
        for end in 0..LINES.len() {
            let state = State::of(whole(&LINES.as_bytes()[..end])).unwrap();
            assert!(state.last_id <= 2);
        }
    }

    #[test]
    fn what_no_sandbox_wrote_is_refused_by_its_line() {
        for (text, said) in [
            (
                "type,displayName\n",
                "line 1 is not one that a sandbox writes",
            ),
            (
                "{\"deleted\":{\"id\":1}}\n{\"created\":{\"id\":1}}\n",
                "line 2 is not one that a sandbox writes",
            ),
            (
                "{\"opened\":{\"format\":2}}\n",
                "it has format 2, and only format 1 is understood",
            ),
        ] {
            let error = State::of(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn a_line_that_was_not_finished_is_taken_back_before_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        std::fs::write(&path, &LINES[..LINES.len() - 4]).unwrap();
        let (mut file, state) = StateFile::open(&path).unwrap();
        assert_eq!(state.violations.len(), 0);
        file.append(&Line::Deleted { id: 1 }).unwrap();
        assert_eq!(State::read(&path).unwrap().held, []);
    }

    #[test]
    fn one_sandbox_at_a_time_writes_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        let first = StateFile::open(&path).unwrap();
        assert!(matches!(StateFile::open(&path), Err(StateError::InUse)));
        drop(first);
        assert!(StateFile::open(&path).is_ok());
    }
}
