use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;

use futures_util::future::{FutureExt as _, Shared};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::books::Standing;
use super::event::RunEvent;
use super::ledger::{Ledger, Settling, Unsettled};
use super::queue::{Job, Queue};
use super::stop::Stop;
use super::streak::{Sign, Streaks};
use crate::journal::{self, Event, Intent, JournalError, Op, Via};
use crate::model::Outcome;

/// How to send.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Settings {
    /// Requests under way at once.
    pub concurrency: usize,
    /// How often a row is sent again of which nothing came, refusals to take it in aside.
    pub retries: u32,
    /// How many rows may fail before the run stops.
    pub max_failures: Option<u32>,
}

/// A run that is carried out.
pub(crate) struct Run<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) streaks: RefCell<Streaks>,
    /// When the last list was begun that showed that we still have access.
    pub(super) access_seen: Mutex<Option<Instant>>,
    settings: Settings,
    queue: RefCell<Queue<'a>>,
    /// The rows whose intents are written ahead: no more than the requests under way.
    ahead: RefCell<VecDeque<Begun<'a>>>,
    /// The rows that wait to be settled.
    aside: RefCell<BTreeMap<u32, Aside<'a>>>,
    /// The rows that stay in doubt.
    in_doubt: RefCell<Vec<u32>>,
    /// Nothing is sent until the rows set aside are settled.
    hold: Cell<bool>,
}

/// A row that waits to be settled.
struct Aside<'a> {
    job: Job<'a>,
    ended: Instant,
    fails_if_absent: bool,
}

/// A row whose intent is on its way to the disk.
pub(super) struct Begun<'a> {
    pub job: Job<'a>,
    written: Shared<Written>,
}

type Written = Pin<Box<dyn Future<Output = Result<(), JournalError>>>>;

/// What came of sending a row.
pub(super) enum Step {
    /// The row came to its end.
    End(Outcome),
    /// Nobody knows: it is set aside, and is not sent again if it turns out to be absent.
    Aside {
        /// Whether the app said that it failed.
        fails_if_absent: bool,
    },
    /// Nothing happened: it may be sent again once the pause is over.
    Again,
}

impl<'a> Run<'a> {
    /// A run that sends `jobs` and keeps its books in `ledger`.
    pub(crate) fn new(
        ledger: &'a Ledger<'a>,
        settings: Settings,
        jobs: impl IntoIterator<Item = Job<'a>>,
    ) -> Self {
        let queue = Queue::new(jobs);
        Self {
            ledger,
            streaks: RefCell::new(Streaks::new(
                settings.concurrency,
                queue.len(),
                settings.max_failures,
            )),
            access_seen: Mutex::new(None),
            settings,
            queue: RefCell::new(queue),
            ahead: RefCell::default(),
            aside: RefCell::default(),
            in_doubt: RefCell::default(),
            hold: Cell::new(false),
        }
    }

    /// Creates all rows, several at a time, settles those that nobody knows about, and balances the books. `in_doubt`
    /// are the rows that are in doubt already. What becomes of each row is in the journal; why it ended early, if it did,
    /// is returned.
    pub(crate) async fn carry_out(&self, in_doubt: &[u32]) -> Option<Stop> {
        self.in_doubt.borrow_mut().extend(in_doubt);
        loop {
            self.hold.set(false);
            self.ledger.pacer.begin_sending(self.queue.borrow().len());
            let workers = self.settings.concurrency.max(1);
            // Only the one that something happened to is looked at.
            let mut working: FuturesUnordered<_> = (0..workers).map(|_| self.work()).collect();
            while working.next().await.is_some() {}
            drop(working);
            if let Some(how) = self.ledger.settling() {
                self.settle(how).await;
            }
            self.leave_in_doubt();
            self.streaks.borrow_mut().settled();
            if self.ledger.stop.is_thrown() || self.queue.borrow().is_empty() {
                break;
            }
        }
        let in_doubt = self.in_doubt.borrow().clone();
        let has_sent = !in_doubt.is_empty() || self.ledger.books.borrow().has_sent();
        if has_sent
            && self.ledger.settling() == Some(Settling::Full)
            && let Err(stop) = self.ledger.audit(&in_doubt).await
        {
            self.ledger.stop(stop);
        }
        self.ledger.stop.ending()
    }

    /// Sends one row after the other. While some are under way, the intents of the next are being written.
    async fn work(&self) {
        while let Some(begun) = self.next_begun() {
            self.send_begun(begun).await;
        }
    }

