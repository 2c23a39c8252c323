//! What Jira, its app or something in between says, made fit to be shown.

use serde_json::Value;

use crate::secret::Secret;

/// Most characters of a foreign message that are shown.
const LONGEST: usize = 300;

/// The error and the advice in an answer's body, in whichever of the documented shapes: the app's
/// `{"success":false,"error":…,"advice":…}`, Jira's `errorMessages` and `errors`, its `message`, XML, HTML, plain text.
/// Each of `secrets` is masked, before anything is cut to length.
pub(super) fn of_body(body: &[u8], secrets: &[&Secret]) -> (Option<String>, Option<String>) {
    let clean = |text: &str| {
        let mut plain = plain(text);
        for secret in secrets {
            secret.mask_in(&mut plain);
        }
        shorten(&plain)
    };
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return (non_blank(&clean(&String::from_utf8_lossy(body))), None);
    };
    let text = |name: &str| {
        json.get(name)
            .and_then(Value::as_str)
            .map(clean)
            .as_deref()
            .and_then(non_blank)
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(text("error"));
    for message in json
        .get("errorMessages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        parts.extend(message.as_str().map(clean));
    }
    for (field, message) in json
        .get("errors")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        parts.extend(
            message
                .as_str()
                .map(|message| format!("{field}: {}", clean(message))),
        );
    }
    parts.extend(text("message"));
    let error = parts.join("; ");
    (non_blank(&shorten(&error)), text("advice"))
}

fn non_blank(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Foreign text fit to be shown: plain, and no longer than is sensible.
pub(super) fn clean(text: &str) -> String {
    shorten(&plain(text))
}

/// Without markup, control characters and runs of white space.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = without_blocks(text);
    while let Some(start) = rest.find('<') {
        plain.push_str(&rest[..start]);
        plain.push(' ');
        rest = match rest[start..].find('>') {
            Some(end) => rest[start + end + 1..].to_owned(),
            None => String::new(),
        };
    }
    plain.push_str(&rest);
    let plain: String = plain
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let plain = plain
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without `<script>…</script>` and `<style>…</style>`.
fn without_blocks(text: &str) -> String {
    let mut text = text.to_owned();
    for name in ["script", "style"] {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        while let Some(start) = text.to_ascii_lowercase().find(&open) {
            let end = text.to_ascii_lowercase()[start..].find(&close);
            let end = end.map_or(text.len(), |end| start + end + close.len());
            text.replace_range(start..end, " ");
        }
    }
    text
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(body: &str) -> String {
        of_body(body.as_bytes(), &[]).0.unwrap_or_default()
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
                "<html><style>b{}</style><h1>502 Bad&nbsp;Gateway</h1>\n</html>",
                "502 Bad Gateway",
            ),
            ("plainly wrong\r\n", "plainly wrong"),
        ] {
            assert_eq!(error(body), message);
        }
        let (_, advice) = of_body(br#"{"success":false,"error":"x","advice":"Mend it"}"#, &[]);
        assert_eq!(advice.as_deref(), Some("Mend it"));
    }

    #[test]
    fn a_long_message_is_cut() {
        assert_eq!(error(&"é".repeat(1000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_secret_is_masked_before_the_message_is_cut() {
        let secret = Secret::new("canary-canary");
        let body = format!("{}canary-canary", "x".repeat(LONGEST - 5));
        let (error, _) = of_body(body.as_bytes(), &[&secret]);
        assert!(!error.unwrap().contains("canary"));
    }

    #[test]
    fn terminal_escapes_are_taken_out() {
        assert_eq!(error("\u{1b}[31mred\u{7}"), "[31mred");
    }
}
