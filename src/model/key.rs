//! What makes a row the same row, in the sheet and in Jira.

use super::integration_type::{IntegrationType, OriginRule};
use super::origin::{OriginView, normalise};

/// The origin within a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum OriginKey {
    /// A normalised origin.
    Exactly(Box<str>),
    /// The row leaves it blank and what Jira then shows is not documented: any origin matches.
    Any,
}

impl OriginKey {
    /// The key's origin for a row of type `of` whose origin is `origin`.
    pub fn of(of: IntegrationType, origin: Option<OriginView<'_>>) -> Self {
        Self::exact(of, origin).map_or(Self::Any, |origin| Self::Exactly(origin.into()))
    }

    /// The same without a key made of it; none for any origin.
    pub fn exact(of: IntegrationType, origin: Option<OriginView<'_>>) -> Option<&str> {
        match (origin, of.spec().origin) {
            (Some(origin), _) => Some(origin.normalised()),
            (None, OriginRule::UrlOr(shown)) => Some(shown),
            (None, _) => None,
        }
    }

    /// Whether an origin that Jira shows for an integration of type `of` is this one.
    pub fn matches(&self, of: IntegrationType, shown: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(ours) => is_shown_as(of, ours, shown),
        }
    }
}

/// Whether `shown` is what Jira shows for an integration of type `of` with the normalised origin `ours`.
pub(crate) fn is_shown_as(of: IntegrationType, ours: &str, shown: Option<&str>) -> bool {
    match shown {
        Some(shown) => normalise(of, shown) == ours,
        // A Jira that shows no origin means the vendor's own.
        None => matches!(of.spec().origin, OriginRule::UrlOr(default) if default == ours),
    }
}

/// What identifies an integration: type, normalised origin and display name. Names compare exactly. A row without a
/// display name has no key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordKey {
    /// The integration type.
    pub integration_type: IntegrationType,
    /// The origin.
    pub origin: OriginKey,
    /// The display name.
    pub display_name: Box<str>,
}
