//! Deleting an integration that a run created.
//!
//! The decision to know: deleting twice does no harm, so an answer that tells nothing is judged by the list and the deletion
//! is sent again.

use tokio::time::Instant;

use super::{Doubt, End, Group, Operation, Permit, Response};
use crate::engine::context::{SessionContext, Settling};
use crate::engine::event::RunEvent;
use crate::engine::matcher::Matcher;
use crate::engine::settle::{TwoLists, Unsettled, settle};
use crate::engine::stop::Stop;
use crate::journal::{Op, RemovalOutcome, Verdict};
use crate::model::{IntegrationType, Remote, RemoteIntegration, ShownFields};

/// The deletion of an integration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deletion {
    /// The row that it belongs to.
    pub n: u32,
    pub remote: Remote,
    pub integration_type: Option<IntegrationType>,
    /// The number of the row's last intent.
    pub attempt: u32,
    /// Whether it was sent before and its fate is unknown: if it is gone, then by us.
    pub was_in_doubt: bool,
}

impl Deletion {
    /// Whether `list` shows what is to be deleted, and not someone else's that has its id now.
    fn is_in(&self, list: &[RemoteIntegration]) -> bool {
        let type_name = self.integration_type.map(IntegrationType::name);
        list.iter()
            .any(|shown| shown.identity().is_same(self.remote) && shown.may_have_type(type_name))
    }
}

impl Operation for Deletion {
    type Done = ();
    type Doubt = Self;

    const IS_GUARDED: bool = false;

    fn op(&self) -> Op {
        Op::Delete
    }

    fn doubt(&self) -> Self {
        *self
    }

    /// An answer belongs to the row's last intent, so that a row and its duplicate are deleted one after the other.
    fn group(&self) -> Option<Group> {
        Some(Group::Row(self.n))
    }

    async fn send(&self, context: &SessionContext<'_>, permit: Permit<'_>) -> Response<()> {
        let request = context.client.delete(self.remote.id);
        context.request(permit, request).await
    }

    fn may_have_happened(&mut self) {
        self.was_in_doubt = true;
    }

    fn ended(&self, end: End, _: &mut Matcher) -> RunEvent<'static> {
        RunEvent::Removed(match end {
            End::Failed => RemovalOutcome::Failed,
            End::InDoubt => RemovalOutcome::InDoubt,
        })
    }
}

impl Doubt for Deletion {
    const ONE_LIST_SHOWS: bool = false;

    fn n(&self) -> u32 {
        self.n
    }

    fn remote(&self) -> Option<Remote> {
        Some(self.remote)
    }

    fn done(&self) -> Verdict {
        Verdict::Removed
    }

    /// What neither list shows is gone, if both are whole; what the later one shows was not deleted; of what the earlier one
    /// alone shows nothing is certain.
    fn judge(&self, _: &Matcher, lists: &TwoLists<'_>) -> Option<Verdict> {
        match (self.is_in(lists.earlier), self.is_in(lists.later)) {
            (false, false) if !lists.are_whole => None,
            (false, false) if self.was_in_doubt => Some(Verdict::Removed),
            (false, false) => Some(Verdict::AlreadyGone),
            (_, true) => Some(Verdict::NothingHappened),
            (true, false) => None,
        }
    }

    fn happened(&self, matcher: &mut Matcher) -> RunEvent<'static> {
        matcher.note_removed(self.n, self.remote);
        RunEvent::Removed(RemovalOutcome::Removed)
    }
}

/// Settles deletions of earlier sessions that did not end well. What is still there may be deleted anew.
///
/// # Errors
///
/// The [`Stop`] that keeps the lists from being read.
pub(crate) async fn settle_deletions(
    context: &SessionContext<'_>,
    matcher: &mut Matcher,
    open: Vec<Deletion>,
) -> Result<(), Stop> {
    let ended = Instant::now();
    let unsettled = open.into_iter().map(|doubt| Unsettled {
        doubt,
        ended,
        created_by_then: matcher.number_created(),
    });
    let settlement = settle(context, matcher, unsettled.collect(), Settling::Full).await;
    for deletion in settlement.did_not_happen {
        if deletion.was_in_doubt {
            let (n, remote) = (deletion.n, deletion.remote());
            context.note_settled(n, Verdict::NothingHappened, remote, ShownFields::default());
        }
    }
    settlement.stop.map_or(Ok(()), Err)
}
