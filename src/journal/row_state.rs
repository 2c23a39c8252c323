//! What the journal knows of one row.

use std::sync::Arc;

use super::deletion::{Deletions, Removal, RemovalOutcome};
use super::row_event::{
    Answered, Intent, Op, Planned, PlannedAction, RowRead, Settled, Verdict, Via,
};
use crate::model::{
    Difference, Field, IntegrationType, Outcome, Remote, RemoteSet, ShownFields, differences,
};
use jiff::Timestamp;

/// One row and what became of it so far.
///
/// A row that is `created` stays so whatever comes later: what an undo removes was created all the same.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RowState {
    /// As it was read.
    pub read: RowRead,
    /// How it ended, or would if the run ended now.
    pub outcome: Outcome,
    /// Its integration: the one created, or the one that exists.
    pub remote: Option<Remote>,
    /// What the fields of its integration were when it was created, found or updated.
    pub echo: ShownFields,
    /// What an update changes or changed, with the values before the first request.
    pub changes: Vec<Difference>,
    /// Whether it changed fields that it was not to change.
    pub also_changed: bool,
    /// What Jira showed of its integration before an update that went alone; none if none did.
    pub before: ShownFields,
    /// What tells that it was created.
    pub via: Option<Via>,
    /// How many requests to create it were sent, those that Jira turned away unread included.
    pub attempts: u32,
    /// How many of them may have created or updated something: not those that were refused or never reached the app.
    pub may_have_created: u32,
    /// The last of them.
    pub last: Attempt,
    /// The one that has no outcome yet.
    open: Option<OpenAttempt>,
    /// Whether an earlier attempt was never settled: then only a find or a judgement can lift the doubt.
    is_earlier_in_doubt: bool,
    /// Whether it is not to be sent again should it turn out that nothing was created.
    pub fails_if_absent: bool,
    /// What was in Jira beside the baseline before the first of its attempts that are not settled, if a list told.
    pub listed_before: Option<Arc<RemoteSet>>,
    /// What answers named as its integration that did not confirm its creation.
    pub named: Vec<Remote>,
    deletions: Deletions,
    /// The number of the last request, deletions included.
    pub last_intent: u32,
}

/// A request to create the row's integration.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attempt {
    /// When it began; none: the row was never sent.
    pub started: Option<Timestamp>,
    /// How long it took, in milliseconds; none: no outcome is known.
    pub ms: Option<u64>,
    /// When its answer was complete, or was given up; none: no outcome is known.
    pub ended: Option<Timestamp>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// What to do about it.
    pub advice: Option<String>,
}

/// An attempt that was announced and not answered yet.
#[derive(Clone, PartialEq, Debug)]
struct OpenAttempt {
    number: u32,
    /// The attempt before, for the case that this one was not sent.
    previous: Attempt,
}

impl RowState {
    /// A row as it was read.
    pub(super) fn new(read: RowRead) -> Self {
        Self {
            outcome: read.outcome.unwrap_or_default(),
            last: Attempt::of_invalid(&read.errors),
            read,
            ..Self::default()
        }
    }

    /// Takes over the cells of a row that is sent as its sheet is now.
    pub(super) fn read_again(&mut self, row: RowRead) {
        if matches!(self.outcome, Outcome::NotAttempted | Outcome::Failed) {
            let read = &mut self.read;
            (read.origin, read.cells, read.warnings) = (row.origin, row.cells, row.warnings);
        }
    }

    /// The type, if the row has one.
    pub(crate) fn integration_type(&self) -> Option<IntegrationType> {
        IntegrationType::from_name(self.read.type_name.as_deref()?)
    }

