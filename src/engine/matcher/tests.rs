use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::model::{IntegrationType, Origin, OriginKey};

/// An integration of an unknown date.
fn id(id: i64) -> Remote {
    Remote {
        id,
        init_date: None,
    }
}

const SERVER: IntegrationType = IntegrationType::GitHubServer;

fn row(of: IntegrationType, name: Option<&str>, origin: Option<&str>) -> MatchRow {
    let origin = origin.map(|text| Origin::parse(of, text).unwrap());
    let origin = OriginKey::of(of, origin.as_ref());
    MatchRow::new(of, name, origin, RowStatus::Open)
}

/// A row of GitHub Enterprise on `https://HOST.example.org`.
fn server(name: &str, host: &str) -> MatchRow {
    row(
        SERVER,
        Some(name),
        Some(&format!("https://{host}.example.org")),
    )
}

fn nameless(host: &str) -> MatchRow {
    row(SERVER, None, Some(&format!("https://{host}.example.org")))
}

fn remote(id: i64, of: &str, name: &str, origin: &str) -> RemoteIntegration {
    RemoteIntegration {
        created_as: None,
        id,
        type_name: of.into(),
        origin: Some(origin.into()),
        display_name: Some(name.into()),
        init_date: Some(1),
        fields: Map::new().into(),
    }
}

fn shown(id: i64, name: &str, host: &str) -> RemoteIntegration {
    remote(
        id,
        "GITHUB_SERVER",
        name,
        &format!("https://{host}.example.org"),
    )
}

/// Matcher of these rows, numbered from 1, over a Jira that held the integrations 1 to 9.
fn matcher(rows: impl IntoIterator<Item = MatchRow>) -> Matcher {
    Matcher::new((1..10).map(id), (1..).zip(rows))
}

fn found(matcher: &mut Matcher, list: &[RemoteIntegration], unsettled: &[u32]) -> Vec<(u32, i64)> {
    let finds = matcher.find(list, unsettled);
    finds.iter().map(|(n, remote)| (*n, remote.id)).collect()
}

fn is_absent(matcher: &Matcher, n: u32, list: &[RemoteIntegration]) -> bool {
    matcher.is_absent(n, &matcher.new_in(list))
}

#[test]
fn one_new_integration_with_the_key_is_the_rows() {
    let mut matcher = matcher([server("A", "git")]);
    let list = [
        shown(5, "A", "git"),
        shown(11, "A", "git"),
        shown(12, "B", "git"),
    ];
    assert_eq!(found(&mut matcher, &list, &[1]), [(1, 11)]);
}

#[test]
fn what_was_there_before_or_belongs_to_another_row_is_not_new() {
    let mut matcher = matcher([server("A", "git"), server("B", "git")]);
    matcher.set_status(2, RowStatus::Created(id(11)));
    let list = [shown(5, "A", "git"), shown(11, "A", "git")];
    assert_eq!(found(&mut matcher, &list, &[1]), []);
    assert!(is_absent(&matcher, 1, &list));
}

#[test]
fn two_with_the_key_leave_the_row_in_doubt() {
    let mut matcher = matcher([server("A", "git")]);
    let list = [shown(11, "A", "git"), shown(12, "A", "git")];
    assert_eq!(found(&mut matcher, &list, &[1]), []);
    assert!(!is_absent(&matcher, 1, &list));
}

#[test]
fn a_new_one_that_shares_the_origin_or_the_name_forbids_absence() {
    for near in [shown(11, "A (2)", "git"), shown(11, "A", "other")] {
        let mut matcher = matcher([server("A", "git")]);
        let list = [near];
        assert_eq!(found(&mut matcher, &list, &[1]), []);
        assert!(!is_absent(&matcher, 1, &list), "{list:?}");
    }
}

#[test]
fn one_of_another_type_or_of_another_rows_key_does_not() {
    let matcher = matcher([server("A", "git"), server("B", "git")]);
    let list = [
        remote(11, "GITLAB_SERVER", "A", "https://git.example.org"),
        shown(12, "B", "git"),
    ];
    assert!(is_absent(&matcher, 1, &list));
}

#[test]
fn a_blank_origin_of_aws_matches_any() {
    let mut matcher = matcher([row(IntegrationType::Aws, Some("A"), None)]);
    let list = [remote(11, "AWS", "A", "https://aws.example.org")];
    assert_eq!(found(&mut matcher, &list, &[1]), [(1, 11)]);
}

#[test]
fn what_may_be_of_two_rows_is_of_neither() {
    let aws = |origin| row(IntegrationType::Aws, Some("A"), origin);
    let mut matcher = matcher([aws(None), aws(Some("https://aws.example.org"))]);
    let list = [remote(11, "AWS", "A", "https://aws.example.org")];
    assert_eq!(found(&mut matcher, &list, &[1, 2]), []);
    assert!(!is_absent(&matcher, 1, &list) && !is_absent(&matcher, 2, &list));
}

