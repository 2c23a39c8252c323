//! Who may call and how often: personal access token or Basic authentication, Jira's CAPTCHA after failed logins, and its rate
//! limit, a token bucket per user that is refilled in batches.
//!
//! Facts on the limit from Atlassian's "Improving instance stability with rate limiting": a batch of tokens comes every interval,
//! the bucket holds a maximum, and every answer carries the four `X-RateLimit-*` headers and `Retry-After`, which is 0 while
//! tokens remain. No secret is shown: not in the log, not in an answer.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::answers;

/// Jira's default for *maximum authentication attempts allowed*.
const ATTEMPTS: u32 = 3;

/// The login that the sandbox accepts. It cannot be printed.
#[derive(Clone)]
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

/// What an `Authorization` header of this scheme holds.
pub(super) fn credential<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, credential) = header.split_once(' ')?;
    found
        .eq_ignore_ascii_case(scheme)
        .then(|| credential.trim())
}

/// Makes the answer that refuses a login, of the base URL.
pub(super) type Refusal = fn(&str) -> Response;

/// Checks credentials and counts failed logins.
pub(super) struct Logins {
    accepted: AcceptedLogin,
    pub failed: u32,
    failed_in_a_row: u32,
}

impl Logins {
    pub(super) fn new(accepted: AcceptedLogin) -> Self {
        Self {
            accepted,
            failed: 0,
            failed_in_a_row: 0,
        }
    }

    /// The name of the accepted user.
    pub(super) fn user(&self) -> &str {
        if let AcceptedLogin::Basic { user, .. } = &self.accepted {
            user
        } else {
            "admin"
        }
    }

    /// Judges an `Authorization` header.
    pub(super) fn judge(&mut self, header: Option<&str>) -> Result<(), Refusal> {
        let header = header.ok_or::<Refusal>(|_| answers::not_logged_in())?;
        let [basic, bearer] = ["basic", "bearer"].map(|scheme| credential(header, scheme));
        let is_right = match &self.accepted {
            AcceptedLogin::Any => basic.or(bearer).is_some_and(|given| !given.is_empty()),
            AcceptedLogin::Token(token) => bearer == Some(token),
            AcceptedLogin::Basic { user, password } => {
                basic == Some(&BASE64_STANDARD.encode(format!("{user}:{password}")))
            }
        };
        let result: Result<(), Refusal> = if basic.is_some() && self.failed_in_a_row >= ATTEMPTS {
            // Not even the right password will do.
            Err(answers::captcha)
        } else if is_right {
            Ok(())
        } else {
            Err(|_| answers::login_failed())
        };
        self.failed += u32::from(result.is_err());
        if basic.is_some() {
            self.failed_in_a_row = result.map_or(self.failed_in_a_row + 1, |()| 0);
        }
        result
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

struct Bucket {
    tokens: u32,
    refilled: Instant,
}

/// The state of a bucket after one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateStatus {
    pub granted: bool,
    burst: u32,
    per_second: u32,
    remaining: u32,
}

impl RateStatus {
    /// A bucket that has just refused a request.
    pub(super) const EMPTY: Self = Self {
        granted: false,
        burst: 100,
        per_second: 100,
        remaining: 0,
    };

    /// Whole seconds until there are new tokens; 0 while some remain.
    fn retry_after(self) -> u64 {
        u64::from(self.remaining == 0) * INTERVAL.as_secs()
    }

