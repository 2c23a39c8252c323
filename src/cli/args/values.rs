//! How the values of options are written.

use std::time::Duration;

/// One character, or `tab`.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "," | ";" | "|" | "\t" => Ok(text.as_bytes()[0]),
        _ => Err("use one of `,` `;` `|` and `tab`".to_owned()),
    }
}

pub(super) fn encoding(text: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(text.as_bytes()).ok_or_else(|| {
        "that is no known encoding; use utf-8, utf-16le, utf-16be or windows-1252".to_owned()
    })
}

/// `90s`, `10m`, `500ms`, `1h`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| "write a number and a unit, such as `90s`, `10m` or `500ms`".to_owned())?;
    let millis = match &text[digits.len()..] {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        unit => return Err(format!("`{unit}` is no unit of time; use ms, s, m or h")),
    };
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| "that is too long".to_owned())
}

/// When an integration of the sandbox counts as indexed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum IndexAfter {
    Time(Duration),
    Never,
}

pub(super) fn index_after(text: &str) -> Result<IndexAfter, String> {
    if text == "never" {
        Ok(IndexAfter::Never)
    } else {
        duration(text).map(IndexAfter::Time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        for wrong in ["", "s", "1.5s", "5d", "18446744073709551615h", "-1s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn indexing_can_be_never() {
        assert_eq!(index_after("never"), Ok(IndexAfter::Never));
        assert_eq!(
            index_after("2s"),
            Ok(IndexAfter::Time(Duration::from_secs(2)))
        );
        assert!(index_after("always").is_err());
    }
}
