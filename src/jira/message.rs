//! What Jira, its app or something in between says against a request.

use serde_json::Value;

use super::mask::Mask;

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

fn non_blank(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::Access;
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
    fn a_secret_in_the_name_of_a_field_is_masked() {
        assert_eq!(
            of(r#"{"errors":{"canary-token":"bad"}}"#).0.as_deref(),
            Some("***: bad")
        );
    }
}
