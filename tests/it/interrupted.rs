//! Ctrl-C, SIGTERM and SIGHUP at unlucky moments, and what is told and asked after them.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::process::Stdio;

use gij::sandbox::{Call, Fault};

use crate::env::{Env, Ran, lines_of, output_of, sheet_of, signal, status_of};
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
        (["undo", "--settle", "50ms"], "Type the number to confirm:"),
    ] {
        let mut session = on_terminal(&env, &args);
        session.exp_string(question).unwrap();
        session.send_control('c').unwrap();
        session.exp_string("to continue after all").unwrap();
        assert_eq!(exit_code(session), 130);
        assert_eq!((env.posts(), env.jira().held().len()), (2, 1));
        assert_eq!(env.report()["run"]["ending"], "stopped", "as before");
    }
    let mut session = on_terminal(&env, &["import", "a.csv", "--new-run"]);
    session.exp_string("[y/N]").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("nothing was sent").unwrap();
    session.exp_string("gij import a.csv --new-run").unwrap();
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
    Ran::of(output_of(child))
        .exit(130)
        .says("refused the login");
    assert_eq!(env.requests("GET", "/integration"), lists);
    assert_eq!(env.report()["run"]["ending"], "stopped");
}

#[test]
fn a_run_that_is_named_by_a_dot_takes_the_same_locks() {
    let env = stopped();
    let run = env.runs().pop().unwrap();
    let files = || -> BTreeSet<_> {
        let entries = run.read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let before = files();
    let mut command = env.command(["resume", ".", "--yes", "--settle", "50ms"]);
    let ran = crate::env::run(command.current_dir(&run));
    // The sheet is known by its full path.
    Ran::of(ran).exit(0);
    // The workbook of failed rows goes once none has failed.
    assert!(files().is_subset(&before));
}

/// Interrupts an import of two rows while the list that is the `nth` to be asked for has no answer.
fn interrupted_at_list(env: &Env, nth: usize) -> Ran {
    let mut script = vec![None; nth - 1];
    script.push(Some(Fault::Hang));
    env.jira().script_call(Call::List, script);
    let args = [
        "import",
        "a.csv",
        "--yes",
        "--concurrency",
        "1",
        "--settle",
        "50ms",
    ];
    let child = env.start_until(args, |env| env.requests("GET", "/integration") == nth);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130)
}

#[test]
fn a_list_that_settles_is_read_again_when_ctrl_c_comes_in_its_middle() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([Some(Fault::CutAfterCommit)]);
    // One for getting there, one for the plan, and one that settles.
    interrupted_at_list(&env, 3).says("gij verify");
    assert_eq!(env.requests("GET", "/integration"), 4);
    assert_eq!((env.total("created"), env.jira().held().len()), (2, 2));
    assert_eq!(env.report()["run"]["ending"], "interrupted");
}

#[test]
fn after_ctrl_c_a_jira_that_does_not_answer_is_asked_for_its_list_once() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira()
        .script([Some(Fault::CutAfterCommit), Some(Fault::CutAfterCommit)]);
    let mut script = vec![None, None, Some(Fault::Hang)];
    script.extend([Some(Fault::Error503Before); 9]);
    env.jira().script_call(Call::List, script);
    let args = "import a.csv --yes --concurrency 1 --settle 50ms".split(' ');
    let child = env.start_until(args, |env| env.requests("GET", "/integration") == 3);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    assert_eq!(env.requests("GET", "/integration"), 4);
    assert_eq!(env.total("in_doubt"), 2);
}

#[test]
fn the_comparison_at_the_end_is_made_up_for_when_ctrl_c_comes_in_its_middle() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    interrupted_at_list(&env, 3);
    assert_eq!((env.total("created"), env.total("in_doubt")), (2, 0));
    assert_eq!(env.report()["run"]["audit"], serde_json::Value::Null);
    env.run(["resume", "--yes", "--settle", "50ms"])
        .exit(0)
        .says("comparing with Jira's list");
    assert_eq!(env.posts(), 2);
    assert_eq!(env.report()["run"]["ending"], "complete");
}

#[test]
fn the_comparison_at_the_end_is_made_up_for_without_the_sheet() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    interrupted_at_list(&env, 3);
    std::fs::remove_file(env.path("a.csv")).unwrap();
    env.run(["resume", "--settle", "50ms"])
        .exit(0)
        .says("comparing with Jira's list");
    assert_eq!(env.posts(), 2);
    assert_eq!(env.report()["run"]["ending"], "complete");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_after_the_disk_was_full_ends_with_the_command_to_go_on_by() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(60));
    env.jira().script([Some(Fault::Hang)]);
    let program = env!("CARGO_BIN_EXE_gij");
    // Room for the rows and some of the sending, while the first row has no answer.
    let text = format!(
        "trap '' XFSZ; ulimit -f 28; exec '{program}' import a.csv --yes --concurrency 2 --timeout 3s"
    );
    let mut child = std::process::Command::new("bash")
        .args(["-c", &text])
        .current_dir(env.path(""))
        .env("JIRA_URL", env.jira().url())
        .env("JIRA_TOKEN", crate::env::TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = lines_of(child.stderr.take().unwrap());
    let is_waiting =
        |line: &String| line.starts_with("stopping: nothing more is sent; waiting for");
    assert!(lines.any(|line| is_waiting(&line)));
    signal(&child, "INT");
    let rest = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(status_of(&mut child).code(), Some(130), "{rest}");
    assert!(rest.contains("cannot write the journal"), "{rest}");
    assert!(rest.contains("gij resume 2"), "{rest}");
    let options = ["--yes", "--settle", "50ms"];
    env.run(["resume"].into_iter().chain(options)).exit(0);
    assert_eq!((env.total("created"), env.jira().held().len()), (60, 60));
}

