//! The state that all connections of one sandbox share: small locks, none held while anything waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use tokio::sync::watch;

use super::access::Door;
use super::dice::Dice;
use super::log::{Log, Number};
use super::rate::Buckets;
use super::store::Store;
use super::{Condition, Config};

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
}

/// A panic while a lock was held leaves data that are good enough for a simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(config: Config, base: String) -> Self {
        Self {
            base,
            title: config.title,
            latency: config.latency,
            late_by: config.late_by,
            store: Mutex::new(Store::new(config.list_lag, config.index_after)),
            dice: Mutex::new(Dice::new(config.faults, config.fault_seed)),
            log: Mutex::default(),
            door: Mutex::new(Door::new(config.access)),
            buckets: config.rate.map(|limit| Mutex::new(Buckets::new(limit))),
            condition: Mutex::default(),
            late: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub fn dice(&self) -> MutexGuard<'_, Dice> {
        lock(&self.dice)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub fn door(&self) -> MutexGuard<'_, Door> {
        lock(&self.door)
    }

    pub fn buckets(&self) -> Option<MutexGuard<'_, Buckets>> {
        self.buckets.as_ref().map(lock)
    }

    pub fn condition(&self) -> Condition {
        lock(&self.condition).clone()
    }

    pub fn set_condition(&self, condition: Condition) {
        *lock(&self.condition) = condition;
    }

    /// Tells whoever watches that something happened.
    pub fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub fn violated(&self, number: Number, what: &str) {
        self.log().violated(number, what);
        self.changed();
    }

    /// Keeps a deed to be done late: after a while, or by [`Shared::do_all_late`], whichever is first.
    pub fn do_late(self: &Arc<Self>, deed: Deed) {
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
    pub fn do_all_late(&self) -> usize {
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
