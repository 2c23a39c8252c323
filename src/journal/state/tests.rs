use super::*;
use crate::journal::samples::{
    answered, audit, closed, intent, opened, planned, remote, row, row_read, session, settled,
};
use crate::journal::{Intent, Listed, Op, PlannedAction, RemovalOutcome, Verdict};
use crate::model::ShownFields;

mod any;
mod update;

fn run(events: impl IntoIterator<Item = Event>) -> RunState {
    let mut state = RunState::new(opened());
    for event in events {
        state.apply(event);
    }
    state
}

/// What becomes of row 1 after `events`.
fn outcome(events: impl IntoIterator<Item = Event>) -> Outcome {
    run([row(1)].into_iter().chain(events))
        .row(1)
        .unwrap()
        .outcome
}

#[test]
fn a_row_that_was_never_sent_is_not_attempted() {
    assert_eq!(outcome([]), Outcome::NotAttempted);
    assert_eq!(
        outcome([planned(1, PlannedAction::Create)]),
        Outcome::NotAttempted
    );
}

#[test]
fn a_row_that_is_not_sent_on_purpose_says_why() {
    assert_eq!(
        outcome([planned(1, PlannedAction::Exists)]),
        Outcome::Exists
    );
    assert_eq!(
        outcome([planned(1, PlannedAction::NotSelected)]),
        Outcome::NotSelected
    );
    for excluded in [Outcome::Invalid, Outcome::NotSelected] {
        let read = RowRead {
            outcome: Some(excluded),
            ..row_read(1)
        };
        let state = run([Event::Row(Box::new(read))]);
        assert_eq!(state.row(1).unwrap().outcome, excluded);
    }
}

#[test]
fn an_invalid_row_names_its_errors_and_what_to_do() {
    let read = RowRead {
        outcome: Some(Outcome::Invalid),
        errors: vec!["missing-origin".into(), "bad-name".into()],
        ..row_read(1)
    };
    let state = run([Event::Row(Box::new(read))]);
    let last = &state.row(1).unwrap().last;
    let error = "not valid: missing-origin, bad-name";
    assert_eq!(last.error.as_deref(), Some(error));
    assert!(last.advice.as_deref().unwrap().contains("gij explain"));
}

#[test]
fn an_intent_without_an_outcome_is_in_doubt() {
    assert_eq!(outcome([intent(1, 1)]), Outcome::InDoubt);
}

#[test]
fn the_verdict_on_an_attempt_decides() {
    for (verdict, expected) in [
        (Verdict::Created, Outcome::Created),
        (Verdict::Failed, Outcome::Failed),
        (Verdict::InDoubt, Outcome::InDoubt),
        (Verdict::NothingHappened, Outcome::NotAttempted),
    ] {
        assert_eq!(outcome([intent(1, 1), answered(1, 1, verdict)]), expected);
    }
}

#[test]
fn the_verdict_on_a_row_in_doubt_decides() {
    for (verdict, expected) in [
        (Verdict::Created, Outcome::Created),
        (Verdict::Failed, Outcome::Failed),
        (Verdict::InDoubt, Outcome::InDoubt),
        (Verdict::NothingHappened, Outcome::NotAttempted),
    ] {
        assert_eq!(outcome([intent(1, 1), settled(1, verdict)]), expected);
    }
}

#[test]
fn a_judgement_may_raise_a_doubt() {
    let in_doubt = || settled(1, Verdict::InDoubt);
    assert_eq!(outcome([in_doubt()]), Outcome::InDoubt);
    let refused = [intent(1, 1), answered(1, 1, Verdict::Failed)];
    let events = refused.into_iter().chain([in_doubt()]);
    assert_eq!(outcome(events), Outcome::InDoubt);
}

