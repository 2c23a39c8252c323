use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::seconds;
use crate::cli::args::PaceArgs;

/// How long Jira is given to show what it created, unless somebody says otherwise.
const SETTLE: Duration = Duration::from_secs(30);

/// How fast to send and how long to try.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct PaceSettings {
    pub concurrency: usize,
    /// Most requests a second.
    pub rate: Option<f64>,
    pub max_wait: Duration,
    /// How often a row is sent again that was settled as absent.
    pub retries: u32,
    /// How long Jira is given to show what it created.
    pub settle: Duration,
    /// How many rows may fail before sending stops; none: any number.
    pub max_failures: Option<NonZeroU32>,
}

impl From<PaceArgs> for PaceSettings {
    fn from(args: PaceArgs) -> Self {
        Self {
            concurrency: usize::from(args.concurrency),
            rate: args.rate,
            max_wait: args.max_wait,
            retries: args.retries,
            settle: args.settle.unwrap_or(SETTLE),
            max_failures: args.max_failures,
        }
    }
}

impl PaceSettings {
    /// For a command that only reads.
    pub(crate) fn of_reading() -> Self {
        Self {
            concurrency: 1,
            rate: None,
            max_wait: Duration::from_mins(1),
            retries: 0,
            settle: Duration::ZERO,
            max_failures: None,
        }
    }

    /// What is in force, for the report.
    pub(crate) fn options(&self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::from([
            ("concurrency".to_owned(), self.concurrency.to_string()),
            ("max_wait".to_owned(), seconds(self.max_wait)),
            ("retries".to_owned(), self.retries.to_string()),
            ("settle".to_owned(), seconds(self.settle)),
        ]);
        if let Some(rate) = self.rate {
            options.insert("rate".to_owned(), in_words(rate));
        }
        if let Some(most) = self.max_failures {
            options.insert("max_failures".to_owned(), most.to_string());
        }
        options
    }
}

/// `5/s`, or per minute or hour where that is the rounder number.
fn in_words(rate: f64) -> String {
    let units = [(rate, 's'), (rate * 60.0, 'm'), (rate * 3600.0, 'h')];
    let is_round = |rate: f64| (rate - rate.round()).abs() < 1e-6;
    let (rate, unit) = units
        .into_iter()
        .find(|(rate, _)| *rate >= 1.0 && is_round(*rate))
        .unwrap_or(units[0]);
    if is_round(rate) {
        format!("{}/{unit}", rate.round())
    } else {
        format!("{rate}/{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_as_people_say_it() {
        for (rate, words) in [
            (5.0, "5/s"),
            (0.5, "30/m"),
            (1.0 / 3.0, "20/m"),
            (0.002, "0.002/s"),
            (2.5, "150/m"),
        ] {
            assert_eq!(in_words(rate), words);
        }
    }
}
