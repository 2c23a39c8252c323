//! Decides which fault befalls which request: first what a test has scripted, then chance under one seed.

use std::collections::{HashMap, VecDeque};

use super::{Call, Fault, Faults};

/// A fault, and a random number for its details: where an answer breaks off, which error page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub fault: Fault,
    pub roll: u64,
}

/// Scripts, probabilities and the random generator.
#[derive(Debug)]
pub(super) struct Dice {
    faults: Faults,
    scripts: HashMap<Call, VecDeque<Option<Fault>>>,
    random: fastrand::Rng,
}

impl Dice {
    pub(super) fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            scripts: HashMap::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub(super) fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    pub(super) fn script(&mut self, call: Call, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.scripts.entry(call).or_default().extend(faults);
    }

    /// The fault of the next such call. Every draw takes two numbers, scripted or not: so a script does not shift what chance
    /// has in store for the calls after it.
    pub(super) fn draw(&mut self, call: Call) -> Option<Drawn> {
        let (point, roll) = (self.random.f64(), self.random.u64(..));
        let scripted = self.scripts.get_mut(&call).and_then(VecDeque::pop_front);
        scripted
            .unwrap_or_else(|| self.faults.at(call, point))
            .map(|fault| Drawn { fault, roll })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(dice: &mut Dice, call: Call, count: usize) -> Vec<Option<Fault>> {
        (0..count)
            .map(|_| dice.draw(call).map(|drawn| drawn.fault))
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let likely = || Faults::default().with(Fault::Hang, 0.5).unwrap();
        let draws = |seed| faults(&mut Dice::new(likely(), seed), Call::Create, 64);
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn a_script_comes_before_chance_and_for_its_call_only() {
        let mut dice = Dice::new(Faults::default().with(Fault::Hang, 1.0).unwrap(), 0);
        dice.script(Call::Create, [None, Some(Fault::Late)]);
        assert_eq!(
            faults(&mut dice, Call::List, 1),
            [None],
            "the probability is that of creations"
        );
        assert_eq!(
            faults(&mut dice, Call::Create, 3),
            [None, Some(Fault::Late), Some(Fault::Hang)]
        );
    }
}
