//! The doubles of rows that several requests of ours may have created.

use std::collections::HashSet;

use jiff::Timestamp;

use super::exit::Failure;
use super::loaded_run::LoadedRun;
use super::question::{self, Reply};
use super::undo::{Undoing, is_gone, type_of};
use crate::engine::{Deletion, Matcher, Stop, duplicates, settle_deletions};
use crate::journal::{Journal, Remote, RemovalOutcome, RowState};
use crate::model::{Outcome, RemoteIntegration};

impl Undoing<'_> {
    /// Lets Jira's list judge the deletions of doubles that earlier undos asked for and did not bring to a good end. Returns
    /// why it ended early, if it did.
    pub(super) fn settle_doubles(
        &self,
        run: &mut LoadedRun,
        journal: &Journal,
    ) -> Result<Option<Stop>, Failure> {
        let rows = run.state().rows();
        let open: Vec<Deletion> = rows.flat_map(|(n, row)| open_deletions(n, row)).collect();
        if open.is_empty() {
            return Ok(None);
        }
        let session = &self.session;
        let ended = session.look(journal, async |appender, stop, tell| {
            let context = session.context(appender, stop, tell);
            let mut matcher = Matcher::of_run(run.state());
            let judged = settle_deletions(&context, &mut matcher, open).await;
            appender.commit([]).await?;
            Ok(stop.ending().or(judged.err()))
        })?;
        run.read_again()?;
        Ok(ended)
    }

    /// Asks for each double of ours whether it is to be removed; none if somebody interrupts.
    pub(super) fn ask_for_doubles(
        &self,
        run: &LoadedRun,
        list: &[RemoteIntegration],
    ) -> Option<Vec<Deletion>> {
        let (ours, theirs) = duplicates(run.state(), list);
        for double in &theirs {
            let row = run.state().row(double.n);
            let whose = match row.map_or(0, |row| row.may_have_created) {
                0 => "this run created none of them: they are left alone",
                _ => {
                    "one request of this run created it: the other one is someone else's and is left alone"
                }
            };
            let place = run.place_of(double.n);
            self.session.screen.problem(&format!(
                "note: Jira has {place} more than once, and {whose}\n"
            ));
        }
        if ours.is_empty() {
            self.session
                .screen
                .info("there are no duplicates to remove\n");
        }
        let mut deletions = Vec::new();
        for double in ours {
            let Some(row) = run.state().row(double.n) else {
                continue;
            };
            let own = row.remote.map(|remote| remote.id);
            // Of a row in doubt, or whose own is gone, the first one is kept; of one that was taken back, none.
            let kept = own
                .filter(|own| double.remotes.iter().any(|remote| remote.id == *own))
                .or_else(|| Some(double.remotes.first()?.id))
                .filter(|_| !is_taken_back(row));
            let keeps = kept.map_or_else(
                || "whose own is removed".to_owned(),
                |kept| format!("which keeps {kept}"),
            );
            for remote in double
                .remotes
                .iter()
                .filter(|remote| Some(remote.id) != kept)
            {
                let created = remote
                    .init_date
                    .and_then(|ms| Timestamp::from_millisecond(ms).ok())
                    .map(|at| format!(" of {}", at.strftime("%-d %b %Y %H:%M:%S UTC")));
                let question = format!(
                    "Remove integration {}{}, a duplicate of {} ({}), {keeps}?",
                    remote.id,
                    created.unwrap_or_default(),
                    run.place_of(double.n),
                    row.name.as_deref().unwrap_or_default(),
                );
                let reply = question::ask(&question, self.session.runtime, self.session.screen);
                if reply == Reply::Interrupted {
                    return None;
                }
                if reply == Reply::Yes {
                    deletions.push(Deletion {
                        n: double.n,
                        id: remote.id,
                        integration_type: type_of(row),
                        init_date: remote.init_date,
                        attempt: row.last_intent,
                        was_in_doubt: false,
                    });
                }
            }
        }
        Some(deletions)
    }

    /// Keeps of `deletions` those that are still doubles in `list`, beside one that stays unless the row was taken back.
    pub(super) fn keep_doubles(
        &self,
        run: &LoadedRun,
        list: &[RemoteIntegration],
        deletions: &mut Vec<Deletion>,
    ) {
        let (ours, _) = duplicates(run.state(), list);
        let asked = std::mem::take(deletions);
        let goes: HashSet<i64> = asked.iter().map(|deletion| deletion.id).collect();
        for deletion in asked {
            let double = ours.iter().find(|double| double.n == deletion.n);
            let remotes = double.map_or(&[][..], |double| &double.remotes);
            let is_there = |remote: &Remote| {
                (remote.id, remote.init_date) == (deletion.id, deletion.init_date)
            };
            let row = run.state().row(deletion.n);
            let one_stays = row.is_some_and(is_taken_back)
                || remotes.iter().any(|remote| !goes.contains(&remote.id));
            if one_stays && remotes.iter().any(is_there) {
                deletions.push(deletion);
            } else {
                self.session.screen.problem(&format!(
                    "note: integration {} is no longer a duplicate of {} and is left alone\n",
                    deletion.id,
                    run.place_of(deletion.n)
                ));
            }
        }
    }
}

/// The doubles of a row whose deletion is in doubt or was refused.
fn open_deletions(n: u32, row: &RowState) -> impl Iterator<Item = Deletion> {
    let open = row.deletions.duplicates.iter().filter_map(|(id, removal)| {
        let was_in_doubt = removal.outcome == RemovalOutcome::InDoubt;
        let is_open = was_in_doubt || removal.outcome == RemovalOutcome::Failed;
        is_open.then_some((*id, was_in_doubt))
    });
    open.map(move |(id, was_in_doubt)| Deletion {
        n,
        id,
        integration_type: type_of(row),
        init_date: None,
        attempt: row.last_intent,
        was_in_doubt,
    })
}

/// Whether an undo took back what the row created, so that nothing of it is to stay.
fn is_taken_back(row: &RowState) -> bool {
    row.outcome == Outcome::Created && is_gone(row)
}
