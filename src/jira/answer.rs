//! What the answer to a request that changes something means.

use super::error::JiraError;
use super::exchange::{Ended, NoAnswer, RawAnswer, Reply};
use super::message::Refusal;
use super::wire::{self, CreatedIntegration};
use crate::model::{Remote, ShownFields};
use crate::secret::Masker;

/// What an answer to a request that changes something means for it.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer<T> {
    /// Jira did it, and tells this.
    Done(T),
    /// Jira or the app refused; nothing happened.
    Refused(Refusal),
    /// The app reports a failure with a server error: nothing happened if the list does not show it, and it is not sent
    /// again. The answer may name an integration all the same.
    FailedOnServer(Refusal, Option<Remote>),
    /// 403: the list tells whether this request or all of them are refused.
    Forbidden(Refusal),
    /// 404: the integration is not there, or the app's API is not; the list tells.
    NotFound(Refusal),
    /// Nothing happened, and it may be sent again.
    NothingHappened(String),
    /// It may have happened, or may yet; the answer may name an integration all the same.
    Unsettled(String, Option<Remote>),
    /// Nothing more may be sent.
    Stop(JiraError),
}

impl Answer<CreatedIntegration> {
    /// Judges the reply to a POST that creates.
    pub(super) fn to_creation(url: &str, reply: &Reply, masker: &Masker) -> Self {
        let read = |answer: &RawAnswer| CreatedIntegration::read(&answer.body, masker);
        let answer = judge(url, reply, masker, |answer| {
            read(answer).ok_or("a success without an integration in it")
        });
        let named = || Some(read(reply.as_ref().ok()?)?.remote);
        match answer {
            Self::Unsettled(why, _) => Self::Unsettled(why, named()),
            Self::FailedOnServer(why, _) => Self::FailedOnServer(why, named()),
            answer => answer,
        }
    }
}

impl Answer<()> {
    /// Judges the reply to a DELETE.
    pub(super) fn to_deletion(url: &str, reply: &Reply, masker: &Masker) -> Self {
        let answer = judge(url, reply, masker, |_| Ok(())).repeatable();
        match (answer, reply) {
            // The app itself may say that the integration is not there.
            (Self::Refused(refusal), Ok(raw)) if raw.status == 404 => Self::NotFound(refusal),
            (answer, _) => answer,
        }
    }
}

impl Answer<ShownFields> {
    /// Judges the reply to a PUT, which may show what became of the integration `id`.
    pub(super) fn to_update(url: &str, reply: &Reply, id: i64, masker: &Masker) -> Self {
        let read = |answer: &RawAnswer| CreatedIntegration::read(&answer.body, masker);
        judge(url, reply, masker, |answer| {
            let shown = read(answer).filter(|shown| shown.remote.id == id);
            Ok(shown.map(|shown| shown.shown).unwrap_or_default())
        })
        .repeatable()
    }
}

impl<T> Answer<T> {
    /// The same for a request that does no harm when it is sent again.
    fn repeatable(self) -> Self {
        match self {
            Self::FailedOnServer(refusal, _) => Self::Unsettled(refusal.error, None),
            answer => answer,
        }
    }
}

