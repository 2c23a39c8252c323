//! A run that is not finished is to be resumed, and not begun anew.

use gij::sandbox::{AcceptedLogin, Call, Config, Fault, Sandbox};

use crate::env::{Env, TOKEN, sheet_of, status_of};

/// An environment with a run of `a.csv` of which one row is in doubt and the others had no turn; and its id.
fn stopped() -> (Env, String) {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(5))
        .faults([Some(Fault::LoginPage)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    assert_eq!((env.total("not_attempted"), env.total("in_doubt")), (4, 1));
    let run = env.runs().pop().unwrap();
    let id = run.file_name().unwrap().to_str().unwrap().to_owned();
    (env, id)
}

#[test]
fn an_import_of_the_same_file_names_resume_and_sends_nothing() {
    let (env, id) = stopped();
    let asked = env.jira().requests().len();
    let absolute = env.path("a.csv");
    for file in ["a.csv", "./a.csv", absolute.to_str().unwrap()] {
        env.run(["import", file, "--yes"])
            .exit(2)
            .says(&format!(
                "the run {id} of the same input is unfinished: 4 rows not attempted, 1 in doubt"
            ))
            .says("nothing was sent")
            .says(&format!("`gij resume {id}`"))
            .says("--new-run");
    }
    let env = env.file("b.csv", "type,path\nFILESPACE,/srv/repos/*\n");
    env.run(["import", "b.csv", "a.csv", "--yes"]).exit(2);
    assert_eq!((env.jira().requests().len(), env.runs().len()), (asked, 1));
}

#[test]
fn a_dry_run_says_so_and_goes_on() {
    let (env, id) = stopped();
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says(&format!(
            "warning: the run {id} of the same input is unfinished"
        ))
        .says("  Create 5 integrations")
        .says(&format!(
            "continue the unfinished run:\n  gij resume {id}\n"
        ));
    env.run(["import", "a.csv", "--dry-run", "--new-run"])
        .exit(0)
        .says("create them:\n  gij import a.csv --new-run\n")
        .says_nothing_of("is unfinished");
}

#[test]
fn new_run_overrules_and_settles_it_for_later_imports() {
    let (env, _) = stopped();
    env.run(["import", "a.csv", "--yes", "--new-run"])
        .exit(0)
        .says_nothing_of("  gij import a.csv --yes --new-run");
    assert_eq!(env.jira().held().len(), 5);
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("5 were already there");
}

#[test]
fn another_file_another_directory_of_runs_and_a_rehearsal_are_free() {
    let (env, _) = stopped();
    let env = env.file("b.csv", "type,displayName,pat\nGITHUB,B,p\n");
    env.run(["import", "b.csv", "--yes"]).exit(0);
    env.run(["import", "a.csv", "--sandbox"]).exit(0);
    env.run(["import", "a.csv", "--yes", "--runs-dir", "other"])
        .exit(0);
    // The rehearsal came later than the run that stopped, and is none.
    env.run(["import", "a.csv", "--yes"]).exit(2);
}

#[test]
fn a_run_is_unfinished_by_whichever_url_its_jira_is_reached() {
    let (env, id) = stopped();
    let by_other_name = env.jira().url().replace("127.0.0.1", "localhost");
    env.run(["import", "a.csv", "--yes", "--jira-url", &by_other_name])
        .exit(2)
        .says(&format!("the run {id} of the same input is unfinished"));
    assert_eq!(env.posts(), 1);
}

#[test]
fn another_jira_is_free() {
    let (env, _) = stopped();
    let access = AcceptedLogin::Token(TOKEN.into());
    let other = Sandbox::start(Config {
        access,
        ..Config::default()
    })
    .unwrap();
    env.run(["import", "a.csv", "--yes", "--jira-url", &other.url()])
        .exit(0);
    assert_eq!(other.held().len(), 5);
}

#[test]
fn a_stopped_rehearsal_is_never_unfinished() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--sandbox"]).exit(0);
    let journal = env.runs()[0].join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    let opening: String = text.split_inclusive('\n').take(3).collect();
    std::fs::write(&journal, opening).unwrap();
    env.run(["import", "a.csv", "--yes"]).exit(0);
}

