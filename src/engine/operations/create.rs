//! Creating the integration of a row.

use super::{Answer, Doubt, End, Group, Operation, Permit, Response};
use crate::engine::context::SessionContext;
use crate::engine::event::RunEvent;
use crate::engine::matcher::{Matcher, RowStatus};
use crate::engine::settle::{Evidence, TwoLists};
use crate::jira::{CreatedIntegration, Refusal};
use crate::journal::{Op, Remote, Verdict};
use crate::model::{OriginKey, OriginRule, Outcome, RemoteIntegration, Row, ShownFields};

/// The creation of a row's integration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Creation<'r>(pub &'r Row);

/// A row that was sent, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SentRow(pub u32);

impl Operation for Creation<'_> {
    type Done = CreatedIntegration;
    type Doubt = SentRow;

    const OP: Op = Op::Create;
    const IS_GUARDED: bool = true;
    const DONE: Verdict = Verdict::Created;

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
        // 403 and 404 may mean this row or all of them: if the list can be read, it was the row.
        if let Answer::Forbidden(refusal) | Answer::NotFound(refusal) = response.answer {
            response.answer = match context.check_access().await {
                Ok(()) => Answer::Refused(refusal),
                Err(stop) => {
                    context.stop(stop);
                    let error = refusal.error;
                    Answer::Unsettled(format!(
                        "{error}; whether that was for this row alone could not be checked"
                    ))
                }
            };
        }
        response
    }

    fn check(
        &self,
        answer: Answer<CreatedIntegration>,
        matcher: &mut Matcher,
    ) -> Answer<CreatedIntegration> {
        let Answer::Done(created) = answer else {
            return answer;
        };
        let (row, id) = (self.0, created.id);
        if matcher.was_there_before(row.n, id) {
            // An answer of a cache, say: what it names was there before this request.
            let why = format!("an answer that names integration {id}, which was there before");
            return Answer::Unsettled(why);
        }
        if let Some(difference) = difference(row, &created) {
            // Somebody else's, or ours after Jira changed it: sending it again could duplicate the row.
            return Answer::FailedOnServer(Refusal {
                error: format!("an answer that names integration {id}, {difference}"),
                advice: None,
            });
        }
        matcher.set_status(row.n, RowStatus::Created(id));
        Answer::Done(created)
    }

    fn shown(created: CreatedIntegration) -> (Option<Remote>, ShownFields) {
        let CreatedIntegration { id, init_date, .. } = created;
        (Some(Remote { id, init_date }), created.shown)
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

    fn find<'l>(
        matcher: &mut Matcher,
        list: &'l [RemoteIntegration],
        open: &[u32],
    ) -> Vec<(u32, &'l RemoteIntegration)> {
        matcher.find(list, open)
    }

    fn judge(&self, matcher: &Matcher, lists: &TwoLists<'_>) -> Evidence {
        let is_absent = matcher.is_absent(self.0, &lists.new_in_earlier)
            && matcher.is_absent(self.0, &lists.new_in_later);
        if is_absent {
            Evidence::DidNotHappen
        } else {
            Evidence::Unknown
        }
    }

    /// The matcher noted the integration when it found it.
    fn happened(&self, _: &mut Matcher) -> RunEvent<'static> {
        RunEvent::Finished(Outcome::Created)
    }
}

/// In what an answer contradicts the row that was sent, if in anything. What it does not tell, and blanks, contradict nothing.
fn difference(row: &Row, created: &CreatedIntegration) -> Option<String> {
    let ours = row.record.integration_type();
    if let Some(theirs) = created.integration_type
        && theirs != ours
    {
        return Some(format!("whose type is {theirs} and not {ours}"));
    }
    let ours = row.record.display_name()?.split_whitespace();
    let theirs = created.display_name.as_deref()?.split_whitespace();
    let is_other = theirs.clone().next().is_some() && !ours.eq(theirs);
    is_other.then(|| "whose name is not that of the row".to_owned())
}
