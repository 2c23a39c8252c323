//! The handle of a running sandbox: starts and stops it, sets its faults, and returns what it holds and received.

use std::sync::Arc;
use std::{fmt, net, thread};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::watch;

use super::config::{Condition, Config, StartError};
use super::faults::{Call, Fault};
use super::integration::{Creation, Integration, SeedError};
use super::record::{LoggedRequest, StateFile};
use super::state::{SandboxState, Simulation};
use super::store::now;
use super::{endpoints, server};

/// A running sandbox; it stops when this is dropped.
pub struct Sandbox {
    shared: Arc<SandboxState>,
    /// Closed when the server has stopped.
    running: watch::Receiver<()>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a thread and a runtime of its own.
    ///
    /// # Errors
    /// If the address cannot be listened on, the context path is not one, the state file cannot be used, or no thread can
    /// be started.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let config = config.checked()?;
        let failed = |source| StartError::Listen {
            address: config.listen,
            source,
        };
        let listener = net::TcpListener::bind(config.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let context_path = config.context_path.clone();
        let state = config.state.as_ref().map(|path| {
            StateFile::open(path).map_err(|source| StartError::State {
                path: path.clone(),
                source,
            })
        });
        let base = format!("http://{address}{context_path}");
        let shared = Arc::new(SandboxState::new(config, base, state.transpose()?));
        let router = endpoints::router(&context_path);
        // The last thing that can fail: a runtime cannot be dropped where another one runs.
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener).map_err(StartError::Thread)?
        };
        let (alive, running) = watch::channel(());
        let serving = Arc::clone(&shared);
        let handle = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(server::serve(listener, router, serving));
                drop((runtime, alive));
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            shared,
            running,
            thread: Some(handle),
        })
    }

    /// The base URL, with the context path and without a trailing slash.
    pub fn url(&self) -> String {
        self.shared.base.clone()
    }

    /// Waits until the sandbox has stopped.
    pub async fn wait(&self) {
        let mut running = self.running.clone();
        while running.changed().await.is_ok() {}
    }

    /// Stops the sandbox and waits for that: all connections are closed, none is accepted any more.
    pub async fn stop(&self) {
        self.shared.stop();
        self.wait().await;
    }

    /// Why it stopped by itself: the state file could not be written.
    pub fn failure(&self) -> Option<String> {
        self.shared.lock().failure.clone()
    }

    /// The integrations that it holds, in the order of their ids, whether lists show them yet or not.
    pub fn held(&self) -> Vec<Integration> {
        self.shared.lock().store.all(now())
    }

    /// Puts an integration in: the body of a creation, or one as a list shows it (with `id`, `initDate`, `lastIndexedDate`).
    /// Credentials need not be there and are not kept. Returns its id.
    ///
    /// # Errors
    /// If the JSON is no integration, or its id is taken.
    #[expect(clippy::needless_pass_by_value, reason = "`put(json!(…))` reads best")]
    pub fn put(&self, integration: Value) -> Result<u64, SeedError> {
        let seed = Creation::of_seed(&integration)?;
        self.shared.change(|simulation| simulation.put(&seed))
    }

    /// The id of the project `key`; a new one if there is none yet.
    pub fn add_project(&self, key: &str) -> u64 {
        self.shared.change(|simulation| simulation.add_project(key))
    }

    /// From now on the integration finds no repositories, as with a credential that does not work.
    pub fn find_nothing(&self, id: u64) {
        self.shared
            .change(|simulation| simulation.store.find_nothing(id));
    }

    /// Deletes an integration behind the client's back; false if it is not there.
    pub fn remove(&self, id: u64) -> bool {
        self.shared.change(|simulation| simulation.delete(id))
    }

    /// The well-formed bodies of creations, secrets and all, in the order of arrival, whether they came to something or not.
    pub fn received(&self) -> Vec<Value> {
        let log = &self.shared.lock().log;
        let bodies = log.received.iter();
        bodies
            .filter_map(|body| serde_json::from_slice(body).ok())
            .collect()
    }

    /// The bodies of the updates that were carried out, with the ids of their integrations.
    pub fn updates(&self) -> Vec<(u64, Value)> {
        self.shared.lock().log.updates.clone()
    }

    /// The requests that arrived, in their order.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.lock().log.requests.clone()
    }

    /// What was sent against the documentation.
    pub fn contract_violations(&self) -> Vec<String> {
        self.shared.lock().log.violations.clone()
    }

    /// How many logins have failed.
    pub fn failed_logins(&self) -> u32 {
        self.shared.lock().logins.failed
    }

    /// Sets the faults of the next creations, one each; `None` is no fault. Afterwards chance decides again.
    pub fn script(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.script_call(Call::Create, faults);
    }

    /// The same for another call.
    pub fn script_call(&self, call: Call, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.shared.lock().picker.script(call, faults);
    }

    /// Changes what the whole server is like.
    pub fn set_condition(&self, condition: Condition) {
        self.shared.lock().condition = condition;
    }

    /// Carries out now what [`Fault::Late`] has put off. Returns how many requests that were.
    pub fn commit_late(&self) -> usize {
        self.shared.change(Simulation::do_all_late)
    }

    /// Lists keep showing what they show now.
    pub fn freeze_list(&self) {
        self.shared.lock().store.freeze_list(now());
    }

    /// Ends [`Sandbox::freeze_list`].
    pub fn thaw_list(&self) {
        self.shared.lock().store.thaw_list();
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Counts up whenever something has happened.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.shared.watch()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("url", &self.shared.base)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(handle) = self.thread.take() {
            // A thread that panicked has stopped, too.
            let _ = handle.join();
        }
    }
}
