//! Foreign text made fit to be shown: our secrets masked in whatever guise they come back, markup and control characters
//! taken out, and no longer than is sensible.

use std::cell::OnceCell;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use super::access::Access;
use crate::secret::Secret;

/// Most characters of a foreign text that are shown, and most bytes of it that are looked at for that.
const LONGEST: usize = 300;
const LONGEST_READ: usize = 8 * 1024;

/// Shortest secret that is masked; shorter ones would take ordinary words apart.
const SHORTEST: usize = 4;

/// The secrets that must not be seen in what others send us.
pub(super) struct Mask {
    access: Access,
    secrets: Vec<Secret>,
    /// Made when the first text is to be shown: most answers hold none.
    guises: OnceCell<Vec<Zeroizing<String>>>,
}

impl Mask {
    /// Masks the credential of `access` and all of `secrets`.
    pub fn new<'a>(access: &Access, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self {
            access: access.clone(),
            secrets: secrets.into_iter().cloned().collect(),
            guises: OnceCell::new(),
        }
    }

    fn guises(&self) -> Vec<Zeroizing<String>> {
        let mut guises = Vec::new();
        if let Access::Basic { user, password } = &self.access {
            let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
            guises.push(Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes())));
        }
        for secret in self.secrets.iter().chain([self.access.secret()]) {
            add_guises(secret.expose(), &mut guises);
        }
        guises.retain(|guise| guise.len() >= SHORTEST);
        // The longest first, so that no rest of a longer one is left.
        guises.sort_by_key(|guise| std::cmp::Reverse(guise.len()));
        guises.dedup();
        guises
    }

    /// Whether a value that a server sent holds one of the secrets as it is.
    pub fn is_revealed_by(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(_) | Value::Object(_) => self.is_in(&value.to_string()),
            _ => false,
        }
    }

    /// Whether a string of the JSON `text` may hold one of the secrets as it is: it does, or it has escaped characters.
    pub fn may_be_in_json(&self, text: &str) -> bool {
        text.contains('\\') || self.is_in(text)
    }

    fn is_in(&self, text: &str) -> bool {
        let secrets = self.secrets.iter().chain([self.access.secret()]);
        let mut exposed = secrets.map(Secret::expose);
        exposed.any(|secret| secret.len() >= SHORTEST && text.contains(secret))
    }

    /// `text` fit to be shown.
    pub fn clean(&self, text: &str) -> String {
        let masked = self.masked(text.to_owned());
        let read = masked.floor_char_boundary(LONGEST_READ.min(masked.len()));
        shorten(&self.masked(plain(&masked[..read])))
    }

    fn masked(&self, mut text: String) -> String {
        for guise in self.guises.get_or_init(|| self.guises()) {
            if text.contains(guise.as_str()) {
                text = text.replace(guise.as_str(), "***");
            }
        }
        text
    }
}

/// The forms in which servers write what they were sent: as it is, as HTML, in a URL, as JSON, without markup and spaces.
fn add_guises(secret: &str, guises: &mut Vec<Zeroizing<String>>) {
    let mut add = |guise: String| guises.push(Zeroizing::new(guise));
    add(secret.to_owned());
    add(plain(secret));
    let named = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    add(named.replace('\'', "&#39;"));
    add(named.replace('\'', "&#x27;").replace('/', "&#x2F;"));
    add(named);
    add(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    add(percent_encoded(secret, true));
    add(percent_encoded(secret, false));
    let json = serde_json::Value::from(secret).to_string();
    add(json.trim_matches('"').to_owned());
    add(json.trim_matches('"').replace('/', "\\/"));
    add(BASE64_STANDARD.encode(secret));
}

fn percent_encoded(secret: &str, is_upper: bool) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ if is_upper => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    secret.bytes().map(encode).collect()
}

/// Without markup, control characters and runs of white space.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        plain.push_str(&rest[..start]);
        plain.push(' ');
        rest = after_tag(&rest[start..]);
    }
    plain.push_str(rest);
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

/// What follows a tag, or a script or style with all that is in it.
fn after_tag(text: &str) -> &str {
    for name in ["script", "style"] {
        let opens = text
            .get(1..=name.len())
            .is_some_and(|tag| tag.eq_ignore_ascii_case(name));
        if opens {
            let close = format!("</{name}>");
            let end = text.to_ascii_lowercase().find(&close);
            return end.map_or("", |end| &text[end + close.len()..]);
        }
    }
    text.find('>').map_or("", |end| &text[end + 1..])
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

    fn mask(secret: &str) -> Mask {
        let secrets = [Secret::new(secret)];
        Mask::new(&Access::Token(Secret::new("token-of-ours")), &secrets)
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
            percent_encoded(secret, false),
            BASE64_STANDARD.encode(secret),
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
        let shown = Mask::new(&access, []).clean("Authorization: Basic am86Y2FuYXJ5");
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
