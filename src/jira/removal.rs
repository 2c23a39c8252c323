//! What an answer to a DELETE means for its integration.

use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Reply};
use super::mask::Mask;
use super::verdict::{Refusal, StopReason, Unjudged, judged};
use super::wire;

/// What an answer to a DELETE means for its integration. Deleting an id twice does no harm; whether it is asked for again
/// is the engine's to decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Removal {
    /// Jira deleted it.
    Removed,
    /// The app or Jira refused; it was not deleted.
    Refused(Refusal),
    /// 404: it is gone, or the app's API is; the list tells.
    NotThere(Refusal),
    /// Refused with 403: whether it is this one or all of them, the list tells.
    PerhapsNoAccess(Refusal),
    /// Nothing happened: it may be asked for again, after this pause if Jira asks for one.
    NothingHappened {
        /// Why.
        why: String,
        /// How long Jira asks to wait.
        pause: Option<Duration>,
    },
    /// It may have been deleted or may yet be.
    Unsettled(String),
    /// Nothing more may be sent.
    Stop(StopReason),
}

impl Removal {
    /// Judges what came of a DELETE.
    pub(super) fn of(reply: &Reply, mask: &Mask) -> Self {
        match judged(reply) {
            Ok(answer) => Self::of_answer(answer, mask),
            Err(Unjudged::NotDone { why, pause }) => Self::NothingHappened { why, pause },
            Err(Unjudged::Unknown(why)) => Self::Unsettled(why),
            Err(Unjudged::Stop(reason)) => Self::Stop(reason),
        }
    }

    fn of_answer(answer: &Answer, mask: &Mask) -> Self {
        let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let success = json.as_ref().and_then(wire::success);
        let refusal = || Refusal::of(answer, mask);
        match (answer.status, success) {
            (404, _) => Self::NotThere(refusal()),
            (200..300, Some(true)) if answer.is_json() => Self::Removed,
            (status, Some(false)) if status < 500 => Self::Refused(refusal()),
            (403, _) => Self::PerhapsNoAccess(refusal()),
            (status @ 200..300, _) => Self::Unsettled(format!(
                "HTTP {status} that does not say that it was deleted"
            )),
            (400..=407 | 409..500, _) => Self::Refused(refusal()),
            (status, _) => Self::Unsettled(format!("HTTP {status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::Access;
    use crate::jira::answer::samples::{html, json};
    use crate::secret::Secret;

    fn mask() -> Mask {
        Mask::new(
            Access::Token(Secret::new("canary-token")).guises().into(),
            [],
        )
    }

    fn name(reply: &Reply) -> &'static str {
        match Removal::of(reply, &mask()) {
            Removal::Removed => "removed",
            Removal::Refused(_) => "refused",
            Removal::NotThere(_) => "not there",
            Removal::PerhapsNoAccess(_) => "perhaps no access",
            Removal::NothingHappened { .. } => "nothing happened",
            Removal::Unsettled(_) => "unsettled",
            Removal::Stop(_) => "stop",
        }
    }

    #[test]
    fn the_table_holds_line_by_line() {
        let (done, refused) = (r#"{"success":true}"#, r#"{"success":false,"error":"no"}"#);
        let mut captcha = json(200, done);
        captcha.denied_reason = Some("CAPTCHA_CHALLENGE".into());
        let mut plain = json(200, done);
        plain.content_type = "text/plain".into();
        for (answer, removal) in [
            (html(401), "stop"),
            (json(401, refused), "stop"),
            (captcha, "stop"),
            (html(302), "stop"),
            (json(307, done), "stop"),
            (html(200), "stop"),
            (html(429), "nothing happened"),
            (json(200, done), "removed"),
            (json(200, r#"{"success":"true"}"#), "removed"),
            (json(200, refused), "refused"),
            (json(400, &refused.replace("false", "\"false\"")), "refused"),
            (json(403, refused), "refused"),
            (html(403), "perhaps no access"),
            (json(404, refused), "not there"),
            (json(404, r#"{"message":"null for uri"}"#), "not there"),
            (html(404), "not there"),
            (html(405), "refused"),
            (json(409, "{}"), "refused"),
            (html(408), "unsettled"),
            (json(200, "{}"), "unsettled"),
            (json(200, "{\"succ"), "unsettled"),
            (json(204, ""), "unsettled"),
            (plain, "unsettled"),
            (json(500, refused), "unsettled"),
            (json(500, done), "unsettled"),
            (html(502), "unsettled"),
            (html(504), "unsettled"),
        ] {
            let text = format!("{answer:?}");
            assert_eq!(name(&Reply::Answer(answer)), removal, "{text}");
        }
    }

    #[test]
    fn without_a_whole_answer_only_a_connection_that_was_not_made_says_that_nothing_happened() {
        let why = || "why".to_owned();
        assert_eq!(name(&Reply::NotSent(why())), "nothing happened");
        assert_eq!(name(&Reply::TimedOut(why())), "unsettled");
        assert_eq!(name(&Reply::BrokenOff(why())), "unsettled");
        assert_eq!(name(&Reply::TooLarge), "unsettled");
    }

    #[test]
    fn what_a_server_echoes_is_masked() {
        let body =
            r#"{"success":false,"error":"not with canary-token","advice":"ask canary-token"}"#;
        let removal = Removal::of(&Reply::Answer(json(400, body)), &mask());
        let refusal = Refusal {
            error: "not with ***".into(),
            advice: Some("ask ***".into()),
        };
        assert_eq!(removal, Removal::Refused(refusal));
    }
}
