//! One row on its way: intent, request, verdict.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::event::RunEvent;
use super::list::{ListError, read_list};
use super::pacer::Wave;
use super::run::Run;
use super::stop::Stop;
use crate::jira::{Refusal, Verdict};
use crate::journal::{self, Answered, Event, Intent, Op, Remote};
use crate::model::{Outcome, RemoteIntegration, Row};

/// What a verdict means for the row's way.
enum Step {
    /// The row came to its end.
    End(Outcome),
    /// It may be sent again once the pause is over.
    Again,
}

impl Run<'_> {
    /// Creates `row`, or finds out that it cannot be. Only what certainly did not happen is sent again.
    pub(super) async fn create(&self, row: &Row) {
        for attempt in 1.. {
            let Some(wave) = self.pacer.ready(self.stop).await else {
                return;
            };
            let intent = Event::Intent(Intent {
                n: row.n,
                attempt,
                op: Op::Create,
                id: None,
                at: Timestamp::now(),
            });
            if let Err(error) = self.journal.commit([intent]).await {
                return self.stop(error.into());
            }
            if self.stop.is_thrown() {
                // The intent is on disk and the request was not sent.
                let why = "the run stopped before it was sent";
                return self.note(not_sent(row.n, attempt, why));
            }
            if let Step::End(outcome) = self.send(row, attempt, wave).await {
                return (self.tell)(RunEvent::Finished(outcome));
            }
        }
    }

    async fn send(&self, row: &Row, attempt: u32, wave: Wave) -> Step {
        let began = Instant::now();
        let (status, verdict) = self.client.create(&row.record).await;
        let mut answered = Answered {
            n: row.n,
            attempt,
            ms: millis(began.elapsed()),
            status,
            verdict: journal::Verdict::InDoubt,
            remote: None,
            error: None,
            advice: None,
            at: Timestamp::now(),
        };
        let is_at_work = status.is_some_and(|status| status != 429 && status < 500);
        if is_at_work {
            self.pacer.answered();
        }
        match verdict {
            Verdict::Created(remote) => self.created(answered, &remote),
            Verdict::Failed(refusal) => self.failed(answered, refusal),
            Verdict::PerhapsNoAccess(refusal) => self.perhaps_no_access(answered, refusal).await,
            Verdict::FailedIfAbsent(refusal) => {
                answered.advice = refusal.advice.map(Into::into);
                self.unsettled(answered, &refusal.error)
            }
            Verdict::Unsettled(why) => self.unsettled(answered, &why),
            Verdict::NothingHappened { why, pause } => {
                self.nothing_happened(answered, wave, &why, pause)
            }
            Verdict::Stop(reason) => {
                let stop = Stop::of_jira(self.client.base().as_str(), reason);
                let why = stop.to_string();
                self.note_answer(answered, journal::Verdict::InDoubt, Some(&why));
                self.stop(stop);
                Step::End(Outcome::InDoubt)
            }
        }
    }

    fn note_answer(&self, mut answered: Answered, verdict: journal::Verdict, error: Option<&str>) {
        answered.verdict = verdict;
        answered.error = error.map(Into::into);
        self.note(Event::Outcome(answered));
    }

    fn created(&self, mut answered: Answered, remote: &RemoteIntegration) -> Step {
        answered.remote = Some(Remote {
            id: remote.id,
            init_date: remote.init_date,
        });
        self.note_answer(answered, journal::Verdict::Created, None);
        self.streaks.borrow_mut().created();
        Step::End(Outcome::Created)
    }

    fn failed(&self, mut answered: Answered, refusal: Refusal) -> Step {
        answered.advice = refusal.advice.map(Into::into);
        self.note_answer(answered, journal::Verdict::Failed, Some(&refusal.error));
        let stop = self.streaks.borrow_mut().failed(&refusal.error);
        if let Some(stop) = stop {
            self.stop(stop);
        }
        Step::End(Outcome::Failed)
    }

    fn unsettled(&self, answered: Answered, why: &str) -> Step {
        self.note_answer(answered, journal::Verdict::InDoubt, Some(why));
        let stop = self.streaks.borrow_mut().unsettled(why);
        if let Some(stop) = stop {
            self.stop(stop);
        }
        Step::End(Outcome::InDoubt)
    }

    fn nothing_happened(
        &self,
        answered: Answered,
        wave: Wave,
        why: &str,
        asked: Option<Duration>,
    ) -> Step {
        self.note_answer(answered, journal::Verdict::NothingHappened, Some(why));
        match self.pacer.pause(wave, why, asked) {
            Ok(Some(time)) => self.waiting(why, time),
            Ok(None) => {}
            Err(stop) => self.stop(stop),
        }
        Step::Again
    }

    fn waiting(&self, why: &str, time: Duration) {
        self.note(Event::Paused {
            why: why.into(),
            ms: millis(time),
        });
        (self.tell)(RunEvent::Waiting { why, time });
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
        let waiting = |why: &str, time: Duration| self.waiting(why, time);
        let stop = match read_list(self.client, &self.pacer, self.stop, &waiting).await {
            Ok(_) => {
                *seen = Some(began);
                return self.failed(answered, refusal);
            }
            Err(ListError::Jira(error)) => Stop::Jira(error),
            Err(ListError::Stop(stop)) => stop,
        };
        // Nobody can say any more whether the refusal was for this row alone.
        let why = refusal.error;
        self.note_answer(answered, journal::Verdict::InDoubt, Some(&why));
        self.stop(stop);
        Step::End(Outcome::InDoubt)
    }
}

fn not_sent(n: u32, attempt: u32, why: &str) -> Event {
    Event::Outcome(Answered {
        n,
        attempt,
        ms: 0,
        status: None,
        verdict: journal::Verdict::NothingHappened,
        remote: None,
        error: Some(why.into()),
        advice: None,
        at: Timestamp::now(),
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
