use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::Pin;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::engine::attempt::why;
use crate::engine::event::RunEvent;
use crate::engine::ledger::{Ledger, millis};
use crate::engine::pacer::Permit;
use crate::engine::stop::Stop;
use crate::jira::{Answer, Refusal};
use crate::journal::{
    Answered, Event, Intent, JournalError, ListReason, Op, Remote, RemovalOutcome, Settled,
    Verdict, Via,
};
use crate::model::{IntegrationType, RemoteIntegration, ShownFields};

/// An integration that is to be deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deletion {
    /// The row that it belongs to.
    pub n: u32,
    /// Jira's id.
    pub id: i64,
    /// Its type.
    pub integration_type: Option<IntegrationType>,
    /// When it was created, if Jira tells that.
    pub init_date: Option<i64>,
    /// The number of the row's last intent.
    pub attempt: u32,
    /// Whether it was asked for before and nobody learnt what came of that.
    pub was_in_doubt: bool,
}

impl Deletion {
    /// Whether `shown` is what is to be deleted, and not someone else's that has its id now.
    pub(super) fn is(&self, shown: &RemoteIntegration) -> bool {
        let is_of_its_time = match (self.init_date, shown.init_date) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        shown.id == self.id && shown.integration_type() == self.integration_type && is_of_its_time
    }
}

/// An undo that is carried out.
pub(crate) struct Undo<'a> {
    ledger: &'a Ledger<'a>,
    concurrency: usize,
    retries: u32,
    queue: RefCell<VecDeque<Job>>,
    aside: RefCell<Vec<Aside>>,
    /// The rows of which a deletion is under way: the answer that comes is that of the last intent.
    under_way: RefCell<HashSet<u32>>,
    /// The number of the last intent of each row.
    attempts: RefCell<HashMap<u32, u32>>,
}

#[derive(Clone, Copy)]
struct Job {
    deletion: Deletion,
    /// How often it was asked for again.
    retries: u32,
}

/// A deletion that Jira's list must judge.
struct Aside {
    job: Job,
    /// What it is if the list still shows it.
    if_there: IfThere,
    /// What it is if the list does not.
    if_gone: Verdict,
    /// When the attempt ended.
    ended: Instant,
}

#[derive(Clone, Copy)]
enum IfThere {
    /// Asked for again.
    Again,
    /// Refused.
    Failed,
}

struct Begun {
    job: Job,
    written: Pin<Box<dyn Future<Output = Result<(), JournalError>>>>,
}

enum Step {
    End(RemovalOutcome),
    Aside(IfThere),
    /// Jira knows no integration of that id.
    NotThere,
    Again,
}

impl<'a> Undo<'a> {
    /// An undo that deletes `deletions`, several at a time.
    pub(crate) fn new(
        ledger: &'a Ledger<'a>,
        concurrency: usize,
        retries: u32,
        deletions: impl IntoIterator<Item = Deletion>,
    ) -> Self {
        let mut attempts = HashMap::new();
        let mut jobs = VecDeque::new();
        for deletion in deletions {
            let last: &mut u32 = attempts.entry(deletion.n).or_default();
            *last = (*last).max(deletion.attempt);
            jobs.push_back(Job {
                deletion,
                retries: 0,
            });
        }
        Self {
            ledger,
            concurrency: concurrency.max(1),
            retries,
            queue: RefCell::new(jobs),
            aside: RefCell::default(),
            under_way: RefCell::default(),
            attempts: RefCell::new(attempts),
        }
    }

    /// Deletes all, and lets Jira's list judge where the answers do not say. What becomes of each is in the journal; why it
    /// ended early, if it did, is returned.
    pub(crate) async fn carry_out(&self) -> Option<Stop> {
        loop {
            self.ledger.pacer.begin_sending(self.queue.borrow().len());
            join_all((0..self.concurrency).map(|_| self.work())).await;
            if self.aside.borrow().is_empty() || self.may_ask_no_more() {
                break;
            }
            if let Err(stop) = self.judge().await {
                self.ledger.stop(stop);
            }
            if self.ledger.stop.is_thrown() || self.queue.borrow().is_empty() {
                break;
            }
        }
        self.ledger.stop.ending()
    }

