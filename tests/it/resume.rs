//! A run goes on from its journal, whatever ended it.

use std::path::Path;
use std::time::Duration;

use gij::sandbox::{Condition, Fault};

use crate::env::{Env, Ran, interrupted_at_second, output_of, run, sheet_of, signal, status_of};

/// A simulated Jira that takes its time, and a sheet of this many rows.
fn slow(rows: usize) -> Env {
    Env::new()
        .slow_sandbox(Duration::from_millis(20))
        .file("a.csv", sheet_of(rows))
}

/// An environment with a run of three rows, of which the second was interrupted by a 401.
fn stopped() -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4)
        .says("gij resume");
    env
}

fn resume(env: &Env, options: &[&str]) -> Ran {
    let args = ["resume", "last", "--yes", "--settle", "100ms"];
    env.run(args.iter().chain(options).copied())
}

#[test]
fn a_killed_run_goes_on_and_creates_the_rest_once() {
    let env = slow(60);
    let mut child = env.start_until(["import", "a.csv", "--yes"], |env| {
        env.jira().held().len() > 9
    });
    child.kill().unwrap();
    status_of(&mut child);
    resume(&env, &[])
        .exit(0)
        .says("60 of 60 integrations created");
    env.assert_once_each(60);
    assert_eq!(env.runs().len(), 1);
}

#[test]
fn an_interrupted_run_goes_on() {
    let env = slow(60);
    let child = env.start_until(["import", "a.csv", "--yes"], |env| {
        env.jira().held().len() > 9
    });
    signal(&child, "TERM");
    Ran::of(output_of(child)).exit(130).says("gij resume");
    resume(&env, &[]).exit(0);
    env.assert_once_each(60);
}

#[test]
fn a_row_in_doubt_is_settled_before_anything_is_sent() {
    let env = stopped();
    assert_eq!((env.total("in_doubt"), env.total("not_attempted")), (1, 1));
    resume(&env, &[])
        .exit(0)
        .says("3 of 3 integrations created");
    env.assert_once_each(3);
    assert_eq!(env.report()["run"]["sessions"][1]["kind"], "resume");
}

#[test]
fn a_row_that_was_created_though_nobody_heard_is_found() {
    let env = slow(2);
    env.jira().script([Some(Fault::HangAfterCommit)]);
    let mut child = env.start_until(["import", "a.csv", "--yes", "--concurrency", "1"], |env| {
        env.jira().held().len() == 1
    });
    child.kill().unwrap();
    status_of(&mut child);
    resume(&env, &[]).exit(0);
    env.assert_once_each(2);
    assert_eq!(env.posts(), 2);
}