    /// In which of type, name, origin and visibility Jira stored what was created otherwise than the row has them.
    pub(crate) fn stored_differently(&self) -> Vec<Difference> {
        const COMPARED: [Field; 5] = [
            Field::Type,
            Field::DisplayName,
            Field::Origin,
            Field::Global,
            Field::ProjectMappingIds,
        ];
        let (Outcome::Created, false, Some(integration_type)) =
            (self.outcome, self.is_gone(), self.integration_type())
        else {
            return Vec::new();
        };
        let mut cells = self.read.cells.open();
        if cells.contains_key(Field::ProjectMappingIds.name()) {
            // What is for some projects is not for all.
            let global = Field::Global.name().to_owned();
            cells.entry(global).or_insert(false.into());
        }
        let asked = COMPARED.map(|field| Some((field, cells.remove(field.name())?)));
        let asked = asked.into_iter().flatten();
        differences(integration_type, asked, &self.echo.open())
    }

    /// How many integrations beside its own Jira may hold of it, since several of its requests may have created one.
    pub fn may_have_duplicates(&self) -> u32 {
        let gone = self.duplicates_gone().count();
        let spare = self.may_have_created.saturating_sub(1);
        spare.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    /// Whether an update may have changed its integration.
    pub(crate) fn is_updated(&self) -> bool {
        self.attempts > 0 && !self.changes.is_empty()
    }

    /// What an undo did to its integration.
    pub fn removal(&self) -> Option<&Removal> {
        self.deletions.get(self.own()?)
    }

    pub(crate) fn removal_outcome(&self) -> Option<RemovalOutcome> {
        self.removal().map(|removal| removal.outcome)
    }

    /// What undos did to its integration and to others of its key.
    pub(super) fn removals(&self) -> impl Iterator<Item = (Remote, &Removal)> {
        let removals = self.deletions.iter();
        removals.map(|(id, removal)| {
            let init_date = self
                .remote
                .filter(|own| own.id == id)
                .and_then(|own| own.init_date);
            (Remote { id, init_date }, removal)
        })
    }

    /// What undos did to others of its key.
    pub(crate) fn duplicates(&self) -> impl Iterator<Item = (Remote, &Removal)> {
        let removals = self.removals();
        removals.filter(|(remote, _)| Some(remote.id) != self.own())
    }

    /// The duplicates that are gone.
    pub(crate) fn duplicates_gone(&self) -> impl Iterator<Item = Remote> {
        let gone = self
            .duplicates()
            .filter(|(_, removal)| removal.outcome.is_gone());
        gone.map(|(remote, _)| remote)
    }

    /// Whether an undo removed its integration, or found it gone.
    pub(crate) fn is_gone(&self) -> bool {
        self.removal_outcome().is_some_and(RemovalOutcome::is_gone)
    }

    /// Whether its integration is as if the run had left it alone.
    pub(crate) fn is_undone(&self) -> bool {
        self.removal_outcome()
            .is_some_and(RemovalOutcome::is_undone)
    }

    /// Whether it has something to undo: no undo has tried, Jira refused the request, or its outcome is in doubt.
    pub(super) fn is_left_to_undo(&self) -> bool {
        use RemovalOutcome::{Failed, InDoubt};
        let is_done = self.outcome == Outcome::Created || self.is_updated();
        is_done && matches!(self.removal_outcome(), None | Some(Failed | InDoubt))
    }

    /// The id of its integration.
    fn own(&self) -> Option<i64> {
        self.remote.map(|remote| remote.id)
    }

    /// Only a row of which nothing is in Jira is planned again; the plan to create it changes nothing before it is sent.
    pub(super) fn plan(&mut self, planned: &Planned) {
        if self.is_gone() {
            return;
        }
        let may_plan = matches!(self.outcome, Outcome::NotAttempted | Outcome::Failed);
        let outcome = match planned.action {
            // An update may be sent again, so that a row in doubt is planned too.
            PlannedAction::Update if may_plan || self.outcome == Outcome::InDoubt => {
                return self.plan_update(planned.remote, &planned.differences);
            }
            PlannedAction::Create | PlannedAction::Update => return,
            PlannedAction::Unchanged if self.outcome == Outcome::InDoubt => {
                return self.update(ShownFields::default(), Via::List);
            }
            PlannedAction::Exists => Outcome::Exists,
            PlannedAction::Unchanged => Outcome::Unchanged,
            PlannedAction::Absent => Outcome::Absent,
            PlannedAction::NotSelected => Outcome::NotSelected,
            PlannedAction::LeaveAlone => return self.undo(RemovalOutcome::LeftAlone, planned),
            PlannedAction::AlreadyGone => return self.undo(RemovalOutcome::AlreadyGone, planned),
            PlannedAction::Removed => return self.undo(RemovalOutcome::Removed, planned),
            PlannedAction::Restored => return self.undo(RemovalOutcome::Restored, planned),
        };
        if may_plan {
            self.outcome = outcome;
            self.remote = planned.remote.or(self.remote);
        }
    }

    fn plan_update(&mut self, remote: Option<Remote>, differences: &[Difference]) {
        let known = self.remote.zip(remote);
        let is_same = known.is_some_and(|(known, now)| known.is_same(now));
        // The values before are those of an integration that this run has not changed yet.
        if self.may_have_created == 0 || !is_same {
            self.changes.clear();
            self.before = ShownFields::default();
        }
        self.remote = remote;
        note_changes(&mut self.changes, differences);
    }

    /// Takes in what an undo finds or leaves without a request.
    fn undo(&mut self, outcome: RemovalOutcome, planned: &Planned) {
        if let Some(own) = self.own()
            && (self.outcome == Outcome::Created || !self.changes.is_empty())
        {
            self.deletions.plan(own, outcome, &planned.reason);
        }
    }

    /// Takes in that a request is about to be sent: from then on the row, or its deletion, is in doubt. `listed` is what was
    /// in Jira beside the baseline when the session began to send.
    pub(super) fn intend(&mut self, intent: &Intent, listed: Option<&Arc<RemoteSet>>) {
        self.last_intent = self.last_intent.max(intent.attempt);
        match intent.op {
            Op::Delete | Op::Restore => {
                if let Some(id) = intent.id.or(self.own()) {
                    self.deletions.intend(id, intent);
                }
            }
            _ if self.outcome == Outcome::Created || self.is_gone() => {}
            Op::Update => {
                if self.before.is_empty() {
                    self.before.clone_from(&intent.before);
                }
                self.attempt(intent);
            }
            Op::Create => {
                self.intend_to_create(listed);
                self.attempt(intent);
            }
        }
    }

    fn intend_to_create(&mut self, listed: Option<&Arc<RemoteSet>>) {
        if self.outcome != Outcome::InDoubt {
            self.listed_before = listed.cloned();
        }
        self.remote = None;
    }

    fn attempt(&mut self, intent: &Intent) {
        self.is_earlier_in_doubt = self.outcome == Outcome::InDoubt;
        self.outcome = Outcome::InDoubt;
        self.attempts = self.attempts.saturating_add(1);
        self.may_have_created = self.may_have_created.saturating_add(1);
        let attempt = Attempt {
            started: Some(intent.at),
            ..Attempt::default()
        };
        self.open = Some(OpenAttempt {
            number: intent.attempt,
            previous: std::mem::replace(&mut self.last, attempt),
        });
    }

    /// An answer counts for the open request; that something was created counts always.
    pub(super) fn answer(&mut self, answered: Answered) {
        if self.deletions.answer(&answered) || self.outcome == Outcome::Created || self.is_gone() {
            return;
        }
        note_changes(&mut self.changes, &answered.also_changed);
        self.also_changed |= !answered.also_changed.is_empty();
        let open = self.open.take_if(|open| open.number == answered.attempt);
        if open.is_none() && !matches!(answered.verdict, Verdict::Created | Verdict::Updated) {
            return;
        }
        self.last = match (answered.verdict, open) {
            (Verdict::NotSent, Some(open)) => {
                self.attempts = self.attempts.saturating_sub(1);
                open.previous
            }
            _ => Attempt {
                started: self.last.started,
                ms: Some(answered.ms),
                ended: Some(answered.at),
                status: answered.status,
                error: answered.error,
                advice: answered.advice,
            },
        };
        if matches!(
            answered.verdict,
            Verdict::Failed | Verdict::NothingHappened | Verdict::NotSent
        ) {
            self.may_have_created = self.may_have_created.saturating_sub(1);
        }
        match answered.verdict {
            Verdict::InDoubt => self.named.extend(answered.remote),
            Verdict::FailedIfAbsent => {
                self.fails_if_absent = true;
                self.named.extend(answered.remote);
            }
            Verdict::Created => self.create(answered.remote, answered.echo, Via::Answer),
            Verdict::Updated => self.update(answered.echo, Via::Answer),
            Verdict::Failed if !self.is_earlier_in_doubt => self.outcome = Outcome::Failed,
            Verdict::NothingHappened | Verdict::NotSent if !self.is_earlier_in_doubt => {
                self.outcome = Outcome::NotAttempted;
            }
            _ => {}
        }
    }

    /// A judgement lifts a doubt, or raises one about a row of which nothing was thought to be in Jira.
    pub(super) fn settle(&mut self, settled: Settled) {
        let is_of_deletion = self.outcome == Outcome::Created
            || matches!(settled.verdict, Verdict::Removed | Verdict::AlreadyGone)
            || self.removal().is_some_and(Removal::is_in_doubt);
        let outcome = match (settled.verdict, self.outcome) {
            _ if is_of_deletion || self.is_gone() => return self.settle_deletion(&settled),
            (Verdict::Created, _) => {
                return self.create(settled.remote, settled.echo, settled.via);
            }
            (Verdict::Updated, Outcome::InDoubt) => {
                return self.update(settled.echo, settled.via);
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

    fn settle_deletion(&mut self, settled: &Settled) {
        if let Some(remote) = settled.remote.or(self.remote) {
            self.deletions.settle(remote.id, settled);
        }
    }

    /// Whether a request to delete this integration, or the one of the row if none is named, is about the row's own.
    pub(super) fn is_own(&self, id: Option<i64>) -> bool {
        let own = self.own();
        own.is_some() && own == id.or(own)
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
            self.is_earlier_in_doubt = true;
        }
    }

    fn create(&mut self, remote: Option<Remote>, echo: ShownFields, via: Via) {
        self.outcome = Outcome::Created;
        self.remote = remote;
        self.via = Some(via);
        // Its intent may be among what a damaged journal has lost.
        self.may_have_created = self.may_have_created.max(1);
        self.settled_as(echo);
    }

    fn update(&mut self, echo: ShownFields, via: Via) {
        self.outcome = Outcome::Updated;
        self.via = Some(via);
        self.settled_as(echo);
    }

    fn settled_as(&mut self, echo: ShownFields) {
        self.echo = echo;
        self.open = None;
        self.fails_if_absent = false;
        // Found after a broken answer, say: there is nothing left to fix.
        self.last.error = None;
        self.last.advice = None;
    }
}

/// Adds what changes; a field that has changed before keeps the value from before that.
fn note_changes(changes: &mut Vec<Difference>, more: &[Difference]) {
    for change in more {
        match changes.iter_mut().find(|known| known.field == change.field) {
            Some(known) => known.row.clone_from(&change.row),
            None => changes.push(change.clone()),
        }
    }
}

impl Attempt {
    /// None was made: a row is not valid by the `codes` of its errors, if there are some.
    fn of_invalid(codes: &[String]) -> Self {
        if codes.is_empty() {
            return Self::default();
        }
        Self {
            error: Some(format!("not valid: {}", codes.join(", "))),
            advice: Some("`gij explain CODE` says what to do about each code".to_owned()),
            ..Self::default()
        }
    }
}
