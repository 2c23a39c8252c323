//! When the next request may go out.
//!
//! One pacer stands before all workers of a session. A request waits for three things: the end of a pause, which a 429 or
//! a failed connection begins for everybody; a place among the requests under way; and its time by the rate, the slower of
//! the user's `--rate` and Jira's rate limit.

mod concurrency;
mod pause;
mod rate;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until, timeout};

use self::concurrency::Concurrency;
use self::pause::Pause;
use self::rate::Rate;
use super::stop::{Stop, StopSwitch};
use crate::jira::{Ended, Exchange, RateHints};

/// Longest wait to read the last list of a session that stops.
const LONGEST_LAST_WAIT: Duration = Duration::from_secs(5);

/// How fast to send, and how long to try.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Pace {
    /// Requests under way at once, at least one.
    pub concurrency: usize,
    /// Most requests a second, if there is to be a limit.
    pub rate: Option<f64>,
    /// Longest time in which operations are answered by 429 and 5xx alone, or not at all.
    pub max_wait: Duration,
}

/// Lets requests out one after the other, for all workers of a session.
#[derive(Debug)]
pub(crate) struct Pacer {
    pub pace: Pace,
    /// Held by the request that is next: the others wait in the order in which they came.
    next: Mutex<()>,
    /// Something changed for the request that is next.
    changed: Notify,
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    /// Requests sent so far, which is also the number of the last one.
    sent: u64,
    /// Operations still to be sent, if that is known.
    unsent: Option<u64>,
    pause: Pause,
    concurrency: Concurrency,
    rate: Rate,
}

/// What a request is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    Operation,
    /// Reading a list, whose answer does not show that operations get through.
    List,
}

/// How a request ended, and how long the answer asks to wait.
type Feedback = (Ended, Option<Duration>);

/// Permission to make one request. Dropping it gives its place among the requests under way back.
#[derive(Debug)]
#[must_use = "its place is given back when it is dropped"]
pub(crate) struct Permit<'a> {
    pacer: &'a Pacer,
    purpose: Purpose,
    number: u64,
}

/// What the request that is next waits for.
enum Wait {
    Nothing,
    Until(Instant),
    FreePlace,
}

impl Pacer {
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            pace,
            next: Mutex::new(()),
            changed: Notify::new(),
            state: RefCell::new(State {
                sent: 0,
                unsent: None,
                pause: Pause::new(pace.max_wait, Instant::now()),
                concurrency: Concurrency::new(pace.concurrency),
                rate: Rate::new(pace.rate),
            }),
        }
    }

    /// Waits until a request may be sent; none if the session is to stop instead.
    pub(crate) async fn acquire(&self, stop: &StopSwitch, purpose: Purpose) -> Option<Permit<'_>> {
        tokio::select! {
            biased;
            () = stop.thrown() => None,
            permit = self.acquire_next(purpose) => Some(permit),
        }
    }

    /// The same for the last list of a session that stops: it waits for what Jira asked for and not for the back-off; none
    /// if that takes long.
    pub(crate) async fn acquire_for_last_list(&self) -> Option<Permit<'_>> {
        self.state.borrow_mut().pause.cancel_back_off();
        self.changed.notify_one();
        let permit = self.acquire_next(Purpose::List);
        timeout(LONGEST_LAST_WAIT, permit).await.ok()
    }

    /// How many requests are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.state.borrow().concurrency.under_way()
    }

    /// Sending begins, or begins again, with `operations` to be sent: the time until now was no waiting for an answer, and
    /// the last operations need not be spaced where Jira has tokens for all of them.
    pub(crate) fn begin_sending(&self, operations: usize) {
        let mut state = self.state.borrow_mut();
        state.unsent = Some(u64::try_from(operations).unwrap_or(u64::MAX));
        state.pause.restart_wait(Instant::now());
        self.changed.notify_one();
    }

    async fn acquire_next(&self, purpose: Purpose) -> Permit<'_> {
        let _next = self.next.lock().await;
        loop {
            let wait = self.state.borrow_mut().wait(Instant::now());
            match wait {
                Wait::Nothing => {
                    let number = self.state.borrow_mut().send(purpose, Instant::now());
                    return Permit {
                        pacer: self,
                        purpose,
                        number,
                    };
                }
                Wait::Until(time) => tokio::select! {
                    () = sleep_until(time) => {}
                    () = self.changed.notified() => {}
                },
                Wait::FreePlace => self.changed.notified().await,
            }
        }
    }
}

