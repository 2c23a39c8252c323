//! The fold over a run's events: what is known of it at any moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::deletion::RemovalOutcome;
use super::event::{
    Audit, ConfirmedBy, Ending, Event, ListReason, RunOpened, SessionKind, SessionStart,
};
use super::row_event::{Op, RowRead};
use super::row_state::RowState;
use crate::model::{Outcome, Remote, RemoteSet};

/// What is known of a run. It takes any events in any order and never fails: what makes no sense changes nothing, and
/// what was once created stays so.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RunState {
    pub opened: RunOpened,
    /// The commands that have worked on the run, the first one first.
    pub sessions: Vec<SessionStart>,
    rows: BTreeMap<u32, RowState>,
    /// How long sending paused altogether, in milliseconds.
    pub paused_ms: u64,
    /// What stopped the last session, verifications aside, before every row was attempted.
    pub stopped: Option<String>,
    /// The last comparison with Jira's list.
    pub audit: Option<Audit>,
    /// How and when the last session ended, verifications aside; none while it goes on, or if it died.
    pub closed: Option<(Ending, Timestamp)>,
    /// What Jira held before the first request; none: nothing was sent yet, or the journal has lost it.
    pub baseline: Option<Vec<Remote>>,
    /// What Jira held beside the baseline when the last session planned.
    listed: Option<Arc<RemoteSet>>,
    /// Whether an undo of the whole run has begun to delete.
    pub is_undone: bool,
    lost: Lost,
    has_sent: bool,
}

/// What a journal has lost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
enum Lost {
    #[default]
    Nothing,
    /// Lines, none of which was that of a row that was read.
    Lines,
    /// Rows that were read, or perhaps so.
    Rows,
}

impl RunState {
    /// A run that has just been opened.
    pub fn new(opened: RunOpened) -> Self {
        Self {
            opened,
            ..Self::default()
        }
    }

    /// Takes an event in. Events of rows that were never read change nothing but that [rows may be
    /// missing](Self::may_lack_rows).
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Row(row) => self.add(*row),
            Event::Session(session) => {
                self.sessions.push(*session);
                self.begin();
            }
            Event::Confirmed { by, .. } => self.confirm(by),
            Event::Declined { .. } => self.confirm(ConfirmedBy::Declined),
            Event::Listed(listed) => match (listed.why, listed.remotes()) {
                // The one before the first request is what counts.
                (ListReason::Baseline, Some(remotes)) if self.baseline.is_none() => {
                    self.baseline = Some(remotes.collect());
                }
                (ListReason::Plan, Some(remotes)) => {
                    self.listed = Some(Arc::new(remotes.collect()));
                }
                // What follows from any other list is settled by events of their own.
                _ => {}
            },
            Event::Plan(planned) => self.change(planned.n, |row| row.plan(&planned)),
            Event::Intent(intent) => {
                self.has_sent = true;
                let row = self.rows.get(&intent.n);
                let is_own = row.is_some_and(|row| row.is_own(intent.id));
                let session = self.sessions.last();
                let is_of_all = !session.is_some_and(SessionStart::has_selection);
                self.is_undone |=
                    matches!(intent.op, Op::Delete | Op::Restore) && is_own && is_of_all;
                let listed = self.listed.clone();
                self.change(intent.n, |row| row.intend(&intent, listed.as_ref()));
            }
            Event::Outcome(answered) => self.change(answered.n, |row| row.answer(answered)),
            Event::Settled(settled) => {
                // Rows are settled before a question is asked: then they are no longer as they were compared at the end.
                self.closed.take_if(|(how, _)| *how == Ending::Complete);
                self.change(settled.n, |row| row.settle(settled));
            }
            Event::Paused { ms, .. } => self.paused_ms = self.paused_ms.saturating_add(ms),
            Event::Stopped { .. } | Event::Closed { .. } if self.is_verifying() => {}
            Event::Stopped { why, .. } => self.stopped = Some(why),
            Event::Audit(audit) => {
                for &n in &audit.found.appeared {
                    self.change(n, RowState::appear);
                }
                self.audit = Some(audit);
            }
            Event::Closed { how, at } => {
                if how == Ending::Complete {
                    self.stopped = None;
                }
                self.closed = Some((how, at));
            }
            // A run is opened once.
            Event::Opened(_) | Event::Unknown => {}
        }
    }

    fn confirm(&mut self, by: ConfirmedBy) {
        if let Some(session) = self.sessions.last_mut() {
            session.confirmed_by = by;
        }
        self.begin();
    }

    /// Forgets how the run ended, once the last session may change something: one that is declined leaves it as it was.
    fn begin(&mut self) {
        let last = self.sessions.last();
        if last.is_some_and(SessionStart::is_confirmed) {
            self.stopped = None;
            self.closed = None;
        }
    }

    /// The command of the last session that was allowed to change something, or else of the first.
    pub fn command(&self) -> Option<SessionKind> {
        let mut sessions = self.sessions.iter().rev();
        let confirmed = sessions.find(|session| session.is_confirmed());
        confirmed
            .or(self.sessions.first())
            .map(|session| session.kind)
    }

    /// Whether the last session is a verification, which only reads: how the run ended before stays.
    fn is_verifying(&self) -> bool {
        let last = self.sessions.last();
        last.is_some_and(|session| session.kind == SessionKind::Verify)
    }

    /// Takes a row in that was read, or that is still to be sent and was changed in its sheet.
    fn add(&mut self, mut row: RowRead) {
        // The rows of a table share its name.
        let last = self.rows.last_key_value();
        let last = last.map(|(_, row)| &row.read.place.table);
        if let Some(table) = last.filter(|table| **table == row.place.table) {
            row.place.table = Arc::clone(table);
        }
        match self.rows.get_mut(&row.n) {
            Some(known) => known.read_again(row),
            None => drop(self.rows.insert(row.n, RowState::new(row))),
        }
    }

    fn change(&mut self, n: u32, change: impl FnOnce(&mut RowState)) {
        match self.rows.get_mut(&n) {
            Some(row) => change(row),
            None => self.lost = Lost::Rows,
        }
    }

    /// The rows by their numbers, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (u32, &RowState)> {
        self.rows.iter().map(|(n, row)| (*n, row))
    }

    /// The rows in order, and the end of all else that is known.
    pub fn into_rows(self) -> impl Iterator<Item = RowState> {
        self.rows.into_values()
    }

    /// The row of this number.
    pub fn row(&self, n: u32) -> Option<&RowState> {
        self.rows.get(&n)
    }

    /// How many rows ended how.
    pub fn totals(&self) -> Totals {
        let rows = self.rows.values();
        rows.map(|row| (row.outcome, row.removal_outcome()))
            .collect()
    }

    /// Whether anything can have been sent: before that, what Jira held was written down.
    pub fn has_begun(&self) -> bool {
        self.baseline.is_some() || self.has_sent || self.lost > Lost::Nothing
    }

    /// Part of the journal is lost at this point: every row that is not certain counts as sent.
    pub(super) fn distrust(&mut self) {
        // The rows come before the first command begins.
        let lost = if self.sessions.is_empty() {
            Lost::Rows
        } else {
            Lost::Lines
        };
        self.lost = self.lost.max(lost);
        self.rows.values_mut().for_each(RowState::distrust);
    }

    /// Whether there may be rows of which the journal has lost that they were read: nobody knows what became of them.
    pub fn may_lack_rows(&self) -> bool {
        self.lost == Lost::Rows
    }

    /// Whether the journal tells of what was sent and no more of what Jira held before: then nothing there is known to be
    /// new, and nothing more can be sent.
    pub fn has_lost_baseline(&self) -> bool {
        self.has_begun() && self.baseline.is_none()
    }

    /// The rows that are still to be undone. Rows that no undo has tried count only once an undo of the whole run has begun.
    pub(crate) fn to_undo(&self) -> impl Iterator<Item = &RowState> {
        let rows = self.rows().map(|(_, row)| row);
        rows.filter(|row| row.is_left_to_undo() && (self.is_undone || row.removal().is_some()))
    }

    /// Whether there is something left for `gij resume`: a row that is in doubt or was not attempted. A rehearsal is
    /// never unfinished, nor is a run that is being undone, nor one that ended before anything could be sent.
    pub fn is_unfinished(&self) -> bool {
        let is_open = |(_, row): (u32, &RowState)| {
            matches!(row.outcome, Outcome::InDoubt | Outcome::NotAttempted)
        };
        self.has_begun() && !self.opened.rehearsal && !self.is_undone && self.rows().any(is_open)
    }
}

