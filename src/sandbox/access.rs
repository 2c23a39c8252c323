//! Who may call and how often: personal access token or Basic authentication, Jira's CAPTCHA after failed logins, and its rate
//! limit, a token bucket per user that is refilled in batches.
//!
//! Facts on the limit from Atlassian's "Improving instance stability with rate limiting": a batch of tokens comes every interval,
//! the bucket holds a maximum, and every answer carries the four `X-RateLimit-*` headers and `Retry-After`, which is 0 while
//! tokens remain. No secret is shown: not in `Debug`, not in the log, not in an answer.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Jira's default for *maximum authentication attempts allowed*.
const ATTEMPTS: u32 = 3;

/// The login that the sandbox accepts.
#[derive(Clone, PartialEq, Eq)]
pub enum AcceptedLogin {
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

impl fmt::Debug for AcceptedLogin {
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

/// The result of checking credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoginResult {
    Admitted,
    /// No credentials at all.
    Anonymous,
    /// Wrong credentials.
    Refused,
    /// Too many failed log-ins: not even the right password will do.
    CaptchaRequired,
}

/// Checks credentials and counts failed logins.
pub(super) struct Logins {
    access: AcceptedLogin,
    /// The one accepted credential, as it stands after the scheme; `None` accepts any.
    expected: Option<(Scheme, String)>,
    failed: u32,
    failed_in_a_row: u32,
}

impl Logins {
    pub(super) fn new(access: AcceptedLogin) -> Self {
        let expected = match &access {
            AcceptedLogin::Any => None,
            AcceptedLogin::Token(token) => Some((Scheme::Bearer, token.clone())),
            AcceptedLogin::Basic { user, password } => Some((
                Scheme::Basic,
                BASE64_STANDARD.encode(format!("{user}:{password}")),
            )),
        };
        Self {
            access,
            expected,
            failed: 0,
            failed_in_a_row: 0,
        }
    }

