//! What the runs on one Jira tell a session that begins: what they created there, which of their rows are in doubt, and what
//! an undo has just deleted or may still delete.

use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::deletion::Removal;
use super::event::{Jira, SessionKind};
use super::reader::ReadError;
use super::runs::{StoredRun, StoredRuns};
use super::state::{RunState, Totals};
use crate::model::{Outcome, RecordKey, Remote, RemoteIntegration, RemoteMap, RemoteSet};

/// How long a deletion whose answer nobody noted may have been under way after it was written down: the longest that a
/// request waits for its permit and for its answer, with the options as they are.
const UNANSWERED: Duration = Duration::from_mins(15);

/// The runs on one Jira, rehearsals left out, the newest first.
#[derive(Default)]
pub(crate) struct History {
    pub runs: Vec<PastRun>,
}

/// A run, and what its journal tells, or why that cannot be read.
pub(crate) struct PastRun {
    pub stored: StoredRun,
    pub facts: Result<PastFacts, ReadError>,
}

/// What the journal of a run tells another session.
#[derive(Default)]
pub(crate) struct PastFacts {
    pub totals: Totals,
    pub is_unfinished: bool,
    pub is_undone: bool,
    pub has_lost_baseline: bool,
    /// The keys of its rows in doubt.
    pub in_doubt: Vec<RecordKey>,
    /// What it created and no undo removed, by the keys of the rows.
    pub created: Vec<(RecordKey, Remote)>,
    /// What it created and an unfinished undo would still delete.
    pub to_undo: RemoteSet,
    deletions: Vec<(Remote, Removal)>,
    /// How long its undos gave Jira at most to show what they deleted.
    settle: Duration,
}

impl History {
    /// Reads the runs below `runs_dir` whose Jira `is_it`.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read.
    pub(crate) fn read(runs_dir: &Path, is_it: impl Fn(&Jira) -> bool) -> io::Result<Self> {
        let mut stored = StoredRuns::below(runs_dir)?;
        let runs = &mut stored.runs;
        runs.retain(|run| !run.opened.rehearsal && is_it(&run.opened.jira));
        let runs = stored.read_each(|stored, read| PastRun {
            stored: stored.clone(),
            facts: read.map(|read| PastFacts::of(&read.state)),
        });
        Ok(Self { runs })
    }

    /// Notes in `list` with which keys these runs created the integrations.
    pub(crate) fn note_keys(&self, list: &mut [RemoteIntegration]) {
        let runs = self.runs.iter().filter_map(|run| run.facts.as_ref().ok());
        let created = runs.flat_map(|facts| &facts.created);
        let keys: RemoteMap<&RecordKey> = created.map(|(key, remote)| (*remote, key)).collect();
        for shown in list.iter_mut().filter(|shown| shown.init_date.is_some()) {
            let key = keys.get(shown.identity()).copied();
            let key = key.filter(|key| shown.may_have_type(Some(key.integration_type.name())));
            shown.created_as = key.cloned();
        }
    }

    /// What undos have deleted so short a time before a list read at `listed_at` that it may still show it, and what they may
    /// still delete. Jira is given the time `settle`, or what an undo gave it, if that was more.
    ///
    /// What was deleted longer ago and is listed all the same is there: somebody brought it back, or it was never deleted.
    pub(crate) fn deletions_before(
        &self,
        listed_at: Timestamp,
        settle: Duration,
    ) -> RecentDeletions {
        let mut recent = RecentDeletions::default();
        for run in &self.runs {
            let Ok(facts) = &run.facts else { continue };
            let settle = settle.max(facts.settle);
            for (remote, removal) in &facts.deletions {
                let is_unanswered = removal.is_in_doubt() && removal.why.is_none();
                let more = if is_unanswered {
                    UNANSWERED
                } else {
                    Duration::ZERO
                };
                let since = listed_at.checked_sub(settle.saturating_add(more));
                // As long ago as time goes back.
                let since = since.unwrap_or(Timestamp::MIN);
                if removal.outcome.is_gone() && removal.at.is_some_and(|at| at >= since) {
                    recent.gone.insert(*remote, ());
                } else if removal.is_in_doubt() && removal.at.is_none_or(|at| at >= since) {
                    recent.in_doubt.insert(*remote, run.stored.id.clone());
                }
            }
        }
        recent
    }
}

impl PastFacts {
    fn of(run: &RunState) -> Self {
        let mut facts = Self {
            totals: run.totals(),
            is_unfinished: run.is_unfinished(),
            is_undone: run.is_undone,
            has_lost_baseline: run.has_lost_baseline(),
            ..Self::default()
        };
        for session in &run.sessions {
            if session.kind == SessionKind::Undo {
                let given = Duration::from_millis(session.settle_ms);
                facts.settle = facts.settle.max(given);
            }
        }
        if run.opened.is_update() {
            // What it has in doubt can be sent again, and its undo deletes nothing.
            return facts;
        }
        facts.to_undo = run.to_undo().filter_map(|row| row.remote).collect();
        for (_, row) in run.rows() {
            let removals = row.removals();
            facts
                .deletions
                .extend(removals.map(|(remote, removal)| (remote, removal.clone())));
            match (&row.read.key, row.outcome, row.remote) {
                (Some(key), Outcome::InDoubt, _) => facts.in_doubt.push(key.clone()),
                (Some(key), Outcome::Created, Some(remote)) if !row.is_gone() => {
                    facts.created.push((key.clone(), remote));
                }
                _ => {}
            }
        }
        facts
    }
}

/// Integrations that a list may show and that are no row's, since an undo has just deleted them or may still delete them.
#[derive(Default)]
pub(crate) struct RecentDeletions {
    pub gone: RemoteSet,
    /// With the run that is being undone.
    pub in_doubt: RemoteMap<String>,
}

impl RecentDeletions {
    /// All of them, whether a list shows them or not: a later one may, and none of them comes from a request that is only
    /// about to be sent.
    pub(crate) fn all(&self) -> impl Iterator<Item = Remote> {
        self.gone.keys().chain(self.in_doubt.keys())
    }
}
