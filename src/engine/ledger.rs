//! What a session writes down, asks Jira's list, and judges by it.

use std::cell::RefCell;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::books::{Books, Find, Imbalance, Standing, remote_of};
use super::event::RunEvent;
use super::list::{ListError, read_last_list, read_list};
use super::pacer::Pacer;
use super::stop::{Stop, StopSwitch};
use crate::jira::Client;
use crate::journal::{
    self, Appender, Audit, Event, Found, ListReason, Listed, NewIntegration, Settled, Via,
};
use crate::model::{Outcome, RemoteIntegration, ShownFields};

/// A row that was sent and of which nobody knows what became.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsettled {
    /// The row.
    pub n: u32,
    /// When its last attempt ended.
    pub ended: Instant,
}

/// How much is asked to settle rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Settling {
    /// One list: what it shows is found, and everything else stays in doubt.
    ByOneList,
    /// As many lists as it takes to say what is absent.
    Full,
}

/// The journal of a run, its books, and the Jira that they are about.
pub(crate) struct Ledger<'a> {
    pub(super) client: &'a Client,
    pub(super) journal: Appender,
    pub(super) stop: &'a StopSwitch,
    pub(super) tell: &'a dyn Fn(RunEvent<'_>),
    pub(super) pacer: &'a Pacer,
    pub(super) books: RefCell<Books>,
    settle: Duration,
}

