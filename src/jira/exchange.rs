//! A request and what came back, before anybody asks what that means.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use crate::secret::{Masker, text_of_bytes};

/// No interval between two refills is longer than this; a header that claims so is ignored.
const LONGEST_INTERVAL: u64 = 24 * 60 * 60;

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// A whole answer came, with this status.
    Answered(u16),
    /// No connection was made, so nothing was sent.
    NotConnected,
    /// No whole answer came in time.
    TimedOut,
    /// The connection broke.
    BrokenOff,
    /// The answer is larger than anything that Jira sends.
    TooLarge,
}

/// A request, how it ended and what its answer means.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange<T> {
    pub ended: Ended,
    pub hints: Option<RateHints>,
    /// How long the answer asks to wait.
    pub retry_after: Option<Duration>,
    pub meaning: T,
}

impl<T> Exchange<T> {
    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self.ended {
            Ended::Answered(status) => Some(status),
            _ => None,
        }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Exchange<U> {
        Exchange {
            ended: self.ended,
            hints: self.hints,
            retry_after: self.retry_after,
            meaning: change(self.meaning),
        }
    }
}

/// What came back for a request.
pub(super) type Reply = Result<RawAnswer, NoAnswer>;

/// How a request ended without a whole answer, and why. Unless the connection was not made, it may have gone out.
#[derive(Clone, Debug)]
pub(super) struct NoAnswer {
    pub ended: Ended,
    pub why: String,
}

impl From<Reply> for Exchange<Reply> {
    fn from(reply: Reply) -> Self {
        let answer = reply.as_ref();
        Self {
            ended: answer.map_or_else(|none| none.ended, |answer| Ended::Answered(answer.status)),
            hints: answer.ok().and_then(|answer| answer.hints),
            retry_after: answer.ok().and_then(RawAnswer::retry_after),
            meaning: reply,
        }
    }
}

/// A whole answer. The texts that may be shown are masked.
#[derive(Clone, Debug, Default)]
pub(super) struct RawAnswer {
    pub status: u16,
    pub content_type: String,
    pub location: Option<String>,
    pub login_reason: Option<String>,
    pub denied_reason: Option<String>,
    pub retry_after: Option<String>,
    pub hints: Option<RateHints>,
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// The head of `response`, without a body yet. A location loses its query.
    pub(super) fn head(response: &reqwest::Response, masker: &Masker) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(text_of_bytes(value.as_bytes()).into_owned())
        };
        Self {
            status: response.status().as_u16(),
            content_type: header("content-type").unwrap_or_default(),
            location: header("location").map(|location| {
                let end = location.find(['?', '#']).unwrap_or(location.len());
                masker.clean(&location[..end])
            }),
            login_reason: header("x-seraph-loginreason"),
            denied_reason: header("x-authentication-denied-reason")
                .map(|reason| masker.clean(&reason)),
            retry_after: header("retry-after"),
            hints: RateHints::read(response.headers()),
            body: Vec::new(),
        }
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn is_json(&self) -> bool {
        let media_type = self.content_type.split(';').next().unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        media_type == "application/json" || media_type.ends_with("+json")
    }

    /// A page for a browser: a login form, a proxy's notice.
    pub(super) fn is_html(&self) -> bool {
        self.content_type
            .to_ascii_lowercase()
            .starts_with("text/html")
            || !self.is_json() && self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Whether Jira refuses further logins until somebody solves a CAPTCHA.
    pub(super) fn is_captcha(&self) -> bool {
        let denied = self.denied_reason.as_deref().unwrap_or_default();
        let reason = self.login_reason.as_deref().unwrap_or_default();
        denied.to_ascii_uppercase().contains("CAPTCHA") || reason.contains("AUTHENTICATION_DENIED")
    }

    /// Whether the login failed, whatever the status.
    pub(super) fn is_login_failed(&self) -> bool {
        let reason = self.login_reason.as_deref().unwrap_or_default();
        self.status == 401 || reason.contains("AUTHENTICATED_FAILED")
    }

    /// `Retry-After`, in seconds or as a date.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(text).ok()?;
        Some(until.duration_since(SystemTime::now()).unwrap_or_default())
    }
}

