//! What makes a row the same row, in the sheet and in Jira.

use serde::{Deserialize, Serialize};

use super::integration_type::{IntegrationType, OriginRule};
use super::origin::{Origin, normalise};

/// The origin within a key, normalised. A journal has it as text, or null for any: the row leaves it blank, and what Jira then
/// shows is not documented.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct OriginKey(pub Option<String>);

impl OriginKey {
    /// The key's origin for a row of this type with this origin.
    pub fn of(integration_type: IntegrationType, origin: Option<&Origin>) -> Self {
        Self(Self::exact(integration_type, origin).map(str::to_owned))
    }

    /// The same without a copy; none for any origin.
    pub fn exact(integration_type: IntegrationType, origin: Option<&Origin>) -> Option<&str> {
        match (origin, integration_type.spec().origin) {
            (Some(origin), _) => Some(origin.normalised()),
            (None, OriginRule::UrlOr(shown)) => Some(shown),
            (None, _) => None,
        }
    }

    /// Whether an origin that Jira shows for an integration of this type is this one. A Jira that shows none means the vendor's
    /// own.
    pub fn matches(&self, integration_type: IntegrationType, shown: Option<&str>) -> bool {
        let shown = match shown {
            Some(shown) => Some(normalise(integration_type, shown)),
            None => Self::of(integration_type, None).0,
        };
        self.0.is_none() || self.0 == shown
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
