//! What every request has to bring, whatever it asks for: the headers of the contract, and nothing that must not be sent.

use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;

use super::answers;

/// The parts of Jira that a path can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Status,
    Jira,
    Plugin,
}

impl Area {
    pub(super) fn of(path: &str) -> Self {
        if path == "/status" {
            Self::Status
        } else if path.starts_with("/rest/gitplugin/") {
            Self::Plugin
        } else {
            Self::Jira
        }
    }
}

/// What happens to a request that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// It is remembered, and answered all the same: Jira would not mind.
    Remembered,
    /// Jira's XSRF filter refuses it.
    Xsrf,
    /// The app refuses it.
    Refused,
}

/// A broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Breach {
    pub what: &'static str,
    pub consequence: Consequence,
}

impl Breach {
    /// The refusal, if it is refused for this.
    pub(super) fn refusal(self) -> Option<Response> {
        match self.consequence {
            Consequence::Remembered => None,
            Consequence::Xsrf => Some(answers::xsrf()),
            Consequence::Refused => Some(answers::failure(
                StatusCode::BAD_REQUEST,
                self.what,
                "Please send what the documentation describes",
            )),
        }
    }
}

/// The rules that a request breaks.
pub(super) fn breaches(
    area: Area,
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Vec<Breach> {
    use Consequence::{Refused, Remembered, Xsrf};

    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let media_type = |text: &str| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let has_body = [Method::POST, Method::PUT].contains(method);
    let accepts_json = value("accept").is_some_and(|accept| {
        accept
            .split(',')
            .any(|range| media_type(range) == "application/json")
    });
    let deletes_files =
        query.is_some_and(|query| query.to_ascii_lowercase().contains("deletefiles"));

    let rules = [
        (
            value("user-agent").is_none_or(str::is_empty),
            "there is no User-Agent",
            Refused,
        ),
        (
            headers.contains_key(header::ORIGIN),
            "there is an Origin header",
            Xsrf,
        ),
        (
            headers.contains_key(header::REFERER),
            "there is a Referer header",
            Xsrf,
        ),
        (
            headers.contains_key(header::COOKIE),
            "there is a Cookie header",
            Remembered,
        ),
        (
            changes && value("x-atlassian-token") != Some("no-check"),
            "there is no X-Atlassian-Token: no-check",
            Xsrf,
        ),
        (
            has_body
                && value("content-type").map(media_type).as_deref() != Some("application/json"),
            "the Content-Type is not application/json",
            Refused,
        ),
        (
            area != Area::Status && !accepts_json,
            "the Accept header does not name application/json",
            Remembered,
        ),
        (
            area == Area::Status && headers.contains_key(header::AUTHORIZATION),
            "credentials are sent where they are not needed",
            Remembered,
        ),
        (
            deletes_files,
            "deleteFiles can erase original repositories and is never to be sent",
            Refused,
        ),
    ];
    rules
        .into_iter()
        .filter(|(broken, ..)| *broken)
        .map(|(_, what, consequence)| Breach { what, consequence })
        .collect()
}
