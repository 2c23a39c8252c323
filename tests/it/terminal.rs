//! What is seen on a terminal, and off one.

use std::process::Stdio;
use std::time::Duration;

use gij::sandbox::{Call, Config, Fault};

use crate::env::{Env, Ran, output_of, sheet_of};

#[test]
fn off_a_terminal_there_are_no_colours_and_no_bar() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(5));
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says_nothing_of("\u{1b}")
        .says_nothing_of("\r");
    env.run(["check", "a.csv", "--color", "always"]).exit(0);
}

#[test]
fn colours_can_be_asked_for() {
    let env = Env::new().file("a.csv", "type,displayName,pat\nGITHBU,A,p\n");
    env.run(["check", "a.csv", "--color", "always"])
        .exit(3)
        .says("\u{1b}[");
}

#[test]
fn quiet_leaves_results_and_problems() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(5));
    let ran = env.run(["import", "a.csv", "--yes", "--quiet"]).exit(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    let env = env.file("b.csv", "type,displayName,pat\nGitHub Cloud,A,p\n");
    env.run(["check", "b.csv"]).says("note[");
    env.run(["check", "b.csv", "--quiet"])
        .says_nothing_of("note[");
}

#[test]
fn long_runs_say_a_line_now_and_then() {
    let env = Env::new()
        .slow_sandbox(Duration::from_millis(60))
        .file("a.csv", sheet_of(100));
    env.run("import a.csv --yes --concurrency 1 --progress plain".split(' '))
        .exit(0)
        .says("/100 · ")
        .says(" s left");
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_not_taken_for_seen() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    for (args, code) in [
        ("import a.csv --yes", 4),
        ("runs", 4),
        ("verify --format json", 4),
        ("resume nothing", 2),
    ] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = env.command(args.split(' '));
        let ran = Ran::of(output_of(
            command.stdout(full).stderr(Stdio::piped()).spawn().unwrap(),
        ))
        .exit(code);
        assert_eq!(ran.stderr.contains("cannot write to standard"), code == 4);
    }
    assert_eq!(env.total("created"), 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let env = Env::new().file("a.csv", "type,displayName,pat\nGITHBU,A,p\n");
    let mut child = env
        .command(["check", "a.csv", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(output_of(child)).exit(3);
    assert_eq!(ran.stderr, "");
}

#[cfg(unix)]
pub mod on_a_terminal {
    use rexpect::process::WaitStatus;
    use rexpect::session::{PtySession, spawn_command};

    use super::*;

    /// Starts the program on a terminal of its own, in which nothing is said for 20 s at most.
    pub fn on_terminal(env: &Env, args: &[&str]) -> PtySession {
        let mut command = env.command(args.iter().copied());
        command.env("TERM", "xterm");
        // The terminal is the standard input.
        let mut fresh = std::process::Command::new(command.get_program());
        fresh
            .args(command.get_args())
            .current_dir(env.path(""))
            .env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                fresh.env(name, value);
            }
        }
        spawn_command(fresh, Some(20_000)).unwrap()
    }

    pub fn exit_code(mut session: PtySession) -> i32 {
        session.exp_eof().unwrap();
        match session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn long_lines_are_broken_between_words_and_off_a_terminal_they_are_not() {
        let csv = "type,displayName,origin,pat\nGITLAB_SERVER,A,git@git.example.org:payments/backend.git,p\n";
        let env = Env::new().file("a.csv", csv);
        let ran = env.run(["check", "a.csv"]).exit(3);
        let long: Vec<&str> = ran.stdout.lines().filter(|line| line.len() > 80).collect();
        assert!(!long.is_empty(), "{ran:?}");
        let mut session = on_terminal(&env, &["check", "a.csv", "--color", "never"]);
        let said = session.exp_eof().unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines.iter().all(|line| line.len() <= 80), "{said}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in long {
            assert!(words(&said).contains(&words(line)), "{line}");
        }
    }

    #[test]
    fn a_resume_shows_its_plan_and_asks() {
        let env = Env::new().sandbox().file("a.csv", sheet_of(2));
        env.jira().script([Some(Fault::Failure400)]);
        env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
            .exit(1);
        for (answer, code, held) in [("n", 130, 1), ("y", 0, 2)] {
            let mut session = on_terminal(&env, &["resume"]);
            session.exp_string("Create 1 integration").unwrap();
            session.exp_string("[y/N]").unwrap();
            session.send_line(answer).unwrap();
            assert_eq!(exit_code(session), code);
            assert_eq!(env.jira().held().len(), held);
        }
        assert_eq!(env.report()["run"]["sessions"][2]["confirmed_by"], "answer");
    }

    #[test]
    fn what_is_typed_before_a_question_does_not_answer_it() {
        let env = Env::new()
            .slow_sandbox(Duration::from_millis(300))
            .file("a.csv", sheet_of(2));
        let mut session = on_terminal(&env, &["import", "a.csv"]);
        session.exp_string("a.csv: 2 rows").unwrap();
        session.send_line("y").unwrap();
        session.exp_string("[y/N]").unwrap();
        session.send_line("n").unwrap();
        assert_eq!((exit_code(session), env.posts()), (130, 0));
    }

    #[test]
    fn an_undo_wants_the_number_of_removals_typed() {
        let env = Env::new().sandbox().file("a.csv", sheet_of(3));
        env.run(["import", "a.csv", "--yes"]).exit(0);
        for (answer, code, held) in [("y", 130, 3), ("2", 130, 3), ("3", 0, 0)] {
            let mut session = on_terminal(&env, &["undo"]);
            session.exp_string("Type the number to confirm:").unwrap();
            session.send_line(answer).unwrap();
            assert_eq!(exit_code(session), code, "{answer}");
            assert_eq!(env.jira().held().len(), held, "{answer}");
        }
    }

    #[test]
    fn an_undo_that_is_declined_leaves_the_run_as_it_was() {
        let env = Env::new().sandbox().file("a.csv", sheet_of(2));
        env.jira().script([None, Some(Fault::Failure400)]);
        env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
            .exit(1);
        let runs = || env.run(["runs"]).exit(0).says("gij resume").stdout;
        let before = runs();
        let mut session = on_terminal(&env, &["undo"]);
        session.exp_string("Type the number to confirm:").unwrap();
        session.send_line("n").unwrap();
        assert_eq!(exit_code(session), 130);
        assert_eq!(runs(), before);
        let undo = env.report()["run"]["sessions"][1].clone();
        assert_eq!(
            (&undo["kind"], &undo["confirmed_by"]),
            (&"undo".into(), &"declined".into())
        );
        env.run(["resume", "--yes"]).exit(0);
        assert_eq!(env.jira().held().len(), 2);
    }

    #[test]
    fn what_was_changed_while_somebody_was_asked_is_left_alone() {
        let env = Env::new().sandbox().file("a.csv", sheet_of(2));
        env.run(["import", "a.csv", "--yes"]).exit(0);
        let first = env.jira().held()[0].clone();
        let mut session = on_terminal(&env, &["undo"]);
        session.exp_string("Type the number to confirm:").unwrap();
        env.jira().remove(first.id);
        let changed = serde_json::json!({
            "id": first.id, "initDate": first.init_date, "type": "GITHUB_SERVER",
            "displayName": "Renamed", "origin": "https://git1.example.org",
        });
        env.jira().put(changed).unwrap();
        session.send_line("2").unwrap();
        session.exp_string("Team 1, now differs").unwrap();
        assert_eq!(exit_code(session), 1);
        assert_eq!(env.held(), ["Renamed"]);
    }

    #[test]
    fn a_double_of_ours_is_removed_if_somebody_agrees_to_its_id() {
        let config = Config {
            late_by: Duration::from_hours(1),
            ..Config::default()
        };
        let env = Env::new().sandbox_with(config).file("a.csv", sheet_of(2));
        // Carried out long after it counted as absent and was sent again.
        env.jira().script([Some(Fault::Late)]);
        let args = "import a.csv --yes --settle 50ms --concurrency 1".split(' ');
        env.run(args).exit(0);
        assert_eq!(env.jira().commit_late(), 1);
        env.run(["verify"])
            .exit(1)
            .says("several requests")
            .says("--duplicates");
        for (answer, code, held) in [("n", 0, 3), ("y", 0, 2)] {
            let mut session = on_terminal(&env, &["undo", "--duplicates"]);
            session.exp_string("Remove integration 3").unwrap();
            session.send_line(answer).unwrap();
            assert_eq!(exit_code(session), code, "{answer}");
            assert_eq!(env.jira().held().len(), held, "{answer}");
        }
        env.run(["verify"]).exit(0);
    }

    #[test]
    fn a_declined_undo_does_not_hide_what_the_comparison_with_the_list_found() {
        let env = doubled();
        env.run(["verify"]).exit(1).says("--duplicates");
        let mut session = on_terminal(&env, &["undo"]);
        session.exp_string("Type the number to confirm:").unwrap();
        session.send_line("n").unwrap();
        assert_eq!(exit_code(session), 130);
        env.run(["resume", "--yes"]).exit(1);
    }

    #[test]
    fn several_doubles_of_a_row_are_removed_one_after_the_other() {
        let config = Config {
            late_by: Duration::from_hours(1),
            ..Config::default()
        };
        let env = Env::new().sandbox_with(config).file("a.csv", sheet_of(1));
        env.jira().script([Some(Fault::Late), Some(Fault::Late)]);
        env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
            .exit(0);
        assert_eq!(env.jira().commit_late(), 2);
        env.jira()
            .script_call(Call::Delete, [Some(Fault::TooManyRequests)]);
        let mut session = on_terminal(&env, &["undo", "--duplicates"]);
        for id in ["Remove integration 2", "Remove integration 3"] {
            session.exp_string(id).unwrap();
            session.send_line("y").unwrap();
        }
        session
            .exp_string("2 duplicates were removed since")
            .unwrap();
        assert_eq!(exit_code(session), 0);
        assert_eq!(env.jira().held().len(), 1);
        let doubles = env.report()["rows"][0]["doubles"].clone();
        let outcomes: Vec<_> = doubles.as_array().unwrap().iter().collect();
        assert_eq!(outcomes.len(), 2);
        assert!(outcomes.iter().all(|of| of["outcome"] == "removed"));
    }

    /// An environment whose run created its only row twice.
    fn doubled() -> Env {
        let env = Env::new().sandbox().file("a.csv", sheet_of(1));
        env.jira().script([Some(Fault::CutBeforeCommit)]);
        env.run(["import", "a.csv", "--yes", "--settle", "50ms"])
            .exit(0);
        env.put("Team 1", "git1");
        env
    }

    #[test]
    fn a_double_of_what_was_taken_back_is_removed_too() {
        let env = doubled();
        env.run(["undo", "--yes", "--settle", "50ms"]).exit(1);
        let mut session = on_terminal(&env, &["undo", "--duplicates"]);
        session.exp_string("whose own is removed?").unwrap();
        session.send_line("y").unwrap();
        assert_eq!(exit_code(session), 0);
        assert!(env.held().is_empty());
        // What comes now is nobody's double: both requests are accounted for.
        env.put("Team 1", "git1");
        env.run(["undo", "--yes"]).exit(0).says("nothing that");
        env.run(["verify"]).exit(0);
    }

    /// An environment in which the deletion of a double got no answer, and nobody waited for what became of it.
    fn in_doubt(fault: Fault) -> Env {
        let env = doubled();
        env.jira().script_call(Call::Delete, [Some(fault)]);
        let args = ["undo", "--duplicates", "--settle", "10m"];
        let mut session = on_terminal(&env, &args);
        session.exp_string("Remove integration").unwrap();
        session.send_line("y").unwrap();
        session.exp_string(", then settling 1 row").unwrap();
        session.send_control('c').unwrap();
        assert_eq!(exit_code(session), 130);
        assert_eq!(env.report()["rows"][0]["doubles"][0]["outcome"], "in_doubt");
        env
    }

    #[test]
    fn the_deletion_of_a_double_that_was_in_doubt_is_settled_by_the_next_undo() {
        let env = in_doubt(Fault::CutAfterCommit);
        env.run(["undo", "--yes", "--settle", "50ms"])
            .exit(0)
            .says("1 duplicate was removed since");
        assert!(env.held().is_empty());
        env.run(["undo", "--yes"]).exit(0).says("nothing that");
    }

    #[test]
    fn a_double_that_was_not_deleted_after_all_is_asked_for_again() {
        let env = in_doubt(Fault::CutBeforeCommit);
        env.run(["undo", "--yes", "--settle", "50ms"])
            .exit(1)
            .says("--duplicates");
        assert_eq!(env.held(), ["Team 1"]);
        let args = ["undo", "--duplicates", "--settle", "50ms"];
        let mut session = on_terminal(&env, &args);
        session.exp_string("Remove integration").unwrap();
        session.send_line("y").unwrap();
        assert_eq!(exit_code(session), 0);
        assert!(env.held().is_empty());
    }

    #[test]
    fn a_double_that_jira_refused_to_delete_and_is_gone_since_is_gone() {
        let env = doubled();
        env.jira()
            .script_call(Call::Delete, [Some(Fault::Failure400)]);
        let mut session = on_terminal(&env, &["undo", "--duplicates"]);
        session.exp_string("Remove integration").unwrap();
        session.send_line("y").unwrap();
        assert_eq!(exit_code(session), 1);
        let double = env.jira().held()[1].id;
        env.jira().remove(double);
        env.run(["undo", "--yes", "--settle", "50ms"]).exit(0);
        assert!(env.held().is_empty());
    }

    #[test]
    fn yes_creates_and_anything_else_does_not() {
        for (answer, code, created) in [
            ("y", 0, 3),
            ("yes", 0, 3),
            ("", 130, 0),
            ("n", 130, 0),
            ("j", 130, 0),
        ] {
            let env = Env::new().sandbox().file("a.csv", sheet_of(3));
            let mut session = on_terminal(&env, &["import", "a.csv"]);
            session
                .exp_string("Create 3 integrations in Sandbox Jira")
                .unwrap();
            assert_eq!(env.posts(), 0);
            session.send_line(answer).unwrap();
            assert_eq!(
                (exit_code(session), env.jira().held().len()),
                (code, created),
                "{answer:?}"
            );
        }
    }

    #[test]
    fn what_came_to_exist_while_somebody_was_asked_is_not_let_pass_either() {
        let env = Env::new().sandbox().file("a.csv", sheet_of(3));
        let mut session = on_terminal(&env, &["import", "a.csv", "--on-existing", "fail"]);
        session.exp_string("Create 3 integrations").unwrap();
        session.exp_string("[y/N]").unwrap();
        let there = serde_json::json!({
            "type": "GITHUB_SERVER", "displayName": "Team 2", "origin": "https://git2.example.org",
        });
        env.jira().put(there).unwrap();
        session.send_line("y").unwrap();
        session
            .exp_string("a.csv:3  GITHUB_SERVER  Team 2 (id 1)")
            .unwrap();
        session.exp_string("nothing was sent").unwrap();
        assert_eq!(exit_code(session), 3);
        assert_eq!((env.posts(), env.runs().len()), (0, 0));
    }

    #[test]
    fn a_token_is_asked_for_and_not_shown() {
        let env = Env::new()
            .sandbox()
            .without("JIRA_TOKEN")
            .file("a.csv", sheet_of(1));
        let mut session = on_terminal(&env, &["import", "a.csv", "--yes"]);
        session
            .exp_string("Personal access token for http://127.0.0.1")
            .unwrap();
        session.send_line(crate::env::TOKEN).unwrap();
        let said = session.exp_string("1 of 1 integration created").unwrap();
        assert!(!said.contains(crate::env::TOKEN), "{said}");
        assert_eq!(exit_code(session), 0);
    }

    #[test]
    fn the_bar_counts_and_goes_away() {
        let env = Env::new()
            .slow_sandbox(Duration::from_millis(30))
            .file("a.csv", sheet_of(60));
        let mut session = on_terminal(&env, &["import", "a.csv", "--yes", "--concurrency", "2"]);
        session.exp_regex(r"[1-9]\d?/60 ").unwrap();
        session.exp_string("60 of 60 integrations created").unwrap();
        assert_eq!(exit_code(session), 0);
    }

    #[test]
    fn no_color_is_respected() {
        for (name, value, is_colored) in [
            ("OTHER", "1", true),
            ("NO_COLOR", "1", false),
            ("TERM", "dumb", false),
        ] {
            let env = Env::new()
                .var(name, value)
                .file("a.csv", "type,displayName,pat\nGITHBU,A,p\n");
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gij"));
            command
                .args(["check", "a.csv"])
                .current_dir(env.path(""))
                .env_clear()
                .env("TERM", "xterm")
                .env(name, value);
            let mut session = spawn_command(command, Some(20_000)).unwrap();
            let said = session.exp_eof().unwrap();
            assert_eq!(said.contains("\u{1b}["), is_colored, "{name}: {said:?}");
        }
    }
}

