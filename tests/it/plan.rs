//! What would be done, what is there already, and the consent to it.

use serde_json::json;

use crate::env::{Env, sheet_of};

#[test]
fn a_second_import_finds_every_row_there() {
    let sample = include_str!("../../samples/onboarding.csv");
    let env = Env::new().sandbox().file("onboarding.csv", sample);
    env.run(["import", "onboarding.csv", "--yes"]).exit(0);
    let created = env.jira().held().len();
    let posts = env.posts();
    env.run(["import", "onboarding.csv", "--yes"])
        .exit(0)
        .says("17 were already there");
    assert_eq!(
        (env.jira().held().len(), env.posts(), env.total("exists")),
        (created, posts, 17)
    );
}

#[test]
fn a_dry_run_shows_the_plan_and_sends_nothing() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira()
        .put(json!({
            "type": "GITHUB_SERVER", "displayName": "Team 2", "origin": "https://git2.example.org/", "disabled": true,
        }))
        .unwrap();
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("  create a.csv:2  GITHUB_SERVER  Team 1")
        .says("  exists a.csv:3  GITHUB_SERVER  Team 2 (id 1)")
        .says("  Create 2 integrations")
        .says("nothing was sent");
    assert_eq!((env.posts(), env.runs().len()), (0, 0));
}

#[test]
fn a_dry_run_shows_in_what_an_existing_one_differs() {
    let csv = "type,displayName,origin,pat,disabled,smartCommitsEnabled\nGITHUB_SERVER,A,https://git.example.org,p,no,no\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    let there = json!({
        "type": "GITHUB_SERVER", "displayName": "A", "origin": "https://git.example.org", "disabled": true, "smartCommitsEnabled": false,
    });
    env.jira().put(there).unwrap();
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("disabled: the row has false, Jira has true")
        .says("1, left unchanged, 1 with other settings")
        .says_nothing_of("smartCommitsEnabled:");
}

#[test]
fn the_json_of_a_dry_run_has_the_plan() {
    let csv = "type,displayName,origin,pat,disabled\n\
               GITHUB_SERVER,A,https://a.example.org,p,\n\
               GITHUB_SERVER,B,https://b.example.org,p,no\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    let there = json!({
        "type": "GITHUB_SERVER", "displayName": "B", "origin": "https://b.example.org", "disabled": true,
    });
    env.jira().put(there).unwrap();
    let json = env
        .run(["import", "a.csv", "--dry-run", "--format", "json"])
        .exit(0)
        .json();
    assert_eq!(
        json["plan"],
        json!([
            {
                "file": "a.csv", "sheet": null, "row": 2, "type": "GITHUB_SERVER", "display_name": "A",
                "action": "create", "reason": "not in Jira", "id": null, "differences": [],
            },
            {
                "file": "a.csv", "sheet": null, "row": 3, "type": "GITHUB_SERVER", "display_name": "B",
                "action": "exists", "reason": "same type, origin and name", "id": 1,
                "differences": [{"field": "disabled", "row": false, "jira": true}],
            },
        ])
    );
}

#[test]
fn without_a_terminal_and_yes_nothing_is_sent() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv"])
        .exit(2)
        .says("--yes")
        .says("--dry-run");
    assert_eq!(env.jira().requests().len(), 0);
}

#[test]
fn the_same_host_under_another_name_is_warned_of() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.put("Old name", "git1");
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("as `Old name` (id 1); both would be indexed");
}

#[test]
fn a_rehearsal_needs_no_jira_and_ignores_its_variables() {
    let env = Env::new()
        .var("JIRA_URL", "https://jira.example.org")
        .var("JIRA_TOKEN", "canary-token")
        .file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--sandbox"])
        .exit(0)
        .says("Rehearsal: 3 of 3 integrations created in the sandbox")
        .says_nothing_of("canary");
    assert_eq!(env.report()["run"]["rehearsal"], true);
}

#[test]
fn two_runs_on_one_jira_exclude_each_other() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    let runs = env.path("gij-runs");
    let lock = gij::testing::journal::lock_jira(&runs, &env.jira().url()).unwrap();
    env.run(["import", "a.csv", "--yes"])
        .exit(2)
        .says("another");
    assert_eq!(env.posts(), 0);
    drop(lock);
    env.run(["import", "a.csv", "--yes"]).exit(0);
}

#[test]
fn where_nothing_is_to_be_created_nobody_is_asked() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let posts = env.posts();
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("2 were already there");
    assert_eq!(env.posts(), posts);
}

