//! Ctrl-C and SIGTERM.

#[cfg(unix)]
use std::cell::RefCell;

use super::exit::Exit;
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// The signals of the process. From the first time that somebody waits for one they are remembered: what comes while nobody
/// waits is heard by whoever waits next.
#[derive(Default)]
pub(super) struct Signals {
    #[cfg(unix)]
    streams: RefCell<Option<[tokio::signal::unix::Signal; 2]>>,
}

impl Signals {
    /// Waits for Ctrl-C and SIGTERM for as long as it is polled: the first stops the run in good order, the second at once.
    /// The journal is true at every moment; `last_words` tell what is left to do then.
    pub async fn watch(&self, stop: &StopSwitch, progress: &Progress<'_>, last_words: &str) -> ! {
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
    pub async fn next(&self) {
        use std::task::Poll;
        use tokio::signal::unix::{SignalKind, signal};

        if self.streams.borrow().is_none() {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
            let [Ok(interrupt), Ok(terminate)] = kinds.map(signal) else {
                return std::future::pending().await;
            };
            self.streams.replace(Some([interrupt, terminate]));
        }
        std::future::poll_fn(|context| {
            let mut streams = self.streams.borrow_mut();
            // Of two that have come the other is heard next time.
            let heard = streams
                .iter_mut()
                .flatten()
                .any(|stream| stream.poll_recv(context).is_ready());
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
