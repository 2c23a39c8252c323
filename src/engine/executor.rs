//! Carries out operations: several at a time, each journaled before it is sent, and settled by Jira's list where its answer
//! does not tell what became of it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::ready;
use std::pin::Pin;

use futures_util::future::{FutureExt as _, Shared};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;
use tokio::time::Instant;

use super::context::{Response, SessionContext, Settling};
use super::guards::Guards;
use super::matcher::Matcher;
use super::operations::{End, Job, Operation};
use super::pacer::Purpose;
use super::queue::Queue;
use super::settle::{Doubt as _, Unsettled, audit, settle};
use super::stop::Stop;
use crate::jira::{Answer, Refusal};
use crate::journal::{Answered, Discrepancies, Event, Intent, JournalError, Verdict};
use crate::model::{Difference, ShownFields};

/// How to send.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Settings {
    /// How often an operation is sent again that turned out not to have happened.
    pub retries: u32,
    /// How many rows may fail before the session stops.
    pub max_failures: Option<u32>,
}

/// Carries out operations of one kind. One task does it all: requests are futures that return their answers, and everything
/// else belongs to this struct.
pub(crate) struct Executor<'a, O: Operation> {
    context: &'a SessionContext<'a>,
    matcher: Matcher,
    settings: Settings,
    guards: Guards,
    queue: Queue<O>,
    /// The number of the last intent of each row.
    attempts: HashMap<u32, u32>,
    /// The operations whose intents are on their way to the disk: no more than the requests under way.
    ahead: VecDeque<Job<O>>,
    /// Ends when the last intents are on disk.
    written: Written,
    /// The operations that wait to be settled, by their rows.
    aside: BTreeMap<u32, Aside<O>>,
    /// The rows that stay in doubt.
    in_doubt: Vec<u32>,
    /// When the last attempt ended without a clear answer that was not the first at its row.
    repeated: Option<Instant>,
    /// Whether nothing is sent until the operations set aside are settled.
    is_held: bool,
    /// Whether several may be under way.
    is_proven: bool,
    /// Whether one of the operations is a proof.
    has_proof: bool,
}

type Written = Shared<Pin<Box<dyn Future<Output = Result<(), JournalError>>>>>;

/// An operation whose fate is unknown.
#[derive(Clone, Copy)]
struct Aside<O: Operation> {
    job: Job<O>,
    unsettled: Unsettled<O::Doubt>,
    may_retry: bool,
}

impl<'a, O: Operation> Executor<'a, O> {
    /// An executor of `jobs`; the rows `in_doubt` are in doubt already.
    pub(crate) fn new(
        context: &'a SessionContext<'a>,
        matcher: Matcher,
        settings: Settings,
        jobs: Vec<Job<O>>,
        in_doubt: Vec<u32>,
    ) -> Self {
        let mut attempts = HashMap::new();
        for job in &jobs {
            let last: &mut u32 = attempts.entry(job.n()).or_default();
            *last = job.attempt.max(*last);
        }
        let guards = if O::IS_GUARDED {
            Guards::new(
                context.pacer.pace.concurrency,
                jobs.len(),
                settings.max_failures,
            )
        } else {
            // They never give a sign.
            Guards::new(usize::MAX, 0, None)
        };
        Self {
            has_proof: jobs.iter().any(|job| job.operation.is_proof()),
            context,
            matcher,
            settings,
            guards,
            queue: Queue::new(jobs),
            attempts,
            ahead: VecDeque::new(),
            written: ready(Ok(())).boxed_local().shared(),
            aside: BTreeMap::new(),
            in_doubt,
            repeated: None,
            is_held: false,
            is_proven: !O::FIRST_GOES_ALONE,
        }
    }

    /// Sends all, settles what is unknown, and sends again what did not happen, until nothing is left or the session stops.
    /// What becomes of each operation is in the journal.
    pub(crate) async fn run(&mut self) {
        loop {
            self.is_held = false;
            self.context.pacer.begin_sending(self.queue.len());
            self.send_all().await;
            self.settle().await;
            if self.context.stop.is_thrown() || self.queue.is_empty() {
                return;
            }
        }
    }

