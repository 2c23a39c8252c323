//! AWS regions.

use std::sync::LazyLock;

use fancy_regex::Regex;

use super::nearest::nearest;

/// The regions that the vendor's manual lists (page "REST API: Integrations", `awsRegion`; its `ap-outh-1` is a misprint).
#[rustfmt::skip]
pub(crate) const LISTED_REGIONS: [&str; 26] = [
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-south-1", "ap-south-2",
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ca-central-1", "eu-central-1", "eu-central-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-south-1", "eu-south-2",
    "eu-north-1", "me-central-1", "me-south-1", "sa-east-1",
];

static REGION: LazyLock<Regex> = LazyLock::new(|| {
    let directions = "(north|south)?(east|west)|north|south|central";
    #[expect(
        clippy::expect_used,
        reason = "a pattern of our own, which a test uses"
    )]
    Regex::new(&format!("^[a-z]{{2}}(-[a-z]+)?-({directions})-[1-9]$"))
        .expect("a regular expression")
});

/// Whether a text is an AWS region: one that the vendor lists, or one shaped like those, such as `us-gov-west-1`, as AWS
/// opens new ones.
pub(crate) fn is_region(text: &str) -> bool {
    REGION.is_match(text).is_ok_and(|is_match| is_match)
}

/// The listed region that a text which is none was meant to be.
pub(crate) fn nearest_region(text: &str) -> Option<&'static str> {
    nearest(
        &text.to_lowercase(),
        LISTED_REGIONS.map(|region| (region, region)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_and_newer_regions_are_regions() {
        for region in LISTED_REGIONS {
            assert!(is_region(region), "{region}");
        }
        for new in ["ca-west-1", "us-gov-west-1", "ap-southeast-7"] {
            assert!(is_region(new), "{new}");
        }
    }

    #[test]
    fn what_is_not_shaped_like_a_region_is_none() {
        for wrong in [
            "eu-centrall-1",
            "frankfurt",
            "us-east",
            "EU-WEST-1",
            "ap-outh-1",
            "-east-1",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_misspelled_region_is_near_a_listed_one() {
        assert_eq!(nearest_region("EU-Centrall-1"), Some("eu-central-1"));
        assert_eq!(nearest_region("frankfurt"), None);
    }
}
