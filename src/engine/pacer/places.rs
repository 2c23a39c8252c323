/// The places among the requests under way. A server that is overloaded gets fewer, and gets them back one by one.
#[derive(Debug)]
pub(super) struct Places {
    /// As many as may be at all.
    most: usize,
    /// As many as may be for now.
    allowed: usize,
    under_way: usize,
    /// Good answers since the number of places last changed.
    good: usize,
    /// The last turn that was given when the places were last halved: those up to it went out together.
    halved_at: u64,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            allowed: most,
            under_way: 0,
            good: 0,
            halved_at: 0,
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

    /// Takes a place. Returns how many were taken before.
    pub(super) fn take(&mut self) -> usize {
        self.under_way += 1;
        self.under_way - 1
    }

    pub(super) fn give_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// A good answer came; twice as many of them as there are places make one place more.
    pub(super) fn answered(&mut self) {
        if self.allowed == self.most {
            return;
        }
        self.good += 1;
        if self.good >= 2 * self.allowed {
            self.allowed += 1;
            self.good = 0;
        }
    }

    /// The request `number` met a server that cannot keep up; `given` is the last one that has gone out.
    pub(super) fn overloaded(&mut self, number: u64, given: u64) {
        if number > self.halved_at {
            self.allowed = (self.allowed / 2).max(1);
            self.good = 0;
            self.halved_at = given;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_fail_together_halve_the_places_once() {
        let mut places = Places::new(16);
        for number in 1..=16 {
            places.overloaded(number, 16);
        }
        assert_eq!(places.allowed(), 8);
        places.overloaded(17, 24);
        assert_eq!(places.allowed(), 4);
    }

    #[test]
    fn one_place_always_stays() {
        let mut places = Places::new(4);
        for number in 1..=10 {
            places.overloaded(number, number);
        }
        assert_eq!(places.allowed(), 1);
        assert!(places.has_free());
        assert!(Places::new(0).has_free());
    }

    #[test]
    fn good_answers_bring_the_places_back_one_by_one() {
        let mut places = Places::new(4);
        places.overloaded(1, 4);
        let mut seen = vec![places.allowed()];
        for _ in 0..20 {
            places.answered();
            if seen.last() != Some(&places.allowed()) {
                seen.push(places.allowed());
            }
        }
        assert_eq!(seen, [2, 3, 4]);
    }
}
