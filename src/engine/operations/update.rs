//! Changing fields of an integration that exists, or putting them back.
//!
//! The decision to know: a PUT may be repeated, so what is uncertain is sent again unless the list shows all of it. The first
//! one of a session is read back before others follow: that a field left out keeps its value is in the manual's examples,
//! and nowhere promised ("Update Existing Integration").

use std::collections::HashMap;

use serde_json::Value;

use super::{Answer, Doubt, End, Operation, Permit, Response};
use crate::engine::context::SessionContext;
use crate::engine::event::RunEvent;
use crate::engine::matcher::Matcher;
use crate::engine::stop::Stop;
use crate::journal::{Answered, Event, Op, RemovalOutcome, RunState, Verdict};
use crate::model::{Field, Outcome, Record, Remote, RemoteIntegration, ShownFields};
use crate::plan::Change;

/// The change of a row's integration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update<'p> {
    n: u32,
    change: &'p Change,
    /// Has the secrets to set; none if fields are put back.
    record: Option<&'p Record>,
    /// What of the row an undo leaves as it is, and why.
    left: &'p str,
    /// Whether the request is the one that only disables or enables: nothing else changes, or a PUT did not take `disabled`.
    only_disables: bool,
    /// Whether it is read back.
    goes_alone: bool,
}

impl<'p> Update<'p> {
    pub(crate) fn new(n: u32, change: &'p Change, record: Option<&'p Record>) -> Self {
        Self {
            n,
            change,
            record,
            left: "",
            only_disables: change.is_of_disabled_alone(),
            goes_alone: false,
        }
    }

    /// Puts fields of the row `n` back, but for what is `left`.
    pub(crate) fn back(n: u32, change: &'p Change, left: &'p str) -> Self {
        Self {
            left,
            ..Self::new(n, change, None)
        }
    }

    fn is_undo(&self) -> bool {
        self.record.is_none()
    }

    /// What Jira answered, or shows where the answer does not tell or nobody else goes yet.
    async fn confirm(
        &self,
        context: &SessionContext<'_>,
        answered: ShownFields,
    ) -> Answer<ShownFields> {
        if !self.goes_alone && !answered.is_empty() {
            return Answer::Done(answered);
        }
        let id = self.change.before.id;
        match context.read_back(id, self.record).await {
            Ok(shown) => Answer::Done(self.change.with_blanks(shown).into()),
            Err(stop) => {
                let why = format!("the integration could not be read back: {stop}");
                context.stop(stop);
                Answer::Unsettled(why, None)
            }
        }
    }
}

impl Operation for Update<'_> {
    /// The fields that Jira shows afterwards.
    type Done = ShownFields;
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
        !self.change.is_of_disabled_alone()
    }

    fn set_alone(&mut self, alone: bool) -> ShownFields {
        self.goes_alone = alone;
        if !alone {
            return ShownFields::default();
        }
        self.change.fields_before(self.record).into()
    }

    fn left(&self) -> Option<String> {
        Some(self.left.to_owned()).filter(|left| !left.is_empty())
    }

    async fn send(&self, context: &SessionContext<'_>, permit: Permit<'_>) -> Response<Self::Done> {
        let (client, id) = (context.client, self.change.before.id);
        let mut response = match self.change.disable() {
            Some(disable) if self.only_disables => {
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

    fn check(&mut self, answer: Answer<Self::Done>, _: &mut Matcher) -> Answer<Self::Done> {
        let Answer::Done(shown) = &answer else {
            return answer;
        };
        let fields = &shown.open();
        if !self.change.also_changed(fields, self.record).is_empty() {
            return answer;
        }
        let not_taken = self.change.not_taken(fields);
        // The manual has a more reliable way for this one ("Enable/Disable Existing Integration").
        self.only_disables |= not_taken == [Field::Disabled];
        match not_taken.first() {
            None => answer,
            Some(&field) => {
                let shown = fields.get(field.name()).unwrap_or(&Value::Null);
                let why = format!("Jira reported success, but shows `{field}` as {shown}");
                Answer::Unsettled(why, None)
            }
        }
    }

    fn record(&self, shown: ShownFields, answered: &mut Answered) {
        answered.also_changed = self.change.also_changed(&shown.open(), self.record);
        answered.echo = shown;
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
        if self.is_undo() {
            Verdict::Restored
        } else {
            Verdict::Updated
        }
    }

    fn is_beyond_lists(&self) -> bool {
        !self.only_disables && self.change.has_unseen()
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
            let is_done = update.change.is_shown(&shown.visible());
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

/// Compares what `list` shows with what was there before an update that went alone and whose session ended before it was
/// read back: it may have changed other fields. Fields that show a text now are left out: a list may repeat the row's secret
/// in one, and somebody may have written it since.
///
/// # Errors
///
/// The [`Stop`] that such a change is.
pub(crate) fn check_unread(
    context: &SessionContext<'_>,
    run: &RunState,
    list: &[RemoteIntegration],
) -> Result<(), Stop> {
    for (n, row) in run.rows() {
        let is_it = |shown: &&RemoteIntegration| {
            row.remote
                .is_some_and(|remote| remote.is_same(shown.identity()))
        };
        let is_unread = row.outcome == Outcome::InDoubt && !row.before.is_empty();
        let (true, false, Some(integration_type), Some(shown)) = (
            is_unread,
            row.also_changed,
            row.integration_type(),
            list.iter().find(is_it),
        ) else {
            continue;
        };
        let change = Change {
            integration_type,
            before: RemoteIntegration {
                fields: row.before.clone(),
                ..shown.clone()
            },
            differences: row.changes.clone(),
        };
        let mut now = change.with_blanks(shown.visible());
        now.retain(|_, value| !holds_text(value));
        let also_changed = change.also_changed(&now, None);
        if also_changed.is_empty() {
            continue;
        }
        let stop = Stop::also_changed(shown.id, &also_changed);
        context.note(Event::Outcome(Answered {
            also_changed,
            error: Some(stop.to_string()),
            ..Answered::unanswered(n, row.last_intent)
        }));
        return Err(stop);
    }
    Ok(())
}

fn holds_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(Value::is_string),
        _ => false,
    }
}
