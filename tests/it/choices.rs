//! Which rows of a sheet are sent: `--skip-invalid`, `--limit`, `--on-existing`.

use serde_json::{Value, json};

use crate::env::{Env, sheet_of};

/// Six rows: the second lacks its token, the fourth and the sixth say the same.
const MIXED: &str = "type,displayName,origin,pat\n\
    GITHUB_SERVER,A,https://a.example.org,pat-a\n\
    GITHUB_SERVER,B,https://b.example.org,\n\
    GITHUB_SERVER,C,https://c.example.org,pat-c\n\
    GITHUB_SERVER,D,https://d.example.org,pat-d\n\
    GITHUB_SERVER,E,https://e.example.org,pat-e\n\
    GITHUB_SERVER,D,https://d.example.org,pat-f\n";

/// The values of `key` of the rows of the report, in their order.
fn rows(env: &Env, key: &str) -> Vec<Value> {
    let report = env.report();
    let rows = report["rows"].as_array().unwrap();
    rows.iter().map(|row| row[key].clone()).collect()
}

#[test]
fn one_invalid_row_keeps_all_from_being_sent() {
    let env = Env::new().sandbox().file("a.csv", MIXED);
    env.run(["import", "a.csv", "--yes"])
        .exit(3)
        .says("nothing was sent");
    assert_eq!((env.posts(), env.runs().len()), (0, 0));
}

#[test]
fn invalid_rows_are_skipped_where_that_is_asked_for() {
    let env = Env::new().sandbox().file("a.csv", MIXED);
    let skipping = "import a.csv --yes --skip-invalid --concurrency 1";
    env.run(skipping.split(' '))
        .exit(1)
        .says("error[missing-credential]")
        .says("    Skip 3 invalid rows")
        .says("  Create 3 integrations")
        .says("3 were not valid")
        .says("fix the invalid rows")
        .says("  gij import a.csv --skip-invalid --concurrency 1\n");
    assert_eq!(
        env.held(),
        ["A", "C", "E"],
        "of two that are alike none is sent"
    );
    assert_eq!(
        rows(&env, "outcome"),
        [
            "created", "invalid", "created", "invalid", "created", "invalid"
        ]
    );
    assert_eq!(rows(&env, "error")[1], "not valid: missing-credential");
    assert_eq!(rows(&env, "error")[3], "not valid: duplicate-row");
    assert_eq!(rows(&env, "display_name")[1], "B");
    env.run(skipping.split(' '))
        .exit(1)
        .says("3 were already there");
    assert!(!env.everything_written(&["a.csv"]).contains("pat-"));
}

#[test]
fn a_dry_run_shows_what_would_be_skipped() {
    let env = Env::new().sandbox().file("a.csv", MIXED);
    let dry = ["import", "a.csv", "--dry-run", "--skip-invalid"];
    env.run(dry)
        .exit(0)
        .says("  create a.csv:2  GITHUB_SERVER  A\n invalid a.csv:3  GITHUB_SERVER  B: missing-credential\n")
        .says(" invalid a.csv:5  GITHUB_SERVER  D: duplicate-row\n");
    let json = env
        .run([&dry[..], &["--format", "json"]].concat())
        .exit(0)
        .json();
    let row = |at: usize| [&json["plan"][at]["action"], &json["plan"][at]["reason"]];
    assert_eq!(row(0), ["create", "not in Jira"]);
    assert_eq!(row(1), ["invalid", "missing-credential"]);
    assert_eq!(
        json["rows"],
        json!({"read": 6, "valid": 3, "invalid": 3, "blank": 0})
    );
    assert_eq!(env.posts(), 0);
}

#[test]
fn what_is_wrong_with_a_table_or_with_every_row_is_not_skipped() {
    let header = "type,displayName,orgin,pat\nGITHUB,A,,p\n";
    let env = Env::new().sandbox().file("header.csv", header);
    let env = env
        .file(
            "quote.csv",
            "type,displayName,pat\nGITHUB,A,p\nGITHUB,\"B,p\n",
        )
        .file("rows.csv", "type,displayName,pat\nGITHUB,A,\n");
    for (file, said) in [
        ("header.csv", "a file or a header is wrong here"),
        ("quote.csv", "a file or a header is wrong here"),
        ("missing.csv", "a file or a header is wrong here"),
        ("rows.csv", "no valid row is left"),
    ] {
        env.run(["import", file, "--yes", "--skip-invalid"])
            .exit(3)
            .says("nothing was sent")
            .says(said);
    }
    assert_eq!((env.posts(), env.runs().len()), (0, 0));
}

