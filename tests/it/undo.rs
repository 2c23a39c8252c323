//! What a run created is taken back, and only that.

use std::time::Duration;

use gij::sandbox::{Call, Condition, Fault};
use serde_json::json;

use crate::env::{Env, Ran, output_of, sheet_of, signal, status_of};

/// An environment whose run created `rows` rows beside an integration that was there before.
fn created(rows: usize) -> Env {
    created_in(Env::new().sandbox(), rows)
}

fn created_in(env: Env, rows: usize) -> Env {
    let env = env.file("a.csv", sheet_of(rows));
    env.put("Before", "old");
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env
}

fn undo(env: &Env, options: &[&str]) -> Ran {
    let args = ["undo", "last", "--yes", "--settle", "100ms"];
    env.run(args.iter().chain(options).copied())
}

/// How many rows of the report an undo left with this outcome.
fn removals(env: &Env, outcome: &str) -> usize {
    let report = env.report();
    let rows = report["rows"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["removal"]["outcome"] == outcome)
        .count()
}

#[test]
fn what_the_run_created_is_removed_and_nothing_else() {
    let env = created(3);
    undo(&env, &[]).exit(0).says("3 were removed since");
    assert_eq!(env.held(), ["Before"]);
    assert_eq!((env.total("created"), removals(&env, "removed")), (3, 3));
    assert_eq!(env.total("removed"), 3);
    env.run(["runs"]).exit(0).says("3 created, 3 removed since");
    assert_eq!(env.report()["run"]["sessions"][1]["kind"], "undo");
    let deletes = env.jira().requests();
    let paths = deletes
        .iter()
        .filter(|request| request.method == "DELETE")
        .map(|r| &r.path);
    assert!(paths.clone().count() == 3 && paths.clone().all(|path| !path.contains("deleteFiles")));
}

#[test]
fn a_dry_run_removes_nothing_and_writes_nothing() {
    let env = created(2);
    let journal = || std::fs::read(env.runs()[0].join("journal.jsonl")).unwrap();
    let before = journal();
    env.run(["undo", "--dry-run"])
        .exit(0)
        .says("Remove 2 integrations")
        .says("nothing was removed")
        .says("gij undo");
    assert_eq!((env.held().len(), journal()), (3, before));
    let plan = env
        .run(["undo", "--dry-run", "--format", "json"])
        .exit(0)
        .json();
    assert_eq!(
        (plan["plan"][0]["action"].clone(), plan["format"].clone()),
        (json!("remove"), json!(1))
    );
}

#[test]
fn without_consent_nothing_is_removed() {
    let env = created(1);
    env.run(["undo"]).exit(2).says("--yes");
    assert_eq!(env.held().len(), 2);
}

#[test]
fn rows_and_columns_select_what_is_removed() {
    let env = created(4);
    undo(&env, &["--rows", "3-4"])
        .exit(0)
        .says("the chosen rows are undone; the others stay as they are");
    assert_eq!(env.held(), ["Before", "Team 1", "Team 4"]);
    undo(&env, &["--only", "Name=team 4"]).exit(0);
    assert_eq!(env.held(), ["Before", "Team 1"]);
    env.run(["undo", "--yes", "--only", "Budget=7"])
        .exit(2)
        .says("no table has the column `Budget`");
    env.run(["undo", "--yes", "--rows", "77"])
        .exit(2)
        .says("select no row");
}

#[test]
fn a_sheet_that_has_changed_selects_nothing_by_a_column_of_its_own() {
    let sheet = "Team,type,displayName,pat\nPayments,GITHUB,A,p\nSearch,GITHUB,B,p\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let env = env.file("a.csv", sheet.replace("Search", "Payments"));
    undo(&env, &["--only", "Team=Payments"])
        .exit(2)
        .says("the files of the run have changed")
        .says("`--rows`");
    assert_eq!(env.held(), ["A", "B"]);
    let env = env.file("a.csv", sheet);
    undo(&env, &["--only", "Team=Payments"]).exit(0);
    assert_eq!(env.held(), ["B"]);
}

#[test]
fn what_is_left_alone_for_one_reason_is_one_line() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(12));
    env.jira().script(vec![Some(Fault::CutAfterCommit); 12]);
    env.run("import a.csv --yes --settle 100ms".split(' '))
        .exit(0);
    let ran = undo(&env, &[])
        .exit(1)
        .says("left alone a.csv (2-13)  12 rows: ");
    assert_eq!(
        ran.stdout.matches("left alone").count(),
        1,
        "{}",
        ran.stdout
    );
}

