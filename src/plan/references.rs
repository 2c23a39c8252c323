use std::collections::BTreeMap;

use super::make::{Action, PlannedRow};
use crate::model::{Field, Origin, OriginRule};
use crate::secret::SecretReference;

/// A reference to a secret and where its secret goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ReferenceUse {
    /// The reference as the sheet has it.
    pub reference: SecretReference,
    /// Scheme and host, or the product where the row leaves the origin to Jira.
    pub host: String,
    pub rows: usize,
}

impl ReferenceUse {
    /// The references of `rows`, one for each pair of reference and host.
    pub(super) fn collect<'a>(rows: impl Iterator<Item = &'a PlannedRow>) -> Vec<Self> {
        let mut uses: BTreeMap<(SecretReference, String), usize> = BTreeMap::new();
        for planned in rows {
            for reference in planned.row.record.references() {
                let host = host_of(planned);
                *uses.entry((reference.clone(), host)).or_default() += 1;
            }
        }
        uses.into_iter()
            .map(|((reference, host), rows)| Self {
                reference,
                host,
                rows,
            })
            .collect()
    }
}

fn host_of(planned: &PlannedRow) -> String {
    let record = &planned.row.record;
    let integration_type = record.integration_type();
    let shown = match &planned.action {
        Action::Update(change) if !change.changes(Field::Origin) => change.before.origin.as_deref(),
        _ => None,
    };
    let shown = shown.and_then(|origin| Origin::parse(integration_type, origin).ok());
    if let Some(origin) = shown.as_ref().or(record.origin()) {
        return origin.host().to_owned();
    }
    match integration_type.spec().origin {
        OriginRule::UrlOr(host) => host.to_owned(),
        _ => integration_type.product().to_owned(),
    }
}
