use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password, token or access key: never printed, wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text in; the caller's copy should not outlive this call.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself: for the request that carries it, and for removing it from what others send back.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Shortest secret that is worth searching for in foreign text; shorter ones would mask ordinary words.
const SHORTEST_MASKED: usize = 4;

impl Secret {
    /// Replaces each occurrence of this secret in `text` (an error message of a server that echoes its input, say).
    pub fn mask_in(&self, text: &mut String) {
        let secret = self.expose();
        if secret.len() >= SHORTEST_MASKED && text.contains(secret) {
            *text = text.replace(secret, "***");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", Secret::new("hunter2-canary")), "Secret(…)");
    }

    #[test]
    fn an_echoed_secret_is_masked() {
        let mut text = "cannot log in with 'hunter2' (hunter2)".to_owned();
        Secret::new("hunter2").mask_in(&mut text);
        assert_eq!(text, "cannot log in with '***' (***)");
    }
}
