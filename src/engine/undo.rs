//! Undoing what a run did: which integrations are deleted or get their fields back, and which are left alone.
//!
//! The decision to know: an integration is deleted only while Jira shows it as what the journal has as created by the run.

mod changes;
mod restore;

use std::collections::HashMap;

use serde_json::Value;
use tokio::time::Instant;

use self::changes::changes;
use self::restore::restore;
use super::context::SessionContext;
use super::matcher::Matcher;
use super::stop::Stop;
use crate::journal::{Duplicate, ListReason, RemovalOutcome, RowState, RunState, Via};
use crate::model::{Field, OriginKey, Outcome, Remote, RemoteIntegration, RemoteSet, normalise};
use crate::plan::Change;

/// What else is to be removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct UndoOptions {
    /// Integrations that were changed since the run created them.
    pub changed: bool,
    /// Integrations that were found in a list rather than by an answer.
    pub found: bool,
    /// Nothing: Jira's list lacks other integrations of the run too, and proves no absence.
    pub lacks_others: bool,
}

/// What an undo does with the integration of a row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Fate {
    Delete,
    /// What an update changed is put back, but for what is `left`.
    Restore {
        change: Box<Change>,
        /// Blank if nothing is.
        left: String,
    },
    /// It is not touched, for this reason.
    LeaveAlone(String),
    /// Jira does not hold it any more.
    AlreadyGone,
    /// Everything is as it was before the update.
    AlreadyRestored,
}

impl Fate {
    /// Whether a request is sent for it.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(self, Self::Delete | Self::Restore { .. })
    }
}

/// A row that the run created or updated, and what an undo does with its integration.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct UndoneRow {
    pub n: u32,
    pub remote: Remote,
    pub fate: Fate,
    /// Whether an earlier undo sent its deletion and the fate of that is unknown.
    pub was_in_doubt: bool,
}

/// What an undo of `run` does with each row that was created or updated, that `is_selected`, and that is not undone yet.
pub(crate) fn plan_undo(
    run: &RunState,
    list: &[RemoteIntegration],
    is_selected: impl Fn(u32, &RowState) -> bool,
    options: UndoOptions,
) -> Vec<UndoneRow> {
    let there: HashMap<i64, &RemoteIntegration> =
        list.iter().map(|remote| (remote.id, remote)).collect();
    let created = run.rows().filter(|(n, row)| {
        (row.outcome == Outcome::Created || row.is_updated()) && is_selected(*n, row)
    });
    let rows = created.filter_map(|(n, row)| {
        let removal = row.removal_outcome();
        if removal.is_some_and(RemovalOutcome::is_undone) {
            return None;
        }
        let remote = row.remote?;
        Some(UndoneRow {
            n,
            remote,
            fate: fate(row, there.get(&remote.id).copied(), options),
            was_in_doubt: removal == Some(RemovalOutcome::InDoubt),
        })
    });
    rows.collect()
}

/// What is done after somebody confirmed the plan `shown`, and Jira's list makes it `now`: only what both do is done.
pub(crate) fn agreed(shown: &[UndoneRow], now: Vec<UndoneRow>) -> Vec<UndoneRow> {
    let shown: HashMap<u32, &Fate> = shown.iter().map(|row| (row.n, &row.fate)).collect();
    let agreed = now.into_iter().map(|row| {
        let fate = match (shown.get(&row.n), row.fate) {
            (Some(Fate::LeaveAlone(why)), fate) if fate.is_sent() => Fate::LeaveAlone(why.clone()),
            (Some(Fate::Restore { change: shown, .. }), Fate::Restore { change, left })
                if shown.differences == change.differences =>
            {
                Fate::Restore { change, left }
            }
            (Some(Fate::Delete), fate) => fate,
            (_, fate) if fate.is_sent() => Fate::LeaveAlone(
                "Jira's list showed it only after you confirmed; the same command undoes it".into(),
            ),
            (_, fate) => fate,
        };
        UndoneRow { fate, ..row }
    });
    agreed.collect()
}

fn fate(row: &RowState, shown: Option<&RemoteIntegration>, options: UndoOptions) -> Fate {
    let Some(shown) = shown else {
        if options.lacks_others {
            let why = "Jira's list does not show it, but lacks other integrations of this run too; undo again later";
            return Fate::LeaveAlone(why.into());
        }
        return Fate::AlreadyGone;
    };
    if let Some(why) = why_another(row, shown) {
        return Fate::LeaveAlone(why);
    }
    if row.is_updated() {
        return restore(row, shown);
    }
    if row.via != Some(Via::Answer) && !options.found {
        return Fate::LeaveAlone(
            "found in Jira's list, and no answer confirmed that this run created it; `--include-found` removes it too"
                .into(),
        );
    }
    let changes = changes(row, shown);
    if !changes.is_empty() && !options.changed {
        return Fate::LeaveAlone(format!(
            "changed since it was created ({}); `--include-changed` removes it too",
            changes.join(", ")
        ));
    }
    Fate::Delete
}

