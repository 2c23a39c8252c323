//! Whether a write to the screen is under way. A reader that does not read lets it wait for good, and whoever hears of a signal
//! meanwhile is to know that.

use std::sync::atomic::{AtomicU64, Ordering};

/// The beginnings and ends of writes so far. One thread writes, so it is odd while a write is under way.
static STEPS: AtomicU64 = AtomicU64::new(0);

/// A write to the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Write(u64);

impl Write {
    /// The one that is under way, if one is.
    pub(crate) fn under_way() -> Option<Self> {
        let steps = STEPS.load(Ordering::Relaxed);
        (steps % 2 == 1).then_some(Self(steps))
    }
}

/// Does `write`, which is under way as long.
pub(super) fn counted<T>(write: impl FnOnce() -> T) -> T {
    STEPS.fetch_add(1, Ordering::Relaxed);
    let done = write();
    STEPS.fetch_add(1, Ordering::Relaxed);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_under_way_until_it_is_done_and_is_none_other() {
        let first = counted(Write::under_way);
        assert!(first.is_some());
        assert_ne!(first, counted(Write::under_way));
        assert_eq!(Write::under_way(), None);
    }
}
