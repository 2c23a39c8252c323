//! Deletions of an undo, and `gij undo --duplicates`: integrations that several requests of the run may have created for one
//! row.

use std::collections::HashSet;

use jiff::Timestamp;

use super::loaded_run::LoadedRun;
use super::question::{self, Reply};
use super::session::{EarlyEnd, Session};
use crate::engine::{Deletion, Matcher, duplicates, list_for_undo, settle_deletions};
use crate::journal::{Duplicate, RemovalOutcome, RowState};
use crate::model::{Outcome, Remote, RemoteIntegration};

/// The deletion of an integration of a row.
pub(super) fn deletion(n: u32, row: &RowState, remote: Remote, was_in_doubt: bool) -> Deletion {
    Deletion {
        n,
        remote,
        integration_type: row.integration_type(),
        attempt: row.last_intent,
        was_in_doubt,
    }
}

/// Whether what the row created was removed, so that nothing of it is to stay.
pub(super) fn is_removed(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.is_gone()
}

/// Settles by Jira's list the removals of duplicates that earlier undos began and that are in doubt or were refused.
pub(super) fn settle_duplicates(
    run: &mut LoadedRun,
    session: &Session<'_>,
) -> Result<(), EarlyEnd> {
    let mut open = Vec::new();
    for (n, row) in run.state().rows() {
        for (remote, removal) in row.duplicates() {
            let was_in_doubt = removal.outcome == RemovalOutcome::InDoubt;
            if was_in_doubt || removal.outcome == RemovalOutcome::Failed {
                open.push(deletion(n, row, remote, was_in_doubt));
            }
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let mut matcher = Matcher::of_run(run.state());
    session.read(async |context, _| settle_deletions(context, &mut matcher, open).await)?;
    Ok(run.read_again()?)
}

/// Asks for each duplicate of ours whether to remove it.
pub(super) fn duplicates_to_remove(
    run: &LoadedRun,
    session: &Session<'_>,
) -> Result<Vec<Deletion>, EarlyEnd> {
    let screen = &session.context.screen;
    let shown = || Ok::<_, EarlyEnd>(list(run, session, &[], Vec::new())?.0);
    let (ours, theirs) = duplicates(run.state(), &shown()?);
    for duplicate in &theirs {
        screen.problem(&format!(
            "note: Jira has {} more than once, and this run created one at most: the others are left alone\n",
            run.place_of(duplicate.n)
        ));
    }
    if ours.is_empty() {
        screen.info("there are no duplicates to remove\n");
    }
    let mut deletions = Vec::new();
    for duplicate in &ours {
        if let Some(row) = run.state().row(duplicate.n) {
            ask_for(duplicate, row, &mut deletions, session)?;
        }
    }
    if deletions.is_empty() {
        return Ok(deletions);
    }
    // Jira may have changed since the questions.
    let (still, others) = still_duplicates(deletions, run, &shown()?);
    for deletion in others {
        screen.problem(&format!(
            "note: integration {} is no longer a duplicate of {} and is left alone\n",
            deletion.remote.id,
            run.place_of(deletion.n)
        ));
    }
    Ok(still)
}

/// Jira's list as [`list_for_undo`] reads it.
pub(super) fn list(
    run: &LoadedRun,
    session: &Session<'_>,
    remotes: &[Remote],
    seen: Vec<RemoteIntegration>,
) -> Result<(Vec<RemoteIntegration>, bool), EarlyEnd> {
    let matcher = Matcher::of_run(run.state());
    session.read(async |context, _| list_for_undo(context, &matcher, remotes, seen).await)
}

/// Asks for all integrations of a row but the one that is kept.
fn ask_for(
    duplicate: &Duplicate,
    row: &RowState,
    deletions: &mut Vec<Deletion>,
    session: &Session<'_>,
) -> Result<(), EarlyEnd> {
    let own = row.remote.map(|remote| remote.id);
    // The row's own is kept, or the first one if the row is in doubt or its own is gone; after an undo of the row, none.
    let kept = own
        .filter(|own| duplicate.remotes.iter().any(|remote| remote.id == *own))
        .or_else(|| Some(duplicate.remotes.first()?.id))
        .filter(|_| !is_removed(row));
    let keeps = kept.map_or_else(
        || "whose own is removed".to_owned(),
        |kept| format!("which keeps {kept}"),
    );
    let remotes = duplicate.remotes.iter();
    for remote in remotes.filter(|remote| Some(remote.id) != kept) {
        let created = remote
            .init_date
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .map(|at| format!(" of {}", at.strftime("%-d %b %Y %H:%M:%S UTC")));
        let question = format!(
            "Remove integration {}{}, a duplicate of {} ({}), {keeps}?",
            remote.id,
            created.unwrap_or_default(),
            row.read.place,
            row.read.name.as_deref().unwrap_or_default(),
        );
        match question::ask(&question, &session.jira.runtime, &session.context.screen) {
            Reply::Interrupted => {
                return Err(EarlyEnd::Declined("nothing was removed".to_owned()));
            }
            Reply::No => {}
            Reply::Yes => deletions.push(deletion(duplicate.n, row, *remote, false)),
        }
    }
    Ok(())
}

/// Splits `deletions` into those that are still duplicates in `list`, beside one that stays unless the row was undone, and
/// the others.
fn still_duplicates(
    deletions: Vec<Deletion>,
    run: &LoadedRun,
    list: &[RemoteIntegration],
) -> (Vec<Deletion>, Vec<Deletion>) {
    let (ours, _) = duplicates(run.state(), list);
    let leaving: HashSet<i64> = deletions
        .iter()
        .map(|deletion| deletion.remote.id)
        .collect();
    let is_still_one = |deletion: &Deletion| {
        let duplicate = ours.iter().find(|duplicate| duplicate.n == deletion.n);
        let remotes = duplicate.map_or(&[][..], |duplicate| &duplicate.remotes);
        let is_there = |remote: &Remote| remote.is_same(deletion.remote);
        let row = run.state().row(deletion.n);
        let one_stays = row.is_some_and(is_removed)
            || remotes.iter().any(|remote| !leaving.contains(&remote.id));
        one_stays && remotes.iter().any(is_there)
    };
    deletions.into_iter().partition(is_still_one)
}