#[test]
fn a_doubt_is_not_lifted_by_a_later_attempt_that_failed() {
    for later in [Verdict::Failed, Verdict::NothingHappened] {
        let events = [intent(1, 1), intent(1, 2), answered(1, 2, later)];
        assert_eq!(outcome(events), Outcome::InDoubt);
    }
    let settled_between = [
        intent(1, 1),
        settled(1, Verdict::NothingHappened),
        intent(1, 2),
        answered(1, 2, Verdict::Failed),
    ];
    assert_eq!(outcome(settled_between), Outcome::Failed);
}

#[test]
fn an_answer_to_an_attempt_that_is_not_open_counts_only_if_it_created() {
    let late = |verdict| [intent(1, 1), intent(1, 2), answered(1, 1, verdict)];
    assert_eq!(outcome(late(Verdict::Failed)), Outcome::InDoubt);
    assert_eq!(outcome(late(Verdict::Created)), Outcome::Created);
}

#[test]
fn what_was_created_first_stays_the_integration_of_its_row() {
    let created = [
        row(1),
        intent(1, 1),
        intent(1, 2),
        answered(1, 1, Verdict::Created),
    ];
    let mut answer = answered(1, 2, Verdict::Created);
    if let Event::Outcome(answered) = &mut answer {
        answered.remote = Some(remote(999));
    }
    let mut found = settled(1, Verdict::Created);
    if let Event::Settled(settled) = &mut found {
        settled.remote = Some(remote(999));
    }
    for later in [answer, found] {
        let state = run(created.clone().into_iter().chain([later]));
        assert_eq!(state.row(1).unwrap().remote, Some(remote(601)));
    }
}

#[test]
fn the_last_attempt_is_kept_with_the_count_of_all() {
    let events = [
        row(1),
        intent(1, 1),
        answered(1, 1, Verdict::NothingHappened),
        intent(1, 2),
        answered(1, 2, Verdict::Created),
    ];
    let state = run(events);
    let row = state.row(1).unwrap();
    assert_eq!(row.attempts, 2);
    assert_eq!(
        (row.last.status, row.last.ms, &row.last.error),
        (Some(200), Some(120), &None)
    );
    assert_eq!(row.remote.map(|remote| remote.id), Some(601));
}

#[test]
fn what_was_refused_and_appears_is_in_doubt() {
    let refused = [intent(1, 1), answered(1, 1, Verdict::Failed)];
    assert_eq!(
        outcome(refused.into_iter().chain([audit(&[1])])),
        Outcome::InDoubt
    );
}

#[test]
fn a_deletion_leaves_the_creation_on_record() {
    let delete = Event::Intent(Intent {
        n: 1,
        attempt: 1,
        op: Op::Delete,
        id: Some(601),
        before: ShownFields::default(),
        left: None,
        at: crate::journal::samples::at(0),
    });
    let created = [intent(1, 1), answered(1, 1, Verdict::Created)];
    assert_eq!(
        outcome(created.into_iter().chain([delete])),
        Outcome::Created
    );
}

#[test]
fn a_new_session_opens_the_run_again() {
    let first = [session(), row(1), closed()];
    assert!(run(first.clone()).closed.is_some());
    let state = run(first.into_iter().chain([session()]));
    assert_eq!((state.closed, state.sessions.len()), (None, 2));
}

#[test]
fn a_run_is_unfinished_while_a_row_is_open_unless_it_is_a_rehearsal() {
    assert!(!run([row(1)]).is_unfinished(), "nothing was sent yet");
    assert!(run([row(1), listed(&[])]).is_unfinished());
    assert!(run([row(1), intent(1, 1)]).is_unfinished());
    assert!(!run([row(1), listed(&[]), planned(1, PlannedAction::Exists)]).is_unfinished());
    let mut rehearsal = RunState::new(RunOpened {
        rehearsal: true,
        ..opened()
    });
    rehearsal.apply(row(1));
    rehearsal.apply(listed(&[]));
    assert!(!rehearsal.is_unfinished());
}

