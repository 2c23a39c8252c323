//! The bytes of a workbook, its archive with them.

#![no_main]

use gij_fuzz::{own_panics_are_fatal, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: own_panics_are_fatal(),
    |bytes: &[u8]| validate(bytes)
);
