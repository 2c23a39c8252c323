//! The value of a cell, as it was meant.

use calamine::{DataRef, Style};

use super::calendar::iso_text;
use crate::input::block::{Display, SheetBlock, SheetValue};

/// How cells of a style show numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct NumberFormat {
    /// The fewest digits before the point.
    least_digits: u32,
    is_scientific: bool,
}

impl NumberFormat {
    /// The format of a style, if there is one.
    pub(super) fn of_style(style: Option<&Style>) -> Self {
        let format = style.and_then(|style| style.number_format.as_ref());
        format.map_or(Self::default(), |format| Self::of(&format.format_code))
    }

    /// Reads a format such as `0000` or `0.00E+00`; the part for positive numbers counts.
    fn of(code: &str) -> Self {
        let mut format = Self::default();
        let mut is_behind_point = false;
        let mut code = code.chars();
        while let Some(c) = code.next() {
            match c {
                '"' => while code.next().is_some_and(|c| c != '"') {},
                '[' => while code.next().is_some_and(|c| c != ']') {},
                '\\' | '_' | '*' => {
                    code.next();
                }
                ';' => break,
                '.' => is_behind_point = true,
                'E' | 'e' if matches!(code.clone().next(), Some('+' | '-')) => {
                    format.is_scientific = true;
                    break;
                }
                '0' if !is_behind_point => format.least_digits += 1,
                _ => {}
            }
        }
        format
    }

    fn display(self, number: f64) -> Display {
        let least = 10_f64.powi(i32::try_from(self.least_digits).unwrap_or(0) - 1);
        if self.is_scientific {
            Display::Scientific
        } else if self.least_digits > 1 && number.abs() < least {
            Display::ZeroPadded
        } else {
            Display::Plain
        }
    }
}

/// Puts a value into the block; none if the cell holds nothing.
pub(super) fn put(
    block: &mut SheetBlock,
    data: &DataRef<'_>,
    format: NumberFormat,
) -> Option<SheetValue> {
    let number = |value: f64| {
        if value.is_finite() {
            let display = format.display(value);
            Some(SheetValue::Number { value, display })
        } else {
            None
        }
    };
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => SheetValue::Text(block.keep(text)?),
        DataRef::SharedString(text) => SheetValue::Text(block.keep(text)?),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            SheetValue::Text(block.keep(text)?)
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a workbook's numbers are doubles"
        )]
        DataRef::Int(value) => number(*value as f64)?,
        DataRef::Float(value) => match number(*value) {
            Some(number) => number,
            None => SheetValue::Error(block.keep("#NUM!")?),
        },
        DataRef::Bool(flag) => SheetValue::Flag(*flag),
        DataRef::DateTime(moment) => match iso_text(*moment) {
            Some(text) => SheetValue::Text(block.keep(&text)?),
            None => SheetValue::Error(block.keep("#####")?),
        },
        DataRef::Error(error) => SheetValue::Error(block.keep(&error.to_string())?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_pad_or_shorten_are_known() {
        let padded = |code, number| NumberFormat::of(code).display(number);
        for (code, number, display) in [
            ("0000", 42.0, Display::ZeroPadded),
            ("0000", 4242.0, Display::Plain),
            ("00000-0000", 12_345.0, Display::ZeroPadded),
            ("0.00E+00", 1.2e12, Display::Scientific),
            ("##0.0E+0", 5.0, Display::Scientific),
            ("General", 42.0, Display::Plain),
            ("0", 0.0, Display::Plain),
            ("0.00", 5.0, Display::Plain),
            ("#,##0", 5.0, Display::Plain),
            ("\"00\"0", 5.0, Display::Plain),
            ("[$-409]0;-0000", 5.0, Display::Plain),
            ("0\\0", 5.0, Display::Plain),
        ] {
            assert_eq!(padded(code, number), display, "{code}");
        }
    }
}