/// A request to delete the integration `id`, which is the attempt `attempt` at the row 1.
fn delete(attempt: u32, id: i64) -> Event {
    Event::Intent(Intent {
        n: 1,
        attempt,
        op: Op::Delete,
        id: Some(id),
        before: ShownFields::default(),
        left: None,
        at: crate::journal::samples::at(0),
    })
}

/// What an undo did to the integration of row 1, which was created as 601.
fn removal(events: impl IntoIterator<Item = Event>) -> Option<RemovalOutcome> {
    let created = [row(1), intent(1, 1), answered(1, 1, Verdict::Created)];
    let state = run(created.into_iter().chain(events));
    assert_eq!(state.row(1).unwrap().outcome, Outcome::Created);
    state.row(1).unwrap().removal_outcome()
}

#[test]
fn a_deletion_is_in_doubt_until_its_verdict() {
    assert_eq!(removal([delete(2, 601)]), Some(RemovalOutcome::InDoubt));
    for (verdict, expected) in [
        (Verdict::Removed, Some(RemovalOutcome::Removed)),
        (Verdict::AlreadyGone, Some(RemovalOutcome::AlreadyGone)),
        (Verdict::Failed, Some(RemovalOutcome::Failed)),
        (Verdict::InDoubt, Some(RemovalOutcome::InDoubt)),
        (Verdict::NothingHappened, None),
        (Verdict::NotSent, None),
    ] {
        assert_eq!(removal([delete(2, 601), answered(1, 2, verdict)]), expected);
    }
}

#[test]
fn a_list_judges_a_deletion_in_doubt() {
    for (verdict, expected) in [
        (Verdict::Removed, Some(RemovalOutcome::Removed)),
        (Verdict::Failed, Some(RemovalOutcome::Failed)),
        (Verdict::NothingHappened, None),
    ] {
        assert_eq!(removal([delete(2, 601), settled(1, verdict)]), expected);
    }
}

#[test]
fn what_went_wrong_with_a_deletion_is_kept_unless_it_is_done_after_all() {
    for (verdict, expected) in [
        (Verdict::Failed, Some("the server failed")),
        (Verdict::Removed, None),
    ] {
        let state = run([
            row(1),
            intent(1, 1),
            answered(1, 1, Verdict::Created),
            delete(2, 601),
            answered(1, 2, Verdict::InDoubt),
            settled(1, verdict),
        ]);
        let removal = state.row(1).unwrap().removal();
        assert_eq!(removal.unwrap().why.as_deref(), expected);
    }
}

#[test]
fn what_jira_refused_to_delete_is_gone_once_a_list_lacks_it() {
    let refused = || vec![delete(2, 601), answered(1, 2, Verdict::Failed)];
    for (verdict, expected) in [
        (Verdict::AlreadyGone, RemovalOutcome::AlreadyGone),
        (Verdict::NothingHappened, RemovalOutcome::Failed),
    ] {
        let events = refused().into_iter().chain([settled(1, verdict)]);
        assert_eq!(removal(events), Some(expected));
    }
}

#[test]
fn a_duplicate_is_deleted_beside_the_integration_of_the_row() {
    let events = [
        row(1),
        intent(1, 1),
        answered(1, 1, Verdict::Created),
        delete(2, 999),
        answered(1, 2, Verdict::Removed),
    ];
    let state = run(events);
    let row = state.row(1).unwrap();
    assert_eq!(row.removal(), None);
    let duplicates: Vec<_> = row
        .duplicates()
        .map(|(remote, removal)| (remote.id, removal.outcome))
        .collect();
    assert_eq!(duplicates, [(999, RemovalOutcome::Removed)]);
}