    /// Writes the headers that Jira uses.
    pub(super) fn write_to(self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", self.burst.into());
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-fillrate", self.per_second.into());
        headers.insert("x-ratelimit-interval-seconds", INTERVAL.as_secs().into());
        headers.insert("retry-after", self.retry_after().into());
    }
}

/// The buckets of all users.
pub(super) struct Buckets {
    limit: RateLimit,
    buckets: HashMap<String, Bucket>,
}

impl Buckets {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            buckets: HashMap::new(),
        }
    }

    /// Takes a token from the bucket of whoever has these credentials, if there is one.
    pub(super) fn take(&mut self, credentials: &str, now: Instant) -> RateStatus {
        let (per_second, burst) = (self.limit.per_second.get(), self.limit.burst.get());
        let bucket = self
            .buckets
            .entry(credentials.to_owned())
            .or_insert(Bucket {
                tokens: burst,
                refilled: now,
            });
        let passed = now.duration_since(bucket.refilled).as_secs() / INTERVAL.as_secs();
        let intervals = u32::try_from(passed).unwrap_or(u32::MAX);
        let new = per_second.saturating_mul(intervals);
        bucket.tokens = bucket.tokens.saturating_add(new).min(burst);
        bucket.refilled += INTERVAL.saturating_mul(intervals);
        let granted = bucket.tokens > 0;
        bucket.tokens = bucket.tokens.saturating_sub(1);
        RateStatus {
            granted,
            burst,
            per_second,
            remaining: bucket.tokens,
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

    const ADMITTED: &str = "admitted";
    const ANONYMOUS: &str = "anonymous";
    const FAILED: &str = "AUTHENTICATED_FAILED";
    const CAPTCHA: &str = "AUTHENTICATION_DENIED";

    /// How a login ends: admitted, or refused for a reason that Jira names, or without one.
    fn ended(logins: &mut Logins, header: Option<&str>) -> String {
        let Err(refusal) = logins.judge(header) else {
            return ADMITTED.to_owned();
        };
        let response = refusal("");
        let reason = response.headers().get("x-seraph-loginreason");
        let reason = reason.map_or(ANONYMOUS, |reason| reason.to_str().unwrap());
        reason.to_owned()
    }

    const RIGHT: Option<&str> = Some("Basic ZnJlZDpmcmVk");
    const WRONG: Option<&str> = Some("Basic ZnJlZDpmcmV");

    #[test]
    fn the_right_password_is_admitted_and_a_wrong_one_refused() {
        let mut logins = fred();
        assert_eq!(
            [RIGHT, WRONG, None].map(|header| ended(&mut logins, header)),
            [ADMITTED, FAILED, ANONYMOUS]
        );
        assert_eq!(logins.failed, 1);
    }

    #[test]
    fn after_three_failures_the_right_password_needs_a_captcha() {
        let mut logins = fred();
        for _ in 0..3 {
            assert_eq!(ended(&mut logins, WRONG), FAILED);
        }
        assert_eq!(ended(&mut logins, RIGHT), CAPTCHA);
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let mut logins = fred();
        for attempt in [WRONG, WRONG, RIGHT, WRONG, WRONG] {
            let _ = logins.judge(attempt);
        }
        assert_eq!(ended(&mut logins, RIGHT), ADMITTED);
    }

    #[test]
    fn tokens_never_lead_to_a_captcha() {
        let mut logins = Logins::new(AcceptedLogin::Token("right".into()));
        for _ in 0..9 {
            assert_eq!(ended(&mut logins, Some("Bearer wrong")), FAILED);
        }
        assert_eq!(ended(&mut logins, Some("Bearer right")), ADMITTED);
    }

    #[test]
    fn any_credential_still_has_to_be_one() {
        let mut logins = Logins::new(AcceptedLogin::Any);
        assert_eq!(ended(&mut logins, Some("Bearer x")), ADMITTED);
        assert_eq!(ended(&mut logins, Some("Bearer ")), FAILED);
        assert_eq!(ended(&mut logins, Some("Negotiate x")), FAILED);
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
        assert_eq!(buckets.take("one", now).retry_after(), 0, "a token remains");
        assert!(buckets.take("one", now).granted);
        let refused = buckets.take("one", now);
        assert!(!refused.granted);
        assert_eq!((refused.remaining, refused.retry_after()), (0, 1));
    }

    #[test]
    fn tokens_come_back_in_batches_up_to_the_burst() {
        let (mut buckets, now) = (buckets(2, 3), Instant::now());
        while buckets.take("one", now).granted {}
        assert!(
            !buckets
                .take("one", now + Duration::from_millis(999))
                .granted
        );
        assert_eq!(
            buckets.take("one", now + Duration::from_secs(1)).remaining,
            1
        );
        assert_eq!(
            buckets.take("one", now + Duration::from_mins(1)).remaining,
            2
        );
    }

    #[test]
    fn each_user_has_a_bucket() {
        let (mut buckets, now) = (buckets(1, 1), Instant::now());
        assert!(buckets.take("one", now).granted);
        assert!(!buckets.take("one", now).granted);
        assert!(buckets.take("two", now).granted);
    }
}
