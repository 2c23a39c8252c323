//! Jira's list for an undo.

use super::carry_out::Session;
use super::exit::Failure;
use super::take_up::TakenUp;
use crate::engine::{Books, Stop, look_for};
use crate::journal::Journal;
use crate::model::RemoteIntegration;

impl Session<'_> {
    /// Jira's list, read until it is known which of `ids` it does not show; or why the session is to end.
    pub fn look_for(
        &self,
        run: &TakenUp,
        ids: &[i64],
        journal: &Journal,
    ) -> Result<Result<Vec<RemoteIntegration>, Stop>, Failure> {
        self.look(journal, async |appender, stop, tell| {
            let ledger = self.ledger(appender, Books::of_run(run.state()), stop, tell);
            self.jira.pacer.restart_wait();
            let list = look_for(&ledger, ids).await;
            appender.commit([]).await?;
            Ok(match stop.reason() {
                Some(stop) => Err(stop),
                None => list,
            })
        })
    }
}