    /// Whether Jira turned us away, or nothing can be written down.
    fn may_ask_no_more(&self) -> bool {
        match self.ledger.stop.reason() {
            Some(Stop::Jira(error)) => !error.is_in_the_way(),
            Some(Stop::Journal(_)) => true,
            _ => false,
        }
    }

    async fn work(&self) {
        let mut ahead = self.begin_next();
        while let Some(begun) = ahead {
            ahead = self.send_begun(begun).await;
        }
    }

    /// Writes the intent of the next deletion whose row has none under way.
    fn begin_next(&self) -> Option<Begun> {
        if self.ledger.stop.is_thrown() {
            return None;
        }
        let mut job = self.take_next()?;
        let n = job.deletion.n;
        let attempt = self.attempts.borrow().get(&n).map_or(1, |last| last + 1);
        self.attempts.borrow_mut().insert(n, attempt);
        job.deletion.attempt = attempt;
        let intent = Event::Intent(Intent {
            n: job.deletion.n,
            attempt: job.deletion.attempt,
            op: Op::Delete,
            id: Some(job.deletion.id),
            at: Timestamp::now(),
        });
        let written = Box::pin(self.ledger.journal.commit([intent]));
        Some(Begun { job, written })
    }

    fn take_next(&self) -> Option<Job> {
        let mut queue = self.queue.borrow_mut();
        let mut under_way = self.under_way.borrow_mut();
        let at = queue
            .iter()
            .position(|job| !under_way.contains(&job.deletion.n))?;
        let job = queue.remove(at)?;
        under_way.insert(job.deletion.n);
        Some(job)
    }

    async fn send_begun(&self, begun: Begun) -> Option<Begun> {
        let Begun { job, written } = begun;
        if let Err(error) = written.await {
            self.ledger.stop(error.into());
            return None;
        }
        let Some(permit) = self.ledger.pacer.acquire(self.ledger.stop).await else {
            self.note(
                job,
                Verdict::NotSent,
                Some("sending stopped before its turn"),
            );
            return None;
        };
        let n = job.deletion.n;
        match self.send(job, permit).await {
            Step::End(outcome) => self.tell(job, outcome),
            Step::Aside(if_there) => self.set_aside(job, if_there, Verdict::Removed),
            Step::NotThere => {
                let was_asked_for = job.deletion.was_in_doubt || job.retries > 0;
                let if_gone = if was_asked_for {
                    Verdict::Removed
                } else {
                    Verdict::AlreadyGone
                };
                self.set_aside(job, IfThere::Again, if_gone);
            }
            Step::Again => self.queue.borrow_mut().push_front(job),
        }
        self.under_way.borrow_mut().remove(&n);
        self.begin_next()
    }

    fn tell(&self, job: Job, outcome: RemovalOutcome) {
        if outcome.is_gone() {
            let Deletion { n, id, .. } = job.deletion;
            self.ledger.books.borrow_mut().remove(n, id);
        }
        (self.ledger.tell)(RunEvent::Removed(outcome));
    }

    fn set_aside(&self, job: Job, if_there: IfThere, if_gone: Verdict) {
        self.aside.borrow_mut().push(Aside {
            job,
            if_there,
            if_gone,
            ended: Instant::now(),
        });
    }

