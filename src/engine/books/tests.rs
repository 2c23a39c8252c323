use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::model::{IntegrationType, Origin, OriginKey};

const SERVER: IntegrationType = IntegrationType::GitHubServer;

fn row(of: IntegrationType, name: Option<&str>, origin: Option<&str>) -> BookRow {
    let origin = origin.map(|text| Origin::parse(of, text).unwrap());
    let origin = OriginKey::of(of, origin.as_ref());
    BookRow::new(of, name, origin, Standing::Open)
}

/// A row of GitHub Enterprise on `https://HOST.example.org`.
fn server(name: &str, host: &str) -> BookRow {
    row(
        SERVER,
        Some(name),
        Some(&format!("https://{host}.example.org")),
    )
}

fn nameless(host: &str) -> BookRow {
    row(SERVER, None, Some(&format!("https://{host}.example.org")))
}

fn remote(id: i64, of: &str, name: &str, origin: &str) -> RemoteIntegration {
    RemoteIntegration {
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

/// Books of these rows, numbered from 1, over a Jira that held the integrations 1 to 9.
fn books(rows: impl IntoIterator<Item = BookRow>) -> Books {
    Books::new(1..10, (1..).zip(rows))
}

fn found(books: &mut Books, list: &[RemoteIntegration], unsettled: &[u32]) -> Vec<(u32, i64)> {
    let finds = books.find(list, unsettled);
    finds.iter().map(|find| (find.n, find.remote.id)).collect()
}

fn is_absent(books: &Books, n: u32, list: &[RemoteIntegration]) -> bool {
    books.is_absent(n, &books.news(list))
}

#[test]
fn one_new_integration_with_the_key_is_the_rows() {
    let mut books = books([server("A", "git")]);
    let list = [
        shown(5, "A", "git"),
        shown(11, "A", "git"),
        shown(12, "B", "git"),
    ];
    assert_eq!(found(&mut books, &list, &[1]), [(1, 11)]);
    assert!(books.is_created(1));
}

#[test]
fn what_was_there_before_or_belongs_to_another_row_is_not_new() {
    let mut books = books([server("A", "git"), server("B", "git")]);
    books.set(2, Standing::Created(11));
    let list = [shown(5, "A", "git"), shown(11, "A", "git")];
    assert_eq!(found(&mut books, &list, &[1]), []);
    assert!(is_absent(&books, 1, &list));
}

#[test]
fn two_with_the_key_leave_the_row_in_doubt() {
    let mut books = books([server("A", "git")]);
    let list = [shown(11, "A", "git"), shown(12, "A", "git")];
    assert_eq!(found(&mut books, &list, &[1]), []);
    assert!(!is_absent(&books, 1, &list));
}

#[test]
fn a_new_one_that_shares_the_origin_or_the_name_forbids_absence() {
    for near in [shown(11, "A (2)", "git"), shown(11, "A", "other")] {
        let mut books = books([server("A", "git")]);
        let list = [near];
        assert_eq!(found(&mut books, &list, &[1]), []);
        assert!(!is_absent(&books, 1, &list), "{list:?}");
    }
}

#[test]
fn one_of_another_type_or_of_another_rows_key_does_not() {
    let books = books([server("A", "git"), server("B", "git")]);
    let list = [
        remote(11, "GITLAB_SERVER", "A", "https://git.example.org"),
        shown(12, "B", "git"),
    ];
    assert!(is_absent(&books, 1, &list));
}

#[test]
fn a_blank_origin_of_aws_matches_any() {
    let mut books = books([row(IntegrationType::Aws, Some("A"), None)]);
    let list = [remote(11, "AWS", "A", "https://aws.example.org")];
    assert_eq!(found(&mut books, &list, &[1]), [(1, 11)]);
}

#[test]
fn what_may_be_of_two_rows_is_of_neither() {
    let aws = |origin| row(IntegrationType::Aws, Some("A"), origin);
    let mut books = books([aws(None), aws(Some("https://aws.example.org"))]);
    let list = [remote(11, "AWS", "A", "https://aws.example.org")];
    assert_eq!(found(&mut books, &list, &[1, 2]), []);
    assert!(!is_absent(&books, 1, &list) && !is_absent(&books, 2, &list));
}

#[test]
fn a_row_without_a_name_is_found_by_a_name_that_is_no_rows() {
    let mut books = books([nameless("git"), server("B", "git")]);
    let list = [shown(11, "B", "git"), shown(12, "https://git/*", "git")];
    assert_eq!(found(&mut books, &list, &[1]), [(1, 12)]);
}

#[test]
fn a_row_without_a_name_is_never_absent() {
    let books = books([nameless("git")]);
    assert!(!is_absent(&books, 1, &[]));
}

#[test]
fn two_rows_without_a_name_are_not_guessed_apart() {
    let mut books = books([nameless("git"), nameless("git")]);
    let list = [shown(11, "generated", "git")];
    assert_eq!(found(&mut books, &list, &[1, 2]), []);
}

#[test]
fn a_row_that_is_in_doubt_already_may_be_what_appears() {
    let mut books = books([nameless("git"), nameless("git")]);
    books.set(1, Standing::InDoubt);
    let list = [shown(11, "generated", "git")];
    assert_eq!(found(&mut books, &list, &[2]), []);
}

#[test]
fn what_was_there_before_a_row_was_sent_is_not_its_own() {
    let mut books = books([nameless("git"), server("B", "git")]);
    books.know([11, 12].into_iter(), [1, 2].into_iter());
    let list = [shown(11, "generated", "git"), shown(12, "B", "git")];
    assert_eq!(found(&mut books, &list, &[1, 2]), []);
    assert!(is_absent(&books, 2, &list));
}

#[test]
fn what_an_earlier_row_may_have_left_is_not_given_to_one_sent_later() {
    let mut books = books([nameless("git"), nameless("git"), nameless("git")]);
    let left = shown(11, "generated", "git");
    assert_eq!(found(&mut books, std::slice::from_ref(&left), &[1, 2]), []);
    books.settled([5, 11]);
    books.sent(3);
    assert_eq!(found(&mut books, std::slice::from_ref(&left), &[3]), []);
    let list = [left, shown(12, "generated", "git")];
    assert_eq!(found(&mut books, &list, &[3]), [(3, 12)]);
}

#[test]
fn the_books_balance_when_each_row_is_there_once() {
    let mut books = books([server("A", "git"), server("B", "git")]);
    books.set(1, Standing::Created(11));
    assert!(
        books
            .balance(&[shown(11, "A", "git"), shown(12, "C", "git")])
            .is_none()
    );
}

#[test]
fn what_is_missing_double_or_refused_and_there_is_named() {
    let mut books = books([server("A", "git"), server("B", "git"), server("C", "git")]);
    books.set(1, Standing::Created(11));
    books.set(2, Standing::Created(12));
    books.set(3, Standing::Failed);
    let list = [
        shown(12, "B", "git"),
        shown(13, "B", "git"),
        shown(14, "C", "git"),
    ];
    let imbalance = books.balance(&list);
    assert_eq!(imbalance.missing, [1]);
    assert_eq!(imbalance.appeared, [3]);
    let doubles: Vec<_> = imbalance
        .doubles
        .iter()
        .map(|double| {
            (
                double.n,
                double.remotes.iter().map(|remote| remote.id).collect(),
            )
        })
        .collect();
    assert_eq!(doubles, [(2, vec![12, 13])]);
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
        let rows: Vec<BookRow> = rows
            .into_iter()
            .map(|(name, host)| name.map_or_else(|| nameless(host), |name| server(name, host)))
            .collect();
        let numbers: Vec<u32> = (1..).take(rows.len()).collect();
        let list: Vec<_> = (11..).zip(list).map(|(id, (name, host))| shown(id, name, host)).collect();
        let mut books = books(rows);
        let mut ids: Vec<i64> = found(&mut books, &list, &numbers).into_iter().map(|(_, id)| id).collect();
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
        let books = books([server("A", "git"), server("B", "git")]);
        prop_assert!(!is_absent(&books, 1, &list));
    }
}

#[test]
fn what_is_left_of_a_removed_row_is_a_double_if_a_request_of_ours_may_have_created_it() {
    let created_by = |requests: u32| {
        let mut row = server("A", "git");
        row.may_have_doubles = requests - 1;
        let mut books = books([row]);
        books.set(1, Standing::Created(11));
        books
    };
    let list = [shown(12, "A", "git")];
    for (requests, expected) in [(1, 0), (2, 1)] {
        let mut books = created_by(requests);
        books.remove(1, 11);
        let doubles = books.balance(&list).doubles;
        assert_eq!(doubles.len(), expected, "after {requests} requests");
    }
    let mut books = created_by(2);
    for id in [11, 12, 12] {
        books.remove(1, id);
    }
    let later = [shown(12, "A", "git"), shown(13, "A", "git")];
    assert!(books.balance(&later).is_none());
}

#[test]
fn what_was_there_before_a_row_was_sent_is_known() {
    let mut books = books([server("A", "a"), server("B", "b")]);
    books.know([20].into_iter(), [1].into_iter());
    books.set(2, Standing::Created(30));
    let before = |books: &Books, id| books.was_there_before(1, id);
    let ids = [5, 20, 30, 40];
    assert_eq!(ids.map(|id| before(&books, id)), [true, true, true, false]);
    books.sent(1);
    books.settled([40]);
    assert!(!before(&books, 40), "it came after the row was sent");
    books.sent(1);
    assert!(before(&books, 40), "a round left it over");
}
