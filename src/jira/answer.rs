use std::time::Duration;

use super::hints::RateHints;

/// What came of a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// A whole answer.
    Answer(Answer),
    /// The connection was not made, so nothing was sent.
    NotSent(String),
    /// No whole answer came in time, though the request may have gone out.
    TimedOut(String),
    /// No whole answer came, though the request may have gone out.
    BrokenOff(String),
    /// An answer larger than anything that Jira says.
    TooLarge,
}

/// An answer, whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub status: u16,
    pub content_type: String,
    pub location: Option<String>,
    pub login_reason: Option<String>,
    pub denied_reason: Option<String>,
    pub retry_after: Option<String>,
    pub hints: Option<RateHints>,
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status)
    }

    pub(super) fn is_json(&self) -> bool {
        let kind = self
            .content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        kind.eq_ignore_ascii_case("application/json")
            || kind.to_ascii_lowercase().ends_with("+json")
    }

    /// A page for people: a log-in form, a proxy's notice.
    pub(super) fn is_html(&self) -> bool {
        self.content_type
            .to_ascii_lowercase()
            .starts_with("text/html")
            || !self.is_json() && self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Whether Jira says that it refuses further log-ins until somebody solves a CAPTCHA.
    pub(super) fn is_captcha(&self) -> bool {
        let denied = self.denied_reason.as_deref().unwrap_or_default();
        let reason = self.login_reason.as_deref().unwrap_or_default();
        denied.to_ascii_uppercase().contains("CAPTCHA") || reason.contains("AUTHENTICATION_DENIED")
    }

    /// Whether Jira says that the log-in failed, whatever the status.
    pub(super) fn is_login_failed(&self) -> bool {
        let reason = self.login_reason.as_deref().unwrap_or_default();
        self.status == 401 || reason.contains("AUTHENTICATED_FAILED")
    }

    /// How long Jira asks to wait: `Retry-After` in seconds or as a date.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(text).ok()?;
        let now = std::time::SystemTime::now();
        Some(until.duration_since(now).unwrap_or_default())
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::Answer;

    pub(crate) fn json(status: u16, body: &str) -> Answer {
        Answer {
            status,
            content_type: "application/json;charset=UTF-8".into(),
            body: body.into(),
            ..Answer::default()
        }
    }

    pub(crate) fn html(status: u16) -> Answer {
        Answer {
            status,
            content_type: "text/html".into(),
            body: b"<html>page</html>".to_vec(),
            ..Answer::default()
        }
    }
}
