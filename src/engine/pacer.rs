//! When the next request may go out.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use super::stop::{Stop, StopSwitch};

/// First and longest step of the back-off.
const FIRST_STEP: Duration = Duration::from_millis(500);
const LONGEST_STEP: Duration = Duration::from_secs(30);

/// Shortest pause after a 429, whatever Jira asks for: its `Retry-After` is 0 while tokens remain elsewhere.
const SHORTEST_LIMITED: Duration = Duration::from_secs(1);

/// One pause for all workers, growing while nothing gets through and bounded in total.
#[derive(Debug)]
pub struct Pacer {
    /// Longest time without an answer other than 429 and 5xx.
    max_wait: Duration,
    /// When the last such answer came, or the run began.
    answered: Cell<Instant>,
    /// The end of the pause.
    until: Cell<Option<Instant>>,
    /// How many pauses there have been since the last answer.
    step: Cell<u32>,
    /// How many pauses there have been at all: requests of the same wave that fail together make one pause.
    wave: Cell<u64>,
}

/// The wave in which a request went out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wave(u64);

impl Pacer {
    /// A pacer that gives up after `max_wait` without an answer.
    pub fn new(max_wait: Duration) -> Self {
        Self {
            max_wait,
            answered: Cell::new(Instant::now()),
            until: Cell::new(None),
            step: Cell::new(0),
            wave: Cell::new(0),
        }
    }

    /// Waits until a request may go out; none if the run is to stop instead.
    pub async fn ready(&self, stop: &StopSwitch) -> Option<Wave> {
        loop {
            if stop.is_thrown() {
                return None;
            }
            match self.until.get() {
                Some(until) if until > Instant::now() => tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = stop.thrown() => return None,
                },
                _ => return Some(Wave(self.wave.get())),
            }
        }
    }

    /// An answer came that shows that Jira is at work.
    pub fn answered(&self) {
        self.answered.set(Instant::now());
        self.step.set(0);
    }

    /// Nothing got through for a request of `wave`: everybody pauses, for as long as Jira asked or by back-off with full
    /// jitter. Returns how long from now, if the pause is a new one.
    ///
    /// # Errors
    ///
    /// [`Stop::MaxWait`] if the pause would go beyond the longest wait.
    pub fn pause(
        &self,
        wave: Wave,
        why: &str,
        asked: Option<Duration>,
    ) -> Result<Option<Duration>, Stop> {
        if let Some(asked) = asked.filter(|asked| *asked > self.max_wait) {
            return Err(Stop::AskedTooLong {
                why: why.to_owned(),
                asked,
            });
        }
        let is_new = wave.0 == self.wave.get();
        let now = Instant::now();
        let pause = match asked {
            Some(asked) => asked.max(SHORTEST_LIMITED) + jitter(FIRST_STEP),
            None if is_new => jitter(self.back_off()),
            None => return Ok(None),
        };
        let until = now + pause;
        let waited = until.duration_since(self.answered.get());
        if waited > self.max_wait {
            return Err(Stop::MaxWait {
                why: why.to_owned(),
                waited,
            });
        }
        if self.until.get().is_none_or(|before| before < until) {
            self.until.set(Some(until));
        }
        if is_new {
            self.step.set(self.step.get().saturating_add(1));
            self.wave.set(self.wave.get() + 1);
        }
        Ok(is_new.then_some(pause))
    }

    fn back_off(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.step.get()).unwrap_or(u32::MAX);
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

    async fn wave(pacer: &Pacer) -> Wave {
        pacer.ready(&StopSwitch::default()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_waits_as_long_as_jira_asks() {
        let pacer = Pacer::new(10 * MINUTE);
        let start = Instant::now();
        let first = wave(&pacer).await;
        pacer
            .pause(first, "rate-limited", Some(Duration::from_secs(12)))
            .unwrap();
        wave(&pacer).await;
        let waited = start.elapsed();
        assert!((12.0..=12.6).contains(&waited.as_secs_f64()), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_of_zero_is_at_least_a_second() {
        let pacer = Pacer::new(10 * MINUTE);
        let first = wave(&pacer).await;
        let pause = pacer
            .pause(first, "rate-limited", Some(Duration::ZERO))
            .unwrap();
        assert!(pause.unwrap() >= Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_fail_together_make_one_pause() {
        let pacer = Pacer::new(10 * MINUTE);
        let together = wave(&pacer).await;
        assert!(pacer.pause(together, "refused", None).unwrap().is_some());
        for _ in 0..15 {
            assert_eq!(pacer.pause(together, "refused", None).unwrap(), None);
        }
        assert_eq!(pacer.back_off(), 2 * FIRST_STEP);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_resets_the_back_off() {
        let pacer = Pacer::new(10 * MINUTE);
        for _ in 0..40 {
            let next = wave(&pacer).await;
            pacer.pause(next, "refused", None).unwrap();
            assert!(pacer.back_off() <= LONGEST_STEP);
            pacer.answered.set(Instant::now());
        }
        assert_eq!(pacer.back_off(), LONGEST_STEP);
        pacer.answered();
        assert_eq!(pacer.back_off(), FIRST_STEP);
    }

    #[tokio::test(start_paused = true)]
    async fn the_total_wait_is_bounded() {
        let pacer = Pacer::new(MINUTE);
        let start = Instant::now();
        let stop = loop {
            let next = wave(&pacer).await;
            if let Err(stop) = pacer.pause(next, "refused", None) {
                break stop;
            }
        };
        assert!(matches!(stop, Stop::MaxWait { .. }));
        assert!(start.elapsed() <= MINUTE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_all_measure_stops_at_once() {
        let pacer = Pacer::new(MINUTE);
        let first = wave(&pacer).await;
        let asked = Some(Duration::from_secs(u64::MAX));
        assert!(matches!(
            pacer.pause(first, "rate-limited", asked),
            Err(Stop::AskedTooLong { .. })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_woken_to_stop() {
        let pacer = Pacer::new(10 * MINUTE);
        let stop = StopSwitch::default();
        let first = wave(&pacer).await;
        pacer
            .pause(first, "rate-limited", Some(5 * MINUTE))
            .unwrap();
        let start = Instant::now();
        let (woken, ()) = tokio::join!(pacer.ready(&stop), async {
            stop.throw(Stop::Interrupted);
        });
        assert_eq!((woken, start.elapsed()), (None, Duration::ZERO));
    }
}
