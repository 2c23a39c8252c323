//! What undos did to the integration of a row, and to duplicates of it: they delete what was created, and put back what was
//! updated.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::row_event::{Answered, Intent, Settled, Verdict};

/// How an undo ended for one integration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalOutcome {
    Removed,
    /// Somebody had deleted it before.
    AlreadyGone,
    /// Its fields are what they were before the update.
    Restored,
    /// It was not touched.
    LeftAlone,
    /// Jira refused to delete it.
    Failed,
    /// Jira was asked to delete it, and whether it did is not certain.
    InDoubt,
}

impl RemovalOutcome {
    /// All of them in the order of the reports.
    pub const ALL: [Self; 6] = [
        Self::Removed,
        Self::AlreadyGone,
        Self::Restored,
        Self::LeftAlone,
        Self::Failed,
        Self::InDoubt,
    ];

    /// The outcome on screen.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::AlreadyGone => "already gone",
            Self::Restored => "restored",
            Self::LeftAlone => "left alone",
            Self::Failed => "failed",
            Self::InDoubt => "in doubt",
        }
    }

    /// Whether the integration is no longer in Jira.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Removed | Self::AlreadyGone)
    }

    /// Whether nothing is left to undo.
    pub fn is_undone(self) -> bool {
        self.is_gone() || self == Self::Restored
    }
}

/// What an undo did to an integration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Removal {
    pub outcome: RemovalOutcome,
    /// Why it was left alone, or what went wrong.
    pub why: Option<String>,
    /// When that was known; none if Jira was not asked to delete it.
    #[serde(skip)]
    pub at: Option<Timestamp>,
}

/// What undos did to the integration of a row and to further ones of its key, by their ids. What is undone stays so, whatever
/// comes later.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Deletions {
    all: BTreeMap<i64, Removal>,
    /// What of the row's own integration the last request that puts fields back leaves as it is, and why.
    left: Option<String>,
    /// The last request that was not answered.
    open: Option<OpenDeletion>,
}

/// A request to delete an integration that was not answered yet.
#[derive(Clone, PartialEq, Debug)]
struct OpenDeletion {
    attempt: u32,
    id: i64,
    /// What was known before the request, for the case that it was not sent.
    previous: Option<Removal>,
}

impl Deletions {
    pub(super) fn get(&self, id: i64) -> Option<&Removal> {
        self.all.get(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Removal)> {
        self.all.iter().map(|(id, removal)| (*id, removal))
    }

    fn set(&mut self, id: i64, removal: Option<Removal>) {
        let is_undone = |removal: &Removal| removal.outcome.is_undone();
        if !self.get(id).is_some_and(is_undone) {
            self.all.remove(&id);
            self.all.extend(removal.map(|removal| (id, removal)));
        }
    }

    /// An undo found the integration gone, or leaves it where it is. What a request may still remove is not left alone by
    /// that.
    pub(super) fn plan(&mut self, id: i64, outcome: RemovalOutcome, why: &str) {
        let is_in_doubt = self.get(id).is_some_and(Removal::is_in_doubt);
        if outcome != RemovalOutcome::LeftAlone || !is_in_doubt {
            let why = Some(why.to_owned());
            let at = None;
            self.set(id, Some(Removal { outcome, why, at }));
        }
    }

    /// From the intent on the deletion is in doubt, for the request may be on its way.
    pub(super) fn intend(&mut self, id: i64, intent: &Intent) {
        self.left.clone_from(&intent.left);
        self.open = Some(OpenDeletion {
            attempt: intent.attempt,
            id,
            previous: self.get(id).cloned(),
        });
        let in_doubt = Removal {
            outcome: RemovalOutcome::InDoubt,
            why: None,
            at: Some(intent.at),
        };
        self.set(id, Some(in_doubt));
    }

    /// Takes the answer in, if it is one to the open deletion.
    pub(super) fn answer(&mut self, answered: &Answered) -> bool {
        let is_it = |open: &mut OpenDeletion| open.attempt == answered.attempt;
        let Some(OpenDeletion { id, previous, .. }) = self.open.take_if(is_it) else {
            return false;
        };
        let removal = match self.outcome_of(answered.verdict) {
            Some(outcome) => Some(Removal {
                outcome,
                why: answered.error.clone().or(self.why_left(outcome)),
                at: Some(answered.at),
            }),
            None if answered.verdict == Verdict::NotSent => previous,
            // A request that did nothing tells nothing of an earlier one that is in doubt.
            None => previous.filter(Removal::is_in_doubt),
        };
        self.set(id, removal);
        true
    }

    /// Judges a deletion that is in doubt, or that Jira refused and that somebody has done since.
    pub(super) fn settle(&mut self, id: i64, settled: &Settled) {
        let Some(before) = self.get(id) else {
            return;
        };
        let is_open = match before.outcome {
            RemovalOutcome::InDoubt => true,
            RemovalOutcome::Failed => settled.verdict == Verdict::AlreadyGone,
            _ => false,
        };
        let outcome = self.outcome_of(settled.verdict);
        if !is_open || outcome == Some(RemovalOutcome::InDoubt) {
            return;
        }
        let removal = outcome.map(|outcome| Removal {
            outcome,
            why: match outcome {
                RemovalOutcome::Failed => before.why.clone(),
                outcome => self.why_left(outcome),
            },
            at: Some(settled.at),
        });
        self.open = None;
        self.set(id, removal);
    }

    /// What a verdict makes of a deletion; none: nothing came of it. What is left of a row whose fields were put back keeps
    /// it from being undone.
    fn outcome_of(&self, verdict: Verdict) -> Option<RemovalOutcome> {
        match verdict {
            Verdict::Removed => Some(RemovalOutcome::Removed),
            Verdict::AlreadyGone => Some(RemovalOutcome::AlreadyGone),
            Verdict::Restored if self.left.is_some() => Some(RemovalOutcome::LeftAlone),
            Verdict::Restored => Some(RemovalOutcome::Restored),
            Verdict::Failed => Some(RemovalOutcome::Failed),
            Verdict::NothingHappened | Verdict::NotSent => None,
            _ => Some(RemovalOutcome::InDoubt),
        }
    }

    fn why_left(&self, outcome: RemovalOutcome) -> Option<String> {
        let left = self.left.clone();
        left.filter(|_| outcome == RemovalOutcome::LeftAlone)
    }
}

impl Removal {
    pub(super) fn is_in_doubt(&self) -> bool {
        self.outcome == RemovalOutcome::InDoubt
    }
}
