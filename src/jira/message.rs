//! Texts of others made fit to be shown: secrets masked, markup and control characters removed, cut to a sensible length.

use std::sync::Arc;

use serde_json::Value;

use super::exchange::RawAnswer;
use crate::secret::{Masker, Secret, plain};

/// The most characters of a foreign text that are shown, and the most bytes of it that are read for that.
const LONGEST: usize = 300;
const LONGEST_READ: usize = 8 * 1024;

/// The title of a page stands this far from its beginning.
const LONGEST_HEAD: usize = 64 * 1024;

/// What Jira or the app says against a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    pub error: String,
    pub advice: Option<String>,
}

impl Refusal {
    pub(super) fn new(answer: &RawAnswer, mask: &Mask) -> Self {
        if is_page(answer) {
            return Self {
                error: page_title(answer, mask),
                advice: None,
            };
        }
        let (error, advice) = read_body(&answer.body, mask);
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

/// The secrets that must not be seen in what others send.
pub(super) struct Mask {
    access: Arc<Masker>,
    row: Masker,
}

impl Mask {
    /// Masks the login and all `secrets` of a row.
    pub(super) fn new<'a>(
        access: Arc<Masker>,
        secrets: impl IntoIterator<Item = &'a Secret>,
    ) -> Self {
        Self {
            access,
            row: Masker::of(secrets),
        }
    }

    /// Whether `text` contains one of the secrets.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.access.is_in(text) || self.row.is_in(text)
    }

    /// Whether a text in `value` contains one of the secrets.
    pub(super) fn is_in_json(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(values) => values.iter().any(|value| self.is_in_json(value)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| self.is_in(name) || self.is_in_json(value)),
            _ => false,
        }
    }

    /// `text` fit to be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        let masked = self.masked(text.to_owned());
        let read = masked.floor_char_boundary(LONGEST_READ.min(masked.len()));
        let clean = self.masked(plain(&masked[..read]));
        match clean.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &clean[..end]),
            None => clean,
        }
    }

    fn masked(&self, text: String) -> String {
        Masker::masked(&[&self.row, &self.access], text)
    }

    /// `text` fit to be shown; none if nothing of it is left.
    fn clean_or_none(&self, text: &str) -> Option<String> {
        Some(self.clean(text)).filter(|text| !text.is_empty())
    }
}

/// The error and the advice in an answer's body, in whichever of the documented shapes: the app's
/// `{"success":false,"error":…,"advice":…}`, Jira's `errorMessages` and `errors`, its `message`, XML, HTML, plain text.
pub(super) fn read_body(body: &[u8], mask: &Mask) -> (Option<String>, Option<String>) {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return (mask.clean_or_none(&String::from_utf8_lossy(body)), None);
    };
    let text = |name: &str| mask.clean_or_none(json.get(name)?.as_str()?);
    let messages = json.get("errorMessages").and_then(Value::as_array);
    let messages = messages.into_iter().flatten().filter_map(Value::as_str);
    let fields = json.get("errors").and_then(Value::as_object);
    let fields = fields.into_iter().flatten().filter_map(|(field, message)| {
        let message = mask.clean(message.as_str()?);
        Some(format!("{}: {message}", mask.clean(field)))
    });
    let parts: Vec<String> = text("error")
        .into_iter()
        .chain(messages.map(|message| mask.clean(message)))
        .chain(fields)
        .chain(text("message"))
        .collect();
    // Each part is clean; together they may be too long.
    (mask.clean_or_none(&parts.join("; ")), text("advice"))
}

/// The status of an answer and what it says: `HTTP 503 Service Unavailable`.
pub(super) fn with_status(answer: &RawAnswer, mask: &Mask) -> String {
    if is_page(answer) {
        return page_title(answer, mask);
    }
    let text = read_body(&answer.body, mask).0.unwrap_or_default();
    format!("HTTP {} {text}", answer.status).trim().to_owned()
}

/// Whether it is a page for a browser rather than the XML of an API.
fn is_page(answer: &RawAnswer) -> bool {
    let head = &answer.body[..answer.body.len().min(LONGEST_HEAD)];
    let head = head.to_ascii_lowercase();
    answer.is_html() && head.windows(5).any(|text| text == b"<html")
}

/// The status of a page and its title, or else the standard phrase for the status.
fn page_title(answer: &RawAnswer, mask: &Mask) -> String {
    let status = answer.status.to_string();
    let title = title(&answer.body).map(|title| mask.clean(&title));
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
    let head = String::from_utf8_lossy(&body[..body.len().min(LONGEST_HEAD)]);
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
    use crate::jira::Access;
    use crate::jira::exchange::samples::html;

    fn mask(secret: &str) -> Mask {
        let access = Access::Token(Secret::new("canary-token"));
        Mask::new(access.masker().into(), &[Secret::new(secret)])
    }

    fn read(body: &str) -> (Option<String>, Option<String>) {
        read_body(body.as_bytes(), &mask("other"))
    }

    #[test]
    fn markup_and_controls_are_taken_out() {
        let none = mask("a secret elsewhere");
        assert_eq!(
            none.clean("<html><style>b{}</style><h1>502 Bad&nbsp;Gateway</h1>\n</html>"),
            "502 Bad Gateway"
        );
        assert_eq!(none.clean("\u{1b}[31mred\u{7}"), "[31mred");
        assert_eq!(none.clean("a <b"), "a");
    }

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let secret = r#"can<1>ary &x/y+z "q" 'p'"#;
        let mask = mask(secret);
        let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for text in [
            secret.to_owned(),
            secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;"),
            url,
        ] {
            let shown = mask.clean(&format!("cannot use {text}, sorry"));
            assert_eq!(shown, "cannot use ***, sorry", "{text}");
        }
    }

    #[test]
    fn the_pair_of_a_basic_log_in_is_masked() {
        let access = Access::Basic {
            user: "jo".into(),
            password: Secret::new("canary"),
        };
        let shown =
            Mask::new(access.masker().into(), []).clean("Authorization: Basic am86Y2FuYXJ5");
        assert_eq!(shown, "Authorization: Basic ***");
    }

    #[test]
    fn a_secret_is_masked_before_the_text_is_cut() {
        let text = format!("{}canary-canary", "x".repeat(LONGEST - 5));
        assert!(!mask("canary-canary").clean(&text).contains("canary"));
        assert_eq!(
            mask("other").clean(&"é".repeat(1000)).chars().count(),
            LONGEST + 1
        );
    }

    #[test]
    fn a_page_made_to_be_slow_is_not() {
        let hostile = "<script><".repeat(200_000);
        assert!(mask("other").clean(&hostile).is_empty());
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
        let mask = mask("other");
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
            assert_eq!(with_status(&answer, &mask), said);
            assert_eq!(Refusal::new(&answer, &mask).error, said);
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
