//! The text of a cell, and what a spreadsheet may have done to it.

use crate::input::Value;
use crate::model::Code;

/// What a cell says once it is read by its meaning.
#[derive(Debug, PartialEq)]
pub(super) enum CellText<'a> {
    /// Nothing.
    Blank,
    /// This text.
    Text(std::borrow::Cow<'a, str>),
    /// Something that cannot be meant.
    Bad(CellProblem),
}

/// Why a cell cannot be read; or, for `Trimmed`, what was passed over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CellProblem {
    /// `#N/A` and the like.
    IsError(String),
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A control or zero-width character.
    Invisible(char),
    /// A number where a secret is meant.
    SecretIsNumber,
    /// A secret with white space around it.
    SecretHasSpaces,
}

impl CellProblem {
    /// Code, message and help.
    pub fn told(&self) -> (Code, String, &'static str) {
        match self {
            Self::IsError(error) => (
                Code::CellIsError,
                format!("the cell holds the error {error}"),
                "mend the formula, or write the value itself",
            ),
            Self::NotUtf8 => (
                Code::NotUtf8,
                "the cell is not UTF-8 text".to_owned(),
                "save the file as CSV UTF-8",
            ),
            Self::Invisible('\n' | '\r') => (
                Code::InvisibleCharacter,
                "the cell holds a line break".to_owned(),
                "remove it; if nobody typed it, look for a quote too many in this row or above",
            ),
            Self::Invisible(c) => (
                Code::InvisibleCharacter,
                format!(
                    "the cell holds the invisible character U+{:04X}",
                    u32::from(*c)
                ),
                "type the value anew; such characters come along when text is copied",
            ),
            Self::SecretIsNumber => (
                Code::SecretIsNumber,
                "the cell holds a number, whose digits the spreadsheet may have changed".to_owned(),
                "format the cell as text and type the secret again",
            ),
            Self::SecretHasSpaces => (
                Code::SecretHasSpaces,
                "there is white space before or after the secret".to_owned(),
                "remove it; no git host issues such secrets",
            ),
        }
    }
}

/// The text of a cell of the kind that nearly all are: visible ASCII, spaces only within. Nothing is to be said about it,
/// in a secret or elsewhere.
#[inline]
pub(super) fn unremarkable(value: Value<'_>) -> Option<&str> {
    let Value::Text(text) = value else {
        return None;
    };
    let bytes = text.as_bytes();
    let (first, last) = bytes.first().zip(bytes.last())?;
    let is_trimmed = *first != b' ' && *last != b' ';
    // Without a way out early, the compiler looks at many bytes at once.
    let is_visible = bytes
        .iter()
        .fold(true, |is, b| is & matches!(b, 0x20..0x7f));
    (is_trimmed && is_visible).then_some(text)
}

/// Reads a cell of a field that is no secret. The second value says whether white space was trimmed.
pub(super) fn plain_text(value: Value<'_>) -> (CellText<'_>, bool) {
    match value {
        Value::Text(text) => {
            let trimmed = text.trim();
            let is_trimmed = trimmed.len() != text.len();
            match invisible(trimmed) {
                Some(c) => (CellText::Bad(CellProblem::Invisible(c)), false),
                None if trimmed.is_empty() => (CellText::Blank, false),
                None => (CellText::Text(trimmed.into()), is_trimmed),
            }
        }
        Value::Number(number) => (CellText::Text(number_text(number).into()), false),
        Value::Flag(flag) => (
            CellText::Text(if flag { "true" } else { "false" }.into()),
            false,
        ),
        Value::Blank => (CellText::Blank, false),
        Value::Error(error) => (CellText::Bad(CellProblem::IsError(error.to_owned())), false),
        Value::NotUtf8 => (CellText::Bad(CellProblem::NotUtf8), false),
    }
}

/// Reads a cell that holds a secret: nothing about it is guessed or mended.
pub(super) fn secret_text(value: Value<'_>) -> CellText<'_> {
    match value {
        Value::Text(text) if text.trim().is_empty() => CellText::Blank,
        Value::Text(text) => match invisible(text.trim()) {
            Some(c) => CellText::Bad(CellProblem::Invisible(c)),
            None if text.trim().len() != text.len() => CellText::Bad(CellProblem::SecretHasSpaces),
            None => CellText::Text(text.into()),
        },
        Value::Number(_) | Value::Flag(_) => CellText::Bad(CellProblem::SecretIsNumber),
        other => plain_text(other).0,
    }
}

/// `5` for 5.0: a double's shortest text, never in scientific notation.
fn number_text(number: f64) -> String {
    format!("{number}")
}

/// The first character that nobody sees and nobody means.
fn invisible(text: &str) -> Option<char> {
    text.chars().find(|&c| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_and_said() {
        assert_eq!(
            plain_text(Value::Text(" GITHUB\u{a0}")),
            (CellText::Text("GITHUB".into()), true)
        );
    }

    #[test]
    fn white_space_around_a_secret_is_a_problem() {
        assert_eq!(
            secret_text(Value::Text("tok ")),
            CellText::Bad(CellProblem::SecretHasSpaces)
        );
    }

    #[test]
    fn a_number_is_no_secret_and_text_elsewhere() {
        assert_eq!(
            secret_text(Value::Number(12.0)),
            CellText::Bad(CellProblem::SecretIsNumber)
        );
        assert_eq!(
            plain_text(Value::Number(1_000_010_100.0)).0,
            CellText::Text("1000010100".into())
        );
    }

    #[test]
    fn a_zero_width_space_is_named_by_its_code_point() {
        let (cell, _) = plain_text(Value::Text("git\u{200b}hub"));
        let CellText::Bad(problem) = cell else {
            panic!("{cell:?}")
        };
        assert!(problem.told().1.contains("U+200B"));
    }
}
