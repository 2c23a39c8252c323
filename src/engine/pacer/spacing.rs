use std::time::Duration;

use tokio::time::Instant;

/// How far a request that comes late may be made up for. It evens out what timers round up, and nothing more.
pub(super) const CATCH_UP: Duration = Duration::from_millis(20);

/// The longest spacing that can be asked for.
const LONGEST_ASKED: Duration = Duration::from_hours(24);

/// The longest spacing that is learned; what is slower is left to the pauses.
const LONGEST_LEARNED: Duration = Duration::from_millis(500);

/// The shortest spacing that is worth keeping.
const SHORTEST_LEARNED: Duration = Duration::from_millis(1);

/// How long it takes until half of what was learned is forgotten.
const HALF_LIFE: Duration = Duration::from_secs(30);

/// The spacing that needs no word from the server: what the user asks for, and what was learned from being refused.
#[derive(Debug)]
pub(super) struct Spacing {
    /// The shortest time from one request to the next that the user asks for.
    asked: Duration,
    learned: Duration,
    learned_at: Instant,
    /// The slot of the last request.
    last: Option<Instant>,
    /// How many requests got through since the last refusal, and when that was.
    through: u32,
    since: Instant,
}

impl Spacing {
    /// At most `rate` requests a second.
    pub(super) fn new(rate: Option<f64>, now: Instant) -> Self {
        let asked = rate.map_or(Duration::ZERO, |rate| {
            let spacing = Duration::try_from_secs_f64(rate.recip());
            spacing.unwrap_or(LONGEST_ASKED).min(LONGEST_ASKED)
        });
        Self {
            asked,
            learned: Duration::ZERO,
            learned_at: now,
            last: None,
            through: 0,
            since: now,
        }
    }

    /// When the next request is due; none if it need not wait.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let spacing = self.asked.max(self.learned(now));
        self.last
            .filter(|_| !spacing.is_zero())?
            .checked_add(spacing)
    }

    /// A request goes out.
    pub(super) fn take(&mut self, now: Instant) {
        self.last = Some(slot(self.due(now), now));
    }

    /// Sending begins, or begins again.
    pub(super) fn restart(&mut self, now: Instant) {
        self.through = 0;
        self.since = now;
    }

    pub(super) fn answered(&mut self) {
        self.through = self.through.saturating_add(1);
    }

    /// A request was refused, and nobody said how many may come: from now on as many as got through since the last time.
    pub(super) fn slow_down(&mut self, now: Instant) {
        let sustained = now.saturating_duration_since(self.since) / self.through.max(1);
        let slower = self.learned(now).max(SHORTEST_LEARNED).mul_f64(1.5);
        self.learned = sustained.max(slower).min(LONGEST_LEARNED);
        self.learned_at = now;
        self.restart(now);
    }

    fn learned(&self, now: Instant) -> Duration {
        let age = now.saturating_duration_since(self.learned_at);
        let half_lives = age.as_secs_f64() / HALF_LIFE.as_secs_f64();
        let left = self.learned.mul_f64((-half_lives).exp2());
        if left < SHORTEST_LEARNED {
            Duration::ZERO
        } else {
            left
        }
    }
}

/// The slot of a request that goes out now and was due at `due`.
pub(super) fn slot(due: Option<Instant>, now: Instant) -> Instant {
    let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
    due.map_or(now, |due| due.clamp(earliest, now))
}
