//! How far the trials go, and how they share the machine.

use std::sync::Mutex;

use crate::tally::Tally;

/// A number from the environment, or else `full`.
pub fn bound(name: &str, full: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect(name),
        Err(_) => full,
    }
}

/// The seed of the first round.
pub fn first_seed() -> u64 {
    bound("GIJ_SEED", 1)
}

/// Rounds under way at once: most of their time they wait.
const AT_ONCE: usize = 4;

/// Has `round` gone through for each of `all`, several at a time, and adds up what they counted.
pub fn each<T: Send>(all: impl IntoIterator<Item = T>, round: impl Fn(T) -> Tally + Sync) -> Tally {
    let left = Mutex::new(all.into_iter().collect::<Vec<T>>().into_iter());
    let work = || {
        let mut tally = Tally::default();
        loop {
            let next = left.lock().unwrap().next();
            let Some(next) = next else { return tally };
            tally += round(next);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut tally = Tally::default();
        for worker in workers {
            tally += worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        tally
    })
}
