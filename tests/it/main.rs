//! Drives the built program.
