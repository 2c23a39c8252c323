//! The disk is full, or may not be written to.

use std::path::Path;
use std::process::{Command, Stdio};

use gij::sandbox::Fault;

use crate::env::{Env, Ran, TOKEN, sheet_of};
use crate::jira::assert_announced;
use crate::tally::say;

const ROWS: usize = 40;

const GIJ: &str = env!("CARGO_BIN_EXE_gij");

/// Runs a script in the directory of the environment, where `$GIJ` is the program.
fn script(env: &Env, shell: &[&str], text: &str) -> Ran {
    let mut command = Command::new(shell[0]);
    command
        .args(&shell[1..])
        .arg(text)
        .current_dir(env.path(""))
        .env("JIRA_URL", env.jira().url())
        .env("JIRA_TOKEN", TOKEN)
        .env("GIJ", GIJ)
        .stdin(Stdio::null());
    Ran::of(crate::env::run(&mut command))
}

/// Whether this user may mount: file systems of a test's own need no other privilege.
fn may_mount() -> bool {
    let mounted = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"])
        .stderr(Stdio::null())
        .status();
    let may = mounted.is_ok_and(|status| status.success());
    if !may {
        say("left out: no file system can be mounted here");
    }
    may
}

fn env() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(ROWS));
    env.jira().script([
        None,
        Some(Fault::CutAfterCommit),
        None,
        Some(Fault::Error502Before),
    ]);
    env
}

fn tells_how_to_go_on(ran: &Ran) -> bool {
    let ways = [
        "gij resume 2",
        "run the same command again",
        "choose another place",
        "gij verify 2",
    ];
    ways.iter().any(|way| ran.stderr.contains(way))
}

const OPTIONS: &str = "--yes --settle 50ms --retries 20";

#[test]
fn a_journal_that_cannot_grow_stops_the_run_and_is_gone_on_with() {
    let (mut stopped, mut lost_at_once) = (0, 0);
    // In blocks of 1,024 bytes: from no room at all to enough for all but the end.
    for blocks in [0, 1, 4, 9, 14, 18, 22, 26, 32, 40] {
        let env = env();
        let limited = |command: &str| {
            let text =
                format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$GIJ\" {command} {OPTIONS}");
            script(&env, &["bash", "-c"], &text)
        };
        let ran = limited("import a.csv");
        let code = ran.code;
        assert!(matches!(code, Some(0 | 4)), "{ran:?}");
        assert_announced(&env);
        if code == Some(4) {
            stopped += 1;
            assert!(ran.stderr.contains("error: cannot "), "{ran:?}");
            assert!(tells_how_to_go_on(&ran), "{ran:?}");
            let posts = env.posts();
            let ran = limited("resume last");
            assert!(matches!(ran.code, Some(2 | 4)), "{ran:?}");
            assert_announced(&env);
            assert!(env.posts() <= posts + ROWS, "{ran:?}");
        }
        let ran = env.run(format!("resume last {OPTIONS}").split(' '));
        let ran = if crate::runs::has_no_run(&ran) {
            lost_at_once += 1;
            env.run(format!("import a.csv {OPTIONS}").split(' '))
        } else {
            ran
        };
        ran.exit(0);
        env.assert_once_each(ROWS);
        assert_announced(&env);
    }
    say(format_args!(
        "a limit on the journal's size: 10 runs, {stopped} stopped, {lost_at_once} of them before there was a run, \
         {} rows: 0 lost, 0 doubled",
        10 * ROWS
    ));
}

#[test]
fn a_full_disk_stops_the_run_and_room_lets_it_go_on() {
    if !may_mount() {
        return;
    }
    // The journal and the reports of a done run take some 60 kB; tmpfs counts pages of 4,096 bytes.
    let mut stopped = 0;
    let sizes = [4, 8, 16, 24, 28, 32, 36, 40, 48, 56];
    for size in sizes {
        let env = env();
        std::fs::create_dir(env.path("disk")).unwrap();
        let text = format!(
            "mount -t tmpfs -o size={size}k tmpfs disk
             \"$GIJ\" import a.csv --runs-dir disk/runs {OPTIONS}; echo first $?
             \"$GIJ\" resume last --runs-dir disk/runs {OPTIONS}; echo second $?
             mount -o remount,size=10m disk
             \"$GIJ\" resume last --runs-dir disk/runs {OPTIONS} || \"$GIJ\" import a.csv --runs-dir disk/runs {OPTIONS}
             echo third $?
             cp -r disk/runs gij-runs"
        );
        let ran = script(&env, &["unshare", "-rm", "sh", "-c"], &text);
        stopped += usize::from(ran.stdout.contains("first 4"));
        assert!(
            ran.stdout.contains("first 4") || ran.stdout.contains("first 0"),
            "{ran:?}"
        );
        assert!(ran.stdout.contains("third 0"), "{ran:?}");
        assert!(
            !ran.stdout.contains("first 4") || ran.stderr.contains("No space left on device"),
            "{ran:?}"
        );
        env.assert_once_each(ROWS);
        assert_announced(&env);
    }
    say(format_args!(
        "a full disk: {} runs, {stopped} stopped, {} rows: 0 lost, 0 doubled",
        sizes.len(),
        sizes.len() * ROWS
    ));
}

#[test]
fn a_runs_directory_that_may_not_be_written_to_is_refused_and_nothing_is_sent() {
    if !may_mount() {
        return;
    }
    let env = env();
    let read_only = |dir: &str, command: &str| {
        let text = format!(
            "mount --bind {dir} {dir} && mount -o remount,bind,ro {dir} && exec \"$GIJ\" {command} {OPTIONS}"
        );
        script(&env, &["unshare", "-rm", "sh", "-c"], &text)
    };
    std::fs::create_dir(env.path("runs")).unwrap();
    read_only("runs", "import a.csv --runs-dir runs")
        .exit(4)
        .says("runs")
        .says("--runs-dir");
    read_only("runs", "import a.csv --runs-dir runs/below")
        .exit(4)
        .says("--runs-dir");
    assert_eq!(env.posts(), 0);
    // A run that was stopped, in a directory that nobody may write to any more.
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(format!("import a.csv --concurrency 1 {OPTIONS}").split(' '))
        .exit(4);
    let posts = env.posts();
    read_only("gij-runs", "resume last")
        .exit(4)
        .says("gij-runs")
        .says("Read-only file system");
    assert_eq!(env.posts(), posts);
    assert!(Path::new(&env.path("gij-runs")).is_dir());
    env.run(format!("resume last {OPTIONS}").split(' ')).exit(0);
    env.assert_once_each(ROWS);
    say(format_args!(
        "a read-only runs directory: 3 sessions refused, 0 requests sent, then {ROWS} rows: 0 lost, 0 doubled"
    ));
}
