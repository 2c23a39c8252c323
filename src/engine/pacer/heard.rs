use std::time::Duration;

use crate::jira::{Ended, Exchange};

/// What came of a request, as far as it matters for the pace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    /// An answer that shows that Jira is at work, be it a refusal.
    Answer,
    /// 429: it was not carried out.
    Limited {
        /// How long Jira asks to wait.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    ServerError {
        /// How long Jira asks to wait.
        retry_after: Option<Duration>,
    },
    /// No whole answer in time.
    TimedOut,
    /// The connection broke, or the answer was of no use.
    BrokenOff,
    /// No connection was made: it was not sent.
    NotConnected,
}

impl<T> From<&Exchange<T>> for Heard {
    fn from(exchange: &Exchange<T>) -> Self {
        let retry_after = exchange.retry_after;
        match exchange.ended {
            Ended::Answered(429) => Self::Limited { retry_after },
            Ended::Answered(500..) => Self::ServerError { retry_after },
            Ended::Answered(408) | Ended::TimedOut => Self::TimedOut,
            Ended::Answered(_) => Self::Answer,
            Ended::BrokenOff => Self::BrokenOff,
            Ended::NotConnected => Self::NotConnected,
        }
    }
}
