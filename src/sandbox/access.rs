//! Who is let in: personal access token or Basic authentication, and Jira's CAPTCHA after failed log-ins.
//!
//! Nothing here shows a secret: not `Debug`, not the log, not an answer.

use std::fmt;

/// Jira's default for *maximum authentication attempts allowed*.
const ATTEMPTS: u32 = 3;

/// Whom the sandbox lets in.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// Whoever carries an `Authorization` header of the Bearer or Basic kind.
    Any,
    /// The bearer of this personal access token.
    Token(String),
    /// The user with this password, by Basic authentication.
    Basic {
        /// The user's name.
        user: String,
        /// The user's password.
        password: String,
    },
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("Any"),
            Self::Token(_) => f.write_str("Token(…)"),
            Self::Basic { user, .. } => f
                .debug_struct("Basic")
                .field("user", user)
                .finish_non_exhaustive(),
        }
    }
}

/// The kind of an `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Bearer,
    Basic,
    Other,
}

impl Scheme {
    pub(super) fn of(header: &str) -> Self {
        match header
            .split_once(' ')
            .map(|(scheme, _)| scheme.to_ascii_lowercase())
            .as_deref()
        {
            Some("bearer") => Self::Bearer,
            Some("basic") => Self::Basic,
            _ => Self::Other,
        }
    }
}

/// What the door-keeper says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Admitted,
    /// No credentials at all.
    Anonymous,
    /// Wrong credentials.
    Refused,
    /// Too many failed log-ins: not even the right password will do.
    CaptchaDemanded,
}

/// Judges credentials and counts failures.
pub(super) struct Door {
    access: Access,
    /// The one credential that is let in, as it stands after the scheme; `None` lets any in.
    expected: Option<(Scheme, String)>,
    failed: u32,
    failed_in_a_row: u32,
}

impl Door {
    pub(super) fn new(access: Access) -> Self {
        let expected = match &access {
            Access::Any => None,
            Access::Token(token) => Some((Scheme::Bearer, token.clone())),
            Access::Basic { user, password } => Some((
                Scheme::Basic,
                base64(format!("{user}:{password}").as_bytes()),
            )),
        };
        Self {
            access,
            expected,
            failed: 0,
            failed_in_a_row: 0,
        }
    }

    /// The name of the user that is let in.
    pub(super) fn user(&self) -> &str {
        if let Access::Basic { user, .. } = &self.access {
            user
        } else {
            "admin"
        }
    }

    /// Counts a log-in that failed for reasons outside of the credentials.
    pub(super) fn count_failure(&mut self) {
        self.failed += 1;
    }

    /// How many log-ins have failed so far.
    pub(super) fn failed_logins(&self) -> u32 {
        self.failed
    }

    /// Judges an `Authorization` header.
    pub(super) fn judge(&mut self, header: Option<&str>) -> Entry {
        let Some(header) = header else {
            return Entry::Anonymous;
        };
        let scheme = Scheme::of(header);
        let credential = header
            .split_once(' ')
            .map_or("", |(_, credential)| credential.trim());
        let right = !credential.is_empty()
            && match &self.expected {
                None => scheme != Scheme::Other,
                Some((kind, expected)) => *kind == scheme && expected == credential,
            };
        let entry = if scheme == Scheme::Basic && self.failed_in_a_row >= ATTEMPTS {
            Entry::CaptchaDemanded
        } else if right {
            Entry::Admitted
        } else {
            Entry::Refused
        };
        match (entry, scheme) {
            (Entry::Admitted, Scheme::Basic) => self.failed_in_a_row = 0,
            (Entry::Admitted, _) => {}
            (_, Scheme::Basic) => {
                self.failed += 1;
                self.failed_in_a_row += 1;
            }
            _ => self.failed += 1,
        }
        entry
    }
}

/// Base64 with padding (RFC 4648), as Basic authentication wants it.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let sextet = (group >> (18 - 6 * n) & 63) as usize;
            text.push(if n <= chunk.len() {
                char::from(ALPHABET[sextet])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fred() -> Door {
        Door::new(Access::Basic {
            user: "fred".into(),
            password: "fred".into(),
        })
    }

    const RIGHT: Option<&str> = Some("Basic ZnJlZDpmcmVk");
    const WRONG: Option<&str> = Some("Basic ZnJlZDpmcmV");

    #[test]
    fn base64_pads() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_right_password_is_admitted_and_a_wrong_one_refused() {
        let mut door = fred();
        assert_eq!(
            [door.judge(RIGHT), door.judge(WRONG), door.judge(None)],
            [Entry::Admitted, Entry::Refused, Entry::Anonymous]
        );
        assert_eq!(door.failed_logins(), 1);
    }

    #[test]
    fn after_three_failures_the_right_password_needs_a_captcha() {
        let mut door = fred();
        for _ in 0..3 {
            assert_eq!(door.judge(WRONG), Entry::Refused);
        }
        assert_eq!(door.judge(RIGHT), Entry::CaptchaDemanded);
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let mut door = fred();
        for attempt in [WRONG, WRONG, RIGHT, WRONG, WRONG] {
            door.judge(attempt);
        }
        assert_eq!(door.judge(RIGHT), Entry::Admitted);
    }

    #[test]
    fn tokens_never_lead_to_a_captcha() {
        let mut door = Door::new(Access::Token("right".into()));
        for _ in 0..9 {
            assert_eq!(door.judge(Some("Bearer wrong")), Entry::Refused);
        }
        assert_eq!(door.judge(Some("Bearer right")), Entry::Admitted);
    }

    #[test]
    fn any_credential_still_has_to_be_one() {
        let mut door = Door::new(Access::Any);
        assert_eq!(door.judge(Some("Bearer x")), Entry::Admitted);
        assert_eq!(door.judge(Some("Bearer ")), Entry::Refused);
        assert_eq!(door.judge(Some("Negotiate x")), Entry::Refused);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?} {:?}",
            Access::Token("s3cret".into()),
            Access::Basic {
                user: "u".into(),
                password: "s3cret".into()
            }
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