/// An environment in which somebody put another integration in the place of the first row's, with `more` said of it.
fn replaced(more: impl FnOnce(i64) -> serde_json::Value) -> Env {
    let env = created(2);
    let first = env.jira().held()[1].clone();
    env.jira().remove(first.id);
    let mut theirs = json!({
        "id": first.id, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
    });
    let more = more(first.init_date);
    theirs
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    env.jira().put(theirs).unwrap();
    env
}

#[test]
fn another_integration_under_the_same_id_is_never_removed() {
    let env = replaced(|init_date| json!({"initDate": init_date + 60_000}));
    undo(&env, &["--include-changed", "--include-found"])
        .exit(1)
        .says("left alone")
        .says("has its id now");
    assert_eq!(env.held(), ["Before", "Team 1"]);
}

#[test]
fn what_somebody_changed_since_is_left_alone_unless_it_is_included() {
    let env = replaced(|init_date| json!({"initDate": init_date, "disabled": true}));
    undo(&env, &[]).exit(1).says("disabled was false, is true");
    assert_eq!(env.held(), ["Before", "Team 1"]);
    undo(&env, &["--include-changed"]).exit(0);
    assert_eq!(env.held(), ["Before"]);
}

#[test]
fn what_was_found_by_a_list_is_left_alone_unless_it_is_included() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(2))
        .faults([Some(Fault::CutAfterCommit)]);
    env.run("import a.csv --yes --settle 100ms --concurrency 1".split(' '))
        .exit(0);
    undo(&env, &[])
        .exit(1)
        .says("continue the undo:\n  gij undo ")
        .says(" --include-found\n");
    assert_eq!(
        (env.held(), removals(&env, "left_alone")),
        (vec!["Team 1".to_owned()], 1)
    );
    undo(&env, &["--include-found"]).exit(0);
    assert!(env.held().is_empty());
}

#[test]
fn what_was_found_by_a_list_and_changed_since_is_left_alone_unless_it_is_included() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira().script([Some(Fault::CutAfterCommit)]);
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
        .exit(0);
    let made = env.jira().held()[0].clone();
    env.jira().remove(made.id);
    let taken_over = json!({
        "id": made.id, "type": "GITHUB_SERVER", "displayName": "Theirs now", "origin": "https://else.example.org",
        "initDate": made.init_date,
    });
    env.jira().put(taken_over).unwrap();
    undo(&env, &["--include-found"])
        .exit(1)
        .says("displayName was Team 1")
        .says("origin was https://git1.example.org")
        .says("--include-changed");
    assert_eq!(env.held(), ["Theirs now"]);
    undo(&env, &["--include-found", "--include-changed"]).exit(0);
    assert!(env.held().is_empty());
}

#[test]
fn what_is_gone_already_is_said_to_be() {
    let env = created(2);
    let first = env.jira().held()[1].id;
    env.jira().remove(first);
    undo(&env, &[]).exit(0);
    assert_eq!(
        (removals(&env, "already_gone"), removals(&env, "removed")),
        (1, 1)
    );
}

#[test]
fn an_answer_that_says_nothing_is_judged_by_the_list() {
    for fault in [
        Fault::CutBeforeCommit,
        Fault::CutAfterCommit,
        Fault::Error502Before,
        Fault::Error502After,
        Fault::TooManyRequests,
        Fault::NotFound,
    ] {
        let env = created(3);
        env.jira().script_call(Call::Delete, [Some(fault)]);
        undo(&env, &[]).exit(0);
        assert_eq!(
            (env.held(), removals(&env, "removed")),
            (vec!["Before".to_owned()], 3),
            "{fault}"
        );
    }
}

#[test]
fn a_refusal_leaves_the_integration_and_is_told() {
    let env = created(2);
    env.jira()
        .script_call(Call::Delete, [Some(Fault::Failure400)]);
    undo(&env, &["--concurrency", "1"]).exit(1).says("failed");
    assert_eq!((env.held().len(), removals(&env, "failed")), (2, 1));
    undo(&env, &[]).exit(0);
    assert_eq!(env.held(), ["Before"]);
}

#[test]
fn an_undo_killed_half_way_goes_on() {
    let slow = Env::new().slow_sandbox(Duration::from_millis(20));
    let env = created_in(slow, 40);
    let mut child = env.start_until(["undo", "--yes"], |env| env.jira().held().len() < 30);
    child.kill().unwrap();
    status_of(&mut child);
    env.run(["resume", "--yes"])
        .exit(2)
        .says("being undone")
        .says("gij undo");
    undo(&env, &[]).exit(0);
    assert_eq!(
        (env.held(), removals(&env, "removed")),
        (vec!["Before".to_owned()], 40)
    );
}

