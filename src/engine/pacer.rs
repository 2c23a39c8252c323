//! When the next request may go out.
//!
//! One pacer stands before all workers. It keeps apart what holds a request back: the pause after a 429 or a connection
//! that was not made, the places among the requests under way, and the spacing between two requests, which is the slower
//! of what the user asks for and what Jira's rate limit lets through.

mod bucket;
mod heard;
mod patience;
mod places;
#[cfg(test)]
mod simulation;
mod spacing;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until, timeout};

use self::bucket::{Bucket, Sent};
pub(crate) use self::heard::Heard;
use self::patience::Patience;
use self::places::Places;
use self::spacing::Spacing;
use super::stop::{Stop, StopSwitch};
use crate::jira::RateHints;

/// Longest wait for the turn of a session's last list.
const LONGEST_AT_LAST: Duration = Duration::from_secs(5);

/// How fast to send, and how long to try.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Pace {
    /// Requests under way at once, at least one.
    pub concurrency: usize,
    /// Most requests a second, if there is to be a limit.
    pub rate: Option<f64>,
    /// Longest time without an answer other than 429 and 5xx, lists that are read aside.
    pub max_wait: Duration,
}

/// Lets requests out one after the other, for all workers of a run.
#[derive(Debug)]
pub(crate) struct Pacer {
    pace: Pace,
    /// Held by the one who is next: the others wait in the order in which they came.
    gate: Mutex<()>,
    /// Something changed for the one who is next.
    changed: Notify,
    /// Turns given so far, which is also the number of the last one.
    given: Cell<u64>,
    /// Requests that are still to be sent, if that is known.
    left: Cell<Option<u64>>,
    patience: RefCell<Patience>,
    places: RefCell<Places>,
    spacing: RefCell<Spacing>,
    bucket: RefCell<Bucket>,
}

/// What a turn is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Errand {
    /// One of the requests that the run is there for.
    Send,
    /// A list, or what else is asked on the way.
    Read,
}

/// Leave to make one request. Dropping it gives its place back.
#[derive(Debug)]
#[must_use = "its place is given back when it is dropped"]
pub(crate) struct Turn<'a> {
    pacer: &'a Pacer,
    errand: Errand,
    number: u64,
    /// The requests under way when it was given.
    others: usize,
    given: Instant,
}

/// What keeps the one who is next waiting.
enum Wait {
    Nothing,
    Until(Instant),
    /// As many requests are under way as may be.
    Place,
}

impl Pacer {
    /// A pacer that has sent nothing yet.
    pub(crate) fn new(pace: Pace) -> Self {
        let now = Instant::now();
        Self {
            pace,
            gate: Mutex::new(()),
            changed: Notify::new(),
            given: Cell::new(0),
            left: Cell::new(None),
            patience: RefCell::new(Patience::new(pace.max_wait, now)),
            places: RefCell::new(Places::new(pace.concurrency)),
            spacing: RefCell::new(Spacing::new(pace.rate, now)),
            bucket: RefCell::new(Bucket::new(pace.concurrency)),
        }
    }

    /// How it is to pace.
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// Waits until a request may go out; none if the run is to stop instead.
    pub(crate) async fn ready(&self, stop: &StopSwitch) -> Option<Turn<'_>> {
        self.turn(stop, Errand::Send).await
    }

    /// The same for reading a list, which is no sign that what the run is there for gets through.
    pub(crate) async fn ready_to_read(&self, stop: &StopSwitch) -> Option<Turn<'_>> {
        self.turn(stop, Errand::Read).await
    }

    /// The same for the last list of a session that stops: by ourselves we wait no longer, though Jira may have asked for it.
    /// None if that would take long.
    pub(crate) async fn ready_at_last(&self) -> Option<Turn<'_>> {
        self.patience.borrow_mut().end_back_off();
        self.changed.notify_one();
        timeout(LONGEST_AT_LAST, self.next(Errand::Read)).await.ok()
    }

    /// How many requests are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.places.borrow().under_way()
    }

    /// Tells how many requests are still to be sent; it counts down by itself from there. The last ones need not be spaced
    /// where the server has tokens left for all of them.
    pub(crate) fn set_left(&self, requests: usize) {
        self.left
            .set(Some(u64::try_from(requests).unwrap_or(u64::MAX)));
        self.changed.notify_one();
    }

    /// Sending begins, or begins again: the time until now was no waiting for an answer.
    pub(crate) fn restart_wait(&self) {
        let now = Instant::now();
        self.patience.borrow_mut().restart(now);
        self.spacing.borrow_mut().restart(now);
    }

    async fn turn(&self, stop: &StopSwitch, errand: Errand) -> Option<Turn<'_>> {
        tokio::select! {
            biased;
            () = stop.thrown() => None,
            turn = self.next(errand) => Some(turn),
        }
    }

    async fn next(&self, errand: Errand) -> Turn<'_> {
        let _first = self.gate.lock().await;
        loop {
            match self.wait(Instant::now()) {
                Wait::Nothing => return self.give(errand),
                Wait::Until(time) => tokio::select! {
                    () = sleep_until(time) => {}
                    () = self.changed.notified() => {}
                },
                Wait::Place => self.changed.notified().await,
            }
        }
    }

    fn wait(&self, now: Instant) -> Wait {
        if let Some(until) = self.patience.borrow().paused_until(now) {
            return Wait::Until(until);
        }
        if !self.places.borrow().has_free() {
            return Wait::Place;
        }
        match self.due(now) {
            Some(due) if due > now => Wait::Until(due),
            _ => Wait::Nothing,
        }
    }

    /// When the next request is due by the spacing.
    fn due(&self, now: Instant) -> Option<Instant> {
        let by_spacing = self.spacing.borrow().due(now);
        let by_bucket = self.bucket.borrow_mut().due(now, self.left.get());
        by_spacing.max(by_bucket)
    }

    fn give(&self, errand: Errand) -> Turn<'_> {
        let now = Instant::now();
        let number = self.given.get() + 1;
        self.given.set(number);
        let others = self.places.borrow_mut().take();
        self.spacing.borrow_mut().take(now);
        self.bucket.borrow_mut().take(number, now, self.left.get());
        if errand == Errand::Send {
            self.left
                .set(self.left.get().map(|left| left.saturating_sub(1)));
        }
        Turn {
            pacer: self,
            errand,
            number,
            others,
            given: now,
        }
    }
}

