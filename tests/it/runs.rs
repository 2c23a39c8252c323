//! The list of the runs.

use std::time::Duration;

use gij::sandbox::{Condition, Fault};

use crate::env::{Env, Ran, sheet_of, status_of};

fn env() -> Env {
    Env::new().sandbox().file("a.csv", sheet_of(3))
}

/// The id of the latest run.
fn latest(env: &Env) -> String {
    let run = env.runs().pop().unwrap();
    run.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn without_runs_it_is_said_what_to_do() {
    let env = Env::new();
    let dir = env.path("gij-runs").canonicalize();
    assert!(dir.is_err(), "there is none");
    let dir = env.path("").canonicalize().unwrap().join("gij-runs");
    env.run(["runs"])
        .exit(0)
        .says(&format!("there is no directory {}", dir.display()))
        .says("`--runs-dir DIR`")
        .says("gij import FILE --sandbox");
    let json = env.run(["runs", "--format", "json"]).exit(0).json();
    assert_eq!(
        (&json["format"], &json["runs"]),
        (&1.into(), &serde_json::json!([]))
    );
}

#[test]
fn runs_are_listed_the_newest_first() {
    let env = env();
    env.run(["import", "a.csv", "--yes", "--name", "first"])
        .exit(0);
    env.run(["import", "a.csv", "--yes", "--name", "second"])
        .exit(0);
    env.run(["import", "a.csv", "--sandbox", "--name", "third"])
        .exit(0);
    let ran = env.run(["runs"]).exit(0);
    let at = |text: &str| ran.stdout.find(text).unwrap();
    assert!(
        at("-third") < at("-second") && at("-second") < at("-first"),
        "{ran:?}"
    );
    let ran = ran
        .says("rehearsal finished")
        .says("a.csv into the sandbox: 3 rows, 3 created")
        .says(&format!(
            "a.csv into Sandbox Jira ({}): 3 rows, 3 exist",
            env.jira().url()
        ));
    // Nothing is left to do about any of them.
    drop(ran.says_nothing_of("gij "));
}

#[test]
fn the_document_says_all_of_each_run() {
    let env = env();
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let json = env.run(["runs", "--format", "json"]).exit(0).json();
    assert!(json.to_string().starts_with(r#"{"format":1"#));
    let run = &json["runs"][0];
    assert_eq!(run["run"], latest(&env));
    assert_eq!(run["jira"]["url"], env.jira().url());
    assert_eq!(run["command"], "import");
    assert_eq!(run["ending"], "complete");
    assert_eq!(run["totals"]["created"], 3);
    assert_eq!(run["next"], serde_json::Value::Null);
    assert!(run["started"].as_str() <= run["finished"].as_str());
}

#[test]
fn a_run_at_work_is_said_to_be_and_one_that_was_killed_is_gone_on_with() {
    let env = Env::new()
        .slow_sandbox(Duration::from_millis(20))
        .file("a.csv", sheet_of(500));
    let mut child = env.start_until(["import", "a.csv", "--yes"], |env| {
        env.jira().held().len() >= 5
    });
    let resume = format!("gij resume {}", latest(&env));
    env.run(["runs"])
        .exit(0)
        .says("running")
        .says("still to do")
        .says_nothing_of(&resume);
    env.run(["report"])
        .exit(0)
        .says("Still running: ")
        .says(" still to do.");
    child.kill().unwrap();
    status_of(&mut child);
    env.run(["report"])
        .exit(0)
        .says_nothing_of("Still running: ");
    env.run(["runs"])
        .exit(0)
        .says("ended abruptly")
        .says("not attempted")
        .says(&format!(
            "continue with the rows that were not attempted: `{resume}`\n"
        ));
    let json = env.run(["runs", "--format", "json"]).exit(0).json();
    assert_eq!(json["runs"][0]["ending"], "died");
    assert_eq!(json["runs"][0]["next"]["command"], *resume);
}

#[test]
fn what_stopped_a_run_is_said() {
    let env = env();
    env.jira().script([Some(Fault::Captcha)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    env.run(["runs"])
        .exit(0)
        .says("stopped: Jira at")
        .says("CAPTCHA")
        .says("not attempted: `gij resume ");
}

#[test]
fn a_run_with_rows_that_failed_goes_on_once_they_are_mended() {
    let env = env().faults([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes"]).exit(1);
    env.run(["runs"])
        .exit(0)
        .says("3 rows, 2 created, 1 failed")
        .says("fix what the errors name, in the sheet or in Jira, then continue: `gij resume ");
}

#[test]
fn the_next_command_names_another_directory_of_runs() {
    let env = env().faults([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes", "--runs-dir", "my runs"])
        .exit(1);
    env.run(["runs", "--runs-dir", "my runs"])
        .exit(0)
        .says(" --runs-dir 'my runs'`\n");
}

#[test]
fn what_is_no_run_is_named_and_passed_over() {
    let env = env();
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let torn = env.path("gij-runs/20261122T101503Z-torn");
    std::fs::create_dir(&torn).unwrap();
    std::fs::write(torn.join("journal.jsonl"), "{\"seq\":1,").unwrap();
    std::fs::create_dir(env.path("gij-runs/holiday")).unwrap();
    let ran: Ran = env.run(["runs"]).exit(0);
    assert!(!ran.stdout.contains("torn") && !ran.stdout.contains("holiday"));
    drop(
        ran.says("20261122T101503Z-torn: gij ended before the first line")
            .says("holiday: it has no journal.jsonl"),
    );
    let json = env.run(["runs", "--format", "json"]).exit(0).json();
    assert_eq!(json["passed_over"].as_array().unwrap().len(), 2);
}

#[test]
fn damage_to_a_journal_is_said() {
    let env = env();
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let journal = env.runs()[0].join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    let without_third: Vec<&str> = text
        .split_inclusive('\n')
        .enumerate()
        .filter_map(|(at, line)| (at != 2).then_some(line))
        .collect();
    std::fs::write(&journal, without_third.concat()).unwrap();
    env.run(["runs"]).exit(0).says("its journal is damaged");
}

#[test]
fn looking_at_the_runs_needs_no_jira() {
    let env = env();
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let before = env.jira().requests().len();
    env.jira().set_condition(Condition::Maintenance);
    let env = env.without("JIRA_URL").without("JIRA_TOKEN");
    env.run(["runs"]).exit(0).says("finished");
    assert_eq!(env.jira().requests().len(), before);
}

#[test]
fn the_last_run_is_one_on_the_jira_that_is_named() {
    let other = Env::new().sandbox();
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let id = env.runs()[0].file_name().unwrap().to_owned();
    let id = id.to_str().unwrap();
    let env = env.var("JIRA_URL", &other.jira().url());
    for command in ["resume", "verify", "undo", "report"] {
        env.run([command])
            .exit(2)
            .says("no run in gij-runs is on the Jira that --jira-url or JIRA_URL names");
        env.run([command, id]).exit(2).says("belongs to");
    }
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let env = env.var("JIRA_URL", &other.jira().url());
    env.run(["undo", "--yes"]).exit(0);
    assert_eq!((other.held().len(), env.held().len()), (0, 1));
}

#[cfg(unix)]
#[test]
fn a_runs_directory_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    let runs = env.path("gij-runs");
    std::fs::create_dir(&runs).unwrap();
    std::fs::set_permissions(&runs, std::fs::Permissions::from_mode(0o777)).unwrap();
    let ran = env.run(["import", "a.csv", "--yes"]);
    ran.exit(4).says("run `chmod go-w gij-runs`");
    assert_eq!(env.posts(), 0);
    std::fs::set_permissions(&runs, std::fs::Permissions::from_mode(0o755)).unwrap();
    env.run(["import", "a.csv", "--yes"]).exit(0);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_lock_is_not_followed() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let entries = env.path("gij-runs").read_dir().unwrap();
    let locks = entries.map(|entry| entry.unwrap().path());
    let lock = locks.filter(|path| path.extension().is_some_and(|end| end == "lock"));
    for lock in lock {
        std::fs::remove_file(&lock).unwrap();
        std::os::unix::fs::symlink(env.path("elsewhere"), lock).unwrap();
    }
    let ran = env.run(["import", "a.csv", "--yes", "--new-run"]);
    ran.exit(4).says("it is no regular file; remove it");
    assert!(!env.path("elsewhere").exists());
}
