//! Texts of others made fit to be shown: secrets masked, markup and control characters removed, cut to a sensible length.

use std::sync::Arc;

use serde_json::Value;

use crate::secret::{Masker, Secret, plain};

/// The most characters of a foreign text that are shown, and the most bytes of it that are read for that.
const LONGEST: usize = 300;
const LONGEST_READ: usize = 8 * 1024;

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
    pub(super) fn clean_or_none(&self, text: &str) -> Option<String> {
        Some(self.clean(text)).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::Access;

    fn mask(secret: &str) -> Mask {
        let access = Access::Token(Secret::new("canary-token"));
        Mask::new(access.masker().into(), &[Secret::new(secret)])
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
}