impl<'a> Ledger<'a> {
    /// A ledger that reads lists of `client` at the pace of `pacer`, writes to `journal`, ends early at `stop`, gives
    /// Jira the time `settle` to show what it created, and tells `tell` what happens.
    pub(crate) fn new(
        client: &'a Client,
        journal: Appender,
        books: Books,
        pacer: &'a Pacer,
        settle: Duration,
        stop: &'a StopSwitch,
        tell: &'a dyn Fn(RunEvent<'_>),
    ) -> Self {
        Self {
            client,
            journal,
            stop,
            tell,
            pacer,
            books: RefCell::new(books),
            settle,
        }
    }

    /// How rows are settled as things stand; none: nothing more is asked of Jira.
    pub(super) fn settling(&self) -> Option<Settling> {
        match settling_after(self.stop.reason().as_ref()) {
            Some(_) if self.stop.is_interrupted() => Some(Settling::ByOneList),
            how => how,
        }
    }

    /// Stops the session, unless it is being stopped for another reason.
    pub(super) fn stop(&self, reason: Stop) {
        if self.stop.throw(reason) {
            let under_way = self.pacer.under_way();
            (self.tell)(RunEvent::Stopping { under_way });
        }
    }

    /// Writes events that nothing waits for. A journal that fails stops the session.
    pub(super) fn note(&self, event: Event) {
        if let Err(error) = self.journal.append([event]) {
            self.stop(error.into());
        }
    }

    /// Writes down that sending pauses, and tells.
    pub(super) fn waiting(&self, why: &str, time: Duration) {
        self.note(Event::Paused {
            why: why.into(),
            ms: millis(time),
        });
        (self.tell)(RunEvent::Waiting { why, time });
    }

    /// Reads the list for `why` and writes down what is new in it.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that there is no list for.
    pub(crate) async fn list(&self, why: ListReason) -> Result<Vec<RemoteIntegration>, Stop> {
        let at = Timestamp::now();
        let waiting = |why: &str, time: Duration| self.waiting(why, time);
        let read = |stop| read_list(self.client, self.pacer, stop, &waiting);
        let list = if !self.stop.is_thrown() {
            read(self.stop).await
        } else if self.settling() == Some(Settling::Full) {
            // A session that is already stopping may still ask what became of its rows, until somebody interrupts.
            let calm = StopSwitch::default();
            tokio::select! {
                list = read(&calm) => list,
                () = self.stop.interrupted() => Err(Stop::Interrupted.into()),
            }
        } else {
            let list = read_last_list(self.client, self.pacer).await;
            list.map_err(ListError::from)
        };
        let list = list.map_err(|error| match error {
            ListError::Jira(error) => Stop::Jira(error),
            ListError::Stop(stop) => stop,
        })?;
        let news = self.books.borrow().news(&list);
        self.note(Event::Listed(Listed {
            why,
            at,
            node: None,
            found: Found::New(news.into_iter().map(NewIntegration::from).collect()),
        }));
        Ok(list)
    }

    /// Reads the first list that settles rows, in spite of somebody who interrupts meanwhile: it is the least that is asked.
    async fn first_list(&self) -> Result<Vec<RemoteIntegration>, Stop> {
        match self.list(ListReason::Settle).await {
            // Now that the session stops, this one is asked for once and read to its end.
            Err(Stop::Interrupted) => self.list(ListReason::Settle).await,
            list => list,
        }
    }

    /// Settles rows by Jira's list; see "Each row once" in the documentation. What is found is written down as created.
    /// Returns the rows of which nothing is in Jira; what is in neither is in doubt.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps the list from being read; the rows that were not found by then stay in doubt.
    pub(crate) async fn settle(
        &self,
        unsettled: &[Unsettled],
        how: Settling,
    ) -> Result<Vec<u32>, Stop> {
        let mut open: Vec<u32> = unsettled.iter().map(|row| row.n).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        (self.tell)(RunEvent::Asking { rows: open.len() });
        let first = self.first_list().await?;
        self.find(&first, &mut open, RunEvent::Finished(Outcome::Created));
        if open.is_empty() || how == Settling::ByOneList || self.stop.is_interrupted() {
            return Ok(Vec::new());
        }
        let still_open = unsettled.iter().filter(|row| open.contains(&row.n));
        let Some(last) = still_open.map(|row| row.ended).max() else {
            return Ok(Vec::new());
        };
        self.wait_for(last, open.len()).await?;
        (self.tell)(RunEvent::Asking { rows: open.len() });
        let lists = [
            self.list(ListReason::Settle).await?,
            self.list(ListReason::Settle).await?,
        ];
        // All finds come before any absence: what belongs to one row speaks for the absence of another.
        for list in &lists {
            self.find(list, &mut open, RunEvent::Finished(Outcome::Created));
        }
        let mut books = self.books.borrow_mut();
        let news = [books.news(&lists[0]), books.news(&lists[1])];
        open.retain(|&n| news.iter().all(|news| books.is_absent(n, news)));
        books.settled(lists.iter().flatten().map(|remote| remote.id));
        Ok(open)
    }

    /// Waits until Jira had its time, unless somebody interrupts.
    async fn wait_until(&self, until: Instant, rows: usize) -> Result<(), Stop> {
        let time = until.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Ok(());
        }
        (self.tell)(RunEvent::Settling { rows, time });
        tokio::select! {
            () = tokio::time::sleep_until(until) => Ok(()),
            () = self.stop.interrupted() => Err(Stop::Interrupted),
        }
    }

    /// Waits until Jira had its time since an attempt `ended`, unless somebody interrupts.
    pub(super) async fn wait_for(&self, ended: Instant, rows: usize) -> Result<(), Stop> {
        self.wait_until(ended + self.settle, rows).await
    }

    /// Waits for as long as Jira is given, unless somebody interrupts.
    pub(super) async fn wait(&self, rows: usize) -> Result<(), Stop> {
        self.wait_until(Instant::now() + self.settle, rows).await
    }

    /// Finds rows of `open` in a list, writes them down as created, tells `event` of each, and takes them out of
    /// `open`.
    fn find(&self, list: &[RemoteIntegration], open: &mut Vec<u32>, event: RunEvent<'_>) {
        let finds = self.books.borrow_mut().find(list, open);
        for Find { n, remote } in finds {
            open.retain(|of| *of != n);
            self.note(Event::Settled(Settled {
                n,
                verdict: journal::Verdict::Created,
                remote: Some(remote_of(remote)),
                echo: remote.flags_and_numbers(),
                via: Via::List,
                at: Timestamp::now(),
            }));
            (self.tell)(event);
        }
    }

    /// Writes the judgement on a row down.
    pub(crate) fn judge(&self, n: u32, verdict: journal::Verdict, via: Via) {
        self.note(Event::Settled(Settled {
            n,
            verdict,
            remote: None,
            echo: ShownFields::default(),
            via,
            at: Timestamp::now(),
        }));
    }

    /// Jira refused the row, or nothing came of it.
    pub(super) fn set_failed(&self, n: u32) {
        self.books.borrow_mut().set(n, Standing::Failed);
    }

    /// Balances the books at the end: every row that was created is in the list, every key once, and nothing that was
    /// refused. If they do not balance, the list is read again after the time that Jira is given. Rows `in_doubt` are looked
    /// for once more.
    ///
    /// # Errors
    ///
    /// The [`Stop`] that keeps the list from being read.
    pub(crate) async fn audit(&self, in_doubt: &[u32]) -> Result<Imbalance, Stop> {
        (self.tell)(RunEvent::Auditing);
        let mut at = Timestamp::now();
        let mut found = self.balance(in_doubt).await?;
        let mut ended = Ok(());
        if !found.is_none() && self.wait(found.rows()).await.is_ok() {
            let asked = Timestamp::now();
            match self.balance(in_doubt).await {
                Ok(now) => (at, found) = (asked, now),
                // What was found is told, though it was not looked at twice.
                Err(stop) => ended = Err(stop),
            }
        }
        self.note(Event::Audit(Audit {
            at,
            missing: found.missing.clone(),
            duplicates: found.doubles.clone(),
            appeared: found.appeared.clone(),
        }));
        ended.map(|()| found)
    }

    async fn balance(&self, in_doubt: &[u32]) -> Result<Imbalance, Stop> {
        let list = self.list(ListReason::Audit).await?;
        self.find(&list, &mut in_doubt.to_vec(), RunEvent::FoundAfterAll);
        Ok(self.books.borrow().balance(&list))
    }
}

/// How rows are settled when sending has ended for this reason; none: nothing more is asked of Jira.
fn settling_after(stopped: Option<&Stop>) -> Option<Settling> {
    match stopped {
        None
        | Some(Stop::FailingAlike { .. } | Stop::MaxFailures { .. } | Stop::InDoubt { .. }) => {
            Some(Settling::Full)
        }
        Some(Stop::Interrupted | Stop::MaxWait { .. } | Stop::AskedTooLong { .. }) => {
            Some(Settling::ByOneList)
        }
        Some(Stop::InterruptedToo(reason)) => settling_after(Some(reason)),
        Some(Stop::Jira(error)) if error.is_in_the_way() => Some(Settling::ByOneList),
        Some(Stop::Jira(_) | Stop::Journal(_)) => None,
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
