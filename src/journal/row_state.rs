//! What the journal knows of one row.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::attempt::{Attempt, Before, Open};
use super::event_parts::{Key, Remote};
use super::removal::{Removal, RemovalOutcome};
use super::row_event::{
    Answered, Intent, Op, Planned, PlannedAction, RowRead, Settled, Verdict, Via,
};
use crate::model::{Outcome, Place, ShownFields};

/// One row and what became of it so far.
///
/// A row that is `created` stays so whatever comes later: what an undo removes was created all the same.
#[derive(Clone, PartialEq, Debug)]
pub struct RowState {
    /// Where it stands.
    pub place: Place,
    /// The type's name, as far as the row says one.
    pub type_name: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// The key; none without a display name or for an invalid row.
    pub key: Option<Box<Key>>,
    /// The codes of its warnings.
    pub warnings: Vec<String>,
    /// How it ended, or would if the run ended now.
    pub outcome: Outcome,
    /// Its integration: the one created, or the one that exists.
    pub remote: Option<Remote>,
    /// What says that it was created.
    pub via: Option<Via>,
    /// How many requests were sent for it, those that Jira turned away unread included.
    pub attempts: u32,
    /// How many of them may have created something: not those that were refused or never reached the app.
    pub may_have_created: u32,
    /// The last of them.
    pub last: Attempt,
    /// Whether it is not to be sent again should it turn out that nothing was created.
    pub fails_if_absent: bool,
    /// What an undo did to its integration.
    pub removal: Option<Box<Removal>>,
    /// What an undo did to further integrations of its key, by their ids.
    pub duplicates: Vec<(i64, Removal)>,
    /// The number of the last intent, of deletions too.
    pub last_intent: u32,
    /// What was in Jira beside the baseline before the first of its attempts that are not settled, if a list told.
    pub known: Option<Arc<HashSet<i64>>>,
    /// The recognised cells.
    cells: ShownFields,
    /// What Jira showed for its integration.
    echo: ShownFields,
    open: Option<Open>,
    /// What was told before the open request, which may turn out not to have been sent.
    before: Option<Box<Before>>,
    /// Whether an attempt before the open one was never settled: then only a find or a judgement can lift the doubt.
    was_in_doubt: bool,
}

impl RowState {
    /// A row as it was read, at `place`.
    pub(super) fn new(row: &RowRead, place: Place) -> Self {
        Self {
            place,
            type_name: row.type_name.clone(),
            name: row.name.clone(),
            origin: row.origin.clone(),
            key: row.key.clone().map(Box::new),
            warnings: row.warnings.as_slice().into(),
            outcome: row.outcome.map_or(Outcome::NotAttempted, Outcome::from),
            remote: None,
            via: None,
            attempts: 0,
            may_have_created: 0,
            last: Attempt::of_invalid(&row.errors),
            fails_if_absent: false,
            removal: None,
            duplicates: Vec::new(),
            last_intent: 0,
            known: None,
            cells: row.cells.clone(),
            echo: ShownFields::default(),
            open: None,
            before: None,
            was_in_doubt: false,
        }
    }

    /// The recognised cells of the row apart from secrets, by the fields' names in the API.
    pub fn cells(&self) -> &ShownFields {
        &self.cells
    }

    /// The fields that Jira showed when the row's integration was created or found; none if it showed nothing.
    pub fn echo(&self) -> Option<&ShownFields> {
        (!self.echo.is_empty()).then_some(&self.echo)
    }

