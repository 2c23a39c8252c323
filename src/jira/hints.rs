//! What an answer says about the rate limit.
//!
//! The four headers come from Atlassian's "Adjusting your code for rate limiting". They are hints: behind a load balancer
//! each node counts for itself, and a proxy may take them away or write others.

use std::time::Duration;

/// No interval between two refills is longer than this; what claims to be is no hint.
const LONGEST_INTERVAL: u64 = 24 * 60 * 60;

/// The rate limit as an answer tells it: a bucket of tokens, of which each request takes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateHints {
    /// The tokens that the bucket holds at most.
    pub limit: u32,
    /// The tokens that are left.
    pub remaining: u32,
    /// The tokens that come each interval, at least one.
    pub fill_rate: u32,
    /// The interval, at least one second.
    pub interval: Duration,
}

impl RateHints {
    /// Reads the headers, of which `header` gives the text by name; none if one is missing or makes no sense.
    pub(super) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let number = |name: &str| header(name)?.trim().parse::<u64>().ok();
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let fill_rate = number("x-ratelimit-fillrate").filter(|rate| *rate > 0)?;
        let interval = number("x-ratelimit-interval-seconds")
            .filter(|seconds| (1..=LONGEST_INTERVAL).contains(seconds))?;
        let remaining = number("x-ratelimit-remaining")?;
        let limit = number("x-ratelimit-limit").filter(|limit| *limit > 0)?;
        Some(Self {
            limit: small(limit),
            remaining: small(remaining.min(limit)),
            fill_rate: small(fill_rate),
            interval: Duration::from_secs(interval),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: [&str; 4]) -> Option<RateHints> {
        let names = ["limit", "remaining", "fillrate", "interval-seconds"];
        RateHints::read(|name| {
            let name = name.strip_prefix("x-ratelimit-")?;
            let at = names.iter().position(|known| *known == name)?;
            Some(headers[at]).filter(|text| *text != "none")
        })
    }

    #[test]
    fn the_four_headers_make_a_hint() {
        let hints = RateHints {
            limit: 100,
            remaining: 7,
            fill_rate: 20,
            interval: Duration::from_secs(1),
        };
        assert_eq!(read(["100", "7", "20", "1"]), Some(hints));
        assert_eq!(read([" 100", "7 ", "20", "1"]), Some(hints));
        let empty = RateHints {
            remaining: 0,
            ..hints
        };
        assert_eq!(read(["100", "0", "20", "1"]), Some(empty));
    }

    #[test]
    fn what_makes_no_sense_is_no_hint() {
        for headers in [
            ["none", "7", "20", "1"],
            ["100", "none", "20", "1"],
            ["100", "7", "none", "1"],
            ["100", "7", "20", "none"],
            ["0", "7", "20", "1"],
            ["100", "7", "0", "1"],
            ["100", "7", "20", "0"],
            ["100", "7", "20", "86401"],
            ["100", "-1", "20", "1"],
            ["100", "7", "2.5", "1"],
            ["100", "7, 7", "20", "1"],
            ["", "", "", ""],
            ["99999999999999999999999", "7", "20", "1"],
        ] {
            assert_eq!(read(headers), None, "{headers:?}");
        }
    }

    #[test]
    fn huge_numbers_are_brought_down() {
        let largest = u64::MAX.to_string();
        let hints = read([&largest, &largest, &largest, "86400"]).unwrap();
        assert_eq!((hints.limit, hints.fill_rate), (u32::MAX, u32::MAX));
        assert_eq!(read(["5", "9", "20", "1"]).unwrap().remaining, 5);
    }
}