/// The rate limit as an answer tells it: a bucket of tokens, of which each request takes one.
///
/// The four headers come from Atlassian's "Adjusting your code for rate limiting". They are hints: behind a load balancer
/// each node counts for itself, and a proxy may take them away or write others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateHints {
    /// The most tokens that the bucket holds.
    pub limit: u32,
    /// The tokens that are left.
    pub remaining: u32,
    /// The tokens that come each interval, at least one.
    pub fill_rate: u32,
    /// At least one second.
    pub interval: Duration,
}

impl RateHints {
    /// Reads the headers; none if one is missing or makes no sense.
    fn read(headers: &HeaderMap) -> Option<Self> {
        let number = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            value.trim().parse::<u64>().ok()
        };
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let fill_rate = number("x-ratelimit-fillrate").filter(|rate| *rate > 0)?;
        let interval = number("x-ratelimit-interval-seconds")
            .filter(|seconds| (1..=LONGEST_INTERVAL).contains(seconds))?;
        let remaining = number("x-ratelimit-remaining")?;
        let limit = number("x-ratelimit-limit").filter(|limit| *limit > 0)?;
        Some(Self {
            limit: small(limit),
            remaining: small(remaining.min(limit)),
            fill_rate: small(fill_rate),
            interval: Duration::from_secs(interval),
        })
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::RawAnswer;

    pub(crate) fn json(status: u16, body: &str) -> RawAnswer {
        RawAnswer {
            status,
            content_type: "application/json;charset=UTF-8".into(),
            body: body.into(),
            ..RawAnswer::default()
        }
    }

    pub(crate) fn html(status: u16) -> RawAnswer {
        RawAnswer {
            status,
            content_type: "text/html".into(),
            body: b"<html>page</html>".to_vec(),
            ..RawAnswer::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let mut answer = samples::html(429);
        answer.retry_after = Some("12".into());
        assert_eq!(answer.retry_after(), Some(Duration::from_secs(12)));
        answer.retry_after = Some("Sun, 06 Nov 1994 08:49:37 GMT".into());
        assert_eq!(answer.retry_after(), Some(Duration::ZERO));
    }

    /// The hints in the headers for limit, remaining, fill rate and interval.
    fn read(values: [&'static str; 4]) -> Option<RateHints> {
        let names = [
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-fillrate",
            "x-ratelimit-interval-seconds",
        ];
        let headers = names.into_iter().zip(values);
        let mut map = HeaderMap::new();
        for (name, value) in headers.filter(|(_, value)| *value != "none") {
            map.insert(name, value.parse().unwrap());
        }
        RateHints::read(&map)
    }

    #[test]
    fn the_four_headers_make_a_hint() {
        let hints = RateHints {
            limit: 100,
            remaining: 7,
            fill_rate: 20,
            interval: Duration::from_secs(1),
        };
        assert_eq!(read(["100", "7", "20", "1"]), Some(hints));
        assert_eq!(read([" 100", "7 ", "20", "1"]), Some(hints));
        let empty = RateHints {
            remaining: 0,
            ..hints
        };
        assert_eq!(read(["100", "0", "20", "1"]), Some(empty));
    }

    #[test]
    fn headers_that_make_no_sense_are_ignored() {
        for headers in [
            ["none", "7", "20", "1"],
            ["100", "none", "20", "1"],
            ["100", "7", "none", "1"],
            ["100", "7", "20", "none"],
            ["0", "7", "20", "1"],
            ["100", "7", "0", "1"],
            ["100", "7", "20", "0"],
            ["100", "7", "20", "86401"],
            ["100", "-1", "20", "1"],
            ["100", "7", "2.5", "1"],
            ["100", "7, 7", "20", "1"],
            ["", "", "", ""],
            ["99999999999999999999999", "7", "20", "1"],
        ] {
            assert_eq!(read(headers), None, "{headers:?}");
        }
    }

    #[test]
    fn huge_numbers_are_brought_down() {
        let largest = "18446744073709551615";
        let hints = read([largest, largest, largest, "86400"]).unwrap();
        assert_eq!((hints.limit, hints.fill_rate), (u32::MAX, u32::MAX));
        assert_eq!(read(["5", "9", "20", "1"]).unwrap().remaining, 5);
    }
}
