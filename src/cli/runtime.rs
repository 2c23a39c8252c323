//! The tokio runtime of a command, and Ctrl-C and SIGTERM.
//!
//! A thread listens for signals, so that one is noticed even while the process is stuck in writing to a pipe that nobody
//! reads.

use std::cell::RefCell;
use std::future::Future;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::runtime::{self, Builder};
use tokio::sync::mpsc;

use super::exit::{Exit, Failure};
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// A single thread: sending is mostly waiting.
pub(super) struct Runtime {
    tokio: runtime::Runtime,
    /// A signal that comes while nothing waits for one is kept for whatever waits next.
    pub signals: Signals,
}

impl Runtime {
    pub(super) fn new() -> Result<Self, Failure> {
        let tokio = Builder::new_current_thread().enable_all().build();
        let tokio = tokio.map_err(|error| {
            Failure::new(
                Exit::Stopped,
                format!("cannot start the network runtime: {error}"),
            )
        })?;
        Ok(Self {
            tokio,
            signals: Signals::default(),
        })
    }

    /// Runs `work` to its end.
    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.tokio.block_on(work)
    }

    /// Runs `work`, unless Ctrl-C or SIGTERM comes first: then the work is dropped.
    ///
    /// Once a session has watched for signals they no longer end the process by themselves, so everything after that which may
    /// take long goes through here or is watched.
    pub(super) fn unless_interrupted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.tokio.block_on(async {
            tokio::select! {
                biased;
                () = self.signals.next() => None,
                done = work => Some(done),
            }
        })
    }
}

/// How long a signal may wait to be handled before the process counts as stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// The signals of the process, from the first time that something waits for one. A signal that is not handled in time ends the
/// process: the journal is complete at every moment.
#[derive(Default)]
pub(super) struct Signals {
    received: RefCell<Option<mpsc::Receiver<()>>>,
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// SIGINT and SIGTERM.
    pub(super) struct Streams([Signal; 2]);

    impl Streams {
        /// The signals that come from now on; none if the system refuses.
        pub(super) fn new() -> Option<Self> {
            match [SignalKind::interrupt(), SignalKind::terminate()].map(signal) {
                [Ok(interrupt), Ok(terminate)] => Some(Self([interrupt, terminate])),
                _ => None,
            }
        }

        pub(super) async fn next(&mut self) {
            let [interrupt, terminate] = &mut self.0;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    pub(super) struct Streams;

    impl Streams {
        pub(super) fn new() -> Option<Self> {
            Some(Self)
        }

        pub(super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }
}

/// Starts the thread that listens. If it cannot start, signals are ignored.
fn listen() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(8);
    if let Some(streams) = system::Streams::new() {
        let _ = thread::Builder::new().name("signals".into()).spawn(|| {
            if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
                runtime.block_on(pass_on(streams, sender));
            }
        });
    }
    receiver
}

async fn pass_on(mut streams: system::Streams, sender: mpsc::Sender<()>) {
    let exit = || std::process::exit(i32::from(Exit::Interrupted.code()));
    loop {
        streams.next().await;
        if sender.try_send(()).is_err() {
            exit();
        }
        let sender = sender.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if sender.capacity() < sender.max_capacity() {
                exit();
            }
        });
    }
}

impl Signals {
    /// Waits for signals: the first stops the session in good order, the second at once, with `last_words` on how to continue.
    pub(super) async fn watch(
        &self,
        stop: &StopSwitch,
        progress: &Progress<'_>,
        last_words: &str,
    ) -> ! {
        self.next().await;
        progress.say(
            "interrupted: no new requests; waiting for those under way (press again to stop at once)",
        );
        progress.sends_no_more();
        stop.throw(Stop::Interrupted);
        self.next().await;
        progress.finish();
        progress.say(&format!("stopped at once; {last_words}"));
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }

    /// Waits for the next signal.
    pub(super) async fn next(&self) {
        std::future::poll_fn(|context| {
            let mut received = self.received.borrow_mut();
            match received.get_or_insert_with(listen).poll_recv(context) {
                Poll::Ready(Some(())) => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, id};
    use std::time::Duration;

    use crate::cli::runtime::Runtime;

    #[test]
    fn a_signal_that_comes_while_nothing_waits_is_kept_for_what_waits_next() {
        let runtime = Runtime::new().unwrap();
        assert_eq!(runtime.unless_interrupted(async { 1 }), Some(1));
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", "TERM", &id().to_string()]).status();
        assert!(sent.unwrap().success());
        let long = async { tokio::time::sleep(Duration::from_mins(1)).await };
        assert_eq!(runtime.unless_interrupted(long), None);
        // It counts once.
        assert_eq!(runtime.unless_interrupted(async { 2 }), Some(2));
    }
}
