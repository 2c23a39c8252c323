//! `gij undo --duplicates`: integrations that several requests of the run may have created for one row.

use std::collections::HashSet;

use jiff::Timestamp;

use super::question::{self, Reply};
use super::session::{EarlyEnd, Session};
use super::undo::{Undoing, is_gone, type_of};
use crate::engine::{Deletion, Matcher, duplicates, settle_deletions};
use crate::journal::{Duplicate, Remote, RemovalOutcome, RowState};
use crate::model::{Outcome, RemoteIntegration};

impl Undoing<'_> {
    /// Settles by Jira's list the removals of duplicates that earlier undos began and that are in doubt or were refused.
    pub(super) fn settle_duplicates(&mut self, session: &Session<'_>) -> Result<(), EarlyEnd> {
        let rows = self.run.state().rows();
        let open: Vec<Deletion> = rows.flat_map(|(n, row)| open_deletions(n, row)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let mut matcher = Matcher::of_run(self.run.state());
        session.read(async |context, _| settle_deletions(context, &mut matcher, open).await)?;
        self.run.read_again()?;
        Ok(())
    }

    /// Asks for each duplicate of ours whether to remove it.
    pub(super) fn duplicates_to_remove(
        &self,
        session: &Session<'_>,
    ) -> Result<Vec<Deletion>, EarlyEnd> {
        let (ours, theirs) = duplicates(self.run.state(), &self.list(session, &[])?);
        self.show_left_alone(&theirs);
        if ours.is_empty() {
            self.context
                .screen
                .info("there are no duplicates to remove\n");
        }
        let mut deletions = Vec::new();
        for duplicate in &ours {
            self.ask_for(duplicate, &mut deletions, session)?;
        }
        if deletions.is_empty() {
            return Ok(deletions);
        }
        // Jira may have changed since the questions.
        let list = self.list(session, &[])?;
        Ok(self.still_duplicates(deletions, &list))
    }

    fn show_left_alone(&self, duplicates: &[Duplicate]) {
        for duplicate in duplicates {
            let row = self.run.state().row(duplicate.n);
            let whose = match row.map_or(0, |row| row.may_have_created) {
                0 => "this run created none of them: they are left alone",
                _ => {
                    "one request of this run created it: the other one is someone else's and is left alone"
                }
            };
            let place = self.run.place_of(duplicate.n);
            self.context.screen.problem(&format!(
                "note: Jira has {place} more than once, and {whose}\n"
            ));
        }
    }

    /// Asks for all integrations of a row but the one that is kept.
    fn ask_for(
        &self,
        duplicate: &Duplicate,
        deletions: &mut Vec<Deletion>,
        session: &Session<'_>,
    ) -> Result<(), EarlyEnd> {
        let Some(row) = self.run.state().row(duplicate.n) else {
            return Ok(());
        };
        let own = row.remote.map(|remote| remote.id);
        // The row's own is kept, or the first one if the row is in doubt or its own is gone; after an undo of the row, none.
        let kept = own
            .filter(|own| duplicate.remotes.iter().any(|remote| remote.id == *own))
            .or_else(|| Some(duplicate.remotes.first()?.id))
            .filter(|_| !is_undone(row));
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
                self.run.place_of(duplicate.n),
                row.name.as_deref().unwrap_or_default(),
            );
            match question::ask(&question, session.runtime, &self.context.screen) {
                Reply::Interrupted => {
                    return Err(EarlyEnd::Declined("nothing was removed".to_owned()));
                }
                Reply::No => {}
                Reply::Yes => deletions.push(Deletion {
                    n: duplicate.n,
                    id: remote.id,
                    integration_type: type_of(row),
                    init_date: remote.init_date,
                    attempt: row.last_intent,
                    was_in_doubt: false,
                }),
            }
        }
        Ok(())
    }

    /// Those of `deletions` that are still duplicates in `list`, beside one that stays unless the row was undone.
    fn still_duplicates(
        &self,
        deletions: Vec<Deletion>,
        list: &[RemoteIntegration],
    ) -> Vec<Deletion> {
        let (ours, _) = duplicates(self.run.state(), list);
        let goes: HashSet<i64> = deletions.iter().map(|deletion| deletion.id).collect();
        let is_still_one = |deletion: &Deletion| {
            let duplicate = ours.iter().find(|duplicate| duplicate.n == deletion.n);
            let remotes = duplicate.map_or(&[][..], |duplicate| &duplicate.remotes);
            let is_there = |remote: &Remote| {
                (remote.id, remote.init_date) == (deletion.id, deletion.init_date)
            };
            let row = self.run.state().row(deletion.n);
            let one_stays = row.is_some_and(is_undone)
                || remotes.iter().any(|remote| !goes.contains(&remote.id));
            one_stays && remotes.iter().any(is_there)
        };
        let (still, others): (Vec<_>, Vec<_>) = deletions.into_iter().partition(is_still_one);
        for deletion in others {
            self.context.screen.problem(&format!(
                "note: integration {} is no longer a duplicate of {} and is left alone\n",
                deletion.id,
                self.run.place_of(deletion.n)
            ));
        }
        still
    }
}

/// The duplicates of a row whose removal is in doubt or was refused.
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

/// Whether what the row created was removed, so that nothing of it is to stay.
fn is_undone(row: &RowState) -> bool {
    row.outcome == Outcome::Created && is_gone(row)
}