#[test]
fn a_failed_row_is_read_anew_and_sent_as_it_is_now() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(3))
        .faults([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(1)
        .says("gij resume");
    let mended = sheet_of(3).replace("pat-1-invented", "pat-of-another-account");
    let env = env.file("a.csv", mended);
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
    let received = env.jira().received();
    assert_eq!(received.last().unwrap()["pat"], "pat-of-another-account");
}

#[test]
fn what_left_the_sheet_what_joined_it_and_what_was_changed_is_named() {
    let env = stopped();
    // Team 1 was created, Team 2 is in doubt, Team 3 had no turn.
    let sheet = sheet_of(4)
        .replace("https://git1.example.org", "https://git1.example.org/")
        .replace("Team 3", "Team 33");
    let env = env.file("a.csv", sheet);
    resume(&env, &[])
        .exit(1)
        .says("1 row left the sheet; it stays in the report and is not sent: a.csv:4")
        .says("1 row was changed in the sheet since it was created; the change is not applied: a.csv:2")
        .says("2 rows are new in the sheet and not part of this run");
    assert_eq!(env.jira().held().len(), 2);
    assert_eq!((env.total("created"), env.total("not_attempted")), (2, 1));
}

#[test]
fn only_rows_that_are_still_to_be_sent_need_be_valid() {
    let env = stopped();
    let without_pat = |n: u32| sheet_of(3).replace(&format!("pat-{n}-invented"), "");
    let env = env.file("a.csv", without_pat(3));
    resume(&env, &[])
        .exit(3)
        .says("a.csv:4")
        .says("nothing was sent");
    let env = env.file("a.csv", without_pat(1));
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn a_moved_sheet_is_given_by_its_new_name() {
    let env = stopped();
    std::fs::rename(env.path("a.csv"), env.path("b.csv")).unwrap();
    resume(&env, &[]).exit(3).says("a.csv");
    resume(&env, &["b.csv"]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn the_sheet_is_found_from_another_directory() {
    let env = stopped();
    std::fs::create_dir(env.path("elsewhere")).unwrap();
    let mut command = env.command([
        "resume",
        "--yes",
        "--settle",
        "100ms",
        "--runs-dir",
        "../gij-runs",
    ]);
    let output = run(command.current_dir(env.path("elsewhere")));
    Ran::of(output).exit(0);
    env.assert_once_each(3);
}

#[test]
fn another_jira_is_refused() {
    let env = stopped();
    resume(&env, &["--jira-url", "http://127.0.0.1:9"])
        .exit(2)
        .says("no run in gij-runs is on the Jira");
    assert_eq!(env.jira().held().len(), 1);
}

#[test]
fn without_consent_nothing_is_sent() {
    let env = stopped();
    env.run(["resume"]).exit(2).says("--yes");
    assert_eq!(env.jira().held().len(), 1);
}

#[test]
fn a_run_that_is_done_has_nothing_left_to_do() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let posts = env.posts();
    resume(&env, &[]).exit(0).says("nothing is left to do");
    assert_eq!(env.posts(), posts);
}

#[test]
fn what_somebody_created_in_the_meantime_exists() {
    let env = stopped();
    env.put("Team 3", "git3");
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
    assert_eq!((env.total("created"), env.total("exists")), (2, 1));
}

/// An environment whose second row stays in doubt, for something like it appeared.
fn in_doubt() -> (Env, u64) {
    let env = stopped();
    let id = env.put("Team 2 (new)", "git2");
    resume(&env, &[]).exit(1).says("--adopt");
    assert_eq!((env.total("in_doubt"), env.total("created")), (1, 2));
    (env, id)
}

#[test]
fn a_row_in_doubt_is_adopted_by_hand() {
    let (env, id) = in_doubt();
    resume(&env, &["--adopt", &format!("a.csv!3={id}")]).exit(0);
    assert_eq!((env.total("created"), env.jira().held().len()), (3, 3));
    assert_eq!(env.report()["rows"][1]["id"], id);
}

#[test]
fn a_row_in_doubt_is_said_to_be_absent_and_sent_again() {
    let (env, _) = in_doubt();
    resume(&env, &["--absent", "a.csv!3"]).exit(0);
    assert_eq!((env.total("created"), env.jira().held().len()), (3, 4));
}

#[test]
fn a_decision_on_a_row_that_is_not_in_doubt_is_refused_at_once() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    for command in ["resume", "undo"] {
        env.run([command, "--yes", "--adopt", "a.csv:2=1"])
            .exit(2)
            .says("row a.csv!2 is not in doubt: it is created");
    }
}

#[test]
fn what_is_said_by_hand_is_checked() {
    let (env, id) = in_doubt();
    for (options, said) in [
        (
            ["--adopt".to_owned(), "a.csv!3=999".to_owned()],
            "no integration 999",
        ),
        (
            ["--adopt".to_owned(), format!("a.csv!2={id}")],
            "is not in doubt",
        ),
        (
            ["--adopt".to_owned(), "a.csv!3=1".to_owned()],
            "belongs to another row",
        ),
        (["--absent".to_owned(), "a.csv!9".to_owned()], "has no row"),
        (
            ["--absent".to_owned(), "a.csv!2-3".to_owned()],
            "more than one row",
        ),
    ] {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        resume(&env, &options).exit(2).says(said);
    }
}

#[test]
fn of_a_row_in_doubt_one_thing_is_said_by_hand() {
    let (env, id) = in_doubt();
    let other = env.put("Team 2 (newer)", "git2");
    let [adopt, other] = [id, other].map(|id| format!("3={id}"));
    for options in [
        ["--adopt", &adopt, "--adopt", &other],
        ["--adopt", &adopt, "--absent", "3"],
        ["--absent", "3", "--absent", "a.csv!3"],
    ] {
        resume(&env, &options)
            .exit(2)
            .says("name the row a.csv:3 more than once");
    }
    assert_eq!(env.total("in_doubt"), 1);
}

#[test]
fn two_processes_do_not_go_on_with_one_run() {
    let env = slow(60);
    let child = env.start_until(["import", "a.csv", "--yes"], |env| {
        env.jira().held().len() > 3
    });
    resume(&env, &[]).exit(2).says("another gij is at work");
    Ran::of(output_of(child)).exit(0);
    env.assert_once_each(60);
}

#[test]
fn a_jira_that_turns_us_away_leaves_the_run_as_it_is() {
    let env = stopped();
    env.jira().set_condition(Condition::Unauthorized);
    resume(&env, &[]).exit(4).says("refused the login");
    env.jira().set_condition(Condition::Normal);
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn a_rehearsal_is_over_when_it_ends() {
    let env = Env::new().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--sandbox"]).exit(0);
    let id = env.runs()[0]
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    env.run(["resume", &id, "--yes"]).exit(2).says("rehearsal");
}

#[test]
fn a_row_without_a_name_is_sent_while_its_file_is_unchanged_and_not_after() {
    let sheet = "type,origin,pat\nGITHUB_SERVER,https://git1.example.org,pat-1-invented\n\
                 GITHUB_SERVER,https://git2.example.org,pat-2-invented\n";
    for (is_changed, code, held) in [(false, 0, 2), (true, 1, 1)] {
        let env = interrupted_at_second(sheet);
        let env = if is_changed {
            env.file("a.csv", sheet.replace("pat-1", "pat-9"))
        } else {
            env
        };
        resume(&env, &[]).exit(code);
        assert_eq!(env.jira().held().len(), held, "changed: {is_changed}");
    }
}

#[test]
fn a_row_that_is_still_to_be_sent_and_is_not_valid_now_keeps_the_rest_waiting() {
    let env = stopped();
    let posts = env.posts();
    let env = env.file("a.csv", sheet_of(3).replace("pat-3-invented", ""));
    resume(&env, &[])
        .exit(3)
        .says("error[missing-credential]")
        .says("a.csv:4")
        .says("nothing was sent");
    assert_eq!(env.posts(), posts);
    let env = env.file("a.csv", sheet_of(3));
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn an_invalid_row_after_a_thousand_others_keeps_the_rest_waiting_too() {
    let env = stopped();
    let posts = env.posts();
    let sheet = sheet_of(3).replace("pat-3-invented", "");
    let (header, rows) = sheet.split_once('\n').unwrap();
    let last = rows.lines().last().unwrap();
    let mut changed = format!("{header}\n");
    for n in 0..1001 {
        let new = last.replace("Team 3", &format!("New {n}"));
        changed += &new.replace("git3", &format!("new{n}"));
        changed.push('\n');
    }
    let env = env.file("a.csv", changed + rows);
    resume(&env, &[])
        .exit(3)
        .says("error[missing-credential]")
        .says("a.csv:1005")
        .says("nothing was sent");
    assert_eq!(env.posts(), posts);
}

#[test]
fn rows_that_were_skipped_as_invalid_are_no_part_of_the_run() {
    let sheet = sheet_of(4).replace("pat-4-invented", "");
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run("import a.csv --yes --skip-invalid --concurrency 1".split(' '))
        .exit(4);
    resume(&env, &[]).exit(1).says("1 was not valid");
    env.assert_once_each(3);
}

/// The arguments of an import that is stopped by a 401 at its second row, with at most three rows to create.
const PILOT: [&str; 7] = [
    "import",
    "a.csv",
    "--yes",
    "--limit",
    "3",
    "--concurrency",
    "1",
];

#[test]
fn a_pilot_that_goes_on_stays_one() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(8));
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run(PILOT).exit(4);
    resume(&env, &[]).exit(0).says("5 were not selected");
    env.assert_once_each(3);
}

#[test]
fn a_dry_run_of_a_resume_shows_its_plan_and_changes_nothing() {
    let env = stopped();
    let journal = || std::fs::read(env.runs()[0].join("journal.jsonl")).unwrap();
    let before = journal();
    let shown = env.run(["resume", "--dry-run"]).exit(0);
    assert_eq!(env.jira().held().len(), 1);
    assert_eq!(journal(), before);
    shown
        .says("create a.csv:4  GITHUB_SERVER  Team 3")
        .says("1 row in doubt, to be settled first")
        .says("dry run: nothing was sent to Jira")
        .says("Next: continue the run:\n  gij resume ");
    let document = env.run(["resume", "--dry-run", "--format", "json"]).exit(0);
    let document: serde_json::Value = serde_json::from_str(&document.stdout).unwrap();
    assert_eq!(document["plan"][0]["display_name"], "Team 3");
    resume(&env, &[]).exit(0);
    env.assert_once_each(3);
}

#[test]
fn a_resume_with_a_limit_leaves_the_other_rows_for_another() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(6));
    env.jira().script([Some(Fault::Unauthorized)]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    resume(&env, &["--limit", "2"])
        .exit(1)
        .says("2 of 6 integrations created")
        .says("4 were not attempted")
        .says("continue with the rows that were not attempted:\n  gij resume ")
        .says_nothing_of("--limit");
    env.assert_once_each(2);
    resume(&env, &[]).exit(0);
    env.assert_once_each(6);
}

#[test]
fn a_pilot_that_died_while_it_was_being_written_down_stays_one() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(8));
    env.jira().script([Some(Fault::Unauthorized)]);
    env.run(PILOT).exit(4);
    let journal = env.runs()[0].join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    // The opening, the rows, the session and the baseline; then the plan as well, but for its end.
    for lines in [11, 13] {
        let kept: String = text.split_inclusive('\n').take(lines).collect();
        std::fs::write(&journal, kept).unwrap();
        for integration in env.jira().held() {
            env.jira().remove(integration.id);
        }
        resume(&env, &[]);
        assert_eq!(env.jira().held().len(), 3, "after {lines} lines");
    }
}

