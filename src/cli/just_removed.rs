//! What undos have removed a moment ago, or may still remove: a list that lags may show the one, and a list that is right
//! shows the other as long as it is there. No row exists by either.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::exit::Failure;
use super::next::Given;
use crate::jira::BaseUrl;
use crate::journal::{History, Jira, RecentDeletions, StoredRun};
use crate::model::RemoteIntegration;
use crate::plan::Plan;
use crate::render::{Screen, count};

/// The integrations that undos have just removed from one Jira or may still remove.
#[derive(Default)]
pub(super) struct JustRemoved(RecentDeletions);

impl JustRemoved {
    /// What the runs below `runs_dir` removed from the Jira at `url` so short a time before `listed_at`.
    pub(super) fn before(
        listed_at: Timestamp,
        settle: Duration,
        runs_dir: &Path,
        url: &str,
    ) -> Self {
        // Runs that cannot be read tell nothing, and whoever needs one of them is told so.
        let history = History::read(runs_dir, |jira| is_at(jira, url));
        Self(history.map_or_else(
            |_| RecentDeletions::default(),
            |history| history.deletions_before(listed_at, settle),
        ))
    }

    /// See [`RecentDeletions::ids`].
    pub(super) fn ids(&self) -> Vec<i64> {
        self.0.ids()
    }

    /// Takes what was removed out of a list that still shows it.
    pub(super) fn take_from(&self, list: &mut Vec<RemoteIntegration>, screen: &Screen) {
        let shown = list.len();
        list.retain(|shown| !self.0.is_gone(shown));
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
        let of = |id: i64| self.0.in_doubt(id).map(|run| (id, run));
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
}

/// Whether a run went to the Jira at `url`.
pub(super) fn is_of(run: &StoredRun, url: &str) -> bool {
    is_at(&run.opened.jira, url)
}

fn is_at(jira: &Jira, url: &str) -> bool {
    BaseUrl::parse(&jira.url).is_ok_and(|base| base.as_str() == url)
}
