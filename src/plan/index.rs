//! Jira's integrations, for finding those that match a row.

use std::collections::{BTreeSet, HashMap};

use crate::model::{IntegrationType, RemoteIntegration, Row};

pub(super) struct RemoteIndex<'a> {
    all: HashMap<i64, &'a RemoteIntegration>,
    pub by_name: HashMap<(IntegrationType, &'a str), Vec<&'a RemoteIntegration>>,
    pub by_type: HashMap<IntegrationType, Vec<&'a RemoteIntegration>>,
}

impl<'a> RemoteIndex<'a> {
    pub(super) fn new(remote: &'a [RemoteIntegration]) -> Self {
        let mut index = Self {
            all: HashMap::new(),
            by_name: HashMap::new(),
            by_type: HashMap::new(),
        };
        for integration in remote {
            index.all.entry(integration.id).or_insert(integration);
            let created = integration.created_as.as_ref();
            let created_type = created.map(|created| created.integration_type);
            let Some(integration_type) = integration.integration_type().or(created_type) else {
                continue;
            };
            let alike = index.by_type.entry(integration_type);
            alike.or_default().push(integration);
            let created_name = created.map(|created| created.display_name.as_str());
            let names = [integration.display_name.as_deref(), created_name];
            for name in names.into_iter().flatten().collect::<BTreeSet<_>>() {
                let alike = index.by_name.entry((integration_type, name));
                alike.or_default().push(integration);
            }
        }
        index
    }

    /// The integrations with the key of a row.
    pub(super) fn with_key(&self, row: &Row) -> Vec<&'a RemoteIntegration> {
        let Some(key) = row.record.key() else {
            return Vec::new();
        };
        let named = self
            .by_name
            .get(&(key.integration_type, key.display_name.as_str()));
        let named = named.into_iter().flatten().copied();
        named.filter(|remote| remote.has_key(&key)).collect()
    }

    /// The integrations that a row of an update may mean: the one of its id and type, else those of its key. Both, if it has
    /// an id and another integration has its key.
    pub(super) fn find(&self, row: &Row) -> Vec<&'a RemoteIntegration> {
        let type_name = row.record.integration_type().name();
        let with_id = row.id.and_then(|id| self.all.get(&id).copied());
        let with_id = with_id.filter(|remote| remote.may_have_type(Some(type_name)));
        let found = self.with_key(row);
        match with_id {
            Some(remote) if found.iter().any(|known| known.id == remote.id) => vec![remote],
            Some(remote) => std::iter::once(remote).chain(found).collect(),
            None => found,
        }
    }
}
