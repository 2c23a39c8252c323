//! What has become of a run's integrations since.

use std::time::Duration;

use gij::sandbox::{Call, Config, Fault};
use serde_json::json;

use crate::env::{Env, sheet_of};

fn created(config: Config) -> Env {
    let env = Env::new().sandbox_with(config).file("a.csv", sheet_of(3));
    // One at a time, so that the ids are in the order of the rows.
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(0)
        .says("gij verify");
    env
}

#[test]
fn what_is_indexed_is_said() {
    let env = created(Config::default());
    env.run(["verify"])
        .exit(0)
        .says("3 integrations")
        .says("3 indexed; 6 repositories found");
    assert_eq!(env.report()["run"]["sessions"][1]["kind"], "verify");
}

#[test]
fn what_is_not_indexed_yet_is_named() {
    let config = Config {
        index_after: None,
        ..Config::default()
    };
    let env = created(config);
    env.run(["verify"])
        .exit(0)
        .says("3 not yet")
        .says("a.csv:2  Team 1");
}

#[test]
fn what_is_disabled_or_gone_is_named() {
    let env = created(Config::default());
    let held = env.jira().held();
    for index in [0, 1] {
        env.jira().remove(held[index].id);
    }
    env.jira()
        .put(json!({
            "id": held[1].id, "type": "GITHUB_SERVER", "displayName": "Team 2",
            "origin": "https://git2.example.org", "disabled": true, "initDate": held[1].init_date,
        }))
        .unwrap();
    let report = env.run(["verify", "--format", "json"]).exit(1).json();
    assert_eq!(
        report["totals"],
        json!({
            "indexed": 1, "not_yet": 0, "no_repositories": 0, "disabled": 1, "replaced": 0, "gone": 1
        })
    );
    let gone = &report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["state"] == "gone");
    assert!(gone.is_some());
}

#[test]
fn what_is_there_twice_is_named() {
    let env = created(Config::default());
    env.put("Team 1", "git1");
    env.run(["verify"])
        .exit(1)
        .says("more than once")
        .says("someone else");
}

#[test]
fn a_run_that_was_undone_has_nothing_left_to_verify() {
    let env = created(Config::default());
    env.run(["undo", "--yes"]).exit(0);
    env.run(["verify"]).exit(0).says("0 integrations");
}

#[test]
fn a_row_that_was_refused_and_is_there_is_told() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(1);
    env.run(["verify"]).exit(0);
    env.put("Team 1", "git1");
    let ran = env
        .run(["verify"])
        .exit(1)
        .says(" in doubt a.csv:2  Jira refused it")
        .says("gij resume");
    assert_eq!(ran.stderr.matches("settle the rows in doubt").count(), 1);
    assert_eq!(env.total("in_doubt"), 1);
}

#[test]
fn rows_in_doubt_are_told_though_nothing_is_known_to_be_created() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira().script([Some(Fault::LoginPage)]);
    env.run(["import", "a.csv", "--yes"]).exit(4);
    assert_eq!(env.total("in_doubt"), 1);
    env.run(["verify"])
        .exit(1)
        .says(" in doubt a.csv:2  it is not known")
        .says("settle the rows in doubt:\n  gij resume 2");
    let report = env.run(["verify", "--format", "json"]).exit(1).json();
    assert_eq!(report["in_doubt"], json!(["a.csv:2"]));
    // Once its taking back has begun, that settles them.
    env.run(["undo", "--yes", "--absent", "2"]).exit(0);
    let report = env.run(["verify", "--format", "json"]).exit(0).json();
    assert_eq!(
        (&report["in_doubt"], &report["rows"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn how_the_run_ended_stays_as_it_was() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    let told = |env: &Env| {
        let report = env.report();
        let runs = env.run(["runs", "--format", "json"]).exit(0).json();
        let run = &runs["runs"][0];
        [
            report["run"]["ending"].clone(),
            report["run"]["stopped"].clone(),
            report["finished"].clone(),
            run["ending"].clone(),
            run["command"].clone(),
            run["why"].clone(),
        ]
    };
    let before = told(&env);
    assert_eq!(before[0], "stopped");
    env.run(["verify"]).exit(1).says("a.csv:3  it is not known");
    assert_eq!(told(&env), before);
}

#[test]
fn an_integration_without_repositories_is_named_and_fails_the_verification() {
    let env = created(Config::default());
    env.jira().find_nothing(2);
    env.run(["verify"])
        .exit(1)
        .says("no repositories a.csv:3  Team 2  id 2")
        .says("gij verify 2");
    let report = env.run(["verify", "--format", "json"]).exit(1).json();
    assert_eq!(report["totals"]["no_repositories"], 1);
    let found = report["rows"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(|row| row["repositories"].clone()).collect();
    assert_eq!(found, [json!(2), json!(0), json!(1)]);
}

#[test]
fn verify_waits_for_repositories() {
    let config = Config {
        index_after: Some(Duration::from_millis(1500)),
        ..Config::default()
    };
    let env = created(config);
    env.run(["verify", "--wait", "2m"])
        .exit(0)
        .says("3 indexed; 6 repositories found");
}

#[test]
fn what_is_still_not_indexed_after_the_wait_fails_the_verification() {
    let config = Config {
        index_after: None,
        ..Config::default()
    };
    let env = created(config);
    env.run(["verify", "--wait", "1ms"])
        .exit(1)
        .says("3 not yet");
}

#[test]
fn an_integration_of_another_time_or_type_under_the_id_is_not_taken_for_ours() {
    let env = created(Config::default());
    let held = env.jira().held();
    for (index, kind, later) in [(0, "GITHUB_SERVER", 999_000), (1, "GITLAB_SERVER", 0)] {
        let ours = &held[index];
        env.jira().remove(ours.id);
        let theirs = json!({
            "id": ours.id, "type": kind, "displayName": ours.display_name, "origin": ours.origin,
            "initDate": ours.init_date + later,
        });
        env.jira().put(theirs).unwrap();
    }
    // The list may round the date of the third one to seconds.
    let third = &held[2];
    env.jira().remove(third.id);
    let rounded = json!({
        "id": third.id, "type": "GITHUB_SERVER", "displayName": third.display_name, "origin": third.origin,
        "initDate": third.init_date / 1000 * 1000,
    });
    env.jira().put(rounded).unwrap();
    let report = env.run(["verify", "--format", "json"]).exit(1).json();
    let states = report["rows"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["replaced", "replaced", "indexed"]);
}

#[test]
fn an_app_that_does_not_list_repositories_is_judged_by_dates() {
    let env = created(Config::default());
    env.jira()
        .script_call(Call::Repositories, [Some(Fault::NotFound)]);
    env.run(["verify"])
        .exit(0)
        .says("does not list repositories")
        .says("3 indexed")
        .says_nothing_of("found");
}
