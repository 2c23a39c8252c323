//! Going on with a run whose journal is damaged.

use gij::sandbox::{Fault, LoggedRequest};

use crate::env::{Env, Ran, output_of, sheet_of, status_of};

/// Changes each line of the run's journal; none: the line is zeros.
fn damage(env: &Env, change: impl Fn(&str) -> Option<String>) {
    let path = env.runs()[0].join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| {
        let line = change(line).unwrap_or_else(|| "\0".repeat(line.len()));
        line + "\n"
    });
    std::fs::write(&path, lines.collect::<String>()).unwrap();
}

fn outcomes(env: &Env) -> Vec<String> {
    let report = env.report();
    let rows = report["rows"].as_array().unwrap();
    let outcome = |row: &serde_json::Value| row["outcome"].as_str().unwrap().to_owned();
    rows.iter().map(outcome).collect()
}

#[test]
fn what_was_there_before_is_not_taken_for_created_once_the_baseline_is_lost() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(5));
    env.put("Team 5", "git5");
    env.jira()
        .script([None, Some(Fault::CutAfterCommit), Some(Fault::Unauthorized)]);
    let options = ["--yes", "--concurrency", "1", "--settle", "100ms"];
    let run = |command: &[&'static str]| env.run(command.iter().copied().chain(options));
    run(&["import", "a.csv"]).exit(4);
    damage(&env, |line| {
        let is_baseline = line.contains("\"why\":\"baseline\"");
        (!is_baseline).then(|| line.to_owned())
    });
    run(&["resume"])
        .exit(4)
        .says("has lost the list of what Jira held before the run")
        .says("--adopt");
    // What was sent is found by its name; of the others nobody can say whether they were there.
    assert_eq!(
        outcomes(&env),
        ["created", "created", "in_doubt", "in_doubt", "in_doubt"]
    );
    assert_eq!((env.posts(), env.jira().held().len()), (3, 3));
    env.run(["runs"])
        .exit(0)
        .says("this run can send nothing more")
        .says("gij import FILE")
        .says_nothing_of("gij resume 2");
    run(&["import", "a.csv"])
        .exit(2)
        .says("this run can send nothing more")
        .says("--new-run")
        .says_nothing_of("gij resume");
    run(&["import", "a.csv", "--new-run"]).exit(0);
    assert_eq!(env.jira().held().len(), 5);
}

#[test]
fn an_attempt_that_the_journal_has_lost_is_given_its_time_to_show() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira()
        .script([Some(Fault::Error502Before), Some(Fault::Hang)]);
    let args = ["import", "a.csv", "--yes", "--settle", "10ms"];
    let mut child = env.start_until(args, |env| env.posts() == 2);
    child.kill().unwrap();
    status_of(&mut child);
    // The second intent is lost, and the first attempt ended long ago.
    damage(&env, |line| {
        let is_second = line.contains("\"intent\"") && line.contains("\"attempt\":2");
        (!is_second).then(|| line.replace("\"at\":\"2", "\"at\":\"1"))
    });
    let lists = || {
        let is_list = |path: &str| path.ends_with("/integration");
        let answered =
            |request: &LoggedRequest| request.method == "GET" && request.status.is_some();
        let requests = env.jira().requests().into_iter();
        requests
            .filter(|request| answered(request) && is_list(&request.path))
            .count()
    };
    let before = lists();
    let args = ["resume", "--yes", "--settle", "1s"];
    let child = env.start_until(args, |_| lists() == before + 2);
    env.put("Team 1", "git1");
    Ran::of(output_of(child)).exit(0);
    assert_eq!((env.posts(), env.jira().held().len()), (2, 1));
    assert_eq!(outcomes(&env), ["created"]);
}

#[test]
fn damage_is_told_each_time_for_a_row_may_be_missing() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    let run = |command: &[&'static str]| env.run(command.iter().copied().chain(["--yes"]));
    run(&["import", "a.csv"]).exit(0);
    damage(&env, |line| {
        (!line.contains("\"n\":2,\"place\"")).then(|| line.to_owned())
    });
    for _ in 0..2 {
        run(&["resume", "--settle", "10ms"])
            .exit(1)
            .says("the journal is damaged at line 3")
            .says("with unknown outcomes")
            .says("gij import FILE --dry-run");
    }
    env.run(["verify"]).exit(1).says("has lost rows");
    env.run(["runs"]).exit(0).says("the journal has lost rows");
    assert_eq!(env.report()["run"]["may_lack_rows"], true);
    assert_eq!((env.posts(), env.jira().held().len()), (3, 3));
    for _ in 0..2 {
        run(&["undo", "--settle", "10ms"])
            .exit(1)
            .says("find what they created in Jira")
            .says("remove it there")
            .says_nothing_of("nothing is left to do");
    }
    assert_eq!(env.jira().held().len(), 1, "what is lost cannot be removed");
}
