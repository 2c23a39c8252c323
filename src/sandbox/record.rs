//! What the sandbox was asked and what it holds: in memory, bounded so that a day of rehearsals does not fill it, and on request
//! in a file that a `kill -9` leaves readable.
//!
//! The file is append-only JSON lines. Each line is written before its answer is sent, so that the file has everything that a
//! client received. A line is an object with one key:
//!
//! ```text
//! {"opened":{"format":1,"url":"http://127.0.0.1:2990","at":"2026-11-22T10:15:03Z"}}    a sandbox starts, or restarts
//! {"created":{"id":1,"displayName":"Payments",…}}                                      as a list shows it
//! {"deleted":{"id":1}}
//! {"request":{"method":"POST","path":"/rest/gitplugin/1.0/integration","authenticated":true,"status":200,"fault":null,"at":"…"}}
//! {"violation":"POST /rest/gitplugin/1.0/integration: there is no User-Agent"}
//! ```
//!
//! `status` is `null` where no answer was given. No secret is ever in it: of a request there is its first line, of an
//! integration what lists show. The decision to know: a sandbox that is given a file that exists restores what it holds, and
//! what was to happen late when it was killed never happens.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use axum::http::Method;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::Fault;
use super::integration::{Integration, Seed};

/// How many requests, and how many bodies, are remembered: the last ones.
const REMEMBERED: usize = 100_000;

/// How many violations are remembered: the first ones, which are the ones to fix.
const VIOLATIONS: usize = 1000;

/// One request that arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// The method.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    pub method: Method,
    /// Path and query, with the context path.
    pub path: Box<str>,
    /// Whether it carried an `Authorization` header, right or wrong.
    pub authenticated: bool,
    /// The status that it was answered with; `None` while it is under way, and for ever if it was cut off or left hanging.
    pub status: Option<u16>,
    /// The fault that it got.
    #[serde(serialize_with = "as_name", deserialize_with = "from_name")]
    pub fault: Option<Fault>,
    /// When it arrived.
    pub at: jiff::Timestamp,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "serde hands over references"
)]
fn as_name<S: Serializer>(fault: &Option<Fault>, serializer: S) -> Result<S::Ok, S::Error> {
    fault.map(Fault::name).serialize(serializer)
}

fn as_text<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    method.as_str().serialize(serializer)
}

fn from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Fault>, D::Error> {
    let name = Option::<Box<str>>::deserialize(deserializer)?;
    name.map(|name| name.parse())
        .transpose()
        .map_err(de::Error::custom)
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
    let text = Box::<str>::deserialize(deserializer)?;
    text.parse().map_err(de::Error::custom)
}

/// The well-formed body of a creation, secrets and all: for tests that compare it. `Debug` does not show the secrets.
#[derive(Clone, PartialEq)]
pub struct ReceivedBody {
    /// The body as it was sent.
    pub body: Value,
}

impl fmt::Debug for ReceivedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.body.clone();
        for name in ["username", "password", "pat"] {
            if let Some(secret) = shown.get_mut(name) {
                *secret = Value::from("…");
            }
        }
        write!(f, "{shown}")
    }
}

/// The number of a request, for as long as the sandbox runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RequestNumber(usize);

#[derive(Debug, Default)]
pub(super) struct Log {
    requests: VecDeque<LoggedRequest>,
    /// The number of the first request that is still remembered.
    first: usize,
    /// Bodies as they came: smaller than what they parse to, of which only tests make use.
    received: VecDeque<Box<[u8]>>,
    violations: Vec<String>,
}

