//! Two small charts of a run: how many rows Jira answered, and how long the answers took. The template draws them.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of rows and milliseconds of a run are far below 2^52"
)]

use std::fmt::Write as _;

use super::value::ReportRow;

const MAX_SPANS: usize = 80;

/// A chart over the time of a run.
pub(super) struct Chart {
    pub title: &'static str,
    pub unit: &'static str,
    /// The value at the top.
    pub top: f64,
    pub seconds: f64,
    /// The paths of its curves with their classes.
    pub curves: Vec<(&'static str, String)>,
}

/// Both charts; none if nothing was sent.
pub(super) fn charts(rows: &[ReportRow]) -> Vec<Chart> {
    let answers = rows.iter().filter_map(|row| {
        let (began, ms) = (row.started?.as_millisecond(), row.duration_ms?);
        Some((began, began.saturating_add_unsigned(ms), ms))
    });
    let answers: Vec<(i64, i64, u64)> = answers.collect();
    let Some(first) = answers.iter().map(|(began, ..)| *began).min() else {
        return Vec::new();
    };
    let since = |at: i64| at.saturating_sub(first) as f64;
    let whole = answers.iter().map(|(_, ended, _)| since(*ended));
    let whole = whole.fold(1.0, f64::max);
    // How long the answers of equal spans of time took, in milliseconds.
    let spans = (answers.len() / 4).clamp(1, MAX_SPANS);
    let mut times = vec![Vec::new(); spans];
    for (_, ended, ms) in answers {
        let at = since(ended) / whole * spans as f64;
        times[(at as usize).min(spans - 1)].push(ms);
    }
    for times in &mut times {
        times.sort_unstable();
    }
    let seconds = whole / 1000.0;
    let curve = |value: &dyn Fn(&Vec<u64>) -> f64| times.iter().map(value).collect();
    let rate = curve(&|times| times.len() as f64 * spans as f64 / seconds);
    let median = curve(&|times| times.get(times.len() / 2).map_or(0.0, |ms| *ms as f64));
    let longest = curve(&|times| times.last().map_or(0.0, |ms| *ms as f64));
    let latency = "ms per request: median, and the longest above it";
    vec![
        chart(
            "Throughput",
            "answers per second",
            seconds,
            &[("curve", rate)],
        ),
        chart(
            "Latency",
            latency,
            seconds,
            &[("worst", longest), ("curve", median)],
        ),
    ]
}

fn chart(
    title: &'static str,
    unit: &'static str,
    seconds: f64,
    curves: &[(&'static str, Vec<f64>)],
) -> Chart {
    let values = curves.iter().flat_map(|(_, values)| values).copied();
    let top = ceiling(values.fold(0.0, f64::max));
    let curves = curves
        .iter()
        .map(|(class, values)| (*class, path(values, top)));
    Chart {
        title,
        unit,
        top,
        seconds,
        curves: curves.collect(),
    }
}

/// Steps between the lines that the template draws: from 44 to 640, and from 150 up to 8.
fn path(values: &[f64], top: f64) -> String {
    let step = (640.0 - 44.0) / values.len() as f64;
    let mut path = "M44 150".to_owned();
    for (n, value) in (1..).zip(values) {
        let (x, y) = (
            44.0 + step * f64::from(n),
            150.0 - value / top * (150.0 - 8.0),
        );
        let _ = write!(path, "V{y:.1}H{x:.1}");
    }
    path + "V150"
}

/// The next round number: 1, 2, 4, 5 or 10 times a power of ten, which half of it is short to write too.
fn ceiling(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    let factors = [1.0, 2.0, 4.0, 5.0, 10.0];
    let factor = factors.into_iter().find(|factor| factor * power >= value);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;

    #[test]
    fn the_scale_ends_in_a_round_number() {
        for (value, top) in [
            (0.0, 1.0),
            (0.3, 0.4),
            (7.0, 10.0),
            (31.0, 40.0),
            (100.0, 100.0),
        ] {
            assert!((ceiling(value) - top).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn without_an_answer_there_is_nothing_to_draw() {
        assert!(!charts(&dummy::run().rows).is_empty());
        assert!(charts(&dummy::check().rows).is_empty());
    }
}