#[test]
fn a_duplicate_that_is_gone_stays_so() {
    let removed = [
        row(1),
        intent(1, 1),
        answered(1, 1, Verdict::Created),
        delete(2, 998),
        answered(1, 2, Verdict::Failed),
        delete(3, 999),
        answered(1, 3, Verdict::Removed),
    ];
    for later in [
        vec![delete(4, 999)],
        vec![delete(4, 999), answered(1, 4, Verdict::Failed)],
        vec![settled(1, Verdict::NothingHappened)],
    ] {
        let state = run(removed.clone().into_iter().chain(later));
        let gone = state.row(1).unwrap().duplicates_gone();
        assert_eq!(gone.map(|remote| remote.id).collect::<Vec<_>>(), [999]);
    }
}

#[test]
fn what_is_left_alone_can_still_be_removed_and_what_is_removed_stays_so() {
    let leave = || planned(1, PlannedAction::LeaveAlone);
    assert_eq!(removal([leave()]), Some(RemovalOutcome::LeftAlone));
    let remove = || [delete(2, 601), answered(1, 2, Verdict::Removed)];
    let then_removed = [leave()].into_iter().chain(remove());
    assert_eq!(removal(then_removed), Some(RemovalOutcome::Removed));
    let then_left = remove().into_iter().chain([leave()]);
    assert_eq!(removal(then_left), Some(RemovalOutcome::Removed));
}

#[test]
fn a_row_that_is_gone_is_not_created_anew() {
    let mut delete = delete(1, 70);
    if let Event::Intent(intent) = &mut delete {
        intent.id = None;
    }
    let gone = [
        row(1),
        planned(1, PlannedAction::Exists),
        delete,
        settled(1, Verdict::Removed),
    ];
    for later in [
        intent(1, 2),
        answered(1, 2, Verdict::Created),
        settled(1, Verdict::Created),
    ] {
        let state = run(gone.clone().into_iter().chain([later]));
        assert!(state.row(1).unwrap().is_gone());
    }
}

#[test]
fn what_jira_refused_to_delete_can_be_left_alone() {
    let events = [
        delete(2, 601),
        answered(1, 2, Verdict::Failed),
        planned(1, PlannedAction::LeaveAlone),
    ];
    assert_eq!(removal(events), Some(RemovalOutcome::LeftAlone));
}

#[test]
fn a_run_that_is_being_undone_is_not_unfinished() {
    let state = run([
        row(1),
        intent(1, 1),
        answered(1, 1, Verdict::Created),
        delete(2, 601),
    ]);
    assert!(state.is_undone && !state.is_unfinished());
}

#[test]
fn a_run_of_which_a_duplicate_is_deleted_is_not_undone() {
    let created = [row(1), intent(1, 1), answered(1, 1, Verdict::Created)];
    let state = run(created.into_iter().chain([delete(2, 999)]));
    assert!(!state.is_undone);
    assert!(!run([row(1), delete(1, 601)]).is_undone, "nobody's");
}

#[test]
fn an_intent_that_was_not_sent_is_no_attempt() {
    let state = run([row(1), intent(1, 1), answered(1, 1, Verdict::NotSent)]);
    let row = state.row(1).unwrap();
    assert_eq!((row.outcome, row.attempts), (Outcome::NotAttempted, 0));
    assert_eq!(row.last_intent, 1, "its number is not given again");
}

#[test]
fn an_intent_that_was_not_sent_leaves_what_the_last_attempt_came_to() {
    let tried = [row(1), intent(1, 1), answered(1, 1, Verdict::Failed)];
    let not_sent = [intent(1, 2), answered(1, 2, Verdict::NotSent)];
    let last = run(tried.clone()).row(1).unwrap().last.clone();
    let state = run(tried.into_iter().chain(not_sent));
    let row = state.row(1).unwrap();
    assert_eq!((row.outcome, row.attempts), (Outcome::NotAttempted, 1));
    assert_eq!(row.last, last);
    assert_eq!(row.last.status, Some(500));
}

#[test]
fn a_deletion_that_was_not_sent_leaves_what_the_last_one_came_to() {
    let refused = [delete(2, 601), answered(1, 2, Verdict::Failed)];
    let not_sent = [delete(3, 601), answered(1, 3, Verdict::NotSent)];
    assert_eq!(
        removal(refused.into_iter().chain(not_sent)),
        Some(RemovalOutcome::Failed)
    );
}

