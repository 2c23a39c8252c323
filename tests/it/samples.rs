//! The samples that come with the program.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::Value;

use crate::env::Env;
use crate::workbook::{add_sheet, csv_rows, write_rows};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// The request bodies that a sample leads to, sorted.
fn bodies(sample: &str) -> Vec<String> {
    let env = Env::new().sandbox();
    let path = samples().join(sample);
    env.run(["import", path.to_str().unwrap(), "--yes"]).exit(0);
    let mut bodies: Vec<String> = env
        .jira()
        .received()
        .into_iter()
        .map(|body| body.to_string())
        .collect();
    bodies.sort();
    bodies
}

#[test]
fn both_samples_say_the_same_integrations_of_all_twelve_types() {
    let csv = bodies("onboarding.csv");
    assert_eq!(csv, bodies("onboarding.xlsx"));
    let types = csv
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap()["type"].to_string());
    assert_eq!(types.collect::<std::collections::BTreeSet<_>>().len(), 12);
    assert!(csv.len() >= 14);
}

#[test]
fn the_broken_workbook_shows_what_only_a_workbook_can_get_wrong() {
    let path = samples().join("broken.xlsx");
    let env = Env::new();
    let ran = env.run(["check", path.to_str().unwrap()]).exit(3);
    let said =
        format!("{}{}", ran.stderr, ran.stdout).replace(samples().to_str().unwrap(), "samples");
    insta::assert_snapshot!("broken_xlsx", said);
}

/// Makes the sample workbooks anew: `cargo test --test it -- --ignored write_sample_workbooks`.
#[test]
#[ignore = "writes into samples/"]
fn write_sample_workbooks() {
    std::fs::write(samples().join("onboarding.xlsx"), onboarding()).unwrap();
    std::fs::write(samples().join("broken.xlsx"), broken()).unwrap();
}

/// The rows of `onboarding.csv` on three sheets, each with the columns that it needs, below a title.
fn onboarding() -> Vec<u8> {
    let rows = csv_rows(include_str!("../../samples/onboarding.csv"));
    let mut workbook = Workbook::new();
    let notes = workbook.add_worksheet().set_name("Read me").unwrap();
    for (row, line) in (0..).zip([
        "Git hosts to connect to Jira",
        "One row an integration; each team keeps its own sheet.",
        "Names and credentials in this file are invented.",
    ]) {
        notes.write_string(row, 0, line).unwrap();
    }
    for (name, title, types) in [
        (
            "GitHub and GitLab",
            "Git hosts: GitHub, GitLab",
            &["GIT"][..],
        ),
        (
            "Microsoft",
            "Git hosts: Azure, TFS",
            &["AZURE", "VSTS", "TFS"],
        ),
        (
            "Others",
            "CodeCommit, tracked folders, Gerrit",
            &["AWS", "FILESPACE", "GERRIT"],
        ),
    ] {
        let of_sheet = |row: &&Vec<String>| types.iter().any(|prefix| row[0].starts_with(prefix));
        let mut chosen = vec![rows[0].clone()];
        chosen.extend(rows[1..].iter().filter(of_sheet).cloned());
        let used: Vec<usize> = (0..rows[0].len())
            .filter(|column| chosen[1..].iter().any(|row| !row[*column].is_empty()))
            .collect();
        let table: Vec<Vec<String>> = chosen
            .iter()
            .map(|row| used.iter().map(|column| row[*column].clone()).collect())
            .collect();
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet
            .write_string_with_format(0, 0, title, &Format::new().set_bold())
            .unwrap();
        write_rows(sheet, 2, &table);
        sheet.autofit();
    }
    workbook.save_to_buffer().unwrap()
}

/// Mistakes that a spreadsheet program makes.
fn broken() -> Vec<u8> {
    let text = "Type,Display Name,Orgin,Origin,Username,Password,PAT,Global,Folder Depth\n\
                GITHUB,Payments on GitHub,,,,,,true,\n\
                GITHUB Enterprise,Core platform,,https://github.corp.example,,,invented-pat-core,perhaps,\n\
                GITLAB_SERVER,Data science,,https://gitlab.corp.example,,,invented-pat-data,,\n\
                FILESPACE,Build farm,,/srv/repos,,,,,2.5\n\
                GERRIT,Firmware,,https://gerrit.corp.example,svc,invented,,,\n";
    let mut workbook = Workbook::new();
    add_sheet(&mut workbook, "Hosts", &csv_rows(text));
    let sheet = workbook.worksheet_from_name("Hosts").unwrap();
    sheet.write_number(1, 6, 1.234_567_890_123_46e15).unwrap();
    sheet
        .write_formula(
            3,
            1,
            Formula::new("=VLOOKUP(A4,Teams!A:B,2,FALSE)").set_result("#N/A"),
        )
        .unwrap();
    sheet
        .write_string(5, 5, "invented\u{200b}password")
        .unwrap();
    workbook
        .add_worksheet()
        .set_name("Teams")
        .unwrap()
        .write_string(0, 0, "Team")
        .unwrap();
    workbook.save_to_buffer().unwrap()
}
