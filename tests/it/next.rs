//! The next command that is told does what is meant, as it is told.

use gij::sandbox::{Call, Fault};

use crate::env::{Env, Ran, interrupted_at_second, output_of, sheet_of, signal, status_of};

/// The next command of what was said, without the `gij` before it.
fn next(ran: &Ran) -> Vec<String> {
    let (_, next) = ran.stderr.rsplit_once("\nNext: ").unwrap();
    let command = next.lines().find_map(|line| line.strip_prefix("  gij "));
    let words = command.unwrap().split(' ').map(str::to_owned);
    words.collect()
}

fn run_next(env: &Env, ran: &Ran, more: &[&str]) -> Ran {
    let words = next(ran);
    env.run(words.iter().map(String::as_str).chain(more.iter().copied()))
}

#[test]
fn the_next_command_of_an_undo_removes_no_more_than_this_one_was_to() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira()
        .script_call(Call::Delete, [Some(Fault::Failure400)]);
    let args = ["undo", "--yes", "--rows", "2", "--settle", "50ms"];
    let first = env.run(args).exit(1).says("--rows 2");
    assert_eq!(env.held().len(), 3);
    run_next(&env, &first, &["--yes"]).exit(0);
    assert_eq!(env.held(), ["Team 2", "Team 3"]);
}

#[test]
fn after_a_rehearsal_only_what_is_not_set_yet_is_to_be_set() {
    let env = Env::new().file("a.csv", sheet_of(1));
    let rehearsed = env.run(["import", "a.csv", "--sandbox"]).exit(0);
    rehearsed
        .says("Next: set JIRA_URL and JIRA_TOKEN, then see the plan for your Jira:\n  gij import a.csv --dry-run");
    let env = env.sandbox();
    env.run(["import", "a.csv", "--sandbox"])
        .exit(0)
        .says("Next: see the plan for your Jira:\n  gij import a.csv --dry-run");
}

#[test]
fn an_import_that_created_nothing_has_nothing_to_verify() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("Next: nothing is left to do")
        .says_nothing_of("gij verify");
    env.run(["verify"])
        .exit(0)
        .says("created and updated nothing")
        .says("another run:\n  gij runs");
    env.run(["undo", "--yes"]).exit(0).says("is left to undo");
}

#[test]
fn an_undo_that_a_resume_names_is_found() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes", "--runs-dir", "else"])
        .exit(0);
    env.run(["undo", "--yes", "--runs-dir", "else"]).exit(0);
    env.run(["resume", "--yes", "--runs-dir", "else"])
        .exit(2)
        .says("gij undo ")
        .says(" --runs-dir else --dry-run");
}

#[test]
fn a_resume_gives_jira_the_time_that_its_run_gave() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([None, Some(Fault::TooManyRequests)]);
    let args = "import a.csv --yes --concurrency 1 --settle 10m".split(' ');
    let child = env.start_until(args, |env| env.posts() == 2);
    signal(&child, "INT");
    let ran = Ran::of(output_of(child)).exit(130);
    assert!(next(&ran).join(" ").ends_with("--settle 10m"));
    // Whatever somebody leaves out, what the run gave counts; what somebody says counts more.
    let settle = |n: usize| env.report()["run"]["sessions"][n]["settle_ms"].clone();
    env.jira().script([Some(Fault::Failure400)]);
    env.run(["resume", "--yes"]).exit(1);
    env.run(["resume", "--yes", "--settle", "15m"]).exit(0);
    env.run(["undo", "--yes", "--settle", "50ms"]).exit(0);
    assert_eq!([0, 1, 2, 3].map(settle), [600_000, 600_000, 900_000, 50]);
}

#[test]
fn the_next_command_of_a_resume_names_the_files_that_were_given() {
    let env = interrupted_at_second(&sheet_of(3));
    std::fs::rename(env.path("a.csv"), env.path("b.csv")).unwrap();
    env.jira().script([Some(Fault::Failure400)]);
    let ran = env.run(["resume", "last", "b.csv", "--yes"]).exit(1);
    assert_eq!(next(&ran).last().unwrap(), "b.csv");
    run_next(&env, &ran, &["--yes"]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn a_run_that_was_named_by_its_path_is_found_again() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes", "--runs-dir", "else"])
        .exit(1);
    let mut runs = env.path("else").read_dir().unwrap().map(Result::unwrap);
    let run = runs.find(|entry| entry.path().is_dir()).unwrap();
    let path = format!("else/{}", run.file_name().display());
    env.jira().script([Some(Fault::Failure400)]);
    let ran = env.run(["resume", &path, "--yes"]).exit(1);
    let ran = run_next(&env, &ran, &["--yes"]).exit(0);
    run_next(&env, &ran, &[]).exit(0).says("2 indexed");
    // Within the directory of the runs the id is enough.
    let ran = env.run(["verify", &path, "--runs-dir", "else"]).exit(0);
    assert!(!ran.stderr.contains(&path));
}

#[test]
fn a_row_that_left_the_sheet_is_not_waited_for_by_the_same_command() {
    let env = interrupted_at_second(&sheet_of(2)).file("a.csv", sheet_of(1));
    let ran = env
        .run(["resume", "--yes"])
        .exit(1)
        .says("left the sheet")
        .says("--new-run")
        .says_nothing_of("continue with the rows that were not attempted");
    let env = env.file("a.csv", sheet_of(2));
    run_next(&env, &ran, &["--yes"]).exit(0);
    env.assert_once_each(2);
}

#[test]
fn an_undo_that_chose_rows_and_died_is_only_looked_at_by_the_list_of_runs() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira().script_call(Call::Delete, [Some(Fault::Hang)]);
    let args = ["undo", "--yes", "--rows", "2"];
    let mut child = env.start_until(args, |env| {
        env.jira().requests().iter().any(|of| of.method == "DELETE")
    });
    child.kill().unwrap();
    status_of(&mut child);
    let before = env.held();
    let listed = env.run(["runs", "--format", "json"]).exit(0).json();
    let command = listed["runs"][0]["next"]["command"].as_str().unwrap();
    let looked = env.run(command.split(' ').skip(1)).exit(0);
    assert_eq!((next(&looked)[0].as_str(), env.held()), ("undo", before));
}

#[test]
fn after_a_check_or_a_probe_the_way_to_the_import_is_shown() {
    let env = Env::new().file("a.csv", sheet_of(1));
    env.run(["check", "a.csv"])
        .exit(0)
        .says("Next: rehearse the import with a simulated Jira:\n  gij import a.csv --sandbox");
    let env = env.sandbox();
    for args in [&["check", "a.csv"][..], &["probe", "a.csv", "--sandbox"]] {
        env.run(args.iter().copied())
            .exit(0)
            .says("Next: see the plan for your Jira:\n  gij import a.csv --dry-run");
    }
}
