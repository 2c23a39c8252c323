//! A row's request body holds what the row says and nothing else.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::env::Env;
use crate::workbook;

/// The vendor's examples of request bodies.
fn vendor_examples() -> Vec<Map<String, Value>> {
    let text = include_str!("data/vendor-examples.json");
    let examples: Vec<Value> = serde_json::from_str(text).unwrap();
    examples
        .into_iter()
        .map(|example| example["body"].as_object().unwrap().clone())
        .collect()
}

/// A sheet with a row for each body, and a column for each field that any of them has.
fn sheet_of(bodies: &[Map<String, Value>]) -> String {
    let fields: BTreeSet<&String> = bodies.iter().flat_map(Map::keys).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&fields).unwrap();
    for body in bodies {
        let cell = |field: &&String| match body.get(*field) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(ids)) => ids
                .iter()
                .map(Value::to_string)
                .collect::<Vec<_>>()
                .join(","),
            Some(other) => other.to_string(),
        };
        writer.write_record(fields.iter().map(cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// What the simulated Jira received, each once, sorted.
fn received(env: &Env) -> Vec<String> {
    sorted(env.jira().received())
}

fn sorted(bodies: impl IntoIterator<Item = Value>) -> Vec<String> {
    let mut texts: Vec<String> = bodies.into_iter().map(|body| body.to_string()).collect();
    texts.sort();
    texts
}

#[test]
fn every_example_of_the_vendor_comes_out_of_one_csv_row() {
    let bodies = vendor_examples();
    assert_eq!(bodies.len(), 14);
    let env = Env::new().sandbox().file("vendor.csv", sheet_of(&bodies));
    env.run(["import", "vendor.csv", "--yes"]).exit(0);
    assert_eq!(
        received(&env),
        sorted(bodies.into_iter().map(Value::Object))
    );
}

#[test]
fn every_example_of_the_vendor_comes_out_of_one_workbook_row() {
    let bodies = vendor_examples();
    let env = Env::new()
        .sandbox()
        .file("vendor.xlsx", workbook::of_csv(&sheet_of(&bodies)));
    env.run(["import", "vendor.xlsx", "--yes"]).exit(0);
    assert_eq!(
        received(&env),
        sorted(bodies.into_iter().map(Value::Object))
    );
}

#[test]
fn every_field_of_the_manual_is_sent_in_its_json_type() {
    let gitlab = json!({
        "type": "GITLAB_SERVER", "displayName": "All fields", "origin": "https://gitlab.example.org/",
        "pat": "invented", "disabled": true, "sendCommitEmails": true, "maxMinsToCommitEmail": 90,
        "disableSslVerification": false, "apiPath": "/api/v4/projects", "apiFilter": "[?archived==`false`]",
        "requireUserPat": true, "gitViewerEnabled": true, "smartCommitsEnabled": false,
        "global": false, "projectMappingIds": [10000, 10100], "sourcesDiffViewEnabled": true,
        "revisionIndexing": false, "tagsFilter": "^v(?!0)", "prHideFilter": "^wip", "trustFolderStat": false,
        "refSpecNotes": true, "refSpecChanges": false, "refSpecCustom": "+refs/a/*:refs/a/*", "limitGitData": true,
    });
    let others = [
        json!({"type": "TFS_SERVER", "displayName": "T", "origin": "https://tfs.example.org/tfs", "username": "all",
               "pat": "invented", "tfsCollection": "Main"}),
        json!({"type": "AWS", "displayName": "A", "username": "INVENTEDKEYID", "password": "s", "awsRegion": "eu-west-1"}),
        json!({"type": "FILESPACE", "displayName": "F", "origin": "/srv/repos/*", "folderDepth": 5}),
    ];
    let bodies: Vec<Value> = [gitlab].into_iter().chain(others).collect();
    let fields: BTreeSet<&String> = bodies
        .iter()
        .flat_map(|body| body.as_object().unwrap().keys())
        .collect();
    // The project keys are gij's own: their ids are sent.
    let sent = gij::testing::model::Field::all()
        .filter(|field| *field != gij::testing::model::Field::ProjectKeys);
    let all: Vec<&str> = sent.map(gij::testing::model::Field::name).collect();
    assert_eq!(
        fields,
        all.iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
            .iter()
            .collect()
    );

    let objects: Vec<_> = bodies
        .iter()
        .map(|body| body.as_object().unwrap().clone())
        .collect();
    for (name, content) in [
        ("all.csv", sheet_of(&objects).into_bytes()),
        ("all.xlsx", workbook::of_csv(&sheet_of(&objects))),
    ] {
        let env = Env::new().sandbox().file(name, content);
        env.run(["import", name, "--yes"]).exit(0);
        assert_eq!(received(&env), sorted(bodies.clone()), "{name}");
    }
}
