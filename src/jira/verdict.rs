//! What an answer to a POST means for its row.

use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Reply};
use super::created::CreatedIntegration;
use super::mask::Mask;
use super::message;
use super::wire;

/// What the app or Jira says against a row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    /// The error in their words.
    pub error: String,
    /// The app's advice.
    pub advice: Option<String>,
}

impl Refusal {
    pub(super) fn of(answer: &Answer, mask: &Mask) -> Self {
        let (error, advice) = message::of_answer(answer, mask);
        Self {
            error: error.unwrap_or_else(|| format!("HTTP {}", answer.status)),
            advice,
        }
    }
}

/// Why nothing more may be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopReason {
    /// 401, or a header that says the log-in failed.
    LoginRefused,
    /// Jira wants a CAPTCHA solved, at this address if it says one.
    Captcha(Option<String>),
    /// The answer is a redirect to this address.
    Redirected(Option<String>),
    /// The answer is a page for people and not Jira's API.
    HtmlPage,
}

/// What an answer means for its row.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// Jira created the integration.
    Created(CreatedIntegration),
    /// The app refused the row; nothing was created.
    Failed(Refusal),
    /// The app says that it failed, with a server error: it failed if the list does not show it.
    FailedIfAbsent(Refusal),
    /// It may have been created or may yet be.
    Unsettled(String),
    /// Nothing happened: it may be sent again, after this pause if Jira asks for one.
    NothingHappened {
        /// Why.
        why: String,
        /// How long Jira asks to wait.
        pause: Option<Duration>,
    },
    /// Refused with 403 or 404: whether it is this row or all of them, the list tells.
    PerhapsNoAccess(Refusal),
    /// Nothing more may be sent.
    Stop(StopReason),
}

impl Verdict {
    /// Judges what came of a POST; the first line of the table that matches counts.
    pub(super) fn of(reply: &Reply, mask: &Mask) -> Self {
        match judged(reply) {
            Ok(answer) => Self::of_answer(answer, mask),
            Err(Unjudged::NotDone { why, pause }) => Self::NothingHappened { why, pause },
            Err(Unjudged::Unknown(why)) => Self::Unsettled(why),
            Err(Unjudged::Stop(reason)) => Self::Stop(reason),
        }
    }

    fn of_answer(answer: &Answer, mask: &Mask) -> Self {
        if answer.is_success()
            && answer.is_json()
            && let Some(created) = CreatedIntegration::of_body(&answer.body, mask)
        {
            return Self::Created(created);
        }
        let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let success = json.as_ref().and_then(wire::success);
        let refusal = || Refusal::of(answer, mask);
        match (answer.status, success) {
            (status, Some(false)) if status < 500 => Self::Failed(refusal()),
            (_, Some(false)) => Self::FailedIfAbsent(refusal()),
            (403 | 404, _) => Self::PerhapsNoAccess(refusal()),
            (408, _) => Self::Unsettled("HTTP 408".into()),
            (400..500, _) => Self::Failed(refusal()),
            (status, _) if answer.is_success() => {
                Self::Unsettled(format!("HTTP {status} without an integration in it"))
            }
            (status, _) => Self::Unsettled(format!("HTTP {status}")),
        }
    }
}

/// What came of a request on which nobody passed judgement, whatever was asked for.
pub(super) enum Unjudged {
    /// It had no effect, and may be sent again, after this pause if Jira asks for one.
    NotDone {
        why: String,
        pause: Option<Duration>,
    },
    /// It may have had its effect or may yet have it.
    Unknown(String),
    /// Nothing more may be sent.
    Stop(StopReason),
}

/// The answer of whoever judged the request. What comes before that is the same in the tables of POST and DELETE.
pub(super) fn judged(reply: &Reply) -> Result<&Answer, Unjudged> {
    let answer = match reply {
        Reply::Answer(answer) => answer,
        Reply::NotSent(why) => {
            return Err(Unjudged::NotDone {
                why: why.clone(),
                pause: None,
            });
        }
        Reply::TimedOut(why) | Reply::BrokenOff(why) => {
            return Err(Unjudged::Unknown(why.clone()));
        }
        Reply::TooLarge => return Err(Unjudged::Unknown("an answer that is too large".into())),
    };
    if let Some(reason) = stop_reason(answer) {
        return Err(Unjudged::Stop(reason));
    }
    if answer.status == 429 {
        return Err(Unjudged::NotDone {
            why: "rate-limited by Jira".into(),
            pause: Some(answer.retry_after().unwrap_or_default()),
        });
    }
    Ok(answer)
}