/// The table of verdicts on a reply of the Jira at `url`: the first line that matches counts. `read` takes from a success
/// what is expected of it, or says what it is instead.
fn judge<T>(
    url: &str,
    reply: &Reply,
    masker: &Masker,
    read: impl FnOnce(&RawAnswer) -> Result<T, &'static str>,
) -> Answer<T> {
    let answer = match reply {
        Ok(answer) => answer,
        Err(NoAnswer {
            ended: Ended::NotConnected,
            why,
        }) => {
            return Answer::NothingHappened(why.clone());
        }
        Err(NoAnswer { why, .. }) => return Answer::Unsettled(why.clone(), None),
    };
    if let Some(error) = JiraError::final_in(url, answer) {
        return Answer::Stop(error);
    }
    let refusal = || Refusal::new(answer, masker);
    let unsettled = |what: &str| Answer::Unsettled(format!("HTTP {}{what}", answer.status), None);
    match (answer.status, wire::success(&answer.body)) {
        (429, _) => Answer::NothingHappened("rate-limited by Jira".into()),
        (200..300, Some(true)) if answer.is_json() => match read(answer) {
            Ok(done) => Answer::Done(done),
            Err(what) => unsettled(&format!(": {what}")),
        },
        (..500, Some(false)) => Answer::Refused(refusal()),
        (_, Some(false)) => Answer::FailedOnServer(refusal(), None),
        (200..300, _) => unsettled(": an answer without a success in it"),
        (403, _) => Answer::Forbidden(refusal()),
        (404, _) => Answer::NotFound(refusal()),
        (400..=407 | 409..500, _) => Answer::Refused(refusal()),
        // 408, 5xx, and what is no final status at all.
        _ => unsettled(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::exchange::samples::{html, json};
    use crate::secret::Secret;

    const CREATED: &str = r#"{"success":true,"integration":{"id":7,"type":"GITHUB","initDate":1}}"#;
    const DELETED: &str = r#"{"success":true}"#;
    const REFUSED: &str = r#"{"success":false,"error":"no"}"#;

    fn masker() -> Masker {
        Masker::of([&Secret::new("canary-token")])
    }

    const JIRA: &str = "https://j";

    fn name<T>(answer: &Answer<T>) -> &'static str {
        match answer {
            Answer::Done(_) => "done",
            Answer::Refused(_) => "refused",
            Answer::FailedOnServer(..) => "failed on server",
            Answer::Forbidden(_) => "forbidden",
            Answer::NotFound(_) => "not found",
            Answer::NothingHappened(_) => "nothing happened",
            Answer::Unsettled(..) => "unsettled",
            Answer::Stop(_) => "stop",
        }
    }

    fn to_creation(answer: RawAnswer) -> Answer<CreatedIntegration> {
        Answer::to_creation(JIRA, &Ok(answer), &masker())
    }

    fn to_deletion(answer: RawAnswer) -> Answer<()> {
        Answer::to_deletion(JIRA, &Ok(answer), &masker())
    }

    fn captcha(status: u16) -> RawAnswer {
        RawAnswer {
            denied_reason: Some("CAPTCHA_CHALLENGE; login-url=https://j/login.jsp".into()),
            ..json(status, CREATED)
        }
    }

    fn plain_text(body: &str) -> RawAnswer {
        RawAnswer {
            content_type: "text/plain".into(),
            ..json(200, body)
        }
    }

    #[test]
    fn the_table_holds_line_by_line() {
        let quoted = REFUSED.replace("false", "\"false\"");
        let unknown = r#"{"message":"null for uri: /rest"}"#;
        for (answer, creation, deletion) in [
            (html(401), "stop", "stop"),
            (json(401, REFUSED), "stop", "stop"),
            (captcha(200), "stop", "stop"),
            (captcha(401), "stop", "stop"),
            (captcha(403), "stop", "stop"),
            (html(302), "stop", "stop"),
            (json(307, CREATED), "stop", "stop"),
            (html(200), "stop", "stop"),
            (html(429), "nothing happened", "nothing happened"),
            (json(429, REFUSED), "nothing happened", "nothing happened"),
            (json(200, CREATED), "done", "done"),
            (
                json(201, &CREATED.replace("true", "\"true\"")),
                "done",
                "done",
            ),
            (json(200, DELETED), "unsettled", "done"),
            (
                json(200, &CREATED.replace('7', "\"7\"")),
                "unsettled",
                "done",
            ),
            (json(200, &CREATED.replace('7', "7.5")), "unsettled", "done"),
            (json(200, REFUSED), "refused", "refused"),
            (json(200, &quoted), "refused", "refused"),
            (json(400, &quoted), "refused", "refused"),
            (json(403, REFUSED), "refused", "refused"),
            (json(404, REFUSED), "refused", "not found"),
            (json(500, REFUSED), "failed on server", "unsettled"),
            (plain_text(CREATED), "unsettled", "unsettled"),
            (json(200, "{}"), "unsettled", "unsettled"),
            (
                json(200, r#"{"integration":{"id":7}}"#),
                "unsettled",
                "unsettled",
            ),
            (json(200, "{\"success\":tr"), "unsettled", "unsettled"),
            (json(204, ""), "unsettled", "unsettled"),
            (html(408), "unsettled", "unsettled"),
            (json(408, "{}"), "unsettled", "unsettled"),
            (json(500, CREATED), "unsettled", "unsettled"),
            (html(502), "unsettled", "unsettled"),
            (json(504, "{}"), "unsettled", "unsettled"),
            (html(403), "forbidden", "forbidden"),
            (html(404), "not found", "not found"),
            (json(404, unknown), "not found", "not found"),
            (
                json(400, r#"{"errorMessages":["bad"]}"#),
                "refused",
                "refused",
            ),
            (html(405), "refused", "refused"),
            (json(409, "{}"), "refused", "refused"),
            (html(413), "refused", "refused"),
        ] {
            let text = format!("{answer:?}");
            assert_eq!(name(&to_creation(answer.clone())), creation, "{text}");
            assert_eq!(name(&to_deletion(answer)), deletion, "{text}");
        }
    }

    #[test]
    fn without_a_whole_answer_only_a_connection_that_was_not_made_proves_that_nothing_happened() {
        for (ended, expected) in [
            (Ended::NotConnected, "nothing happened"),
            (Ended::TimedOut, "unsettled"),
            (Ended::BrokenOff, "unsettled"),
            (Ended::TooLarge, "unsettled"),
        ] {
            let why = "why".to_owned();
            let reply = Err(NoAnswer { ended, why });
            assert_eq!(
                name(&Answer::to_creation(JIRA, &reply, &masker())),
                expected
            );
            assert_eq!(
                name(&Answer::to_deletion(JIRA, &reply, &masker())),
                expected
            );
        }
    }

    #[test]
    fn the_integration_that_an_answer_without_success_names_is_kept() {
        let named = Some(Remote {
            id: 7,
            init_date: Some(1),
        });
        for (answer, expected) in [
            (json(500, CREATED), named),
            (plain_text(CREATED), named),
            (json(200, r#"{"integration":{"id":7,"initDate":1}}"#), named),
            (json(500, "{}"), None),
            (json(500, &CREATED.replace("true", "false")), named),
        ] {
            let text = format!("{answer:?}");
            let (Answer::Unsettled(_, named) | Answer::FailedOnServer(_, named)) =
                to_creation(answer)
            else {
                panic!("{text}");
            };
            assert_eq!(named, expected, "{text}");
        }
    }

    #[test]
    fn a_doubt_names_what_the_answer_lacks() {
        for (answer, expected) in [
            (
                json(200, "{}"),
                "HTTP 200: an answer without a success in it",
            ),
            (
                json(200, DELETED),
                "HTTP 200: a success without an integration in it",
            ),
            (html(502), "HTTP 502"),
        ] {
            let doubt = Answer::Unsettled(expected.to_owned(), None);
            assert_eq!(to_creation(answer), doubt);
        }
    }

    #[test]
    fn a_captcha_gives_its_address() {
        let stop = Answer::Stop(JiraError::Captcha {
            url: JIRA.to_owned(),
            login_url: Some("https://j/login.jsp".to_owned()),
        });
        assert_eq!(to_creation(captcha(403)), stop);
    }

    #[test]
    fn secrets_in_a_refusal_are_masked() {
        let body =
            r#"{"success":false,"error":"not with canary-token","advice":"ask canary-token"}"#;
        let refusal = Refusal {
            error: "not with ***".into(),
            advice: Some("ask ***".into()),
        };
        assert_eq!(to_deletion(json(400, body)), Answer::Refused(refusal));
    }
}
