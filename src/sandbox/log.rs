//! What the sandbox was asked: compact, and bounded, so that a day of rehearsals does not fill the memory.

use std::collections::VecDeque;
use std::fmt;

use axum::http::Method;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::Fault;

/// How many requests, and how many bodies, are remembered: the last ones.
const REMEMBERED: usize = 100_000;

/// How many violations are remembered: the first ones, which are the ones to mend.
const VIOLATIONS: usize = 1000;

/// One request that arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    pub method: Method,
    /// Path and query, with the context path.
    pub path: Box<str>,
    /// Whether it carried an `Authorization` header, right or wrong.
    pub authenticated: bool,
    /// The status that it was answered with; `None` while it is under way, and for ever if it was cut off or left hanging.
    pub status: Option<u16>,
    /// What befell it.
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
pub struct Received {
    /// The body as it was sent.
    pub body: Value,
}

impl fmt::Debug for Received {
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
pub(super) struct Number(usize);

#[derive(Debug, Default)]
pub(super) struct Log {
    requests: VecDeque<Request>,
    /// The number of the first request that is still remembered.
    first: usize,
    /// Bodies as they came: smaller than what they parse to, of which only tests make use.
    received: VecDeque<Box<[u8]>>,
    violations: Vec<String>,
}

impl Log {
    pub(super) fn arrived(&mut self, request: Request) -> Number {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
            self.first += 1;
        }
        self.requests.push_back(request);
        Number(self.first + self.requests.len() - 1)
    }

    fn at(&mut self, Number(number): Number) -> Option<&mut Request> {
        self.requests.get_mut(number.checked_sub(self.first)?)
    }

    /// Remembers what a request was answered with, if it was, and shows all that is known of it.
    pub(super) fn ended(&mut self, number: Number, status: Option<u16>) -> Option<&Request> {
        let request = self.at(number)?;
        request.status = status;
        Some(request)
    }

    pub(super) fn befallen(&mut self, number: Number, fault: Fault) {
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
    pub(super) fn violated(&mut self, number: Number, what: &str) -> Option<&str> {
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

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn bodies(&self) -> Vec<Received> {
        let read = |body: &[u8]| serde_json::from_slice(body).ok();
        self.received
            .iter()
            .filter_map(|body| read(body).map(|body| Received { body }))
            .collect()
    }

    pub(super) fn violations(&self) -> Vec<String> {
        self.violations.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Request {
        let at = jiff::Timestamp::UNIX_EPOCH;
        Request {
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
        assert!(!format!("{:?}", Received { body }).contains("s3cret"));
    }
}
