//! Ctrl-C and SIGTERM at unlucky moments, and what is told and asked after them.

#![cfg(unix)]

use gij::sandbox::Fault;

use crate::env::{Env, Ran, sheet_of, signal};
use crate::terminal::on_a_terminal::{exit_code, on_terminal};

/// A run of three rows of which one is created and one is in doubt.
fn stopped() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([None, Some(Fault::LoginPage)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    env
}

#[test]
fn at_a_question_that_follows_the_settling_ctrl_c_declines() {
    let env = stopped();
    for (args, question) in [
        (["resume", "--settle", "50ms"], "[y/N]"),
        (["undo", "--settle", "50ms"], "Type the number to go on:"),
    ] {
        let mut session = on_terminal(&env, &args);
        session.exp_string(question).unwrap();
        session.send_control('c').unwrap();
        assert_eq!(exit_code(session), 130);
        assert_eq!((env.posts(), env.jira().held().len()), (2, 1));
        assert_eq!(env.report()["run"]["ending"], "interrupted");
    }
    let mut session = on_terminal(&env, &["import", "a.csv", "--new-run"]);
    session.exp_string("[y/N]").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("nothing was sent").unwrap();
    assert_eq!(exit_code(session), 130);
}

#[test]
fn a_refusal_stays_the_reason_and_jira_is_not_asked_again() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(4));
    env.jira()
        .script([Some(Fault::Hang), Some(Fault::Unauthorized)]);
    let args = "import a.csv --yes --concurrency 2 --timeout 2s".split(' ');
    let child = env.start_until(args, |env| {
        let journal = env.runs().pop().map(|run| run.join("journal.jsonl"));
        let text = journal.and_then(|path| std::fs::read_to_string(path).ok());
        text.is_some_and(|text| text.contains("401"))
    });
    let lists = env.requests("GET", "/integration");
    signal(&child, "INT");
    Ran::of(child.wait_with_output().unwrap())
        .exit(130)
        .says("refused the log-in");
    assert_eq!(env.requests("GET", "/integration"), lists);
    assert_eq!(env.report()["run"]["ending"], "stopped");
}

#[test]
fn a_run_that_is_named_by_a_dot_takes_the_same_locks() {
    let env = stopped();
    let run = env.runs().pop().unwrap();
    let files = || run.read_dir().unwrap().count();
    let before = files();
    let mut command = env.command(["resume", ".", "--yes", "--settle", "50ms"]);
    let ran = command.current_dir(&run).output().unwrap();
    // The sheet is known by its full path.
    Ran::of(ran).exit(0);
    assert_eq!(files(), before);
}
