//! The integrations of the simulated Jira. The time is a parameter; nothing here waits, and only lists take time that grows with the number
//! of integrations.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::integration::{Integration, Seed, SeedError};
use super::request::CreateRequest;

/// The time, on the clock that is compared and on the one that is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub instant: Instant,
    /// Milliseconds since 1970.
    pub shown: i64,
}

impl Now {
    pub(super) fn read() -> Self {
        Self {
            instant: Instant::now(),
            shown: jiff::Timestamp::now().as_millisecond(),
        }
    }
}

#[derive(Debug)]
struct Row {
    /// When lists begin to show it.
    listed_from: Instant,
    integration: Arc<Integration>,
}

/// All integrations, and what has been deleted but is still listed.
#[derive(Debug)]
pub(super) struct Store {
    rows: BTreeMap<u64, Row>,
    next_id: u64,
    list_lag: Duration,
    gone: VecDeque<(Instant, Arc<Integration>)>,
    frozen: Option<Vec<Arc<Integration>>>,
    index_after: Option<Duration>,
    /// Enabled and not indexed yet, by the time at which they will be.
    unindexed: VecDeque<(Instant, u64)>,
}

impl Store {
    pub(super) fn new(list_lag: Duration, index_after: Option<Duration>) -> Self {
        Self {
            rows: BTreeMap::new(),
            next_id: 1,
            list_lag,
            gone: VecDeque::new(),
            frozen: None,
            index_after,
            unindexed: VecDeque::new(),
        }
    }

    /// Creates an integration.
    pub(super) fn create(&mut self, request: &CreateRequest, now: Now) -> Arc<Integration> {
        let integration = Integration::new(self.next_id, now.shown, request.kind, &request.fields);
        self.insert(integration, now, now.instant + self.list_lag)
    }

    /// Puts one in that was there before; lists show it at once.
    pub(super) fn put(&mut self, seed: &Seed, now: Now) -> Result<Arc<Integration>, SeedError> {
        let id = seed.id.unwrap_or(self.next_id);
        if self.rows.contains_key(&id) {
            return Err(SeedError::Id);
        }
        let integration = seed.integration(id, seed.init_date.unwrap_or(now.shown));
        Ok(self.insert(integration, now, now.instant))
    }

    /// Restores what was held before; lists show it at once, and no id up to the last one is given again.
    pub(super) fn restore(&mut self, held: Vec<Integration>, last_id: u64, now: Now) {
        for integration in held {
            self.insert(integration, now, now.instant);
        }
        self.next_id = self.next_id.max(last_id + 1);
    }

    fn insert(
        &mut self,
        integration: Integration,
        now: Now,
        listed_from: Instant,
    ) -> Arc<Integration> {
        let integration = Arc::new(integration);
        let id = integration.id;
        self.next_id = self.next_id.max(id + 1);
        if let (Some(after), false, None) = (
            self.index_after,
            integration.disabled,
            integration.last_indexed_date,
        ) {
            self.unindexed.push_back((now.instant + after, id));
        }
        self.rows.insert(
            id,
            Row {
                listed_from,
                integration: Arc::clone(&integration),
            },
        );
        integration
    }

    /// What a list shows.
    pub(super) fn list(&mut self, now: Now) -> Vec<Arc<Integration>> {
        if let Some(frozen) = &self.frozen {
            return frozen.clone();
        }
        self.index(now);
        while self
            .gone
            .front()
            .is_some_and(|(until, _)| *until <= now.instant)
        {
            self.gone.pop_front();
        }
        let listed = self
            .rows
            .values()
            .filter(|row| row.listed_from <= now.instant)
            .map(|row| &row.integration);
        let mut list: Vec<_> = listed
            .chain(self.gone.iter().map(|(_, integration)| integration))
            .cloned()
            .collect();
        // Nothing to do but for what is gone: the rest is in order.
        list.sort_by_key(|integration| integration.id);
        list
    }

    /// From now on lists show what they show now.
    pub(super) fn freeze_list(&mut self, now: Now) {
        self.frozen = None;
        self.frozen = Some(self.list(now));
    }

    /// Lists show the truth again.
    pub(super) fn thaw_list(&mut self) {
        self.frozen = None;
    }

