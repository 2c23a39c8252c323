//! What an undo does where Jira's answers and lists leave it uncertain.

use std::io::{BufRead as _, BufReader};

use gij::sandbox::{Call, Fault};
use serde_json::json;

use crate::env::{Env, Ran, output_of, sheet_of, signal, status_of};

/// An environment whose run created `rows` rows.
fn created(rows: usize) -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(rows));
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(0);
    env
}

fn deletes(env: &Env) -> usize {
    let requests = env.jira().requests();
    let deletes = requests.iter().filter(|of| of.method == "DELETE");
    deletes.count()
}

fn removals(env: &Env) -> Vec<String> {
    let report = env.report();
    let rows = report["rows"].as_array().unwrap().iter();
    let outcome = |row: &serde_json::Value| row["removal"]["outcome"].as_str().map(str::to_owned);
    rows.map(|row| outcome(row).unwrap_or_default()).collect()
}

#[test]
fn a_double_beside_requests_that_created_nothing_is_someone_else_s() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira().script([Some(Fault::TooManyRequests)]);
    env.run(["import", "a.csv", "--yes"]).exit(0);
    assert_eq!(env.report()["rows"][0]["attempts"], 2);
    env.put("Team 1", "git1");
    env.run(["verify"])
        .exit(1)
        .says("more than once")
        .says("someone else")
        .says_nothing_of("--duplicates");
}

#[test]
fn a_deletion_without_an_answer_stays_in_doubt_when_the_undo_is_interrupted() {
    let env = created(2);
    env.jira().script_call(Call::Delete, [Some(Fault::Hang)]);
    let args = "undo --yes --concurrency 1 --timeout 2s --settle 100ms".split(' ');
    let child = env.start_until(args, |env| deletes(env) == 1);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    assert_eq!(removals(&env), ["in_doubt", ""]);
    // The deletion is carried out after all.
    let first = env.jira().held()[0].id;
    env.jira().remove(first);
    env.run(["undo", "--yes", "--settle", "100ms"]).exit(0);
    assert_eq!(removals(&env), ["removed", "removed"]);
}

#[test]
fn what_took_the_id_of_a_deletion_in_doubt_is_not_deleted() {
    let env = created(1);
    env.jira().script_call(Call::Delete, [Some(Fault::Hang)]);
    let args = ["undo", "--yes", "--timeout", "2s", "--settle", "100ms"];
    let child = env.start_until(args, |env| deletes(env) == 1);
    let id = env.jira().held()[0].id;
    env.jira().remove(id);
    let theirs = json!({
        "id": id, "type": "GITLAB", "displayName": "Theirs", "origin": "https://gitlab.com",
    });
    env.jira().put(theirs).unwrap();
    Ran::of(output_of(child)).exit(0);
    assert_eq!((env.held(), deletes(&env)), (vec!["Theirs".to_owned()], 1));
    assert_eq!(removals(&env), ["removed"]);
}

/// An environment whose run created its row twice: the first request came to its end after all.
fn doubled() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira().script([Some(Fault::CutBeforeCommit)]);
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
        .exit(0);
    env.put("Team 1", "git1");
    env
}

#[test]
fn an_undo_that_leaves_a_double_of_ours_is_not_done() {
    let env = doubled();
    for _ in 0..2 {
        env.run(["undo", "--yes", "--settle", "50ms"])
            .exit(1)
            .says("several requests of this run may have created it")
            .says("--duplicates")
            .says_nothing_of("nothing is left to do");
        assert_eq!(env.held(), ["Team 1"]);
    }
    env.run(["verify"])
        .exit(1)
        .says("its integration is removed, but Jira still holds another with its key")
        .says("--duplicates");
    let double = env.jira().held()[0].id;
    env.jira().remove(double);
    env.run(["undo", "--yes", "--settle", "50ms"])
        .exit(0)
        .says("nothing is left to do");
}

#[test]
fn what_somebody_else_made_after_an_undo_is_no_double_of_ours() {
    let env = created(1);
    env.run(["undo", "--yes", "--settle", "50ms"]).exit(0);
    env.put("Team 1", "git1");
    env.run(["undo", "--yes", "--settle", "50ms"])
        .exit(0)
        .says("nothing that");
    env.run(["verify"]).exit(0);
}

