//! The text of a cell, and what a spreadsheet may have done to it.

use crate::input::{Display, Value};
use crate::model::{Code, Kind};

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
    /// A formula that was never computed.
    FormulaWithoutValue,
    /// A number in a text field, which may have been other text once.
    MangledNumber,
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
    pub(super) fn told(&self) -> (Code, String, &'static str) {
        match self {
            Self::IsError(error) => (
                Code::CellIsError,
                format!("the cell holds the error {error}"),
                "mend the formula, or write the value itself",
            ),
            Self::FormulaWithoutValue => (
                Code::FormulaWithoutValue,
                "the cell holds a formula without a value".to_owned(),
                "open the file in a spreadsheet program and save it, which computes the value; or write the value itself",
            ),
            Self::MangledNumber => (
                Code::MangledNumber,
                "the cell holds a number, whose digits the spreadsheet may have changed".to_owned(),
                "format the column as text and type the value again",
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
pub(super) fn unremarkable(value: Value<'_>, kind: Kind) -> Option<&str> {
    let Value::Text(text) = value else {
        return None;
    };
    let bytes = text.as_bytes();
    let (first, last) = bytes.first().zip(bytes.last())?;
    let is_trimmed = *first != b' ' && *last != b' ';
    // Only what begins like a number can be one that was shortened.
    let is_number = matches!(first, b'0'..=b'9' | b'-') && is_mangled(value, kind);
    (is_trimmed && is_visible(bytes) && !is_number).then_some(text)
}

/// Whether all bytes are visible ASCII or spaces.
fn is_visible(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    // The last word is looked at together with what it overlaps.
    match bytes.last_chunk::<8>() {
        Some(last) => {
            words
                .iter()
                .chain([last])
                .fold(0, |odd, word| odd | odd_bytes(*word))
                == 0
        }
        None => rest.iter().all(|b| matches!(b, 0x20..0x7f)),
    }
}

/// The highest bit of each byte of `word` that is no visible ASCII; other bits may be set below one that is.
fn odd_bytes(word: [u8; 8]) -> u64 {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let word = u64::from_le_bytes(word);
    let low_bits = word & all(0x7f);
    let is_below_space = !(low_bits + all(0x60));
    let is_delete = low_bits + all(0x01);
    (word | is_below_space | is_delete) & all(0x80)
}

/// Reads a cell of a field that is no secret. The second value says whether white space was trimmed.
pub(super) fn plain_text(value: Value<'_>, kind: Kind) -> (CellText<'_>, bool) {
    if is_mangled(value, kind) {
        return (CellText::Bad(CellProblem::MangledNumber), false);
    }
    as_it_stands(value)
}

/// Reads a cell as it stands, whatever a spreadsheet may have done to it.
pub(super) fn as_it_stands(value: Value<'_>) -> (CellText<'_>, bool) {
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
        Value::Number { value, .. } => (CellText::Text(number_text(value).into()), false),
        Value::Flag(flag) => (
            CellText::Text(if flag { "true" } else { "false" }.into()),
            false,
        ),
        Value::Blank => (CellText::Blank, false),
        Value::Error(error) => (CellText::Bad(CellProblem::IsError(error.to_owned())), false),
        Value::FormulaWithoutValue => (CellText::Bad(CellProblem::FormulaWithoutValue), false),
        Value::NotUtf8 => (CellText::Bad(CellProblem::NotUtf8), false),
    }
}

/// Reads a cell that holds a secret: nothing about it is guessed or mended.
pub(super) fn secret_text(value: Value<'_>) -> CellText<'_> {
    match value {
        Value::Text(text) if text.trim().is_empty() => CellText::Blank,
        Value::Text(_) if is_mangled(value, Kind::Secret) => {
            CellText::Bad(CellProblem::MangledNumber)
        }
        Value::Text(text) => match invisible(text.trim()) {
            Some(c) => CellText::Bad(CellProblem::Invisible(c)),
            None if text.trim().len() != text.len() => CellText::Bad(CellProblem::SecretHasSpaces),
            None => CellText::Text(text.into()),
        },
        Value::Number { .. } | Value::Flag(_) => CellText::Bad(CellProblem::SecretIsNumber),
        other => plain_text(other, Kind::Secret).0,
    }
}

/// Whether a field of this kind means text, and a spreadsheet has read it as a number that it did not keep.
fn is_mangled(value: Value<'_>, kind: Kind) -> bool {
    /// The smallest number of 16 digits, of which Excel keeps 15.
    const SIXTEEN_DIGITS: f64 = 1e15;
    let is_text = !matches!(
        kind,
        Kind::Type | Kind::Flag | Kind::Integer | Kind::Ids | Kind::FolderDepth
    );
    is_text
        && match value {
            Value::Number { value, display } => {
                display != Display::Plain || value.abs() >= SIXTEEN_DIGITS
            }
            Value::Text(text) => is_scientific(text.trim()),
            _ => false,
        }
}

/// Whether a text is a number as spreadsheets shorten it: `1.2E+12`, `1,2E-05`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1
        && is_number(whole)
        && is_number(fraction)
        && exponent.strip_prefix(['+', '-']).is_some_and(is_number)
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

    fn number(value: f64, display: Display) -> Value<'static> {
        Value::Number { value, display }
    }

    #[test]
    fn only_visible_ascii_is_visible() {
        for byte in 0..=u8::MAX {
            let is_expected = matches!(byte, 0x20..0x7f);
            for length in [1, 7, 8, 9, 16, 23] {
                for at in 0..length {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;
                    assert_eq!(
                        is_visible(&bytes),
                        is_expected,
                        "{byte:02x} at {at} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn numbers_that_were_other_text_once_are_no_text() {
        let is_bad =
            |value, kind| plain_text(value, kind).0 == CellText::Bad(CellProblem::MangledNumber);
        let padded = number(42.0, Display::ZeroPadded);
        for value in [
            padded,
            number(1.2e12, Display::Scientific),
            number(1_234_567_890_123_456.0, Display::Plain),
            Value::Text("1.2E+12"),
            Value::Text("1,23e-05"),
            Value::Text(" 5E+15 "),
        ] {
            assert!(is_bad(value, Kind::Text), "{value:?}");
        }
        for value in [
            number(2024.0, Display::Plain),
            number(123_456_789_012_345.0, Display::Plain),
            Value::Text("1E12"),
            Value::Text("release 1.2E+12"),
            Value::Text("12E+12"),
            Value::Text("E+12"),
        ] {
            assert!(!is_bad(value, Kind::Text), "{value:?}");
        }
        assert!(!is_bad(padded, Kind::Integer));
        assert_eq!(
            secret_text(Value::Text("1.2E+12")),
            CellText::Bad(CellProblem::MangledNumber)
        );
    }

    #[test]
    fn white_space_is_trimmed_and_said() {
        assert_eq!(
            plain_text(Value::Text(" GITHUB\u{a0}"), Kind::Type),
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
            secret_text(number(12.0, Display::Plain)),
            CellText::Bad(CellProblem::SecretIsNumber)
        );
        assert_eq!(
            plain_text(number(1_000_010_100.0, Display::Plain), Kind::Ids).0,
            CellText::Text("1000010100".into())
        );
    }

    #[test]
    fn a_zero_width_space_is_named_by_its_code_point() {
        let (cell, _) = plain_text(Value::Text("git\u{200b}hub"), Kind::Text);
        let CellText::Bad(problem) = cell else {
            panic!("{cell:?}")
        };
        assert!(problem.told().1.contains("U+200B"));
    }
}
