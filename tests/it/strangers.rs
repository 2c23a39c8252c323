//! What others do in Jira while a run is at work is never taken for its own.

use std::time::Duration;

use gij::sandbox::Fault;

use crate::echo::Echo;
use crate::env::{Env, Ran, interrupted_at_second, output_of, sheet_of};

#[test]
fn what_was_there_before_a_resumed_run_sent_is_not_found_as_its_own() {
    let sheet = "type,origin,pat\nGITHUB_SERVER,https://git1.example.org,pat-1-invented\n\
                 GITHUB_SERVER,https://git2.example.org,pat-2-invented\n";
    let env = interrupted_at_second(sheet);
    let id = env.put("Stranger", "git2");
    env.jira().script([Some(Fault::CutBeforeCommit)]);
    env.run(["resume", "--yes", "--settle", "100ms"]).exit(1);
    assert_ne!(env.report()["rows"][1]["id"], id);
    assert_eq!(env.total("in_doubt"), 1);
    // Nor by a later session.
    env.run(["resume", "--yes", "--settle", "100ms"]).exit(1);
    assert_eq!(env.total("in_doubt"), 1);
}

#[test]
fn what_was_there_before_a_resumed_run_sent_does_not_forbid_absence() {
    let env = interrupted_at_second(&sheet_of(2));
    env.put("Stranger", "git2");
    env.jira().script([Some(Fault::Error502Before)]);
    env.run(["resume", "--yes", "--settle", "100ms"]).exit(0);
    assert_eq!((env.total("created"), env.jira().held().len()), (2, 3));
}

#[test]
fn what_existed_when_somebody_agreed_is_never_created() {
    let env = Env::new()
        .slow_sandbox(Duration::from_millis(150))
        .file("a.csv", sheet_of(2));
    let id = env.put("Team 1", "git1");
    // Gone between the list of the plan and the one before sending.
    let lists = |env: &Env| env.requests("GET", "/integration");
    let child = env.start_until(["import", "a.csv", "--yes"], |env| {
        lists(env) == 1 && env.requests("GET", "/serverInfo") == 1
    });
    env.jira().remove(id);
    let ran = Ran::of(output_of(child)).exit(4);
    drop(
        ran.says("Jira changed after the plan was made")
            .says("a.csv:2"),
    );
    assert_eq!((env.posts(), env.jira().held().len()), (0, 0));
}

#[test]
fn an_integration_that_was_there_before_cannot_be_adopted_nor_one_twice() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    let before = env.put("Old", "old");
    env.jira().script([Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    let adopt = format!("a.csv!2={before}");
    env.run(["resume", "--yes", "--adopt", &adopt])
        .exit(2)
        .says("before the run");
    let new = env.put("New", "new");
    let adopt = format!("a.csv!2={new}");
    env.run(["resume", "--yes", "--adopt", &adopt, "--adopt", &adopt])
        .exit(2)
        .says("belongs to another row");
}

/// An environment with a sheet of `rows` rows, and a server that answers all creations alike.
fn before(echo: &Echo, rows: usize) -> Env {
    Env::new()
        .file("a.csv", sheet_of(rows))
        .var("JIRA_URL", &echo.url())
        .var("JIRA_TOKEN", "t")
}

#[test]
fn one_id_for_two_rows_is_one_creation() {
    // As a cache on the way may answer.
    let body = r#"{"success":true,"integration":{"id":7,"type":"GITHUB_SERVER"}}"#;
    let echo = Echo::start(200, body, "");
    let env = before(&echo, 2);
    let args = "import a.csv --yes --settle 50ms --retries 0".split(' ');
    env.run(args).exit(1);
    // The list lacks even the one that was answered, so that it proves nothing about the other.
    assert_eq!((env.total("created"), env.total("in_doubt")), (1, 1));
    assert!(
        [0, 1]
            .iter()
            .all(|n| env.report()["rows"][*n]["attempts"] == 1)
    );
}

#[test]
fn what_an_answer_names_that_was_there_before_a_resume_is_not_its_row_s() {
    let echo = Echo::start(400, r#"{"success":false,"error":"not now"}"#, "");
    let env = before(&echo, 1);
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
        .exit(1);
    let stranger = r#"{"id":77,"integrationType":"GITHUB_SERVER","displayName":"Stranger",
        "origin":"https://else.example.org","initDate":1760000000000}"#;
    // As a cache on the way may answer.
    echo.say(200, r#"{"success":true,"integration":{"id":77}}"#, stranger);
    let args = "resume --yes --settle 50ms --retries 0".split(' ');
    env.run(args).exit(1).says("which was there before");
    assert_eq!((env.total("created"), env.total("failed")), (0, 1));
    env.run(["undo", "--yes"]).exit(0).says("is left to undo");
}

#[test]
fn what_a_new_id_names_is_created_however_jira_stores_it() {
    for said in [r#""type":"GITLAB_SERVER""#, r#""displayName":"Team 12""#] {
        let held = format!(r#"{{"id":7,{said}}}"#);
        let body = format!(r#"{{"success":true,"integration":{held}}}"#);
        let echo = Echo::start(200, &body, "");
        let env = before(&echo, 1);
        let args = "import a.csv --yes --settle 50ms";
        env.run(args.split(' '));
        assert_eq!((env.total("created"), env.total("failed")), (1, 0));
        assert_eq!(env.report()["rows"][0]["attempts"], 1);
    }
}

#[test]
fn an_answer_may_leave_out_and_tidy_up_what_the_row_says() {
    for said in [
        r#""displayName":" Team  1""#,
        r#""type":"GitHub Server","displayName":null"#,
        r#""type":"SOMETHING_NEW""#,
    ] {
        let body = format!(r#"{{"success":true,"integration":{{"id":7,{said}}}}}"#);
        let echo = Echo::start(200, &body, "");
        let env = before(&echo, 1);
        env.run("import a.csv --yes --settle 50ms".split(' '));
        assert_eq!(env.total("created"), 1, "{said}");
    }
}
