use std::collections::HashMap;

use serde_json::Value;

use super::change::changes;
use crate::engine::books::Books;
use crate::journal::{Duplicate, RemovalOutcome, RowState, RunState, Via};
use crate::model::{
    Field, IntegrationType, OriginKey, Outcome, RemoteIntegration, ShownFields, normalise,
};

/// What else is to be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct TakeBack {
    /// Integrations that were changed since the run created them.
    pub changed: bool,
    /// Integrations that were found in a list rather than by an answer.
    pub found: bool,
}

/// What an undo does with the integration of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It is deleted.
    Delete,
    /// It is not touched, for this reason.
    LeaveAlone(String),
    /// Jira does not hold it any more.
    AlreadyGone,
}

/// A row that the run created, and what an undo does with its integration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UndoneRow {
    /// The row.
    pub n: u32,
    /// Jira's id.
    pub id: i64,
    /// What is done.
    pub fate: Fate,
    /// Whether an earlier undo asked for its deletion and never learnt what came of that.
    pub was_in_doubt: bool,
}

/// What an undo of `run` does with each row that was created, that `is_selected`, and that is not removed yet.
pub(crate) fn plan_undo(
    run: &RunState,
    list: &[RemoteIntegration],
    is_selected: impl Fn(&RowState) -> bool,
    also: TakeBack,
) -> Vec<UndoneRow> {
    let there: HashMap<i64, &RemoteIntegration> =
        list.iter().map(|remote| (remote.id, remote)).collect();
    let created = run
        .rows()
        .filter(|(_, row)| row.outcome == Outcome::Created && is_selected(row));
    let rows = created.filter_map(|(n, row)| {
        let removal = row.deletions.own.as_ref().map(|removal| removal.outcome);
        if removal.is_some_and(RemovalOutcome::is_gone) {
            return None;
        }
        let id = row.remote?.id;
        Some(UndoneRow {
            n,
            id,
            fate: fate(row, there.get(&id).copied(), also),
            was_in_doubt: removal == Some(RemovalOutcome::InDoubt),
        })
    });
    rows.collect()
}

/// What is done after somebody agreed to the plan `shown`, and Jira's list says `now`: only what both delete is deleted.
pub(crate) fn agreed(shown: &[UndoneRow], now: Vec<UndoneRow>) -> Vec<UndoneRow> {
    let shown: HashMap<u32, &Fate> = shown.iter().map(|row| (row.n, &row.fate)).collect();
    let agreed = now.into_iter().map(|row| {
        let fate = match (shown.get(&row.n), row.fate) {
            (Some(Fate::LeaveAlone(why)), Fate::Delete) => Fate::LeaveAlone(why.clone()),
            (None | Some(Fate::AlreadyGone), Fate::Delete) => Fate::LeaveAlone(
                "Jira's list showed it only after you agreed; the same command removes it".into(),
            ),
            (_, fate) => fate,
        };
        UndoneRow { fate, ..row }
    });
    agreed.collect()
}

fn fate(row: &RowState, shown: Option<&RemoteIntegration>, also: TakeBack) -> Fate {
    let Some(shown) = shown else {
        return Fate::AlreadyGone;
    };
    if let Some(why) = stranger(row, shown) {
        return Fate::LeaveAlone(why);
    }
    if row.via != Some(Via::Answer) && !also.found {
        return Fate::LeaveAlone(
            "found in Jira's list, and no answer said that this run created it; `--include-found` removes it too"
                .into(),
        );
    }
    let changes = changes(row, shown);
    if !changes.is_empty() && !also.changed {
        return Fate::LeaveAlone(format!(
            "changed since it was created ({}); `--include-changed` removes it too",
            changes.join(", ")
        ));
    }
    Fate::Delete
}