#[test]
fn a_run_that_is_being_taken_back_is_not_to_be_resumed() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(5));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    env.jira()
        .script_call(Call::Delete, [Some(Fault::Unauthorized)]);
    env.run(["undo", "--yes", "--settle", "0ms"]).exit(4);
    env.run(["import", "a.csv", "--yes", "--settle", "0ms"])
        .exit(0);
}

#[test]
fn while_somebody_is_at_work_on_it_no_other_run_is_begun() {
    let (env, id) = stopped();
    let lock = std::fs::File::open(env.runs()[0].join("lock")).unwrap();
    lock.lock().unwrap();
    let asked = env.jira().requests().len();
    env.run(["import", "a.csv", "--yes"])
        .exit(2)
        .says(&format!("at work on the run {id}"));
    assert_eq!((env.jira().requests().len(), env.runs().len()), (asked, 1));
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says(&format!("at work on the run {id}"))
        .says("wait until that run, which is active, has ended")
        .says_nothing_of("gij resume");
}

#[test]
fn a_row_in_doubt_is_not_created_from_another_file() {
    let (env, id) = stopped();
    let env = env.file("copy.csv", sheet_of(5));
    let posts = env.posts();
    env.run(["import", "copy.csv", "--dry-run"])
        .exit(0)
        .says("warning: copy.csv:2 may exist in Jira already")
        .says("  Create 5 integrations");
    env.run(["import", "copy.csv", "--yes"])
        .exit(2)
        .says(&format!(
            "copy.csv:2 may exist in Jira already: in doubt in the run {id}; nothing was sent"
        ))
        .says(&format!("`gij resume {id}`"))
        .says("--new-run");
    assert_eq!((env.posts(), env.runs().len()), (posts, 1));
    // What had no turn is nobody's yet.
    env.run(["import", "copy.csv", "--yes", "--rows", "3-6"])
        .exit(0);
    env.run(["import", "copy.csv", "--yes", "--new-run"])
        .exit(0);
    env.assert_once_each(5);
}

#[test]
fn a_row_in_doubt_that_jira_shows_or_that_is_settled_holds_nothing_up() {
    let (env, id) = stopped();
    let env = env.file("copy.csv", sheet_of(5));
    env.put("Team 1", "git1");
    env.run(["import", "copy.csv", "--yes"]).exit(0);
    let env = env.file("more.csv", sheet_of(6));
    env.run(["resume", &id, "--yes", "--settle", "50ms"]);
    env.run(["import", "more.csv", "--yes"]).exit(0);
    env.assert_once_each(6);
}

#[test]
fn a_row_whose_request_was_under_way_when_its_run_was_killed_is_in_doubt() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(1))
        .file("copy.csv", sheet_of(1))
        .faults([Some(Fault::Hang)]);
    let mut child = env.start_until(["import", "a.csv", "--yes"], |env| env.posts() == 1);
    child.kill().unwrap();
    status_of(&mut child);
    env.run(["import", "copy.csv", "--yes"])
        .exit(2)
        .says("copy.csv:2 may exist in Jira already");
}

#[test]
fn a_row_in_doubt_of_a_run_that_is_being_taken_back_is_settled_by_that() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    // What may have come of the second row.
    env.put("Renamed", "git2");
    env.run(["undo", "--yes", "--settle", "0ms"]).exit(1);
    env.run(["import", "a.csv", "--yes", "--settle", "0ms"])
        .exit(2)
        .says("a.csv:3 may exist in Jira already")
        .says("settle it there first with `gij undo ")
        .says_nothing_of("gij resume");
}
