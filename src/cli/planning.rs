//! What `import` and `resume` share: rows are planned against Jira's list, the plan is confirmed and made again, and becomes
//! the work of a session.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::connect::Connected;
use super::context::Context;
use super::exit::Failure;
use super::other_runs::OtherRuns;
use super::question::{self, Reply};
use super::session::{WhenToAudit, Work};
use crate::engine::{Creation, Job, MatchRow, Matcher, RowStatus};
use crate::jira::Client;
use crate::journal::{RecentDeletions, RunState};
use crate::model::{Code, Diagnostic, Diagnostics, Field, Outcome, RemoteIntegration, Row};
use crate::plan::{Action, Plan};
use crate::render::{count, diagnostics, jira_at};

/// Makes the plans of a session.
pub(super) struct Planner<'a> {
    pub context: &'a Context,
    pub jira: &'a Connected,
    pub others: OtherRuns<'a>,
    /// How long Jira is given to list what it created.
    pub settle: Duration,
}

/// Jira's list, without what undos have just deleted.
pub(super) struct Listing {
    /// When it was asked for.
    pub at: Timestamp,
    remote: Vec<RemoteIntegration>,
    deletions: RecentDeletions,
}

impl Planner<'_> {
    /// The list `remote`, which was asked for at `at`.
    pub(super) fn listing(&self, at: Timestamp, remote: Vec<RemoteIntegration>) -> Listing {
        let deletions = self.others.history.deletions_before(at, self.settle);
        let shown = remote.len();
        let remote: Vec<_> = remote
            .into_iter()
            .filter(|shown| !deletions.is_gone(shown))
            .collect();
        let stale = shown - remote.len();
        if stale > 0 {
            let what = count(stale as u64, "integration", "integrations");
            self.context.screen.info(&format!(
                "note: Jira's list still shows {what} that an undo has just removed; ignored\n"
            ));
        }
        Listing {
            at,
            remote: self.others.history.with_keys_of_rows(remote),
            deletions,
        }
    }

    /// Reads Jira's list again. What the rows of a run `own` already is left out.
    pub(super) fn list(&self, own: &Matcher) -> Result<Listing, Failure> {
        let at = Timestamp::now();
        let mut remote = self.jira.list(&self.context.screen)?;
        remote.retain(|remote| !own.is_claimed(remote.identity()));
        Ok(self.listing(at, remote))
    }

    /// Plans `rows`, of which at most `limit` are created.
    pub(super) fn plan(
        &self,
        rows: Vec<Row>,
        listing: &Listing,
        limit: Option<usize>,
    ) -> Result<Plan, Failure> {
        let plan = Plan::new(rows, &listing.remote).with_known(listing.deletions.all());
        let plan = match limit {
            Some(most) => plan.limited_to(most),
            None => plan,
        };
        self.others
            .refuse_deletions_in_doubt(&plan, &listing.deletions)?;
        Ok(plan)
    }

    /// Plans the same rows against a newer list: Jira may have changed since the plan was shown.
    pub(super) fn replan(&self, plan: Plan, listing: &Listing) -> Result<Plan, Failure> {
        let plan = plan.replan(&listing.remote)?;
        let plan = plan.with_known(listing.deletions.all());
        self.others
            .refuse_deletions_in_doubt(&plan, &listing.deletions)?;
        Ok(plan)
    }

    /// Asks whether to create what `plan` contains.
    pub(super) fn is_confirmed(&self, plan: &Plan) -> bool {
        let to_create = plan.to_create().count();
        let what = count(to_create as u64, "integration", "integrations");
        let question = format!("Create {what} in {}?", jira_at(&self.jira.jira));
        question::ask(&question, &self.jira.runtime, &self.context.screen) == Reply::Yes
    }

    /// Replaces the project keys of `rows` by their ids in this Jira, which the app needs, and shows keys that Jira does not
    /// know.
    pub(super) async fn resolve_projects(&self, rows: Vec<Row>) -> Result<ResolvedRows, Failure> {
        let resolved = resolve(&self.jira.client, rows).await?;
        if resolved.diagnostics.has_errors() && !self.context.is_json {
            let screen = &self.context.screen;
            screen.problem(&diagnostics(&resolved.diagnostics, screen.detail()));
        }
        Ok(resolved)
    }
}

/// Rows with the ids of their projects.
pub(super) struct ResolvedRows {
    pub rows: Vec<Row>,
    /// Rows with a key that Jira does not know or does not show to this user; they cannot be sent.
    pub unknown: Vec<Row>,
    pub diagnostics: Diagnostics,
}

async fn resolve(client: &Client, rows: Vec<Row>) -> Result<ResolvedRows, Failure> {
    let mut ids: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for key in rows.iter().flat_map(|row| row.record.project_keys()) {
        if !ids.contains_key(key) {
            ids.insert(key.to_owned(), client.project_id(key).await?);
        }
    }
    let id_of = |key: &str| ids.get(key).copied().flatten();
    let mut resolved = ResolvedRows {
        rows: Vec::with_capacity(rows.len()),
        unknown: Vec::new(),
        diagnostics: Diagnostics::default(),
    };
    for mut row in rows {
        let unknown = row.record.project_keys().filter(|key| id_of(key).is_none());
        let unknown: Vec<Diagnostic> = unknown.map(|key| unknown_project(&row, key)).collect();
        if !unknown.is_empty() {
            for diagnostic in unknown {
                resolved.diagnostics.push(diagnostic);
            }
            resolved.unknown.push(row);
            continue;
        }
        let ids: Vec<u64> = row.record.project_keys().filter_map(id_of).collect();
        if !ids.is_empty() {
            row.record = row.record.with_project_ids(ids);
        }
        resolved.rows.push(row);
    }
    Ok(resolved)
}

fn unknown_project(row: &Row, key: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        Code::UnknownProject,
        row.place.clone(),
        format!("Jira knows no project `{key}`, or does not show it to this user"),
        "check the key under Projects in Jira",
    );
    diagnostic.field = Some(Field::ProjectKeys);
    diagnostic.name = row.record.display_name().map(str::to_owned);
    diagnostic
}

/// The rows of a plan as a new run knows them.
pub(super) fn new_matcher(plan: &Plan) -> Matcher {
    let rows = plan.rows().iter().filter_map(|planned| {
        let status = match planned.action {
            Action::Create { .. } => RowStatus::Open,
            Action::Exists { remote, .. } => RowStatus::Exists(remote),
            // What is not part of the run explains nothing that Jira holds.
            Action::NotSelected => return None,
        };
        Some((planned.row.n, MatchRow::of_row(&planned.row, status)))
    });
    Matcher::new(plan.baseline().iter().copied(), rows)
}

/// The creations of a plan, for a new run or after what `run` did before.
pub(super) fn creations<'p>(
    plan: &'p Plan,
    matcher: Matcher,
    run: Option<&RunState>,
) -> Work<Creation<'p>> {
    let last_attempt = |n| {
        run.and_then(|run| run.row(n))
            .map_or(0, |row| row.last_intent)
    };
    let rows = run.into_iter().flat_map(RunState::rows);
    let in_doubt = rows.filter(|(_, row)| row.outcome == Outcome::InDoubt);
    Work {
        matcher,
        jobs: plan
            .to_create()
            .map(|row| Job::new(Creation(row), last_attempt(row.n)))
            .collect(),
        in_doubt: in_doubt.map(|(n, _)| n).collect(),
        existing: plan.existing().0,
        audit: WhenToAudit::IfSent,
    }
}
