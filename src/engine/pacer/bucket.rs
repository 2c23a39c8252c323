//! The server's bucket of tokens, as far as its answers let us see it.
//!
//! The decision to know: we never count on more tokens than are certainly there, and spread those over the time until the
//! next ones are certainly there. Whether these come one by one or in batches need not be known for that: when an answer
//! shows more tokens than the last one left, some have come, and the next come within one interval. A batch comes in
//! one go, so an answer tells when, to within a request; later batches are then awaited to the moment.

use std::time::Duration;

use tokio::time::Instant;

use super::spacing::slot;
use crate::jira::RateHints;

/// The longest time for which nothing is sent only because the headers say so: they may be wrong.
const LONGEST_HOLD: Duration = Duration::from_secs(5);

/// How long everybody waits for the one who goes first after a batch should have come.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// Answers without hints after which earlier hints count no longer.
const MOST_WITHOUT: u32 = 8;

/// A request that comes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// The number of its turn.
    pub number: u64,
    /// The requests that were under way when it went out.
    pub others: usize,
    /// How long it took.
    pub took: Duration,
}

/// The bucket, unknown before the first hint.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Requests that can be under way at once.
    places: usize,
    seen: Option<Seen>,
    /// Answers without hints in a row.
    without: u32,
    /// How long a request takes, smoothed.
    took: Duration,
}

#[derive(Debug)]
struct Seen {
    /// Tokens that it holds at most.
    limit: i64,
    /// Tokens that come each interval.
    batch: i64,
    interval: Duration,
    /// Tokens that are certainly left; requests under way have taken theirs.
    tokens: i64,
    /// When new tokens are there at the latest.
    refill_by: Instant,
    batch_is: Batch,
    mark: Mark,
    /// The fewest tokens that an answer left since the last refill that was seen.
    lowest: i64,
    /// The request that saw it.
    saw_refill: u64,
    /// The latest request that was answered.
    newest: u64,
    /// The slot of the last request.
    last: Instant,
}

/// A request that was answered. A later one that left more than the requests between them account for shows that tokens
/// have come.
#[derive(Clone, Copy, Debug)]
struct Mark {
    number: u64,
    /// The tokens that it left.
    left: i64,
    /// How many requests may have overtaken it.
    overtaken: i64,
}

/// How sure we are of the last batch of tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Batch {
    /// An answer has shown it.
    Shown,
    /// It should be there by now; the next request goes alone to see.
    Expected,
    /// This request has gone to see.
    AskedFor { number: u64, at: Instant },
}

impl Bucket {
    /// A bucket of which nothing is known, for requests of which `places` can be under way at once.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: places.max(1),
            seen: None,
            without: 0,
            took: Duration::ZERO,
        }
    }

    /// When the next request is due, of `left` that are still to be sent; none if it need not wait.
    pub(super) fn due(&mut self, now: Instant, left: Option<u64>) -> Option<Instant> {
        let seen = self.seen.as_mut()?;
        seen.expect_batches(now);
        if let Some(until) = seen.held_until(now) {
            return Some(until);
        }
        if let Some(left) = left
            && seen.is_enough_for(left, self.took / count(self.places))
        {
            return None;
        }
        seen.spread(self.took)
    }

    /// The request `number` goes out.
    pub(super) fn take(&mut self, number: u64, now: Instant, left: Option<u64>) {
        let due = self.due(now, left);
        let Some(seen) = &mut self.seen else { return };
        seen.tokens -= 1;
        seen.last = slot(due, now);
        if seen.batch_is == Batch::Expected {
            seen.batch_is = Batch::AskedFor { number, at: now };
        }
    }

    /// The request `number` is under way no more. If it was to see whether a batch has come and has not, another one goes.
    pub(super) fn is_back(&mut self, number: u64) {
        if let Some(seen) = &mut self.seen
            && matches!(seen.batch_is, Batch::AskedFor { number: asked, .. } if asked == number)
        {
            seen.batch_is = Batch::Expected;
        }
    }

    /// A request was answered, `under_way` others are not yet; `given` is the last one that has gone out.
    pub(super) fn answered(
        &mut self,
        sent: Sent,
        hints: Option<RateHints>,
        under_way: usize,
        given: u64,
        now: Instant,
    ) {
        self.took = match self.took {
            Duration::ZERO => sent.took,
            took => (took * 7 + sent.took) / 8,
        };
        let Some(hints) = hints else {
            self.without += 1;
            if self.without >= MOST_WITHOUT {
                self.seen = None;
            }
            return;
        };
        self.without = 0;
        let mark = Mark {
            number: sent.number,
            left: hints.remaining.into(),
            overtaken: difference(given, sent.number),
        };
        let least = mark.left - signed(sent.others) - mark.overtaken;
        match &mut self.seen {
            Some(seen) => {
                if seen.answered(mark, signed(sent.others), hints, now) {
                    seen.tokens = least.max(seen.lowest - signed(under_way));
                }
            }
            None => self.seen = Some(Seen::new(mark, hints, least, now)),
        }
    }

    /// The request `number` was refused by 429, and everybody pauses until `until`. Returns whether that was for want of
    /// tokens, by its own word.
    pub(super) fn refused(
        &mut self,
        number: u64,
        hints: Option<RateHints>,
        retry_after: Option<Duration>,
        until: Instant,
        now: Instant,
    ) -> bool {
        let Some(hints) = hints.filter(|hints| hints.remaining == 0) else {
            self.not_counted(number);
            return false;
        };
        let mark = Mark {
            number,
            left: 0,
            overtaken: 0,
        };
        let seen = self
            .seen
            .get_or_insert_with(|| Seen::new(mark, hints, 0, now));
        seen.adapt(hints, now);
        seen.tokens = 0;
        if number >= seen.mark.number {
            seen.mark = mark;
        }
        seen.lowest = 0;
        seen.newest = number.max(seen.newest);
        if seen.batch_is != Batch::Shown || seen.refill_by <= now {
            // It was not there when it should have been.
            seen.refill_by = until;
        } else if retry_after.is_some_and(|asked| !asked.is_zero()) {
            seen.refill_by = seen.refill_by.min(until);
        }
        seen.batch_is = Batch::Shown;
        true
    }

    /// The request `number` took no token.
    pub(super) fn not_counted(&mut self, number: u64) {
        if let Some(seen) = &mut self.seen
            && number > seen.mark.number
        {
            seen.mark.number += 1;
        }
    }
}

