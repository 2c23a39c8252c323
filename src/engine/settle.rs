//! What Jira's list tells: of operations whose fate is unknown, and of all rows at the end.

use jiff::Timestamp;
use tokio::time::Instant;

use super::context::{SessionContext, Settling};
use super::event::RunEvent;
use super::matcher::Matcher;
use super::stop::Stop;
use crate::journal::{Audit, Discrepancies, Event, ListReason, Verdict};
use crate::model::{Remote, RemoteIntegration, RemoteSet, ShownFields};

/// An operation that was sent and whose fate is unknown, as lists judge it.
pub(crate) trait Doubt: Copy {
    /// Whether a single list can show that it happened. What a list does not show proves nothing by itself.
    const ONE_LIST_SHOWS: bool;

    /// Whether it does no harm to send it again: then it is, unless a single list shows that it happened.
    const IS_REPEATABLE: bool = false;

    /// The row.
    fn n(&self) -> u32;

    /// The integration that it is about, where that is known before.
    fn remote(&self) -> Option<Remote>;

    /// The verdict that it happened.
    fn done(&self) -> Verdict;

    /// Whether it may have happened whatever a list shows.
    fn is_beyond_lists(&self) -> bool {
        false
    }

    /// Finds the integrations of the rows `open` that a single list shows, and notes them.
    fn find<'l>(
        _: &mut Matcher,
        _list: &'l [RemoteIntegration],
        _open: &[Self],
    ) -> Vec<(u32, &'l RemoteIntegration)> {
        Vec::new()
    }

    /// What two lists tell of it that were both begun after Jira has had its time; none if that is nothing.
    fn judge(&self, _: &Matcher, _: &TwoLists<'_>) -> Option<Verdict> {
        None
    }

    /// Notes that it happened.
    fn happened(&self, matcher: &mut Matcher) -> RunEvent<'static>;
}

/// An operation whose fate is unknown, and when its last attempt ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsettled<D> {
    pub doubt: D,
    pub ended: Instant,
    /// How many integrations the run was known to have created by then.
    pub created_by_then: usize,
}

/// Two lists that were both begun after Jira has had its time, and what is new in each.
pub(crate) struct TwoLists<'l> {
    pub earlier: &'l [RemoteIntegration],
    pub later: &'l [RemoteIntegration],
    pub new_in_earlier: Vec<&'l RemoteIntegration>,
    pub new_in_later: Vec<&'l RemoteIntegration>,
    /// Whether both show what was known to be there when the last attempt ended.
    pub are_whole: bool,
}

/// What became of operations whose fate was unknown; what is in neither list stays in doubt.
pub(crate) struct Settlement<D> {
    /// Journaled already.
    pub happened: Vec<D>,
    pub did_not_happen: Vec<D>,
    /// Why it ended early, if it did.
    pub stop: Option<Stop>,
}

/// Settles operations by Jira's list; see "Each row once" in the documentation.
pub(crate) async fn settle<D: Doubt>(
    context: &SessionContext<'_>,
    matcher: &mut Matcher,
    unsettled: Vec<Unsettled<D>>,
    how: Settling,
) -> Settlement<D> {
    let mut settlement = Settlement {
        happened: Vec::new(),
        did_not_happen: Vec::new(),
        stop: None,
    };
    let ended = settlement.judge(context, matcher, unsettled, how).await;
    settlement.stop = ended.err();
    settlement
}

