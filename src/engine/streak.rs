//! Signs that sending on would do harm.

use super::stop::Stop;

/// How many rows must fail alike from the start for the run to stop.
const ALIKE: u32 = 10;

/// Watches the outcomes as they come.
#[derive(Debug)]
pub(super) struct Streaks {
    /// Most unsettled answers in a row.
    most_unsettled: u32,
    unsettled: u32,
    /// Rows that failed so far, all in the same way; none once one did not.
    alike: Option<(u32, String)>,
    /// Rows that are to be sent.
    rows: usize,
}

impl Streaks {
    pub fn new(concurrency: usize, rows: usize) -> Self {
        Self {
            most_unsettled: u32::try_from(2 * concurrency).unwrap_or(u32::MAX),
            unsettled: 0,
            alike: Some((0, String::new())),
            rows,
        }
    }

    pub fn created(&mut self) {
        self.unsettled = 0;
        self.alike = None;
    }

    pub fn failed(&mut self, error: &str) -> Option<Stop> {
        self.unsettled = 0;
        let (count, first) = self.alike.as_mut()?;
        if *count > 0 && first != error {
            self.alike = None;
            return None;
        }
        *count += 1;
        error.clone_into(first);
        let has_more = self.rows > ALIKE as usize;
        (*count == ALIKE && has_more).then(|| Stop::FailingAlike {
            count: ALIKE,
            error: error.to_owned(),
        })
    }

    pub fn unsettled(&mut self, why: &str) -> Option<Stop> {
        self.alike = None;
        self.unsettled += 1;
        (self.unsettled >= self.most_unsettled).then(|| Stop::InDoubt {
            count: self.unsettled,
            why: why.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_alike_from_the_start_stop_the_run() {
        let mut streaks = Streaks::new(4, 100);
        for _ in 0..9 {
            assert!(streaks.failed("no licence").is_none());
        }
        assert!(matches!(
            streaks.failed("no licence"),
            Some(Stop::FailingAlike { count: 10, .. })
        ));
    }

    #[test]
    fn one_that_differs_or_succeeds_lifts_the_suspicion() {
        let mut streaks = Streaks::new(4, 100);
        streaks.failed("a");
        streaks.failed("b");
        assert!((0..20).all(|_| streaks.failed("b").is_none()));
        let mut streaks = Streaks::new(4, 100);
        streaks.created();
        assert!((0..20).all(|_| streaks.failed("a").is_none()));
    }

    #[test]
    fn twice_the_concurrency_unsettled_in_a_row_stops_the_run() {
        let mut streaks = Streaks::new(2, 100);
        assert!(streaks.unsettled("HTTP 502").is_none());
        streaks.created();
        assert!((0..3).all(|_| streaks.unsettled("HTTP 502").is_none()));
        assert!(matches!(
            streaks.unsettled("HTTP 502"),
            Some(Stop::InDoubt { count: 4, .. })
        ));
    }
}