#[test]
fn an_interrupted_undo_reports_and_goes_on() {
    let slow = Env::new().slow_sandbox(Duration::from_millis(20));
    let env = created_in(slow, 40);
    let child = env.start_until(["undo", "--yes"], |env| env.jira().held().len() < 30);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130).says("gij undo");
    assert_eq!(removals(&env, "removed"), 41 - env.jira().held().len());
    undo(&env, &[]).exit(0);
    assert_eq!(env.held(), ["Before"]);
}

#[test]
fn a_jira_that_turns_us_away_stops_the_undo() {
    let env = created(3);
    env.jira()
        .script_call(Call::Delete, [Some(Fault::Unauthorized)]);
    undo(&env, &["--concurrency", "1"])
        .exit(4)
        .says("refused the login");
    assert_eq!(env.held().len(), 4);
    undo(&env, &[]).exit(0);
    assert_eq!(env.held(), ["Before"]);
}

#[test]
fn rows_in_doubt_are_settled_first_without_sending() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    let posts = env.posts();
    undo(&env, &[]).exit(0);
    assert!(env.held().is_empty());
    assert_eq!((env.posts(), env.total("in_doubt")), (posts, 0));
}

#[test]
fn a_second_undo_has_nothing_left_to_do() {
    let env = created(1);
    undo(&env, &[]).exit(0);
    undo(&env, &[]).exit(0).says("nothing that");
    env.jira().set_condition(Condition::Unauthorized);
    undo(&env, &[]).exit(0);
}

#[test]
fn doubles_are_asked_for_one_by_one_so_somebody_must_be_there() {
    let env = created(1);
    env.run(["undo", "--duplicates"])
        .exit(2)
        .says("no terminal to confirm");
}

/// An environment whose run was undone, and whose list shows the first row's integration all the same.
fn shown_after_an_undo() -> Env {
    let env = created(2);
    let first = env.jira().held()[1].clone();
    env.run(["undo", "last", "--yes", "--settle", "0ms"])
        .exit(0);
    let shown = json!({
        "id": first.id, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "initDate": first.init_date,
    });
    env.jira().put(shown).unwrap();
    env
}

#[test]
fn what_was_just_removed_does_not_exist_though_a_list_that_lags_shows_it() {
    let env = shown_after_an_undo();
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("Create 2 integrations");
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("Jira's list still shows 1 integration that an undo has just removed");
    assert_eq!((env.total("created"), env.total("exists")), (2, 0));
}

#[test]
fn what_a_list_shows_longer_after_an_undo_than_it_lags_is_there() {
    let env = shown_after_an_undo();
    env.run(["import", "a.csv", "--yes", "--settle", "0ms"])
        .exit(0)
        .says_nothing_of("still shows");
    assert_eq!((env.total("created"), env.total("exists")), (1, 1));
}

#[test]
fn another_integration_under_the_id_of_one_that_was_just_removed_is_there() {
    let env = created(2);
    let first = env.jira().held()[1].clone();
    undo(&env, &[]).exit(0);
    let other = json!({
        "id": first.id, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "initDate": first.init_date + 60_000,
    });
    env.jira().put(other).unwrap();
    env.run(["import", "a.csv", "--yes"]).exit(0);
    assert_eq!((env.total("created"), env.total("exists")), (1, 1));
}

/// A sheet of three rows of two teams.
fn of_teams() -> String {
    let teams = ["Team", "Payments", "Search", "Payments"];
    let lines = sheet_of(3);
    let lines = lines.lines().zip(teams);
    let lines: Vec<String> = lines.map(|(line, team)| format!("{line},{team}")).collect();
    lines.join("\n")
}

#[test]
fn a_column_that_only_the_sheet_has_selects_what_is_removed() {
    let env = Env::new().sandbox().file("a.csv", of_teams());
    env.run(["import", "a.csv", "--yes"]).exit(0);
    undo(&env, &["--only", "Tema=Payments"])
        .exit(2)
        .says("did you mean `Team`?");
    assert_eq!(env.held().len(), 3);
    undo(&env, &["--only", "team=payments"]).exit(0);
    assert_eq!(env.held(), ["Team 2"]);
}

#[test]
fn after_an_undo_of_chosen_rows_the_others_are_resumed() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3)).faults([
        None,
        None,
        Some(Fault::Failure400),
    ]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(1);
    undo(&env, &["--rows", "2"]).exit(0).says("gij resume");
    let runs = env.run(["runs"]).exit(0);
    runs.says("1 removed since").says("gij resume");
    env.run(["resume", "--yes"]).exit(0);
    assert_eq!(env.held(), ["Team 2", "Team 3"]);
    undo(&env, &[]).exit(0);
    env.run(["resume", "--yes"]).exit(2).says("is being undone");
}
