//! What `import`, `update` and `resume` share: rows are planned against Jira's list, the plan is confirmed and made again, and
//! becomes the work of a session.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::check::{RowProblem, add_problems};
use super::connect::Connected;
use super::context::Context;
use super::exit::Failure;
use super::question::{self, Reply};
use super::session::{EarlyEnd, Session, Work};
use crate::engine::{Creation, Job, MatchRow, Matcher, RowStatus, Update};
use crate::journal::{Discrepancies, History, JournalError, RecentDeletions, RunState};
use crate::model::{Code, Field, FieldSet, Outcome, Problem, RemoteIntegration, Row};
use crate::plan::{Action, Plan, PlannedRow, update_problems};
use crate::render::{Screen, count, jira_at};
use crate::validate::{Options, Validation};

/// Makes the plans of a session.
pub(super) struct Planner<'a> {
    pub context: &'a Context,
    pub jira: &'a Connected,
    /// The other runs on this Jira, which may keep this one from sending.
    pub history: History,
    /// Whether other runs only lead to warnings.
    pub is_dry_run: bool,
    /// How long Jira is given to list what it created.
    pub settle: Duration,
    /// The fields that an update changes; none for an import.
    pub named: Option<FieldSet>,
}

/// Jira's list, without what undos have just deleted.
pub(super) struct Listing {
    /// When it was asked for.
    pub at: Timestamp,
    pub remote: Vec<RemoteIntegration>,
    deletions: RecentDeletions,
}

