//! Problems as data: what, where, how bad, and what to do.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use thiserror::Error;

use super::code::{Code, Severity};
use super::field::Field;
use super::place::Place;

/// One problem.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The field that it is about.
    pub field: Option<Field>,
    /// The row's display name.
    pub name: Option<String>,
    /// What is wrong; never holds a secret.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What is wrong and what to do about it, before it has a place.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{message}")]
pub struct Problem {
    pub code: Code,
    pub message: String,
    pub help: String,
}

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }

    /// A problem that its code describes in full.
    pub(crate) fn of(code: Code, help: &str) -> Self {
        Self::new(code, code.about().meaning, help)
    }
}

/// As in the documents of `--format json`.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { place, .. } = self;
        let mut keys = to.serialize_map(None)?;
        keys.serialize_entry("severity", &self.severity)?;
        keys.serialize_entry("code", &self.code)?;
        keys.serialize_entry("file", &place.table.file)?;
        keys.serialize_entry("sheet", &place.table.sheet)?;
        keys.serialize_entry("cell", &place.address())?;
        keys.serialize_entry("row", &place.row)?;
        keys.serialize_entry("line", &place.line)?;
        keys.serialize_entry("field", &self.field.map(Field::name))?;
        keys.serialize_entry("name", &self.name)?;
        keys.serialize_entry("message", &self.message)?;
        keys.serialize_entry("help", &self.help)?;
        keys.end()
    }
}

impl Diagnostic {
    pub(crate) fn of(problem: Problem, place: Place) -> Self {
        Self::new(problem.code, place, problem.message, problem.help)
    }

    /// A problem at `place`, as bad as its kind is.
    pub fn new(
        code: Code,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: code.severity(),
            place,
            field: None,
            name: None,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The first items of a list, and how many more there are: `2, 4 to 7 and 12 more`.
pub(crate) fn listed<T>(items: &[T], most: usize, word: impl Fn(&T) -> String) -> String {
    let words: Vec<String> = items.iter().take(most).map(word).collect();
    let words = words.join(", ");
    match items.len().saturating_sub(most) {
        0 => words,
        more => format!("{words} and {more} more"),
    }
}

/// How many problems of one kind keep their places.
const MOST_OF_A_CODE: u64 = 1000;

/// The problems found, in the order of the files, and their counts. The first 1,000 of a kind are kept, the others only
/// counted, so that a million bad rows stay bounded.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    keeps_all: bool,
    counts: BTreeMap<(Severity, Code), u64>,
}

impl Diagnostics {
    /// None yet, of which all or the first 1,000 of a kind will be kept.
    pub(crate) fn keeping(all: bool) -> Self {
        Self {
            keeps_all: all,
            ..Self::default()
        }
    }

    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let count = self
            .counts
            .entry((diagnostic.severity, diagnostic.code))
            .or_default();
        *count += 1;
        if self.keeps_all || *count <= MOST_OF_A_CODE {
            self.kept.push(diagnostic);
        }
    }

    /// The problems that keep their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// How many problems of which codes are only counted.
    pub(crate) fn not_kept(&self) -> impl Iterator<Item = (Severity, Code, u64)> {
        let counts = self.counts.iter().filter(|_| !self.keeps_all);
        counts.filter_map(|((severity, code), count)| {
            let more = count.saturating_sub(MOST_OF_A_CODE);
            (more > 0).then_some((*severity, *code, more))
        })
    }

    /// How many problems there are of this severity.
    pub fn count(&self, severity: Severity) -> u64 {
        let of = self.counts.iter().filter(|((is, _), _)| *is == severity);
        of.map(|(_, count)| count).sum()
    }

    /// Whether nothing may be sent.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_items_the_first_are_listed() {
        let numbers: Vec<u32> = (0..1_000_000).collect();
        assert!(listed(&numbers, 20, ToString::to_string).ends_with("18, 19 and 999980 more"));
        assert_eq!(listed(&numbers[..2], 20, ToString::to_string), "0, 1");
    }
}
