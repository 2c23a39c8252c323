//! One request on its way: what its answer means for the row and for the run.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::books::Standing;
use super::ledger::millis;
use super::list::{ListError, read_list};
use super::pacer::Permit;
use super::queue::Job;
use super::run::{Run, Step};
use super::stop::Stop;
use crate::jira::{Answer, CreatedIntegration, Refusal};
use crate::journal::{self, Answered, Event, Remote};
use crate::model::{Outcome, Row, ShownFields};

impl Run<'_> {
    /// Sends the request that creates `row`: once.
    pub(super) async fn send(&self, row: &Row, attempt: u32, permit: Permit<'_>) -> Step {
        let began = Instant::now();
        let exchange = self.ledger.client.create(&row.record).await;
        let answered = Answered {
            ms: millis(began.elapsed()),
            status: exchange.status(),
            ..blank(row.n, attempt)
        };
        let reported = permit.report(&exchange, why(&exchange.meaning));
        let pause = reported.unwrap_or_else(|stop| {
            self.ledger.stop(stop);
            None
        });
        match exchange.meaning {
            Answer::Done(created) => self.created(answered, row, created),
            Answer::Refused(refusal) => self.failed(answered, refusal),
            Answer::Forbidden(refusal) | Answer::NotFound(refusal) => {
                self.perhaps_no_access(answered, refusal).await
            }
            Answer::FailedOnServer(refusal) => self.failed_if_absent(answered, refusal),
            Answer::Unsettled(why) => self.unsettled(answered, &why),
            Answer::NothingHappened(why) => self.nothing_happened(answered, &why, pause),
            Answer::Stop(reason) => {
                let stop = Stop::of_jira(self.ledger.client.base().as_str(), reason);
                let why = stop.to_string();
                self.note_answer(answered, journal::Verdict::InDoubt, Some(&why));
                self.ledger.stop(stop);
                Step::Aside {
                    fails_if_absent: false,
                }
            }
        }
    }

    /// The intent of `job` is on disk, and its request will not be sent.
    pub(super) fn not_sent(&self, job: &Job<'_>) {
        let answered = blank(job.row.n, job.attempt);
        let why = "sending stopped before its turn";
        self.note_answer(answered, journal::Verdict::NotSent, Some(why));
    }

    fn note_answer(&self, mut answered: Answered, verdict: journal::Verdict, error: Option<&str>) {
        answered.verdict = verdict;
        answered.error = error.map(Into::into);
        self.ledger.note(Event::Outcome(answered));
    }

    fn created(&self, mut answered: Answered, row: &Row, created: CreatedIntegration) -> Step {
        let (id, init_date) = (created.id, created.init_date);
        let n = answered.n;
        if self.ledger.books.borrow().was_there_before(n, id) {
            // An answer of a cache, say: what it names was there before this request.
            let why = format!("an answer that names integration {id}, which was there before");
            return self.unsettled(answered, &why);
        }
        if let Some(what) = mismatch(row, &created) {
            // Somebody else's, or ours after Jira changed it: to send again what may be there would double it.
            let why = format!("an answer that names integration {id}, {what}");
            let verdict = journal::Verdict::FailedIfAbsent;
            self.note_answer(answered, verdict, Some(&why));
            return self.set_aside(&why, true);
        }
        answered.remote = Some(Remote { id, init_date });
        answered.echo = created.shown;
        self.note_answer(answered, journal::Verdict::Created, None);
        let mut books = self.ledger.books.borrow_mut();
        books.set(n, Standing::Created(id));
        self.streaks.borrow_mut().created();
        Step::End(Outcome::Created)
    }

    fn failed(&self, mut answered: Answered, refusal: Refusal) -> Step {
        let n = answered.n;
        answered.advice = refusal.advice;
        self.note_answer(answered, journal::Verdict::Failed, Some(&refusal.error));
        self.ledger.set_failed(n);
        let sign = self.streaks.borrow_mut().failed(&refusal.error);
        self.heed(sign);
        Step::End(Outcome::Failed)
    }

    fn failed_if_absent(&self, mut answered: Answered, refusal: Refusal) -> Step {
        answered.advice = refusal.advice;
        let verdict = journal::Verdict::FailedIfAbsent;
        self.note_answer(answered, verdict, Some(&refusal.error));
        self.set_aside(&refusal.error, true)
    }

    fn unsettled(&self, answered: Answered, why: &str) -> Step {
        self.note_answer(answered, journal::Verdict::InDoubt, Some(why));
        self.set_aside(why, false)
    }

    fn set_aside(&self, why: &str, fails_if_absent: bool) -> Step {
        let sign = self.streaks.borrow_mut().unsettled(why);
        self.heed(sign);
        Step::Aside { fails_if_absent }
    }

    fn nothing_happened(&self, answered: Answered, why: &str, pause: Option<Duration>) -> Step {
        self.note_answer(answered, journal::Verdict::NothingHappened, Some(why));
        if let Some(time) = pause {
            self.ledger.waiting(why, time);
        }
        Step::Again
    }

    /// 403 and 404 may mean this row or all of them: if the list can be read, it was the row.
    async fn perhaps_no_access(&self, answered: Answered, refusal: Refusal) -> Step {
        let answered_at = Instant::now();
        // One at a time: a list that was begun after this answer counts for it too.
        let mut seen = self.access_seen.lock().await;
        if seen.is_some_and(|seen| seen >= answered_at) {
            return self.failed(answered, refusal);
        }
        let began = Instant::now();
        let ledger = self.ledger;
        let waiting = |why: &str, time: Duration| ledger.waiting(why, time);
        let list = read_list(ledger.client, ledger.pacer, ledger.stop, &waiting).await;
        let stop = match list {
            Ok(_) => {
                *seen = Some(began);
                return self.failed(answered, refusal);
            }
            Err(ListError::Jira(error)) => Stop::Jira(error),
            Err(ListError::Stop(stop)) => stop,
        };
        // Nobody can say any more whether the refusal was for this row alone.
        let why = format!(
            "{}; nobody could be asked whether that was for this row alone",
            refusal.error
        );
        self.note_answer(answered, journal::Verdict::InDoubt, Some(&why));
        self.ledger.stop(stop);
        Step::Aside {
            fails_if_absent: false,
        }
    }
}

/// In what an answer contradicts the row that was sent, if in anything. What it does not say, and blanks, contradict nothing.
fn mismatch(row: &Row, created: &CreatedIntegration) -> Option<String> {
    let ours = row.record.integration_type();
    if let Some(theirs) = created.integration_type
        && theirs != ours
    {
        return Some(format!("whose type is {theirs} and not {ours}"));
    }
    let ours = row.record.display_name()?.split_whitespace();
    let theirs = created.display_name.as_deref()?.split_whitespace();
    let is_other = theirs.clone().next().is_some() && !ours.eq(theirs);
    is_other.then(|| "whose name is not that of the row".to_owned())
}

/// What keeps us waiting if this is all that comes.
pub(super) fn why<T>(answer: &Answer<T>) -> &str {
    match answer {
        Answer::NothingHappened(why) | Answer::Unsettled(why) => why,
        Answer::FailedOnServer(refusal) => &refusal.error,
        _ => "",
    }
}

/// An attempt of which nothing is known yet but that it ended now.
fn blank(n: u32, attempt: u32) -> Answered {
    Answered {
        n,
        attempt,
        ms: 0,
        status: None,
        verdict: journal::Verdict::InDoubt,
        remote: None,
        echo: ShownFields::default(),
        error: None,
        advice: None,
        at: Timestamp::now(),
    }
}
