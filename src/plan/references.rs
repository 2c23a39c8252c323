use std::collections::BTreeMap;

use crate::model::{OriginRule, Row};
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
    pub(super) fn collect<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Self> {
        let mut uses: BTreeMap<(SecretReference, String), usize> = BTreeMap::new();
        for row in rows {
            for reference in row.record.references() {
                *uses.entry((reference.clone(), host_of(row))).or_default() += 1;
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

fn host_of(row: &Row) -> String {
    let integration_type = row.record.integration_type();
    if let Some(origin) = row.record.origin() {
        return origin.host().to_owned();
    }
    match integration_type.spec().origin {
        OriginRule::UrlOr(host) => host.to_owned(),
        _ => integration_type.product().to_owned(),
    }
}
