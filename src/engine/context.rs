//! What everything that a session does in Jira shares: the client, the journal, the pacer, the stop switch, the listener.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::event::RunEvent;
use super::list::{read, read_last_list};
use super::matcher::Matcher;
use super::pacer::{Pacer, Permit};
use super::stop::{Stop, StopSwitch};
use crate::jira::{Answer, Client, Exchange, JiraError};
use crate::journal::{Appender, Event, Found, ListReason, Listed, Settled, Verdict, Via};
use crate::model::{Record, Remote, RemoteIntegration, ShownFields};

/// How much is asked of Jira to settle rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Settling {
    /// One list: what it shows is found, and everything else stays in doubt.
    ByOneList,
    /// As many lists as it takes to tell what is absent.
    Full,
}

pub(crate) struct SessionContext<'a> {
    pub client: &'a Client,
    pub journal: Appender,
    pub pacer: &'a Pacer,
    pub stop: &'a StopSwitch,
    pub on_event: &'a dyn Fn(RunEvent<'_>),
    /// How long Jira is given to show what it created.
    pub settle: Duration,
    /// When the last list was begun that showed that we still have access.
    pub access_seen: Mutex<Option<Instant>>,
}

/// A request of an operation, and what came back.
pub(crate) struct Response<T> {
    pub answer: Answer<T>,
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// When the answer was complete.
    pub at: Timestamp,
    /// For how long everybody pauses from now on, if that is a new pause.
    pub pause: Option<Duration>,
}