    /// Sends the request that deletes: once.
    async fn send(&self, job: Job, permit: Permit<'_>) -> Step {
        let began = Instant::now();
        let exchange = self.ledger.client.delete(job.deletion.id).await;
        let pause = permit
            .report(&exchange, why(&exchange.meaning))
            .unwrap_or_else(|stop| {
                self.ledger.stop(stop);
                None
            });
        let mut answered = Answered {
            ms: millis(began.elapsed()),
            status: exchange.status(),
            ..blank(job)
        };
        let (verdict, error, step) = match exchange.meaning {
            Answer::Done(()) => (Verdict::Removed, None, Step::End(RemovalOutcome::Removed)),
            Answer::Refused(refusal) => {
                answered.advice = refusal.advice;
                let step = Step::End(RemovalOutcome::Failed);
                (Verdict::Failed, Some(refusal.error), step)
            }
            Answer::NotFound(refusal) => (Verdict::InDoubt, Some(refusal.error), Step::NotThere),
            Answer::Forbidden(refusal) => {
                let step = Step::Aside(IfThere::Failed);
                (Verdict::InDoubt, Some(refusal.error), step)
            }
            Answer::FailedOnServer(Refusal { error: why, .. }) | Answer::Unsettled(why) => {
                (Verdict::InDoubt, Some(why), Step::Aside(IfThere::Again))
            }
            Answer::NothingHappened(why) => {
                if let Some(time) = pause {
                    self.ledger.waiting(&why, time);
                }
                (Verdict::NothingHappened, Some(why), Step::Again)
            }
            Answer::Stop(reason) => {
                let stop = Stop::of_jira(self.ledger.client.base().as_str(), reason);
                let why = stop.to_string();
                self.ledger.stop(stop);
                (Verdict::InDoubt, Some(why), Step::Aside(IfThere::Again))
            }
        };
        answered.verdict = verdict;
        answered.error = error;
        self.ledger.note(Event::Outcome(answered));
        step
    }

    fn note(&self, job: Job, verdict: Verdict, error: Option<&str>) {
        self.ledger.note(Event::Outcome(Answered {
            verdict,
            error: error.map(Into::into),
            ..blank(job)
        }));
    }

    /// Lets the list judge what was set aside: gone is what neither of two lists shows that were both begun after the time
    /// that Jira is given. What the later one shows is asked for again; what only the earlier one shows is in doubt. A
    /// session that is being stopped leaves in doubt what is there, for the deletion may still be carried out, and somebody
    /// who interrupts does not wait for any of it.
    async fn judge(&self) -> Result<(), Stop> {
        if self.ledger.stop.is_interrupted() {
            return Ok(());
        }
        let (left, last) = {
            let aside = self.aside.borrow();
            (aside.len(), aside.iter().map(|aside| aside.ended).max())
        };
        if let Some(last) = last {
            self.ledger.wait_for(last, left).await?;
        }
        let earlier = self.ledger.list(ListReason::Settle).await?;
        let later = self.ledger.list(ListReason::Settle).await?;
        for aside in std::mem::take(&mut *self.aside.borrow_mut()) {
            let is_in =
                |list: &[RemoteIntegration]| list.iter().any(|of| aside.job.deletion.is(of));
            match (is_in(&earlier), is_in(&later)) {
                (false, false) => {
                    self.settle(aside.job, aside.if_gone);
                    self.tell(aside.job, RemovalOutcome::Removed);
                }
                (true, false) => self.tell(aside.job, RemovalOutcome::InDoubt),
                (_, true) if self.ledger.stop.is_thrown() => {}
                (_, true) => self.ask_again(&aside),
            }
        }
        Ok(())
    }

    /// What was set aside is there: it is asked for again, unless Jira refuses or was asked often enough.
    fn ask_again(&self, aside: &Aside) {
        let mut job = aside.job;
        if matches!(aside.if_there, IfThere::Failed) || job.retries >= self.retries {
            self.settle(job, Verdict::Failed);
            self.tell(job, RemovalOutcome::Failed);
        } else {
            self.settle(job, Verdict::NothingHappened);
            job.retries += 1;
            self.queue.borrow_mut().push_back(job);
        }
    }

    fn settle(&self, job: Job, verdict: Verdict) {
        self.ledger.note(settled(&job.deletion, verdict));
    }
}

/// The judgement of Jira's list on a deletion.
pub(super) fn settled(deletion: &Deletion, verdict: Verdict) -> Event {
    Event::Settled(Settled {
        n: deletion.n,
        verdict,
        remote: Some(Remote {
            id: deletion.id,
            init_date: None,
        }),
        echo: ShownFields::default(),
        via: Via::List,
        at: Timestamp::now(),
    })
}

/// An attempt of which nothing is known yet but that it ended now.
fn blank(job: Job) -> Answered {
    Answered {
        n: job.deletion.n,
        attempt: job.deletion.attempt,
        ms: 0,
        status: None,
        verdict: Verdict::InDoubt,
        remote: None,
        echo: ShownFields::default(),
        error: None,
        advice: None,
        at: Timestamp::now(),
    }
}
