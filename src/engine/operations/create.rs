//! Creating the integration of a row.

use super::{Answer, Doubt, End, Group, Operation, Permit, Response};
use crate::engine::context::SessionContext;
use crate::engine::event::RunEvent;
use crate::engine::matcher::{Matcher, RowStatus};
use crate::engine::settle::TwoLists;
use crate::jira::CreatedIntegration;
use crate::journal::{Answered, Op, Verdict};
use crate::model::{OriginKey, OriginRule, Outcome, Remote, RemoteIntegration, Row};

/// The creation of a row's integration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Creation<'r>(pub &'r Row);

/// A row that was sent, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SentRow(pub u32);

impl Operation for Creation<'_> {
    type Done = CreatedIntegration;
    type Doubt = SentRow;

    const IS_GUARDED: bool = true;

    fn op(&self) -> Op {
        Op::Create
    }

    fn doubt(&self) -> SentRow {
        SentRow(self.0.n)
    }

    fn group(&self) -> Option<Group> {
        let record = &self.0.record;
        if record.display_name().is_some() {
            return None;
        }
        let integration_type = record.integration_type();
        let origin = match integration_type.spec().origin {
            OriginRule::UrlOrUnknown => None,
            _ => OriginKey::exact(integration_type, record.origin()).map(str::to_owned),
        };
        Some(Group::Alike(integration_type, origin))
    }

    async fn send(
        &self,
        context: &SessionContext<'_>,
        permit: Permit<'_>,
    ) -> Response<CreatedIntegration> {
        let request = context.client.create(&self.0.record);
        let mut response = context.request(permit, request).await;
        response.answer = context.check_refusal(response.answer).await;
        response
    }

    fn check(
        &mut self,
        answer: Answer<CreatedIntegration>,
        matcher: &mut Matcher,
    ) -> Answer<CreatedIntegration> {
        if let Answer::Unsettled(_, Some(named)) | Answer::FailedOnServer(_, Some(named)) = answer {
            matcher.note_named(self.0.n, named);
        }
        let Answer::Done(created) = answer else {
            return answer;
        };
        let (n, remote) = (self.0.n, created.remote);
        if matcher.was_there_before(n, remote) {
            // An answer of a cache, say: what it names was there before this request.
            let id = remote.id;
            let why = format!("an answer that names integration {id}, which was there before");
            return Answer::Unsettled(why, None);
        }
        // However Jira stores it: a new id is the row's.
        matcher.set_status(n, RowStatus::Created(remote));
        Answer::Done(created)
    }

    fn record(&self, created: CreatedIntegration, answered: &mut Answered) {
        answered.remote = Some(created.remote);
        answered.echo = created.shown;
    }

    fn ended(&self, end: End, matcher: &mut Matcher) -> RunEvent<'static> {
        let (status, outcome) = match end {
            End::Failed => (RowStatus::Failed, Outcome::Failed),
            End::InDoubt => (RowStatus::InDoubt, Outcome::InDoubt),
        };
        matcher.set_status(self.0.n, status);
        RunEvent::Finished(outcome)
    }
}

impl Doubt for SentRow {
    const ONE_LIST_SHOWS: bool = true;

    fn n(&self) -> u32 {
        self.0
    }

    fn remote(&self) -> Option<Remote> {
        None
    }

    fn done(&self) -> Verdict {
        Verdict::Created
    }

    fn find<'l>(
        matcher: &mut Matcher,
        list: &'l [RemoteIntegration],
        open: &[Self],
    ) -> Vec<(u32, &'l RemoteIntegration)> {
        let open: Vec<u32> = open.iter().map(Self::n).collect();
        matcher.find(list, &open)
    }

    fn judge(&self, matcher: &Matcher, lists: &TwoLists<'_>) -> Option<Verdict> {
        let is_absent = lists.are_whole
            && matcher.is_absent(self.0, &lists.new_in_earlier)
            && matcher.is_absent(self.0, &lists.new_in_later);
        is_absent.then_some(Verdict::NothingHappened)
    }

    /// The matcher noted the integration when it found it.
    fn happened(&self, _: &mut Matcher) -> RunEvent<'static> {
        RunEvent::Finished(Outcome::Created)
    }
}