    /// One integration, whether lists show it or not.
    pub(super) fn get(&mut self, id: u64, now: Now) -> Option<Arc<Integration>> {
        self.index(now);
        self.rows.get(&id).map(|row| Arc::clone(&row.integration))
    }

    /// Deletes one; false if it is not there.
    pub(super) fn delete(&mut self, id: u64, now: Now) -> bool {
        let Some(row) = self.rows.remove(&id) else {
            return false;
        };
        if self.list_lag > Duration::ZERO && row.listed_from <= now.instant {
            self.gone
                .push_back((now.instant + self.list_lag, row.integration));
        }
        true
    }

    /// Everything that is there, whether lists show it or not.
    pub(super) fn all(&mut self, now: Now) -> Vec<Integration> {
        self.index(now);
        self.rows
            .values()
            .map(|row| Integration::clone(&row.integration))
            .collect()
    }

    /// Marks what has been indexed in the meantime.
    fn index(&mut self, now: Now) {
        while let Some((_, id)) = self.unindexed.pop_front_if(|(due, _)| *due <= now.instant) {
            if let Some(row) = self.rows.get_mut(&id) {
                Arc::make_mut(&mut row.integration).last_indexed_date = Some(now.shown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LAG: Duration = Duration::from_secs(5);

    fn later(now: Now, by: Duration) -> Now {
        Now {
            instant: now.instant + by,
            shown: now.shown + i64::try_from(by.as_millis()).unwrap(),
        }
    }

    fn request() -> CreateRequest {
        super::super::request::parse(br#"{"type":"GITLAB","pat":"p","displayName":"one"}"#)
            .ok()
            .unwrap()
    }

    fn ids(list: &[Arc<Integration>]) -> Vec<u64> {
        list.iter().map(|integration| integration.id).collect()
    }

    #[test]
    fn a_lagging_list_shows_creations_and_deletions_late() {
        let (mut store, now) = (Store::new(LAG, None), Now::read());
        store.create(&request(), now);
        assert!(store.list(now).is_empty());
        assert!(store.get(1, now).is_some(), "it is there all the same");
        let then = later(now, LAG);
        assert_eq!(ids(&store.list(then)), [1]);
        assert!(store.delete(1, then));
        assert_eq!(ids(&store.list(then)), [1]);
        assert!(store.list(later(then, LAG)).is_empty());
    }

    #[test]
    fn a_frozen_list_stays_as_it_was() {
        let (mut store, now) = (Store::new(Duration::ZERO, None), Now::read());
        store.create(&request(), now);
        store.freeze_list(now);
        store.create(&request(), now);
        store.delete(1, now);
        assert_eq!(ids(&store.list(now)), [1]);
        store.thaw_list();
        assert_eq!(ids(&store.list(now)), [2]);
    }

    #[test]
    fn indexing_follows_creation() {
        let (mut store, now) = (Store::new(Duration::ZERO, Some(LAG)), Now::read());
        assert_eq!(store.create(&request(), now).last_indexed_date, None);
        assert_eq!(store.get(1, now).unwrap().last_indexed_date, None);
        let then = later(now, LAG);
        assert_eq!(
            store.get(1, then).unwrap().last_indexed_date,
            Some(then.shown)
        );
    }

    #[test]
    fn what_is_disabled_is_never_indexed() {
        let (mut store, now) = (
            Store::new(Duration::ZERO, Some(Duration::ZERO)),
            Now::read(),
        );
        store
            .put(
                &Seed::read(json!({"type": "AZURE", "disabled": true}))
                    .ok()
                    .unwrap(),
                now,
            )
            .unwrap();
        assert_eq!(store.get(1, now).unwrap().last_indexed_date, None);
    }

    #[test]
    fn ids_are_never_given_twice() {
        let (mut store, now) = (Store::new(Duration::ZERO, None), Now::read());
        store
            .put(
                &Seed::read(json!({"integrationType": "AZURE", "id": 7}))
                    .ok()
                    .unwrap(),
                now,
            )
            .unwrap();
        assert!(store.delete(7, now));
        assert_eq!(store.create(&request(), now).id, 8);
    }
}
