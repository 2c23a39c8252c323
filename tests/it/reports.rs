//! What is left on disk after a run.

use std::process::Stdio;
use std::time::Duration;

use gij::sandbox::Fault;

use crate::env::{Env, Ran, output_of, sheet_of, signal, status_of};

#[test]
fn the_report_sums_up_to_the_rows_read() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(6)).faults([
        None,
        Some(Fault::Failure400),
        Some(Fault::CutAfterCommit),
        Some(Fault::Unauthorized),
    ]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(4);
    let report = env.report();
    env.assert_totals_are_of(6);
    assert_eq!(report["input"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(report["jira"]["url"], env.jira().url());
    assert_eq!(report["run"]["sessions"][0]["confirmed_by"], "yes");
    let csv = std::fs::read_to_string(env.runs()[0].join("report.csv")).unwrap();
    assert_eq!(csv.lines().count(), 7);
    assert!(
        csv.contains(",in_doubt,") && csv.contains(",failed,"),
        "{csv}"
    );
}

#[test]
fn the_report_on_standard_output_is_the_one_on_disk() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    let json = env
        .run(["import", "a.csv", "--yes", "--format", "json"])
        .exit(0)
        .json();
    assert_eq!(json, env.report());
    assert_eq!(json["format"], 1);
}

#[test]
fn a_killed_run_leaves_a_journal_that_tells_what_was_sent() {
    let env = Env::new()
        .slow_sandbox(Duration::from_millis(20))
        .file("a.csv", sheet_of(500));
    // The kill comes while requests are under way: some were answered, most were not sent yet.
    let mut child = env.start_until(["import", "a.csv", "--yes"], |env| {
        env.jira().held().len() >= 20
    });
    child.kill().unwrap();
    status_of(&mut child);
    let read = gij::testing::journal::read(&env.runs()[0].join("journal.jsonl")).unwrap();
    let totals = read.state.totals();
    let held = env.jira().held().len() as u64;
    let posts = env.posts() as u64;
    assert_eq!(totals.read, 500);
    // Whatever reached Jira is created or in doubt; nothing was sent without its intent.
    assert!(
        totals.created <= held && posts <= totals.created + totals.in_doubt,
        "{totals:?}, {posts} sent"
    );
    // Four under way, and four ahead of their turn.
    assert!(totals.in_doubt <= 8, "{totals:?}");
    assert_eq!(totals.not_attempted, 500 - totals.created - totals.in_doubt);
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_sending_and_reports() {
    for name in ["INT", "TERM"] {
        let env = Env::new()
            .slow_sandbox(Duration::from_millis(20))
            .file("a.csv", sheet_of(500));
        let child = env.start_until(["import", "a.csv", "--yes"], |env| env.posts() >= 20);
        signal(&child, name);
        let ran = Ran::of(output_of(child))
            .exit(130)
            .says("interrupted")
            .says("gij resume");
        drop(ran);
        let created = env.total("created");
        assert_eq!(
            (created, env.total("in_doubt")),
            (env.jira().held().len() as u64, 0)
        );
        assert_eq!(env.total("not_attempted"), 500 - created);
        assert_eq!(env.report()["run"]["ending"], "interrupted");
    }
}

#[test]
fn without_a_place_for_the_journal_nothing_is_sent() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(2))
        .file("runs", "a file and no directory");
    env.run(["import", "a.csv", "--yes", "--runs-dir", "runs"])
        .exit(4)
        .says("runs")
        .says("--runs-dir");
    assert_eq!(env.posts(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_stops_the_run_with_every_sent_row_accounted_for() {
    // The size of files is limited as a disk would be: the journal fills up in the middle of the run.
    let env = Env::new().sandbox().file("a.csv", sheet_of(400));
    let program = env!("CARGO_BIN_EXE_gij");
    let script = format!("trap '' XFSZ; ulimit -f 200; exec '{program}' import a.csv --yes");
    let mut command = std::process::Command::new("bash");
    command
        .args(["-c", &script])
        .current_dir(env.path(""))
        .env("JIRA_URL", env.jira().url())
        .env("JIRA_TOKEN", crate::env::TOKEN)
        .stdin(Stdio::null());
    let ran = Ran::of(crate::env::run(&mut command))
        .exit(4)
        .says("cannot write the journal");
    drop(ran);
    let read = gij::testing::journal::read(&env.runs()[0].join("journal.jsonl")).unwrap();
    let sent = read
        .state
        .rows()
        .filter(|(_, row)| row.attempts > 0)
        .count();
    assert!(env.posts() > 0 && env.posts() < 400);
    assert!(sent >= env.posts(), "{} sent, {sent} known", env.posts());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_look_at_a_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let run = &env.runs()[0];
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(run), 0o700);
    for file in ["journal.jsonl", "report.json", "report.csv"] {
        assert_eq!(mode(&run.join(file)), 0o600, "{file}");
    }
    assert_eq!(
        std::fs::read_to_string(env.path("gij-runs/.gitignore")).unwrap(),
        "*\n"
    );
}

#[test]
fn a_check_a_dry_run_and_an_import_write_the_reports_that_are_asked_for() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    let forms = ["json", "csv", "md", "xml"];
    for (name, command) in [
        ("check", &["check", "a.csv"][..]),
        ("plan", &["import", "a.csv", "--dry-run"]),
        ("run", &["import", "a.csv", "--yes"]),
    ] {
        let files = forms.map(|form| format!("{name}.{form}"));
        let named = files.iter().flat_map(|file| ["-o", file]);
        env.run(command.iter().copied().chain(named)).exit(0);
        for file in &files {
            let text = std::fs::read_to_string(env.path(file)).unwrap();
            assert!(!text.is_empty(), "{file}");
        }
    }
}

#[test]
fn the_report_of_a_check_has_what_an_auditor_asks_for() {
    let env = Env::new().file("a.csv", sheet_of(1));
    env.run(["check", "a.csv", "--rows", "2", "-o", "check.md"])
        .exit(0);
    let text = std::fs::read_to_string(env.path("check.md")).unwrap();
    for fact in ["gij version", "Made", "Machine", "OS user", "rows = 2"] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run("import a.csv --dry-run --insecure -o plan.md".split(' '))
        .exit(0);
    let text = std::fs::read_to_string(env.path("plan.md")).unwrap();
    for fact in ["insecure = true", "concurrency = 4"] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
}

#[test]
fn a_report_is_opened_before_the_work_and_overwrites_nothing() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(1))
        .file("there.md", "mine");
    for (file, message) in [
        ("there.md", "there.md already exists"),
        ("none/report.md", "cannot write none/report.md"),
        ("report.doc", "report.doc is no form of a report"),
    ] {
        env.run(["import", "a.csv", "--yes", "-o", file])
            .exit(2)
            .says(message);
    }
    assert_eq!((env.posts(), env.runs().len()), (0, 0));
    assert_eq!(
        std::fs::read_to_string(env.path("there.md")).unwrap(),
        "mine"
    );
    env.run(["import", "a.csv", "--yes", "-o", "there.md", "--force"])
        .exit(0)
        .says("there.md");
    let text = std::fs::read_to_string(env.path("there.md")).unwrap();
    assert!(text.contains("1 of 1 integration created"), "{text}");
}

