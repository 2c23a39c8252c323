//! What all connections of one sandbox share: small locks, none held while anything waits.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::response::Response;
use tokio::sync::watch;

use super::access::{Buckets, Logins};
use super::faults::FaultPicker;
use super::integration::Seed;
use super::record::{Log, RequestNumber, SavedState, StateFile, WrittenLine};
use super::request::CreateRequest;
use super::store::{Now, Store};
use super::{Condition, Config, Integration, SeedError};

/// What is carried out when a request is: it changes the store and makes the answer.
pub(super) type Effect = Box<dyn FnOnce(&SandboxState) -> Response + Send>;

/// Deeds whose client was cut off before they were done.
#[derive(Default)]
pub(super) struct LateEffects {
    effects: HashMap<u64, Effect>,
    next: u64,
}

pub(super) struct SandboxState {
    /// The base URL, without a trailing slash.
    pub base: String,
    pub title: String,
    pub latency: Duration,
    late_by: Duration,
    store: Mutex<Store>,
    picker: Mutex<FaultPicker>,
    log: Mutex<Log>,
    logins: Mutex<Logins>,
    buckets: Option<Mutex<Buckets>>,
    condition: Mutex<Condition>,
    late: Mutex<LateEffects>,
    changes: watch::Sender<u64>,
    state: Option<Mutex<StateFile>>,
    /// Why the state could not be written.
    failure: OnceLock<io::Error>,
    stop: watch::Sender<bool>,
    connections: AtomicUsize,
}

/// A connection that is open; it is counted until this is dropped.
pub(super) struct OpenConnection<'a>(&'a SandboxState);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::SeqCst);
        self.0.changed();
    }
}

/// A panic while a lock was held leaves data that are good enough for a simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SandboxState {
    /// The state of a new sandbox, or of one that has a state file.
    pub(super) fn new(
        config: Config,
        base: String,
        state: Option<(StateFile, SavedState)>,
    ) -> Self {
        let mut store = Store::new(config.list_lag, config.index_after);
        let file = state.map(|(file, state)| {
            store.restore(state.held, state.last_id, Now::read());
            Mutex::new(file)
        });
        let shared = Self {
            base,
            title: config.title,
            latency: config.latency,
            late_by: config.late_by,
            store: Mutex::new(store),
            picker: Mutex::new(FaultPicker::new(config.faults, config.fault_seed)),
            log: Mutex::default(),
            logins: Mutex::new(Logins::new(config.access)),
            buckets: config.rate.map(|limit| Mutex::new(Buckets::new(limit))),
            condition: Mutex::default(),
            late: Mutex::default(),
            changes: watch::Sender::new(0),
            state: file,
            failure: OnceLock::new(),
            stop: watch::Sender::new(false),
            connections: AtomicUsize::new(0),
        };
        shared.record(&WrittenLine::opened(&shared.base));
        shared
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(super) fn picker(&self) -> MutexGuard<'_, FaultPicker> {
        lock(&self.picker)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(super) fn logins(&self) -> MutexGuard<'_, Logins> {
        lock(&self.logins)
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

    /// Notifies watchers that something happened.
    pub(super) fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn violated(&self, number: RequestNumber, what: &str) {
        if let Some(violation) = self.log().violated(number, what) {
            self.record(&WrittenLine::Violation(violation));
        }
        self.changed();
    }

    /// Creates an integration.
    pub(super) fn create(&self, request: &CreateRequest) -> Arc<Integration> {
        // The store stays locked until the line is written, so that the lines are in the order of the changes.
        let mut store = self.store();
        let integration = store.create(request, Now::read());
        self.record(&WrittenLine::Created(&integration));
        integration
    }

    /// Puts one in that was there before.
    pub(super) fn put(&self, seed: &Seed) -> Result<u64, SeedError> {
        let mut store = self.store();
        let integration = store.put(seed, Now::read())?;
        self.record(&WrittenLine::Created(&integration));
        Ok(integration.id)
    }

    /// Deletes one; false if it is not there.
    pub(super) fn delete(&self, id: u64) -> bool {
        let mut store = self.store();
        let deleted = store.delete(id, Now::read());
        if deleted {
            self.record(&WrittenLine::Deleted { id });
        }
        deleted
    }

    /// Records the status of a request; `None` if it is not answered.
    pub(super) fn ended(&self, number: RequestNumber, status: Option<u16>) {
        if let Some(request) = self.log().ended(number, status) {
            self.record(&WrittenLine::Request(request));
        }
        self.changed();
    }

    /// Writes a line of the state, if that is asked for. If it cannot be written, the sandbox stops.
    fn record(&self, line: &WrittenLine<'_>) {
        // Nothing is written behind a line that may have come out torn.
        if self.failure.get().is_none()
            && let Some(state) = &self.state
            && let Err(error) = lock(state).append(line)
        {
            // An error means that another one came first.
            let _ = self.failure.set(error);
            self.stop();
        }
    }

    /// Why the state could not be written.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }

    /// Stops the sandbox.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the sandbox is to stop.
    pub(super) async fn stopped(&self) {
        // The sender is here, so that there can be no error.
        drop(self.stop.subscribe().wait_for(|stop| *stop).await);
    }

    /// Counts a connection.
    pub(super) fn open(&self) -> OpenConnection<'_> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        OpenConnection(self)
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Keeps an effect to be carried out late: after a while, or by [`SandboxState::do_all_late`], whichever is first.
    pub(super) fn do_late(self: &Arc<Self>, effect: Effect) {
        let number = {
            let mut late = lock(&self.late);
            late.next += 1;
            let number = late.next;
            late.effects.insert(number, effect);
            number
        };
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(shared.late_by).await;
            let effect = lock(&shared.late).effects.remove(&number);
            shared.settle(effect);
        });
    }

    /// Does now what was to be done late.
    pub(super) fn do_all_late(&self) -> usize {
        let mut effects: Vec<_> = lock(&self.late).effects.drain().collect();
        effects.sort_by_key(|(number, _)| *number);
        let count = effects.len();
        self.settle(effects.into_iter().map(|(_, effect)| effect));
        count
    }

    fn settle(&self, effects: impl IntoIterator<Item = Effect>) {
        for effect in effects {
            // Nobody is left to be answered.
            drop(effect(self));
        }
        self.changed();
    }
}