/// Why what Jira shows under the id of `row` is another integration than the run created; none if it is the same.
fn why_another(row: &RowState, shown: &RemoteIntegration) -> Option<String> {
    let integration_type = shown.integration_type();
    if !shown.may_have_type(row.read.type_name.as_deref()) {
        let type_name = &shown.type_name;
        return Some(format!("another integration, {type_name}, has its id now"));
    }
    let is_dated = |remote: &Remote| remote.init_date.is_some() && shown.init_date.is_some();
    if let Some(created) = row.remote.filter(is_dated) {
        return (!created.is_same(shown.identity()))
            .then(|| "another integration, created at another time, has its id now".into());
    }
    // Where Jira tells no dates, it is recognised by what it shows.
    let echo = row.echo.open();
    let echoed = |field: Field| echo.get(field.name()).and_then(Value::as_str);
    let name = echoed(Field::DisplayName).or(row.read.name.as_deref());
    let has_name = name.is_none() || name == shown.display_name.as_deref();
    let origin = echoed(Field::Origin).or(row.read.origin.as_deref());
    let shown_origin = shown.origin.as_deref();
    let has_origin = integration_type.is_none_or(|integration_type| match origin {
        Some(origin) => shown_origin.is_some_and(|shown| {
            normalise(integration_type, shown) == normalise(integration_type, origin)
        }),
        None => OriginKey::of(integration_type, None).matches(integration_type, shown_origin),
    });
    let is_same = has_name && has_origin;
    (!is_same).then(|| "Jira reports no creation date, and its origin or name has changed".into())
}

/// The keys of `run` that Jira holds more than once, split by whether several requests of ours may have created the row;
/// after one, the other is someone else's.
pub(crate) fn duplicates(
    run: &RunState,
    list: &[RemoteIntegration],
) -> (Vec<Duplicate>, Vec<Duplicate>) {
    let duplicates = Matcher::of_run(run).compare(list).duplicates;
    let is_ours = |duplicate: &Duplicate| {
        let row = run.row(duplicate.n);
        row.is_some_and(|row| row.may_have_created > 1)
    };
    duplicates.into_iter().partition(is_ours)
}

/// Jira's list, for planning what is deleted. A list may lag behind what was created, so that one proves no absence: if it
/// lacks some of `remotes`, Jira is given its time and the list is read twice more. What one of them shows is there, or the
/// list `seen` when the session began; what none shows is gone if they show everything else that the run created, which is
/// returned beside the list.
///
/// # Errors
///
/// The [`Stop`] that keeps the list from being read, or the wait from its end.
pub(crate) async fn list_for_undo(
    context: &SessionContext<'_>,
    matcher: &Matcher,
    remotes: &[Remote],
    seen: Vec<RemoteIntegration>,
) -> Result<(Vec<RemoteIntegration>, bool), Stop> {
    let list = context.list(ListReason::Plan, matcher).await?;
    let shown = shown_in(&list);
    let missing = remotes.iter().filter(|remote| !shown.contains(**remote));
    let missing = missing.count();
    if missing == 0 {
        return Ok((list, true));
    }
    let [earlier, mut later] = context
        .two_lists_after(Instant::now(), ListReason::Plan, missing, matcher)
        .await?;
    let in_question: RemoteSet = remotes.iter().copied().collect();
    let mut are_whole = [&earlier, &later]
        .into_iter()
        .all(|list| matcher.shows_created(list, matcher.number_created(), &in_question));
    let mut both = earlier.iter().chain(&later);
    // Lists that show none of them may be older than the run, so that Jira is asked for each.
    if !both.any(|shown| in_question.contains(shown.identity())) {
        for remote in remotes {
            are_whole = are_whole && !context.is_there(remote.id).await?;
        }
    }
    let shown = shown_in(&later);
    let more = seen.into_iter().chain(earlier);
    later.extend(more.filter(|remote| !shown.contains(remote.identity())));
    Ok((later, are_whole))
}