#[test]
fn the_next_command_keeps_what_was_typed() {
    let env = Env::new()
        .sandbox()
        .file("my hosts.csv", sheet_of(1))
        .without("JIRA_URL");
    let url = env.jira().url();
    env.run([
        "import",
        "my hosts.csv",
        "--jira-url",
        &url,
        "--dry-run",
        "--timeout",
        "20s",
    ])
    .exit(0)
    .says(&format!(
        "  gij import 'my hosts.csv' --jira-url {url} --timeout 20s\n"
    ));
    env.run(["import", "my hosts.csv", "--sandbox", "--concurrency", "2"])
        .exit(0)
        .says("  gij import 'my hosts.csv' --concurrency 2 --dry-run\n");
}

#[test]
fn project_keys_become_the_ids_of_this_jira() {
    let csv = "type,displayName,pat,projectKeys\nGITHUB,A,p,\"abc, OPS\"\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let body = env.jira().received()[0].clone();
    assert_eq!(
        body,
        json!({"type": "GITHUB", "displayName": "A", "pat": "p", "projectMappingIds": [10000, 10002]})
    );
}

#[test]
fn an_unknown_project_key_stops_everything_before_anything_is_sent() {
    let csv = "type,displayName,pat,projectKeys\nGITHUB,A,p,ABC\nGITHUB,B,p,\"ABC,NOPE\"\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    for mode in ["--dry-run", "--yes"] {
        env.run(["import", "a.csv", mode])
            .exit(3)
            .says("Jira knows no project `NOPE`")
            .says("a.csv:3");
    }
    assert_eq!(env.posts(), 0);
}

#[test]
fn the_check_that_is_recommended_keeps_what_was_typed_about_the_files() {
    let env = Env::new().sandbox().file(
        "a.csv",
        "type,displayName,origin,pat\nGITHUB_SERVER,A,http://git.example.org,p\n",
    );
    env.run("import a.csv --yes --strict --runs-dir x --set disabled=no --timeout=5s".split(' '))
        .exit(3)
        .says("  gij check a.csv --set disabled=no --strict\n");
}

#[test]
fn an_import_does_what_was_approved_and_nothing_else() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    let dry_run = ["import", "a.csv", "--dry-run", "--format", "json"];
    let plan = env.run(dry_run).exit(0).json();
    let digest = plan["digest"].as_str().unwrap().to_owned();
    assert_eq!(env.run(dry_run).json()["digest"], digest.as_str());
    let approved = ["import", "a.csv", "--yes", "--approved", &digest];

    // Somebody creates one of the rows.
    env.put("Team 1", "git1");
    env.run(approved)
        .exit(2)
        .says("it differs in what Jira holds; nothing was sent");
    let plan = env.run(dry_run).json();
    let newer = plan["digest"].as_str().unwrap();
    let approved = ["import", "a.csv", "--yes", "--approved", newer];
    // Somebody adds a row.
    let env = env.file("a.csv", sheet_of(4));
    env.run(approved).exit(2).says("it differs in the rows");
    let env = env.file("a.csv", sheet_of(3));
    env.run(approved.into_iter().chain(["--limit", "1"]))
        .exit(2)
        .says("the options");
    assert_eq!(env.posts(), 0);
    // How its reports are split changes nothing of a plan.
    env.run(approved.into_iter().chain(["--split-by", "type"]))
        .exit(0);
    env.assert_once_each(3);
}

#[test]
fn a_dry_run_tells_by_its_exit_code_whether_there_is_something_to_do() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    let dry_run = ["import", "a.csv", "--dry-run", "--detailed-exitcode"];
    env.run(dry_run).exit(10);
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.run(dry_run).exit(0);
    let env = env.file("b.csv", "type,displayName,pat\nGITHUB,A,p\nGITHUB,B,\n");
    let dry_run = ["import", "b.csv", "--skip-invalid", "--dry-run"];
    env.run(dry_run).exit(0);
    let detailed = dry_run.into_iter().chain(["--detailed-exitcode"]);
    env.run(detailed).exit(10);
}

#[test]
fn after_an_unknown_project_the_next_command_finds_it_again() {
    let sheet = "type,displayName,origin,pat,global,projectKeys\nGITHUB_SERVER,A,https://a.example.org,invented-pat,no,NOPE\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.run(["import", "a.csv", "--yes", "-o", "report.html"])
        .exit(3)
        .says("gij import a.csv --dry-run");
    assert!(env.path("report.html").is_file());
    env.run(["import", "a.csv", "--dry-run"])
        .exit(3)
        .says("unknown-project");
}

#[test]
fn a_refused_plan_is_reported_in_the_files_that_were_asked_for() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    let import = "import a.csv --yes --approved 0-0-0 -o report.html";
    env.run(import.split(' ')).exit(2);
    assert!(env.path("report.html").is_file());
}

#[test]
fn a_plan_says_that_credentials_of_existing_rows_are_not_compared() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.put("Team 1", "git1");
    env.run(["import", "a.csv", "--dry-run"])
        .exit(0)
        .says("credentials cannot be compared; `gij update` replaces them");
}