impl SessionContext<'_> {
    /// How rows are settled as things stand; none: nothing more is asked of Jira.
    pub(super) fn settling(&self) -> Option<Settling> {
        match self.stop.reason() {
            Some(Stop::Jira(error)) if !error.is_in_the_way() => None,
            Some(Stop::Journal(_)) => None,
            Some(Stop::Jira(_) | Stop::MaxWait { .. }) => Some(Settling::ByOneList),
            _ if self.stop.is_interrupted() => Some(Settling::ByOneList),
            _ => Some(Settling::Full),
        }
    }

    /// Stops the session, unless it is being stopped for another reason.
    pub(super) fn stop(&self, reason: impl Into<Option<Stop>>) {
        if let Some(reason) = reason.into()
            && self.stop.throw(reason)
        {
            let under_way = self.pacer.under_way();
            (self.on_event)(RunEvent::Stopping { under_way });
        }
    }

    /// Journals an event that nothing waits for. A journal that fails stops the session.
    pub(super) fn note(&self, event: Event) {
        if let Err(error) = self.journal.append([event]) {
            self.stop(Stop::from(error));
        }
    }

    /// Journals what Jira's list tells of a row in doubt: of its integration `remote`, which it shows as `echo`.
    pub(crate) fn note_settled(
        &self,
        n: u32,
        verdict: Verdict,
        remote: Option<Remote>,
        echo: ShownFields,
    ) {
        self.note(Event::Settled(Settled {
            n,
            verdict,
            remote,
            echo,
            via: Via::List,
            at: Timestamp::now(),
        }));
    }

    /// Journals that sending pauses, and tells the listener.
    pub(super) fn pause(&self, why: &str, time: Duration) {
        self.note(Event::Paused {
            why: why.into(),
            ms: millis(time),
        });
        (self.on_event)(RunEvent::Waiting { why, time });
    }

    /// Makes one request of an operation, and tells the pacer what came of it.
    pub(super) async fn request<T>(
        &self,
        permit: Permit<'_>,
        request: impl Future<Output = Exchange<Answer<T>>>,
    ) -> Response<T> {
        let began = Instant::now();
        let exchange = request.await;
        let why = match &exchange.meaning {
            Answer::NothingHappened(why) | Answer::Unsettled(why, _) => why,
            Answer::FailedOnServer(refusal, _) => &refusal.error,
            _ => "",
        };
        let reported = permit.report(&exchange, why);
        let pause = reported.unwrap_or_else(|stop| {
            self.stop(stop);
            None
        });
        Response {
            status: exchange.status(),
            answer: exchange.meaning,
            ms: millis(began.elapsed()),
            at: Timestamp::now(),
            pause,
        }
    }

    /// Checks by a list, begun after this call, that we still have access to Jira's API. One check at a time: it counts for
    /// all who asked before it began.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps the list from being read.
    pub(super) async fn check_access(&self) -> Result<(), Stop> {
        let asked = Instant::now();
        let mut seen = self.access_seen.lock().await;
        if seen.is_some_and(|seen| seen >= asked) {
            return Ok(());
        }
        let began = Instant::now();
        self.read(self.stop, async || self.client.list().await)
            .await?;
        *seen = Some(began);
        Ok(())
    }

    /// Tells what a refusal with 403 or 404 means: if the list can be read, it was for this row alone.
    pub(super) async fn check_refusal<T>(&self, answer: Answer<T>) -> Answer<T> {
        let (Answer::Forbidden(refusal) | Answer::NotFound(refusal)) = answer else {
            return answer;
        };
        match self.check_access().await {
            Ok(()) => Answer::Refused(refusal),
            Err(stop) => {
                self.stop(stop);
                let error = refusal.error;
                let why = "whether that was for this row alone could not be checked";
                Answer::Unsettled(format!("{error}; {why}"), None)
            }
        }
    }

    /// Reads the documented fields of the integration `id`, of which the secrets of `record` were just set.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps it from being read.
    pub(super) async fn read_back(
        &self,
        id: i64,
        record: Option<&Record>,
    ) -> Result<Map<String, Value>, Stop> {
        self.read(self.stop, async || self.client.show(id, record).await)
            .await
    }

    async fn read<T>(
        &self,
        stop: &StopSwitch,
        send: impl AsyncFn() -> Exchange<Result<T, JiraError>>,
    ) -> Result<T, Stop> {
        let on_pause = |why: &str, time: Duration| self.pause(why, time);
        read(send, self.pacer, stop, &on_pause).await
    }

    /// Whether Jira holds an integration `id`, whatever its lists show.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps it from being read.
    pub(super) async fn is_there(&self, id: i64) -> Result<bool, Stop> {
        match self.read_back(id, None).await {
            Ok(_) => Ok(true),
            Err(Stop::Jira(JiraError::NoApi { .. } | JiraError::Refused { .. })) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    /// Reads the list and journals what `matcher` finds new in it.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps the list from being read.
    pub(crate) async fn list(
        &self,
        why: ListReason,
        matcher: &Matcher,
    ) -> Result<Vec<RemoteIntegration>, Stop> {
        let at = Timestamp::now();
        let read = |stop| self.read(stop, async || self.client.list().await);
        let list = if !self.stop.is_thrown() {
            read(self.stop).await
        } else if self.settling() == Some(Settling::Full) {
            // A session that is already stopping may still ask what became of its rows, until somebody interrupts.
            let calm = StopSwitch::default();
            tokio::select! {
                list = read(&calm) => list,
                () = self.stop.interrupted() => Err(Stop::Interrupted),
            }
        } else {
            read_last_list(self.client, self.pacer).await
        }?;
        let new = matcher.new_in(&list);
        self.note(Event::Listed(Listed {
            why,
            at,
            found: Found::New(new.into_iter().map(as_json).collect()),
            init_dates: Vec::new(),
        }));
        Ok(list)
    }

    /// Reads the first list that settles rows, in spite of somebody who interrupts meanwhile: it is the least that is asked.
    pub(super) async fn first_list(
        &self,
        matcher: &Matcher,
    ) -> Result<Vec<RemoteIntegration>, Stop> {
        match self.list(ListReason::Settle, matcher).await {
            // Now that the session stops, this one is asked for once and read to its end.
            Err(Stop::Interrupted) => self.list(ListReason::Settle, matcher).await,
            list => list,
        }
    }

    /// Reads two lists that both begin when Jira has had its time since `since`: what neither shows is not there. `rows` rows
    /// wait for it.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps the lists from being read, or the wait from its end.
    pub(super) async fn two_lists_after(
        &self,
        since: Instant,
        why: ListReason,
        rows: usize,
        matcher: &Matcher,
    ) -> Result<[Vec<RemoteIntegration>; 2], Stop> {
        self.wait_after(since, rows).await?;
        (self.on_event)(RunEvent::ReadingList { rows });
        Ok([
            self.list(why, matcher).await?,
            self.list(why, matcher).await?,
        ])
    }

    /// Waits until Jira has had its time since `since`, unless somebody interrupts.
    pub(super) async fn wait_after(&self, since: Instant, rows: usize) -> Result<(), Stop> {
        let until = since + self.settle;
        let time = until.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Ok(());
        }
        (self.on_event)(RunEvent::Settling { rows, time });
        tokio::select! {
            () = tokio::time::sleep_until(until) => Ok(()),
            () = self.stop.interrupted() => Err(Stop::Interrupted),
        }
    }
}

fn as_json(new: &RemoteIntegration) -> Value {
    json!({
        "id": new.id,
        "type": new.type_name,
        "origin": new.origin,
        "name": new.display_name,
        "init_date": new.init_date,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
