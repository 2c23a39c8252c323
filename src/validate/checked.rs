//! What comes out of checking a row.

use std::ops::Range;

use super::duplicates::Hashes;
use crate::model::{Diagnostic, Field, FieldValue, Record, RecordKey, Severity};

/// What came of a row.
pub(super) struct CheckedRow {
    /// Whether the selection wants it; nothing else is known of it if not.
    pub is_selected: bool,
    /// Its number, from 1.
    pub number: u32,
    /// Its physical line in a CSV.
    pub line: Option<u64>,
    /// What it is compared by, as far as it says a type and a name; rows with errors are compared too.
    pub hashes: Option<Hashes>,
    /// Where its name for messages stands among the [`Shared::names`]; blank without one.
    pub name: Range<usize>,
    /// The record, if the row is valid, its secrets were read and it is to be sent.
    pub record: Option<Box<Record>>,
    /// What an invalid row says all the same, if it is part of an import.
    pub readable: Option<Box<Readable>>,
    /// What is to be said about it, in the order of the columns.
    pub found: Vec<Diagnostic>,
}

/// What can be read of a row that is not valid.
#[derive(Default)]
pub(super) struct Readable {
    pub type_name: Option<&'static str>,
    pub name: Option<String>,
    pub origin: Option<String>,
    /// Only if type, origin and name can be read.
    pub key: Option<RecordKey>,
}

impl CheckedRow {
    /// Whether nothing is wrong with it.
    pub(super) fn is_valid(&self) -> bool {
        is_valid(&self.found)
    }
}

pub(super) fn is_valid(found: &[Diagnostic]) -> bool {
    found
        .iter()
        .all(|diagnostic| diagnostic.severity < Severity::Error)
}

/// What the rows of a block share, so that a row that is only checked needs little memory of its own.
#[derive(Default)]
pub(super) struct Shared {
    /// The names of all rows, one after the other.
    pub names: String,
    pub(super) settings: Vec<(Field, FieldValue)>,
    /// Whether a secret of one of them stands on the command line.
    pub is_secret_typed: bool,
}