    /// Compares all rows with Jira's list, unless the session stops in a way that nothing more is asked of Jira.
    pub(crate) async fn audit(&mut self) -> Discrepancies {
        if self.context.settling() != Some(Settling::Full) {
            return Discrepancies::default();
        }
        let (in_doubt, since) = (&self.in_doubt, self.repeated);
        let found = audit(self.context, &mut self.matcher, in_doubt, since).await;
        found.unwrap_or_else(|stop| {
            self.context.stop(stop);
            Discrepancies::default()
        })
    }

    async fn send_all(&mut self) {
        let context = self.context;
        let mut under_way = FuturesUnordered::new();
        loop {
            if self.is_held || context.stop.is_thrown() {
                self.withdraw();
            } else if self.is_proven || under_way.is_empty() {
                self.announce();
            }
            let has_next = !self.ahead.is_empty();
            if !has_next && under_way.is_empty() {
                return;
            }
            let written = self.written.clone();
            // The next operation may be sent once its intent is on disk and the pacer permits it.
            let permit = async {
                written.await?;
                Ok::<_, JournalError>(
                    context
                        .pacer
                        .acquire(context.stop, Purpose::Operation)
                        .await,
                )
            };
            tokio::select! {
                biased;
                Some((job, response)) = under_way.next() => self.answered(job, response),
                permit = permit, if has_next => match permit {
                    Ok(Some(permit)) => {
                        if let Some(job) = self.ahead.pop_front() {
                            self.matcher.note_sent(job.n());
                            under_way.push(async move {
                                (job, job.operation.send(context, permit).await)
                            });
                        }
                    }
                    Ok(None) => {}
                    Err(error) => context.stop(Stop::from(error)),
                },
            }
        }
    }

    /// Journals the intents of the next operations, once those announced before are taken: one sync of the disk is enough
    /// for all of them.
    fn announce(&mut self) {
        if !self.ahead.is_empty() {
            return;
        }
        let most = if self.is_proven {
            self.context.pacer.pace.concurrency.max(1)
        } else {
            1
        };
        let next = std::iter::from_fn(|| self.queue.next());
        let mut jobs: Vec<Job<O>> = next.take(most).collect();
        if jobs.is_empty() {
            return;
        }
        let at = Timestamp::now();
        let mut intents = Vec::new();
        for job in &mut jobs {
            let last = self.attempts.entry(job.n()).or_default();
            *last += 1;
            job.attempt = *last;
            let before = job.operation.set_alone(!self.is_proven);
            intents.push(Event::Intent(Intent {
                n: job.n(),
                attempt: job.attempt,
                op: job.operation.op(),
                id: job.operation.doubt().remote().map(|remote| remote.id),
                before,
                left: job.operation.left(),
                at,
            }));
        }
        self.written = self.context.journal.commit(intents).boxed_local().shared();
        self.ahead.extend(jobs);
    }

    /// Takes back the operations whose intents are journaled and that are not sent now.
    fn withdraw(&mut self) {
        for job in self.ahead.drain(..).rev() {
            self.context.note(Event::Outcome(Answered {
                verdict: Verdict::NotSent,
                error: Some("sending stopped before its turn".into()),
                ..Answered::unanswered(job.n(), job.attempt)
            }));
            self.queue.put_back(job);
        }
    }

