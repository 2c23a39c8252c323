//! What all connections of one sandbox share: the simulated Jira behind one lock, which is never held while anything waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use tokio::sync::watch;

use super::access::{Buckets, Logins};
use super::config::{Condition, Config};
use super::faults::FaultPicker;
use super::integration::{Creation, Integration, SeedError, Update};
use super::record::{Log, LoggedRequest, SavedState, StateFile, StateLine};
use super::store::{Store, now};

/// What is carried out when a request is: it changes the store and makes the answer.
pub(super) type Effect = Box<dyn FnOnce(&mut Simulation) -> Response + Send>;

/// The id of the first project.
const FIRST_PROJECT: u64 = 10_000;

/// Everything of the simulated Jira that changes.
pub(super) struct Simulation {
    pub store: Store,
    pub picker: FaultPicker,
    pub log: Log,
    pub logins: Logins,
    pub buckets: Option<Buckets>,
    pub condition: Condition,
    /// The keys of the projects, whose ids count up from the first.
    projects: Vec<String>,
    /// How many connections are open.
    pub connections: usize,
    /// Effects whose client was cut off before they were carried out; none once they are.
    late: Vec<Option<Effect>>,
    file: Option<StateFile>,
    /// Why the state file could not be written.
    pub failure: Option<String>,
}

impl Simulation {
    pub(super) fn create(&mut self, creation: &Creation) -> Integration {
        let integration = self.store.create(creation, now()).clone();
        self.record(&StateLine::Created(integration.clone()));
        integration
    }

    /// Puts one in that was there before.
    pub(super) fn put(&mut self, seed: &Creation) -> Result<u64, SeedError> {
        let integration = self.store.put(seed, now())?.clone();
        let id = integration.id;
        self.record(&StateLine::Created(integration));
        Ok(id)
    }

    /// Updates one, if it is there.
    pub(super) fn update(&mut self, id: u64, update: &Update) -> Option<Integration> {
        let resets_others = self.condition == Condition::UpdatesReset;
        self.log.updates.push((id, update.body()));
        self.changed(id, |old| update.applied_to(old, resets_others))
    }

    /// Disables or enables one, if it is there.
    pub(super) fn disable(&mut self, id: u64, disabled: bool) -> Option<Integration> {
        self.changed(id, |old| Integration {
            disabled,
            ..old.clone()
        })
    }

    fn changed(
        &mut self,
        id: u64,
        change: impl FnOnce(&Integration) -> Integration,
    ) -> Option<Integration> {
        let integration = self.store.update(id, now(), change)?.clone();
        self.record(&StateLine::Updated(integration.clone()));
        Some(integration)
    }

    /// Deletes one; false if it is not there.
    pub(super) fn delete(&mut self, id: u64) -> bool {
        let deleted = self.store.delete(id, now());
        if deleted {
            self.record(&StateLine::Deleted { id });
        }
        deleted
    }

    pub(super) fn violated(&mut self, number: usize, what: &str) {
        let LoggedRequest { method, path, .. } = &self.log.requests[number];
        let violation = format!("{method} {path}: {what}");
        self.log.violations.push(violation.clone());
        self.record(&StateLine::Violation(violation));
    }

    /// Records the status of a request; `None` if it is not answered.
    pub(super) fn ended(&mut self, number: usize, status: Option<u16>) {
        let request = &mut self.log.requests[number];
        request.status = status;
        let request = request.clone();
        self.record(&StateLine::Request(request));
    }

    /// The id of the project `key`; a new one if there is none yet.
    pub(super) fn add_project(&mut self, key: &str) -> u64 {
        if let Some((id, _)) = self.project(key) {
            return id;
        }
        self.projects.push(key.to_owned());
        FIRST_PROJECT + self.projects.len() as u64 - 1
    }

    /// Id and key of the project that has this key or id.
    pub(super) fn project(&self, key_or_id: &str) -> Option<(u64, String)> {
        let numbered = (FIRST_PROJECT..).zip(&self.projects);
        let mut found =
            numbered.filter(|(id, key)| *key == key_or_id || id.to_string() == key_or_id);
        found.next().map(|(id, key)| (id, key.clone()))
    }

    /// Writes a line of the state, if that is asked for. Nothing is written behind a line that may have come out torn.
    fn record(&mut self, line: &StateLine) {
        if let Some(file) = &mut self.file
            && let Err(error) = file.append(line)
        {
            self.failure = Some(error.to_string());
            self.file = None;
        }
    }

    /// Carries out now what was put off. Returns how many requests that were.
    pub(super) fn do_all_late(&mut self) -> usize {
        (0..self.late.len()).filter(|n| self.do_late(*n)).count()
    }

    /// Carries out the effect with this number, unless it was.
    fn do_late(&mut self, number: usize) -> bool {
        let effect = self.late[number].take();
        // Nobody is left to be answered.
        effect.map(|effect| effect(self)).is_some()
    }
}

pub(super) struct SandboxState {
    /// The base URL, without a trailing slash.
    pub base: String,
    pub latency: Duration,
    late_by: Duration,
    simulation: Mutex<Simulation>,
    changes: watch::Sender<u64>,
    stop: watch::Sender<bool>,
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
            store.restore(state.held, state.last_id, now());
            file
        });
        let mut simulation = Simulation {
            store,
            picker: FaultPicker::new(config.faults, config.fault_seed),
            log: Log::default(),
            logins: Logins::new(config.access),
            buckets: config.rate.map(Buckets::new),
            condition: Condition::default(),
            projects: ["ABC", "DEF", "OPS"].map(str::to_owned).to_vec(),
            connections: 0,
            late: Vec::new(),
            file,
            failure: None,
        };
        simulation.record(&StateLine::opened(&base));
        Self {
            base,
            latency: config.latency,
            late_by: config.late_by,
            simulation: Mutex::new(simulation),
            changes: watch::Sender::new(0),
            stop: watch::Sender::new(false),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Simulation> {
        // A panic while it was locked leaves data that are good enough for a simulation.
        self.simulation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and notifies watchers. A sandbox that cannot write its state file stops.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Simulation) -> T) -> T {
        let mut simulation = self.lock();
        let result = change(&mut simulation);
        let failed = simulation.failure.is_some();
        drop(simulation);
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
        if failed {
            self.stop();
        }
        result
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the sandbox is to stop.
    pub(super) async fn stopped(&self) {
        // The sender is here, so that there can be no error.
        drop(self.stop.subscribe().wait_for(|stop| *stop).await);
    }

    /// Carries an effect out late: after a while, or by [`Simulation::do_all_late`], whichever is first.
    pub(super) fn do_late(self: &Arc<Self>, effect: Effect) {
        let number = self.change(|simulation| {
            simulation.late.push(Some(effect));
            simulation.late.len() - 1
        });
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(shared.late_by).await;
            shared.change(|simulation| simulation.do_late(number));
        });
    }
}