impl State {
    fn wait(&mut self, now: Instant) -> Wait {
        if let Some(until) = self.pause.until(now) {
            return Wait::Until(until);
        }
        if !self.concurrency.has_free() {
            return Wait::FreePlace;
        }
        match self.rate.due(now, self.sent, self.unsent) {
            Some(due) if due > now => Wait::Until(due),
            _ => Wait::Nothing,
        }
    }

    /// Returns the number of the request that is sent now.
    fn send(&mut self, purpose: Purpose, now: Instant) -> u64 {
        self.rate.take(now, self.sent, self.unsent);
        self.concurrency.take();
        self.sent += 1;
        if purpose == Purpose::Operation {
            self.unsent = self.unsent.map(|unsent| unsent.saturating_sub(1));
        }
        self.sent
    }

    /// See [`Permit::report`].
    fn report(
        &mut self,
        (purpose, number): (Purpose, u64),
        (ended, retry_after): Feedback,
        hints: Option<RateHints>,
        why: &str,
        now: Instant,
    ) -> Result<Option<Duration>, Stop> {
        let pause = match ended {
            // It was not carried out.
            Ended::Answered(429) => {
                let asked = retry_after.unwrap_or_default();
                let pause = self.pause.asked(number, self.sent, asked, why, now)?;
                let until = self.pause.until(now).unwrap_or(now);
                self.rate.refused(hints, until, self.sent);
                pause
            }
            Ended::NotConnected => self.pause.back_off(number, self.sent, now),
            Ended::Answered(408 | 500..) | Ended::TimedOut | Ended::BrokenOff | Ended::TooLarge => {
                if matches!(ended, Ended::Answered(_) | Ended::TimedOut) {
                    self.concurrency.failed(number, self.sent);
                }
                match (purpose, retry_after) {
                    // It is settled, and not sent again now.
                    (Purpose::Operation, _) => {
                        return self.pause.check_wait(why, now).map(|()| None);
                    }
                    (Purpose::List, Some(asked)) => {
                        self.pause.asked(number, self.sent, asked, why, now)?
                    }
                    (Purpose::List, None) => self.pause.back_off(number, self.sent, now),
                }
            }
            // Jira is at work, be it to refuse.
            Ended::Answered(_) => {
                let others = self.concurrency.under_way().saturating_sub(1);
                self.rate.answered(number, hints, others, now);
                self.concurrency.succeeded();
                self.pause.reset_back_off();
                if purpose == Purpose::Operation {
                    self.pause.restart_wait(now);
                }
                return Ok(None);
            }
        };
        if purpose == Purpose::Operation {
            // It did not happen, and is sent again.
            self.unsent = self.unsent.map(|unsent| unsent.saturating_add(1));
            let until = self.pause.until(now).unwrap_or(now);
            self.pause.check_wait(why, until)?;
        }
        Ok(pause)
    }
}

impl Permit<'_> {
    /// Reports what came of the request and gives the permit back. `why` says what we wait for, should nothing have come of
    /// it. Returns how long everybody pauses from now on, if that is a new pause.
    ///
    /// # Errors
    ///
    /// [`Stop::MaxWait`] if operations get no answer within the longest wait.
    pub(crate) fn report<T>(
        self,
        exchange: &Exchange<T>,
        why: &str,
    ) -> Result<Option<Duration>, Stop> {
        let feedback = (exchange.ended, exchange.retry_after);
        self.give_feedback(feedback, exchange.hints, why)
    }

    fn give_feedback(
        self,
        feedback: Feedback,
        hints: Option<RateHints>,
        why: &str,
    ) -> Result<Option<Duration>, Stop> {
        let request = (self.purpose, self.number);
        let mut state = self.pacer.state.borrow_mut();
        state.report(request, feedback, hints, why, Instant::now())
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.pacer.state.borrow_mut().concurrency.give_back();
        self.pacer.changed.notify_one();
    }
}
