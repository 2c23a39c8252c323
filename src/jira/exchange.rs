use std::time::Duration;

use super::answer::Reply;
use super::hints::RateHints;

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// A whole answer came, with this status.
    Answered(u16),
    /// No connection was made, so nothing was sent.
    NotConnected,
    /// No whole answer came in time.
    TimedOut,
    /// The connection broke, or the answer was of no use.
    BrokenOff,
}

/// A request and what came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange<T> {
    /// How it ended.
    pub ended: Ended,
    /// What the answer says about the rate limit.
    pub hints: Option<RateHints>,
    /// How long the answer asks to wait.
    pub retry_after: Option<Duration>,
    /// What it means for what was asked.
    pub meaning: T,
}

impl<T> Exchange<T> {
    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self.ended {
            Ended::Answered(status) => Some(status),
            Ended::NotConnected | Ended::TimedOut | Ended::BrokenOff => None,
        }
    }

    /// The same exchange with another meaning.
    pub fn map<U>(self, other: impl FnOnce(T) -> U) -> Exchange<U> {
        Exchange {
            ended: self.ended,
            hints: self.hints,
            retry_after: self.retry_after,
            meaning: other(self.meaning),
        }
    }
}

impl Exchange<Reply> {
    pub(super) fn of(reply: Reply) -> Self {
        let (ended, hints, retry_after) = match &reply {
            Reply::Answer(answer) => (
                Ended::Answered(answer.status),
                answer.hints,
                answer.retry_after(),
            ),
            Reply::NotSent(_) => (Ended::NotConnected, None, None),
            Reply::TimedOut(_) => (Ended::TimedOut, None, None),
            Reply::BrokenOff(_) | Reply::TooLarge => (Ended::BrokenOff, None, None),
        };
        Self {
            ended,
            hints,
            retry_after,
            meaning: reply,
        }
    }
}
