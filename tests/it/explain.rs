//! What `gij explain` prints, and that its examples are true.

use gij::testing::model::{Code, Field, IntegrationType};
use serde_json::Value;

use crate::env::Env;

/// Codes that no CSV file shows: the workbook or the Jira that does is described in words.
const IN_WORDS: [&str; 22] = [
    "ambiguous-integration",
    "cell-is-error",
    "credential-accepted",
    "credential-rejected",
    "credential-unknown",
    "encoding-guessed",
    "formula-without-value",
    "hidden-rows",
    "host-certificate",
    "host-unreachable",
    "merged-cells",
    "not-probed",
    "not-utf8",
    "restriction-not-stored",
    "scope-missing",
    "secret-is-number",
    "sheet-passed-over",
    "stored-differently",
    "token-expired",
    "token-expires-soon",
    "too-long",
    "unknown-project",
];

fn document(word: &str) -> Value {
    let mut args = vec!["explain", "--format", "json"];
    args.extend((!word.is_empty()).then_some(word));
    let document = Env::new().run(args).exit(0).json();
    assert_eq!(document["format"], 1);
    document
}

/// The codes that `gij check` says about a file.
fn codes(bytes: &[u8]) -> Vec<String> {
    let env = Env::new().file("example.csv", bytes);
    let json = env.run(["check", "example.csv", "--format", "json"]).json();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let code = |said: &Value| said["code"].as_str().unwrap().to_owned();
    diagnostics.iter().map(code).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn every_codes_example_shows_it_and_the_corrected_file_does_not() {
    let mut in_words = Vec::new();
    for code in Code::ALL {
        let document = document(code.name());
        assert_eq!(text(&document["code"]), code.name());
        assert_eq!(text(&document["severity"]), code.severity().to_string());
        let example = &document["example"];
        if example["words"].is_string() {
            in_words.push(code.name());
            continue;
        }
        let wrong = text(&example["csv"]["wrong"]);
        assert_eq!(codes(wrong.as_bytes()), [code.name()]);
        assert_eq!(text(&document["diagnostics"][0]["code"]), code.name());
        let corrected = text(&example["csv"]["right"]);
        assert_eq!(codes(corrected.as_bytes()), [""; 0], "{code}");
    }
    in_words.sort_unstable();
    assert_eq!(in_words, IN_WORDS);
}

#[test]
fn every_code_is_explained_in_words_too() {
    for code in Code::ALL {
        Env::new()
            .run(["explain", code.name()])
            .exit(0)
            .says(&format!("{}[{code}]: ", code.severity()))
            .says("\nWhy it matters\n")
            .says("\nWhat to do\n")
            .says("\nExample");
    }
}

#[test]
fn every_type_is_explained_with_a_row_that_can_be_imported() {
    for of in IntegrationType::all() {
        let document = document(of.name());
        assert_eq!(text(&document["type"]), of.name());
        assert_eq!(text(&document["product"]), of.product());
        let example = text(&document["example"]);
        let expected: &[&str] = match of {
            IntegrationType::GitLabServerLegacy => &["unsupported-type"],
            _ => &[],
        };
        assert_eq!(codes(example.as_bytes()), expected, "{of}");
        Env::new()
            .run(["explain", of.product()])
            .exit(0)
            .says(&format!("{of}: {}", of.product()))
            .says(example.lines().nth(1).unwrap());
    }
}

#[test]
fn every_field_is_explained_under_each_of_its_headers() {
    for field in Field::all() {
        let document = document(field.name());
        assert_eq!(text(&document["field"]), field.name());
        for header in document["headers"].as_array().unwrap() {
            Env::new()
                .run(["explain", text(header)])
                .exit(0)
                .says(field.example());
        }
    }
}

#[test]
fn alone_it_lists_all_codes_types_and_fields() {
    let lists = document("");
    let names = |list: &str| -> Vec<String> {
        let list = lists[list].as_array().unwrap();
        let names = list.iter().map(|one| text(&one["name"]).to_owned());
        names.collect()
    };
    assert_eq!(names("codes").len(), Code::ALL.len());
    assert_eq!(names("types").len(), IntegrationType::all().count());
    // With the column `id`, which is no field of a creation.
    assert_eq!(names("fields").len(), Field::COUNT + 1);
    let said = Env::new().run(["explain"]).exit(0).stdout;
    for name in [names("codes"), names("types"), names("fields")].concat() {
        assert!(
            said.lines()
                .any(|line| line.trim_start().starts_with(&format!("{name} "))),
            "{name}"
        );
    }
}

#[test]
fn one_of_each_reads_well() {
    let said = |word: &str| Env::new().run(["explain", word]).exit(0).stdout;
    insta::assert_snapshot!("a_code", said("origin-is-clone-url"));
    insta::assert_snapshot!("a_type", said("tfs"));
    insta::assert_snapshot!("a_field", said("Personal Access Token"));
    let lists = Env::new().run(["explain"]).exit(0);
    insta::assert_snapshot!("the_lists", format!("{}{}", lists.stdout, lists.stderr));
}

#[test]
fn headings_stand_out_where_colours_are_seen() {
    Env::new()
        .run(["explain", "trimmed", "--color", "always"])
        .exit(0)
        .says("\u{1b}[1mWhy it matters\u{1b}[0m");
    Env::new()
        .run(["explain", "trimmed"])
        .exit(0)
        .says_nothing_of("\u{1b}");
}

#[test]
fn the_options_that_change_how_bad_it_is_are_named() {
    for (code, options) in [
        ("placeholder", Some("`--allow placeholder` turns")),
        ("plain-http", Some("`--strict` turns")),
        ("unknown-type", None),
        ("same-origin", None),
    ] {
        let ran = Env::new().run(["explain", code]).exit(0);
        match options {
            Some(options) => ran.says(options),
            None => ran.says_nothing_of("\nOptions\n"),
        };
    }
}

#[test]
fn words_need_no_quotes() {
    Env::new()
        .run(["explain", "GitHub", "Enterprise", "Server"])
        .exit(0)
        .says("GITHUB_SERVER: GitHub Enterprise Server");
}

#[test]
fn an_unknown_word_gets_a_suggestion() {
    for (word, help) in [
        ("missing-orgin", "did you mean `missing-origin`?"),
        ("GITHBU", "did you mean `GITHUB` (GitHub.com)?"),
        ("regoin", "did you mean `awsRegion`?"),
        ("qqq", "`gij explain` lists all codes, types and fields"),
    ] {
        Env::new()
            .run(["explain", word])
            .exit(2)
            .says(&format!(
                "`{word}` is not a code, an integration type or a field"
            ))
            .says(help);
    }
}

#[test]
fn where_something_is_wrong_a_check_says_once_where_to_read_more() {
    const MORE: &str = "`gij explain CODE` explains each";
    let env = Env::new()
        .file("bad.csv", "type,displayName,pat\nGITHBU,A,p\nGITHUB,B,\n")
        .file("odd.csv", "type,displayName,pat\nGITHUB,,p\n");
    let ran = env.run(["check", "bad.csv"]).exit(3);
    assert_eq!(ran.stderr.matches(MORE).count(), 1, "{}", ran.stderr);
    assert!(!ran.stdout.contains(MORE));
    env.run(["check", "bad.csv", "--quiet"])
        .exit(3)
        .says_nothing_of(MORE);
    env.run(["check", "odd.csv"]).exit(0).says_nothing_of(MORE);
}

#[test]
fn every_name_that_a_type_is_also_called_by_is_read_in_a_sheet() {
    let env = Env::new();
    let types = env.run(["explain", "--format", "json"]).json()["types"].clone();
    let mut sheet = vec!["type,displayName,pat".to_owned()];
    for (n, line) in types.as_array().unwrap().iter().enumerate() {
        let name = line["name"].as_str().unwrap();
        let topic = env.run(["explain", name, "--format", "json"]).json();
        for (m, called) in topic["also_called"].as_array().unwrap().iter().enumerate() {
            sheet.push(format!("{},N{n}-{m},p", called.as_str().unwrap()));
        }
    }
    assert!(sheet.len() > 20, "{sheet:?}");
    let env = env.file("a.csv", sheet.join("\n"));
    env.run(["check", "a.csv", "-v"])
        .says("product-as-type")
        .says_nothing_of("unknown-type");
}
