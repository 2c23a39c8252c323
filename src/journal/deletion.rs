//! What undos did to the integration of a row, and to duplicates of it: they delete what was created, and put back what was
//! updated.

use jiff::Timestamp;
use serde::Serialize;

use super::row_event::{Answered, Intent, Settled, Verdict};
use crate::model::Remote;

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

/// What became of deleting one integration.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownDeletion {
    pub remote: Remote,
    pub outcome: RemovalOutcome,
    pub at: Option<Timestamp>,
    pub is_unanswered: bool,
}

/// What undos did to the integrations of a row. What is undone stays so, whatever comes later.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Deletions {
    /// To the row's own integration.
    pub own: Option<Removal>,
    /// To further integrations of its key, by their ids.
    pub duplicates: Vec<(i64, Removal)>,
    /// What of the row's own integration the last request that puts fields back leaves as it is, and why.
    left: Option<String>,
    /// The last request that was not answered.
    open: Option<OpenDeletion>,
}

/// A request to delete an integration that was not answered yet.
#[derive(Clone, PartialEq, Debug)]
struct OpenDeletion {
    attempt: u32,
    /// None: the row's own.
    id: Option<i64>,
    /// What was known before the request, for the case that it was not sent.
    previous: Option<Removal>,
}

/// The integration that a deletion is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    Own,
    Duplicate(i64),
}

impl Target {
    /// The integration `id`, or the row's own if none is named.
    pub(super) fn new(id: Option<i64>, own: Option<i64>) -> Self {
        match id {
            Some(id) if own != Some(id) => Self::Duplicate(id),
            _ => Self::Own,
        }
    }
}

impl Deletions {
    fn of(&self, target: Target) -> Option<&Removal> {
        match target {
            Target::Own => self.own.as_ref(),
            Target::Duplicate(id) => {
                let removal = self.duplicates.iter().find(|(other, _)| *other == id);
                removal.map(|(_, removal)| removal)
            }
        }
    }

    fn set(&mut self, target: Target, removal: Option<Removal>) {
        let is_undone = |removal: &Removal| removal.outcome.is_undone();
        if self.of(target).is_some_and(is_undone) {
            return;
        }
        match target {
            Target::Own => self.own = removal,
            Target::Duplicate(id) => match self.duplicates.iter().position(|(it, _)| *it == id) {
                Some(at) => match removal {
                    Some(removal) => self.duplicates[at].1 = removal,
                    None => drop(self.duplicates.remove(at)),
                },
                None => self.duplicates.extend(removal.map(|removal| (id, removal))),
            },
        }
    }

    /// An undo found the row's own integration gone, or leaves it where it is. What a request may still remove is not left
    /// alone by that.
    pub(super) fn plan(&mut self, outcome: RemovalOutcome, why: &str) {
        if outcome == RemovalOutcome::LeftAlone && self.is_in_doubt() {
            return;
        }
        let why = Some(why.to_owned());
        let at = None;
        self.set(Target::Own, Some(Removal { outcome, why, at }));
    }

    /// From the intent on the deletion is in doubt, for the request may be on its way.
    pub(super) fn intend(&mut self, target: Target, intent: &Intent) {
        self.left.clone_from(&intent.left);
        self.open = Some(OpenDeletion {
            attempt: intent.attempt,
            id: intent.id,
            previous: self.of(target).cloned(),
        });
        let in_doubt = Removal {
            outcome: RemovalOutcome::InDoubt,
            why: None,
            at: Some(intent.at),
        };
        self.set(target, Some(in_doubt));
    }

    /// Takes the answer in, if it is one to the open deletion.
    pub(super) fn answer(&mut self, own: Option<i64>, answered: &Answered) -> bool {
        let is_it = |open: &mut OpenDeletion| open.attempt == answered.attempt;
        let Some(OpenDeletion { id, previous, .. }) = self.open.take_if(is_it) else {
            return false;
        };
        let target = Target::new(id, own);
        let outcome = match answered.verdict {
            Verdict::Removed => RemovalOutcome::Removed,
            Verdict::AlreadyGone => RemovalOutcome::AlreadyGone,
            Verdict::Restored => self.restored(),
            Verdict::Failed => RemovalOutcome::Failed,
            Verdict::NotSent => {
                self.set(target, previous);
                return true;
            }
            // A request that did nothing tells nothing of an earlier one that is in doubt.
            Verdict::NothingHappened if !previous.is_some_and(|before| before.is_in_doubt()) => {
                self.set(target, None);
                return true;
            }
            _ => RemovalOutcome::InDoubt,
        };
        let left = self.left.clone();
        let left = left.filter(|_| outcome == RemovalOutcome::LeftAlone);
        let (why, at) = (answered.error.clone().or(left), Some(answered.at));
        self.set(target, Some(Removal { outcome, why, at }));
        true
    }

    /// Judges a deletion that is in doubt, or that Jira refused and that somebody has done since.
    pub(super) fn settle(&mut self, target: Target, settled: &Settled) {
        let Some(before) = self.of(target) else {
            return;
        };
        let is_open = match before.outcome {
            RemovalOutcome::InDoubt => true,
            RemovalOutcome::Failed => settled.verdict == Verdict::AlreadyGone,
            _ => false,
        };
        let outcome = match settled.verdict {
            _ if !is_open => return,
            Verdict::Removed => Some(RemovalOutcome::Removed),
            Verdict::AlreadyGone => Some(RemovalOutcome::AlreadyGone),
            Verdict::Restored => Some(self.restored()),
            Verdict::Failed => Some(RemovalOutcome::Failed),
            Verdict::NothingHappened => None,
            _ => return,
        };
        let removal = outcome.map(|outcome| Removal {
            outcome,
            why: match outcome {
                RemovalOutcome::LeftAlone => self.left.clone(),
                _ => before.why.clone().filter(|_| !outcome.is_undone()),
            },
            at: Some(settled.at),
        });
        self.open = None;
        self.set(target, removal);
    }

    /// How a row ends whose fields were put back: what is left of it keeps it from being undone.
    fn restored(&self) -> RemovalOutcome {
        match self.left {
            Some(_) => RemovalOutcome::LeftAlone,
            None => RemovalOutcome::Restored,
        }
    }

    /// All of them; `own` is the row's integration.
    pub(super) fn all(&self, own: Option<Remote>) -> impl Iterator<Item = KnownDeletion> {
        let open = self.open.as_ref();
        let open = open.and_then(|open| open.id.or(own.map(|own| own.id)));
        let duplicates = self.duplicates.iter().map(|(id, removal)| {
            let init_date = None;
            (Remote { id: *id, init_date }, removal)
        });
        let all = own.zip(self.own.as_ref()).into_iter().chain(duplicates);
        all.map(move |(remote, removal)| KnownDeletion {
            remote,
            outcome: removal.outcome,
            at: removal.at,
            is_unanswered: open == Some(remote.id),
        })
    }

    /// Whether it is not known what became of the row's own integration.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.own.as_ref().is_some_and(Removal::is_in_doubt)
    }

    /// The duplicates that are gone.
    pub fn duplicates_gone(&self) -> impl Iterator<Item = i64> {
        let gone = self.duplicates.iter();
        let gone = gone.filter(|(_, removal)| removal.outcome.is_gone());
        gone.map(|(id, _)| *id)
    }
}

impl Removal {
    fn is_in_doubt(&self) -> bool {
        self.outcome == RemovalOutcome::InDoubt
    }
}
