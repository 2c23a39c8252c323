//! What is said about files before anything is sent.

use rust_xlsxwriter::{Formula, Workbook};

use crate::env::Env;

/// Severity, code and cell of every diagnostic of `gij check`, with the row.
fn found(env: &Env, files: &[&str]) -> Vec<String> {
    let args = ["check", "--format", "json"]
        .into_iter()
        .chain(files.iter().copied());
    let json = env.run(args).json();
    let place = |value: &serde_json::Value| match (value["cell"].as_str(), value["row"].as_u64()) {
        (Some(cell), _) => cell.to_owned(),
        (None, Some(row)) => format!("row {row}"),
        (None, None) => "-".to_owned(),
    };
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let line = |d: &serde_json::Value| format!("{} {}", d["code"].as_str().unwrap(), place(d));
    diagnostics.iter().map(line).collect()
}

#[test]
fn every_mistake_of_the_broken_sample_is_told() {
    let broken = include_str!("../../samples/broken.csv");
    let env = Env::new().file("broken.csv", broken);
    let ran = env.run(["check", "broken.csv"]).exit(3);
    insta::assert_snapshot!("broken_csv", format!("{}{}", ran.stderr, ran.stdout));
}

#[test]
fn problems_of_all_files_are_told_at_once_and_nothing_is_sent() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", "type,displayName,pat\nGITHBU,A,p\nGITHUB,B,p\n")
        .file("b.csv", "type,displayName,pat\nGITLAB,C,\n");
    env.run(["import", "a.csv", "b.csv", "missing.csv", "--yes"])
        .exit(3)
        .says("error[unknown-type]")
        .says("error[missing-credential]")
        .says("error[unreadable]: cannot be read: No such file or directory")
        .says("nothing was sent");
    assert_eq!(env.jira().requests().len(), 0);
}

#[test]
fn the_json_of_a_check_has_the_documented_keys() {
    let env = Env::new().file("a.csv", "type,displayName,pat\nGITHBU,A,p\n\nGITHUB,B,p\n");
    let json = env
        .run(["check", "a.csv", "--format", "json"])
        .exit(3)
        .json();
    insta::assert_json_snapshot!(json);
}

#[test]
fn rows_keep_the_numbers_of_the_sheet_over_blank_ones_and_lines_within_quotes() {
    let csv = "\n\"a title, above\"\n\ntype,displayName,pat\r\nGITHUB,\"two\nlines\",p\n\n,,\nGITHBU,A,p\n";
    let env = Env::new().file("a.csv", csv);
    assert_eq!(
        found(&env, &["a.csv"]),
        ["invisible-character B5", "unknown-type A8"]
    );
    let json = env.run(["check", "a.csv", "--format", "json"]).json();
    assert_eq!(json["diagnostics"][1]["line"], 9);
    assert_eq!(json["rows"]["blank"], 4);
}

#[test]
fn cells_of_a_workbook_know_their_places() {
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .set_name("Read me")
        .unwrap()
        .write_string(0, 0, "How to use this")
        .unwrap();
    let sheet = workbook.add_worksheet().set_name("Hosts").unwrap();
    sheet.write_string(2, 1, "Our git hosts").unwrap();
    for (column, header) in (2..).zip(["Type", "Display Name", "PAT", "Global"]) {
        sheet.write_string(4, column, header).unwrap();
    }
    for row in [5, 8] {
        sheet.write_string(row, 2, "GITLAB").unwrap();
        sheet.write_string(row, 3, format!("Host {row}")).unwrap();
        sheet.write_string(row, 4, "pat").unwrap();
        sheet.write_boolean(row, 5, true).unwrap();
    }
    sheet.write_number(8, 4, 1_234_567.0).unwrap();
    sheet
        .write_formula(8, 5, Formula::new("=NA()").set_result("#N/A"))
        .unwrap();
    let hidden = workbook.add_worksheet().set_name("Old").unwrap();
    hidden.write_string(0, 0, "type").unwrap();
    hidden.set_hidden(true);
    let env = Env::new().file("hosts.xlsx", workbook.save_to_buffer().unwrap());
    assert_eq!(
        found(&env, &["hosts.xlsx"]),
        [
            "sheet-passed-over -",
            "secret-is-number E9",
            "cell-is-error F9",
            "sheet-passed-over -"
        ]
    );
    let json = env.run(["check", "hosts.xlsx", "--format", "json"]).json();
    assert_eq!(
        json["rows"],
        serde_json::json!({"read": 2, "valid": 1, "invalid": 1, "blank": 5})
    );
    env.run(["check", "hosts.xlsx"])
        .exit(3)
        .says("hosts.xlsx:Hosts!E9")
        .says("the sheet `Old` is skipped: it is hidden");
}

