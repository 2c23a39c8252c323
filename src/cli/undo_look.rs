//! Jira's list for an undo, and what an undo leaves in doubt.

use super::carry_out::Session;
use super::exit::Failure;
use super::signals;
use super::take_up::TakenUp;
use crate::engine::{Books, Ledger, RunEvent, Stop, StopSwitch, look_for};
use crate::journal::{Journal, JournalError};
use crate::model::RemoteIntegration;
use crate::render::Progress;

impl Session<'_> {
    /// Jira's list, read until it is known which of `ids` it does not show; or why the session is to end.
    pub fn look_for(
        &self,
        run: &TakenUp,
        ids: &[i64],
        journal: &Journal,
    ) -> Result<Result<Vec<RemoteIntegration>, Stop>, Failure> {
        let stop = StopSwitch::default();
        let progress = Progress::new(self.screen, self.progress, 0, 0);
        let last_words = self.last_words();
        let looked: Result<_, JournalError> = self.runtime.block_on(async {
            let appender = journal.appender();
            let tell = |event: RunEvent<'_>| progress.tell(event);
            let ledger = Ledger::new(
                &self.jira.client,
                appender.clone(),
                Books::of_run(run.state()),
                &self.jira.pacer,
                self.pace.settle,
                &stop,
                &tell,
            );
            self.jira.pacer.restart_wait();
            let list = tokio::select! {
                list = look_for(&ledger, ids) => list,
                () = signals::watch(&stop, &progress, &last_words) => {
                    Err(Stop::Interrupted)
                }
            };
            appender.commit([]).await?;
            Ok(match stop.reason() {
                Some(stop) => Err(stop),
                None => list,
            })
        });
        looked.map_err(|error| self.without_journal(error))
    }
}
