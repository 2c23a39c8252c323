use std::collections::HashSet;

use crate::engine::ledger::Ledger;
use crate::engine::stop::Stop;
use crate::journal::ListReason;
use crate::model::RemoteIntegration;

/// Jira's list, for planning what is deleted. A list may lag behind what was created, so the silence of one says nothing: if
/// it lacks some of `ids`, Jira is given its time and the list is read twice more. What either of them shows is there.
///
/// # Errors
///
/// The [`Stop`] that keeps the list from being read, or the wait from its end.
pub async fn look_for(ledger: &Ledger<'_>, ids: &[i64]) -> Result<Vec<RemoteIntegration>, Stop> {
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

fn ids_of(list: &[RemoteIntegration]) -> HashSet<i64> {
    list.iter().map(|remote| remote.id).collect()
}
