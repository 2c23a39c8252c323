//! The value of a cell, as it was meant.

use calamine::{DataRef, ExcelDateTime, Style};
use jiff::SignedDuration;

use crate::input::block::{SheetBlock, SheetValue};

/// How cells of a style show numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct NumberFormat {
    /// The fewest digits before the point.
    least_digits: u32,
    is_scientific: bool,
}

impl NumberFormat {
    pub(super) fn of_style(style: &Style) -> Self {
        let format = style.number_format.as_ref();
        format.map_or(Self::default(), |format| Self::parse(&format.format_code))
    }

    /// Reads a format such as `0000` or `0.00E+00`; the part for positive numbers counts.
    fn parse(code: &str) -> Self {
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

    /// Whether it shows other digits than the number has: zeros before them, or fewer.
    fn alters(self, number: f64) -> bool {
        let least = 10_f64.powi(i32::try_from(self.least_digits).unwrap_or(0) - 1);
        self.is_scientific || self.least_digits > 1 && number.abs() < least
    }
}

/// Puts a value into the block; none if the cell holds nothing.
pub(super) fn put(
    block: &mut SheetBlock,
    data: &DataRef<'_>,
    format: NumberFormat,
) -> Option<SheetValue> {
    let number = |value: f64| SheetValue::Number {
        value,
        is_altered: format.alters(value),
    };
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => SheetValue::Text(block.keep(text)?),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            SheetValue::Date(block.keep(text)?)
        }
        DataRef::SharedString(text) => SheetValue::Text(block.keep(text)?),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a workbook's numbers are doubles"
        )]
        DataRef::Int(value) => number(*value as f64),
        DataRef::Float(value) if value.is_finite() => number(*value),
        DataRef::Float(_) => SheetValue::Error(block.keep("#NUM!")?),
        DataRef::Bool(flag) => SheetValue::Flag(*flag),
        DataRef::DateTime(moment) => match iso_text(*moment) {
            Some(text) => SheetValue::Date(block.keep(&text)?),
            None => SheetValue::Error(block.keep("#####")?),
        },
        DataRef::Error(error) => SheetValue::Error(block.keep(&error.to_string())?),
    })
}

/// A date, a time of day or a duration as ISO 8601 writes it; none if Excel could not show it either.
fn iso_text(moment: ExcelDateTime) -> Option<String> {
    /// The days that Excel has dates for, in the system that begins in 1900.
    const DAYS: f64 = 2_958_466.0;
    const SECONDS_OF_DAY: f64 = 86_400.0;
    let days = moment.as_f64();
    if moment.is_duration() {
        let duration = (days.abs() < DAYS).then(|| (days * SECONDS_OF_DAY * 1000.0).round())?;
        #[expect(clippy::cast_possible_truncation, reason = "far below the largest")]
        let millis = duration as i64;
        return Some(SignedDuration::from_millis(millis).to_string());
    }
    if !(0.0..DAYS).contains(&days) {
        return None;
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = match milli {
        0 => String::new(),
        milli => format!(".{milli:03}"),
    };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    // Days count from 1, or from the day before which there is none.
    Some(if days < 1.0 {
        time
    } else if days.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    })
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn formats_that_pad_or_shorten_are_known() {
        for (code, number, is_altered) in [
            ("0000", 42.0, true),
            ("0000", 4242.0, false),
            ("00000-0000", 12_345.0, true),
            ("0.00E+00", 1.2e12, true),
            ("##0.0E+0", 5.0, true),
            ("General", 42.0, false),
            ("0", 0.0, false),
            ("0.00", 5.0, false),
            ("#,##0", 5.0, false),
            ("\"00\"0", 5.0, false),
            ("[$-409]0;-0000", 5.0, false),
            ("0\\0", 5.0, false),
        ] {
            let format = NumberFormat::parse(code);
            assert_eq!(format.alters(number), is_altered, "{code}");
        }
    }

    fn date(days: f64, is_1904: bool) -> Option<String> {
        iso_text(ExcelDateTime::new(
            days,
            ExcelDateTimeType::DateTime,
            is_1904,
        ))
    }

    #[test]
    fn dates_are_read_in_the_system_of_their_workbook() {
        assert_eq!(date(45943.0, false).unwrap(), "2025-10-13");
        assert_eq!(date(45943.5, false).unwrap(), "2025-10-13T12:00:00");
        assert_eq!(date(45943.541, false).unwrap(), "2025-10-13T12:59:02.400");
        assert_eq!(date(44481.0, true).unwrap(), "2025-10-13");
        assert_eq!(date(0.75, false).unwrap(), "18:00:00");
    }

    #[test]
    fn what_excel_cannot_show_is_no_date() {
        for days in [-1.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(date(days, false), None);
        }
    }

    #[test]
    fn durations_are_told_in_hours() {
        let duration = |days| {
            iso_text(ExcelDateTime::new(
                days,
                ExcelDateTimeType::TimeDelta,
                false,
            ))
        };
        assert_eq!(duration(1.5).unwrap(), "PT36H");
        assert_eq!(duration(0.5 + 90.0 / 86400.0).unwrap(), "PT12H1M30S");
        assert_eq!(duration(-1.0 / 24.0).unwrap(), "-PT1H");
        assert_eq!(duration(1e300), None);
    }
}
