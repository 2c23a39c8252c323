//! Two small charts of a run as SVG: how many rows Jira answered, and how long the answers took.

use std::fmt::Write as _;

use super::value::ReportRow;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 170.0;
/// Room for the labels at the left and below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 20.0;
const MAX_BUCKETS: usize = 80;

/// The answers of equal spans of time.
struct Buckets {
    /// The length of a span in seconds.
    seconds: f64,
    /// How long each answer took, in milliseconds, in order.
    times: Vec<Vec<u64>>,
}

/// Both charts; none if nothing was sent.
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of rows and milliseconds are far below 2^52"
)]
pub(super) fn charts(rows: &[ReportRow]) -> Option<String> {
    let buckets = Buckets::of(rows)?;
    let rates = buckets.times.iter();
    let rates: Vec<f64> = rates
        .map(|times| times.len() as f64 / buckets.seconds)
        .collect();
    let of_each = |pick: fn(&[u64]) -> u64| -> Vec<f64> {
        let times = buckets.times.iter();
        times.map(|times| pick(times) as f64).collect()
    };
    let median = of_each(|times| times.get(times.len() / 2).copied().unwrap_or_default());
    let longest = of_each(|times| times.last().copied().unwrap_or_default());
    let whole = buckets.seconds * buckets.times.len() as f64;
    let throughput = chart(
        "Throughput",
        "answers per second",
        whole,
        &[("curve", &rates)],
    );
    let latency = [("worst", &*longest), ("curve", &*median)];
    let latency = chart(
        "Latency",
        "ms per request: median, and the longest above it",
        whole,
        &latency,
    );
    Some(throughput + &latency)
}

impl Buckets {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds of a run, and indices that are within bounds"
    )]
    fn of(rows: &[ReportRow]) -> Option<Self> {
        let answers = rows.iter().filter_map(|row| {
            let ms = row.duration_ms?;
            let began = row.started?.as_millisecond();
            Some((began.saturating_add(i64::try_from(ms).ok()?), began, ms))
        });
        let answers: Vec<(i64, i64, u64)> = answers.collect();
        let first = answers.iter().map(|(_, began, _)| *began).min()?;
        let last = answers.iter().map(|(ended, ..)| *ended).max()?;
        let span = last.saturating_sub(first).max(1) as f64;
        let number = (answers.len() / 4).clamp(1, MAX_BUCKETS);
        let mut times = vec![Vec::new(); number];
        for (ended, _, ms) in answers {
            let at = ended.saturating_sub(first) as f64 / span * number as f64;
            times[(at as usize).min(number - 1)].push(ms);
        }
        for times in &mut times {
            times.sort_unstable();
        }
        Some(Self {
            seconds: span / 1000.0 / number as f64,
            times,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are at most 80 points")]
fn chart(title: &str, unit: &str, seconds: f64, lines: &[(&str, &[f64])]) -> String {
    let values = lines.iter().flat_map(|(_, values)| values.iter().copied());
    let top = ceiling(values.fold(0.0, f64::max));
    let floor = HEIGHT - BELOW;
    let y = |value: f64| floor - value / top * (floor - 8.0);
    let mut svg = format!(
        "<figure><figcaption>{title} <small>{unit}</small></figcaption>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}: {unit}, at most {top}\">"
    );
    for part in [0.0, 0.5, 1.0] {
        let (value, y) = (top * part, y(top * part));
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    for (class, values) in lines {
        let step = (WIDTH - LEFT) / values.len().max(1) as f64;
        let mut path = String::new();
        for (at, value) in values.iter().enumerate() {
            let (left, y) = (LEFT + step * at as f64, y(*value));
            let start = if at == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{start}{left:.1} {y:.1}H{:.1}", left + step);
        }
        if *class == "curve" {
            let _ = write!(svg, "<path class=\"area\" d=\"{path}V{floor}H{LEFT}Z\"/>");
        }
        let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
    }
    let _ = write!(
        svg,
        "<text x=\"{LEFT}\" y=\"{y}\">0 s</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{seconds:.1} s</text></svg></figure>",
        y = HEIGHT - 4.0
    );
    svg
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
        assert!(charts(&dummy::run().rows).is_some());
        assert!(charts(&dummy::check().rows).is_none());
    }
}