impl<D: Doubt> Settlement<D> {
    async fn judge(
        &mut self,
        context: &SessionContext<'_>,
        matcher: &mut Matcher,
        mut open: Vec<Unsettled<D>>,
        how: Settling,
    ) -> Result<(), Stop> {
        if D::ONE_LIST_SHOWS && !open.is_empty() {
            (context.on_event)(RunEvent::ReadingList { rows: open.len() });
            let list = context.first_list(matcher).await?;
            self.find(context, matcher, &list, &mut open);
        }
        let Some(last) = open.iter().map(|unsettled| unsettled.ended).max() else {
            return Ok(());
        };
        if how == Settling::ByOneList || context.stop.is_interrupted() {
            return Ok(());
        }
        if D::IS_REPEATABLE {
            let open = open.into_iter().map(|unsettled| unsettled.doubt);
            self.did_not_happen.extend(open);
            return Ok(());
        }
        let [earlier, later] = context
            .two_lists_after(last, ListReason::Settle, open.len(), matcher)
            .await?;
        // All finds come before any absence: what belongs to one row speaks for the absence of another.
        self.find(context, matcher, &earlier, &mut open);
        self.find(context, matcher, &later, &mut open);
        let known = open.iter().map(|unsettled| unsettled.created_by_then).max();
        let in_question = open.iter().filter_map(|unsettled| unsettled.doubt.remote());
        let in_question: RemoteSet = in_question.collect();
        let are_whole = [&earlier, &later]
            .into_iter()
            .all(|list| matcher.shows_created(list, known.unwrap_or_default(), &in_question));
        let lists = TwoLists {
            are_whole,
            earlier: &earlier,
            later: &later,
            new_in_earlier: matcher.new_in(&earlier),
            new_in_later: matcher.new_in(&later),
        };
        for Unsettled { doubt, .. } in open {
            match doubt.judge(matcher, &lists) {
                None => {}
                Some(Verdict::NothingHappened) => self.did_not_happen.push(doubt),
                Some(verdict) => {
                    let (n, remote) = (doubt.n(), doubt.remote());
                    context.note_settled(n, verdict, remote, ShownFields::default());
                    self.note_happened(context, matcher, doubt);
                }
            }
        }
        let shown = earlier.iter().chain(&later);
        matcher.end_round(shown.map(RemoteIntegration::identity));
        Ok(())
    }

    /// Takes those out of `open` that a list shows.
    fn find(
        &mut self,
        context: &SessionContext<'_>,
        matcher: &mut Matcher,
        list: &[RemoteIntegration],
        open: &mut Vec<Unsettled<D>>,
    ) {
        let doubts: Vec<D> = open.iter().map(|unsettled| unsettled.doubt).collect();
        for (n, remote) in D::find(matcher, list, &doubts) {
            for found in open.extract_if(.., |unsettled| unsettled.doubt.n() == n) {
                note_found(context, n, found.doubt.done(), remote);
                self.note_happened(context, matcher, found.doubt);
            }
        }
    }

    fn note_happened(&mut self, context: &SessionContext<'_>, matcher: &mut Matcher, doubt: D) {
        (context.on_event)(doubt.happened(matcher));
        self.happened.push(doubt);
    }
}

/// Compares all rows with Jira's list at the end: every row that was created is there, every key once, and nothing that was
/// refused. If they differ, the list is read again after the time that Jira is given. Rows `in_doubt` are looked for once
/// more. Jira is given its time `since` the last unanswered attempt at a row that was sent before.
///
/// # Errors
///
/// The [`Stop`] that keeps the list from being read.
pub(super) async fn audit(
    context: &SessionContext<'_>,
    matcher: &mut Matcher,
    in_doubt: &[u32],
    since: Option<Instant>,
) -> Result<Discrepancies, Stop> {
    if let Some(since) = since {
        context.wait_after(since, 0).await?;
    }
    (context.on_event)(RunEvent::Auditing);
    let mut at = Timestamp::now();
    let mut found = compare(context, matcher, in_doubt).await?;
    let mut ended = Ok(());
    let now = Instant::now();
    if !found.is_none() && context.wait_after(now, found.rows()).await.is_ok() {
        let asked = Timestamp::now();
        match compare(context, matcher, in_doubt).await {
            Ok(again) => (at, found) = (asked, again),
            // What was found is told, though it was not confirmed.
            Err(stop) => ended = Err(stop),
        }
    }
    context.note(Event::Audit(Audit {
        at,
        found: found.clone(),
    }));
    ended.map(|()| found)
}

async fn compare(
    context: &SessionContext<'_>,
    matcher: &mut Matcher,
    in_doubt: &[u32],
) -> Result<Discrepancies, Stop> {
    let list = context.list(ListReason::Audit, matcher).await?;
    for (n, remote) in matcher.find(&list, in_doubt) {
        note_found(context, n, Verdict::Created, remote);
        (context.on_event)(RunEvent::FoundAfterAll);
    }
    Ok(matcher.compare(&list))
}

fn note_found(context: &SessionContext<'_>, n: u32, verdict: Verdict, remote: &RemoteIntegration) {
    let echo = remote.flags_and_numbers();
    context.note_settled(n, verdict, Some(remote.identity()), echo);
}
