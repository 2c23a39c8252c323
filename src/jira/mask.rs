//! Foreign text made fit to be shown: our secrets masked in whatever guise they come back, markup and control characters
//! taken out, and no longer than is sensible.

use std::sync::Arc;

use serde_json::Value;

use crate::secret::{Guises, Secret, plain};

/// Most characters of a foreign text that are shown, and most bytes of it that are looked at for that.
const LONGEST: usize = 300;
const LONGEST_READ: usize = 8 * 1024;

/// The secrets that must not be seen in what others send us.
pub(super) struct Mask {
    access: Arc<Guises>,
    row: Guises,
}

impl Mask {
    /// Masks what `access` stands for and all `secrets` of a row.
    pub(super) fn new<'a>(
        access: Arc<Guises>,
        secrets: impl IntoIterator<Item = &'a Secret>,
    ) -> Self {
        Self {
            access,
            row: Guises::of(secrets),
        }
    }

    /// Whether a value that a server sent holds one of the secrets.
    pub(super) fn is_revealed_by(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(values) => values.iter().any(|value| self.is_revealed_by(value)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| self.is_in(name) || self.is_revealed_by(value)),
            _ => false,
        }
    }

    /// Whether a string of the JSON `text` may hold one of the secrets: it does, or it has escaped characters.
    pub(super) fn may_be_in_json(&self, text: &str) -> bool {
        text.contains('\\') || self.is_in(text)
    }

    fn is_in(&self, text: &str) -> bool {
        self.access.is_in(text) || self.row.is_in(text)
    }

    /// `text` fit to be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        let masked = self.masked(text.to_owned());
        let read = masked.floor_char_boundary(LONGEST_READ.min(masked.len()));
        shorten(&self.masked(plain(&masked[..read])))
    }

    fn masked(&self, text: String) -> String {
        Guises::masked(&[&self.row, &self.access], text)
    }
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
    use crate::jira::Access;

    fn mask(secret: &str) -> Mask {
        let secrets = [Secret::new(secret)];
        let access = Access::Token(Secret::new("token-of-ours"));
        Mask::new(access.guises().into(), &secrets)
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
    fn a_secret_is_masked_in_every_guise() {
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
            Mask::new(access.guises().into(), []).clean("Authorization: Basic am86Y2FuYXJ5");
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
