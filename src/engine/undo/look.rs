use std::collections::HashSet;

use super::delete::{Deletion, settled};
use crate::engine::ledger::Ledger;
use crate::engine::stop::Stop;
use crate::journal::{ListReason, Verdict};
use crate::model::RemoteIntegration;

/// Jira's list, for planning what is deleted. A list may lag behind what was created, so the silence of one says nothing: if
/// it lacks some of `ids`, Jira is given its time and the list is read twice more. What either of them shows is there.
///
/// # Errors
///
/// The [`Stop`] that keeps the list from being read, or the wait from its end.
pub(crate) async fn look_for(
    ledger: &Ledger<'_>,
    ids: &[i64],
) -> Result<Vec<RemoteIntegration>, Stop> {
    let list = ledger.list(ListReason::Plan).await?;
    let shown = ids_of(&list);
    let missing = ids.iter().filter(|id| !shown.contains(id)).count();
    if missing == 0 {
        return Ok(list);
    }
    ledger.wait(missing).await?;
    let earlier = ledger.list(ListReason::Plan).await?;
    let mut list = ledger.list(ListReason::Plan).await?;
    let shown = ids_of(&list);
    list.extend(earlier.into_iter().filter(|of| !shown.contains(&of.id)));
    Ok(list)
}

/// Judges deletions of earlier sessions that did not come to a good end, by two lists that are begun after the time that
/// Jira is given. What neither shows is gone. What the later one shows was not deleted, and is asked for anew or not at
/// all; what only the earlier one shows stays as it is.
///
/// # Errors
///
/// The [`Stop`] that keeps the lists from being read, or the wait from its end.
pub(crate) async fn settle_deletions(ledger: &Ledger<'_>, open: &[Deletion]) -> Result<(), Stop> {
    if open.is_empty() {
        return Ok(());
    }
    ledger.wait(open.len()).await?;
    let earlier = ledger.list(ListReason::Settle).await?;
    let later = ledger.list(ListReason::Settle).await?;
    for deletion in open {
        let is_in = |list: &[RemoteIntegration]| list.iter().any(|of| deletion.is(of));
        let verdict = match (is_in(&earlier), is_in(&later)) {
            (false, false) if deletion.was_in_doubt => Verdict::Removed,
            (false, false) => Verdict::AlreadyGone,
            (_, true) if deletion.was_in_doubt => Verdict::NothingHappened,
            _ => continue,
        };
        ledger.note(settled(deletion, verdict));
    }
    Ok(())
}

fn ids_of(list: &[RemoteIntegration]) -> HashSet<i64> {
    list.iter().map(|remote| remote.id).collect()
}
