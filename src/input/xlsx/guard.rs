//! Panics and errors of calamine, and of the crates below it, on damaged workbooks become our errors. They print nothing.
//!
//! The decision to know: a panic hook belongs to the whole process, so swapping it for the time of a call would race with
//! other threads. It is set once, asks the thread that panics whether it is within [`guarded`], and hands every other
//! panic to the hook that was there before.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use calamine::XlsxError;

use super::part::damaged;
use crate::input::error::encrypted;
use crate::model::Problem;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a piece of calamine, of its parsers, or of what is built on them.
pub(super) fn guarded<T, E: From<Problem>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                before(panic);
            }
        }));
    });
    let was_guarded = IS_GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(was_guarded);
    done.unwrap_or_else(|_| Err(contradiction().into()))
}

/// The error of a workbook of which two readers do not find the same.
pub(super) fn contradiction() -> Problem {
    damaged("its parts contradict each other")
}

/// calamine's error about a workbook that it cannot read.
pub(super) fn in_words(error: &XlsxError) -> Problem {
    match error {
        XlsxError::Password => encrypted(),
        error => damaged(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_thread_continues() {
        let done: Result<(), Problem> = guarded(|| panic!("on purpose"));
        assert!(done.is_err_and(|problem| problem.message.contains("damaged")));
        assert!(!IS_GUARDED.get());
    }
}
