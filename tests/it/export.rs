//! From one Jira to the next: export, fill in, check, import, verify.

use std::path::Path;

use gij::sandbox::Integration;
use serde_json::{Value, json};

use crate::env::{Env, TOKEN, lines_of, signal, status_of};
use crate::workbook;

/// One integration of every type, as a list shows it, with settings and projects.
fn of_every_type() -> Vec<Value> {
    let host = "https://git.example.org";
    vec![
        json!({"type": "GITHUB", "displayName": "A"}),
        json!({"type": "GITHUB_SERVER", "displayName": "B", "origin": host, "apiPath": "/orgs/x/repos", "disabled": true}),
        json!({"type": "GITLAB", "displayName": "C", "tagsFilter": "^v", "requireUserPat": true}),
        json!({"type": "GITLAB_SERVER", "displayName": "D", "origin": host, "apiFilter": "[?archived==`false`]"}),
        json!({"type": "GITLAB_SERVER_LEGACY", "displayName": "E", "origin": host}),
        json!({"type": "AWS", "displayName": "F", "awsRegion": "eu-west-1"}),
        json!({"type": "AZURE", "displayName": "G", "global": false, "projectMappingIds": [10000, 10002]}),
        json!({"type": "VSTS", "displayName": "H", "prHideFilter": "^(wip|WIP)"}),
        json!({"type": "TFS_SERVER", "displayName": "I, \"quoted\"", "origin": host}),
        json!({"type": "AZURE_DEVOPS", "displayName": "J é", "origin": host, "maxMinsToCommitEmail": 90}),
        json!({"type": "FILESPACE", "displayName": "K", "origin": r"D:\repos\*", "trustFolderStat": true}),
        json!({"type": "GERRIT", "displayName": "L", "origin": host, "refSpecChanges": true}),
    ]
}

fn holding(integrations: impl IntoIterator<Item = Value>) -> Env {
    let env = Env::new().sandbox();
    for integration in integrations {
        env.jira().put(integration).unwrap();
    }
    env
}

