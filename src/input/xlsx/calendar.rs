//! Dates, times and durations as ISO 8601 writes them.

use calamine::ExcelDateTime;

/// The days that Excel has dates for, in the system that begins in 1900.
const DAYS: f64 = 2_958_466.0;

/// The text of a date, a time of day or a duration; none if Excel could not show it either.
pub(super) fn iso_text(moment: ExcelDateTime) -> Option<String> {
    let days = moment.as_f64();
    if moment.is_duration() {
        return duration(days);
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

fn duration(days: f64) -> Option<String> {
    const MILLIS_OF_DAY: f64 = 86_400_000.0;
    if !days.is_finite() || days.abs() >= DAYS {
        return None;
    }
    let sign = if days < 0.0 { "-" } else { "" };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and far below the largest"
    )]
    let millis = (days.abs() * MILLIS_OF_DAY).round() as u64;
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let minutes = match minutes + seconds + millis {
        0 => String::new(),
        _ => format!("{minutes}M"),
    };
    let seconds = match (seconds, millis) {
        (0, 0) => String::new(),
        (_, 0) => format!("{seconds}S"),
        _ => format!("{seconds}.{millis:03}S"),
    };
    Some(format!("{sign}PT{hours}H{minutes}{seconds}"))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

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
    fn durations_count_hours_on() {
        let of = |days| {
            iso_text(ExcelDateTime::new(
                days,
                ExcelDateTimeType::TimeDelta,
                false,
            ))
        };
        assert_eq!(of(1.5).unwrap(), "PT36H");
        assert_eq!(of(0.5 + 90.0 / 86400.0).unwrap(), "PT12H1M30S");
        assert_eq!(of(-1.0 / 24.0).unwrap(), "-PT1H");
        assert_eq!(of(1e300), None);
    }
}