impl Log {
    pub(super) fn arrived(&mut self, request: LoggedRequest) -> RequestNumber {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
            self.first += 1;
        }
        self.requests.push_back(request);
        RequestNumber(self.first + self.requests.len() - 1)
    }

    fn at(&mut self, RequestNumber(number): RequestNumber) -> Option<&mut LoggedRequest> {
        self.requests.get_mut(number.checked_sub(self.first)?)
    }

    /// Remembers what a request was answered with, if it was, and shows all that is known of it.
    pub(super) fn ended(
        &mut self,
        number: RequestNumber,
        status: Option<u16>,
    ) -> Option<&LoggedRequest> {
        let request = self.at(number)?;
        request.status = status;
        Some(request)
    }

    pub(super) fn hit_by(&mut self, number: RequestNumber, fault: Fault) {
        if let Some(request) = self.at(number) {
            request.fault = Some(fault);
        }
    }

    /// Remembers the body of a creation.
    pub(super) fn received(&mut self, body: &[u8]) {
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(body.into());
    }

    /// Remembers a violation, and returns it as it is remembered; `None` if there are enough.
    pub(super) fn violated(&mut self, number: RequestNumber, what: &str) -> Option<&str> {
        if self.violations.len() == VIOLATIONS {
            return None;
        }
        let asked = self
            .at(number)
            .map(|request| format!("{} {}: ", request.method, request.path));
        self.violations
            .push(format!("{}{what}", asked.unwrap_or_default()));
        self.violations.last().map(String::as_str)
    }

    pub(super) fn requests(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn bodies(&self) -> Vec<ReceivedBody> {
        let read = |body: &[u8]| serde_json::from_slice(body).ok();
        self.received
            .iter()
            .filter_map(|body| read(body).map(|body| ReceivedBody { body }))
            .collect()
    }

    pub(super) fn violations(&self) -> Vec<String> {
        self.violations.clone()
    }
}

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

/// A line as it is written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrittenLine<'a> {
    Opened {
        format: u32,
        url: &'a str,
        at: jiff::Timestamp,
    },
    Created(&'a Integration),
    Deleted {
        id: u64,
    },
    Request(&'a LoggedRequest),
    Violation(&'a str),
}

impl<'a> WrittenLine<'a> {
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
enum ReadLine {
    Opened { format: u32 },
    Created(Value),
    Deleted { id: u64 },
    Request(LoggedRequest),
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
        /// The format in the file.
        format: u32,
    },
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
                ReadLine::Opened { format: FORMAT } => {}
                ReadLine::Opened { format } => return Err(StateError::Format { format }),
                ReadLine::Created(integration) => {
                    let integration =
                        integration_of(integration).ok_or(StateError::Line { number })?;
                    state.last_id = state.last_id.max(integration.id);
                    held.insert(integration.id, integration);
                }
                ReadLine::Deleted { id } => {
                    held.remove(&id);
                }
                ReadLine::Request(request) => state.requests.push(request),
                ReadLine::Violation(what) => state.violations.push(what),
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
    /// Opens or creates a file and reads it. No other sandbox can write it until this is dropped.
    pub(super) fn open(path: &Path) -> Result<(Self, SavedState), StateError> {
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
        let state = SavedState::of(lines)?;
        if lines.len() < bytes.len() {
            file.set_len(lines.len() as u64)?;
        }
        let line = Vec::new();
        Ok((Self { file, line }, state))
    }

    /// Appends a line in one go. It is not synced: it outlives the process, not the machine.
    pub(super) fn append(&mut self, line: &WrittenLine<'_>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> LoggedRequest {
        let at = jiff::Timestamp::UNIX_EPOCH;
        LoggedRequest {
            method: Method::GET,
            path: path.into(),
            authenticated: false,
            status: None,
            fault: None,
            at,
        }
    }

    #[test]
    fn the_last_requests_are_remembered_and_still_found_by_number() {
        let mut log = Log::default();
        let first = log.arrived(request("/first"));
        for _ in 1..REMEMBERED {
            log.arrived(request("/"));
        }
        let last = log.arrived(request("/last"));
        log.ended(first, Some(200));
        log.ended(last, Some(404));
        let requests = log.requests();
        assert_eq!(requests.len(), REMEMBERED);
        assert!(requests.iter().all(|request| request.status != Some(200)));
        assert_eq!(
            requests.last().and_then(|request| request.status),
            Some(404)
        );
    }

    #[test]
    fn debug_of_a_body_shows_no_secret() {
        let body = serde_json::json!({"type": "GITHUB", "username": "s3cret", "password": "s3cret", "pat": "s3cret"});
        assert!(!format!("{:?}", ReceivedBody { body }).contains("s3cret"));
    }

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
        let state = SavedState::of(LINES.as_bytes()).unwrap();
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
            let state = SavedState::of(whole(&LINES.as_bytes()[..end])).unwrap();
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
    fn a_line_that_was_not_finished_is_taken_back_before_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        std::fs::write(&path, &LINES[..LINES.len() - 4]).unwrap();
        let (mut file, state) = StateFile::open(&path).unwrap();
        assert_eq!(state.violations.len(), 0);
        file.append(&WrittenLine::Deleted { id: 1 }).unwrap();
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