    /// The name of the accepted user.
    pub(super) fn user(&self) -> &str {
        if let AcceptedLogin::Basic { user, .. } = &self.access {
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
    pub(super) fn judge(&mut self, header: Option<&str>) -> LoginResult {
        let Some(header) = header else {
            return LoginResult::Anonymous;
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
            LoginResult::CaptchaRequired
        } else if right {
            LoginResult::Admitted
        } else {
            LoginResult::Refused
        };
        match (entry, scheme) {
            (LoginResult::Admitted, Scheme::Basic) => self.failed_in_a_row = 0,
            (LoginResult::Admitted, _) => {}
            (_, Scheme::Basic) => {
                self.failed += 1;
                self.failed_in_a_row += 1;
            }
            _ => self.failed += 1,
        }
        entry
    }
}

/// How many requests a user may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// New requests allowed each second.
    pub per_second: NonZeroU32,
    /// Requests that a user may save up and make at once.
    pub burst: NonZeroU32,
}

/// Jira lets administrators choose the interval; the sandbox always refills once a second.
const INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Bucket {
    tokens: u32,
    refilled: Instant,
}

/// The state of the bucket after one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateStatus {
    limit: RateLimit,
    pub granted: bool,
    remaining: u32,
    /// Whole seconds until there are new tokens; 0 while some remain.
    retry_after: u64,
}

impl RateStatus {
    /// Writes the headers that Jira uses.
    pub(super) fn write_to(self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", self.limit.burst.get().into());
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-fillrate", self.limit.per_second.get().into());
        headers.insert(
            "x-ratelimit-interval-seconds",
            HeaderValue::from(INTERVAL.as_secs()),
        );
        headers.insert("retry-after", self.retry_after.into());
    }
}

/// The buckets of all users.
#[derive(Debug)]
pub(super) struct Buckets {
    limit: RateLimit,
    buckets: HashMap<u64, Bucket>,
}

impl Buckets {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            buckets: HashMap::new(),
        }
    }

    /// Takes a token from the bucket of a user, if there is one.
    pub(super) fn take(&mut self, user: u64, now: Instant) -> RateStatus {
        let RateLimit { per_second, burst } = self.limit;
        let bucket = self.buckets.entry(user).or_insert(Bucket {
            tokens: burst.get(),
            refilled: now,
        });
        let intervals =
            u32::try_from(now.duration_since(bucket.refilled).as_secs() / INTERVAL.as_secs())
                .unwrap_or(u32::MAX);
        if intervals > 0 {
            let new = per_second.get().saturating_mul(intervals);
            bucket.tokens = bucket.tokens.saturating_add(new).min(burst.get());
            bucket.refilled += INTERVAL.saturating_mul(intervals);
        }
        let granted = bucket.tokens > 0;
        bucket.tokens = bucket.tokens.saturating_sub(1);
        let retry_after = if bucket.tokens > 0 {
            0
        } else {
            INTERVAL.as_secs()
        };
        RateStatus {
            limit: self.limit,
            granted,
            remaining: bucket.tokens,
            retry_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fred() -> Logins {
        Logins::new(AcceptedLogin::Basic {
            user: "fred".into(),
            password: "fred".into(),
        })
    }

    const RIGHT: Option<&str> = Some("Basic ZnJlZDpmcmVk");
    const WRONG: Option<&str> = Some("Basic ZnJlZDpmcmV");

    #[test]
    fn the_right_password_is_admitted_and_a_wrong_one_refused() {
        let mut logins = fred();
        assert_eq!(
            [logins.judge(RIGHT), logins.judge(WRONG), logins.judge(None)],
            [
                LoginResult::Admitted,
                LoginResult::Refused,
                LoginResult::Anonymous
            ]
        );
        assert_eq!(logins.failed_logins(), 1);
    }

    #[test]
    fn after_three_failures_the_right_password_needs_a_captcha() {
        let mut logins = fred();
        for _ in 0..3 {
            assert_eq!(logins.judge(WRONG), LoginResult::Refused);
        }
        assert_eq!(logins.judge(RIGHT), LoginResult::CaptchaRequired);
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let mut logins = fred();
        for attempt in [WRONG, WRONG, RIGHT, WRONG, WRONG] {
            logins.judge(attempt);
        }
        assert_eq!(logins.judge(RIGHT), LoginResult::Admitted);
    }

    #[test]
    fn tokens_never_lead_to_a_captcha() {
        let mut logins = Logins::new(AcceptedLogin::Token("right".into()));
        for _ in 0..9 {
            assert_eq!(logins.judge(Some("Bearer wrong")), LoginResult::Refused);
        }
        assert_eq!(logins.judge(Some("Bearer right")), LoginResult::Admitted);
    }

    #[test]
    fn any_credential_still_has_to_be_one() {
        let mut logins = Logins::new(AcceptedLogin::Any);
        assert_eq!(logins.judge(Some("Bearer x")), LoginResult::Admitted);
        assert_eq!(logins.judge(Some("Bearer ")), LoginResult::Refused);
        assert_eq!(logins.judge(Some("Negotiate x")), LoginResult::Refused);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?} {:?}",
            AcceptedLogin::Token("s3cret".into()),
            AcceptedLogin::Basic {
                user: "u".into(),
                password: "s3cret".into()
            }
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    fn buckets(per_second: u32, burst: u32) -> Buckets {
        Buckets::new(RateLimit {
            per_second: per_second.try_into().unwrap(),
            burst: burst.try_into().unwrap(),
        })
    }

    #[test]
    fn an_empty_bucket_refuses_and_sets_retry_after() {
        let (mut buckets, now) = (buckets(1, 2), Instant::now());
        assert_eq!(buckets.take(1, now).retry_after, 0, "a token remains");
        assert!(buckets.take(1, now).granted);
        let refused = buckets.take(1, now);
        assert!(!refused.granted);
        assert_eq!((refused.remaining, refused.retry_after), (0, 1));
    }

    #[test]
    fn tokens_come_back_in_batches_up_to_the_burst() {
        let (mut buckets, now) = (buckets(2, 3), Instant::now());
        while buckets.take(1, now).granted {}
        assert!(!buckets.take(1, now + Duration::from_millis(999)).granted);
        assert_eq!(buckets.take(1, now + Duration::from_secs(1)).remaining, 1);
        assert_eq!(buckets.take(1, now + Duration::from_mins(1)).remaining, 2);
    }

    #[test]
    fn each_user_has_a_bucket() {
        let (mut buckets, now) = (buckets(1, 1), Instant::now());
        assert!(buckets.take(1, now).granted);
        assert!(!buckets.take(1, now).granted);
        assert!(buckets.take(2, now).granted);
    }
}