/// Two teams; one row of `Payments` has no credential, and one of `Search` a type that is not known.
const TEAMS: &str = "Team,type,displayName,origin,pat,sslVerify\n\
    Payments,GITHUB_SERVER,A,https://git1.example.org,s3cretOfA1,true\n\
    Payments,GITHUB_SERVER,B,https://git2.example.org,,false\n\
    Search,GITHBU,C,https://git3.example.org,s3cretOfC1,true\n\
    ,GITHUB_SERVER,D,https://git4.example.org,s3cretOfD1,true\n";

#[test]
fn each_team_gets_its_own_mistakes() {
    let env = Env::new().file("a.csv", TEAMS);
    let check = ["check", "a.csv", "--split-by", "Team"];
    env.run(check.into_iter().chain(["-o", "bad.xlsx", "-o", "bad.md"]))
        .exit(3);
    let read = |name: &str| std::fs::read_to_string(env.path(name)).unwrap();
    let payments = read("bad-Payments.md");
    assert!(
        payments.contains("1 of 2 rows can be imported; 1 error"),
        "{payments}"
    );
    assert!(payments.contains("missing-credential"), "{payments}");
    assert!(!payments.contains("unknown-type"), "{payments}");
    assert!(read("bad-none.md").contains("1 row can be imported"));
    for team in ["Payments", "Search", "none"] {
        assert!(env.path(&format!("bad-{team}.xlsx")).exists());
    }
    assert!(!env.path("bad.xlsx").exists());
    // What it wrote is not overwritten either.
    env.run(check.into_iter().chain(["-o", "bad.md"]))
        .says("already exists");
}

#[test]
fn a_workbook_of_mistakes_reads_as_the_sheet_that_it_is_of() {
    let env = Env::new().file("a.csv", TEAMS);
    env.run(["check", "a.csv", "-o", "bad.xlsx"]).exit(3);
    let found = env
        .run(["check", "bad.xlsx", "--format", "json"])
        .exit(3)
        .json();
    let found = found["diagnostics"].as_array().unwrap();
    let codes: Vec<(&str, &str)> = found
        .iter()
        .map(|of| (of["code"].as_str().unwrap(), of["cell"].as_str().unwrap()))
        .collect();
    // The secrets are gone, and all else is as it was.
    assert_eq!(
        codes,
        [
            ("missing-credential", "D2"),
            ("missing-credential", "D3"),
            // `sslVerify` is `disableSslVerification` here.
            ("ssl-verification-off", "E3"),
            ("unknown-type", "A4"),
            ("missing-credential", "D5"),
        ]
    );
}

