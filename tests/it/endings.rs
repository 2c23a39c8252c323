//! Runs that ended at an unlucky moment, and what going on with them makes of that.

use crate::env::{Env, Ran, sheet_of};

/// Cuts the run's journal off before the first line that has this text.
fn cut_before(env: &Env, text: &str) {
    let path = env.runs()[0].join("journal.jsonl");
    let journal = std::fs::read_to_string(&path).unwrap();
    let line = journal.lines().find(|line| line.contains(text)).unwrap();
    let end = journal.find(line).unwrap();
    std::fs::write(&path, &journal[..end]).unwrap();
}

fn resume(env: &Env) -> Ran {
    env.run(["resume", "last", "--yes", "--settle", "50ms"])
}

#[test]
fn a_run_that_died_before_its_books_were_balanced_is_compared_with_jira() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    cut_before(&env, "\"why\":\"audit\"");
    let id = env.put("Team 1", "git1");
    // Nothing is sent, so nobody need agree.
    env.run(["resume", "--settle", "50ms"])
        .exit(1)
        .says("comparing with Jira's list")
        .says("more than once");
    assert_eq!(env.posts(), 2);
    env.jira().remove(id);
    cut_before(&env, "\"why\":\"audit\"");
    resume(&env).exit(0).says("2 of 2 integrations created");
    assert_eq!(env.report()["run"]["ending"], "complete");
    resume(&env).exit(0).says("nothing is left to do");
}

#[test]
fn a_run_that_died_while_it_was_opened_has_sent_nothing_and_is_started_anew() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(6));
    let import = ["import", "a.csv", "--yes", "--rows", "2,5"];
    env.run(import).exit(0);
    for one in env.jira().held() {
        env.jira().remove(one.id);
    }
    for line in ["\"why\":\"baseline\"", "\"n\":3", "\"n\":4"] {
        cut_before(&env, line);
        resume(&env)
            .exit(2)
            .says("so it cannot be resumed")
            .says("run the `gij import` that began it again, with the options it had");
    }
    env.run(["runs"]).exit(0).says_nothing_of("Next");
    env.run(import).exit(0);
    assert_eq!(env.held(), ["Team 1", "Team 4"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_the_command_to_go_on_by() {
    use std::process::{Command, Stdio};
    let limited = |env: &Env, blocks: u32| {
        let program = env!("CARGO_BIN_EXE_gij");
        let text = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{program}' import a.csv --yes");
        let mut command = Command::new("bash");
        command
            .args(["-c", &text])
            .current_dir(env.path(""))
            .env("JIRA_URL", env.jira().url())
            .env("JIRA_TOKEN", crate::env::TOKEN)
            .stdin(Stdio::null());
        Ran::of(crate::env::run(&mut command)).exit(4)
    };
    // No room for anything, for the rows, for all of the sending.
    for (blocks, said) in [
        (0, "choose another place"),
        (5, "run the same command again"),
        (
            28,
            "Next: continue with the rows that were not attempted:\n  gij resume 2",
        ),
    ] {
        let env = Env::new().sandbox().file("a.csv", sheet_of(60));
        limited(&env, blocks).says("cannot ").says(said);
        let ignore = env.path("gij-runs/.gitignore");
        assert!(!ignore.metadata().is_ok_and(|file| file.len() == 0));
    }
}

#[test]
fn a_report_that_cannot_be_written_does_not_hide_what_comes_next() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let report = env.runs()[0].join("report.json");
    std::fs::remove_file(&report).unwrap();
    std::fs::create_dir(&report).unwrap();
    resume(&env)
        .exit(4)
        .says("cannot write")
        .says("no row is lost")
        .says("Next: in a few minutes");
}
