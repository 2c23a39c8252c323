//! Rows whose answers leave them in doubt are settled by Jira's list.

use std::time::Duration;

use gij::sandbox::{Config, Fault};
use serde_json::Value;

use crate::env::{Env, Ran, output_of, sheet_of, signal};

fn import(env: &Env) -> Ran {
    import_with(env, &["--settle", "300ms", "--concurrency", "1"])
}

fn import_with(env: &Env, options: &[&str]) -> Ran {
    let args = ["import", "a.csv", "--yes"].iter().chain(options);
    env.run(args.copied())
}

fn with_fault(rows: usize, fault: Fault) -> Env {
    Env::new()
        .sandbox()
        .file("a.csv", sheet_of(rows))
        .faults([Some(fault)])
}

/// The outcome of the first row, and how many of its key Jira holds.
fn first(env: &Env) -> (String, usize) {
    let outcome = env.report()["rows"][0]["outcome"].clone();
    let held = env.jira().held();
    let of_it = held.iter().filter(|i| i.display_name == "Team 1").count();
    (outcome.as_str().unwrap().to_owned(), of_it)
}

#[test]
fn what_was_created_without_an_answer_is_found() {
    for fault in [
        Fault::CutAfterCommit,
        Fault::BrokenOff,
        Fault::Error500After,
        Fault::Error502After,
        Fault::Error503After,
        Fault::Error504After,
        Fault::NoId,
    ] {
        let env = with_fault(3, fault);
        import(&env).exit(0).says("3 of 3 integrations created");
        assert_eq!((env.posts(), env.total("created")), (3, 3), "{fault}");
        assert_eq!(first(&env), ("created".into(), 1), "{fault}");
        assert!(env.report()["rows"][0]["id"].is_number(), "{fault}");
    }
}

#[test]
fn what_was_not_created_is_sent_again() {
    for fault in [
        Fault::CutBeforeCommit,
        Fault::Error500Before,
        Fault::Error502Before,
        Fault::Error503Before,
        Fault::Error504Before,
        Fault::Error408,
    ] {
        let env = with_fault(3, fault);
        import(&env).exit(0).says("3 of 3 integrations created");
        assert_eq!((env.posts(), env.total("created")), (4, 3), "{fault}");
        assert_eq!(first(&env), ("created".into(), 1), "{fault}");
        assert_eq!(env.report()["rows"][0]["attempts"], 2, "{fault}");
    }
}

#[test]
fn the_wait_for_the_final_comparison_counts_no_rows_to_settle() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira()
        .script([Some(Fault::CutBeforeCommit), Some(Fault::CutAfterCommit)]);
    import(&env)
        .exit(0)
        .says(", then settling 1 row\n")
        .says(", then comparing all rows with it\n")
        .says_nothing_of("settling 0 rows");
}

#[test]
fn a_request_that_is_never_answered_is_settled_once_its_time_is_up() {
    for (fault, posts) in [(Fault::HangAfterCommit, 2), (Fault::Hang, 3)] {
        let env = with_fault(2, fault);
        import_with(&env, &["--settle", "100ms", "--timeout", "300ms"]).exit(0);
        assert_eq!((env.posts(), env.total("created")), (posts, 2), "{fault}");
        assert_eq!(first(&env), ("created".into(), 1), "{fault}");
    }
}

#[test]
fn what_is_created_late_is_found_and_not_doubled() {
    let config = Config {
        late_by: Duration::from_millis(500),
        ..Config::default()
    };
    let env = Env::new()
        .sandbox_with(config)
        .file("a.csv", sheet_of(2))
        .faults([Some(Fault::Late)]);
    import_with(&env, &["--settle", "1500ms"]).exit(0);
    assert_eq!((env.posts(), env.jira().held().len()), (2, 2));
    assert_eq!(first(&env), ("created".into(), 1));
}

#[test]
fn a_list_that_lags_is_waited_for() {
    let config = Config {
        list_lag: Duration::from_millis(500),
        ..Config::default()
    };
    let env = Env::new()
        .sandbox_with(config)
        .file("a.csv", sheet_of(2))
        .faults([Some(Fault::CutAfterCommit)]);
    import_with(&env, &["--settle", "1500ms"]).exit(0);
    assert_eq!((env.posts(), env.jira().held().len()), (2, 2));
    assert_eq!(first(&env), ("created".into(), 1));
}

#[test]
fn what_the_app_failed_with_a_server_error_fails_once_it_is_known_to_be_absent() {
    let env = with_fault(3, Fault::Failure500);
    import(&env).exit(1).says("failed a.csv:2");
    assert_eq!(
        (env.posts(), env.total("failed"), env.total("created")),
        (3, 1, 2)
    );
    assert_eq!(first(&env), ("failed".into(), 0));
}

#[test]
fn a_row_of_which_nothing_comes_fails_after_its_retries() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira().script(vec![Some(Fault::Error502Before); 3]);
    import_with(&env, &["--settle", "50ms", "--retries", "2"]).exit(1);
    assert_eq!((env.posts(), env.total("failed")), (3, 1));
    assert_eq!(env.report()["rows"][0]["error"], "HTTP 502");
}

#[test]
fn a_new_one_that_is_only_like_the_row_leaves_it_in_doubt() {
    let env = with_fault(1, Fault::Error502Before);
    let args = ["import", "a.csv", "--yes", "--settle", "1s"];
    let child = env.start_until(args, |env| env.posts() == 1);
    // Somebody else is at work on the same host while we wait.
    env.put("Another name", "git1");
    let ran = Ran::of(output_of(child));
    ran.exit(1).says("1 is in doubt");
    assert_eq!((env.posts(), env.total("in_doubt")), (1, 1));
    assert_eq!(first(&env), ("in_doubt".into(), 0));
}

