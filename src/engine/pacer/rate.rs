//! When the next request is due by the rate: the slower of the user's `--rate` and Jira's rate limit.
//!
//! The decision to know: tokens that the `X-RateLimit-*` headers show are spread evenly over the time until the next ones
//! are there for certain, whether Jira adds them one by one or all at once. The estimate is always too low rather than too
//! high, and each answer corrects it.

use std::time::Duration;

use tokio::time::Instant;

use crate::jira::RateHints;

/// How much of a late request's delay is made up for: what timers round up, and nothing more.
const CATCH_UP: Duration = Duration::from_millis(20);

/// The longest spacing that can be asked for.
const LONGEST_ASKED: Duration = Duration::from_hours(24);

/// The longest time for which nothing is sent only because the headers say so: they may be wrong.
const LONGEST_HOLD: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Rate {
    /// The shortest time from one request to the next that the user asks for.
    spacing: Duration,
    /// When the last request was due, or went out if it was much later.
    last: Option<Instant>,
    tokens: Option<Tokens>,
}

/// The tokens of Jira's rate limit, as far as its answers show them.
#[derive(Debug)]
struct Tokens {
    hints: RateHints,
    /// Tokens that are certainly left; requests under way have taken theirs.
    left: i64,
    /// When a whole refill has come since the last one, for certain.
    refill_by: Instant,
    /// The newest request that was answered; answers to older ones tell nothing new.
    newest: u64,
    /// Whether an answer has shown `left`, or only the clock says that there was a refill.
    is_shown: bool,
}

impl Rate {
    /// At most `rate` requests a second.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let spacing = rate.map_or(Duration::ZERO, |rate| {
            let spacing = Duration::try_from_secs_f64(rate.recip());
            spacing.unwrap_or(LONGEST_ASKED).min(LONGEST_ASKED)
        });
        Self {
            spacing,
            last: None,
            tokens: None,
        }
    }

    /// When the next of `unsent` requests is due; none if it need not wait. `sent` have gone out so far.
    pub(super) fn due(&mut self, now: Instant, sent: u64, unsent: Option<u64>) -> Option<Instant> {
        let last = self.last?;
        let by_user = (!self.spacing.is_zero()).then(|| last + self.spacing);
        let by_tokens = self.tokens.as_mut().and_then(|tokens| {
            tokens.refill(now, sent);
            tokens.due(last, unsent)
        });
        by_user.max(by_tokens)
    }

    /// A request goes out.
    pub(super) fn take(&mut self, now: Instant, sent: u64, unsent: Option<u64>) {
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let due = self.due(now, sent, unsent);
        self.last = Some(due.map_or(now, |due| due.clamp(earliest, now)));
        if let Some(tokens) = &mut self.tokens {
            tokens.left -= 1;
        }
    }

    /// The request `number` was carried out, and `under_way` others are not answered yet.
    pub(super) fn answered(
        &mut self,
        number: u64,
        hints: Option<RateHints>,
        under_way: usize,
        now: Instant,
    ) {
        let Some(hints) = hints else {
            self.tokens = None;
            return;
        };
        let under_way = i64::try_from(under_way).unwrap_or(i64::MAX);
        // Whether the requests under way are counted already is unknown.
        let left = i64::from(hints.remaining) - under_way;
        let mut refill_by = now + hints.interval;
        if let Some(tokens) = &self.tokens {
            if number < tokens.newest {
                return;
            }
            if left <= tokens.left + 2 * under_way.max(1) {
                // No more than the requests that overtake each other explain: nothing shows a refill.
                refill_by = tokens.refill_by;
            }
        }
        self.tokens = Some(Tokens {
            hints,
            left,
            refill_by,
            newest: number,
            is_shown: true,
        });
    }

    /// A request was refused by 429. If that was for want of tokens, there are new ones at `until`; `sent` have gone out.
    pub(super) fn refused(&mut self, hints: Option<RateHints>, until: Instant, sent: u64) {
        if let Some(hints) = hints.filter(|hints| hints.remaining == 0) {
            self.tokens = Some(Tokens {
                hints,
                left: 0,
                refill_by: until,
                newest: sent + 1,
                is_shown: false,
            });
        }
    }
}

impl Tokens {
    /// Counts in the refill that must have come by now.
    fn refill(&mut self, now: Instant, sent: u64) {
        let Some(late) = now.checked_duration_since(self.refill_by) else {
            return;
        };
        let RateHints {
            limit,
            fill_rate,
            interval,
            ..
        } = self.hints;
        self.left = self.left.max(fill_rate.min(limit).into());
        // After a long time without requests the bucket may hold more, which the next answer shows.
        self.refill_by = if late < interval { self.refill_by } else { now } + interval;
        // Answers to requests from before the refill do not show it.
        self.newest = sent + 1;
        self.is_shown = false;
    }

    fn due(&self, last: Instant, unsent: Option<u64>) -> Option<Instant> {
        if self.left <= 0 {
            return Some(self.refill_by.min(last + LONGEST_HOLD));
        }
        let left = self.left.unsigned_abs();
        let is_enough =
            left > self.hints.fill_rate.into() || unsent.is_some_and(|unsent| unsent <= left);
        if self.is_shown && is_enough {
            return None;
        }
        // A full bucket takes in no more, so the last one is to be used some time before the refill.
        let end = self.refill_by.checked_sub(self.hints.interval / 20)?;
        let share =
            end.saturating_duration_since(last) / u32::try_from(left + 1).unwrap_or(u32::MAX);
        Some(last + share.min(LONGEST_HOLD))
    }
}
