//! What every command has besides its own options: the screen, the output format, the arguments as they were given.

use std::io;

use clap::ArgMatches;
use serde::Serialize;

use super::args::{CommonArgs, Format};
use super::exit::{Exit, Failure};
use super::next::Given;
use crate::render::{ProgressStyle, Screen};
use crate::report::document;

pub(super) struct Context {
    pub screen: Screen,
    pub progress: ProgressStyle,
    pub is_json: bool,
    /// For the next command to type.
    pub given: Given,
}

impl Context {
    pub(super) fn new(common: &CommonArgs, matches: &ArgMatches) -> Self {
        Self {
            screen: Screen::new(common.color, common.quiet),
            progress: common.progress,
            is_json: common.format == Format::Json,
            given: Given::new(matches),
        }
    }

    /// Shows what to do next, unless the output is a document.
    pub(super) fn next(&self, next: &str) {
        if !self.is_json {
            self.screen.info(&format!("\nNext: {next}\n"));
        }
    }
}

/// Writes `value` to standard output as a JSON document.
pub(super) fn write_json(value: &impl Serialize) -> Result<(), Failure> {
    write_document(&document(value))
}

/// Writes a document to standard output.
pub(super) fn write_document(bytes: &[u8]) -> Result<(), Failure> {
    Screen::document(bytes).map_err(|error| unwritten(&error))
}

/// Results that could not be written.
pub(super) fn unwritten(error: &io::Error) -> Failure {
    let message = format!("cannot write to standard output: {error}");
    Failure::new(Exit::Stopped, message)
}