impl Planner<'_> {
    /// The list `remote`, which was asked for at `at`.
    pub(super) fn listing(&self, at: Timestamp, remote: Vec<RemoteIntegration>) -> Listing {
        let deletions = self.history.deletions_before(at, self.settle);
        let shown = remote.len();
        let mut remote = remote;
        remote.retain(|shown| !deletions.gone.contains(shown.identity()));
        self.history.note_keys(&mut remote);
        let stale = shown - remote.len();
        if stale > 0 {
            let what = count(stale as u64, "integration", "integrations");
            self.context.screen.info(&format!(
                "note: Jira's list still shows {what} that an undo has just removed; ignored\n"
            ));
        }
        Listing {
            at,
            remote,
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

    /// Plans `rows`.
    pub(super) fn plan(&self, rows: Vec<Row>, listing: &Listing) -> Result<Plan, Failure> {
        let plan = Plan::new(rows, &listing.remote, self.named);
        let plan = plan.with_known(listing.deletions.all());
        self.refuse_deletions_in_doubt(&plan, &listing.deletions)?;
        self.warn_of_undos(&plan, &listing.deletions);
        Ok(plan)
    }

    /// Checks what only Jira knows: rows with a project key that it does not know, or does not show to this user, and rows that
    /// do not update one integration each are not valid. Replaces the keys of the others by the ids that the app needs.
    pub(super) fn check(
        &self,
        input: &mut Validation,
        options: &Options,
        listing: &Listing,
    ) -> Result<(), Failure> {
        let keys = input.rows.iter().flat_map(|row| row.record.project_keys());
        let keys: BTreeSet<String> = keys.map(str::to_owned).collect();
        let ids = self.jira.unless_interrupted(async {
            let mut ids = HashMap::new();
            for key in keys {
                if let Some(id) = self.jira.client.project_id(&key).await? {
                    ids.insert(key, id);
                }
            }
            Ok(ids)
        })?;
        let mut problems = Vec::new();
        for (at, row) in input.rows.iter().enumerate() {
            let keys = row.record.project_keys();
            for key in keys.filter(|key| !ids.contains_key(*key)) {
                let problem = Problem::new(
                    Code::UnknownProject,
                    format!("Jira knows no project `{key}`, or does not show it to this user"),
                    "check the key under Projects in Jira",
                );
                problems.push((at, Some(Field::ProjectKeys), problem));
            }
        }
        self.report(problems, input, options);
        for row in &mut input.rows {
            let keys = row.record.project_keys();
            let known: Vec<u64> = keys.filter_map(|key| ids.get(key).copied()).collect();
            if !known.is_empty() {
                row.record.set_project_ids(known);
            }
        }
        if let Some(named) = self.named {
            let problems = update_problems(&input.rows, &listing.remote, named);
            self.report(problems, input, options);
        }
        Ok(())
    }

    fn report(&self, problems: Vec<RowProblem>, input: &mut Validation, options: &Options) {
        add_problems(input, options, problems, self.context, Screen::problem);
    }

    /// Shows `text` about `plan`, and asks whether to send what it contains if somebody `must` be asked. Returns the plan of the
    /// same rows by a list read since, as Jira may have changed; none if the user declined.
    pub(super) fn confirm(
        &self,
        plan: Plan,
        text: &str,
        must_ask: bool,
        own: &Matcher,
    ) -> Result<Option<(Plan, Listing)>, Failure> {
        self.context.show_plan(text, must_ask);
        if must_ask {
            let what = count(plan.to_send().count() as u64, "integration", "integrations");
            let verb = if plan.is_update() { "Update" } else { "Create" };
            let question = format!("{verb} {what} in {}?", jira_at(&self.jira.jira));
            let (runtime, screen) = (&self.jira.runtime, &self.context.screen);
            if question::ask(&question, runtime, screen) != Reply::Yes {
                return Ok(None);
            }
        }
        let listing = self.list(own)?;
        let plan = plan.replan(&listing.remote)?;
        let plan = plan.with_known(listing.deletions.all());
        self.refuse_deletions_in_doubt(&plan, &listing.deletions)?;
        Ok(Some((plan, listing)))
    }
}

/// The rows of a plan as a new run knows them.
pub(super) fn new_matcher(plan: &Plan) -> Matcher {
    let rows = plan.rows().iter().filter_map(|planned| {
        let status = match planned.action {
            Action::Create { .. } => RowStatus::Open,
            Action::Exists { remote, .. } | Action::Unchanged(remote) => RowStatus::Exists(remote),
            // What an update changes is no creation, and what is not part of the run explains nothing that Jira holds.
            Action::Update(_) | Action::Absent | Action::NotSelected => return None,
        };
        Some((planned.row.n, MatchRow::of_row(&planned.row, status)))
    });
    Matcher::new(plan.baseline.iter().copied(), rows)
}

impl Session<'_> {
    /// Writes what `begin` writes, then sends what a plan contains, for a new run or after what `run` did before.
    pub(super) fn carry_out<'p>(
        &self,
        begin: impl Future<Output = Result<(), JournalError>>,
        plan: &'p Plan,
        matcher: Matcher,
        run: Option<&RunState>,
    ) -> Result<Discrepancies, EarlyEnd> {
        let last_attempt = |n| {
            let row = run.and_then(|run| run.row(n));
            row.map_or(0, |row| row.last_intent)
        };
        if plan.is_update() {
            let update = |planned: &'p PlannedRow| match &planned.action {
                Action::Update(change) => {
                    let n = planned.row.n;
                    let update = Update::new(n, change, Some(&planned.row.record));
                    Some(Job::new(update, last_attempt(n)))
                }
                _ => None,
            };
            let work = Work {
                existing: plan.count("unchanged"),
                ..Work::new(
                    matcher,
                    plan.rows().iter().filter_map(update).collect(),
                    false,
                )
            };
            return self.send(begin, work);
        }
        let rows = run.into_iter().flat_map(RunState::rows);
        let in_doubt = rows.filter(|(_, row)| row.outcome == Outcome::InDoubt);
        let job = |row: &'p Row| Job::new(Creation(row), last_attempt(row.n));
        let must_audit = run.is_some() || plan.to_send().next().is_some();
        let work = Work {
            in_doubt: in_doubt.map(|(n, _)| n).collect(),
            existing: plan.existing().0,
            ..Work::new(matcher, plan.to_send().map(job).collect(), must_audit)
        };
        self.send(begin, work)
    }
}
