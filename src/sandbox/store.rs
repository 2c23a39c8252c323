//! The integrations of the simulated Jira. The time is a parameter, in milliseconds since 1970.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use super::faults::Fault;
use super::integration::{Creation, Integration, SeedError};

/// The time.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[derive(Debug)]
struct Row {
    /// When lists begin to show it.
    listed_from: i64,
    /// When it will be indexed; `None` if it never will be, or was.
    indexed_from: Option<i64>,
    integration: Integration,
}

/// All integrations, and what has been deleted but is still listed.
#[derive(Debug)]
pub(super) struct Store {
    rows: BTreeMap<u64, Row>,
    next_id: u64,
    list_lag: i64,
    /// Until when lists show them.
    gone: VecDeque<(i64, Integration)>,
    /// The ids of what was created by requests.
    created: BTreeSet<u64>,
    frozen: Option<Vec<Integration>>,
    index_after: Option<i64>,
    /// Integrations that find no repositories.
    blind: BTreeSet<u64>,
    /// The fault of the request that is carried out.
    pub fault: Option<Fault>,
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl Store {
    pub(super) fn new(list_lag: Duration, index_after: Option<Duration>) -> Self {
        Self {
            rows: BTreeMap::new(),
            next_id: 1,
            list_lag: millis(list_lag),
            gone: VecDeque::new(),
            created: BTreeSet::new(),
            frozen: None,
            index_after: index_after.map(millis),
            blind: BTreeSet::new(),
            fault: None,
        }
    }

    /// Creates an integration.
    pub(super) fn create(&mut self, creation: &Creation, now: i64) -> &Integration {
        let mut integration = creation.integration(self.next_id, now);
        match self.fault {
            Some(Fault::OwnForm | Fault::Unconfirmed) => integration.store_in_own_form(),
            Some(Fault::RestrictionIgnored) => integration.global = true,
            Some(Fault::ReusedId) => {
                let mut ids = 1..;
                integration.id = ids.find(|id| !self.rows.contains_key(id)).unwrap_or(1);
            }
            _ => {}
        }
        let id = integration.id;
        self.insert(integration, now, now.saturating_add(self.list_lag));
        self.created.insert(id);
        &self.rows[&id].integration
    }

    /// Puts one in that was there before; lists show it at once.
    pub(super) fn put(&mut self, seed: &Creation, now: i64) -> Result<&Integration, SeedError> {
        let integration = seed.integration(self.next_id, now);
        if self.rows.contains_key(&integration.id) {
            return Err(SeedError::Id);
        }
        Ok(self.insert(integration, now, now))
    }

    /// Restores what was held before; lists show it at once, and no id up to the last one is given again.
    pub(super) fn restore(&mut self, held: Vec<Integration>, last_id: u64, now: i64) {
        for integration in held {
            self.insert(integration, now, now);
        }
        self.next_id = self.next_id.max(last_id + 1);
    }

    fn insert(&mut self, integration: Integration, now: i64, listed_from: i64) -> &Integration {
        let id = integration.id;
        self.next_id = self.next_id.max(id + 1);
        let is_indexed = integration.disabled || integration.last_indexed_date.is_some();
        let indexed_from = self.index_after.filter(|_| !is_indexed);
        let row = Row {
            listed_from,
            indexed_from: indexed_from.map(|after| now.saturating_add(after)),
            integration,
        };
        &self.rows.entry(id).insert_entry(row).into_mut().integration
    }

    /// What a list shows.
    pub(super) fn list(&mut self, now: i64) -> Vec<Integration> {
        if let Some(frozen) = &self.frozen {
            return frozen.clone();
        }
        self.index(now);
        self.gone.retain(|(until, _)| *until > now);
        let listed = self.rows.values().filter(|row| row.listed_from <= now);
        let gone = self.gone.iter().map(|(_, integration)| integration);
        let mut list: Vec<_> = listed
            .map(|row| &row.integration)
            .chain(gone)
            .cloned()
            .collect();
        list.sort_by_key(|integration| integration.id);
        match self.fault {
            Some(Fault::StaleList) => list.retain(|shown| !self.created.contains(&shown.id)),
            Some(Fault::RoundedDates) => {
                for shown in &mut list {
                    shown.init_date -= shown.init_date % 1000;
                }
            }
            Some(Fault::BareList) => {
                for shown in &mut list {
                    shown.integration_type.clear();
                    shown.origin.clear();
                }
            }
            Some(Fault::RepeatedList) => list.extend(list.clone()),
            _ => {}
        }
        list
    }

    /// From now on lists show what they show now.
    pub(super) fn freeze_list(&mut self, now: i64) {
        self.frozen = None;
        self.frozen = Some(self.list(now));
    }

    /// Lists show the truth again.
    pub(super) fn thaw_list(&mut self) {
        self.frozen = None;
    }

    /// One integration, whether lists show it or not.
    pub(super) fn get(&mut self, id: u64, now: i64) -> Option<&Integration> {
        self.index(now);
        self.rows.get(&id).map(|row| &row.integration)
    }

    /// Changes one, if it is there.
    pub(super) fn update(
        &mut self,
        id: u64,
        now: i64,
        change: impl FnOnce(&Integration) -> Integration,
    ) -> Option<&Integration> {
        self.index(now);
        let row = self.rows.get_mut(&id)?;
        let was_disabled = row.integration.disabled;
        row.integration = change(&row.integration);
        match self.fault {
            Some(Fault::OwnForm) => row.integration.store_in_own_form(),
            Some(Fault::RestrictionIgnored) => row.integration.global = true,
            Some(Fault::DisabledIgnored) => row.integration.disabled = was_disabled,
            _ => {}
        }
        let is_due = !row.integration.disabled && row.integration.last_indexed_date.is_none();
        let due = self.index_after.map(|after| now.saturating_add(after));
        row.indexed_from = row.indexed_from.or(due).filter(|_| is_due);
        Some(&row.integration)
    }

    /// The integration finds no repositories.
    pub(super) fn find_nothing(&mut self, id: u64) {
        self.blind.insert(id);
    }

    /// What all integrations have found so far.
    pub(super) fn repositories(&mut self, now: i64) -> Vec<Value> {
        self.index(now);
        let rows = self.rows.values().map(|row| &row.integration);
        let finding = rows.filter(|integration| !self.blind.contains(&integration.id));
        finding.flat_map(Integration::repositories).collect()
    }

    /// Deletes one; false if it is not there.
    pub(super) fn delete(&mut self, id: u64, now: i64) -> bool {
        let Some(row) = self.rows.remove(&id) else {
            return false;
        };
        if row.listed_from <= now {
            let until = now.saturating_add(self.list_lag);
            self.gone.push_back((until, row.integration));
        }
        true
    }

    /// Everything that is there, whether lists show it or not.
    pub(super) fn all(&mut self, now: i64) -> Vec<Integration> {
        self.index(now);
        let rows = self.rows.values();
        rows.map(|row| row.integration.clone()).collect()
    }

    /// Marks what has been indexed in the meantime.
    fn index(&mut self, now: i64) {
        for row in self.rows.values_mut() {
            if row.indexed_from.is_some_and(|due| due <= now) {
                row.indexed_from = None;
                row.integration.last_indexed_date = Some(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LAG_MS: i64 = 5000;
    const LAG: Duration = Duration::from_millis(LAG_MS.unsigned_abs());

    fn creation() -> Creation {
        Creation::read(br#"{"type":"GITLAB","pat":"p","displayName":"one"}"#)
            .ok()
            .unwrap()
    }

    fn ids(list: &[Integration]) -> Vec<u64> {
        list.iter().map(|integration| integration.id).collect()
    }

    #[test]
    fn a_lagging_list_shows_creations_and_deletions_late() {
        let (mut store, now) = (Store::new(LAG, None), 0);
        store.create(&creation(), now);
        assert!(store.list(now).is_empty());
        assert!(store.get(1, now).is_some(), "it is there all the same");
        let then = now + LAG_MS;
        assert_eq!(ids(&store.list(then)), [1]);
        assert!(store.delete(1, then));
        assert_eq!(ids(&store.list(then)), [1]);
        assert!(store.list(then + LAG_MS).is_empty());
    }

    #[test]
    fn a_frozen_list_stays_as_it_was() {
        let (mut store, now) = (Store::new(Duration::ZERO, None), 0);
        store.create(&creation(), now);
        store.freeze_list(now);
        store.create(&creation(), now);
        store.delete(1, now);
        assert_eq!(ids(&store.list(now)), [1]);
        store.thaw_list();
        assert_eq!(ids(&store.list(now)), [2]);
    }

    #[test]
    fn indexing_follows_creation() {
        let (mut store, now) = (Store::new(Duration::ZERO, Some(LAG)), 0);
        assert_eq!(store.create(&creation(), now).last_indexed_date, None);
        assert_eq!(store.get(1, now).unwrap().last_indexed_date, None);
        let then = now + LAG_MS;
        assert_eq!(store.get(1, then).unwrap().last_indexed_date, Some(then));
    }

    #[test]
    fn what_is_disabled_is_never_indexed() {
        let (mut store, now) = (Store::new(Duration::ZERO, Some(Duration::ZERO)), 0);
        store
            .put(
                &Creation::of_seed(&json!({"type": "AZURE", "disabled": true}))
                    .ok()
                    .unwrap(),
                now,
            )
            .unwrap();
        assert_eq!(store.get(1, now).unwrap().last_indexed_date, None);
    }

    #[test]
    fn ids_are_never_given_twice() {
        let (mut store, now) = (Store::new(Duration::ZERO, None), 0);
        store
            .put(
                &Creation::of_seed(&json!({"integrationType": "AZURE", "id": 7}))
                    .ok()
                    .unwrap(),
                now,
            )
            .unwrap();
        assert!(store.delete(7, now));
        assert_eq!(store.create(&creation(), now).id, 8);
    }
}