impl Turn<'_> {
    /// Tells what came of the request and gives its place back. `why` says what kept us waiting, should nothing have come
    /// of it. Returns for how long everybody pauses from now on, if that is a new pause.
    ///
    /// # Errors
    ///
    /// [`Stop::AskedTooLong`] and [`Stop::MaxWait`] if there is no answer within the longest wait.
    pub(crate) fn heard(
        self,
        heard: Heard,
        hints: Option<RateHints>,
        why: &str,
    ) -> Result<Option<Duration>, Stop> {
        let (pacer, errand, number) = (self.pacer, self.errand, self.number);
        let (now, given) = (Instant::now(), pacer.given.get());
        let mut patience = pacer.patience.borrow_mut();
        match heard {
            Heard::Answer => {
                pacer.answered(&self, hints, now);
                match errand {
                    Errand::Send => patience.answered(now),
                    Errand::Read => patience.read(),
                }
                Ok(None)
            }
            Heard::Limited { retry_after } => {
                pacer.again(errand);
                let asked = Some(retry_after.unwrap_or_default());
                let pause = patience.pause(number, given, why, asked, now)?;
                let until = patience.paused_until(now).unwrap_or(now);
                if errand == Errand::Send {
                    patience.bear(why, until)?;
                }
                let mut bucket = pacer.bucket.borrow_mut();
                let is_bucket = bucket.refused(number, hints, retry_after, until, now);
                if pause.is_some() && !is_bucket {
                    pacer.spacing.borrow_mut().slow_down(now);
                }
                Ok(pause)
            }
            Heard::NotConnected => {
                pacer.again(errand);
                pacer.bucket.borrow_mut().not_counted(number);
                let pause = patience.pause(number, given, why, None, now)?;
                if errand == Errand::Send {
                    patience.bear(why, patience.paused_until(now).unwrap_or(now))?;
                }
                Ok(pause)
            }
            Heard::ServerError { .. } | Heard::TimedOut | Heard::BrokenOff => {
                if heard != Heard::BrokenOff {
                    pacer.places.borrow_mut().overloaded(number, given);
                }
                match (errand, heard) {
                    (Errand::Send, _) => patience.bear(why, now).map(|()| None),
                    // A list is asked for again.
                    (Errand::Read, Heard::ServerError { retry_after }) => {
                        patience.pause(number, given, why, retry_after, now)
                    }
                    (Errand::Read, _) => patience.pause(number, given, why, None, now),
                }
            }
        }
    }
}

impl Pacer {
    fn answered(&self, turn: &Turn<'_>, hints: Option<RateHints>, now: Instant) {
        let mut places = self.places.borrow_mut();
        places.answered();
        self.spacing.borrow_mut().answered();
        let sent = Sent {
            number: turn.number,
            others: turn.others,
            took: now.saturating_duration_since(turn.given),
        };
        let others_now = places.under_way().saturating_sub(1);
        let mut bucket = self.bucket.borrow_mut();
        bucket.answered(sent, hints, others_now, self.given.get(), now);
    }

    /// A request that did not happen is to be sent again.
    fn again(&self, errand: Errand) {
        if errand == Errand::Send {
            self.left
                .set(self.left.get().map(|left| left.saturating_add(1)));
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pacer.places.borrow_mut().give_back();
        self.pacer.bucket.borrow_mut().is_back(self.number);
        self.pacer.changed.notify_one();
    }
}
