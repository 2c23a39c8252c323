//! What an answer says against a request, in whichever of the documented shapes.

use serde_json::Value;

use super::exchange::RawAnswer;
use crate::secret::{Masker, text_of_bytes};

/// What Jira or the app says against a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    pub error: String,
    pub advice: Option<String>,
}

impl Refusal {
    pub(super) fn new(answer: &RawAnswer, masker: &Masker) -> Self {
        if let Some(phrase) = phrase_of_page(answer) {
            return phrase.into();
        }
        let (error, advice) = read_body(&answer.body, masker);
        Self {
            error: error.unwrap_or_else(|| format!("HTTP {}", answer.status)),
            advice,
        }
    }
}

impl From<String> for Refusal {
    fn from(error: String) -> Self {
        let advice = None;
        Self { error, advice }
    }
}

/// The error and the advice in an answer's body, in whichever of the documented shapes: the app's
/// `{"success":false,"error":…,"advice":…}`, Jira's `errorMessages` and `errors`, its `message`, XML, HTML, plain text.
pub(super) fn read_body(body: &[u8], masker: &Masker) -> (Option<String>, Option<String>) {
    let body = text_of_bytes(body);
    let Ok(json) = serde_json::from_str::<Value>(&body) else {
        return (clean_or_none(masker, &body), None);
    };
    let text = |name: &str| clean_or_none(masker, json.get(name)?.as_str()?);
    let messages = json.get("errorMessages").and_then(Value::as_array);
    let messages = messages.into_iter().flatten().filter_map(Value::as_str);
    let fields = json.get("errors").and_then(Value::as_object);
    let fields = fields.into_iter().flatten().filter_map(|(field, message)| {
        let message = masker.clean(message.as_str()?);
        Some(format!("{}: {message}", masker.clean(field)))
    });
    let parts: Vec<String> = text("error")
        .into_iter()
        .chain(messages.map(|message| masker.clean(message)))
        .chain(fields)
        .chain(text("message"))
        .collect();
    // Each part is clean; together they may be too long.
    (clean_or_none(masker, &parts.join("; ")), text("advice"))
}

/// `text` as a message; none if nothing of it is left.
fn clean_or_none(masker: &Masker, text: &str) -> Option<String> {
    Some(masker.clean(text)).filter(|text| !text.is_empty())
}

/// The status of an answer and what it says: `HTTP 503 Service Unavailable`.
pub(super) fn with_status(answer: &RawAnswer, masker: &Masker) -> String {
    phrase_of_page(answer).unwrap_or_else(|| {
        let text = read_body(&answer.body, masker).0.unwrap_or_default();
        format!("HTTP {} {text}", answer.status).trim().to_owned()
    })
}

/// The status and its standard phrase, if the answer is a page for a browser: its text tells no more, at length.
fn phrase_of_page(answer: &RawAnswer) -> Option<String> {
    let content_type = answer.content_type.to_ascii_lowercase();
    let status = reqwest::StatusCode::from_u16(answer.status).ok();
    let status = status.filter(|_| content_type.starts_with("text/html"))?;
    let phrase = status.canonical_reason().unwrap_or_default();
    Some(
        format!("HTTP {} {phrase}", answer.status)
            .trim_end()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::exchange::samples::html;
    use crate::secret::Secret;

    fn masker(secret: &str) -> Masker {
        Masker::of([&Secret::new("canary-token"), &Secret::new(secret)])
    }

    fn read(body: &str) -> (Option<String>, Option<String>) {
        read_body(body.as_bytes(), &masker("other"))
    }

    #[test]
    fn every_documented_shape_becomes_one_message() {
        for (body, message) in [
            (
                r#"{"success":false,"error":"Bad origin","advice":"Mend it"}"#,
                "Bad origin",
            ),
            (
                r#"{"errorMessages":["No right"],"errors":{"origin":"is blank"}}"#,
                "No right; origin: is blank",
            ),
            (
                r#"{"message":"null for uri: /x","status-code":404}"#,
                "null for uri: /x",
            ),
            (
                "<status><status-code>404</status-code><message>gone</message></status>",
                "404 gone",
            ),
            (
                "<html><h1>502 Bad&nbsp;Gateway</h1>\n</html>",
                "502 Bad Gateway",
            ),
            ("plainly wrong\r\n", "plainly wrong"),
        ] {
            assert_eq!(read(body).0.as_deref(), Some(message));
        }
        assert_eq!(
            read(r#"{"success":false,"error":"x","advice":"Mend it"}"#)
                .1
                .as_deref(),
            Some("Mend it")
        );
    }

    #[test]
    fn of_a_page_for_people_the_status_is_told_and_nothing_else() {
        for (status, expected) in [
            (503, "HTTP 503 Service Unavailable"),
            (502, "HTTP 502 Bad Gateway"),
            (599, "HTTP 599"),
        ] {
            let answer = RawAnswer {
                body: "<html><title>by canary-token</title></html>".into(),
                ..html(status)
            };
            assert_eq!(with_status(&answer, &masker("other")), expected);
            assert_eq!(Refusal::new(&answer, &masker("other")).error, expected);
        }
    }

    #[test]
    fn a_secret_in_the_name_of_a_field_is_masked() {
        assert_eq!(
            read(r#"{"errors":{"canary-token":"bad"}}"#).0.as_deref(),
            Some("***: bad")
        );
    }
}