#[test]
fn a_run_of_the_first_version_is_read_by_the_options_that_its_journal_has_as_words() {
    let sheet = "type,displayName,origin,pat,global,Team\n\
        GITHUB_SERVER,Team 1,https://git1.example.org,pat-1,true,Payments\n\
        GITHUB_SERVER,Team 2,https://git2.example.org,pat-2,,Payments\n\
        GITHUB_SERVER,Team 3,https://git3.example.org,pat-3,,Shop\n";
    let env = Env::new().sandbox().file("teams.csv", sheet);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/journals");
    let journal = std::fs::read_to_string(fixtures.join("killed.jsonl")).unwrap();
    // It died before it sent anything. Which rows of the sheet are its own is up to `--only`.
    let mut lines: Vec<&str> = journal.lines().take(20).collect();
    lines.drain(3..18);
    assert!(lines[0].contains(r#""reading":["--only","Team=Payments"]"#));
    let journal = lines
        .join("\n")
        .replace(r#""seq":19"#, r#""seq":4"#)
        .replace(r#""seq":20"#, r#""seq":5"#)
        .replace(r#""ids":[1]"#, r#""ids":[]"#)
        .replace("http://127.0.0.1:39871", &env.jira().url())
        .replace(
            "/home/anna/teams.csv",
            env.path("teams.csv").to_str().unwrap(),
        );
    let run = env.path("gij-runs/20261128T174026Z-teams");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::write(run.join("journal.jsonl"), journal + "\n").unwrap();
    resume(&env, &[])
        .exit(0)
        .says_nothing_of("is new in the sheet");
    assert_eq!(env.held(), ["Team 1", "Team 2"]);
}

#[test]
fn settings_of_a_later_version_are_refused() {
    let env = stopped();
    let posts = env.posts();
    let path = env.runs()[0].join("journal.jsonl");
    let journal = std::fs::read_to_string(&path).unwrap();
    let settings = r#""settings":{"#;
    assert!(journal.contains(settings));
    let later = journal.replacen(settings, r#""settings":{"later":1,"#, 1);
    std::fs::write(&path, later).unwrap();
    resume(&env, &[])
        .exit(4)
        .says("use the version of gij that began the run");
    assert_eq!(env.posts(), posts);
}

#[test]
fn a_resume_reads_by_the_options_of_the_run() {
    let sheet = "kind;title;Address;pat;Team\n\
        GITHUB_SERVER;Team 1;https://git1.example.org;;Payments\n\
        GITHUB_SERVER;Team 2;https://git2.example.org;;Payments\n\
        GITHUB_SERVER;Team 3;https://git3.example.org;;Shop\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    std::fs::create_dir(env.path("secrets")).unwrap();
    std::fs::write(env.path("secrets/pat"), "pat-invented\n").unwrap();
    std::fs::create_dir(env.path("elsewhere")).unwrap();
    env.jira().script([None, Some(Fault::Unauthorized)]);
    env.run([
        "import",
        "a.csv",
        "--yes",
        "--concurrency",
        "1",
        "--map",
        "kind=type",
        "--map",
        "title=displayName",
        "--map",
        "Address=origin",
        "--set",
        "pat=file:pat",
        "--only",
        "Team=Payments",
        "--secrets-dir",
        "secrets",
    ])
    .exit(4);
    let args = "resume --yes --settle 100ms --runs-dir ../gij-runs";
    let mut command = env.command(args.split(' '));
    let ran = crate::env::run(command.current_dir(env.path("elsewhere")));
    Ran::of(ran).exit(0);
    assert_eq!(env.held(), ["Team 1", "Team 2"]);
    let opened = std::fs::read_to_string(env.runs()[0].join("journal.jsonl")).unwrap();
    let opened: serde_json::Value = serde_json::from_str(opened.lines().next().unwrap()).unwrap();
    assert_eq!(
        opened["settings"]["input"]["selection"]["only"][0]["text"],
        "Payments"
    );
    assert_eq!(opened["reading"], serde_json::Value::Null);
}
