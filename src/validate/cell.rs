//! The text of a cell, and what a spreadsheet may have done to it.

use std::borrow::Cow;
use std::sync::LazyLock;

use fancy_regex::Regex;

use crate::input::Value;
use crate::model::{Code, Kind, Problem};
use crate::secret::is_invisible;

/// What a cell holds.
#[derive(Debug, PartialEq)]
pub(super) enum CellText<'a> {
    Blank,
    Text(Cow<'a, str>),
    /// The text without the white space that was around it.
    Trimmed(&'a str),
    /// Something that cannot be meant.
    Bad(Problem),
}

/// The text of nearly every cell: visible ASCII, without spaces around it. There is nothing to report about it, in a secret
/// or elsewhere.
pub(super) fn unremarkable_text(value: Value<'_>, kind: Kind) -> Option<&str> {
    let Value::Text(text) = value else {
        return None;
    };
    let has_spaces = text.starts_with(' ') || text.ends_with(' ');
    let is_unremarkable = !text.is_empty()
        && !has_spaces
        && !text.starts_with('#')
        && is_visible(text)
        && !is_mangled(value, kind);
    is_unremarkable.then_some(text)
}

/// Reads a cell of a field that is no secret.
pub(super) fn plain_text(value: Value<'_>, kind: Kind) -> CellText<'_> {
    if is_mangled(value, kind) {
        return mangled(value, Code::MangledNumber);
    }
    any_text(value)
}

/// Reads a cell that holds a secret: nothing about it is guessed or fixed.
pub(super) fn secret_text(value: Value<'_>) -> CellText<'_> {
    match value {
        Value::Text(_) if is_mangled(value, Kind::Secret) => mangled(value, Code::MangledNumber),
        Value::Date(_) | Value::Number { .. } | Value::Flag(_) => {
            mangled(value, Code::SecretIsNumber)
        }
        _ => match any_text(value) {
            CellText::Trimmed(_) => CellText::Bad(secret_has_spaces()),
            text => text,
        },
    }
}

/// Reads a cell whatever a spreadsheet may have done to a number.
pub(super) fn any_text(value: Value<'_>) -> CellText<'_> {
    match value {
        Value::Text(text) => {
            let trimmed = text.trim();
            match first_invisible(trimmed) {
                Some(c) => CellText::Bad(invisible_problem(c)),
                None if is_spreadsheet_error(trimmed) => CellText::Bad(error_problem(trimmed)),
                None if trimmed.is_empty() => CellText::Blank,
                None if trimmed.len() < text.len() => CellText::Trimmed(trimmed),
                None => CellText::Text(text.into()),
            }
        }
        // A double's shortest text, never in scientific notation: `5` for 5.0.
        Value::Number { value, .. } => CellText::Text(value.to_string().into()),
        Value::Date(text) => CellText::Text(text.into()),
        Value::Flag(flag) => CellText::Text(flag.to_string().into()),
        Value::Blank => CellText::Blank,
        Value::Error(error) => CellText::Bad(error_problem(error)),
        Value::FormulaWithoutValue => CellText::Bad(Problem::of(
            Code::FormulaWithoutValue,
            "open the file in a spreadsheet program and save it, which computes the value; or write the value itself",
        )),
        Value::NotUtf8 => CellText::Bad(Problem::of(Code::NotUtf8, "save the file as CSV UTF-8")),
    }
}

pub(super) fn secret_has_spaces() -> Problem {
    let help = "remove it; no git host issues such secrets";
    Problem::of(Code::SecretHasSpaces, help)
}

fn error_problem(error: &str) -> Problem {
    Problem::new(
        Code::CellIsError,
        format!("the cell contains the error {error}"),
        "fix the formula, or write the value itself",
    )
}

/// The problem of a cell whose text a spreadsheet has read as a number or a date.
fn mangled<'a>(value: Value<'_>, code: Code) -> CellText<'a> {
    let message = match value {
        Value::Date(_) => {
            "the cell contains a date or time, and the spreadsheet may have converted it from other text"
        }
        _ => "the cell contains a number, and the spreadsheet may have changed its digits",
    };
    let help = match value {
        // As in a CSV, whose columns have no format.
        Value::Text(_) => {
            "type the value again with a text editor, or in a spreadsheet column that is formatted as text"
        }
        _ => "format the column as text and type the value again",
    };
    CellText::Bad(Problem::new(code, message, help))
}

fn invisible_problem(c: char) -> Problem {
    let (message, help) = match c {
        '\n' | '\r' => (
            "the cell contains a line break".to_owned(),
            "remove it; if nobody typed it, check this row and those above for a surplus quotation mark",
        ),
        c => (
            format!(
                "the cell contains the invisible character U+{:04X}",
                u32::from(c)
            ),
            "type the value again; such characters are copied along with text",
        ),
    };
    Problem::new(Code::InvisibleCharacter, message, help)
}

/// Fields that hold no text, so that a spreadsheet which reads their cells as numbers loses nothing.
fn is_number_field(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Type | Kind::Flag | Kind::Integer | Kind::Ids | Kind::FolderDepth
    )
}

/// Whether a text is what a spreadsheet shows in place of a value: an error, or a column that is too narrow.
fn is_spreadsheet_error(text: &str) -> bool {
    const ERRORS: [&str; 12] = [
        "#N/A",
        "#NAME?",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#GETTING_DATA",
    ];
    let is_too_narrow = || text.len() >= 2 && text.bytes().all(|byte| byte == b'#');
    text.starts_with('#')
        && (is_too_narrow() || ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text)))
}