    fn next_begun(&self) -> Option<Begun<'a>> {
        self.write_ahead();
        self.ahead.borrow_mut().pop_front()
    }

    /// Writes the intents of the next rows that may be sent, once those written before are taken: one sync of the disk
    /// is enough for all of them.
    fn write_ahead(&self) {
        let mut ahead = self.ahead.borrow_mut();
        if !ahead.is_empty() || self.hold.get() || self.ledger.stop.is_thrown() {
            return;
        }
        let mut queue = self.queue.borrow_mut();
        let next = std::iter::from_fn(|| queue.next());
        let mut jobs: Vec<Job<'a>> = next.take(self.settings.concurrency.max(1)).collect();
        if jobs.is_empty() {
            return;
        }
        let at = Timestamp::now();
        let intents = jobs.iter_mut().map(|job| {
            job.attempt += 1;
            Event::Intent(Intent {
                n: job.row.n,
                attempt: job.attempt,
                op: Op::Create,
                id: None,
                at,
            })
        });
        let written: Written = Box::pin(self.ledger.journal.commit(intents.collect::<Vec<_>>()));
        let written = written.shared();
        ahead.extend(jobs.into_iter().map(|job| Begun {
            job,
            written: written.clone(),
        }));
    }

    async fn send_begun(&self, begun: Begun<'a>) {
        let Begun { job, written } = begun;
        if let Err(error) = written.await {
            return self.ledger.stop(error.into());
        }
        let permit = if self.hold.get() {
            None
        } else {
            self.ledger.pacer.acquire(self.ledger.stop).await
        };
        let Some(permit) = permit.filter(|_| !self.hold.get()) else {
            // The intent is on disk and the request was not sent.
            self.not_sent(&job);
            return self.queue.borrow_mut().put_back(job);
        };
        self.write_ahead();
        let n = job.row.n;
        self.ledger.books.borrow_mut().sent(n);
        match self.send(job.row, job.attempt, permit).await {
            Step::End(outcome) => self.ended(&job, outcome),
            Step::Aside { fails_if_absent } => {
                let ended = Instant::now();
                self.aside.borrow_mut().insert(
                    n,
                    Aside {
                        job,
                        ended,
                        fails_if_absent,
                    },
                );
            }
            Step::Again => {
                self.queue.borrow_mut().put_back(job);
            }
        }
    }

    fn ended(&self, job: &Job<'a>, outcome: Outcome) {
        (self.ledger.tell)(RunEvent::Finished(outcome));
        self.queue.borrow_mut().ended(job.row);
    }

    /// What a sign of trouble means for sending on.
    pub(super) fn heed(&self, sign: Sign) {
        match sign {
            Sign::None => {}
            Sign::Hold => self.hold.set(true),
            Sign::Stop(stop) => self.ledger.stop(stop),
        }
    }

    /// Settles the rows set aside: those that are absent are sent again, or have failed.
    async fn settle(&self, how: Settling) {
        let unsettled: Vec<Unsettled> = self
            .aside
            .borrow()
            .iter()
            .map(|(&n, aside)| Unsettled {
                n,
                ended: aside.ended,
            })
            .collect();
        let absent = match self.ledger.settle(&unsettled, how).await {
            Ok(absent) => absent,
            Err(stop) => {
                self.ledger.stop(stop);
                Vec::new()
            }
        };
        let books = self.ledger.books.borrow();
        let mut found = Vec::new();
        self.aside.borrow_mut().retain(|&n, aside| {
            let is_found = books.is_created(n);
            if is_found {
                found.push(aside.job.row);
            }
            !is_found
        });
        drop(books);
        for row in found {
            self.streaks.borrow_mut().created();
            self.queue.borrow_mut().ended(row);
        }
        // Sent again in the order of the rows.
        for n in absent.into_iter().rev() {
            let Some(aside) = self.aside.borrow_mut().remove(&n) else {
                continue;
            };
            self.absent(aside);
        }
    }

    fn absent(&self, aside: Aside<'a>) {
        let Aside {
            mut job,
            fails_if_absent,
            ..
        } = aside;
        let is_last = fails_if_absent || job.retries >= self.settings.retries;
        if is_last {
            self.ledger
                .judge(job.row.n, journal::Verdict::Failed, Via::List);
            self.ledger.set_failed(job.row.n);
            let sign = self.streaks.borrow_mut().failed_in_the_end();
            self.heed(sign);
            return self.ended(&job, Outcome::Failed);
        }
        self.ledger
            .judge(job.row.n, journal::Verdict::NothingHappened, Via::List);
        job.retries += 1;
        self.queue.borrow_mut().put_back(job);
    }

    /// What could not be settled stays in doubt.
    fn leave_in_doubt(&self) {
        let aside = std::mem::take(&mut *self.aside.borrow_mut());
        for (n, aside) in aside {
            self.ledger.books.borrow_mut().set(n, Standing::InDoubt);
            self.in_doubt.borrow_mut().push(n);
            self.ended(&aside.job, Outcome::InDoubt);
        }
    }
}
