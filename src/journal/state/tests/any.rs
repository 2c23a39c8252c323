//! What holds of any events in any order.

use proptest::prelude::*;

use super::*;

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Created),
        Just(Verdict::Failed),
        Just(Verdict::InDoubt),
        Just(Verdict::FailedIfAbsent),
        Just(Verdict::NothingHappened),
        Just(Verdict::NotSent),
        Just(Verdict::Removed),
        Just(Verdict::AlreadyGone),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    // Few numbers, so that events meet; some of no row.
    let n = || prop_oneof![0..4_u32, Just(u32::MAX)];
    let attempt = || 0..3_u32;
    let action = prop_oneof![
        Just(PlannedAction::Create),
        Just(PlannedAction::Exists),
        Just(PlannedAction::NotSelected),
        Just(PlannedAction::LeaveAlone),
        Just(PlannedAction::AlreadyGone)
    ];
    let excluded = prop_oneof![
        Just(None),
        Just(Some(Outcome::Invalid)),
        Just(Some(Outcome::NotSelected))
    ];
    let delete = |(n, attempt)| match intent(n, attempt) {
        Event::Intent(intent) => Event::Intent(Intent {
            op: Op::Delete,
            ..intent
        }),
        other => other,
    };
    prop_oneof![
        3 => (n(), excluded)
            .prop_map(|(n, outcome)| Event::Row(Box::new(RowRead { outcome, ..row_read(n) }))),
        1 => (n(), action).prop_map(|(n, action)| planned(n, action)),
        3 => (n(), attempt()).prop_map(|(n, attempt)| intent(n, attempt)),
        1 => (n(), attempt()).prop_map(delete),
        3 => (n(), attempt(), any_verdict()).prop_map(|(n, attempt, v)| answered(n, attempt, v)),
        2 => (n(), any_verdict()).prop_map(|(n, verdict)| settled(n, verdict)),
        1 => prop::collection::vec(n(), 0..3).prop_map(|appeared| audit(&appeared)),
        1 => Just(session()),
        1 => Just(closed()),
        1 => Just(Event::Opened(Box::new(opened()))),
        1 => Just(Event::Paused { why: String::new(), ms: u64::MAX }),
        1 => Just(Event::Unknown),
    ]
}

fn created(state: &RunState) -> Vec<(u32, Option<Remote>)> {
    let created = state
        .rows()
        .filter(|(_, row)| row.outcome == Outcome::Created);
    created.map(|(n, row)| (n, row.remote)).collect()
}

proptest! {
    #[test]
    fn any_events_keep_the_totals_whole(events in prop::collection::vec(any_event(), 0..60)) {
        let mut state = RunState::new(opened());
        for event in &events {
            state.apply(event.clone());
            let totals = state.totals();
            let sum: u64 = Outcome::ALL.iter().map(|&outcome| totals.of(outcome)).sum();
            prop_assert_eq!(totals.read, sum);
            prop_assert_eq!(totals.read, state.rows().len() as u64);
        }
    }

    #[test]
    fn what_is_created_stays_created(events in prop::collection::vec(any_event(), 0..60)) {
        let mut state = RunState::new(opened());
        for event in &events {
            let before = created(&state);
            state.apply(event.clone());
            let after = created(&state);
            prop_assert!(before.iter().all(|row| after.contains(row)), "{event:?}");
        }
    }

    #[test]
    fn what_is_removed_stays_removed(events in prop::collection::vec(any_event(), 0..60)) {
        let mut state = RunState::new(opened());
        let gone = |state: &RunState| -> Vec<u32> {
            state.rows().filter(|(_, row)| row.is_gone()).map(|(n, _)| n).collect()
        };
        for event in &events {
            let before = gone(&state);
            state.apply(event.clone());
            let after = gone(&state);
            prop_assert!(before.iter().all(|n| after.contains(n)), "{event:?}");
        }
    }

    #[test]
    fn only_a_find_or_a_judgement_lifts_the_doubt_on_two_attempts(
        events in prop::collection::vec(any_event(), 0..30),
    ) {
        let start = [row(1), intent(1, 1), intent(1, 2)];
        let state = run(start.into_iter().chain(events.iter().cloned()));
        let is_lifting = |event: &Event| match event {
            Event::Settled(settled) => settled.n == 1,
            Event::Outcome(answered) => answered.n == 1 && answered.verdict == Verdict::Created,
            _ => false,
        };
        if !events.iter().any(is_lifting) {
            prop_assert_eq!(state.row(1).unwrap().outcome, Outcome::InDoubt);
        }
    }
}
