//! The tokio runtime of a command, and the signals that stop it: Ctrl-C, SIGTERM and SIGHUP.
//!
//! A thread listens for signals, so that a second one ends the process even while the main thread is busy.

use std::cell::RefCell;
use std::future::Future;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use jiff::fmt::friendly::SpanPrinter;
use tokio::runtime::{self, Builder};
use tokio::sync::mpsc;

use super::exit::{Exit, Failure};
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// A single thread: sending is mostly waiting.
pub(super) struct Runtime {
    tokio: runtime::Runtime,
    /// The signals from the first time that something waits for one. Before, they end the process.
    signals: RefCell<Option<mpsc::Receiver<()>>>,
}

/// How long the main thread has after the second signal to say how to continue.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(2);

impl Runtime {
    pub(super) fn new() -> Result<Self, Failure> {
        let tokio = Builder::new_current_thread().enable_all().build();
        let tokio = tokio.map_err(|error| {
            let message = format!("cannot start the network runtime: {error}");
            Failure::new(Exit::Stopped, message)
        })?;
        Ok(Self {
            tokio,
            signals: RefCell::default(),
        })
    }

    /// Runs `work` to its end.
    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.tokio.block_on(work)
    }

    /// Runs `work`, unless a signal comes first: then the work is dropped. A signal that came while nothing waited for one
    /// counts.
    pub(super) fn unless_interrupted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.tokio.block_on(async {
            tokio::select! {
                biased;
                () = self.next_signal() => None,
                done = work => Some(done),
            }
        })
    }

    /// Runs the work of a session, whose requests end within `timeout`, to its end. The first signal throws `stop`, the second
    /// ends the process, with `last_words` on how to continue.
    pub(super) fn watched<T>(
        &self,
        work: impl Future<Output = T>,
        stop: &StopSwitch,
        progress: &Progress<'_>,
        timeout: Duration,
        last_words: &str,
    ) -> T {
        let signals = async {
            self.next_signal().await;
            let most = SpanPrinter::new().unsigned_duration_to_string(&timeout);
            progress.write_line(&format!(
                "interrupted: nothing more is sent; requests in progress may take up to {most}, and reading Jira's list may follow (press again to stop at once)"
            ));
            progress.sends_no_more();
            stop.throw(Stop::Interrupted);
            self.next_signal().await;
            progress.finish();
            progress.write_line(&format!("stopped at once; {last_words}"));
            end_process()
        };
        self.tokio.block_on(async {
            tokio::select! {
                done = work => done,
                never = signals => never,
            }
        })
    }

    /// Lets the next signal end the process at once. Call it when everything is on disk, before results are written to a
    /// pipe that may have no reader.
    pub(super) fn release_signals(&self) {
        self.signals.take();
    }

    async fn next_signal(&self) {
        std::future::poll_fn(|context| {
            let mut signals = self.signals.borrow_mut();
            match signals.get_or_insert_with(listen).poll_recv(context) {
                Poll::Ready(Some(())) => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
    }
}

fn end_process() -> ! {
    std::process::exit(i32::from(Exit::Interrupted.code()))
}

/// Starts the thread that listens. If it cannot start, signals are ignored.
fn listen() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(2);
    // From now on signals no longer end the process by themselves.
    let mut signals = system::Signals::new();
    let _ = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
                runtime.block_on(forward(async || signals.next().await, sender));
                end_process();
            }
        });
    receiver
}

/// Forwards signals to the main thread. Returns when the process must end: at the second signal, or at the first once nothing
/// waits for signals any more. The journal is complete at every moment.
async fn forward(mut next_signal: impl AsyncFnMut(), main: mpsc::Sender<()>) {
    next_signal().await;
    if main.try_send(()).is_err() {
        return;
    }
    next_signal().await;
    if main.try_send(()).is_ok() {
        tokio::select! {
            () = next_signal() => {}
            () = tokio::time::sleep(LAST_WORDS_WITHIN) => {}
        }
    }
}

#[cfg(unix)]
mod system {
    use std::task::Poll;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals(Vec<Signal>);

    impl Signals {
        /// The signals that come from now on; none if the system refuses.
        pub(super) fn new() -> Self {
            let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
            if !is_hangup_ignored() {
                kinds.push(SignalKind::hangup());
            }
            Self(
                kinds
                    .into_iter()
                    .filter_map(|kind| signal(kind).ok())
                    .collect(),
            )
        }

        pub(super) async fn next(&mut self) {
            std::future::poll_fn(|context| {
                let is_there = |signal: &mut Signal| signal.poll_recv(context).is_ready();
                if self.0.iter_mut().any(is_there) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
    }

    /// Whether the process was started to survive its terminal, as `nohup` does. Known on Linux only.
    fn is_hangup_ignored() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // SIGHUP is number 1, the lowest bit.
        ignored.is_some_and(|mask| mask & 1 == 1)
    }
}

#[cfg(not(unix))]
mod system {
    pub(super) struct Signals;

    impl Signals {
        pub(super) fn new() -> Self {
            Self
        }

        pub(super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::{Command, id};

    use tokio::time::timeout;

    use super::*;

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

    /// Whether a signal ends the process within an hour, and if not, whether another one does.
    async fn is_ended(main: mpsc::Sender<()>) -> [bool; 2] {
        let (signal, mut signals) = mpsc::unbounded_channel();
        let _ = signal.send(());
        let next = async || {
            signals.recv().await;
        };
        let mut forwarding = std::pin::pin!(forward(next, main));
        let hour = Duration::from_hours(1);
        if timeout(hour, &mut forwarding).await.is_ok() {
            return [true, true];
        }
        let _ = signal.send(());
        [false, timeout(hour, &mut forwarding).await.is_ok()]
    }

    #[tokio::test(start_paused = true)]
    async fn one_signal_waits_for_a_busy_main_thread_and_a_second_ends_the_process() {
        let (main, _busy) = mpsc::channel(2);
        assert_eq!(is_ended(main).await, [false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_main_thread_that_is_stuck_after_the_first_signal_does_not_survive_the_second() {
        let (main, mut taken) = mpsc::channel(2);
        let ended = tokio::join!(is_ended(main), taken.recv());
        assert_eq!(ended, ([false, true], Some(())));
    }

    #[tokio::test(start_paused = true)]
    async fn once_the_results_are_being_written_the_first_signal_ends_the_process() {
        let (main, waiting) = mpsc::channel(2);
        drop(waiting);
        assert_eq!(is_ended(main).await, [true, true]);
    }
}
