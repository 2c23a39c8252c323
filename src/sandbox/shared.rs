//! The state that all connections of one sandbox share: small locks, none held while anything waits.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::response::Response;
use tokio::sync::watch;

use super::access::Door;
use super::dice::Dice;
use super::integration::Seed;
use super::log::{Log, Number};
use super::rate::Buckets;
use super::request::Wanted;
use super::state::{Line, State, StateFile};
use super::store::{Now, Store};
use super::{Condition, Config, Integration, SeedError};

/// What is carried out when a request is: it changes the store and makes the answer.
pub(super) type Deed = Box<dyn FnOnce(&Shared) -> Response + Send>;

/// Deeds whose client was cut off before they were done.
#[derive(Default)]
pub(super) struct Late {
    deeds: HashMap<u64, Deed>,
    next: u64,
}

pub(super) struct Shared {
    /// The base URL, without a trailing slash.
    pub base: String,
    pub title: String,
    pub latency: Duration,
    late_by: Duration,
    store: Mutex<Store>,
    dice: Mutex<Dice>,
    log: Mutex<Log>,
    door: Mutex<Door>,
    buckets: Option<Mutex<Buckets>>,
    condition: Mutex<Condition>,
    late: Mutex<Late>,
    changes: watch::Sender<u64>,
    state: Option<Mutex<StateFile>>,
    /// Why the state could not be written.
    failure: OnceLock<io::Error>,
    stop: watch::Sender<bool>,
    connections: AtomicUsize,
}

/// A connection that is open; it is counted until this is dropped.
pub(super) struct Open<'a>(&'a Shared);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::SeqCst);
        self.0.changed();
    }
}

/// A panic while a lock was held leaves data that are good enough for a simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What a sandbox starts with, and goes on from if it has a state.
    pub(super) fn new(config: Config, base: String, state: Option<(StateFile, State)>) -> Self {
        let mut store = Store::new(config.list_lag, config.index_after);
        let file = state.map(|(file, state)| {
            store.go_on(state.held, state.last_id, Now::read());
            Mutex::new(file)
        });
        let shared = Self {
            base,
            title: config.title,
            latency: config.latency,
            late_by: config.late_by,
            store: Mutex::new(store),
            dice: Mutex::new(Dice::new(config.faults, config.fault_seed)),
            log: Mutex::default(),
            door: Mutex::new(Door::new(config.access)),
            buckets: config.rate.map(|limit| Mutex::new(Buckets::new(limit))),
            condition: Mutex::default(),
            late: Mutex::default(),
            changes: watch::Sender::new(0),
            state: file,
            failure: OnceLock::new(),
            stop: watch::Sender::new(false),
            connections: AtomicUsize::new(0),
        };
        shared.record(&Line::opened(&shared.base));
        shared
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(super) fn dice(&self) -> MutexGuard<'_, Dice> {
        lock(&self.dice)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(super) fn door(&self) -> MutexGuard<'_, Door> {
        lock(&self.door)
    }

    pub(super) fn buckets(&self) -> Option<MutexGuard<'_, Buckets>> {
        self.buckets.as_ref().map(lock)
    }

    pub(super) fn condition(&self) -> Condition {
        lock(&self.condition).clone()
    }

    pub(super) fn set_condition(&self, condition: Condition) {
        *lock(&self.condition) = condition;
    }

    /// Tells whoever watches that something happened.
    pub(super) fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn violated(&self, number: Number, what: &str) {
        if let Some(violation) = self.log().violated(number, what) {
            self.record(&Line::Violation(violation));
        }
        self.changed();
    }

    /// Creates an integration.
    pub(super) fn create(&self, wanted: &Wanted) -> Arc<Integration> {
        // The lines are to come in the order of the deeds: so the store stays locked until the line is written.
        let mut store = self.store();
        let integration = store.create(wanted, Now::read());
        self.record(&Line::Created(&integration));
        integration
    }

    /// Puts one in that was there before.
    pub(super) fn put(&self, seed: &Seed) -> Result<u64, SeedError> {
        let mut store = self.store();
        let integration = store.put(seed, Now::read())?;
        self.record(&Line::Created(&integration));
        Ok(integration.id)
    }

    /// Deletes one; false if it is not there.
    pub(super) fn delete(&self, id: u64) -> bool {
        let mut store = self.store();
        let deleted = store.delete(id, Now::read());
        if deleted {
            self.record(&Line::Deleted { id });
        }
        deleted
    }

    /// Remembers what a request was answered with, or with `None` that it is not answered.
    pub(super) fn ended(&self, number: Number, status: Option<u16>) {
        if let Some(request) = self.log().ended(number, status) {
            self.record(&Line::Request(request));
        }
        self.changed();
    }

    /// Writes a line of the state, if that is asked for. If it cannot be written, the sandbox stops.
    fn record(&self, line: &Line<'_>) {
        // Nothing is written behind a line that may have come out torn.
        if self.failure.get().is_none()
            && let Some(state) = &self.state
            && let Err(error) = lock(state).append(line)
        {
            // An error says that something else went wrong first.
            let _ = self.failure.set(error);
            self.stop();
        }
    }

    /// Why the state could not be written.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }

    /// Gives the word to stop.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the word to stop is given.
    pub(super) async fn stopped(&self) {
        // The sender is here, so that there can be no error.
        drop(self.stop.subscribe().wait_for(|stop| *stop).await);
    }

    /// Counts a connection.
    pub(super) fn open(&self) -> Open<'_> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        Open(self)
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Keeps a deed to be done late: after a while, or by [`Shared::do_all_late`], whichever is first.
    pub(super) fn do_late(self: &Arc<Self>, deed: Deed) {
        let number = {
            let mut late = lock(&self.late);
            late.next += 1;
            let number = late.next;
            late.deeds.insert(number, deed);
            number
        };
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(shared.late_by).await;
            let deed = lock(&shared.late).deeds.remove(&number);
            shared.settle(deed);
        });
    }

    /// Does now what was to be done late.
    pub(super) fn do_all_late(&self) -> usize {
        let mut deeds: Vec<_> = lock(&self.late).deeds.drain().collect();
        deeds.sort_by_key(|(number, _)| *number);
        let count = deeds.len();
        self.settle(deeds.into_iter().map(|(_, deed)| deed));
        count
    }

    fn settle(&self, deeds: impl IntoIterator<Item = Deed>) {
        for deed in deeds {
            // Nobody is left to be answered.
            drop(deed(self));
        }
        self.changed();
    }
}