#[test]
fn a_row_without_a_name_is_found_by_a_name_that_is_no_rows() {
    let mut matcher = matcher([nameless("git"), server("B", "git")]);
    let list = [shown(11, "B", "git"), shown(12, "https://git/*", "git")];
    assert_eq!(found(&mut matcher, &list, &[1]), [(1, 12)]);
}

#[test]
fn a_row_without_a_name_is_never_absent() {
    let matcher = matcher([nameless("git")]);
    assert!(!is_absent(&matcher, 1, &[]));
}

#[test]
fn two_rows_without_a_name_are_not_guessed_apart() {
    let mut matcher = matcher([nameless("git"), nameless("git")]);
    let list = [shown(11, "generated", "git")];
    assert_eq!(found(&mut matcher, &list, &[1, 2]), []);
}

#[test]
fn a_row_that_is_in_doubt_already_may_be_what_appears() {
    let mut matcher = matcher([nameless("git"), nameless("git")]);
    matcher.set_status(1, RowStatus::InDoubt);
    let list = [shown(11, "generated", "git")];
    assert_eq!(found(&mut matcher, &list, &[2]), []);
}

#[test]
fn what_was_there_before_a_row_was_sent_is_not_its_own() {
    let mut matcher = matcher([nameless("git"), server("B", "git")]);
    matcher.note_present_before([11, 12].map(id).into_iter(), [1, 2].into_iter());
    let list = [shown(11, "generated", "git"), shown(12, "B", "git")];
    assert_eq!(found(&mut matcher, &list, &[1, 2]), []);
    assert!(is_absent(&matcher, 2, &list));
}

#[test]
fn what_an_earlier_row_may_have_left_is_not_given_to_one_sent_later() {
    let mut matcher = matcher([nameless("git"), nameless("git"), nameless("git")]);
    let left = shown(11, "generated", "git");
    assert_eq!(
        found(&mut matcher, std::slice::from_ref(&left), &[1, 2]),
        []
    );
    matcher.end_round([5, 11].map(id));
    matcher.note_sent(3);
    assert_eq!(found(&mut matcher, std::slice::from_ref(&left), &[3]), []);
    let list = [left, shown(12, "generated", "git")];
    assert_eq!(found(&mut matcher, &list, &[3]), [(3, 12)]);
}

#[test]
fn nothing_differs_when_each_row_is_there_once() {
    let mut matcher = matcher([server("A", "git"), server("B", "git")]);
    matcher.set_status(1, RowStatus::Created(id(11)));
    assert!(
        matcher
            .compare(&[shown(11, "A", "git"), shown(12, "C", "git")])
            .is_none()
    );
}

#[test]
fn what_is_missing_double_or_refused_and_there_is_named() {
    let mut matcher = matcher([server("A", "git"), server("B", "git"), server("C", "git")]);
    matcher.set_status(1, RowStatus::Created(id(11)));
    matcher.set_status(2, RowStatus::Created(id(12)));
    matcher.set_status(3, RowStatus::Failed);
    let list = [
        shown(12, "B", "git"),
        shown(13, "B", "git"),
        shown(14, "C", "git"),
    ];
    let found = matcher.compare(&list);
    assert_eq!(found.missing, [1]);
    assert_eq!(found.appeared, [3]);
    let duplicates: Vec<_> = found
        .duplicates
        .iter()
        .map(|duplicate| {
            (
                duplicate.n,
                duplicate.remotes.iter().map(|remote| remote.id).collect(),
            )
        })
        .collect();
    assert_eq!(duplicates, [(2, vec![12, 13])]);
}

fn any_host() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("git"), Just("other")]
}

fn any_name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("A"), Just("B"), Just("C")]
}

