use std::cell::RefCell;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::event::RunEvent;
use super::pacer::Pacer;
use super::stop::{Stop, StopSwitch};
use super::streak::Streaks;
use crate::jira::Client;
use crate::journal::{Appender, Event};
use crate::model::Row;

/// How to send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Requests under way at once.
    pub concurrency: usize,
    /// Longest time without an answer other than 429 and 5xx.
    pub max_wait: Duration,
}

/// A run that is carried out.
pub struct Run<'a> {
    pub(super) client: &'a Client,
    pub(super) journal: Appender,
    pub(super) stop: &'a StopSwitch,
    pub(super) tell: &'a dyn Fn(RunEvent<'_>),
    pub(super) pacer: Pacer,
    pub(super) streaks: RefCell<Streaks>,
    /// When the last list was begun that showed that we still have access.
    pub(super) access_seen: Mutex<Option<Instant>>,
    concurrency: usize,
}

impl<'a> Run<'a> {
    /// A run of `rows` rows that sends by `client`, writes to `journal`, ends early at `stop` and tells `tell` what
    /// happens.
    pub fn new(
        client: &'a Client,
        journal: Appender,
        settings: Settings,
        rows: usize,
        stop: &'a StopSwitch,
        tell: &'a dyn Fn(RunEvent<'_>),
    ) -> Self {
        Self {
            client,
            journal,
            stop,
            tell,
            pacer: Pacer::new(settings.max_wait),
            streaks: RefCell::new(Streaks::new(settings.concurrency, rows)),
            access_seen: Mutex::new(None),
            concurrency: settings.concurrency.max(1),
        }
    }

    /// Creates all of `rows`, several at a time. What becomes of each is in the journal; why it ended early, if it did, is
    /// returned.
    pub async fn create_all<'r>(&self, rows: impl Iterator<Item = &'r Row>) -> Option<Stop> {
        stream::iter(rows)
            .map(|row| self.create(row))
            .buffer_unordered(self.concurrency)
            .collect::<()>()
            .await;
        self.stop.reason()
    }

    /// Stops the run, unless it is being stopped for another reason.
    pub(super) fn stop(&self, reason: Stop) {
        if self.stop.throw(reason) {
            (self.tell)(RunEvent::Stopping);
        }
    }

    /// Writes events that nothing waits for. A journal that fails stops the run.
    pub(super) fn note(&self, event: Event) {
        if let Err(error) = self.journal.append([event]) {
            self.stop(error.into());
        }
    }
}