/// How often the list was read to its end.
fn lists(env: &Env) -> usize {
    let requests = env.jira().requests();
    let lists = requests.iter().filter(|of| {
        of.method == "GET" && of.path.ends_with("/integration") && of.status.is_some()
    });
    lists.count()
}

#[test]
fn what_a_list_does_not_show_yet_is_not_gone() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().freeze_list();
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
        .exit(1);
    env.run(["undo", "--dry-run"])
        .exit(0)
        .says("not in Jira's list")
        .says_nothing_of("gone");
    let before = lists(&env);
    // The first list is for getting there, the second for the plan.
    let args = ["undo", "--yes", "--settle", "3s"];
    let child = env.start_until(args, |env| lists(env) == before + 2);
    env.jira().thaw_list();
    Ran::of(output_of(child))
        .exit(0)
        .says(", then settling 2 rows")
        .says("2 were removed since");
    assert!(env.held().is_empty());
    assert_eq!(removals(&env), ["removed", "removed"]);
}

#[test]
fn a_deletion_without_an_answer_is_not_judged_before_jira_had_its_time() {
    let env = created(1);
    env.jira().script_call(Call::Delete, [Some(Fault::Hang)]);
    let args = ["undo", "--yes", "--timeout", "1s", "--settle", "2s"];
    let mut child = env.start_until(args, |env| deletes(env) == 1);
    // It is there, and for a while no list shows it.
    let first = env.jira().held()[0].clone();
    env.jira().remove(first.id);
    env.jira().freeze_list();
    let again = json!({
        "id": first.id, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "initDate": first.init_date,
    });
    env.jira().put(again).unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    for line in said.lines() {
        if line.unwrap().contains(", then settling 1 row") {
            env.jira().thaw_list();
        }
    }
    assert_eq!(status_of(&mut child).code(), Some(0));
    assert_eq!((deletes(&env), env.held().len()), (2, 0));
    assert_eq!(removals(&env), ["removed"]);
}

#[test]
fn what_was_gone_already_does_not_count_as_removed() {
    let env = created(2);
    let first = env.jira().held()[0].id;
    env.jira().remove(first);
    env.run(["undo", "--yes", "--settle", "50ms"])
        .exit(0)
        .says("1 was removed since, 1 was already gone");
}

/// An environment whose run created the first row, and of whose second row nobody knows which of two it is, if any.
fn in_doubt() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([None, Some(Fault::Hang)]);
    let args = "import a.csv --yes --settle 50ms --timeout 2s --concurrency 1".split(' ');
    let child = env.start_until(args, |env| env.posts() == 2);
    for _ in 0..2 {
        env.put("Team 2", "git2");
    }
    Ran::of(output_of(child)).exit(1);
    assert_eq!(env.total("in_doubt"), 1);
    env
}

#[test]
fn an_undo_is_not_done_while_a_row_is_in_doubt() {
    let env = in_doubt();
    let undo = ["undo", "--yes", "--settle", "50ms"];
    env.run(undo)
        .exit(1)
        .says("in doubt")
        .says("--absent")
        .says_nothing_of("nothing is left to do");
    assert_eq!(env.held(), ["Team 2", "Team 2"]);
    env.run(undo.into_iter().chain(["--rows", "2"])).exit(0);
    env.run(undo.into_iter().chain(["--absent", "3"])).exit(0);
    assert_eq!(env.held(), ["Team 2", "Team 2"]);
    assert_eq!(env.total("in_doubt"), 0);
}

#[test]
fn a_row_in_doubt_that_is_adopted_can_be_taken_back() {
    let env = in_doubt();
    let id = env.jira().held()[1].id;
    let adopt = format!("3={id}");
    let undo = ["undo", "--yes", "--settle", "50ms", "--adopt", &adopt];
    env.run(undo.into_iter().chain(["--include-found"])).exit(0);
    assert_eq!(env.held(), ["Team 2"]);
    assert_eq!(removals(&env), ["removed", "removed"]);
}