/// The number of rows of each outcome. Rows are only ever added together with their outcome, so the number of rows read
/// is always the sum of the outcomes; what undos did since stands beside these.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Totals {
    pub read: u64,
    pub created: u64,
    pub exists: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub absent: u64,
    pub failed: u64,
    pub in_doubt: u64,
    pub invalid: u64,
    pub not_attempted: u64,
    pub not_selected: u64,
    /// Integrations that an undo has removed, or found gone.
    pub removed: u64,
    /// Updates that an undo has put back.
    pub restored: u64,
    /// Rows that an undo left as they are, or may have.
    pub not_undone: u64,
}

impl Totals {
    /// The number of rows with this outcome.
    pub fn of(mut self, outcome: Outcome) -> u64 {
        *self.count(outcome)
    }

    fn count(&mut self, outcome: Outcome) -> &mut u64 {
        match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Exists => &mut self.exists,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Absent => &mut self.absent,
            Outcome::Failed => &mut self.failed,
            Outcome::InDoubt => &mut self.in_doubt,
            Outcome::Invalid => &mut self.invalid,
            Outcome::NotAttempted => &mut self.not_attempted,
            Outcome::NotSelected => &mut self.not_selected,
        }
    }
}

/// From how each row ended, and what an undo did to its integration.
impl FromIterator<(Outcome, Option<RemovalOutcome>)> for Totals {
    fn from_iter<I: IntoIterator<Item = (Outcome, Option<RemovalOutcome>)>>(rows: I) -> Self {
        let mut totals = Self::default();
        for (outcome, removal) in rows {
            totals.read += 1;
            *totals.count(outcome) += 1;
            match removal {
                None => {}
                Some(RemovalOutcome::Restored) => totals.restored += 1,
                Some(gone) if gone.is_gone() => totals.removed += 1,
                Some(_) => totals.not_undone += 1,
            }
        }
        totals
    }
}

#[cfg(test)]
mod tests;