#[test]
fn a_run_that_leaves_nothing_but_a_row_in_doubt_is_compared_with_the_list() {
    let env = with_fault(1, Fault::Error502Before);
    let args = ["import", "a.csv", "--yes", "--settle", "1s"];
    let child = env.start_until(args, |env| env.posts() == 1);
    env.put("Another name", "git1");
    Ran::of(output_of(child)).exit(1);
    assert!(env.report()["run"]["audit"].is_object());
}

#[test]
fn a_row_without_a_name_is_found_if_one_alone_can_be_it_and_never_sent_again() {
    let sheet = "type,origin,pat\n\
                 GITHUB_SERVER,https://git.example.org,pat-1-invented\n\
                 GITHUB_SERVER,https://git.example.org,pat-2-invented\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.jira()
        .script([Some(Fault::CutAfterCommit), Some(Fault::CutBeforeCommit)]);
    import_with(&env, &["--settle", "100ms", "--concurrency", "4"]).exit(1);
    assert_eq!((env.posts(), env.jira().held().len()), (2, 1));
    assert_eq!((env.total("created"), env.total("in_doubt")), (1, 1));
}

#[test]
fn a_row_without_a_name_is_sent_once_one_like_it_has_failed() {
    let sheet = "type,origin,pat\n\
                 GITHUB_SERVER,https://git.example.org,pat-1-invented\n\
                 GITHUB_SERVER,https://git.example.org,pat-2-invented\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.jira().script([Some(Fault::Failure400)]);
    import(&env).exit(1);
    assert_eq!((env.total("failed"), env.total("created")), (1, 1));
}

#[test]
fn the_list_is_read_once_when_somebody_interrupts() {
    let env = with_fault(4, Fault::CutAfterCommit);
    env.jira().script([Some(Fault::Hang)]);
    let args = "import a.csv --yes --concurrency 1 --timeout 2s".split(' ');
    let child = env.start_until(args, |env| env.posts() == 2);
    signal(&child, "INT");
    let ran = Ran::of(output_of(child)).exit(130);
    assert!(!ran.stderr.contains("comparing"), "{}", ran.stderr);
    let totals = (
        env.total("created"),
        env.total("in_doubt"),
        env.total("not_attempted"),
    );
    assert_eq!(totals, (1, 1, 2));
}

#[test]
fn the_books_are_balanced_at_the_end() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    import(&env).exit(0);
    let audit = env.report()["run"]["audit"].clone();
    let all = ["missing", "doubles", "appeared"].map(|name| audit[name].as_array().unwrap().len());
    assert_eq!(all, [0, 0, 0]);
}

#[test]
fn a_double_that_appears_is_named() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([None, Some(Fault::Hang)]);
    let args = "import a.csv --yes --settle 100ms --timeout 1s --concurrency 1".split(' ');
    let child = env.start_until(args, |env| env.posts() == 2);
    env.put("Team 1", "git1");
    let ran = Ran::of(output_of(child));
    ran.exit(1).says("more than once").says("someone else");
    let doubles = env.report()["run"]["audit"]["doubles"].clone();
    assert_eq!(doubles[0]["integrations"].as_array().unwrap().len(), 2);
}

#[test]
fn a_duplicate_of_what_a_list_settled_is_named() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2)).faults([
        Some(Fault::CutAfterCommit),
        Some(Fault::Hang),
        Some(Fault::Hang),
    ]);
    let args = "import a.csv --yes --settle 100ms --timeout 1s --concurrency 1".split(' ');
    // The first row is settled before the second is sent again.
    let child = env.start_until(args, |env| env.posts() == 3);
    env.put("Team 1", "git1");
    Ran::of(output_of(child)).exit(1).says("more than once");
    let duplicates = &env.report()["run"]["audit"]["doubles"];
    assert_eq!(duplicates[0]["integrations"].as_array().unwrap().len(), 2);
}

#[test]
fn a_row_whose_request_was_refused_and_that_is_there_now_exists() {
    let env = with_fault(1, Fault::TooManyRequests);
    let child = env.start_until(["import", "a.csv", "--yes"], |env| env.posts() == 1);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    env.put("Team 1", "git1");
    env.run(["resume", "--yes"]).exit(0);
    assert_eq!(env.total("exists"), 1);
}

#[test]
fn each_attempt_at_a_row_has_a_number_of_its_own_in_the_journal() {
    let env = with_fault(1, Fault::CutBeforeCommit);
    import(&env).exit(0);
    let journal = std::fs::read_to_string(env.runs()[0].join("journal.jsonl")).unwrap();
    let events = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let attempts: Vec<Value> = events
        .filter(|event: &Value| event["event"] == "intent")
        .map(|event| event["attempt"].clone())
        .collect();
    assert_eq!(attempts, [1, 2]);
}

#[test]
fn a_row_that_was_refused_and_is_in_the_list_at_the_end_is_named() {
    let env = with_fault(2, Fault::Failure400);
    env.jira().script([Some(Fault::Hang)]);
    let args = "import a.csv --yes --settle 100ms --timeout 1s --concurrency 1".split(' ');
    let child = env.start_until(args, |env| env.posts() == 2);
    env.put("Team 1", "git1");
    Ran::of(output_of(child)).exit(1);
    let appeared = env.report()["run"]["audit"]["appeared"].clone();
    assert_eq!(appeared.as_array().unwrap().len(), 1);
    assert_eq!(first(&env), ("in_doubt".into(), 1));
}
