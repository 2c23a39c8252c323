//! What an answer says against a request, in whichever of the documented shapes.

use serde_json::Value;

use super::exchange::RawAnswer;
use crate::secret::{Masker, text_of_bytes};

/// The title of a page stands this far from its beginning.
const LONGEST_HEAD: usize = 64 * 1024;

/// What Jira or the app says against a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    pub error: String,
    pub advice: Option<String>,
}

impl Refusal {
    pub(super) fn new(answer: &RawAnswer, masker: &Masker) -> Self {
        if is_page(answer) {
            return Self {
                error: page_title(answer, masker),
                advice: None,
            };
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
    if is_page(answer) {
        return page_title(answer, masker);
    }
    let text = read_body(&answer.body, masker).0.unwrap_or_default();
    format!("HTTP {} {text}", answer.status).trim().to_owned()
}

/// Whether it is a page for a browser rather than the XML of an API.
fn is_page(answer: &RawAnswer) -> bool {
    let head = &answer.body[..answer.body.len().min(LONGEST_HEAD)];
    let head = head.to_ascii_lowercase();
    answer.is_html() && head.windows(5).any(|text| text == b"<html")
}

/// The status of a page and its title, or else the standard phrase for the status.
fn page_title(answer: &RawAnswer, masker: &Masker) -> String {
    let status = answer.status.to_string();
    let title = title(&answer.body).map(|title| masker.clean(&title));
    let title = title.unwrap_or_default();
    // "HTTP Status 503 – Service Unavailable", "503 Service Unavailable"
    let is_label = |before: &str| {
        let mut words = before.split_whitespace();
        words.all(|word| ["http", "status", "error"].contains(&&*word.to_ascii_lowercase()))
    };
    let title = match title.split_once(&status) {
        Some((before, after)) if is_label(before) => {
            after.trim_start_matches(|c: char| !c.is_alphanumeric())
        }
        _ => &title,
    };
    let phrase = reqwest::StatusCode::from_u16(answer.status).ok();
    let phrase = phrase.and_then(|status| status.canonical_reason());
    let title = if title.is_empty() {
        phrase.unwrap_or_default()
    } else {
        title
    };
    format!("HTTP {status} {title}").trim().to_owned()
}

/// The text of a page's title, or of its first heading, markup and all.
fn title(body: &[u8]) -> Option<String> {
    let head = text_of_bytes(&body[..body.len().min(LONGEST_HEAD)]);
    let lower = head.to_ascii_lowercase();
    ["title", "h1"].into_iter().find_map(|element| {
        let tag = lower.find(&format!("<{element}"))?;
        let start = tag + lower[tag..].find('>')? + 1;
        let end = start + lower[start..].find(&format!("</{element}"))?;
        Some(head[start..end].to_owned())
    })
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
    fn of_a_page_for_people_the_title_is_said_once() {
        let masker = masker("other");
        for (status, title, said) in [
            (
                503,
                "HTTP Status 503 – Service Unavailable",
                "HTTP 503 Service Unavailable",
            ),
            (502, "502 Bad Gateway", "HTTP 502 Bad Gateway"),
            (500, "Oops &amp; sorry", "HTTP 500 Oops & sorry"),
            (500, "Room 500", "HTTP 500 Room 500"),
            (500, "by canary-token", "HTTP 500 by ***"),
            (503, "", "HTTP 503 Service Unavailable"),
        ] {
            let page = format!(
                "<!doctype html><HTML><head><title lang=en>{title}</title></head>\
                 <body><h1>{title}</h1><p>Type Status Report</p></body></HTML>"
            );
            let answer = RawAnswer {
                body: page.into(),
                ..html(status)
            };
            assert_eq!(with_status(&answer, &masker), said);
            assert_eq!(Refusal::new(&answer, &masker).error, said);
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