#[test]
fn a_row_with_an_unknown_project_is_skipped_too() {
    let csv = "type,displayName,pat,projectKeys\nGITHUB,A,p,ABC\nGITHUB,B,p,\"ABC,NOPE\"\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["import", "a.csv", "--yes", "--skip-invalid"])
        .exit(1)
        .says("Jira knows no project `NOPE`");
    assert_eq!(env.held(), ["A"]);
    assert_eq!(rows(&env, "error")[1], "not valid: unknown-project");
}

#[test]
fn a_pilot_creates_the_first_rows_that_are_not_there() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(5));
    env.put("Team 2", "git2");
    env.run("import a.csv --yes --limit 2 --concurrency 1".split(' '))
        .exit(0)
        .says("  Create 2 integrations")
        .says("   Later 2 rows, beyond --limit")
        .says("2 were not selected")
        .says("create the others:\n  gij import a.csv --concurrency 1\n");
    assert_eq!(env.held(), ["Team 1", "Team 2", "Team 3"]);
    assert_eq!(
        rows(&env, "outcome"),
        [
            "created",
            "exists",
            "created",
            "not_selected",
            "not_selected"
        ]
    );
    // Nothing of a pilot is unfinished.
    env.run(["import", "a.csv", "--yes"]).exit(0);
    assert_eq!(env.jira().held().len(), 5);
}

#[test]
fn a_dry_run_of_a_pilot_tells_what_is_beyond_it() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    let dry = ["import", "a.csv", "--dry-run", "--limit=1"];
    env.run(dry)
        .exit(0)
        .says("not selected a.csv:3  GITHUB_SERVER  Team 2\n")
        .says("  gij import a.csv --limit 1\n");
    let json = env
        .run([&dry[..], &["--format", "json"]].concat())
        .exit(0)
        .json();
    assert_eq!(json["plan"][1]["action"], "not_selected");
    assert_eq!(json["plan"][1]["reason"], "beyond --limit");
}

#[test]
fn a_limit_of_nothing_is_refused() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes", "--limit", "0"])
        .exit(2);
}

#[test]
fn what_exists_can_be_a_reason_to_send_nothing() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.put("Team 2", "git2");
    env.run(["import", "a.csv", "--yes", "--on-existing", "fail"])
        .exit(3)
        .says("  exists a.csv:3  GITHUB_SERVER  Team 2 (id 1)\n")
        .says("1 row already exists in Jira (`--on-existing fail`); nothing was sent")
        .says("skip them with `gij import a.csv`");
    env.run(["import", "a.csv", "--dry-run", "--on-existing", "fail"])
        .exit(3)
        .says("  create a.csv:2")
        .says("nothing was sent");
    let json = env
        .run("import a.csv --yes --on-existing fail --format json".split(' '))
        .exit(3)
        .json();
    assert_eq!(json["plan"][1]["id"], 1);
    assert_eq!((env.posts(), env.runs().len()), (0, 0));
    env.run(["import", "a.csv", "--yes", "--on-existing", "skip"])
        .exit(0);
    assert_eq!(env.posts(), 2);
}

#[test]
fn many_rows_that_exist_are_folded() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(14));
    for n in 1..=12 {
        env.put(&format!("Team {n}"), &format!("git{n}"));
    }
    env.run(["import", "a.csv", "--yes", "--on-existing", "fail"])
        .exit(3)
        .says("a.csv:11  GITHUB_SERVER  Team 10 (id 10)\n         and 2 more rows; `--dry-run` lists them\n")
        .says_nothing_of("Team 11");
}

#[test]
fn many_hosts_under_other_names_are_folded_in_the_plan_and_named_by_a_dry_run() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(13));
    for n in 1..=13 {
        env.put("Old", &format!("git{n}"));
    }
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("warning a.csv:11: Jira already holds this type and origin as `Old` (id 10); both would be indexed\n")
        .says("warning 3 more such warnings")
        .says("  create a.csv:14  GITHUB_SERVER  Team 13\n         Jira already holds this type and origin as `Old` (id 13)");
}
