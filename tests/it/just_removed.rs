//! What undos have just removed, or may still remove, is no row's.

use gij::sandbox::{Call, Fault};
use serde_json::json;

use crate::env::{Env, Ran, interrupted_at_second, output_of, sheet_of, signal};

/// An undo of the last run whose deletion meets `fault`, and that gets `signalled` before anybody knows what came of it.
fn left_in_doubt(env: &Env, fault: Fault, signalled: &str) {
    env.jira().script_call(Call::Delete, [Some(fault)]);
    let child = env.start_until(["undo", "--yes"], |env| {
        env.jira().requests().iter().any(|of| of.method == "DELETE")
    });
    signal(&child, signalled);
    Ran::of(output_of(child));
}

/// An environment whose one row was created, and is being taken back by a deletion that comes later.
fn may_be_removed(fault: Fault, signalled: &str) -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    left_in_doubt(&env, fault, signalled);
    env
}

fn id_of_last(env: &Env) -> String {
    let run = env.runs().pop().unwrap();
    run.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn what_a_deletion_in_doubt_may_still_remove_is_not_said_to_exist() {
    let env = may_be_removed(Fault::Late, "INT");
    let undo = format!("`gij undo {} --dry-run`", id_of_last(&env));
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("warning: Jira shows integration")
        .says(&undo);
    let import = ["import", "a.csv", "--yes", "--settle", "0ms"];
    env.run(import)
        .exit(2)
        .says("for a.csv:2, but the undo of")
        .says("nothing was sent")
        .says(&undo);
    assert_eq!((env.posts(), env.runs().len()), (1, 1));
    env.jira().commit_late();
    assert_eq!(env.held(), Vec::<String>::new());
    env.run(["undo", "--yes", "--settle", "50ms"]).exit(0);
    env.run(import).exit(0);
    assert_eq!(env.held(), ["Team 1"]);
}

#[test]
fn what_an_undo_that_was_broken_off_has_still_to_remove_is_warned_of() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let faults = [None, Some(Fault::TooManyRequests)];
    env.jira().script_call(Call::Delete, faults);
    let args = ["undo", "--yes", "--concurrency", "1"];
    let child = env.start_until(args, |env| env.requests("DELETE", "/integration/2") == 1);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    env.run(["runs"])
        .exit(0)
        .says("3 created, 1 removed since, 2 still to undo");
    let run = id_of_last(&env);
    let warning = format!(
        "warning: the unfinished undo of {run} would still remove what Jira shows for a.csv:3 (id 2), a.csv:4 (id 3); \
         see what is left of it with `gij undo {run} --dry-run`"
    );
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says(&warning);
    env.run(["import", "a.csv", "--yes", "--settle", "0ms"])
        .exit(0)
        .says(&warning);
    env.run(["undo", &run, "--yes", "--settle", "0ms"]).exit(0);
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says_nothing_of("warning: the unfinished undo");
}

#[test]
fn what_an_undo_of_chosen_rows_left_out_is_not_warned_of() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira()
        .script_call(Call::Delete, [None, Some(Fault::TooManyRequests)]);
    let args = ["undo", "--yes", "--rows", "2-3", "--concurrency", "1"];
    let child = env.start_until(args, |env| env.requests("DELETE", "/integration/2") == 1);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says_nothing_of("warning: the unfinished undo");
}

#[test]
fn a_deletion_that_was_never_answered_may_still_come() {
    let env = may_be_removed(Fault::Hang, "KILL");
    env.run(["import", "a.csv", "--yes", "--settle", "0ms"])
        .exit(2)
        .says("its request is in doubt");
}

#[test]
fn a_resume_takes_nothing_for_existing_that_may_still_be_removed() {
    let env = interrupted_at_second(&sheet_of(2));
    let resumed = id_of_last(&env);
    let second = "type,displayName,origin,pat\nGITHUB_SERVER,Team 2,https://git2.example.org,pat-2-invented\n";
    let env = env.file("b.csv", second);
    env.run(["import", "b.csv", "--yes"]).exit(0);
    let undone = id_of_last(&env);
    left_in_doubt(&env, Fault::Late, "INT");
    let posts = env.posts();
    let resume = ["resume", &resumed, "--yes", "--settle", "50ms"];
    env.run(resume)
        .exit(2)
        .says("for a.csv:3, but the undo of")
        .says(&format!("`gij undo {undone} --dry-run`"));
    assert_eq!(env.posts(), posts);
    env.jira().commit_late();
    env.run(["undo", &undone, "--yes", "--settle", "50ms"])
        .exit(0);
    env.run(resume).exit(0);
    env.assert_once_each(2);
}

#[test]
fn what_an_undo_removed_and_only_a_later_list_shows_is_no_row_s() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let first = env.jira().held()[0].clone();
    env.run(["undo", "--yes"]).exit(0);
    env.jira().script([Some(Fault::Hang)]);
    let args = "import a.csv --yes --timeout 1s --settle 3s --retries 0";
    let child = env.start_until(args.split(' '), |env| env.posts() == 2);
    // The list of a node that lags behind.
    let shown = json!({
        "id": first.id, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "initDate": first.init_date,
    });
    env.jira().put(shown).unwrap();
    Ran::of(output_of(child)).exit(1);
    assert_ne!(env.report()["rows"][0]["id"], first.id);
    assert_eq!(env.total("created"), 0);
}
