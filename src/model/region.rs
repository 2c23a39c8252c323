//! AWS regions.

use thiserror::Error;

/// The regions that the vendor's manual lists (page "REST API: Integrations", `awsRegion`; its `ap-outh-1` is a misprint).
const LISTED: [&str; 26] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-south-1",
    "ap-south-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ca-central-1",
    "eu-central-1",
    "eu-central-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-south-1",
    "eu-south-2",
    "eu-north-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
];

/// An AWS region, listed by the vendor or at least shaped like one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Region(Box<str>);

/// The text is not shaped like a region.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an AWS region")]
pub(crate) struct RegionError;

impl Region {
    /// Reads a region; new ones, which the vendor's list does not have yet, pass if they are shaped like one.
    ///
    /// # Errors
    ///
    /// [`RegionError`] if it is neither listed nor shaped like `eu-west-1`.
    pub(crate) fn parse(text: &str) -> Result<Self, RegionError> {
        if LISTED.contains(&text) || is_shaped_like_one(text) {
            Ok(Self(text.into()))
        } else {
            Err(RegionError)
        }
    }

    /// Whether the vendor's manual lists it.
    pub(crate) fn is_listed(&self) -> bool {
        LISTED.contains(&&*self.0)
    }

    /// The regions that the manual lists.
    pub(crate) fn listed() -> &'static [&'static str] {
        &LISTED
    }

    /// The region's name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `xx-word-1`, with a further word between as in `us-gov-west-1`.
fn is_shaped_like_one(text: &str) -> bool {
    const DIRECTIONS: [&str; 9] = [
        "north",
        "northeast",
        "northwest",
        "east",
        "west",
        "south",
        "southeast",
        "southwest",
        "central",
    ];
    let parts: Vec<&str> = text.split('-').collect();
    let [area, .., direction, number] = parts.as_slice() else {
        return false;
    };
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    (3..=4).contains(&parts.len())
        && area.len() == 2
        && parts[..parts.len() - 1].iter().all(is_word)
        && DIRECTIONS.contains(direction)
        && number.len() == 1
        && number.bytes().all(|b| (b'1'..=b'9').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_region_is_listed() {
        assert!(Region::parse("eu-central-1").unwrap().is_listed());
    }

    #[test]
    fn a_newer_region_passes_unlisted() {
        for new in ["ca-west-1", "us-gov-west-1", "ap-southeast-7"] {
            assert!(!Region::parse(new).unwrap().is_listed(), "{new}");
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
            assert_eq!(Region::parse(wrong), Err(RegionError), "{wrong}");
        }
    }
}
