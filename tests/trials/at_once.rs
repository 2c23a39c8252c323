//! Two processes want the same run at the same moment.

use std::process::Child;
use std::time::Instant;

use gij::sandbox::Fault;

use crate::env::{DEADLINE, Env, Ran, output_of, sheet_of};
use crate::jira::assert_announced;
use crate::tally::say;

const ROWS: usize = 12;

/// A run that was stopped on its way, and a Jira that lets whoever goes on with it wait.
fn stopped() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(ROWS));
    env.jira()
        .script([None, Some(Fault::CutAfterCommit), Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    env.jira().script([Some(Fault::Hang)]);
    env
}

/// Waits for both. Returns the exit codes of the one that ended first and of the other.
fn both(env: &Env, mut children: [Child; 2]) -> [(Option<i32>, String); 2] {
    let deadline = Instant::now() + DEADLINE;
    let first = loop {
        assert!(Instant::now() < deadline, "neither ended");
        let ended = children
            .iter_mut()
            .position(|child| child.try_wait().unwrap().is_some());
        if let Some(first) = ended {
            break first;
        }
        std::thread::yield_now();
    };
    if first == 1 {
        children.reverse();
    }
    let ended = children.map(|child| {
        let ran = Ran::of(output_of(child));
        (ran.code, ran.stderr)
    });
    assert_announced(env);
    ended
}

fn start(env: &Env, command: &[&'static str]) -> Child {
    let options = "--yes --concurrency 1 --settle 100ms --timeout 3s".split(' ');
    env.start(command.iter().copied().chain(options))
}

/// Asserts that one was turned away, that the other went on, and that each row is there once.
fn assert_one_went_on(env: &Env, ended: [(Option<i32>, String); 2]) {
    let [(first, said), (second, _)] = ended;
    assert_eq!((first, second), (Some(2), Some(0)), "{said}");
    assert!(said.contains("another gij is at work"), "{said}");
    env.assert_once_each(ROWS);
}

#[test]
fn of_two_that_resume_at_once_one_goes_on() {
    let env = stopped();
    let children = [start(&env, &["resume"]), start(&env, &["resume"])];
    let ended = both(&env, children);
    assert_one_went_on(&env, ended);
    say("two that resumed at once: 1 went on, 1 was turned away, 12 rows: 0 lost, 0 doubled");
}

#[test]
fn of_a_resume_and_an_import_at_once_one_goes_on() {
    for import_first in [false, true] {
        let env = stopped();
        let mut commands = [&["resume"][..], &["import", "a.csv", "--new-run"]];
        if import_first {
            commands.reverse();
        }
        let children = commands.map(|command| start(&env, command));
        let ended = both(&env, children);
        assert_one_went_on(&env, ended);
        // Whoever went on, the run is done afterwards.
        let ran = env.run(["resume", "--yes", "--settle", "100ms"]).exit(0);
        assert_eq!(env.jira().held().len(), ROWS, "{ran:?}");
    }
    say(
        "a resume and an import at once, twice: each time 1 went on, 1 was turned away, 12 rows: 0 lost, 0 doubled",
    );
}
