//! What makes a row the same row, in the sheet and in Jira.

use serde::{Deserialize, Serialize};

use super::integration_type::{IntegrationType, OriginRule};
use super::origin::{Origin, normalise};

/// The origin within a key. A journal has it as text, or null for any.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OriginKey {
    /// A normalised origin.
    Exactly(String),
    /// The row leaves it blank and what Jira then shows is not documented: any origin matches.
    Any,
}

impl OriginKey {
    /// The key's origin for a row of this type with this origin.
    pub fn of(integration_type: IntegrationType, origin: Option<&Origin>) -> Self {
        match Self::exact(integration_type, origin) {
            Some(origin) => Self::Exactly(origin.to_owned()),
            None => Self::Any,
        }
    }

    /// The same without a copy; none for any origin.
    pub fn exact(integration_type: IntegrationType, origin: Option<&Origin>) -> Option<&str> {
        match (origin, integration_type.spec().origin) {
            (Some(origin), _) => Some(origin.normalised()),
            (None, OriginRule::UrlOr(shown)) => Some(shown),
            (None, _) => None,
        }
    }

    /// The origin; none if any matches.
    pub fn as_exact(&self) -> Option<&str> {
        match self {
            Self::Exactly(origin) => Some(origin),
            Self::Any => None,
        }
    }

    /// Whether an origin that Jira shows for an integration of type `of` is this one.
    pub fn matches(&self, integration_type: IntegrationType, shown: Option<&str>) -> bool {
        let Self::Exactly(ours) = self else {
            return true;
        };
        match shown {
            Some(shown) => normalise(integration_type, shown) == *ours,
            // A Jira that shows no origin means the vendor's own.
            None => {
                matches!(integration_type.spec().origin, OriginRule::UrlOr(default) if default == ours)
            }
        }
    }
}

/// What identifies an integration: type, normalised origin and display name. Names compare exactly. A row without a
/// display name has no key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct RecordKey {
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    pub origin: OriginKey,
    #[serde(rename = "name")]
    pub display_name: String,
}