#[test]
fn the_app_s_word_that_it_failed_is_kept_for_settling() {
    let state = run([
        row(1),
        intent(1, 1),
        answered(1, 1, Verdict::FailedIfAbsent),
    ]);
    let row = state.row(1).unwrap();
    assert_eq!((row.outcome, row.fails_if_absent), (Outcome::InDoubt, true));
}

#[test]
fn only_an_attempt_that_is_not_known_to_have_done_nothing_may_have_created_something() {
    let may_have_created = |events: Vec<Event>| {
        let state = run([row(1)].into_iter().chain(events));
        state.row(1).unwrap().may_have_created
    };
    for (verdict, expected) in [
        (Verdict::Created, 1),
        (Verdict::InDoubt, 1),
        (Verdict::FailedIfAbsent, 1),
        (Verdict::Failed, 0),
        (Verdict::NothingHappened, 0),
        (Verdict::NotSent, 0),
    ] {
        let sent = || vec![intent(1, 1), answered(1, 1, verdict)];
        assert_eq!(may_have_created(sent()), expected, "{verdict:?}");
        let mut again = sent();
        again.extend([intent(1, 2), answered(1, 2, Verdict::Created)]);
        let twice = if verdict == Verdict::Created {
            1
        } else {
            expected + 1
        };
        assert_eq!(may_have_created(again), twice, "{verdict:?}");
    }
    assert_eq!(may_have_created(vec![]), 0);
    assert_eq!(may_have_created(vec![intent(1, 1)]), 1);
    let absent = settled(1, Verdict::NothingHappened);
    assert_eq!(may_have_created(vec![intent(1, 1), absent]), 1, "or late");
}

#[test]
fn a_deletion_that_did_nothing_leaves_an_earlier_one_in_doubt() {
    for verdict in [Verdict::NothingHappened, Verdict::NotSent] {
        for doubt in [vec![], vec![answered(1, 2, Verdict::InDoubt)]] {
            let first = [delete(2, 601)].into_iter().chain(doubt);
            let events = first.chain([delete(3, 601), answered(1, 3, verdict)]);
            assert_eq!(removal(events), Some(RemovalOutcome::InDoubt));
        }
    }
}

fn listed(ids: &[i64]) -> Event {
    let at = crate::journal::samples::at(0);
    let remotes = ids.iter().map(|id| remote(*id));
    Event::Listed(Listed::all(ListReason::Baseline, at, remotes))
}

#[test]
fn the_first_baseline_counts() {
    assert_eq!(run([]).baseline, None);
    let state = run([listed(&[1, 2]), listed(&[3])]);
    assert_eq!(state.baseline, Some(vec![remote(1), remote(2)]));
}

#[test]
fn after_a_loss_every_row_that_was_not_certain_counts_as_sent() {
    let mut state = run([
        row(1),
        row(2),
        intent(2, 1),
        answered(2, 1, Verdict::Created),
    ]);
    state.distrust();
    let outcomes: Vec<_> = state.rows().map(|(_, row)| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::InDoubt, Outcome::Created]);
    state.apply(intent(1, 1));
    state.apply(answered(1, 1, Verdict::Failed));
    assert_eq!(state.row(1).unwrap().outcome, Outcome::InDoubt);
    state.apply(settled(1, Verdict::NothingHappened));
    assert_eq!(state.row(1).unwrap().outcome, Outcome::NotAttempted);
}

#[test]
fn after_a_loss_no_answer_lifts_the_doubt_on_a_request_from_before() {
    let mut state = run([row(1), intent(1, 1)]);
    state.distrust();
    state.apply(answered(1, 1, Verdict::Failed));
    assert_eq!(state.row(1).unwrap().outcome, Outcome::InDoubt);
}
