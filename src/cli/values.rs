//! Parsers for the values of options.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::SignedDuration;

use crate::validate::RowRange;

/// One of a few words, each with its value.
pub(super) fn one_of<T: Clone + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(choices.iter().map(|(word, _)| *word)).try_map(move |given| {
        let choice = choices.iter().find(|(word, _)| *word == given);
        choice
            .map(|(_, value)| value.clone())
            .ok_or("unknown value")
    })
}

/// One character, or `tab`.
pub(super) fn delimiter(text: &str) -> Result<char, String> {
    match text {
        "tab" | "\\t" | "\t" => Ok('\t'),
        "," => Ok(','),
        ";" => Ok(';'),
        "|" => Ok('|'),
        _ => Err("use one of `,` `;` `|` and `tab`".to_owned()),
    }
}

pub(super) fn encoding(text: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(text.as_bytes())
        .ok_or_else(|| "unknown encoding; use utf-8, utf-16le, utf-16be or windows-1252".to_owned())
}

/// Longer times would overflow the clock.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// `90s`, `10m`, `500ms`, `1h`, at most a year; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map(SignedDuration::from_secs);
    let time = seconds.ok().or_else(|| text.parse().ok());
    let time = time
        .and_then(|time| Duration::try_from(time).ok())
        .ok_or("use a number and a unit, such as `90s`, `10m` or `500ms`")?;
    if time > LONGEST {
        return Err("use at most a year, `8760h`".to_owned());
    }
    Ok(time)
}

/// A time, or `never`.
pub(super) fn time_or_never(text: &str) -> Result<Option<Duration>, String> {
    match text {
        "never" => Ok(None),
        time => duration(time).map(Some),
    }
}

/// `5/s`, `0.5/s`, `300/m`; a bare number is per second. In requests per second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => f64::NAN,
    };
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let rate = number.parse::<f64>().unwrap_or(f64::NAN) / seconds;
    if is_plain && rate.is_finite() && rate > 0.0 {
        Ok(rate)
    } else {
        Err("use a number above zero and a unit, such as `5/s` or `300/m`".to_owned())
    }
}

/// `Azure!34`: one row.
pub(super) fn one_row(text: &str) -> Result<RowRange, String> {
    let rows = RowRange::parse_list(text)?;
    match <[RowRange; 1]>::try_from(rows) {
        Ok([row]) if row.is_one_row() => Ok(row),
        _ => Err("this is more than one row; repeat the option for each row".to_owned()),
    }
}

/// A path that holds from another directory too, for a resume.
pub(super) fn full_path(text: &str) -> Result<PathBuf, String> {
    std::path::absolute(text).map_err(|error| error.to_string())
}

/// The value of an environment variable; a blank one counts as not set.
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// `Azure!34=611`: a row and the id of an integration.
pub(super) fn row_and_id(text: &str) -> Result<(RowRange, i64), String> {
    let sides = text.rsplit_once('=');
    let (row, id) = sides
        .and_then(|(row, id)| Some((row, id.trim().parse().ok()?)))
        .ok_or("use a row and the id in Jira, such as 'Azure!34=611' or repos.csv:34=611")?;
    Ok((one_row(row)?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_for_a_second_a_minute_or_an_hour() {
        for (text, per_second) in [
            ("5/s", 5.0),
            ("5", 5.0),
            ("0.5/s", 0.5),
            ("300/m", 5.0),
            ("3600/h", 1.0),
        ] {
            assert_eq!(rate(text), Ok(per_second), "{text}");
        }
        for wrong in [
            "", "/s", "0", "0/s", "0.0", "-1", "-5/s", "5/d", "5/s/s", "nan", "inf", "1e3", "five",
        ] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        for wrong in [
            "",
            "s",
            "5d",
            "18446744073709551615h",
            "9223372036854775807",
            "8761h",
            "-1s",
            "-1",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn indexing_can_be_never() {
        assert_eq!(time_or_never("never"), Ok(None));
        assert_eq!(time_or_never("2s"), Ok(Some(Duration::from_secs(2))));
        assert!(time_or_never("always").is_err());
    }
}
