//! Masking of secrets in texts that others wrote.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::value::Secret;

/// Shorter texts are not secrets, and masking them would garble every message.
const SHORTEST: usize = 4;

/// Finds and masks secrets in any text, in every form in which a server may write them: as they are, as HTML, in a URL, as
/// JSON, without markup and spaces, in Base64.
#[derive(Default)]
pub(crate) struct Masker(Vec<Zeroizing<String>>);

impl Masker {
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut masker = Self::default();
        for secret in secrets {
            masker.add_forms(secret.expose());
        }
        masker
    }

    /// The same and the Base64 of `text`, as in a header that logs in.
    pub(crate) fn with_base64(mut self, text: &str) -> Self {
        self.add_base64(text);
        self
    }

    /// Whether one of the secrets is in `text`.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|form| text.contains(form.as_str()))
    }

    /// `text` with `***` in place of each secret of all `maskers`.
    pub(crate) fn masked(maskers: &[&Self], mut text: String) -> String {
        let forms = maskers.iter().flat_map(|masker| &masker.0);
        let mut forms: Vec<&str> = forms.map(|form| form.as_str()).collect();
        // The longest first, so that no rest of a longer one is left.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        for form in forms {
            if text.contains(form) {
                text = text.replace(form, "***");
            }
        }
        text
    }

    fn add(&mut self, form: String) {
        let form = Zeroizing::new(form);
        if form.len() >= SHORTEST && !self.0.contains(&form) {
            self.0.push(form);
        }
    }

    fn add_base64(&mut self, secret: &str) {
        let padded = BASE64_STANDARD.encode(secret);
        if padded.ends_with('=') {
            self.add(BASE64_STANDARD_NO_PAD.encode(secret));
        }
        if padded.contains(['+', '/']) {
            self.add(BASE64_URL_SAFE_NO_PAD.encode(secret));
        }
        self.add(padded);
    }

    fn add_forms(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        self.add(secret.to_owned());
        self.add_base64(secret);
        if secret.bytes().all(is_plain_everywhere) {
            return;
        }
        self.add(plain(secret));
        let named = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        self.add(named.replace('\'', "&#39;"));
        self.add(named.replace('\'', "&#x27;").replace('/', "&#x2F;"));
        self.add(named);
        self.add(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
        self.add(percent_encoded(secret, true));
        self.add(percent_encoded(secret, false));
        let json = serde_json::Value::from(secret).to_string();
        self.add(json.trim_matches('"').to_owned());
        self.add(json.trim_matches('"').replace('/', "\\/"));
    }
}

/// Whether a byte is written as it is in HTML, URLs and JSON.
fn is_plain_everywhere(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

fn percent_encoded(secret: &str, is_upper: bool) -> String {
    let encode = |byte: u8| match byte {
        byte if is_plain_everywhere(byte) => char::from(byte).to_string(),
        _ if is_upper => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    secret.bytes().map(encode).collect()
}

/// `text` without markup, control characters and runs of white space.
pub(crate) fn plain(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_in_every_form() {
        let secret = r#"can<1>ary &x/y+z "q" 'p'?"#;
        let masker = Masker::of([&Secret::new(secret)]);
        for form in [
            secret,
            "can&lt;1&gt;ary &amp;x/y+z &quot;q&quot; &#39;p&#39;?",
            "can%3C1%3Eary+%26x%2Fy%2Bz+%22q%22+%27p%27%3F",
            "can%3c1%3eary%20%26x%2fy%2bz%20%22q%22%20%27p%27%3f",
            "Y2FuPDE+YXJ5ICZ4L3kreiAicSIgJ3AnPw==",
            "Y2FuPDE+YXJ5ICZ4L3kreiAicSIgJ3AnPw",
            "Y2FuPDE-YXJ5ICZ4L3kreiAicSIgJ3AnPw",
        ] {
            let text = format!("cannot use {form}, sorry");
            assert!(masker.is_in(&text), "{form}");
            let shown = Masker::masked(&[&masker], text);
            assert_eq!(shown, "cannot use ***, sorry", "{form}");
        }
        assert!(!masker.is_in("another text"));
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_is_no_mask() {
        assert!(!Masker::of([&Secret::new("abc")]).is_in("abcd YWJj"));
    }
}
