//! What other runs on the same Jira mean for an import or a resume: a file whose last run is unfinished, rows that are in
//! doubt, and integrations that an undo has just deleted or may still delete.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::connect::is_at;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::planning::Planner;
use crate::journal::{History, PastRun, RecentDeletions};
use crate::model::{Place, RecordKey, listed};
use crate::plan::Plan;
use crate::render::count;

/// Reads the runs below `runs_dir` that went to the Jira at `url`, or to one that gives itself the same address as that.
pub(super) fn read_history(
    runs_dir: &Path,
    url: &str,
    own_url: Option<&str>,
) -> Result<History, Failure> {
    let history = History::read(runs_dir, |jira| {
        is_at(jira, url) || own_url.is_some() && jira.own_url.as_deref() == own_url
    });
    history.map_err(|error| {
        let message = format!("cannot read {}: {error}", runs_dir.display());
        Failure::new(Exit::Stopped, message)
            .help("check its permissions, or choose another directory with `--runs-dir`")
    })
}

/// Refuses to go on; a dry run only warns.
fn refuse(context: &Context, is_dry_run: bool, message: &str, help: &str) -> Result<(), Failure> {
    if is_dry_run {
        let warning = format!("warning: {message}; {help}\n");
        context.screen.problem(&warning);
        return Ok(());
    }
    Err(Failure::usage(format!("{message}; nothing was sent")).help(help))
}

/// Refuses to start a run of a file whose last run is unfinished. A dry run gets the id of that run, if it can be
/// resumed.
pub(super) fn refuse_second_run(
    history: &History,
    files: &[PathBuf],
    context: &Context,
    is_dry_run: bool,
) -> Result<Option<String>, Failure> {
    let files = files.iter().filter(|file| file.as_os_str() != "-");
    let files: Vec<PathBuf> = files.filter_map(|file| identity(file)).collect();
    let is_of_files = |run: &&PastRun| {
        let paths = run.stored.opened.inputs.iter();
        let mut paths = paths.filter_map(|input| input.path.as_deref());
        paths.any(|path| identity(Path::new(path)).is_some_and(|path| files.contains(&path)))
    };
    // The last run of a file was started in knowledge of the earlier ones.
    let Some(PastRun { stored, facts }) = history.runs.iter().find(is_of_files) else {
        return Ok(None);
    };
    let facts = facts.as_ref().map_err(Failure::usage)?;
    if !facts.is_unfinished {
        return Ok(None);
    }
    let id = &stored.id;
    if stored.is_at_work() {
        let message = format!("another gij is at work on the run {id} of the same input");
        refuse(
            context,
            is_dry_run,
            &message,
            "wait until it has ended, or stop it",
        )?;
        return Ok(None);
    }
    let not_attempted = count(facts.totals.not_attempted, "row", "rows");
    let in_doubt = facts.totals.in_doubt;
    let message = format!(
        "the run {id} of the same input is unfinished: {not_attempted} not attempted, {in_doubt} in doubt"
    );
    let new_run = "start a new run with `--new-run`, which skips what Jira shows";
    if facts.has_lost_baseline {
        let damaged = "its journal is damaged, and this run can send nothing more";
        refuse(
            context,
            is_dry_run,
            &format!("{message}; {damaged}"),
            new_run,
        )?;
        return Ok(None);
    }
    let resume = context.given.resume(id, stored.opened.has_stdin());
    let help = format!("continue it with `{resume}`, or {new_run}");
    refuse(context, is_dry_run, &message, &help)?;
    Ok(Some(id.clone()))
}

