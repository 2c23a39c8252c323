use std::time::Duration;

use tokio::time::Instant;

use crate::engine::stop::Stop;

/// First and longest step of the back-off.
const FIRST_STEP: Duration = Duration::from_millis(500);
const LONGEST_STEP: Duration = Duration::from_secs(30);

/// Shortest pause after a 429, whatever Jira asks for: its `Retry-After` is 0 while tokens remain elsewhere.
const SHORTEST_LIMITED: Duration = Duration::from_secs(1);

/// One pause for all workers, growing while nothing gets through, and the bound of all waiting.
#[derive(Debug)]
pub(super) struct Patience {
    max_wait: Duration,
    /// When the last answer came that counts, or sending began.
    answered: Instant,
    /// The end of the pause.
    until: Option<Instant>,
    /// The end of the part of it that Jira asked for.
    asked_until: Option<Instant>,
    /// How many pauses there have been since the last answer.
    step: u32,
    /// The last turn that was given when the last pause began: what was sent up to it fails together.
    paused_at: u64,
}

impl Patience {
    pub(super) fn new(max_wait: Duration, now: Instant) -> Self {
        Self {
            max_wait,
            answered: now,
            until: None,
            asked_until: None,
            step: 0,
            paused_at: 0,
        }
    }

    /// The end of the pause, if there is one now.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    /// An answer came that shows that what is sent gets through.
    pub(super) fn answered(&mut self, now: Instant) {
        self.answered = now;
        self.step = 0;
    }

    /// A list was read: Jira is at work, though nothing was got through.
    pub(super) fn read(&mut self) {
        self.step = 0;
    }

    /// Nobody waits any longer than Jira asks for.
    pub(super) fn end_back_off(&mut self) {
        self.until = self.asked_until;
    }

    pub(super) fn restart(&mut self, now: Instant) {
        self.answered = now;
    }

    /// Nothing came of a request that the run is there for, and the next one goes out at `until` at the earliest.
    pub(super) fn bear(&self, why: &str, until: Instant) -> Result<(), Stop> {
        let waited = until.saturating_duration_since(self.answered);
        if waited > self.max_wait {
            let why = why.to_owned();
            return Err(Stop::MaxWait { why, waited });
        }
        Ok(())
    }

    /// Nothing came of the request `number`: everybody pauses, for as long as Jira asked or by back-off with full jitter.
    /// `given` is the last request that has gone out. Returns how long from now, if the pause is a new one. Whether it
    /// becomes too long is for [`Self::bear`] to say.
    pub(super) fn pause(
        &mut self,
        number: u64,
        given: u64,
        why: &str,
        asked: Option<Duration>,
        now: Instant,
    ) -> Result<Option<Duration>, Stop> {
        if let Some(asked) = asked.filter(|asked| *asked > self.max_wait) {
            let why = why.to_owned();
            return Err(Stop::AskedTooLong { why, asked });
        }
        let is_new = number > self.paused_at;
        let pause = match asked {
            Some(asked) => asked.max(SHORTEST_LIMITED) + jitter(FIRST_STEP),
            None if is_new => jitter(self.back_off()),
            None => return Ok(None),
        };
        self.until = self.until.max(Some(now + pause));
        if asked.is_some() {
            self.asked_until = self.asked_until.max(Some(now + pause));
        }
        if is_new {
            self.step = self.step.saturating_add(1);
            self.paused_at = given;
        }
        Ok(is_new.then_some(pause))
    }

    fn back_off(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.step).unwrap_or(u32::MAX);
        FIRST_STEP.saturating_mul(factor).min(LONGEST_STEP)
    }
}

/// A random time of at most `most`.
fn jitter(most: Duration) -> Duration {
    most.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn an_answer_resets_the_back_off() {
        let mut patience = Patience::new(600 * MINUTE, Instant::now());
        for number in 1..=40 {
            patience
                .pause(number, number, "refused", None, Instant::now())
                .unwrap();
            assert!(patience.back_off() <= LONGEST_STEP);
        }
        assert_eq!(patience.back_off(), LONGEST_STEP);
        patience.read();
        assert_eq!(patience.back_off(), FIRST_STEP);
    }

    #[test]
    fn requests_that_fail_together_make_one_pause() {
        let now = Instant::now();
        let mut patience = Patience::new(10 * MINUTE, now);
        assert!(
            patience
                .pause(1, 16, "refused", None, now)
                .unwrap()
                .is_some()
        );
        for number in 2..=16 {
            assert_eq!(
                patience.pause(number, 16, "refused", None, now).unwrap(),
                None
            );
        }
        assert_eq!(patience.back_off(), 2 * FIRST_STEP);
        assert!(
            patience
                .pause(17, 17, "refused", None, now)
                .unwrap()
                .is_some()
        );
    }
}