    /// Journals what an answer means, and does what follows from it.
    fn answered(&mut self, mut job: Job<O>, response: Response<O::Done>) {
        let context = self.context;
        let mut answered = Answered {
            ms: response.ms,
            status: response.status,
            at: response.at,
            ..Answered::unanswered(job.n(), job.attempt)
        };
        let answer = job.operation.check(response.answer, &mut self.matcher);
        let (verdict, why) = match answer {
            Answer::Done(done) => {
                job.operation.record(done, &mut answered);
                let why = self.check_others(&job, &answered.also_changed);
                (job.operation.doubt().done(), why)
            }
            Answer::Refused(why) => (Verdict::Failed, why),
            Answer::FailedOnServer(why, named) => {
                answered.remote = named;
                job.operation.may_have_happened();
                (Verdict::FailedIfAbsent, why)
            }
            Answer::Forbidden(why) => {
                job.operation.may_have_happened();
                (Verdict::FailedIfAbsent, why)
            }
            Answer::NotFound(why) => (Verdict::InDoubt, why),
            Answer::Unsettled(why, named) => {
                answered.remote = named;
                job.operation.may_have_happened();
                (Verdict::InDoubt, why.into())
            }
            Answer::NothingHappened(why) => (Verdict::NothingHappened, why.into()),
            Answer::Stop(error) => {
                job.operation.may_have_happened();
                let why = error.to_string();
                context.stop(Stop::Jira(error));
                (Verdict::InDoubt, why.into())
            }
        };
        let Refusal { error, advice } = why;
        context.note(Event::Outcome(Answered {
            verdict,
            error: (!error.is_empty())
                .then(|| error.clone())
                .or(answered.error),
            advice,
            ..answered
        }));
        match verdict {
            Verdict::Failed => {
                context.stop(self.guards.failed(&error));
                self.end(job, End::Failed);
            }
            // Its fate is unknown until lists tell.
            Verdict::InDoubt | Verdict::FailedIfAbsent => {
                context.stop(self.guards.unsettled(&error));
                // What the first one did is known before another is sent.
                self.is_held |= self.guards.must_hold() || !self.is_proven;
                let ended = Instant::now();
                if job.was_sent {
                    self.repeated = Some(ended);
                }
                let aside = Aside {
                    job,
                    unsettled: Unsettled {
                        doubt: job.operation.doubt(),
                        ended,
                        created_by_then: self.matcher.number_created(),
                    },
                    may_retry: verdict == Verdict::InDoubt,
                };
                self.aside.insert(job.n(), aside);
            }
            Verdict::NothingHappened => {
                if let Some(time) = response.pause {
                    context.pause(&error, time);
                }
                self.queue.put_back(job);
            }
            _ => {
                (context.on_event)(job.operation.doubt().happened(&mut self.matcher));
                self.is_proven |= job.operation.is_proof() || !self.has_proof;
                self.succeeded(&job);
            }
        }
    }

    fn succeeded(&mut self, job: &Job<O>) {
        self.guards.succeeded();
        self.queue.end(&job.operation);
    }

    /// Stops the session if Jira changed fields that it was not asked to change.
    fn check_others(&self, job: &Job<O>, changed: &[Difference]) -> Refusal {
        let remote = job.operation.doubt().remote();
        let Some(remote) = remote.filter(|_| !changed.is_empty()) else {
            return Refusal::default();
        };
        let stop = Stop::also_changed(remote.id, changed);
        let why = stop.to_string();
        self.context.stop(stop);
        why.into()
    }

    fn end(&mut self, job: Job<O>, end: End) {
        (self.context.on_event)(job.operation.ended(end, &mut self.matcher));
        self.queue.end(&job.operation);
    }

    /// Settles what was set aside: what did not happen is sent again, or has failed; what cannot be settled stays in doubt.
    async fn settle(&mut self) {
        if let Some(how) = self.context.settling() {
            let unsettled = self.aside.values().map(|aside| aside.unsettled);
            let settlement =
                settle(self.context, &mut self.matcher, unsettled.collect(), how).await;
            self.context.stop(settlement.stop);
            for doubt in settlement.happened {
                if let Some(aside) = self.aside.remove(&doubt.n()) {
                    self.succeeded(&aside.job);
                }
            }
            // Sent again in the order of the rows.
            for doubt in settlement.did_not_happen.into_iter().rev() {
                if let Some(aside) = self.aside.remove(&doubt.n()) {
                    self.retry_or_fail(aside);
                }
            }
        }
        for (n, aside) in std::mem::take(&mut self.aside) {
            self.in_doubt.push(n);
            self.end(aside.job, End::InDoubt);
        }
        self.guards.settled();
    }

    fn retry_or_fail(
        &mut self,
        Aside {
            mut job, may_retry, ..
        }: Aside<O>,
    ) {
        let retries = may_retry && job.retries < self.settings.retries;
        let verdict = if retries {
            Verdict::NothingHappened
        } else {
            Verdict::Failed
        };
        let doubt = job.operation.doubt();
        let stays_in_doubt = doubt.is_beyond_lists();
        if !stays_in_doubt {
            let remote = doubt.remote();
            self.context
                .note_settled(job.n(), verdict, remote, ShownFields::default());
        }
        if retries {
            job.retries += 1;
            job.was_sent = true;
            job.operation.may_have_happened();
            self.queue.put_back(job);
        } else if stays_in_doubt {
            self.in_doubt.push(job.n());
            self.end(job, End::InDoubt);
        } else {
            self.context.stop(self.guards.failed_in_the_end());
            self.end(job, End::Failed);
        }
    }
}
