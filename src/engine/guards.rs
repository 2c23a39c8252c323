//! Signs that sending more would do harm.

use super::stop::Stop;

/// How many rows must fail alike from the start for the run to stop.
const ALIKE: u32 = 10;

/// Watches the outcomes as they come, and tells why nothing more is to be sent.
#[derive(Debug)]
pub(super) struct Guards {
    /// Most unsettled answers in a row.
    most_unsettled: u32,
    unsettled: u32,
    /// Whether sending was held once and nothing was created since.
    was_held: bool,
    /// Rows that failed so far, all in the same way; none once one did not.
    alike: Option<(u32, String)>,
    failed: u32,
    max_failures: Option<u32>,
    /// Rows that are to be sent.
    rows: usize,
}

impl Guards {
    pub(super) fn new(concurrency: usize, rows: usize, max_failures: Option<u32>) -> Self {
        Self {
            most_unsettled: u32::try_from(concurrency.saturating_mul(2)).unwrap_or(u32::MAX),
            unsettled: 0,
            was_held: false,
            alike: Some((0, String::new())),
            failed: 0,
            max_failures,
            rows,
        }
    }

    pub(super) fn succeeded(&mut self) {
        self.unsettled = 0;
        self.was_held = false;
        self.alike = None;
    }

    pub(super) fn failed(&mut self, error: &str) -> Option<Stop> {
        self.unsettled = 0;
        let alike = self.is_alike(error).then(|| Stop::FailingAlike {
            count: ALIKE,
            error: error.to_owned(),
        });
        self.failed_in_the_end().or(alike)
    }

    /// Whether this is the tenth row that fails in the same way while none did anything else.
    fn is_alike(&mut self, error: &str) -> bool {
        let Some((count, first)) = &mut self.alike else {
            return false;
        };
        if *count > 0 && first != error {
            self.alike = None;
            return false;
        }
        *count += 1;
        error.clone_into(first);
        *count == ALIKE && self.rows > ALIKE as usize
    }

    /// A row has failed, by its answer or because nothing came of it.
    pub(super) fn failed_in_the_end(&mut self) -> Option<Stop> {
        self.failed += 1;
        let count = self.failed;
        let is_too_many = self.max_failures.is_some_and(|most| count >= most);
        is_too_many.then_some(Stop::MaxFailures { count })
    }

    pub(super) fn unsettled(&mut self, why: &str) -> Option<Stop> {
        self.alike = None;
        self.unsettled += 1;
        let is_again = self.was_held && self.must_hold();
        is_again.then(|| Stop::InDoubt {
            count: self.unsettled,
            why: why.to_owned(),
        })
    }

    /// Whether nothing is to be sent until the rows set aside are settled.
    pub(super) fn must_hold(&self) -> bool {
        self.unsettled >= self.most_unsettled
    }

    /// The rows set aside are settled, and sending resumes.
    pub(super) fn settled(&mut self) {
        self.was_held |= self.must_hold();
        self.unsettled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_alike_from_the_start_stop_the_run() {
        let mut guards = Guards::new(4, 100, None);
        for _ in 0..9 {
            assert!(guards.failed("no licence").is_none());
        }
        assert!(matches!(
            guards.failed("no licence"),
            Some(Stop::FailingAlike { count: 10, .. })
        ));
    }

    #[test]
    fn one_that_differs_or_succeeds_lifts_the_suspicion() {
        let mut guards = Guards::new(4, 100, None);
        guards.failed("a");
        guards.failed("b");
        assert!((0..20).all(|_| guards.failed("b").is_none()));
        let mut guards = Guards::new(4, 100, None);
        guards.succeeded();
        assert!((0..20).all(|_| guards.failed("a").is_none()));
    }

    #[test]
    fn as_many_failures_as_are_allowed_stop_the_run() {
        let mut guards = Guards::new(4, 100, Some(2));
        assert!(guards.failed("a").is_none());
        guards.succeeded();
        assert!(matches!(
            guards.failed_in_the_end(),
            Some(Stop::MaxFailures { count: 2 })
        ));
    }

    /// Unsettled answers until they hold or stop the run.
    fn until_held(guards: &mut Guards) -> (u32, Option<Stop>) {
        let mut count = 1;
        loop {
            let stop = guards.unsettled("HTTP 502");
            if guards.must_hold() {
                return (count, stop);
            }
            count += 1;
        }
    }

    #[test]
    fn twice_the_concurrency_unsettled_in_a_row_hold_the_run_once_and_then_stop_it() {
        let mut guards = Guards::new(2, 100, None);
        assert!(guards.unsettled("HTTP 502").is_none());
        guards.succeeded();
        assert!(matches!(until_held(&mut guards), (4, None)));
        guards.settled();
        assert!(matches!(
            until_held(&mut guards),
            (4, Some(Stop::InDoubt { .. }))
        ));
    }

    #[test]
    fn a_creation_in_between_holds_it_again() {
        let mut guards = Guards::new(2, 100, None);
        until_held(&mut guards);
        guards.settled();
        guards.succeeded();
        assert!(matches!(until_held(&mut guards), (4, None)));
    }
}
