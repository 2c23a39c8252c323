//! Jira's rate limit: a token bucket per user that is refilled in batches.
//!
//! Facts from Atlassian's "Improving instance stability with rate limiting": a batch of tokens comes every interval, the bucket
//! holds a maximum, and every answer carries the four `X-RateLimit-*` headers and `Retry-After`, which is 0 while tokens remain.
//! The clock is handed in, so that nobody has to wait for it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue};

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

/// What the bucket said about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    limit: RateLimit,
    pub granted: bool,
    remaining: u32,
    /// Whole seconds until there are new tokens; 0 while some remain.
    retry_after: u64,
}

impl Standing {
    /// Says all of it in the headers that Jira uses.
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
    pub(super) fn take(&mut self, user: u64, now: Instant) -> Standing {
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
        Standing {
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

    fn buckets(per_second: u32, burst: u32) -> Buckets {
        Buckets::new(RateLimit {
            per_second: per_second.try_into().unwrap(),
            burst: burst.try_into().unwrap(),
        })
    }

    #[test]
    fn an_empty_bucket_refuses_and_says_when_to_come_back() {
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
