//! What the sandbox was asked and what it holds: in memory, and on request in a file that a `kill -9` leaves readable.
//!
//! The file is append-only JSON lines. Each line is written before its answer is sent, so that the file has everything that a
//! client received. A line is an object with one key:
//!
//! ```text
//! {"opened":{"format":1,"url":"http://127.0.0.1:2990","at":"2026-11-22T10:15:03Z"}}    a sandbox starts, or restarts
//! {"created":{"id":1,"displayName":"Payments",…}}                                      as a list shows it
//! {"updated":{"id":1,"displayName":"Payments",…}}
//! {"deleted":{"id":1}}
//! {"request":{"method":"POST","path":"/rest/gitplugin/1.0/integration","authenticated":true,"status":200,"fault":null,"at":"…"}}
//! {"violation":"POST /rest/gitplugin/1.0/integration: there is no User-Agent"}
//! ```
//!
//! `status` is `null` where no answer was given. No secret is ever in it: of a request there is its first line, of an
//! integration what lists show. The decision to know: a sandbox that is given a file that exists restores what it holds, and
//! what was to happen late when it was killed never happens.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::faults::Fault;
use super::integration::Integration;

/// One request that arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedRequest {
    pub method: String,
    /// Path and query, with the context path.
    pub path: Box<str>,
    /// Whether it carried an `Authorization` header, right or wrong.
    pub authenticated: bool,
    /// The status that it was answered with; `None` while it is under way, and for ever if it was cut off or left hanging.
    pub status: Option<u16>,
    pub fault: Option<Fault>,
    /// When it arrived.
    pub at: jiff::Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    /// In the order of arrival; the index of one is its number.
    pub requests: Vec<LoggedRequest>,
    /// Bodies as they came: smaller than what they parse to, of which only tests make use.
    pub received: Vec<Box<[u8]>>,
    /// The bodies of updates that were carried out, with the ids of their integrations.
    pub updates: Vec<(u64, Value)>,
    pub violations: Vec<String>,
}

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateLine {
    Opened {
        format: u32,
        #[serde(default)]
        url: String,
        #[serde(default)]
        at: jiff::Timestamp,
    },
    Created(Integration),
    Updated(Integration),
    Deleted {
        id: u64,
    },
    Request(LoggedRequest),
    Violation(String),
}

impl StateLine {
    /// The line of a sandbox that begins.
    pub(super) fn opened(url: &str) -> Self {
        Self::Opened {
            format: FORMAT,
            url: url.to_owned(),
            at: jiff::Timestamp::now(),
        }
    }
}

/// Why the state of a sandbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("another sandbox is writing it")]
    InUse,
    #[error("line {number} is not one that a sandbox writes")]
    Line {
        /// The line's number, from 1.
        number: usize,
    },
    #[error("it has format {format}, and only format 1 is understood")]
    Format { format: u32 },
}

/// The contents of a state file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedState {
    /// What the sandbox holds, in the order of the ids, as it was when it was created.
    pub held: Vec<Integration>,
    /// The requests that arrived, in the order in which they were answered or given up.
    pub requests: Vec<LoggedRequest>,
    /// What was sent against the documentation.
    pub violations: Vec<String>,
    /// The highest id that was ever given; 0 before the first.
    pub last_id: u64,
}

impl SavedState {
    /// Reads a file, be it of a sandbox that is still running or of one that was killed. An incomplete last line
    /// is ignored.
    ///
    /// # Errors
    /// If it cannot be read, or is not what a sandbox writes.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, StateError> {
        Self::of(whole(&std::fs::read(path)?))
    }

    /// Reads these lines.
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
                StateLine::Opened { format: FORMAT, .. } => {}
                StateLine::Opened { format, .. } => return Err(StateError::Format { format }),
                StateLine::Created(integration) | StateLine::Updated(integration) => {
                    state.last_id = state.last_id.max(integration.id);
                    held.insert(integration.id, integration);
                }
                StateLine::Deleted { id } => {
                    held.remove(&id);
                }
                StateLine::Request(request) => state.requests.push(request),
                StateLine::Violation(what) => state.violations.push(what),
            }
        }
        state.held = held.into_values().collect();
        Ok(state)
    }
}

/// The lines that are whole: a process that is killed while it writes leaves part of one.
fn whole(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    &bytes[..end.map_or(0, |end| end + 1)]
}

/// The file that a sandbox writes its state to.
#[derive(Debug)]
pub(super) struct StateFile(File);

impl StateFile {
    /// Opens or creates a file and reads it. No other sandbox can write it until this is dropped.
    pub(super) fn open(path: &Path) -> Result<(Self, SavedState), StateError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StateError::InUse,
            TryLockError::Error(error) => error.into(),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let lines = whole(&bytes);
        let state = SavedState::of(lines)?;
        file.set_len(lines.len() as u64)?;
        Ok((Self(file), state))
    }

    /// Appends a line in one go. It is not synced: it outlives the process, not the machine.
    pub(super) fn append(&mut self, line: &StateLine) -> io::Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::integration::Creation;

    fn request(path: &str) -> LoggedRequest {
        let at = jiff::Timestamp::UNIX_EPOCH;
        LoggedRequest {
            method: "GET".to_owned(),
            path: path.into(),
            authenticated: false,
            status: None,
            fault: None,
            at,
        }
    }

    /// Two creations, of which one is deleted again.
    fn lines() -> String {
        let integration = |id: u64| {
            let seed = serde_json::json!({"type": "GITLAB", "id": id, "displayName": id.to_string(), "initDate": 5});
            Creation::of_seed(&seed).ok().unwrap().integration(1, 1)
        };
        let lines = [
            StateLine::opened("http://127.0.0.1:1"),
            StateLine::Created(integration(1)),
            StateLine::Created(integration(2)),
            StateLine::Request(LoggedRequest {
                fault: Some(Fault::Late),
                ..request("/x")
            }),
            StateLine::Deleted { id: 2 },
            StateLine::Violation("POST /x: no".to_owned()),
        ];
        lines
            .iter()
            .map(|line| serde_json::to_string(line).unwrap() + "\n")
            .collect()
    }

    #[test]
    fn what_was_created_and_not_deleted_is_held() {
        let state = SavedState::of(lines().as_bytes()).unwrap();
        assert_eq!(state.held.len(), 1);
        assert_eq!(
            (&*state.held[0].display_name, state.held[0].init_date),
            ("1", 5)
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
        let lines = lines();
        for end in 0..lines.len() {
            let state = SavedState::of(whole(&lines.as_bytes()[..end])).unwrap();
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
            let error = SavedState::of(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn an_unfinished_line_is_removed_before_the_next_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        let lines = lines();
        std::fs::write(&path, &lines[..lines.len() - 4]).unwrap();
        let (mut file, state) = StateFile::open(&path).unwrap();
        assert_eq!(state.violations.len(), 0);
        file.append(&StateLine::Deleted { id: 1 }).unwrap();
        assert_eq!(SavedState::read(&path).unwrap().held, []);
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
