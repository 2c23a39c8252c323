//! The operations that a session carries out, each with what is its own: its request, what an answer means for it, how lists
//! judge it.
//!
//! To add one: implement [`Operation`] and its [`Doubt`] in a file here, and give `jira::Client` the call.

mod create;
mod delete;
mod update;

pub(crate) use create::{Creation, SentRow};
pub(crate) use delete::{Deletion, settle_deletions};
pub(crate) use update::{Update, check_unread};

use super::context::{Response, SessionContext};
use super::event::RunEvent;
use super::matcher::Matcher;
use super::pacer::Permit;
use super::settle::Doubt;
use crate::jira::Answer;
use crate::journal::{Answered, Op};
use crate::model::{IntegrationType, ShownFields};

/// One change that is asked of Jira for a row.
pub(crate) trait Operation: Copy {
    /// What Jira tells when it did it.
    type Done;
    type Doubt: Doubt;

    /// Whether many failures or doubts in a row stop the session.
    const IS_GUARDED: bool;

    /// Whether the others wait until one is confirmed.
    const FIRST_GOES_ALONE: bool = false;

    /// What it is called in the journal.
    fn op(&self) -> Op;

    /// What is left of it for lists to judge once it was sent.
    fn doubt(&self) -> Self::Doubt;

    /// Of the operations of a group, only one is under way or unsettled at a time.
    fn group(&self) -> Option<Group> {
        None
    }

    /// Whether others may follow once this one is confirmed, where the first goes alone.
    fn is_proof(&self) -> bool {
        true
    }

    /// Notes whether it goes alone. Returns what to record with its intent.
    fn set_alone(&mut self, _: bool) -> ShownFields {
        ShownFields::default()
    }

    /// What of the row stays as it is when the request has succeeded, and why.
    fn left(&self) -> Option<String> {
        None
    }

    /// Sends the request: once.
    async fn send(&self, context: &SessionContext<'_>, permit: Permit<'_>) -> Response<Self::Done>;

    /// Checks an answer against what is known of the rows, and notes what it tells.
    fn check(&mut self, answer: Answer<Self::Done>, _: &mut Matcher) -> Answer<Self::Done> {
        answer
    }

    /// Adds to an answer what Jira tells of the integration when it did it.
    fn record(&self, _: Self::Done, _: &mut Answered) {}

    /// Notes that an attempt may have done it.
    fn may_have_happened(&mut self) {}

    /// Notes that it ended without having happened, or that its fate stays unknown.
    fn ended(&self, end: End, matcher: &mut Matcher) -> RunEvent<'static>;
}

/// An operation that is to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<O> {
    pub operation: O,
    /// The number of the row's last intent; 0 before the first.
    pub attempt: u32,
    /// Whether an earlier attempt was unanswered, so that something may come of it yet.
    pub was_sent: bool,
    /// How often it was sent again because it had not happened.
    pub retries: u32,
}

impl<O: Operation> Job<O> {
    pub(crate) fn new(operation: O, last_attempt: u32) -> Self {
        Self {
            operation,
            attempt: last_attempt,
            was_sent: last_attempt > 0,
            retries: 0,
        }
    }

    pub(super) fn n(&self) -> u32 {
        self.operation.doubt().n()
    }
}

/// What operations have in common that must not overlap.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Group {
    /// Rows without a name that cannot be told apart in a list: of one type and origin, or of one type where Jira's origin
    /// for a blank one is not known.
    Alike(IntegrationType, Option<String>),
    Row(u32),
}

/// How an operation ended that did not happen for certain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Failed,
    InDoubt,
}
