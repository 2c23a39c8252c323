//! Ctrl-C and SIGTERM.

#[cfg(unix)]
use std::{
    cell::RefCell,
    task::{Context, Poll},
    thread,
    time::Duration,
};

#[cfg(unix)]
use tokio::{
    runtime::Builder,
    signal::unix::{Signal, SignalKind, signal},
};

use super::exit::Exit;
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;
#[cfg(unix)]
use crate::render::Write;

/// How long a reader may take for one write after a signal.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(1);

/// The signals of the process. From the first time that somebody waits for one they are remembered: what comes while nobody
/// waits is heard by whoever waits next.
#[derive(Default)]
pub(super) struct Signals {
    #[cfg(unix)]
    streams: RefCell<Option<Streams>>,
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
type Streams = [Signal; 2];

/// What comes from now on; none if the system does not tell.
#[cfg(unix)]
fn streams() -> Option<Streams> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
    match kinds.map(signal) {
        [Ok(interrupt), Ok(terminate)] => Some([interrupt, terminate]),
        _ => None,
    }
}

/// Whether one has come. Of two that have come the other is heard next time.
#[cfg(unix)]
fn is_heard(streams: &mut Streams, context: &mut Context<'_>) -> bool {
    streams
        .iter_mut()
        .any(|stream| stream.poll_recv(context).is_ready())
}

/// Once a signal has come, ends the process when a write to the screen makes no headway: whoever is kept in it by a reader that
/// does not read can hear of no signal. The journal is true at every moment.
#[cfg(unix)]
fn end_stuck_writes(mut streams: Streams) {
    let watch = async move {
        std::future::poll_fn(|context| {
            if is_heard(&mut streams, context) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        let mut before = None;
        loop {
            let now = Write::under_way();
            if now.is_some() && now == before {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
            before = now;
            tokio::time::sleep(PATIENCE).await;
        }
    };
    // Without it signals are heard between writes, as ever.
    let _ = thread::Builder::new().name("signals".into()).spawn(|| {
        if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
            runtime.block_on(watch);
        }
    });
}

impl Signals {
    /// Waits for Ctrl-C and SIGTERM for as long as it is polled: the first stops the run in good order, the second at once.
    /// The journal is true at every moment; `last_words` tell what is left to do then.
    pub(super) async fn watch(
        &self,
        stop: &StopSwitch,
        progress: &Progress<'_>,
        last_words: &str,
    ) -> ! {
        self.next().await;
        progress.say(
            "interrupted: no new requests; waiting for those under way (once more to stop at once)",
        );
        progress.sends_no_more();
        stop.throw(Stop::Interrupted);
        self.next().await;
        progress.finish();
        progress.say(&format!("stopped at once; {last_words}"));
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub(super) async fn next(&self) {
        if self.streams.borrow().is_none() {
            let (Some(streams), Some(others)) = (streams(), streams()) else {
                return std::future::pending().await;
            };
            self.streams.replace(Some(streams));
            end_stuck_writes(others);
        }
        std::future::poll_fn(|context| {
            let mut streams = self.streams.borrow_mut();
            let heard = streams
                .as_mut()
                .is_some_and(|streams| is_heard(streams, context));
            if heard {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    #[cfg(not(unix))]
    pub async fn next(&self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
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
