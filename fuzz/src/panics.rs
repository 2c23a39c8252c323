use std::panic::{set_hook, take_hook};
use std::sync::Once;

use gij::testing::input::ReadOptions;

use crate::collect::collect;

/// Lets a panic in `gij`'s own code end the process wherever it happens. Within what reads workbooks panics are caught
/// without a word, for the sake of other people's code: with that hook alone our own would be hidden there.
pub fn own_panics_are_fatal() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The first workbook sets the hook that is silent there.
        let _ = collect(b"PK\x03\x04", &ReadOptions::default());
        let silent = take_hook();
        set_hook(Box::new(move |panic| {
            let is_ours = panic
                .location()
                .is_some_and(|at| at.file().contains("src/input/"));
            let is_theirs = panic
                .location()
                .is_some_and(|at| at.file().contains("/registry/"));
            if is_ours && !is_theirs {
                eprintln!("{panic}");
                std::process::abort();
            }
            silent(panic);
        }));
    });
}
