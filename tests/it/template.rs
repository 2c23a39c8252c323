//! The starter sheet, from the command to a check of what was filled in.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use gij::testing::model::IntegrationType;
use rust_xlsxwriter::Workbook;

use crate::env::Env;
use crate::workbook::csv_rows;

fn all_types() -> Vec<&'static str> {
    IntegrationType::all().map(IntegrationType::name).collect()
}

/// What a user puts in the place of a cell in angle brackets.
fn filled_in(cell: &str) -> String {
    let Some(what) = cell.strip_prefix('<').and_then(|c| c.strip_suffix('>')) else {
        return cell.to_owned();
    };
    match what {
        "eu-central-1" => what.into(),
        _ if what.starts_with("https://") || what.starts_with('/') => what.into(),
        _ => format!("invented-{}", what.replace(' ', "-")),
    }
}

fn filled_in_csv(env: &Env, name: &str) -> String {
    let text = std::fs::read_to_string(env.path(name)).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in csv_rows(&text) {
        writer
            .write_record(row.iter().map(|cell| filled_in(cell)))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

type Sheet = (String, Vec<Vec<Data>>);

fn sheets(env: &Env, name: &str) -> Vec<Sheet> {
    let bytes = std::fs::read(env.path(name)).unwrap();
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = workbook.worksheets().into_iter();
    sheets
        .map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect()))
        .collect()
}