impl Planner<'_> {
    fn refuse(&self, message: &str, help: &str) -> Result<(), Failure> {
        refuse(self.context, self.is_dry_run, message, help)
    }

    /// Refuses to create rows that are in doubt in another run, whatever file they came from: they may be in Jira, although
    /// its list does not show them yet.
    pub(super) fn refuse_rows_in_doubt(&self, plan: &Plan) -> Result<(), Failure> {
        if plan.is_update() {
            return Ok(());
        }
        let mut ours: HashMap<String, Vec<(RecordKey, &Place)>> = HashMap::new();
        for row in plan.to_send() {
            if let Some(key) = row.record.key() {
                let same_name = ours.entry(key.display_name.clone()).or_default();
                same_name.push((key, &row.place));
            }
        }
        for PastRun { stored, facts } in &self.history.runs {
            // A run that cannot be read is reported by the commands that need it.
            let Ok(facts) = facts else { continue };
            let mut in_doubt = facts.in_doubt.iter().filter_map(|theirs| {
                let mut same_name = ours.get(&theirs.display_name)?.iter();
                same_name.find(|(ours, _)| may_be_same(ours, theirs))
            });
            let Some((_, place)) = in_doubt.next() else {
                continue;
            };
            let (id, given) = (&stored.id, &self.context.given);
            let settle = if facts.is_undone {
                given.undo_dry_run(id)
            } else {
                given.resume(id, stored.opened.has_stdin())
            };
            let help = if stored.is_at_work() {
                "wait until that run, which is active, has ended".to_owned()
            } else {
                format!(
                    "settle it there first with `{settle}`, or start a new run with `--new-run`, which only skips what Jira shows"
                )
            };
            let message = format!("{place} may exist in Jira already: in doubt in the run {id}");
            self.refuse(&message, &help)?;
        }
        Ok(())
    }

    /// Warns of rows that exist only until an interrupted undo is continued. That may never happen, so they are not refused.
    /// Rows with a deletion in doubt are left out: for these the plan is refused.
    pub(super) fn warn_of_undos(&self, plan: &Plan, deletions: &RecentDeletions) {
        for PastRun { stored, facts } in &self.history.runs {
            let Ok(facts) = facts else { continue };
            let rows = plan.rows().iter().filter_map(|row| {
                let remote = row.action.remote()?;
                let is_it = facts.to_undo.contains(remote) && !deletions.in_doubt.contains(remote);
                is_it.then_some((&row.row.place, remote.id))
            });
            let rows: Vec<_> = rows.collect();
            if rows.is_empty() {
                continue;
            }
            let rows = listed(&rows, 5, |(place, id)| format!("{place} (id {id})"));
            let undo = self.context.given.undo_dry_run(&stored.id);
            self.context.screen.problem(&format!(
                "warning: the unfinished undo of {} would still remove what Jira shows for {rows}; see what is left of it with `{undo}`\n",
                stored.id
            ));
        }
    }

    /// Refuses a plan by which a row exists that a deletion may still remove.
    pub(super) fn refuse_deletions_in_doubt(
        &self,
        plan: &Plan,
        deletions: &RecentDeletions,
    ) -> Result<(), Failure> {
        let mut rows = plan.rows().iter().filter_map(|row| {
            let remote = row.action.remote()?;
            Some((&row.row.place, remote.id, deletions.in_doubt.get(remote)?))
        });
        let Some((place, id, run)) = rows.next() else {
            return Ok(());
        };
        let undo = self.context.given.undo_dry_run(run);
        self.refuse(
            &format!(
                "Jira shows integration {id} for {place}, but the undo of {run} may still remove it: its request is in doubt"
            ),
            &format!(
                "settle that first with `{undo}`, or wait: an integration that Jira still shows some minutes later stays"
            ),
        )
    }
}

/// Whether two keys of the same name may be of one integration; no origin matches any.
fn may_be_same(ours: &RecordKey, theirs: &RecordKey) -> bool {
    let is_same_origin = match (&ours.origin.0, &theirs.origin.0) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    };
    ours.integration_type == theirs.integration_type && is_same_origin
}

/// The path by which a file is recognized from every directory and through links.
fn identity(file: &Path) -> Option<PathBuf> {
    let path = file.canonicalize().or_else(|_| std::path::absolute(file));
    path.ok()
}
