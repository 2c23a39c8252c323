//! What Jira, its app or something in between says against a request.

use serde_json::Value;

use super::answer::Answer;
use super::mask::Mask;

/// A title stands this far from the beginning of a page.
const LONGEST_HEAD: usize = 64 * 1024;

/// The error and the advice in an answer's body, in whichever of the documented shapes: the app's
/// `{"success":false,"error":…,"advice":…}`, Jira's `errorMessages` and `errors`, its `message`, XML, HTML, plain text.
pub(super) fn of_body(body: &[u8], mask: &Mask) -> (Option<String>, Option<String>) {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return (non_blank(mask.clean(&String::from_utf8_lossy(body))), None);
    };
    let text = |name: &str| {
        json.get(name)
            .and_then(Value::as_str)
            .map(|text| mask.clean(text))
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(text("error").and_then(non_blank));
    for message in json
        .get("errorMessages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        parts.extend(message.as_str().map(|message| mask.clean(message)));
    }
    for (field, message) in json
        .get("errors")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let (field, message) = (
            mask.clean(field),
            message.as_str().map(|message| mask.clean(message)),
        );
        parts.extend(message.map(|message| format!("{field}: {message}")));
    }
    parts.extend(text("message").and_then(non_blank));
    // Each part is clean; together they may be too long.
    (
        non_blank(mask.clean(&parts.join("; "))),
        text("advice").and_then(non_blank),
    )
}

/// The error and the advice in an answer: of a page for people no more than the status and its title.
pub(super) fn of_answer(answer: &Answer, mask: &Mask) -> (Option<String>, Option<String>) {
    if is_page(answer) {
        (Some(of_page(answer, mask)), None)
    } else {
        of_body(&answer.body, mask)
    }
}

/// `HTTP 503 Service Unavailable`: the status of an answer, and what it says of it.
pub(super) fn with_status(answer: &Answer, mask: &Mask) -> String {
    if is_page(answer) {
        return of_page(answer, mask);
    }
    let said = of_body(&answer.body, mask).0.unwrap_or_default();
    format!("HTTP {} {said}", answer.status).trim().to_owned()
}

/// Whether it is a page for people rather than the XML of an API.
fn is_page(answer: &Answer) -> bool {
    let head = &answer.body[..answer.body.len().min(LONGEST_HEAD)];
    let head = head.to_ascii_lowercase();
    answer.is_html() && head.windows(5).any(|text| text == b"<html")
}

/// The status of a page and its title, or else what the status is called.
fn of_page(answer: &Answer, mask: &Mask) -> String {
    let status = answer.status.to_string();
    let title = title(&answer.body).map(|title| mask.clean(&title));
    let title = title.unwrap_or_default();
    // "HTTP Status 503 – Service Unavailable", "503 Service Unavailable"
    let is_label = |before: &str| {
        let mut words = before.split_whitespace();
        words.all(|word| ["http", "status", "error"].contains(&&*word.to_ascii_lowercase()))
    };
    let said = match title.split_once(&status) {
        Some((before, after)) if is_label(before) => {
            after.trim_start_matches(|c: char| !c.is_alphanumeric())
        }
        _ => &title,
    };
    let called = reqwest::StatusCode::from_u16(answer.status).ok();
    let called = called.and_then(|status| status.canonical_reason());
    let said = if said.is_empty() {
        called.unwrap_or_default()
    } else {
        said
    };
    format!("HTTP {status} {said}").trim().to_owned()
}

/// The text of a page's title, or of its first heading, markup and all.
fn title(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(LONGEST_HEAD)]);
    let lower = head.to_ascii_lowercase();
    ["title", "h1"].into_iter().find_map(|element| {
        let begun = lower.find(&format!("<{element}"))?;
        let begun = begun + lower[begun..].find('>')? + 1;
        let end = begun + lower[begun..].find(&format!("</{element}"))?;
        Some(head[begun..end].to_owned())
    })
}

fn non_blank(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::Access;
    use crate::jira::answer::samples::html;
    use crate::secret::Secret;

    fn of(body: &str) -> (Option<String>, Option<String>) {
        let mask = Mask::new(
            Access::Token(Secret::new("canary-token")).guises().into(),
            [],
        );
        of_body(body.as_bytes(), &mask)
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
            assert_eq!(of(body).0.as_deref(), Some(message));
        }
        assert_eq!(
            of(r#"{"success":false,"error":"x","advice":"Mend it"}"#)
                .1
                .as_deref(),
            Some("Mend it")
        );
    }

    #[test]
    fn of_a_page_for_people_the_title_is_said_once() {
        let mask = Mask::new(
            Access::Token(Secret::new("canary-token")).guises().into(),
            [],
        );
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
            let answer = Answer {
                body: page.into(),
                ..html(status)
            };
            assert_eq!(with_status(&answer, &mask), said);
            assert_eq!(of_answer(&answer, &mask), (Some(said.to_owned()), None));
        }
    }

    #[test]
    fn a_secret_in_the_name_of_a_field_is_masked() {
        assert_eq!(
            of(r#"{"errors":{"canary-token":"bad"}}"#).0.as_deref(),
            Some("***: bad")
        );
    }
}