fn shown_in(list: &[RemoteIntegration]) -> RemoteSet {
    list.iter().map(RemoteIntegration::identity).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::journal::{Answered, Event, Settled, samples};
    use crate::model::ShownFields;

    /// A run that created row 1 as 601, of type AZURE, with what Jira `echo`ed.
    fn run(echo: &Value) -> RunState {
        let mut run = RunState::new(samples::opened());
        run.apply(samples::row(1));
        run.apply(samples::intent(1, 1));
        let Event::Outcome(answered) = samples::answered(1, 1, crate::journal::Verdict::Created)
        else {
            panic!("an answer is an outcome");
        };
        run.apply(Event::Outcome(Answered {
            echo: echo.as_object().unwrap().clone().into(),
            ..answered
        }));
        run
    }

    fn shown(change: impl FnOnce(&mut RemoteIntegration)) -> RemoteIntegration {
        let mut shown = RemoteIntegration {
            created_as: None,
            id: 601,
            type_name: "AZURE".into(),
            origin: Some("https://dev.azure.com/acme".into()),
            display_name: Some("Azure 1".into()),
            init_date: samples::remote(601).init_date,
            fields: json!({"disabled": false, "displayName": "Azure 1"})
                .as_object()
                .unwrap()
                .clone()
                .into(),
        };
        change(&mut shown);
        shown
    }

    fn fate_of(run: &RunState, shown: &[RemoteIntegration], also: UndoOptions) -> Fate {
        let mut rows = plan_undo(run, shown, |_, _| true, also);
        assert_eq!(rows.len(), 1);
        rows.remove(0).fate
    }

    fn is_left_alone(fate: &Fate, why: &str) -> bool {
        matches!(fate, Fate::LeaveAlone(said) if said.contains(why))
    }

    #[test]
    fn what_jira_still_shows_as_it_was_created_is_deleted() {
        let run = run(&json!({"disabled": false}));
        let fate = fate_of(&run, &[shown(|_| ())], UndoOptions::default());
        assert_eq!(fate, Fate::Delete);
    }

    #[test]
    fn what_jira_does_not_show_is_already_gone() {
        let fate = fate_of(&run(&json!({})), &[], UndoOptions::default());
        assert_eq!(fate, Fate::AlreadyGone);
    }

    #[test]
    fn only_what_both_plans_delete_is_deleted() {
        let leave = |why: &str| Fate::LeaveAlone(why.into());
        let of = |fate: Fate| UndoneRow {
            n: 1,
            remote: samples::remote(601),
            fate,
            was_in_doubt: false,
        };
        for (shown, now, expected) in [
            (Fate::Delete, Fate::Delete, Fate::Delete),
            (Fate::Delete, leave("changed"), leave("changed")),
            (Fate::Delete, Fate::AlreadyGone, Fate::AlreadyGone),
            (leave("changed"), Fate::Delete, leave("changed")),
            (leave("changed"), leave("found"), leave("found")),
        ] {
            assert_eq!(agreed(&[of(shown)], vec![of(now)]), [of(expected)]);
        }
        for shown in [vec![], vec![of(Fate::AlreadyGone)]] {
            let row = agreed(&shown, vec![of(Fate::Delete)]).remove(0);
            assert!(is_left_alone(&row.fate, "only after"), "{row:?}");
        }
    }

    #[test]
    fn another_integration_under_the_same_id_is_never_deleted() {
        let all = UndoOptions {
            changed: true,
            found: true,
            ..UndoOptions::default()
        };
        for (change, why) in [
            (
                (|shown| shown.init_date = Some(5)) as fn(&mut RemoteIntegration),
                "another time",
            ),
            (
                |shown| shown.type_name = "GITHUB".into(),
                "GITHUB, has its id",
            ),
            (
                |shown| {
                    shown.init_date = None;
                    shown.display_name = Some("Other".into());
                },
                "reports no creation date",
            ),
        ] {
            let fate = fate_of(&run(&json!({})), &[shown(change)], all);
            assert!(is_left_alone(&fate, why), "{fate:?}");
        }
    }

    #[test]
    fn what_was_changed_since_is_left_alone_unless_it_is_included() {
        let run = run(&json!({"disabled": true, "displayName": "Azure 1"}));
        let there = [shown(|_| ())];
        let fate = fate_of(&run, &there, UndoOptions::default());
        assert!(
            is_left_alone(&fate, "disabled was true, is false"),
            "{fate:?}"
        );
        let also = UndoOptions {
            changed: true,
            ..UndoOptions::default()
        };
        assert_eq!(fate_of(&run, &there, also), Fate::Delete);
    }

    #[test]
    fn what_was_found_by_a_list_is_left_alone_unless_it_is_included() {
        let mut run = RunState::new(samples::opened());
        run.apply(samples::row(1));
        run.apply(samples::intent(1, 1));
        let Event::Settled(found) = samples::settled(1, crate::journal::Verdict::Created) else {
            panic!("a find is a judgement");
        };
        run.apply(Event::Settled(Settled { ..found }));
        let there = [shown(|shown| shown.fields = ShownFields::default())];
        let fate = fate_of(&run, &there, UndoOptions::default());
        assert!(is_left_alone(&fate, "--include-found"), "{fate:?}");
        let also = UndoOptions {
            found: true,
            ..UndoOptions::default()
        };
        assert_eq!(fate_of(&run, &there, also), Fate::Delete);
    }
}