    /// How many integrations beside its own Jira may hold of it, since several of its requests may have created one.
    pub fn may_have_duplicates(&self) -> u32 {
        let gone = self.duplicates_gone().count();
        let spare = self.may_have_created.saturating_sub(1);
        spare.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    /// The integrations of its key beside its own that are gone by an undo.
    pub fn duplicates_gone(&self) -> impl Iterator<Item = i64> {
        let gone = self
            .duplicates
            .iter()
            .filter(|(_, of)| of.outcome.is_gone());
        gone.map(|(id, _)| *id)
    }

    /// Only a row of which nothing is in Jira is planned anew; the plan to create it changes nothing before it is sent.
    pub(super) fn plan(&mut self, planned: &Planned) {
        let outcome = match planned.action {
            PlannedAction::Create => return,
            PlannedAction::Exists => Outcome::Exists,
            PlannedAction::NotSelected => Outcome::NotSelected,
            PlannedAction::LeaveAlone => {
                return self.leave(RemovalOutcome::LeftAlone, &planned.reason);
            }
            PlannedAction::AlreadyGone => {
                return self.leave(RemovalOutcome::AlreadyGone, &planned.reason);
            }
            PlannedAction::Removed => return self.leave(RemovalOutcome::Removed, &planned.reason),
        };
        if !matches!(self.outcome, Outcome::NotAttempted | Outcome::Failed) {
            return;
        }
        self.outcome = outcome;
        if outcome == Outcome::Exists {
            self.remote = planned.id.map(|id| Remote {
                id,
                init_date: None,
            });
        }
    }

    /// What is removed stays so, and what a request may still remove is not left alone by that.
    fn leave(&mut self, outcome: RemovalOutcome, why: &str) {
        let may_go = outcome == RemovalOutcome::LeftAlone && self.is_deletion_in_doubt(None);
        if self.outcome == Outcome::Created && !self.is_removed() && !may_go {
            self.removal = Some(Box::new(Removal {
                outcome,
                why: Some(why.into()),
                at: None,
            }));
        }
    }

    fn is_removed(&self) -> bool {
        self.removal
            .as_ref()
            .is_some_and(|removal| removal.outcome.is_gone())
    }

    /// From the intent on the row is in doubt, for the request may be on its way. A deletion says nothing of how the row
    /// was created.
    /// `known` is what was in Jira beside the baseline when the session began to send.
    pub(super) fn intend(&mut self, intent: &Intent, known: Option<&Arc<HashSet<i64>>>) {
        self.last_intent = self.last_intent.max(intent.attempt);
        let is_deletion = intent.op == Op::Delete;
        let open = Open {
            attempt: intent.attempt,
            op: intent.op,
            id: intent.id,
            follows_doubt: is_deletion && self.is_deletion_in_doubt(intent.id),
        };
        self.before = None;
        if is_deletion {
            self.open = Some(open);
            let before = self.removal_of(intent.id).cloned();
            self.before = before.map(|removal| Box::new(Before::Removal(removal)));
            return self.delete(intent.id, Removal::new(RemovalOutcome::InDoubt, intent.at));
        }
        if self.outcome == Outcome::Created {
            return;
        }
        self.was_in_doubt = self.outcome == Outcome::InDoubt;
        if !self.was_in_doubt {
            self.known = known.cloned();
        }
        self.outcome = Outcome::InDoubt;
        self.remote = None;
        self.attempts = self.attempts.saturating_add(1);
        self.may_have_created = self.may_have_created.saturating_add(1);
        self.open = Some(open);
        let attempt = Attempt {
            started: Some(intent.at),
            ..Attempt::default()
        };
        let before = std::mem::replace(&mut self.last, attempt);
        if before.started.is_some() {
            self.before = Some(Box::new(Before::Attempt(before)));
        }
    }

    /// An answer counts for the open attempt; that something was created counts always.
    pub(super) fn answer(&mut self, answered: &Answered) {
        let open = self.open.filter(|open| open.attempt == answered.attempt);
        let before = open.and_then(|_| self.before.take()).map(|before| *before);
        if let Some(Open {
            op: Op::Delete,
            id,
            follows_doubt,
            ..
        }) = open
        {
            self.open = None;
            return self.answer_deletion(id, follows_doubt, answered, before);
        }
        let is_news = open.is_some() || answered.verdict == Verdict::Created;
        if self.outcome == Outcome::Created || !is_news {
            return;
        }
        self.open = None;
        if matches!(
            answered.verdict,
            Verdict::Failed | Verdict::NothingHappened | Verdict::NotSent
        ) {
            self.may_have_created = self.may_have_created.saturating_sub(1);
        }
        if answered.verdict == Verdict::NotSent {
            self.attempts = self.attempts.saturating_sub(1);
            self.last = match before {
                Some(Before::Attempt(before)) => before,
                _ => Attempt::default(),
            };
        } else {
            self.last = Attempt {
                started: self.last.started,
                ms: Some(answered.ms),
                ended: Some(answered.at),
                status: answered.status,
                error: answered.error.clone(),
                advice: answered.advice.clone(),
            };
        }
        match answered.verdict {
            Verdict::Created => self.create(answered.remote, &answered.echo, Via::Answer),
            Verdict::Failed if !self.was_in_doubt => self.outcome = Outcome::Failed,
            Verdict::NothingHappened | Verdict::NotSent if !self.was_in_doubt => {
                self.outcome = Outcome::NotAttempted;
            }
            Verdict::FailedIfAbsent => self.fails_if_absent = true,
            _ => {}
        }
    }

    /// A request that did nothing says nothing of an earlier one whose fate nobody knows.
    fn answer_deletion(
        &mut self,
        id: Option<i64>,
        follows_doubt: bool,
        answered: &Answered,
        before: Option<Before>,
    ) {
        if let (Verdict::NotSent, Some(Before::Removal(before))) = (answered.verdict, before) {
            return self.delete(id, before);
        }
        let outcome = match answered.verdict {
            Verdict::Removed => RemovalOutcome::Removed,
            Verdict::AlreadyGone => RemovalOutcome::AlreadyGone,
            Verdict::Failed => RemovalOutcome::Failed,
            Verdict::NothingHappened | Verdict::NotSent if !follows_doubt => {
                return self.forget_deletion(id);
            }
            _ => RemovalOutcome::InDoubt,
        };
        let why = answered.error.clone();
        let at = Some(answered.at);
        self.delete(id, Removal { outcome, why, at });
    }

    /// Notes what became of deleting the integration `id`, the row's own or a duplicate. What is gone stays so.
    fn delete(&mut self, id: Option<i64>, removal: Removal) {
        let own = self.remote.map(|remote| remote.id);
        match id {
            Some(id) if own != Some(id) => {
                match self.duplicates.iter_mut().find(|(of, _)| *of == id) {
                    Some((_, before)) if before.outcome.is_gone() => {}
                    Some((_, before)) => *before = removal,
                    None => self.duplicates.push((id, removal)),
                }
            }
            _ if self.is_removed() => {}
            _ => self.removal = Some(Box::new(removal)),
        }
    }

    /// Nothing came of asking for a deletion.
    fn forget_deletion(&mut self, id: Option<i64>) {
        let own = self.remote.map(|remote| remote.id);
        if id.is_some() && id != own {
            self.duplicates
                .retain(|(of, removal)| Some(*of) != id || removal.outcome.is_gone());
        } else if !self.is_removed() {
            self.removal = None;
        }
    }

    /// Whether `id` is that of the row's integration, or none is said.
    pub(super) fn is_own(&self, id: Option<i64>) -> bool {
        let own = self.remote.map(|remote| remote.id);
        own.is_some() && id.is_none_or(|id| own == Some(id))
    }

    /// A judgement lifts a doubt, or raises one about a row of which nothing was thought to be in Jira.
    pub(super) fn settle(&mut self, settled: &Settled) {
        let is_of_deletion = matches!(settled.verdict, Verdict::Removed | Verdict::AlreadyGone);
        let outcome = match (settled.verdict, self.outcome) {
            _ if is_of_deletion => return self.settle_deletion(settled),
            (_, Outcome::Created) => return self.settle_deletion(settled),
            (Verdict::Created, _) => {
                return self.create(settled.remote, &settled.echo, settled.via);
            }
            (Verdict::Failed, Outcome::InDoubt) => Outcome::Failed,
            (Verdict::NothingHappened, Outcome::InDoubt) => Outcome::NotAttempted,
            (Verdict::InDoubt, Outcome::InDoubt | Outcome::Failed | Outcome::NotAttempted) => {
                Outcome::InDoubt
            }
            _ => return,
        };
        self.outcome = outcome;
        self.open = None;
        self.fails_if_absent = false;
    }

    /// What an undo did to the integration `id`, or to the row's own if none is said.
    fn removal_of(&self, id: Option<i64>) -> Option<&Removal> {
        if id.is_none() || id == self.remote.map(|remote| remote.id) {
            return self.removal.as_deref();
        }
        let duplicate = self.duplicates.iter().find(|(of, _)| Some(*of) == id);
        duplicate.map(|(_, removal)| removal)
    }

    fn is_deletion_in_doubt(&self, id: Option<i64>) -> bool {
        let removal = self.removal_of(id);
        removal.is_some_and(|removal| removal.outcome == RemovalOutcome::InDoubt)
    }

    /// Judges the deletion that is in doubt, or was refused: of the integration named, or else of the row's own.
    fn settle_deletion(&mut self, settled: &Settled) {
        let own = self.remote.map(|remote| remote.id);
        let id = settled.remote.map(|remote| remote.id).or(own);
        let Some(before) = self.removal_of(id) else {
            return;
        };
        let is_open = match before.outcome {
            RemovalOutcome::InDoubt => true,
            // Jira refused it, and it is gone since.
            RemovalOutcome::Failed => settled.verdict == Verdict::AlreadyGone,
            _ => false,
        };
        if !is_open {
            return;
        }
        let why = Some(before).and_then(|removal| removal.why.clone());
        let outcome = match settled.verdict {
            Verdict::Removed => RemovalOutcome::Removed,
            Verdict::AlreadyGone => RemovalOutcome::AlreadyGone,
            Verdict::Failed => RemovalOutcome::Failed,
            Verdict::NothingHappened => {
                self.open = None;
                return self.forget_deletion(id);
            }
            _ => return,
        };
        self.open = None;
        let why = why.filter(|_| !outcome.is_gone());
        let at = Some(settled.at);
        self.delete(id, Removal { outcome, why, at });
    }

    /// The integrations that an undo removed not before `since`, the row's own and duplicates.
    pub(super) fn removed_since(&self, since: Timestamp) -> impl Iterator<Item = Remote> {
        let is_gone = move |removal: &Removal| removal.is_gone_since(since);
        let own = self
            .remote
            .filter(|_| self.removal.as_deref().is_some_and(is_gone));
        let duplicates = self.duplicates.iter();
        let duplicates = duplicates.filter(move |(_, removal)| is_gone(removal));
        own.into_iter().chain(duplicates.map(|(id, _)| Remote {
            id: *id,
            init_date: None,
        }))
    }

    /// The integrations of which nobody knows yet whether a deletion came to its end: it was asked for and not answered for
    /// certain since `since`, or not answered at all since `unanswered_since`.
    pub(super) fn may_be_removed(
        &self,
        since: Timestamp,
        unanswered_since: Timestamp,
    ) -> impl Iterator<Item = i64> {
        let own = self.remote.map(|remote| remote.id);
        let open = self.open.filter(|open| open.op == Op::Delete);
        let open = open.and_then(|open| open.id.or(own));
        let own = own.zip(self.removal.as_deref());
        let duplicates = self.duplicates.iter().map(|(id, removal)| (*id, removal));
        own.into_iter()
            .chain(duplicates)
            .filter(move |(id, removal)| {
                removal.is_in_doubt_since(if open == Some(*id) {
                    unanswered_since
                } else {
                    since
                })
            })
            .map(|(id, _)| id)
    }

    /// Jira refused the row and shows it all the same.
    pub(super) fn appear(&mut self) {
        if self.outcome == Outcome::Failed {
            self.outcome = Outcome::InDoubt;
            self.may_have_created = self.may_have_created.saturating_add(1);
        }
    }

    /// Part of the journal is lost: whatever was not certain by then may have been sent.
    pub(super) fn distrust(&mut self) {
        if matches!(self.outcome, Outcome::NotAttempted | Outcome::Failed) {
            self.outcome = Outcome::InDoubt;
            self.may_have_created = self.may_have_created.saturating_add(1);
        }
        if self.outcome == Outcome::InDoubt {
            self.was_in_doubt = true;
        }
    }

    fn create(&mut self, remote: Option<Remote>, echo: &ShownFields, via: Via) {
        self.outcome = Outcome::Created;
        self.remote = remote;
        self.via = Some(via);
        // Its intent may be among what a damaged journal has lost.
        self.may_have_created = self.may_have_created.max(1);
        self.echo = echo.clone();
        self.open = None;
        self.fails_if_absent = false;
        // Found after a broken answer, say: there is nothing left to mend.
        self.last.error = None;
        self.last.advice = None;
    }
}
