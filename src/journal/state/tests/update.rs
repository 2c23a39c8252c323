//! Rows of an update: the values before it are kept, whatever the sheet becomes.

use serde_json::{Value, json};

use super::*;
use crate::journal::{Answered, Planned, RowState, Via};
use crate::model::{Difference, Field};

fn difference(from: u32, to: u32) -> Difference {
    Difference {
        field: Field::FolderDepth,
        row: json!(to),
        jira: json!(from),
    }
}

/// Row 1 is planned to change the depth of the integration `id` from `from` to `to`.
fn plan_of(id: i64, from: u32, to: u32) -> Event {
    Event::Plan(Planned {
        n: 1,
        action: PlannedAction::Update,
        reason: String::new(),
        remote: Some(Remote {
            id,
            init_date: None,
        }),
        differences: vec![difference(from, to)],
    })
}

fn plan(from: u32, to: u32) -> Event {
    plan_of(70, from, to)
}

/// The `attempt` to update row 1, which showed the depth `before`.
fn update(attempt: u32, before: u32) -> Event {
    let before = serde_json::Map::from_iter([("folderDepth".to_owned(), before.into())]);
    match intent(1, attempt) {
        Event::Intent(intent) => Event::Intent(Intent {
            op: Op::Update,
            before: before.into(),
            ..intent
        }),
        other => other,
    }
}

fn after(events: impl IntoIterator<Item = Event>) -> RowState {
    let state = run([row(1)].into_iter().chain(events));
    state.row(1).unwrap().clone()
}

/// From what to what the update of a row changes its integration.
fn changes(row: &RowState) -> Vec<(&Value, &Value)> {
    let changes = row.changes.iter();
    changes.map(|change| (&change.jira, &change.row)).collect()
}

#[test]
fn an_update_that_was_not_sent_has_changed_nothing() {
    let row = after([plan(1, 2)]);
    assert_eq!(
        (row.outcome, row.is_updated()),
        (Outcome::NotAttempted, false)
    );
    assert!(after([plan(1, 2), update(1, 1)]).is_updated());
}

#[test]
fn an_updated_row_is_not_planned_again() {
    let row = after([
        plan(1, 2),
        update(1, 1),
        answered(1, 1, Verdict::Updated),
        plan_of(71, 2, 3),
    ]);
    assert_eq!(row.outcome, Outcome::Updated);
    assert_eq!(changes(&row), [(&json!(1), &json!(2))]);
}

#[test]
fn an_update_in_doubt_that_is_planned_again_keeps_the_values_before_the_first_request() {
    let row = after([plan(1, 2), update(1, 1), plan(2, 3), update(2, 2)]);
    assert_eq!(changes(&row), [(&json!(1), &json!(3))]);
    assert_eq!(row.before.open()["folderDepth"], 1);
}

#[test]
fn the_values_before_are_those_of_the_last_plan_until_a_request_may_have_changed_them() {
    let refused = answered(1, 1, Verdict::Failed);
    let row = after([plan(1, 2), update(1, 1), refused, plan(5, 2), update(2, 5)]);
    assert_eq!(changes(&row), [(&json!(5), &json!(2))]);
    assert_eq!(row.before.open()["folderDepth"], 5);
}

#[test]
fn the_values_before_are_those_of_the_integration_that_is_updated() {
    let row = after([plan(1, 2), update(1, 1), plan_of(71, 5, 2), update(2, 5)]);
    assert_eq!(row.remote.map(|remote| remote.id), Some(71));
    assert_eq!(changes(&row), [(&json!(5), &json!(2))]);
    assert_eq!(row.before.open()["folderDepth"], 5);
}

#[test]
fn an_update_in_doubt_is_done_if_nothing_is_left_to_change() {
    let row = after([
        plan(1, 2),
        update(1, 1),
        planned(1, PlannedAction::Unchanged),
    ]);
    assert_eq!((row.outcome, row.via), (Outcome::Updated, Some(Via::List)));
}

#[test]
fn that_an_update_changed_other_fields_is_not_forgotten() {
    let mut other = answered(1, 1, Verdict::Updated);
    if let Event::Outcome(answered) = &mut other {
        answered.also_changed = vec![difference(1, 2)];
    }
    let row = after([
        update(1, 1),
        other,
        update(2, 2),
        answered(1, 2, Verdict::Updated),
    ]);
    assert!(row.also_changed);
    assert_eq!(changes(&row), [(&json!(1), &json!(2))]);
}

/// The row 1, whose update is undone by a request that leaves what `left` names, and that `end` ends.
fn undone(left: Option<&str>, end: Event) -> (RemovalOutcome, Option<String>) {
    let restore = match intent(1, 2) {
        Event::Intent(intent) => Event::Intent(Intent {
            op: Op::Restore,
            left: left.map(str::to_owned),
            ..intent
        }),
        other => other,
    };
    let row = after([
        plan(1, 2),
        update(1, 1),
        answered(1, 1, Verdict::Updated),
        restore,
        end,
    ]);
    let removal = row.removal().unwrap();
    (removal.outcome, removal.why.clone())
}

#[test]
fn an_undo_that_leaves_something_of_an_update_says_why() {
    let answer = |verdict| match answered(1, 2, verdict) {
        Event::Outcome(answered) => Event::Outcome(Answered {
            error: None,
            ..answered
        }),
        other => other,
    };
    let why = "the token is not known";
    for end in [answer(Verdict::Restored), settled(1, Verdict::Restored)] {
        let left_alone = (RemovalOutcome::LeftAlone, Some(why.to_owned()));
        assert_eq!(undone(Some(why), end.clone()), left_alone);
        assert_eq!(undone(None, end), (RemovalOutcome::Restored, None));
    }
    let failed = (RemovalOutcome::Failed, None);
    assert_eq!(undone(Some(why), answer(Verdict::Failed)), failed);
}
