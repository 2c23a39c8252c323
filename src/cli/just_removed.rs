//! What undos have removed a moment ago: a list that lags may still show it, and no row exists by that.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::jira::BaseUrl;
use crate::journal::{Remote, StoredRun, StoredRuns};
use crate::model::RemoteIntegration;
use crate::render::{Screen, count};

/// The integrations that undos have removed from one Jira less than the time before a list that Jira is given, by id, with
/// the date of their creation.
///
/// What is removed longer than that and listed all the same is there: somebody brought it back.
pub(super) struct JustRemoved(HashMap<i64, Option<i64>>);

impl JustRemoved {
    /// What the runs below `runs_dir` removed from the Jira at `url` so short a time before `listed_at`.
    pub fn before(listed_at: Timestamp, settle: Duration, runs_dir: &Path, url: &str) -> Self {
        let mut removed = HashMap::new();
        let Ok(since) = listed_at.checked_sub(settle) else {
            return Self(removed);
        };
        // Runs that cannot be read say nothing, and whoever needs one of them is told so.
        let runs = StoredRuns::below(runs_dir).unwrap_or_default().runs;
        let runs = runs.into_iter().filter(|run| {
            !run.opened.rehearsal && is_of(run, url) && was_written_since(run, since)
        });
        for run in runs {
            if let Ok(read) = run.read() {
                let gone = read.state.removed_since(since);
                removed.extend(gone.map(|Remote { id, init_date }| (id, init_date)));
            }
        }
        Self(removed)
    }

    /// Takes what was removed out of a list that still shows it. Returns its ids.
    pub fn take_from(&self, list: &mut Vec<RemoteIntegration>, screen: &Screen) -> Vec<i64> {
        let mut stale = Vec::new();
        list.retain(|shown| {
            let is_stale = self.has(shown);
            stale.extend(is_stale.then_some(shown.id));
            !is_stale
        });
        if !stale.is_empty() {
            let what = count(stale.len() as u64, "integration", "integrations");
            screen.info(&format!(
                "note: Jira's list still shows {what} that an undo has just removed; no row exists by that\n"
            ));
        }
        stale
    }

    fn has(&self, shown: &RemoteIntegration) -> bool {
        let Some(created) = self.0.get(&shown.id) else {
            return false;
        };
        match (created, shown.init_date) {
            (Some(ours), Some(theirs)) => *ours == theirs,
            _ => true,
        }
    }
}

fn is_of(run: &StoredRun, url: &str) -> bool {
    BaseUrl::parse(&run.opened.jira.url).is_ok_and(|base| base.as_str() == url)
}

/// Whether a journal can tell of anything since then; to read all that ever were would take long.
fn was_written_since(run: &StoredRun, since: Timestamp) -> bool {
    let written = run.journal().metadata().and_then(|file| file.modified());
    written.map_or(true, |at| at >= SystemTime::from(since))
}
