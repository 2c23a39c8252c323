//! Signs that sending more would do harm.

use super::stop::Stop;

/// How many rows must fail alike from the start for the run to stop.
const ALIKE: u32 = 10;

/// What the outcomes so far mean for sending more.
#[derive(Debug)]
pub(super) enum Sign {
    /// Nothing.
    None,
    /// Nothing is to be sent until the rows set aside are settled.
    Hold,
    /// Nothing more is to be sent.
    Stop(Stop),
}

/// Watches the outcomes as they come.
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
            most_unsettled: u32::try_from(2 * concurrency).unwrap_or(u32::MAX),
            unsettled: 0,
            was_held: false,
            alike: Some((0, String::new())),
            failed: 0,
            max_failures,
            rows,
        }
    }

    /// Guards that never give a sign.
    pub(super) fn off() -> Self {
        Self {
            most_unsettled: u32::MAX,
            alike: None,
            ..Self::new(1, 0, None)
        }
    }

    pub(super) fn succeeded(&mut self) {
        self.unsettled = 0;
        self.was_held = false;
        self.alike = None;
    }

    pub(super) fn failed(&mut self, error: &str) -> Sign {
        self.unsettled = 0;
        let is_alike = self.is_alike(error);
        match self.failed_in_the_end() {
            Sign::None if is_alike => Sign::Stop(Stop::FailingAlike {
                count: ALIKE,
                error: error.to_owned(),
            }),
            sign => sign,
        }
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
    pub(super) fn failed_in_the_end(&mut self) -> Sign {
        self.failed += 1;
        match self.max_failures {
            Some(most) if self.failed >= most => {
                Sign::Stop(Stop::MaxFailures { count: self.failed })
            }
            _ => Sign::None,
        }
    }

    pub(super) fn unsettled(&mut self, why: &str) -> Sign {
        self.alike = None;
        self.unsettled += 1;
        if self.unsettled < self.most_unsettled {
            return Sign::None;
        }
        if self.was_held {
            return Sign::Stop(Stop::InDoubt {
                count: self.unsettled,
                why: why.to_owned(),
            });
        }
        Sign::Hold
    }

    /// The rows set aside are settled, and sending goes on.
    pub(super) fn settled(&mut self) {
        self.was_held |= self.unsettled >= self.most_unsettled;
        self.unsettled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_none(sign: &Sign) -> bool {
        matches!(sign, Sign::None)
    }

    #[test]
    fn ten_alike_from_the_start_stop_the_run() {
        let mut guards = Guards::new(4, 100, None);
        for _ in 0..9 {
            assert!(is_none(&guards.failed("no licence")));
        }
        assert!(matches!(
            guards.failed("no licence"),
            Sign::Stop(Stop::FailingAlike { count: 10, .. })
        ));
    }

    #[test]
    fn one_that_differs_or_succeeds_lifts_the_suspicion() {
        let mut guards = Guards::new(4, 100, None);
        guards.failed("a");
        guards.failed("b");
        assert!((0..20).all(|_| is_none(&guards.failed("b"))));
        let mut guards = Guards::new(4, 100, None);
        guards.succeeded();
        assert!((0..20).all(|_| is_none(&guards.failed("a"))));
    }

    #[test]
    fn as_many_failures_as_are_allowed_stop_the_run() {
        let mut guards = Guards::new(4, 100, Some(2));
        assert!(is_none(&guards.failed("a")));
        guards.succeeded();
        assert!(matches!(
            guards.failed_in_the_end(),
            Sign::Stop(Stop::MaxFailures { count: 2 })
        ));
    }

    /// Unsettled answers until one asks for more than nothing.
    fn until_heeded(guards: &mut Guards) -> (u32, Sign) {
        let mut count = 1;
        loop {
            match guards.unsettled("HTTP 502") {
                Sign::None => count += 1,
                sign => return (count, sign),
            }
        }
    }

    #[test]
    fn twice_the_concurrency_unsettled_in_a_row_hold_the_run_once_and_then_stop_it() {
        let mut guards = Guards::new(2, 100, None);
        assert!(is_none(&guards.unsettled("HTTP 502")));
        guards.succeeded();
        assert!(matches!(until_heeded(&mut guards), (4, Sign::Hold)));
        guards.settled();
        assert!(matches!(
            until_heeded(&mut guards),
            (4, Sign::Stop(Stop::InDoubt { .. }))
        ));
    }

    #[test]
    fn a_creation_in_between_holds_it_again() {
        let mut guards = Guards::new(2, 100, None);
        until_heeded(&mut guards);
        guards.settled();
        guards.succeeded();
        assert!(matches!(until_heeded(&mut guards), (4, Sign::Hold)));
    }
}