/// Why `answer` allows no further request, if so.
pub(super) fn stop_reason(answer: &Answer) -> Option<StopReason> {
    if answer.is_captcha() {
        let denied = answer.denied_reason.as_deref().unwrap_or_default();
        let url = denied
            .split_once("login-url=")
            .map(|(_, url)| url.trim().to_owned());
        return Some(StopReason::Captcha(url));
    }
    if answer.is_login_failed() {
        return Some(StopReason::LoginRefused);
    }
    if answer.is_redirect() {
        return Some(StopReason::Redirected(answer.location.clone()));
    }
    (answer.is_success() && answer.is_html()).then_some(StopReason::HtmlPage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::answer::samples::{html, json};

    fn no_secrets() -> Mask {
        let access = crate::jira::Access::Token(crate::secret::Secret::new("token"));
        Mask::new(access.guises().into(), [])
    }

    const CREATED: &str = r#"{"success":true,"integration":{"id":7,"type":"GITHUB","initDate":1}}"#;

    fn name(answer: Answer) -> &'static str {
        match Verdict::of(&Reply::Answer(answer), &no_secrets()) {
            Verdict::Created(_) => "created",
            Verdict::Failed(_) => "failed",
            Verdict::FailedIfAbsent(_) => "failed if absent",
            Verdict::Unsettled(_) => "unsettled",
            Verdict::NothingHappened { .. } => "nothing happened",
            Verdict::PerhapsNoAccess(_) => "perhaps no access",
            Verdict::Stop(_) => "stop",
        }
    }

    #[test]
    fn the_table_holds_line_by_line() {
        let refused = r#"{"success":false,"error":"no"}"#;
        for (answer, verdict) in [
            (html(401), "stop"),
            (json(401, refused), "stop"),
            (html(302), "stop"),
            (json(307, CREATED), "stop"),
            (html(200), "stop"),
            (html(429), "nothing happened"),
            (json(200, CREATED), "created"),
            (json(201, &CREATED.replace("true", "\"true\"")), "created"),
            (json(200, refused), "failed"),
            (json(200, &refused.replace("false", "\"false\"")), "failed"),
            (json(403, refused), "failed"),
            (json(500, refused), "failed if absent"),
            (json(200, r#"{"success":true}"#), "unsettled"),
            (
                json(200, r#"{"success":true,"integration":{"id":"7"}}"#),
                "unsettled",
            ),
            (json(200, &CREATED.replace('7', "7.5")), "unsettled"),
            (json(200, "{\"success\":tr"), "unsettled"),
            (json(408, "{}"), "unsettled"),
            (html(500), "unsettled"),
            (html(502), "unsettled"),
            (json(504, "{}"), "unsettled"),
            (html(403), "perhaps no access"),
            (
                json(404, r#"{"message":"null for uri"}"#),
                "perhaps no access",
            ),
            (json(400, r#"{"errorMessages":["bad"]}"#), "failed"),
            (html(413), "failed"),
        ] {
            let text = format!("{answer:?}");
            assert_eq!(name(answer), verdict, "{text}");
        }
    }

    #[test]
    fn a_success_that_is_no_json_by_its_type_is_not_created() {
        let mut answer = json(200, CREATED);
        answer.content_type = "text/plain".into();
        assert_eq!(name(answer), "unsettled");
    }

    #[test]
    fn a_captcha_stops_at_every_status_and_gives_its_address() {
        for status in [200, 401, 403] {
            let mut answer = json(status, CREATED);
            answer.denied_reason = Some("CAPTCHA_CHALLENGE; login-url=https://j/login.jsp".into());
            let verdict = Verdict::of(&Reply::Answer(answer), &no_secrets());
            let url = Some("https://j/login.jsp".to_owned());
            assert_eq!(verdict, Verdict::Stop(StopReason::Captcha(url)));
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let mut answer = html(429);
        answer.retry_after = Some("12".into());
        assert_eq!(answer.retry_after(), Some(Duration::from_secs(12)));
        answer.retry_after = Some("Sun, 06 Nov 1994 08:49:37 GMT".into());
        assert_eq!(answer.retry_after(), Some(Duration::ZERO));
    }
}