#[test]
fn delimiters_and_headers_are_found_in_many_forms() {
    for (name, text) in [
        ("semicolons.csv", "TYPE;display name;Token\nGITHUB;A;p\n"),
        (
            "tabs.tsv",
            "\u{feff}Type\tDISPLAY_NAME\tPersonal Access Token\r\nGITHUB\tA\tp\r\n",
        ),
        ("pipes.txt", "type|Display-Name|pat\rGITHUB|A|p\r"),
        (
            "titled.csv",
            "Git hosts of 2026\n,,\nTeam,Type,Name,PAT\nX,GITHUB,A,p",
        ),
    ] {
        let env = Env::new().file(name, text);
        env.run(["check", name])
            .exit(0)
            .says("1 row can be imported");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_named_by_its_line() {
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat\nGITHUB,A,p\nGITHUB,\"B,p\nGITHUB,C,p\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[unclosed-quote]")
        .says("a.csv:3");
    // A quote further down is not taken for its end, though it would make one giant cell of the rows between.
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat\nGITHUB,A,\"p\nGITHUB,B,p\n\"GITHUB\",C,p\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[unclosed-quote]")
        .says("a.csv:2");
    let env = Env::new().file(
        "a.csv",
        format!(
            "type,displayName,pat\nGITHUB,\"{}\",p\n",
            "x".repeat(17 << 20)
        ),
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("not closed within 16 MB")
        .says("a.csv:2");
}

#[test]
fn what_is_no_table_is_refused_with_a_cure() {
    for (name, bytes, said) in [
        ("empty.csv", &b""[..], "the file is empty"),
        (
            "old.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "save it as .xlsx",
        ),
        ("broken.xlsx", b"PK\x03\x04rest", "the workbook is damaged"),
        (
            "image.csv",
            b"\x89PNG\x00\x00",
            "this is neither a CSV nor an XLSX file",
        ),
        (
            "other.csv",
            b"colour,size\nred,3\n",
            "no table of integrations",
        ),
    ] {
        let env = Env::new().file(name, bytes);
        env.run(["check", name]).exit(3).says(said);
    }
}

#[test]
fn two_rows_of_one_integration_are_found_across_files() {
    let env = Env::new()
        .file(
            "a.csv",
            "type,displayName,origin,pat\nGITLAB_SERVER,A,https://git.example.org,p\n",
        )
        .file(
            "b.csv",
            "type,displayName,origin,pat\nGITLAB_SERVER,A,HTTPS://GIT.example.org:443/,q\n",
        );
    env.run(["check", "a.csv", "b.csv"])
        .exit(3)
        .says("error[duplicate-row]")
        .says("as a.csv:2")
        .says("b.csv:2 (B2)");
}

#[test]
fn a_blank_origin_that_may_be_the_other_rows_is_refused_before_anything_is_sent() {
    let env = Env::new()
        .sandbox()
        .file(
            "a.csv",
            "type,displayName,pat\nVSTS,Boards,p\nVSTS,Wiki,p\n",
        )
        .file(
            "b.csv",
            "type,displayName,origin,pat\nVSTS,Boards,https://acme.visualstudio.com,p\n",
        );
    env.run(["import", "a.csv", "b.csv", "--yes"])
        .exit(3)
        .says("error[duplicate-row]")
        .says("the same type and display name as a.csv:2")
        .says("b.csv:2 (B2)");
    assert_eq!(env.jira().requests().len(), 0);
    env.run(["import", "a.csv", "b.csv", "--yes", "--skip-invalid"])
        .exit(1);
    assert_eq!(env.jira().held().len(), 1);
}

#[test]
fn a_thousand_bad_rows_stay_readable() {
    let row = |n| format!("GITHUB,Team {n},p,perhaps\n");
    let csv = format!(
        "type,displayName,pat,global\n{}",
        (0..5000).map(row).collect::<String>()
    );
    let env = Env::new().file("a.csv", csv);
    let ran = env
        .run(["check", "a.csv"])
        .exit(3)
        .says("None of 5000 rows can be imported")
        .says("5000 errors");
    assert!(ran.stderr.lines().count() < 20, "{}", ran.stderr);
}

#[test]
fn a_slip_in_a_header_never_lets_a_table_be_passed_over_in_silence() {
    let env = Env::new().file("a.csv", "Typee,Name,PAT\nGITHUB,A,p\n");
    assert_eq!(found(&env, &["a.csv"]), ["near-miss-header A1"]);
    // A shorter header may be anything, but then the table is not read, which is an error too.
    let env = Env::new().file("a.csv", "tpye,displayName,pat\nGITHUB,A,p\n");
    assert_eq!(found(&env, &["a.csv"]), ["no-table row 1"]);
    // No header of the row is one that is known.
    let env = Env::new().file(
        "a.csv",
        "Typee,Display-Nmae,Orgin\nGITHUB_SERVER,A,https://git.example.org\n",
    );
    assert_eq!(
        found(&env, &["a.csv"]),
        [
            "near-miss-header A1",
            "near-miss-header B1",
            "near-miss-header C1"
        ]
    );
    let env = Env::new().file("a.csv", "type,displayName,pat,tape\nGITHUB,A,p,x\n");
    assert_eq!(found(&env, &["a.csv"]), ["unknown-column D1"]);
}

#[test]
fn a_table_of_headers_alone_is_a_warning() {
    let env = Env::new().file("a.csv", "type,displayName,pat\n\n");
    env.run(["check", "a.csv"])
        .exit(0)
        .says("warning[no-rows]: the table has a header row and no rows");
    env.run(["check", "a.csv", "--strict"])
        .exit(3)
        .says("error[no-rows]");
}

#[test]
fn a_file_without_a_table_is_told_what_stands_where_its_headers_should() {
    for (text, said) in [
        ("colour,size\nred,3\n", "row 1 has no known header"),
        (
            "displayName,pat\nA,p\n",
            "row 1 has the headers `displayName`, `pat`, but no type",
        ),
        (
            "type:displayName:pat\nGITHUB:A:p\n",
            "each line is read as one cell: remove the quotes around the lines, or",
        ),
        (
            "type displayName pat\nGITHUB A p\n",
            "separate the cells by `,`, `;`, `|` or a tab",
        ),
        (
            "\"type,displayName,pat\"\n\"GITHUB,A,p\"\n",
            "remove the quotes around the lines",
        ),
    ] {
        let env = Env::new().file("a.csv", text);
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[no-table]")
            .says(said);
    }
    // Without headers the first row is one of secrets.
    let env = Env::new().file("a.csv", "GITHUB,Zed,x7Qm2xW9SEKRIT\n");
    env.run(["check", "a.csv"])
        .exit(3)
        .says("row 1 has no known header")
        .says_nothing_of("Zed")
        .says_nothing_of("SEKRIT");
}

#[cfg(unix)]
#[test]
fn a_table_can_come_through_a_pipe() {
    let env = Env::new().file("a.csv", crate::env::sheet_of(3));
    let mut command = env.command(["check", "/dev/stdin"]);
    let mut cat = std::process::Command::new("cat")
        .arg(env.path("a.csv"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = crate::env::run(command.stdin(cat.stdout.take().unwrap()));
    crate::env::status_of(&mut cat);
    crate::env::Ran::of(output)
        .exit(0)
        .says("3 rows can be imported");
}

#[test]
fn rows_that_duplicate_each_other_are_all_counted_as_invalid() {
    let row = "GITLAB,A,https://gitlab.corp.example,pat-1-invented\n";
    let sheet = format!("type,displayName,origin,pat\n{row}{row}GITLAB,B,,pat-2-invented\n");
    let env = Env::new().file("a.csv", sheet);
    for options in [&[][..], &["-o", "report.json"]] {
        let ran = env.run(["check", "a.csv"].iter().chain(options).copied());
        ran.exit(3).says("1 of 3 rows can be imported");
    }
}

#[test]
fn a_report_names_at_a_row_the_later_one_that_duplicates_it() {
    let row = "GITLAB,A,https://gitlab.corp.example,pat-1-invented\n";
    let sheet = format!("type,displayName,origin,pat\n{row}{row}{row}");
    let env = Env::new().file("a.csv", sheet);
    env.run(["check", "a.csv", "-o", "report.csv"]).exit(3);
    let report = std::fs::read_to_string(env.path("report.csv")).unwrap();
    let first = report.lines().nth(1).unwrap();
    assert!(
        first.contains("invalid,a.csv:3 (B3) is a duplicate of this row,\"keep one"),
        "{report}"
    );
    assert_eq!(report.matches("give each another display name").count(), 3);
}

#[test]
fn only_files_none_of_which_can_be_read_are_to_be_given_anew() {
    let env = Env::new().file("bad.csv", "type,displayName,pat\nGITHUB,A,\n");
    env.run(["check", "none.csv"])
        .exit(3)
        .says("give files that can be read, then check them again");
    env.run(["check", "bad.csv", "none.csv"])
        .exit(3)
        .says("fix the files, then check them again");
}

#[test]
fn the_lock_file_of_excel_is_told_from_its_workbook() {
    let env = Env::new().file("~$hosts.xlsx", [7; 165]);
    env.run(["check", "~$hosts.xlsx"])
        .exit(3)
        .says("this is the lock file of a workbook that is open in Excel")
        .says("give files that can be read, then check them again")
        .says("whose name has no `~$`");
}