/// A workbook with the same sheets and cells, its examples filled in.
fn filled_in_xlsx(env: &Env, name: &str) -> Vec<u8> {
    let mut copy = Workbook::new();
    for (name, rows) in sheets(env, name) {
        let sheet = copy.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Data::Empty => {}
                    Data::String(text) => {
                        sheet.write_string(row, column, filled_in(&text)).unwrap();
                    }
                    Data::Float(number) => {
                        sheet.write_number(row, column, number).unwrap();
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    copy.save_to_buffer().unwrap()
}

/// A part of a workbook, by its path in the archive.
fn part(env: &Env, workbook: &str, path: &str) -> String {
    let bytes = std::fs::read(env.path(workbook)).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name(path)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_csv_has_a_row_for_each_type() {
    let env = Env::new();
    env.run(["template", "-o", "hosts.csv"]).exit(0);
    let text = std::fs::read_to_string(env.path("hosts.csv")).unwrap();
    insta::assert_snapshot!("template_csv", text);
    let rows = csv_rows(&text);
    let types: Vec<&str> = rows[1..].iter().map(|row| &*row[0]).collect();
    assert_eq!(types, all_types());
}

#[test]
fn the_workbook_has_the_same_cells_as_the_csv() {
    let env = Env::new();
    env.run(["template", "-o", "hosts.csv"]).exit(0);
    env.run(["template", "-o", "hosts.xlsx"]).exit(0);
    let text = std::fs::read_to_string(env.path("hosts.csv")).unwrap();
    let rows: Vec<Vec<String>> = sheets(&env, "hosts.xlsx")[0]
        .1
        .iter()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(rows, csv_rows(text.trim_start_matches('\u{feff}')));
}

#[test]
fn once_filled_in_it_passes_the_check() {
    for types in ["", "GITHUB,AZURE", "AWS", "FILESPACE,TFS_SERVER", "GITLAB"] {
        let mut args = vec!["template"];
        if !types.is_empty() {
            args.extend(["--type", types]);
        }
        let env = Env::new();
        for name in ["hosts.csv", "hosts.xlsx"] {
            env.run([&args[..], &["-o", name]].concat()).exit(0);
        }
        let count = match types {
            "" => all_types().len(),
            types => types.split(',').count(),
        };
        let (csv, xlsx) = (
            filled_in_csv(&env, "hosts.csv"),
            filled_in_xlsx(&env, "hosts.xlsx"),
        );
        let env = env.file("hosts.csv", csv).file("hosts.xlsx", xlsx);
        for name in ["hosts.csv", "hosts.xlsx"] {
            env.run(["check", name])
                .exit(0)
                .says(&format!("{count} row"))
                .says_nothing_of("unknown-column")
                .says_nothing_of("unused-field");
        }
    }
}

#[test]
fn as_it_comes_it_does_not_pass_and_its_explaining_sheets_are_passed_over() {
    let env = Env::new();
    for name in ["hosts.csv", "hosts.xlsx"] {
        env.run(["template", "-o", name]).exit(0);
        let ran = env.run(["check", name, "--format", "json"]).exit(3);
        assert_eq!(ran.json()["rows"]["read"], all_types().len());
    }
    let names: Vec<String> = sheets(&env, "hosts.xlsx")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["Integrations", "_Types", "_Columns", "_Regions"]);
}

#[test]
fn a_smaller_one_has_the_rows_and_columns_of_its_types_alone() {
    let env = Env::new();
    // Names are understood as they are in a sheet.
    env.run(["template", "-o", "a.csv", "--type", "azure,gitlab-server"])
        .exit(0)
        .says("an example row for each of 2 types");
    let text = std::fs::read_to_string(env.path("a.csv")).unwrap();
    let rows = csv_rows(text.trim_start_matches('\u{feff}'));
    assert_eq!(
        rows[0][..6],
        [
            "type",
            "displayName",
            "origin",
            "pat",
            "tfsCollection",
            "global"
        ]
    );
    assert_eq!(rows[1][0], "GITLAB_SERVER");
    assert_eq!(rows[2][0], "AZURE");
    assert_eq!(rows.len(), 3);
}

#[test]
fn the_workbook_has_drop_downs_notes_and_a_frozen_header() {
    let env = Env::new();
    env.run(["template", "-o", "hosts.xlsx"]).exit(0);
    let sheet = part(&env, "hosts.xlsx", "xl/worksheets/sheet1.xml");
    for list in [all_types().join(","), "yes,no".into(), "1,2,3,4,5".into()] {
        let list = format!("<formula1>\"{list}\"</formula1>");
        assert!(sheet.contains(&list), "{list} in\n{sheet}");
    }
    assert!(sheet.contains("<formula1>'_Regions'!$A$2:$A$27</formula1>"));
    assert!(sheet.contains(r#"sqref="A2:A5001""#));
    assert!(sheet.contains(r#"xSplit="2" ySplit="1""#));
    let notes = part(&env, "hosts.xlsx", "xl/comments1.xml");
    assert_eq!(notes.matches("<comment ").count(), 30);
    assert!(notes.contains("older than this many minutes"));
}

#[test]
fn cells_for_secrets_and_ids_are_text() {
    let env = Env::new();
    env.run(["template", "-o", "hosts.xlsx", "--type", "GITLAB"])
        .exit(0);
    let headers: Vec<String> = sheets(&env, "hosts.xlsx")[0].1[0]
        .iter()
        .map(ToString::to_string)
        .collect();
    let sheet = part(&env, "hosts.xlsx", "xl/worksheets/sheet1.xml");
    let styles = part(&env, "hosts.xlsx", "xl/styles.xml");
    let formats: Vec<&str> = styles
        .split("<cellXfs")
        .nth(1)
        .unwrap()
        .split("<xf ")
        .skip(1)
        .collect();
    for (name, is_text) in [
        ("pat", true),
        ("projectMappingIds", true),
        ("displayName", true),
        ("global", false),
    ] {
        let column = headers.iter().position(|header| header == name).unwrap() + 1;
        let of_column = sheet.split("<col ").find(|col| {
            let bound = |key: &str| -> usize {
                let (_, rest) = col.split_once(key).unwrap_or((col, "\"0\""));
                rest.split('"')
                    .nth(1)
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0)
            };
            (bound("min=")..=bound("max=")).contains(&column) && bound("min=") > 0
        });
        let style = of_column
            .and_then(|col| col.split_once("style=\""))
            .and_then(|(_, rest)| rest.split('"').next()?.parse::<usize>().ok());
        // Number format 49 is `@`, text.
        let found = style.is_some_and(|style| formats[style].contains("numFmtId=\"49\""));
        assert_eq!(found, is_text, "{name}");
    }
}

#[test]
fn it_is_the_same_bytes_each_time_and_names_nobody() {
    let env = Env::new().var("USER", "canary").var("HOSTNAME", "canary");
    env.run(["template", "-o", "a.xlsx"]).exit(0);
    env.run(["template", "-o", "b.xlsx"]).exit(0);
    let bytes = |name| std::fs::read(env.path(name)).unwrap();
    assert!(bytes("a.xlsx") == bytes("b.xlsx"));
    let core = part(&env, "a.xlsx", "docProps/core.xml");
    assert!(core.contains("<dc:creator></dc:creator>"), "{core}");
    assert!(
        core.contains("<cp:lastModifiedBy></cp:lastModifiedBy>"),
        "{core}"
    );
}

#[test]
fn it_says_what_it_wrote_and_what_to_type_next() {
    let env = Env::new();
    let ran = env.run(["template", "-o", "my hosts.xlsx"]).exit(0);
    assert_eq!(
        ran.stdout,
        "my hosts.xlsx: 30 columns, an example row for each of 12 types\n"
    );
    let ran = ran.says("gij check 'my hosts.xlsx'");
    assert!(ran.stderr.starts_with("\nNext: "), "{}", ran.stderr);

    let args = [
        "template", "-o", "a.csv", "--type", "GERRIT", "--format", "json",
    ];
    let json = env.run(args).exit(0).json();
    assert_eq!(json["format"], 1);
    assert_eq!(json["file"], "a.csv");
    assert_eq!(json["types"], serde_json::json!(["GERRIT"]));
    assert_eq!(json["columns"][0], "type");
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let env = Env::new().file("hosts.csv", "mine");
    env.run(["template", "-o", "hosts.csv"])
        .exit(2)
        .says("hosts.csv already exists")
        .says("--force");
    assert_eq!(std::fs::read(env.path("hosts.csv")).unwrap(), b"mine");
    env.run(["template", "-o", "hosts.csv", "--force"]).exit(0);
    assert_ne!(std::fs::read(env.path("hosts.csv")).unwrap(), b"mine");
}

#[test]
fn another_extension_is_refused() {
    let env = Env::new();
    for name in ["hosts.ods", "hosts", "-"] {
        env.run(["template", "-o", name])
            .exit(2)
            .says("use .xlsx or .csv");
        assert!(!env.path(name).exists());
    }
}

#[test]
fn an_unknown_type_says_what_was_meant() {
    let env = Env::new();
    for (types, help) in [
        ("GITHUB,GITLABB", "did you mean `GITLAB` (GitLab.com)?"),
        ("codecommit", "AWS CodeCommit is written `AWS`"),
        ("svn", "use one of GITHUB, GITHUB_SERVER, "),
    ] {
        env.run(["template", "-o", "a.csv", "--type", types])
            .exit(2)
            .says("is not an integration type")
            .says(help);
        assert!(!env.path("a.csv").exists());
    }
}

#[test]
fn a_place_that_cannot_be_written_stops_it() {
    let env = Env::new();
    env.run(["template", "-o", "nowhere/hosts.xlsx"])
        .exit(4)
        .says("cannot write nowhere/hosts.xlsx");
}