impl Seen {
    fn new(mark: Mark, hints: RateHints, tokens: i64, now: Instant) -> Self {
        Self {
            limit: hints.limit.into(),
            batch: hints.fill_rate.min(hints.limit).into(),
            interval: hints.interval,
            tokens,
            refill_by: now + hints.interval,
            batch_is: Batch::Shown,
            mark,
            lowest: mark.left,
            saw_refill: 0,
            newest: mark.number,
            last: now,
        }
    }

    /// Takes over what an answer says of the bucket itself.
    fn adapt(&mut self, hints: RateHints, now: Instant) {
        self.limit = hints.limit.into();
        self.batch = hints.fill_rate.min(hints.limit).into();
        self.interval = hints.interval;
        self.refill_by = self.refill_by.min(now + hints.interval);
    }

    /// Counts in the batches that must have come by now.
    fn expect_batches(&mut self, now: Instant) {
        let Some(late) = now.checked_duration_since(self.refill_by) else {
            return;
        };
        let batches = u32::try_from(late.as_nanos() / self.interval.as_nanos().max(1))
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let new = self.batch.saturating_mul(batches.into());
        self.tokens = self.tokens.max(0).saturating_add(new).min(self.limit);
        self.refill_by += self.interval.saturating_mul(batches);
        self.batch_is = Batch::Expected;
    }

    /// Until when nothing goes out, if so.
    fn held_until(&self, now: Instant) -> Option<Instant> {
        if let Batch::AskedFor { at, .. } = self.batch_is
            && at + LONGEST_LOOK > now
        {
            return Some(at + LONGEST_LOOK);
        }
        (self.tokens <= 0).then(|| self.refill_by.min(self.last + LONGEST_HOLD))
    }

    /// Whether the tokens last for `left` requests that go out one after each `gap`, given that others come meanwhile.
    /// If these come in batches that is too hopeful, and does no harm: nothing goes out without a token.
    #[expect(clippy::cast_precision_loss, reason = "it need not be exact")]
    fn is_enough_for(&self, left: u64, gap: Duration) -> bool {
        let come_for_each = self.batch as f64 * gap.as_secs_f64() / self.interval.as_secs_f64();
        left as f64 * (1.0 - come_for_each) <= self.tokens as f64
    }

    /// When the next request is due, if the tokens are spread over the time until new ones come. A full bucket takes in no
    /// more, so that the last of them, which takes its time, is to be there before that.
    fn spread(&self, took: Duration) -> Option<Instant> {
        if self.tokens > self.batch {
            return None;
        }
        let guard = (self.interval / 50 + took * 2).min(self.interval / 4);
        let span = self.refill_by.saturating_duration_since(self.last + guard);
        let share = span / count(self.tokens.unsigned_abs().saturating_add(1));
        Some(self.last + share.min(LONGEST_HOLD))
    }

    /// Takes in what an answer says of the refills. Returns whether it tells of the tokens that are left, too.
    fn answered(&mut self, mark: Mark, others: i64, hints: RateHints, now: Instant) -> bool {
        // The batch that was looked for last, or the next one if that has been seen.
        let awaited = match self.batch_is {
            Batch::Shown => Some(self.refill_by),
            Batch::Expected | Batch::AskedFor { .. } => self.refill_by.checked_sub(self.interval),
        };
        self.adapt(hints, now);
        let Mark { number, left, .. } = mark;
        if number < self.newest {
            // One that was overtaken tells nothing of refills.
            let counts = number > self.saw_refill && self.batch_is == Batch::Shown;
            if counts {
                self.lowest = self.lowest.min(left);
            }
            return counts;
        }
        self.newest = number;
        let is_from_before = match self.batch_is {
            Batch::Shown => false,
            Batch::Expected => true,
            Batch::AskedFor { number: asked, .. } => number < asked,
        };
        let gain = left + difference(number, self.mark.number) - self.mark.left;
        if gain > others + self.mark.overtaken {
            // A little later than the last one would make it, so that a slow clock over there does no harm.
            let latest = awaited.map_or(now, |awaited| now.min(awaited + self.interval / 1000));
            self.refill_by = latest + self.interval;
            self.batch_is = Batch::Shown;
            self.mark = mark;
            self.lowest = left;
            self.saw_refill = number;
            return true;
        }
        if is_from_before {
            // It knows nothing of the batch that has been counted in since.
            return false;
        }
        if gain <= 0 {
            self.mark = mark;
        }
        if self.batch_is != Batch::Shown {
            // It was not there when it should have been.
            self.refill_by = now + self.interval / 8;
            self.batch_is = Batch::Shown;
        }
        self.lowest = self.lowest.min(left);
        true
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

fn difference(a: u64, b: u64) -> i64 {
    a.cast_signed().wrapping_sub(b.cast_signed())
}
