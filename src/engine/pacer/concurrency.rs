//! How many requests may be under way at once.

/// Failures among the last 64 answers, about a tenth, that mean that the server is overloaded.
const OVERLOAD: u32 = 6;

/// The bound on the requests under way. A server that is overloaded gets half as many, and one more at a time once it
/// answers well again. A single failure says little about load, so it is their rate that counts.
#[derive(Debug)]
pub(super) struct Concurrency {
    /// What the user asked for.
    most: usize,
    allowed: usize,
    under_way: usize,
    /// The last 64 answers, the newest in the lowest bit; a failure is 1.
    failures: u64,
    /// Good answers in a row since `allowed` last changed.
    good: usize,
    /// The last request sent before `allowed` was last halved: requests up to it went out under the load of that time.
    halved_after: u64,
}

impl Concurrency {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            allowed: most,
            under_way: 0,
            failures: 0,
            good: 0,
            halved_after: 0,
        }
    }

    pub(super) fn has_free(&self) -> bool {
        self.under_way < self.allowed
    }

    pub(super) fn under_way(&self) -> usize {
        self.under_way
    }

    #[cfg(test)]
    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }

    pub(super) fn take(&mut self) {
        self.under_way += 1;
    }

    pub(super) fn give_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// A good answer came. Twice as many in a row as may be under way allow one more.
    pub(super) fn succeeded(&mut self) {
        self.failures <<= 1;
        self.good += 1;
        if self.allowed < self.most && self.good >= 2 * self.allowed {
            self.allowed += 1;
            self.good = 0;
        }
    }

    /// The request `number` failed; `last` is the last request sent.
    pub(super) fn failed(&mut self, number: u64, last: u64) {
        if number <= self.halved_after {
            return;
        }
        self.failures = (self.failures << 1) | 1;
        self.good = 0;
        if self.failures.count_ones() >= OVERLOAD {
            self.allowed = (self.allowed / 2).max(1);
            self.failures = 0;
            self.halved_after = last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `requests` one after the other, of which each one whose number is a multiple of `every` fails.
    fn after(most: usize, requests: u64, every: u64) -> Concurrency {
        let mut concurrency = Concurrency::new(most);
        for number in 1..=requests {
            if number % every == 0 {
                concurrency.failed(number, number);
            } else {
                concurrency.succeeded();
            }
        }
        concurrency
    }

    #[test]
    fn sparse_failures_leave_it_as_it_is() {
        assert_eq!(after(16, 10_000, 20).allowed(), 16);
    }

    #[test]
    fn a_tenth_of_failures_halves_it_again_and_again() {
        assert!(after(16, 1_000, 10).allowed() <= 5);
        assert!(after(16, 1_000, 3).allowed() <= 2);
    }

    #[test]
    fn requests_that_fail_together_halve_it_once() {
        let mut concurrency = Concurrency::new(16);
        for number in 1..=16 {
            concurrency.failed(number, 16);
        }
        assert_eq!(concurrency.allowed(), 8);
        for number in 17..=22 {
            concurrency.failed(number, 22);
        }
        assert_eq!(concurrency.allowed(), 4);
    }

    #[test]
    fn one_is_always_allowed() {
        assert_eq!(after(4, 100, 1).allowed(), 1);
        assert!(Concurrency::new(0).has_free());
    }

    #[test]
    fn good_answers_bring_it_back_one_by_one() {
        let mut concurrency = after(4, 6, 1);
        let mut seen = vec![concurrency.allowed()];
        for _ in 0..20 {
            concurrency.succeeded();
            if seen.last() != Some(&concurrency.allowed()) {
                seen.push(concurrency.allowed());
            }
        }
        assert_eq!(seen, [2, 3, 4]);
    }
}
