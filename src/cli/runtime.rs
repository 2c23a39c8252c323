//! The runtime of a command, and the signals that it hears.

use std::future::Future;

use tokio::runtime::{self, Builder};

use super::exit::{Exit, Failure};
use super::signals::Signals;

/// One thread for posting, as sending is waiting.
pub(super) struct Runtime {
    tokio: runtime::Runtime,
    /// The signals of the process; what comes while nobody waits is heard by whoever waits next.
    pub signals: Signals,
}

impl Runtime {
    pub(super) fn new() -> Result<Self, Failure> {
        let tokio = Builder::new_current_thread().enable_all().build();
        let tokio = tokio.map_err(|error| {
            Failure::new(
                Exit::Stopped,
                format!("the system gives no means to connect: {error}"),
            )
        })?;
        Ok(Self {
            tokio,
            signals: Signals::default(),
        })
    }

    /// Does `work` to its end.
    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.tokio.block_on(work)
    }

    /// Does `work`, unless Ctrl-C or SIGTERM comes first: then there is no answer, and the work is dropped where it is.
    ///
    /// Once a session has watched for signals they no longer end the process by themselves, so all that may take long after
    /// that goes through here, or is watched.
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