/// What nothing that others wrote may do to a terminal: set its title, conceal text, turn the direction of the line.
const HOSTILE: &str = "\u{1b}]0;title\u{7}\u{1b}[8m\u{9b}8m\u{202e}x\u{200b}\u{1b}[31mEVIL";

#[track_caller]
fn assert_controls_nothing(ran: &Ran) {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    let controls = [
        "\u{1b}]",
        "\u{7}",
        "\u{1b}[8m",
        "\u{9b}",
        "\u{202e}",
        "\r",
        "\u{1b}[31mEVIL",
    ];
    // With colours, only ours.
    for control in controls {
        assert!(!text.contains(control), "{control:?} in {text:?}");
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_and_messages_of_servers_control_no_terminal() {
    let file = format!("a{HOSTILE}.csv");
    let row = |n| format!("GITHUB,A{n}{HOSTILE},,p-{n}-secret\n");
    let sheet = format!("type,displayName,Old{HOSTILE},pat\n{}{}", row(1), row(2));
    let good = "type,displayName,pat\nGITHUB,A,p-1-secret\nGITHUB,B,p-2-secret\n";
    let error = format!("no {HOSTILE} here");
    let answer = serde_json::json!({"success": false, "error": error, "advice": HOSTILE});
    let echo = crate::echo::Echo::start(400, &answer.to_string(), "");
    let env = Env::new()
        .file(&file, good)
        .file("bad.csv", sheet)
        .var("JIRA_URL", &echo.url())
        .var("JIRA_TOKEN", "own-token-canary");
    let held = serde_json::json!({"id": 3, "integrationType": "GITHUB", "displayName": format!("A{HOSTILE}"), "origin": HOSTILE, "initDate": 5});
    echo.say(400, &answer.to_string(), &held.to_string());
    let report = format!("r{HOSTILE}.json");
    let missing = format!("none{HOSTILE}.csv");
    for line in [
        vec!["check", &file],
        vec!["check", "bad.csv"],
        vec!["check", &missing],
        vec!["check", &file, "--map", HOSTILE],
        vec!["check", &file, "--sheet", HOSTILE],
        vec!["check", &file, "--only", HOSTILE],
        vec!["check", &file, "-o", &report],
        vec!["check", &file, "-o", &report],
        vec!["import", &file, "--dry-run"],
        vec!["import", &file, "--yes", "--name", HOSTILE],
        vec!["import", &file, "--yes", "-v"],
        vec!["import", &file, "--sandbox"],
        vec!["doctor"],
        vec!["runs"],
        vec!["resume", "last", "--dry-run"],
        vec!["resume", HOSTILE],
        vec!["verify"],
        vec!["undo", "last", "--dry-run"],
        vec!["report", "last"],
        vec!["export", "-o", &report],
        vec!["export", "-o", "e.csv"],
        vec!["explain", HOSTILE],
        vec!["probe", &file],
    ] {
        for color in ["always", "never"] {
            let ran = env.run(line.iter().copied().chain(["--color", color]));
            assert_controls_nothing(&ran);
        }
    }
}
