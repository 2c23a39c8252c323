//! What the journal knows of one row.

use jiff::Timestamp;

use super::event_parts::Remote;
use super::row_event::{Action, Answered, Intent, Op, Planned, RowRead, Settled, Verdict};
use crate::model::{Outcome, Place};

/// One row and what became of it so far.
///
/// A row that is `created` stays so whatever comes later: what an undo removes was created all the same.
#[derive(Clone, PartialEq, Debug)]
pub struct RowState {
    /// Where it stands.
    pub place: Place,
    /// The type's name, as far as the row says one.
    pub type_name: Option<Box<str>>,
    /// The display name.
    pub name: Option<Box<str>>,
    /// The origin as the sheet has it.
    pub origin: Option<Box<str>>,
    /// The codes of its warnings.
    pub warnings: Box<[Box<str>]>,
    /// How it ended, or would if the run ended now.
    pub outcome: Outcome,
    /// Its integration: the one created, or the one that exists.
    pub remote: Option<Remote>,
    /// How many requests were sent for it, those that Jira turned away unread included.
    pub attempts: u32,
    /// The last of them.
    pub last: Attempt,
    /// The attempt that has no outcome yet.
    open: Option<u32>,
    /// Whether an attempt before the open one was never settled: then only a find can lift the doubt.
    was_in_doubt: bool,
}

/// An attempt at a row.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attempt {
    /// When it began; none: the row was never sent.
    pub started: Option<Timestamp>,
    /// How long it took, in milliseconds; none: no outcome is known.
    pub ms: Option<u64>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<Box<str>>,
    /// What to do about it.
    pub advice: Option<Box<str>>,
}

impl RowState {
    /// A row as it was read, at `place`.
    pub(super) fn new(row: &RowRead, place: Place) -> Self {
        Self {
            place,
            type_name: row.type_name.clone(),
            name: row.name.clone(),
            origin: row.origin.clone(),
            warnings: row.warnings.as_slice().into(),
            outcome: row.outcome.map_or(Outcome::NotAttempted, Outcome::from),
            remote: None,
            attempts: 0,
            last: Attempt::default(),
            open: None,
            was_in_doubt: false,
        }
    }

    /// Only a row of which nothing is in Jira is planned anew; the plan to create it changes nothing before it is sent.
    pub(super) fn plan(&mut self, planned: &Planned) {
        if !matches!(self.outcome, Outcome::NotAttempted | Outcome::Failed) {
            return;
        }
        match planned.action {
            Action::Create => {}
            Action::Exists => {
                self.outcome = Outcome::Exists;
                self.remote = planned.id.map(|id| Remote {
                    id,
                    init_date: None,
                });
            }
            Action::NotSelected => self.outcome = Outcome::NotSelected,
        }
    }

    /// From the intent on the row is in doubt, for the request may be on its way. A deletion says nothing of how the row
    /// was created.
    pub(super) fn intend(&mut self, intent: &Intent) {
        if self.outcome == Outcome::Created || intent.op == Op::Delete {
            return;
        }
        self.was_in_doubt = self.outcome == Outcome::InDoubt;
        self.outcome = Outcome::InDoubt;
        self.remote = None;
        self.attempts = self.attempts.saturating_add(1);
        self.open = Some(intent.attempt);
        self.last = Attempt {
            started: Some(intent.at),
            ..Attempt::default()
        };
    }

    /// An answer counts for the open attempt; that something was created counts always.
    pub(super) fn answer(&mut self, answered: &Answered) {
        let is_open = self.open == Some(answered.attempt);
        let is_news = is_open || answered.verdict == Verdict::Created;
        if self.outcome == Outcome::Created || !is_news {
            return;
        }
        self.last = Attempt {
            started: self.last.started,
            ms: Some(answered.ms),
            status: answered.status,
            error: answered.error.clone(),
            advice: answered.advice.clone(),
        };
        self.open = None;
        match answered.verdict {
            Verdict::Created => self.create(answered.remote),
            Verdict::Failed if !self.was_in_doubt => self.outcome = Outcome::Failed,
            Verdict::NothingHappened if !self.was_in_doubt => self.outcome = Outcome::NotAttempted,
            Verdict::Failed | Verdict::NothingHappened | Verdict::InDoubt => {}
        }
    }

    /// A judgement lifts a doubt, or raises one about a row of which nothing was thought to be in Jira.
    pub(super) fn settle(&mut self, settled: &Settled) {
        let outcome = match (settled.verdict, self.outcome) {
            (_, Outcome::Created) => return,
            (Verdict::Created, _) => return self.create(settled.remote),
            (Verdict::Failed, Outcome::InDoubt) => Outcome::Failed,
            (Verdict::NothingHappened, Outcome::InDoubt) => Outcome::NotAttempted,
            (Verdict::InDoubt, Outcome::InDoubt | Outcome::Failed | Outcome::NotAttempted) => {
                Outcome::InDoubt
            }
            _ => return,
        };
        self.outcome = outcome;
        self.open = None;
    }

    /// Jira refused the row and shows it all the same.
    pub(super) fn appear(&mut self) {
        if self.outcome == Outcome::Failed {
            self.outcome = Outcome::InDoubt;
        }
    }

    fn create(&mut self, remote: Option<Remote>) {
        self.outcome = Outcome::Created;
        self.remote = remote;
        self.open = None;
        // Found after a broken answer, say: there is nothing left to mend.
        self.last.error = None;
        self.last.advice = None;
    }
}