proptest! {
    #[test]
    fn no_integration_is_ever_given_to_two_rows(
        rows in prop::collection::vec((prop::option::of(any_name()), any_host()), 1..6),
        list in prop::collection::vec((any_name(), any_host()), 0..6),
    ) {
        let rows: Vec<MatchRow> = rows
            .into_iter()
            .map(|(name, host)| name.map_or_else(|| nameless(host), |name| server(name, host)))
            .collect();
        let numbers: Vec<u32> = (1..).take(rows.len()).collect();
        let list: Vec<_> = (11..).zip(list).map(|(id, (name, host))| shown(id, name, host)).collect();
        let mut matcher = matcher(rows);
        let mut ids: Vec<i64> = found(&mut matcher, &list, &numbers).into_iter().map(|(_, id)| id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
    }

    #[test]
    fn a_row_is_never_absent_while_a_new_one_has_its_key(
        others in prop::collection::vec((any_name(), any_host()), 0..4),
    ) {
        let mut list = vec![shown(11, "A", "git")];
        list.extend((12..).zip(others).map(|(id, (name, host))| shown(id, name, host)));
        let matcher = matcher([server("A", "git"), server("B", "git")]);
        prop_assert!(!is_absent(&matcher, 1, &list));
    }
}

#[test]
fn what_is_left_of_a_removed_row_is_a_double_if_a_request_of_ours_may_have_created_it() {
    let created_by = |requests: u32| {
        let mut row = server("A", "git");
        row.may_have_duplicates = requests - 1;
        let mut matcher = matcher([row]);
        matcher.set_status(1, RowStatus::Created(id(11)));
        matcher
    };
    let list = [shown(12, "A", "git")];
    for (requests, expected) in [(1, 0), (2, 1)] {
        let mut matcher = created_by(requests);
        matcher.note_removed(1, id(11));
        let duplicates = matcher.compare(&list).duplicates;
        assert_eq!(duplicates.len(), expected, "after {requests} requests");
    }
    let mut matcher = created_by(2);
    for removed in [11, 12, 12] {
        matcher.note_removed(1, id(removed));
    }
    let later = [shown(12, "A", "git"), shown(13, "A", "git")];
    assert!(matcher.compare(&later).is_none());
}

#[test]
fn what_was_there_before_a_row_was_sent_is_known() {
    let mut matcher = matcher([server("A", "a"), server("B", "b")]);
    matcher.note_present_before([id(20)].into_iter(), [1].into_iter());
    matcher.set_status(2, RowStatus::Created(id(30)));
    let before = |matcher: &Matcher, of| matcher.was_there_before(1, id(of));
    let ids = [5, 20, 30, 40];
    assert_eq!(
        ids.map(|id| before(&matcher, id)),
        [true, true, true, false]
    );
    matcher.note_sent(1);
    matcher.end_round([id(40)]);
    assert!(!before(&matcher, 40), "it came after the row was sent");
    matcher.note_sent(1);
    assert!(before(&matcher, 40), "a round left it over");
}

#[test]
fn what_a_round_left_over_stays_no_row_s_in_later_rounds() {
    let mut matcher = matcher([nameless("git")]);
    let list = [shown(11, "Theirs", "git")];
    matcher.end_round([list[0].identity()]);
    matcher.note_sent(1);
    matcher.end_round([list[0].identity()]);
    assert_eq!(found(&mut matcher, &list, &[1]), []);
}

#[test]
fn only_what_may_be_a_refused_row_s_has_appeared() {
    let mut matcher = matcher([nameless("git"), server("A", "git")]);
    for n in [1, 2] {
        matcher.set_status(n, RowStatus::Failed);
    }
    assert!(matcher.compare(&[]).is_none());
    assert!(matcher.compare(&[shown(11, "B", "other")]).is_none());
    assert_eq!(matcher.compare(&[shown(11, "B", "git")]).appeared, [1]);
    assert_eq!(matcher.compare(&[shown(11, "A", "git")]).appeared, [2]);
}

#[test]
fn a_row_that_is_not_part_of_the_run_explains_no_new_integration() {
    use crate::journal::{Event, RowRead, samples};
    let mut run = RunState::new(samples::opened());
    run.apply(samples::row(1));
    run.apply(samples::intent(1, 1));
    run.apply(Event::Row(Box::new(RowRead {
        outcome: Some(Outcome::NotSelected),
        ..samples::row_read(2)
    })));
    let matcher = Matcher::of_run(&run);
    let list = [remote(11, "AZURE", "Azure 2", "https://dev.azure.com/acme")];
    assert!(!is_absent(&matcher, 1, &list));
}

#[test]
fn a_duplicate_that_was_removed_is_not_expected_any_more() {
    let may_have_one = MatchRow {
        may_have_duplicates: 1,
        ..server("A", "git")
    };
    let mut matcher = matcher([may_have_one]);
    matcher.set_status(1, RowStatus::Created(id(11)));
    matcher.note_removed(1, id(12));
    matcher.note_removed(1, id(11));
    assert!(matcher.compare(&[shown(13, "A", "git")]).is_none());
}

#[test]
fn one_of_another_type_is_no_row_s() {
    let mut matcher = matcher([server("A", "git")]);
    let list = [remote(11, "AZURE", "A", "https://git.example.org")];
    assert_eq!(found(&mut matcher, &list, &[1]), []);
}

#[test]
fn rows_are_matched_by_what_their_journal_has_of_them() {
    use crate::journal::{Event, PlannedAction, RowRead, samples};
    let mut run = RunState::new(samples::opened());
    for n in [1, 2] {
        run.apply(Event::Row(Box::new(RowRead {
            name: None,
            ..samples::row_read(n)
        })));
    }
    run.apply(samples::row(3));
    run.apply(samples::intent(1, 1));
    run.apply(samples::planned(3, PlannedAction::Exists));
    let mut matcher = Matcher::of_run(&run);
    assert!(matcher.is_claimed(id(70)), "what exists belongs to its row");
    // It may be the one of the row in doubt.
    let list = [remote(11, "AZURE", "X", "https://dev.azure.com/acme")];
    assert_eq!(found(&mut matcher, &list, &[2]), []);
}

#[test]
fn what_an_answer_named_has_appeared_in_whatever_form_jira_shows_it() {
    let mut matcher = matcher([server("A", "git")]);
    let list = [shown(11, "Another name", "other")];
    matcher.note_named(1, list[0].identity());
    matcher.set_status(1, RowStatus::Failed);
    assert_eq!(matcher.compare(&list).appeared, [1]);
}
