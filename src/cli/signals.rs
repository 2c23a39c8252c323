//! Ctrl-C and SIGTERM.
//!
//! A thread listens for them, so that a signal is heard even while the process is stuck in writing to a pipe that nobody
//! reads.

use std::cell::RefCell;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::mpsc;

use super::exit::Exit;
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// How long a signal may wait for somebody who takes it. Whoever is busy for longer is taken to be stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// The signals of the process, from the first time that somebody waits for one. A signal that comes while nobody waits is kept
/// for whoever waits next; if nobody takes it in time, the process ends. The journal is true at every moment.
#[derive(Default)]
pub(super) struct Signals {
    heard: RefCell<Option<mpsc::Receiver<()>>>,
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

/// Starts the thread that listens. Without it, no signal is heard.
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

async fn pass_on(mut streams: system::Streams, heard: mpsc::Sender<()>) {
    let exit = || std::process::exit(i32::from(Exit::Interrupted.code()));
    loop {
        streams.next().await;
        if heard.try_send(()).is_err() {
            exit();
        }
        let heard = heard.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if heard.capacity() < heard.max_capacity() {
                exit();
            }
        });
    }
}

impl Signals {
    /// Waits for signals as long as it is polled: the first stops the run in good order, the second at once, with `last_words`
    /// on what is left to do.
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
            let mut heard = self.heard.borrow_mut();
            match heard.get_or_insert_with(listen).poll_recv(context) {
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
    fn a_signal_that_comes_while_nobody_waits_is_heard_by_whoever_waits_next() {
        let runtime = Runtime::new().unwrap();
        assert_eq!(runtime.unless_interrupted(async { 1 }), Some(1));
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", "TERM", &id().to_string()]).status();
        assert!(sent.unwrap().success());
        let long = async { tokio::time::sleep(Duration::from_mins(1)).await };
        assert_eq!(runtime.unless_interrupted(long), None);
        // It is heard once.
        assert_eq!(runtime.unless_interrupted(async { 2 }), Some(2));
    }
}