/// Whether a spreadsheet has read text as a number, and did not keep all of it, or as a date.
fn is_mangled(value: Value<'_>, kind: Kind) -> bool {
    /// The smallest number of 16 digits, of which Excel keeps 15.
    const SIXTEEN_DIGITS: f64 = 1e15;
    match value {
        _ if is_number_field(kind) => false,
        Value::Number { value, is_altered } => is_altered || value.abs() >= SIXTEEN_DIGITS,
        Value::Text(text) => is_scientific(text),
        Value::Date(_) => true,
        _ => false,
    }
}

static SCIENTIFIC: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "a pattern of our own, which a test uses"
    )]
    Regex::new("^-?[0-9]([.,][0-9]+)?[Ee][+-][0-9]+$").expect("a regular expression")
});

/// Whether a text is a number as spreadsheets shorten it: `1.2E+12`, `1,2E-05`.
fn is_scientific(text: &str) -> bool {
    let text = text.trim_start();
    // Few texts begin like a number.
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && SCIENTIFIC
            .is_match(text.trim_end())
            .is_ok_and(|is_match| is_match)
}

/// Whether a text is visible ASCII and spaces.
fn is_visible(text: &str) -> bool {
    // Without stopping early the compiler takes many bytes at once.
    let is_visible = |all: bool, byte: u8| all & matches!(byte, 0x20..0x7f);
    text.bytes().fold(true, is_visible)
}

/// The first character that nobody sees and nobody means.
fn first_invisible(text: &str) -> Option<char> {
    text.chars().find(|&c| c.is_control() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, is_altered: bool) -> Value<'static> {
        Value::Number { value, is_altered }
    }

    fn code(cell: &CellText<'_>) -> Option<Code> {
        match cell {
            CellText::Bad(problem) => Some(problem.code),
            _ => None,
        }
    }

    #[test]
    fn every_character_that_is_not_visible_is_found() {
        for c in ['\0', '\t', '\u{1f}', '\u{7f}', '\u{85}', '\u{200b}'] {
            assert_eq!(first_invisible(&format!("a{c}b")), Some(c), "{c:?}");
            assert!(!is_visible(&format!("a{c}b")), "{c:?}");
        }
        for c in [' ', '~', '\u{e9}', '\u{a0}'] {
            assert_eq!(first_invisible(&format!("a{c}b")), None, "{c:?}");
        }
    }

    #[test]
    fn numbers_that_were_other_text_once_are_no_text() {
        let is_bad = |value, kind| code(&plain_text(value, kind)) == Some(Code::MangledNumber);
        let padded = number(42.0, true);
        for value in [
            padded,
            number(1.2e12, true),
            number(1_234_567_890_123_456.0, false),
            Value::Text("1.2E+12"),
            Value::Text("1,23e-05"),
            Value::Text(" 5E+15 "),
        ] {
            assert!(is_bad(value, Kind::Text), "{value:?}");
        }
        for value in [
            number(2024.0, false),
            number(123_456_789_012_345.0, false),
            Value::Text("1E12"),
            Value::Text("release 1.2E+12"),
            Value::Text("12E+12"),
            Value::Text("E+12"),
        ] {
            assert!(!is_bad(value, Kind::Text), "{value:?}");
        }
        assert!(!is_bad(padded, Kind::Integer));
        assert_eq!(
            code(&secret_text(Value::Text("1.2E+12"))),
            Some(Code::MangledNumber)
        );
    }

    #[test]
    fn white_space_is_trimmed_and_told() {
        assert_eq!(
            plain_text(Value::Text(" GITHUB\u{a0}"), Kind::Type),
            CellText::Trimmed("GITHUB")
        );
    }

    #[test]
    fn white_space_around_a_secret_is_a_problem() {
        let code = code(&secret_text(Value::Text("tok ")));
        assert_eq!(code, Some(Code::SecretHasSpaces));
    }

    #[test]
    fn a_number_is_no_secret_and_text_elsewhere() {
        let number = number(1_000_010_100.0, false);
        assert_eq!(code(&secret_text(number)), Some(Code::SecretIsNumber));
        assert_eq!(
            plain_text(number, Kind::Ids),
            CellText::Text("1000010100".into())
        );
    }

    #[test]
    fn a_zero_width_space_is_named_by_its_code_point() {
        let CellText::Bad(problem) = plain_text(Value::Text("git\u{200b}hub"), Kind::Text) else {
            panic!("it is bad")
        };
        assert!(problem.message.contains("U+200B"));
    }
}