/// Signals a rehearsal twice. Returns whether the second signal came before the first had ended it in good order.
fn is_stopped_at_once(env: &Env) -> bool {
    let runs = env.runs().len();
    let args = ["import", "a.csv", "--sandbox", "--rate", "1/s"];
    let child = env.start_until(args, |env| {
        let journal = env.runs().get(runs).map(|run| run.join("journal.jsonl"));
        let text = journal.and_then(|path| std::fs::read_to_string(path).ok());
        text.is_some_and(|text| text.contains("\"outcome\""))
    });
    // Both are there when it continues.
    for name in ["STOP", "INT", "TERM", "CONT"] {
        signal(&child, name);
    }
    let ran = Ran::of(output_of(child)).exit(130);
    let last_words = "the sandbox and its contents are gone; to rehearse again:\n  gij import a.csv --sandbox --rate 1/s";
    ran.stderr.contains(last_words)
}

#[test]
fn a_second_signal_ends_a_rehearsal_at_once() {
    let env = Env::new().file("a.csv", sheet_of(50));
    // On a busy machine a rehearsal may have ended before it gets the second.
    assert!((0..20).any(|_| is_stopped_at_once(&env)));
    env.run(["runs"]).exit(0).says_nothing_of("gij resume");
}

#[test]
fn a_run_of_standard_input_goes_on_with_a_file() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([Some(Fault::Failure400)]);
    let import = |options: &[&str]| {
        let args = ["import", "-", "--concurrency", "1"].iter().chain(options);
        let mut command = env.command(args.copied());
        let sheet = std::fs::File::open(env.path("a.csv")).unwrap();
        Ran::of(crate::env::run(command.stdin(sheet)))
    };
    import(&["--dry-run"])
        .exit(0)
        .says("gij import FILE --concurrency 1\n");
    let ran = import(&["--yes"]).exit(1);
    let next = ran.stderr.lines().last().unwrap().trim();
    assert!(next.starts_with("gij resume 2") && next.contains(" FILE"));
    // As it is told, and somebody agrees.
    let words = next.replace("FILE", "a.csv") + " --yes --settle 50ms";
    env.run(words.split(' ').skip(1)).exit(0);
    assert_eq!((env.total("created"), env.jira().held().len()), (3, 3));
}

#[test]
fn a_signal_ends_what_waits_for_a_reader_that_does_not_read() {
    use std::io::Read as _;
    for (args, name) in [
        ("import a.csv --yes --format json", "TERM"),
        ("resume last --yes --settle 50ms --format json", "INT"),
    ] {
        let env = Env::new().sandbox().file("a.csv", sheet_of(400));
        if name == "INT" {
            env.jira().script([None, Some(Fault::Unauthorized)]);
            env.run(["import", "a.csv", "--yes"]).exit(4);
        }
        let mut child = env.start(args.split(' '));
        // From the first byte on the document is being written, and there is more of it than a pipe holds.
        let mut first = [0];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut first)
            .unwrap();
        signal(&child, name);
        assert_eq!(status_of(&mut child).code(), Some(130));
    }
}

/// An import that is at its second of two rows, started with this disposition of SIGHUP, which is sent then.
#[cfg(target_os = "linux")]
fn hung_up(env: &Env, disposition: &str) -> Ran {
    env.jira().script([None, Some(Fault::TooManyRequests)]);
    let import = env.command("import a.csv --yes --concurrency 1 --settle 50ms".split(' '));
    let mut command = std::process::Command::new("env");
    command
        .arg(disposition)
        .arg(import.get_program())
        .args(import.get_args())
        .current_dir(env.path(""))
        .envs(
            import
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null());
    let child = env.start_command_until(&mut command, |env| env.posts() == 2);
    signal(&child, "HUP");
    Ran::of(output_of(child))
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_ends_a_run_as_ctrl_c_does() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    hung_up(&env, "--default-signal=HUP")
        .exit(130)
        .says("gij resume");
    assert_eq!(env.report()["run"]["ending"], "interrupted");
    assert_eq!((env.total("created"), env.total("not_attempted")), (1, 1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    hung_up(&env, "--ignore-signal=HUP").exit(0);
    env.assert_once_each(2);
}