/// The cells of the sheet `name`, the header first.
fn cells(env: &Env, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(env.path(name)).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// The sheet with something in place of each `TODO`.
fn filled_in(cells: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = &cells[0];
    writer.write_record(header).unwrap();
    for row in &cells[1..] {
        let filled = row
            .iter()
            .zip(header)
            .map(|(cell, header)| match (&**cell, &**header) {
                ("TODO", "awsRegion") => "eu-west-1",
                ("TODO", "folderDepth") => "2",
                ("TODO", _) => "invented",
                (cell, _) => cell,
            });
        writer.write_record(filled).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn without_ids(mut cells: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for row in &mut cells {
        row.pop();
    }
    cells
}

/// What is held, without what every Jira gives by itself.
fn settings(held: Vec<Integration>) -> Vec<Value> {
    let mut settings: Vec<Value> = held
        .into_iter()
        .map(|integration| {
            let mut fields = serde_json::to_value(integration).unwrap();
            for name in ["id", "initDate", "lastIndexedDate"] {
                fields.as_object_mut().unwrap().remove(name);
            }
            fields
        })
        .collect();
    settings.sort_by_key(|fields| fields["displayName"].to_string());
    settings
}

#[test]
fn an_export_imported_into_an_empty_jira_and_exported_again_is_the_same_sheet() {
    let old = holding(of_every_type());
    old.run(["export", "-o", "old.csv"])
        .exit(0)
        .says("12 integrations");
    let exported = cells(&old, "old.csv");
    assert_eq!(exported[0].last().unwrap(), "id");
    let new = Env::new().sandbox().file("hosts.csv", filled_in(&exported));
    new.run(["check", "hosts.csv"]).exit(0);
    new.run(["import", "hosts.csv", "--yes"]).exit(0);
    assert_eq!(settings(new.jira().held()), settings(old.jira().held()));
    new.run(["export", "-o", "new.csv"]).exit(0);
    assert_eq!(without_ids(cells(&new, "new.csv")), without_ids(exported));
    new.run(["verify"]).exit(0).says("12 integrations");
}

#[test]
fn what_is_exported_exists_where_it_was_exported_from() {
    let env = holding(of_every_type());
    env.run(["export", "-o", "hosts.csv"]).exit(0);
    let sheet = filled_in(&cells(&env, "hosts.csv"));
    let env = env.file("hosts.csv", sheet);
    env.run(["import", "hosts.csv", "--dry-run"])
        .exit(0)
        .says("12, left unchanged\n")
        .says_nothing_of("the id of an integration");
}

#[test]
fn a_check_refuses_an_export_until_it_is_filled_in() {
    let env = holding(of_every_type());
    for name in ["hosts.csv", "hosts.xlsx"] {
        env.run(["export", "-o", name])
            .exit(0)
            .says("17 cells hold TODO")
            .says(&format!("gij check {name}"));
        let found = env.run(["check", name, "--format", "json"]).exit(3).json();
        let found = found["diagnostics"].as_array().unwrap();
        let errors = found.iter().filter(|one| one["severity"] == "error");
        let codes: Vec<&Value> = errors.map(|one| &one["code"]).collect();
        assert_eq!(codes, vec!["placeholder"; 17], "{name}");
    }
}

#[test]
fn what_cannot_be_carried_over_is_named() {
    let env = holding([
        json!({"type": "GITHUB", "displayName": "Hidden", "global": false, "projectMappingIds": [4711]}),
        json!({"type": "GITLAB", "displayName": "=1+1"}),
    ]);
    env.run(["export", "-o", "hosts.csv"])
        .exit(0)
        .says("Hidden  projectKeys: Jira knows no project with the id 4711")
        .says("=1+1  displayName: a spreadsheet would run it as a formula")
        .says("Jira does not show refSpecCustom, limitGitData");
    let report = env
        .run(["export", "-o", "again.xlsx", "--format", "json"])
        .exit(0)
        .json();
    assert_eq!(report["losses"].as_array().unwrap().len(), 1);
    assert_eq!(report["losses"][0]["field"], "projectKeys");
}

#[test]
fn an_export_overwrites_nothing_unless_it_is_told_to() {
    let env = holding([]).file("hosts.xlsx", "mine");
    env.run(["export", "-o", "hosts.xlsx"])
        .exit(2)
        .says("already exists");
    assert_eq!(std::fs::read(env.path("hosts.xlsx")).unwrap(), b"mine");
    assert_eq!(env.jira().requests().len(), 0);
    env.run(["export", "-o", "hosts.xlsx", "--force"]).exit(0);
    env.run(["export", "-o", "hosts.ods"])
        .exit(2)
        .says(".xlsx or .csv");
}

#[test]
fn an_export_holds_no_secret_and_changes_nothing() {
    let env = Env::new().sandbox().file(
        "a.csv",
        "type,displayName,pat\nGITHUB,A,canary-pat\nAZURE,B,canary-pat\n",
    );
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let posts = env.posts();
    let ran = env.run(["export", "-o", "out.csv"]).exit(0);
    let written = env.everything_written(&["a.csv"]);
    for text in [&written, &ran.stdout, &ran.stderr] {
        assert!(!text.contains("canary") && !text.contains(TOKEN));
    }
    assert_eq!(env.posts(), posts);
}

#[test]
fn an_id_of_another_integration_is_noted_and_ignored() {
    let env = holding([
        json!({"id": 7, "type": "GITHUB_SERVER", "displayName": "Theirs", "origin": "https://git.example.org"}),
    ])
    .file(
        "a.csv",
        "type,displayName,origin,pat,id\n\
         GITHUB_SERVER,Ours,https://ours.example.org,p,7\n\
         GITHUB_SERVER,New,https://new.example.org,p,8\n",
    );
    env.run(["check", "a.csv"]).exit(0).says_nothing_of("`id`");
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says("note 1 row has the id of an integration with another type, origin or name")
        .says("a.csv:2 (7 is `Theirs`)");
    assert_eq!(env.held(), ["New", "Ours", "Theirs"]);
}

#[test]
fn the_column_id_is_explained() {
    let env = Env::new();
    env.run(["explain", "id"])
        .exit(0)
        .says("An import ignores it");
}

#[test]
fn a_rehearsal_begins_with_what_an_export_holds() {
    let env = holding(of_every_type());
    env.jira()
        .put(json!({"id": 90, "type": "GITHUB", "displayName": "Z"}))
        .unwrap();
    env.run(["export", "-o", "hosts.xlsx"]).exit(0);
    let env = env.file(
        "new.csv",
        "type,displayName,pat\nGITHUB,Z,p\nGITHUB,New,p\n",
    );
    let args = [
        "import",
        "new.csv",
        "--sandbox",
        "--sandbox-seed",
        "hosts.xlsx",
    ];
    let report = env
        .run(args.into_iter().chain(["--format", "json"]))
        .exit(0)
        .json();
    assert_eq!(report["totals"]["created"], 1);
    assert_eq!(report["rows"][0]["outcome"], "exists");
    assert_eq!(report["rows"][0]["id"], 90);
}

#[test]
fn a_sandbox_seeded_with_an_export_holds_the_same() {
    let env = holding(of_every_type());
    env.run(["export", "-o", "hosts.csv"]).exit(0);
    let args = ["sandbox", "--listen", "127.0.0.1:0", "--seed", "hosts.csv"];
    let mut child = env.start(args);
    let said = lines_of(child.stdout.take().unwrap()).next().unwrap();
    assert!(said.contains("it begins with 12 integrations"), "{said}");
    let url = said
        .split_whitespace()
        .find(|word| word.starts_with("http"));
    let url = url.unwrap().trim_end_matches(';').to_owned();
    env.run(["export", "-o", "again.csv", "--jira-url", &url])
        .exit(0);
    assert_eq!(cells(&env, "again.csv"), cells(&env, "hosts.csv"));
    // What a script starts in the background may have to ignore an interrupt.
    signal(&child, "TERM");
    status_of(&mut child);
}

#[test]
fn a_seed_that_is_no_sheet_is_refused() {
    let env = Env::new().file("seed.csv", "a,b\n1,2\n");
    env.run(["sandbox", "--listen", "127.0.0.1:0", "--seed", "seed.csv"])
        .exit(3)
        .says("gij check seed.csv");
}

/// The commands of the page, in their order.
#[test]
fn the_page_on_moving_to_a_second_jira_works_as_it_stands() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/moving.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("```").nth(1).unwrap();
    let commands: Vec<Vec<&str>> = block
        .lines()
        .filter_map(|line| line.strip_prefix("gij "))
        .map(|command| command.split(" #").next().unwrap())
        .map(|command| command.split_whitespace().collect())
        .collect();
    assert_eq!(commands.len(), 5);
    let (old, new) = (holding(of_every_type()), Env::new().sandbox());
    let urls = [old.jira().url(), new.jira().url()];
    let mut filled = None;
    for words in commands {
        let words = words.into_iter().map(|word| match word {
            "https://old.example.org" => &*urls[0],
            "https://new.example.org" => &*urls[1],
            word => word,
        });
        let words: Vec<&str> = words.collect();
        if words[0] == "check" {
            old.run(words.iter().copied()).exit(3);
            // Filling in the cells is the work of a person.
            old.run(["export", "-o", "plain.csv"]).exit(0);
            let sheet = workbook::of_csv(&filled_in(&cells(&old, "plain.csv")));
            std::fs::write(old.path("hosts.xlsx"), sheet).unwrap();
            filled = Some(());
        }
        let words = words.into_iter();
        let is_import = filled.is_some();
        old.run(words.chain(is_import.then_some("--quiet"))).exit(0);
    }
    assert_eq!(new.held().len(), 12);
}