#[test]
fn what_failed_is_left_as_a_workbook_for_those_who_fix_it() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3)).faults([
        None,
        Some(Fault::Failure400),
        None,
    ]);
    env.run(["import", "a.csv", "--yes", "--concurrency", "1"])
        .exit(1);
    let failed = env.runs()[0].join("failed.xlsx");
    let found = env
        .run(["check", failed.to_str().unwrap(), "--format", "json"])
        .json();
    assert_eq!(found["rows"]["read"], 1, "{found}");
    env.run(["resume", "--yes"]).exit(0);
    assert!(!failed.exists());
}

#[test]
fn a_report_can_be_written_again_after_a_kill() {
    let env = Env::new()
        .slow_sandbox(Duration::from_millis(20))
        .file("a.csv", sheet_of(200));
    let mut child = env.start_until(["import", "a.csv", "--yes"], |env| env.posts() >= 20);
    child.kill().unwrap();
    status_of(&mut child);
    assert!(!env.runs()[0].join("report.json").exists());
    env.run([
        "report",
        "-o",
        "again.json",
        "-o",
        "again.html",
        "-o",
        "again.xlsx",
    ])
    .exit(0)
    .says("of 200 integrations created");
    let text = std::fs::read_to_string(env.path("again.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["totals"]["read"], 200);
    assert_eq!(report["run"]["journal_sha256"].as_str().unwrap().len(), 64);
    // The same report once more.
    env.run(["report", "-o", "twice.json"]).exit(0);
    assert_eq!(
        std::fs::read_to_string(env.path("twice.json")).unwrap(),
        text
    );
}

#[test]
fn a_report_is_split_by_a_field_or_by_the_column_that_the_import_kept() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", TEAMS.replace("B,https", "B,http"));
    env.run([
        "import",
        "a.csv",
        "--yes",
        "--skip-invalid",
        "--split-by",
        "Team",
    ])
    .exit(1);
    let report = ["report", "-o", "report.md", "--force", "--split-by"];
    for (header, group) in [("Team", "Search"), ("type", "GITHUB_SERVER")] {
        env.run(report.into_iter().chain([header])).exit(0);
        assert!(env.path(&format!("report-{group}.md")).exists(), "{group}");
    }
    env.run(report.into_iter().chain(["Cost"]))
        .exit(2)
        .says("has no column `Cost`");
    assert!(env.runs()[0].join("failed-Search.xlsx").exists());
    // The sheet is not needed for a column that the import kept.
    let held = env.held().len();
    std::fs::remove_file(env.path("a.csv")).unwrap();
    env.run(["undo", "--yes", "--only", "team=Payments"])
        .exit(0);
    assert_eq!(env.held().len(), held - 1);
}

#[test]
fn no_form_of_a_report_has_a_secret() {
    const CANARY: &str = "canary-7Qm2xW";
    const TOKEN: &str = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    let rows = format!(
        "Team,type,displayName,origin,username,password,pat,global\n\
         {CANARY},GITHUB_SERVER,A,https://git1.example.org,,,{CANARY},true\n\
         {CANARY},GERRIT,B,https://jo:{CANARY}@git2.example.org,jo,{CANARY},,true\n\
         {CANARY},GITHUB_SERVER,{TOKEN},https://git3.example.org,,,{CANARY},true\n\
         {CANARY},GITHBU,D,{CANARY},{CANARY},{CANARY},{CANARY},{CANARY}\n\
         {CANARY},AWS,E,,{CANARY},{CANARY},,{CANARY}\n"
    );
    let env = Env::new().sandbox().file("a.csv", rows);
    let forms = ["json", "csv", "html", "xlsx", "md", "xml"];
    for (name, command) in [
        ("check", &["check", "a.csv"][..]),
        ("plan", &["import", "a.csv", "--dry-run", "--skip-invalid"]),
        ("run", &["import", "a.csv", "--yes", "--skip-invalid"]),
    ] {
        let files = forms.map(|form| format!("{name}.{form}"));
        let named = files.iter().flat_map(|file| ["-o", file]);
        env.run(command.iter().copied().chain(named));
        for file in &files {
            let bytes = std::fs::read(env.path(file)).unwrap();
            let mut text = String::from_utf8_lossy(&bytes).into_owned();
            if let Ok(mut workbook) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
                for part in 0..workbook.len() {
                    let mut part = workbook.by_index(part).unwrap();
                    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
                }
            }
            for secret in [CANARY, TOKEN] {
                assert!(!text.contains(secret), "{secret} in {file}: {text}");
            }
        }
    }
}
