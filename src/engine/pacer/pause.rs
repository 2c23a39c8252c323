//! Pauses in which nothing is sent, and the bound on all waiting.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::stop::Stop;

/// First and longest step of the back-off.
const FIRST_STEP: Duration = Duration::from_millis(500);
const LONGEST_STEP: Duration = Duration::from_secs(30);

/// Shortest pause after a 429: `Retry-After` may be 0, since another node of the cluster still has tokens.
const SHORTEST_LIMITED: Duration = Duration::from_secs(1);

/// One pause for all workers: as long as Jira asks for, or a back-off that grows while nothing gets through.
#[derive(Debug)]
pub(super) struct Pause {
    max_wait: Duration,
    /// When the last operation was answered, or sending began.
    answered: Instant,
    asked_until: Option<Instant>,
    back_off_until: Option<Instant>,
    /// Pauses since the last answer.
    step: u32,
    /// The last request sent before the latest pause began: requests up to it fail together.
    began_after: u64,
}

impl Pause {
    pub(super) fn new(max_wait: Duration, now: Instant) -> Self {
        Self {
            max_wait,
            answered: now,
            asked_until: None,
            back_off_until: None,
            step: 0,
            began_after: 0,
        }
    }

    /// The end of the pause, if there is one now.
    pub(super) fn until(&self, now: Instant) -> Option<Instant> {
        let until = self.asked_until.max(self.back_off_until);
        until.filter(|until| *until > now)
    }

    /// An operation was answered, or sending begins: the wait for an answer starts again.
    pub(super) fn restart_wait(&mut self, now: Instant) {
        self.answered = now;
    }

    pub(super) fn reset_back_off(&mut self) {
        self.step = 0;
    }

    /// Ends the back-off; what Jira asked for still counts.
    pub(super) fn cancel_back_off(&mut self) {
        self.back_off_until = None;
    }

    /// Checks that an operation that goes out at `next` would not have waited too long for an answer.
    pub(super) fn check_wait(&self, why: &str, next: Instant) -> Result<(), Stop> {
        let waited = next.saturating_duration_since(self.answered);
        if waited > self.max_wait {
            let why = format!("{why}, and no other answer for {} s", waited.as_secs());
            return Err(Stop::MaxWait { why });
        }
        Ok(())
    }

    /// Pauses for as long as Jira `asked` after the request `number`. `last` is the last request sent. Returns the time, if
    /// the pause is a new one.
    pub(super) fn asked(
        &mut self,
        number: u64,
        last: u64,
        asked: Duration,
        why: &str,
        now: Instant,
    ) -> Result<Option<Duration>, Stop> {
        if asked > self.max_wait {
            let why = format!("{why}, and Jira asks to wait {} s", asked.as_secs());
            return Err(Stop::MaxWait { why });
        }
        let pause = asked.max(SHORTEST_LIMITED);
        self.asked_until = self.asked_until.max(Some(now + pause));
        Ok(self.begins(number, last).then_some(pause))
    }

    /// Pauses for the next step of the back-off, with full jitter. Requests that fail together make one pause.
    pub(super) fn back_off(&mut self, number: u64, last: u64, now: Instant) -> Option<Duration> {
        let pause = self.step().mul_f64(fastrand::f64());
        if !self.begins(number, last) {
            return None;
        }
        self.back_off_until = self.back_off_until.max(Some(now + pause));
        Some(pause)
    }

    fn begins(&mut self, number: u64, last: u64) -> bool {
        let is_new = number > self.began_after;
        if is_new {
            self.began_after = last;
            self.step = self.step.saturating_add(1);
        }
        is_new
    }

    fn step(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.step).unwrap_or(u32::MAX);
        FIRST_STEP.saturating_mul(factor).min(LONGEST_STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn an_answer_resets_the_back_off() {
        let now = Instant::now();
        let mut pause = Pause::new(600 * MINUTE, now);
        for number in 1..=40 {
            pause.back_off(number, number, now).unwrap();
            assert!(pause.step() <= LONGEST_STEP);
        }
        assert_eq!(pause.step(), LONGEST_STEP);
        pause.reset_back_off();
        assert_eq!(pause.step(), FIRST_STEP);
    }

    #[test]
    fn requests_that_fail_together_make_one_pause() {
        let now = Instant::now();
        let mut pause = Pause::new(10 * MINUTE, now);
        assert!(pause.back_off(1, 16, now).is_some());
        for number in 2..=16 {
            assert_eq!(pause.back_off(number, 16, now), None);
        }
        assert_eq!(pause.step(), 2 * FIRST_STEP);
        assert!(pause.back_off(17, 17, now).is_some());
    }
}
