//! What undos have removed a moment ago, or may still remove: a list that lags may show the one, and a list that is right
//! shows the other as long as it is there. No row exists by either.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::exit::Failure;
use super::next::Given;
use crate::jira::BaseUrl;
use crate::journal::{Remote, RunState, SessionKind, StoredRun, StoredRuns};
use crate::model::RemoteIntegration;
use crate::plan::Plan;
use crate::render::{Screen, count};

/// How long a deletion whose answer nobody noted may have been under way after it was written down: the longest that a
/// request waits for its turn and for its answer, with the options as they are.
const UNANSWERED: Duration = Duration::from_mins(15);

/// The integrations that undos have removed from one Jira less than the time before a list that Jira is given, and those
/// that it may still remove because nobody knows what came of asking for that.
///
/// What is removed longer than that and listed all the same is there: somebody brought it back, or it was never deleted.
#[derive(Default)]
pub(super) struct JustRemoved {
    /// By id, with the date of its creation.
    gone: HashMap<i64, Option<i64>>,
    /// By id, with the run that is being undone.
    in_doubt: HashMap<i64, Box<str>>,
}

impl JustRemoved {
    /// What the runs below `runs_dir` removed from the Jira at `url` so short a time before `listed_at`.
    pub(super) fn before(
        listed_at: Timestamp,
        settle: Duration,
        runs_dir: &Path,
        url: &str,
    ) -> Self {
        let mut removed = Self::default();
        // Runs that cannot be read say nothing, and whoever needs one of them is told so.
        let runs = StoredRuns::below(runs_dir).unwrap_or_default().runs;
        let written_since = ago(listed_at, settle.saturating_add(UNANSWERED));
        let runs = runs.into_iter().filter(|run| {
            !run.opened.rehearsal
                && is_of(run, url)
                && was_written_since(run, written_since)
                && run.may_have_deleted()
        });
        for run in runs {
            if let Ok(read) = run.read() {
                removed.note(&run.id, &read.state, listed_at, settle);
            }
        }
        removed
    }

    fn note(&mut self, run: &str, state: &RunState, listed_at: Timestamp, settle: Duration) {
        // Whoever gave Jira more time for its deletions had a reason for that.
        let undos = state.sessions().iter();
        let undos = undos.filter(|session| session.kind == SessionKind::Undo);
        let given = undos.map(|session| Duration::from_millis(session.settle_ms));
        let given = given.max().map_or(settle, |given| given.max(settle));
        let gone = state.removed_since(ago(listed_at, given));
        self.gone
            .extend(gone.map(|Remote { id, init_date }| (id, init_date)));
        let unanswered = given.saturating_add(UNANSWERED);
        let in_doubt = state.may_be_removed(ago(listed_at, given), ago(listed_at, unanswered));
        self.in_doubt.extend(in_doubt.map(|id| (id, run.into())));
    }

    /// All of them, whether a list shows them or not: a later one may, and none of them comes from a request that is only
    /// about to be sent.
    pub(super) fn ids(&self) -> Vec<i64> {
        let ids = self.gone.keys().chain(self.in_doubt.keys());
        ids.copied().collect()
    }

    /// Takes what was removed out of a list that still shows it.
    pub(super) fn take_from(&self, list: &mut Vec<RemoteIntegration>, screen: &Screen) {
        let shown = list.len();
        list.retain(|shown| !self.has(shown));
        let stale = shown - list.len();
        if stale > 0 {
            let what = count(stale as u64, "integration", "integrations");
            screen.info(&format!(
                "note: Jira's list still shows {what} that an undo has just removed; no row exists by that\n"
            ));
        }
    }

    /// Refuses a plan by which a row exists that a deletion may still remove.
    pub(super) fn refuse(&self, plan: &Plan, given: &Given) -> Result<(), Failure> {
        let Some((message, help)) = self.doubt(plan, given) else {
            return Ok(());
        };
        Err(Failure::usage(format!("{message}; nothing was sent")).help(help))
    }

    /// Says of such a plan what keeps it from being carried out now.
    pub(super) fn warn(&self, plan: &Plan, given: &Given, screen: &Screen) {
        if let Some((message, help)) = self.doubt(plan, given) {
            screen.problem(&format!("warning: {message}; {help}\n"));
        }
    }

    /// What is the matter with such a plan, and what to do about it.
    fn doubt(&self, plan: &Plan, given: &Given) -> Option<(String, String)> {
        let of = |id: i64| self.in_doubt.get(&id).map(|run| (id, run));
        let rows = plan.rows().iter();
        let mut rows = rows.filter_map(|row| Some((row, of(row.action.id()?)?)));
        let (row, (id, run)) = rows.next()?;
        let others = match rows.count() {
            0 => String::new(),
            more => format!(
                " (and so for {})",
                count(more as u64, "more row", "more rows")
            ),
        };
        let place = &row.row.place;
        let message = format!(
            "Jira shows integration {id} for {place}, and nobody knows yet what became of the request to delete it by which {run} \
             is being undone{others}"
        );
        let help = format!(
            "settle that first: `{}`; or wait: what Jira still shows some time after such a request is there",
            given
                .next("undo")
                .operands([run.to_string()])
                .options(&["--dry-run"])
        );
        Some((message, help))
    }

    fn has(&self, shown: &RemoteIntegration) -> bool {
        let Some(created) = self.gone.get(&shown.id) else {
            return false;
        };
        match (created, shown.init_date) {
            (Some(ours), Some(theirs)) => *ours == theirs,
            _ => true,
        }
    }
}

/// So long before `at`, or as long as time goes back.
fn ago(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_sub(time).unwrap_or(Timestamp::MIN)
}

/// Whether a run went to the Jira at `url`.
pub(super) fn is_of(run: &StoredRun, url: &str) -> bool {
    BaseUrl::parse(&run.opened.jira.url).is_ok_and(|base| base.as_str() == url)
}

/// Whether a journal can tell of anything since then; to read all that ever were would take long.
fn was_written_since(run: &StoredRun, since: Timestamp) -> bool {
    let written = run.journal().metadata().and_then(|file| file.modified());
    let since = SystemTime::try_from(since).unwrap_or(SystemTime::UNIX_EPOCH);
    written.map_or(true, |at| at >= since)
}