/// Why what Jira shows under the id of `row` is not what the run created; none if it is.
fn stranger(row: &RowState, shown: &RemoteIntegration) -> Option<String> {
    let of = shown.integration_type();
    if row.type_name.as_deref() != of.map(IntegrationType::name) {
        return Some(format!(
            "another integration, {}, has its id now",
            shown.type_name
        ));
    }
    let created = row.remote.and_then(|remote| remote.init_date);
    if let (Some(ours), Some(theirs)) = (created, shown.init_date) {
        return (ours != theirs)
            .then(|| "another integration, created at another time, has its id now".into());
    }
    // A Jira that tells no dates is known again by what it shows.
    let echo = row.echo().map(ShownFields::open).unwrap_or_default();
    let is_same = |field: Field, shown: Option<&str>, ours: Option<&str>| match of {
        Some(of) if field == Field::Origin => {
            let text = |text: &str| normalise(of, text);
            match ours {
                Some(ours) => Some(text(ours)) == shown.map(text),
                None => OriginKey::of(of, None).matches(of, shown),
            }
        }
        _ => ours.is_none() || shown == ours,
    };
    let told = |field: Field, ours: &Option<String>| {
        let echoed = echo.get(field.name()).and_then(Value::as_str);
        echoed
            .map(str::to_owned)
            .or_else(|| ours.as_deref().map(str::to_owned))
    };
    let name = told(Field::DisplayName, &row.name);
    let origin = told(Field::Origin, &row.origin);
    let is_known = is_same(
        Field::DisplayName,
        shown.display_name.as_deref(),
        name.as_deref(),
    ) && is_same(Field::Origin, shown.origin.as_deref(), origin.as_deref());
    (!is_known)
        .then(|| "Jira tells no date of creation, and its origin or name is another now".into())
}

/// The keys of `run` that Jira holds more than once, split by whether several requests of ours may have created the row;
/// after one, the other is someone else's.
pub(crate) fn doubles(
    run: &RunState,
    list: &[RemoteIntegration],
) -> (Vec<Duplicate>, Vec<Duplicate>) {
    let doubles = Books::of_run(run).balance(list).doubles;
    let is_ours = |double: &Duplicate| {
        run.row(double.n)
            .is_some_and(|row| row.may_have_created > 1)
    };
    doubles.into_iter().partition(is_ours)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::journal::{Answered, Event, Settled, samples};

    /// A run that created row 1 as 601, of type AZURE, with what Jira `echo`ed.
    fn run(echo: &Value) -> RunState {
        let mut run = RunState::new(samples::opened());
        run.apply(&samples::row(1));
        run.apply(&samples::intent(1, 1));
        let Event::Outcome(answered) = samples::answered(1, 1, crate::journal::Verdict::Created)
        else {
            panic!("an answer is an outcome");
        };
        run.apply(&Event::Outcome(Answered {
            echo: echo.as_object().unwrap().clone().into(),
            ..answered
        }));
        run
    }

    fn shown(change: impl FnOnce(&mut RemoteIntegration)) -> RemoteIntegration {
        let mut shown = RemoteIntegration {
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

    fn fate_of(run: &RunState, shown: &[RemoteIntegration], also: TakeBack) -> Fate {
        let mut rows = plan_undo(run, shown, |_| true, also);
        assert_eq!(rows.len(), 1);
        rows.remove(0).fate
    }

    fn is_left_alone(fate: &Fate, why: &str) -> bool {
        matches!(fate, Fate::LeaveAlone(said) if said.contains(why))
    }

    #[test]
    fn what_jira_still_shows_as_it_was_created_is_deleted() {
        let run = run(&json!({"disabled": false}));
        let fate = fate_of(&run, &[shown(|_| ())], TakeBack::default());
        assert_eq!(fate, Fate::Delete);
    }

    #[test]
    fn what_jira_does_not_show_is_already_gone() {
        let fate = fate_of(&run(&json!({})), &[], TakeBack::default());
        assert_eq!(fate, Fate::AlreadyGone);
    }

    #[test]
    fn only_what_both_plans_delete_is_deleted() {
        let leave = |why: &str| Fate::LeaveAlone(why.into());
        let of = |fate: Fate| UndoneRow {
            n: 1,
            id: 601,
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
        let all = TakeBack {
            changed: true,
            found: true,
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
                "tells no date",
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
        let fate = fate_of(&run, &there, TakeBack::default());
        assert!(
            is_left_alone(&fate, "disabled was true, is false"),
            "{fate:?}"
        );
        let also = TakeBack {
            changed: true,
            ..TakeBack::default()
        };
        assert_eq!(fate_of(&run, &there, also), Fate::Delete);
    }

    #[test]
    fn what_was_found_by_a_list_is_left_alone_unless_it_is_included() {
        let mut run = RunState::new(samples::opened());
        run.apply(&samples::row(1));
        run.apply(&samples::intent(1, 1));
        let Event::Settled(found) = samples::settled(1, crate::journal::Verdict::Created) else {
            panic!("a find is a judgement");
        };
        run.apply(&Event::Settled(Settled { ..found }));
        let there = [shown(|shown| shown.fields = ShownFields::default())];
        let fate = fate_of(&run, &there, TakeBack::default());
        assert!(is_left_alone(&fate, "--include-found"), "{fate:?}");
        let also = TakeBack {
            found: true,
            ..TakeBack::default()
        };
        assert_eq!(fate_of(&run, &there, also), Fate::Delete);
    }
}
