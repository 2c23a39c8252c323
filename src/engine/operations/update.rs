//! Changing fields of an integration that exists, or putting them back.
//!
//! The decision to know: a PUT may be repeated, so what is uncertain is sent again unless the list shows all of it. The first
//! one of a session is read back before others follow: that a field left out keeps its value is in the manual's examples,
//! and nowhere promised ("Update Existing Integration").

use std::collections::HashMap;

use serde_json::Value;

use super::{Answer, Doubt, End, Operation, Permit, Response, ShownAfter};
use crate::engine::context::SessionContext;
use crate::engine::event::RunEvent;
use crate::engine::matcher::Matcher;
use crate::jira::CreatedIntegration;
use crate::journal::{Op, RemovalOutcome, Verdict};
use crate::model::{Outcome, Record, Remote, RemoteIntegration};
use crate::plan::Change;

/// The change of a row's integration. That of `disabled` has a request of its own, the last one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update<'p> {
    n: u32,
    change: &'p Change,
    /// Has the secrets to set; none if fields are put back.
    record: Option<&'p Record>,
    /// Whether this is the request that disables or enables.
    is_last: bool,
    /// Whether it is read back.
    goes_alone: bool,
}

impl<'p> Update<'p> {
    pub(crate) fn new(n: u32, change: &'p Change, record: Option<&'p Record>) -> Self {
        Self {
            n,
            change,
            record,
            is_last: change.of_request(false).next().is_none(),
            goes_alone: false,
        }
    }

    fn is_undo(&self) -> bool {
        self.record.is_none()
    }

    /// What Jira answered, or shows where the answer does not tell or nobody else goes yet.
    async fn confirm(
        &self,
        context: &SessionContext<'_>,
        answered: Option<CreatedIntegration>,
    ) -> Answer<Option<CreatedIntegration>> {
        let id = self.change.before.id;
        let answered = answered.filter(|answered| answered.remote.id == id);
        if !self.goes_alone && (answered.is_some() || self.is_last) {
            return Answer::Done(answered);
        }
        match context.read_back(id, self.record).await {
            Ok(mut shown) => {
                // A blank field may be left out.
                let mut fields = shown.shown.open();
                for name in self
                    .change
                    .before
                    .visible()
                    .into_iter()
                    .map(|(name, _)| name)
                {
                    fields.entry(name).or_insert(Value::Null);
                }
                shown.shown = fields.into();
                Answer::Done(Some(shown))
            }
            Err(stop) => {
                let why = format!("the integration could not be read back: {stop}");
                context.stop(stop);
                Answer::Unsettled(why, None)
            }
        }
    }
}

impl Operation for Update<'_> {
    type Done = Option<CreatedIntegration>;
    type Doubt = Self;

    const IS_GUARDED: bool = true;
    const FIRST_GOES_ALONE: bool = true;

    fn op(&self) -> Op {
        if self.is_undo() {
            Op::Restore
        } else {
            Op::Update
        }
    }

    fn doubt(&self) -> Self {
        *self
    }

    /// Disabling tells nothing of what a PUT does with fields left out.
    fn is_proof(&self) -> bool {
        !self.is_last
    }

    fn set_alone(&mut self, alone: bool) {
        self.goes_alone = alone;
    }

    fn next(&self) -> Option<Self> {
        let is_last = true;
        let must_follow = !self.is_last && self.change.disable().is_some();
        must_follow.then_some(Self { is_last, ..*self })
    }

    async fn send(&self, context: &SessionContext<'_>, permit: Permit<'_>) -> Response<Self::Done> {
        let (client, id) = (context.client, self.change.before.id);
        let mut response = match self.change.disable() {
            Some(disable) if self.is_last => {
                context.request(permit, client.disable(id, disable)).await
            }
            _ => {
                let values = self.change.body(self.record);
                let request = client.update(id, &values, self.record);
                context.request(permit, request).await
            }
        };
        response.answer = match context.check_refusal(response.answer).await {
            Answer::Done(answered) => self.confirm(context, answered).await,
            answer => answer,
        };
        response
    }

    fn check(&self, answer: Answer<Self::Done>, _: &mut Matcher) -> Answer<Self::Done> {
        let Answer::Done(Some(shown)) = &answer else {
            return answer;
        };
        let fields = shown.shown.open();
        if !self.change.also_changed(&fields, self.record).is_empty() {
            return answer;
        }
        match self.change.not_taken(&fields, self.is_last) {
            None => answer,
            Some(field) => {
                let shown = fields.get(field).unwrap_or(&Value::Null);
                let why = format!("Jira reported success, but shows `{field}` as {shown}");
                Answer::Unsettled(why, None)
            }
        }
    }

    fn shown(&self, shown: Self::Done) -> ShownAfter {
        let Some(shown) = shown else {
            return ShownAfter::default();
        };
        ShownAfter {
            remote: None,
            also_changed: self.change.also_changed(&shown.shown.open(), self.record),
            echo: shown.shown,
        }
    }

    fn ended(&self, end: End, _: &mut Matcher) -> RunEvent<'static> {
        match (self.is_undo(), end) {
            (false, End::Failed) => RunEvent::Finished(Outcome::Failed),
            (false, End::InDoubt) => RunEvent::Finished(Outcome::InDoubt),
            (true, End::Failed) => RunEvent::Removed(RemovalOutcome::Failed),
            (true, End::InDoubt) => RunEvent::Removed(RemovalOutcome::InDoubt),
        }
    }
}

impl Doubt for Update<'_> {
    const ONE_LIST_SHOWS: bool = true;
    const IS_REPEATABLE: bool = true;

    fn n(&self) -> u32 {
        self.n
    }

    fn remote(&self) -> Option<Remote> {
        Some(self.change.before.identity())
    }

    fn done(&self) -> Verdict {
        match self.next() {
            Some(_) => Verdict::PartlyDone,
            None if self.is_undo() => Verdict::Restored,
            None => Verdict::Updated,
        }
    }

    fn is_beyond_lists(&self) -> bool {
        !self.is_last && self.change.has_unseen()
    }

    fn find<'l>(
        _: &mut Matcher,
        list: &'l [RemoteIntegration],
        open: &[Self],
    ) -> Vec<(u32, &'l RemoteIntegration)> {
        let there: HashMap<i64, &RemoteIntegration> =
            list.iter().map(|shown| (shown.id, shown)).collect();
        let find = |update: &Self| {
            let Change { before, .. } = update.change;
            let shown = *there.get(&before.id)?;
            let is_same = shown.identity().is_same(before.identity());
            let is_done = update.change.is_shown(&shown.visible(), update.is_last);
            (is_same && is_done).then_some((update.n, shown))
        };
        open.iter().filter_map(find).collect()
    }

    fn happened(&self, _: &mut Matcher) -> RunEvent<'static> {
        if self.is_undo() {
            RunEvent::Removed(RemovalOutcome::Restored)
        } else {
            RunEvent::Finished(Outcome::Updated)
        }
    }
}
