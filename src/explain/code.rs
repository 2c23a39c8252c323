//! A code: its entry, and what the validation says about its example.

use serde::Serialize;

use super::entry::{Entry, Example, entry, spelled_out};
use crate::input::Source;
use crate::model::{Code, Diagnostics, Severity};
use crate::secret::SecretPolicy;
use crate::validate::{Options, Policy, Purpose, validate_sources};

/// The name of the files of the examples.
const FILE: &str = "example.csv";

/// What is said about a code.
#[derive(Debug, Serialize)]
pub(crate) struct CodeTopic {
    /// The code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What it means.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Which options change how bad it is.
    pub options: Option<String>,
    /// How it comes about.
    pub example: ExampleTopic,
}

/// How a code comes about.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ExampleTopic {
    /// A file, what is said about it, and the same put right.
    File {
        /// The first row, from 1, that is in Windows-1252; those above, or all, are in UTF-8.
        windows_1252_from_row: Option<usize>,
        /// Its text.
        wrong: String,
        /// What the validation says about it.
        diagnostics: Vec<Said>,
        /// The text put right, in UTF-8.
        corrected: &'static str,
        /// What the validation says about it, for people; and the text with nothing spelled out.
        #[serde(skip)]
        shown: Shown,
    },
    /// What a file cannot show.
    Words {
        /// It in words.
        words: &'static str,
    },
}

/// An example as people are shown it.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The text of the file, without letters that nobody wants to see.
    pub wrong: &'static str,
    /// What the validation says about it.
    pub found: Diagnostics,
}

/// What the validation says about an example.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    severity: Severity,
    code: Code,
    cell: Option<String>,
    row: Option<u32>,
    message: String,
    help: String,
}

impl CodeTopic {
    /// What is said about `code`.
    pub(crate) fn of(code: Code) -> Self {
        let Entry {
            title, why, cure, ..
        } = *entry(code);
        Self {
            code,
            severity: code.severity(),
            title,
            why,
            help: cure,
            options: options(code),
            example: ExampleTopic::of(entry(code).example),
        }
    }
}

impl ExampleTopic {
    fn of(example: Example) -> Self {
        let (from_row, wrong, right) = match example {
            Example::Words(words) => return Self::Words { words },
            Example::Csv { wrong, right } => (None, wrong, right),
            Example::Windows1252 {
                from_row,
                wrong,
                right,
            } => (Some(from_row), wrong, right),
        };
        let spelled = spelled_out(wrong).into_owned();
        let found = said_about(encoded(&spelled, from_row));
        Self::File {
            windows_1252_from_row: from_row,
            wrong: spelled,
            diagnostics: found.iter().map(Said::of).collect(),
            corrected: right,
            shown: Shown { wrong, found },
        }
    }
}

/// The bytes of a text whose rows from this one on are in Windows-1252.
fn encoded(text: &str, from_row: Option<usize>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (row, line) in (1..).zip(text.split_inclusive('\n')) {
        if from_row.is_some_and(|from| row >= from) {
            // The letters of the examples have the same numbers in Unicode.
            bytes.extend(line.chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
        } else {
            bytes.extend_from_slice(line.as_bytes());
        }
    }
    bytes
}

/// Which options change how bad a problem is.
fn options(code: Code) -> Option<String> {
    let can_be_allowed = Policy::default().allow(code.name()).is_ok();
    match code.severity() {
        Severity::Error if can_be_allowed => Some(format!(
            "It is a guess at what was meant. If it is wrong, `--allow {code}` lets it pass as a warning."
        )),
        Severity::Warning => Some(format!(
            "`--strict` makes it an error, unless `--allow {code}` lets it pass."
        )),
        _ => None,
    }
}

impl Said {
    fn of(diagnostic: &crate::model::Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity,
            code: diagnostic.code,
            cell: diagnostic.place.address(),
            row: diagnostic.place.row,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

/// What the validation says about a file without options.
fn said_about(bytes: Vec<u8>) -> Diagnostics {
    let options = Options::new(Purpose::Check, SecretPolicy::default());
    let source = Source::from_bytes(FILE, bytes);
    validate_sources([(FILE.to_owned(), Ok(source))], &options).diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_shows_its_code_and_nothing_else() {
        for code in Code::ALL {
            let ExampleTopic::File {
                diagnostics,
                corrected,
                ..
            } = CodeTopic::of(*code).example
            else {
                continue;
            };
            let codes: Vec<Code> = diagnostics.iter().map(|said| said.code).collect();
            assert_eq!(codes, [*code]);
            let left: Vec<Code> = said_about(corrected.into())
                .iter()
                .map(|said| said.code)
                .collect();
            assert_eq!(left, [], "{code}");
        }
    }
}
