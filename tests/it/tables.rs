//! Tables as people really have them: encodings, delimiters, headers, sheets, selections.

use std::io::Write as _;
use std::process::Stdio;

use rust_xlsxwriter::Workbook;

use crate::env::{Env, Ran, output_of, sheet_of};
use crate::workbook::{add_sheet, csv_rows};

const TABLE: &str = "type,displayName,pat,Team\nGITHUB,Réseau,p,Payments\nGITLAB,Büro,p,Data\nGITHUB,Plain,p,Payments\n";

fn utf16(text: &str, is_little: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if is_little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_encoding_reads_the_same() {
    let windows: Vec<u8> = TABLE
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let marked = format!("\u{feff}{TABLE}");
    for (name, bytes, said) in [
        ("utf8.csv", TABLE.as_bytes().to_vec(), ""),
        ("bom.csv", marked.clone().into_bytes(), ""),
        ("utf16le.csv", utf16(TABLE, true), "in UTF-16LE"),
        ("utf16be-bom.csv", utf16(&marked, false), "in UTF-16BE"),
        ("windows.csv", windows, "in windows-1252"),
    ] {
        let env = Env::new().sandbox().file(name, bytes);
        env.run(["import", name, "--yes"]).exit(0).says(said);
        assert_eq!(env.held(), ["Büro", "Plain", "Réseau"], "{name}");
    }
}

#[test]
fn a_guess_of_the_encoding_is_told_with_the_place_of_the_first_byte() {
    let env = Env::new().file(
        "a.csv",
        b"type,displayName,pat\nGITHUB,Plain,p\nGITHUB,R\xE9seau,p\n",
    );
    env.run(["check", "a.csv"])
        .exit(0)
        .says("warning[encoding-guessed]: the text is not UTF-8 (byte E9)")
        .says("a.csv:3 (B3)");
    env.run(["check", "a.csv", "--encoding", "windows-1252"])
        .exit(0)
        .says_nothing_of("encoding-guessed");
    env.run(["check", "a.csv", "--encoding", "utf-8"])
        .exit(3)
        .says("error[not-utf8]")
        .says("a.csv:3 (B3)");
    env.run(["check", "a.csv", "--encoding", "klingon"])
        .exit(2)
        .says("unknown encoding");
}

#[test]
fn damage_in_utf8_is_an_error_at_its_cell() {
    let env = Env::new().file(
        "a.csv",
        b"type,displayName,pat\nGITHUB,R\xC3\xA9seau,p\nGITHUB,B\xFCro,p\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[not-utf8]")
        .says("a.csv:3 (B3)");
}

#[test]
fn a_header_that_no_table_has_cannot_be_mapped() {
    let env = Env::new().file("a.csv", "type,Their name,pat\nGITHUB,A,p\n");
    env.run(["check", "a.csv", "--map", "THEIR_NAME=displayName"])
        .exit(0);
    env.run(["check", "a.csv", "--map", "Other name=displayName"])
        .exit(2)
        .says("no table has the column `Other name` that --map names");
}

#[test]
fn the_delimiter_and_the_header_row_can_be_said() {
    let env = Env::new().file(
        "a.csv",
        "type;pat\ntype,displayName,pat\nGITHUB,\"A;B\",p\n",
    );
    env.run(["check", "a.csv", "--delimiter", ",", "--header-row", "2"])
        .exit(0)
        .says("1 row can be imported");
    env.run(["check", "a.csv", "--header-row", "3"])
        .exit(3)
        .says("no-table")
        .says("in row 3, which `--header-row` names");
    env.run(["check", "a.csv", "--delimiter", "x"])
        .exit(2)
        .says("use one of");
}

#[test]
fn standard_input_is_a_file_and_cannot_also_answer_the_question() {
    let env = Env::new().sandbox();
    let feed = |args: &[&str]| {
        let mut command = env.command(args.iter().copied());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // The program may end before it has read all.
        let _ = stdin.write_all(sheet_of(3).as_bytes());
        drop(stdin);
        Ran::of(output_of(child))
    };
    feed(&["check", "-"]).exit(0).says("-: 3 rows");
    feed(&["import", "-"]).exit(2).says("--yes");
    feed(&["import", "-", "--yes"])
        .exit(0)
        .says("3 of 3 integrations created");
}

#[test]
fn only_the_sheets_asked_for_are_read() {
    let mut workbook = Workbook::new();
    for name in ["Azure", "GitHub"] {
        add_sheet(
            &mut workbook,
            name,
            &csv_rows(&format!("type,displayName,pat\nGITHUB,{name},p\n")),
        );
    }
    workbook
        .worksheet_from_name("GitHub")
        .unwrap()
        .set_hidden(true);
    let env = Env::new()
        .sandbox()
        .file("a.xlsx", workbook.save_to_buffer().unwrap());
    env.run(["import", "a.xlsx", "--yes", "--sheet", "GitHub"])
        .exit(0)
        .says_nothing_of("Azure");
    assert_eq!(env.held(), ["GitHub"]);
    env.run(["check", "a.xlsx", "--sheet", "azure"])
        .exit(0)
        .says("a.xlsx:Azure: 1 row");
    env.run(["check", "a.xlsx", "--sheet", "Gerrit"])
        .exit(2)
        .says("no file has the sheet `Gerrit`")
        .says("there are `Azure`, `GitHub`");
}

#[test]
fn headers_can_be_told_and_blank_cells_filled() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", "What,Our label,Key,Notes\n,A,p,x\nGITLAB,B,q,y\n");
    let args = "import a.csv --yes --map What=type --map our-label=displayName --map Key=pat --map Notes= --set type=GITHUB --set smartCommitsEnabled=no".split(' ');
    env.run(args).exit(0).says_nothing_of("unknown-column");
    let mut bodies: Vec<String> = env
        .jira()
        .received()
        .iter()
        .map(ToString::to_string)
        .collect();
    bodies.sort();
    assert_eq!(
        bodies,
        [
            r#"{"type":"GITHUB","displayName":"A","pat":"p","smartCommitsEnabled":false}"#,
            r#"{"type":"GITLAB","displayName":"B","pat":"q","smartCommitsEnabled":false}"#,
        ]
        .map(|body| serde_json::from_str::<serde_json::Value>(body)
            .unwrap()
            .to_string())
    );
    assert_eq!(
        env.report()["run"]["options"]["set"],
        "type=GITHUB; smartCommitsEnabled=no"
    );
}

#[test]
fn a_secret_is_not_taken_from_the_command_line() {
    let env = Env::new().file("a.csv", "type,displayName\nGITHUB,A\n");
    env.run(["check", "a.csv", "--set", "pat=canary"])
        .exit(2)
        .says("a secret must not be on the command line")
        .says_nothing_of("canary");
    let token = "ghp_0123456789abcdefCANARY";
    for option in [
        ["--set", "username"],
        ["--set", "displayName"],
        ["--only", "Notes"],
    ] {
        let typed = format!("{}={token}", option[1]);
        env.run(["check", "a.csv", option[0], &typed])
            .exit(2)
            .says("a secret must not be on the command line")
            .says_nothing_of("CANARY");
    }
    env.run(["check", "a.csv", "--map", "X=colour"])
        .exit(2)
        .says("`colour` is not a field");
}

#[test]
fn an_access_key_id_is_a_secret_by_the_type_of_its_row() {
    let header = "type,displayName,username,password,awsRegion,pat\n";
    let sheet = format!(
        "{header}AWS,A,,env:GIT_KEY,us-east-1,\nAWS,B,CANARY-OF-B,env:GIT_KEY,us-east-1,\nGITHUB,C,,,,p\n"
    );
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet)
        .var("GIT_ID", "an-id")
        .var("GIT_KEY", "a-key");
    let import = |options: &[&str]| {
        let args = [
            "import",
            "a.csv",
            "--allow-env",
            "GIT_*",
            "--yes",
            "--skip-invalid",
        ];
        env.run(args.iter().chain(options).copied())
    };
    for options in [
        &["--set", "username=CANARY"][..],
        // It is refused though no row needs it.
        &[
            "--set",
            "type=AWS",
            "--set",
            "username=CANARY",
            "--rows",
            "3",
        ],
    ] {
        import(options)
            .exit(2)
            .says("a secret must not be on the command line")
            .says_nothing_of("CANARY");
    }
    assert!(env.runs().is_empty());
    import(&["--set", "username=svc-jira", "--rows", "3-4"]).exit(0);
    import(&["--set", "username=env:GIT_ID", "--rows", "2"]).exit(0);
    assert_eq!(env.jira().held().len(), 3);
    assert!(!env.everything_written(&["a.csv"]).contains("CANARY"));
}

#[test]
fn rows_that_are_not_selected_are_counted_and_not_looked_at() {
    let csv = format!("{TABLE}GITHBU,Broken,,Data\n");
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["import", "a.csv", "--yes", "--only", "Team=Payments"])
        .exit(0)
        .says("2 were not selected");
    assert_eq!(env.held(), ["Plain", "Réseau"]);
    assert_eq!(
        (
            env.total("read"),
            env.total("created"),
            env.total("not_selected")
        ),
        (4, 2, 2)
    );
    env.run(["import", "a.csv", "--yes", "--rows", "3"]).exit(0);
    assert_eq!((env.total("created"), env.total("not_selected")), (1, 3));
    assert_eq!(env.held(), ["Büro", "Plain", "Réseau"]);
    env.run(["check", "a.csv", "--only", "Colour=red"])
        .exit(2)
        .says("no table has the column `Colour`");
    env.run(["check", "a.csv", "--rows", "99"])
        .exit(2)
        .says("`--only` and `--rows` select none of 4 rows");
    env.run(["check", "a.csv", "--only", "type=gitlab"])
        .exit(0)
        .says("1 row can be imported");
    env.run(["check", "a.csv", "--only", "Token=canary-text"])
        .exit(2)
        .says("a column of secrets")
        .says_nothing_of("canary");
    env.run(["check", "a.csv", "--rows", "9-2"])
        .exit(2)
        .says("not a range of rows");
}

#[test]
fn strict_takes_warnings_for_errors_and_allow_lets_some_pass() {
    let csv = "type,displayName,origin,pat\nGITHUB_SERVER,A,http://git.example.org,p\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["check", "a.csv"])
        .exit(0)
        .says("warning[plain-http]");
    env.run(["check", "a.csv", "--strict"])
        .exit(3)
        .says("error[plain-http]");
    env.run(["check", "a.csv", "--strict", "--allow", "plain-http"])
        .exit(0);
    env.run(["check", "a.csv", "--allow", "missing-origin"])
        .exit(2)
        .says("cannot be allowed");
    env.run(["check", "a.csv", "--allow", "plane-http"])
        .exit(2)
        .says("did you mean `plain-http`?");
}

#[test]
fn an_error_that_is_a_guess_can_be_allowed_and_the_row_is_sent_as_it_is() {
    let csv = "type,displayName,origin,pat,Orgin\nGITHUB_SERVER,A,https://git.example.org/team/repo.git,changeme,x\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["import", "a.csv", "--yes"]).exit(3);
    let mut args = vec!["import", "a.csv", "--yes"];
    for code in ["placeholder", "near-miss-header", "origin-is-clone-url"] {
        args.extend(["--allow", code]);
    }
    env.run(args).exit(0);
    let body = &env.jira().received()[0];
    assert_eq!(
        (&body["pat"], &body["origin"]),
        (
            &"changeme".into(),
            &"https://git.example.org/team/repo.git".into()
        )
    );
    let env = Env::new().file(
        "a.csv",
        "type,displayName,origin,pat\nGITHUB_SERVER,A,git@git.example.org:a/b.git,p\n",
    );
    env.run(["check", "a.csv", "--allow", "origin-is-clone-url"])
        .exit(3)
        .says("error[origin-not-url]");
}

#[test]
fn a_line_without_end_is_refused_for_what_it_is() {
    let cell = "x".repeat(17 << 20);
    let env = Env::new().file("a.csv", format!("type,displayName,pat,{cell}"));
    env.run(["check", "a.csv"])
        .exit(3)
        .says("a line is longer than 16 MB")
        .says("a.csv:1")
        .says_nothing_of("quote");
    let env = Env::new().file("a.csv", format!("type,displayName,pat\nGITHUB,A,\"{cell}"));
    env.run(["check", "a.csv"])
        .exit(3)
        .says("not closed within 16 MB")
        .says("close the quote");
}

#[test]
fn a_header_row_may_be_longer_than_a_block() {
    let table = format!("type,displayName,pat,{}\nGITHUB,A,p\n", "x".repeat(1 << 20));
    let env = Env::new().file("a.csv", table);
    env.run(["check", "a.csv"])
        .exit(0)
        .says("1 row can be imported");
}

#[cfg(unix)]
#[test]
fn a_device_without_end_fills_no_memory() {
    let env = Env::new();
    env.run(["check", "/dev/zero"])
        .exit(3)
        .says("longer than 128 MB")
        .says("save it as a file");
}

#[test]
fn no_row_above_a_wider_header_is_lost_in_silence() {
    let rows = |count: usize, end: &str| {
        (0..count).fold(String::new(), |rows, n| {
            rows + &format!("GITHUB,A{n},p{end}\n")
        })
    };
    let two_tables = format!(
        "type,displayName,pat,\n{}type,displayName,pat,global\n{}",
        rows(8, ""),
        rows(2, ",yes"),
    );
    let untitled = format!("{}type,displayName,pat\n{}", rows(1, ""), rows(2, ""));
    for (text, first) in [(two_tables, 1), (untitled, 1)] {
        let bytes = crate::workbook::of_csv(&text);
        let env = Env::new().file("a.csv", &text).file("a.xlsx", bytes);
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[rows-above-header]")
            .says(&format!("--> a.csv:{first}"));
        env.run(["check", "a.xlsx"])
            .exit(3)
            .says("error[rows-above-header]")
            .says(&format!("--> a.xlsx:Sheet1!{first}"));
    }
    let other_delimiter = "type;pat\nGITHUB;p\ntype,displayName,pat\nGITHUB,A,p\n";
    let titled = "GITHUB\nHosts of 2026,,by Jo\ntype,displayName,pat\nGITHUB,A,p\n";
    let env = Env::new()
        .file("a.csv", other_delimiter)
        .file("b.csv", titled);
    env.run(["check", "a.csv"])
        .exit(3)
        .says("rows 1 to 2 are above row 3")
        .says("`--header-row 1`");
    env.run(["check", "a.csv", "--header-row", "3"]).exit(0);
    env.run(["check", "b.csv"])
        .exit(0)
        .says_nothing_of("rows-above-header");
}

#[test]
fn a_row_above_the_header_that_names_a_product_or_is_split_in_another_way_is_not_lost() {
    let table = "type,displayName,pat\nGITHUB,A,p\n";
    for above in [
        "GitHub Enterprise Server,B,p",
        "Azure Repos,B,p",
        "Tracked folder,B,",
        "tfs,B,p",
        "Azure DevOps,B,p",
        "GITHUB_SERVR,B,p",
        "GITHUB;B;p",
        "GITHUB|B|p",
        "Payments;ghp_0123456789abcdef0123456789abcdef0123",
    ] {
        let bytes = crate::workbook::of_csv(&format!("{above},,\n{table}"));
        let env = Env::new()
            .file("a.csv", format!("{above}\n{table}"))
            .file("a.xlsx", bytes);
        for file in ["a.csv", "a.xlsx"] {
            env.run(["check", file])
                .exit(3)
                .says("error[rows-above-header]");
        }
    }
    for title in [
        "\"GitHub, GitLab and Azure\",by Jo,",
        "Tracked folder,,",
        "Owner: Jo;IT",
    ] {
        let env = Env::new().file("a.csv", format!("{title}\n{table}"));
        env.run(["check", "a.csv"])
            .exit(0)
            .says_nothing_of("rows-above-header");
    }
}

#[test]
fn a_narrower_header_above_is_one_with_a_preset_type_and_for_an_update_too() {
    let csv = "displayName,pat\nA,p\ndisplayName,pat,global\nB,q,yes\n";
    let env = Env::new().file("a.csv", csv);
    env.run(["check", "a.csv", "--set", "type=GITHUB"])
        .exit(3)
        .says("rows 1 to 2 are above row 3");
    let titled = "Host:,git.example.org\ndisplayName,pat\nB,q\n";
    let env = Env::new().file("a.csv", titled);
    env.run(["check", "a.csv", "--set", "type=GITHUB"])
        .exit(0)
        .says_nothing_of("rows-above-header");
    let csv =
        "type,displayName,global\nGITHUB,A,yes\ntype,displayName,global,pat\nGITHUB,B,yes,p\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["update", "a.csv", "--fields", "global", "--dry-run"])
        .exit(3)
        .says("error[rows-above-header]");
}

#[test]
fn a_sheet_that_was_asked_for_does_not_hide_why_its_file_cannot_be_read() {
    let env = Env::new().file("a.xlsx", b"PK\x03\x04rest");
    env.run(["check", "a.xlsx", "--sheet", "Hosts"])
        .exit(3)
        .says("the workbook is damaged");
}

#[test]
fn many_unknown_columns_are_one_note() {
    let more = (0..40).fold(String::new(), |all, n| all + &format!(",Own {n}"));
    let env = Env::new().file("a.csv", format!("type,displayName,pat{more}\nGITHUB,A,p\n"));
    let ran = env
        .run(["check", "a.csv"])
        .exit(0)
        .says("`Own 0`, `Own 1`, ")
        .says("and 28 more are not fields");
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(text.matches("unknown-column").count(), 1, "{text}");
}

#[test]
fn a_table_without_a_type_is_told_which_headers_are_known_and_the_options() {
    let notes = "About this list,,,\n".repeat(24);
    for (sheet, said, option) in [
        (
            "Git host,Name,URL,Token\nGitHub Enterprise Server,A,https://git.example.org,{PAT}\n".to_owned(),
            "row 1 has the headers `Name`, `URL`, `Token`, but no type",
            "`--map 'HEADER=FIELD'`",
        ),
        (
            format!("{notes}Git host,Name,URL,Token\nGitHub Enterprise Server,A,https://git.example.org,{{PAT}}\n"),
            "row 25 has the headers `Name`, `URL`, `Token`, but no type",
            "`--header-row 25`",
        ),
        (
            "\"Host URL\n(https://…)\",Name,Personal Access Token (PAT)\nhttps://github.com,A,{PAT}\n".to_owned(),
            "row 1 has the headers `Host URL`, `Name`, `Personal Access Token`, but no type",
            "`--set type=GITHUB`",
        ),
        (
            "Typ,Name,Adresse (URL),Zugangstoken\nGitHub Enterprise Server,A,https://git.example.org,{PAT}\n".to_owned(),
            "row 1 has the header `Name`, but neither a type nor an origin or a credential",
            "`--map 'HEADER=FIELD'`",
        ),
    ] {
        let text = sheet.replace("{PAT}", "ghp_0123456789abcdef0123456789abcdef0123");
        let bytes = crate::workbook::of_csv(&text);
        let env = Env::new().file("a.csv", text).file("a.xlsx", bytes);
        for file in ["a.csv", "a.xlsx"] {
            env.run(["check", file])
                .exit(3)
                .says("error[no-table]")
                .says(&format!("there is no table of integrations in this file: {said}"))
                .says(option);
        }
    }
}

#[test]
fn a_workbook_without_a_known_header_is_told_the_row_of_the_sheet_with_most_cells_and_the_options()
{
    let env = Env::new();
    let mut book = Workbook::new();
    for (name, text) in [
        ("Read me", "Ask Jo\n"),
        ("Hosts", "種別,アドレス,トークン,名前\nGitHub,,sunshine,A\n"),
        ("_Notes", "a,b,c,d,e\n"),
    ] {
        add_sheet(&mut book, name, &csv_rows(text));
    }
    book.save(env.path("a.xlsx")).unwrap();
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("there is no table of integrations in this file: row 1 has no known header")
        .says("--> a.xlsx:Hosts!1")
        .says("`--map 'HEADER=FIELD'`")
        .says("`--set type=GITHUB`")
        .says("`--header-row 1`")
        .says_nothing_of("種別")
        .says_nothing_of("sunshine");
}

#[test]
fn a_header_row_with_another_number_than_was_passed_is_named_and_no_other_option_is() {
    let text = "type,displayName,pat\nGITHUB,A,p\n";
    let bytes = crate::workbook::of_csv(text);
    let env = Env::new().file("a.csv", text).file("a.xlsx", bytes);
    for file in ["a.csv", "a.xlsx"] {
        env.run(["check", file, "--header-row", "7"])
            .exit(3)
            .says("row 1 has the headers `type`, `displayName`, `pat`")
            .says("help: omit `--header-row`, or pass `--header-row 1`")
            .says_nothing_of("--map")
            .says_nothing_of("--set");
        env.run(["check", file, "--header-row", "2"])
            .exit(3)
            .says("row 2 has no known header")
            .says("without `--header-row` the first 20 rows are searched for it");
    }
}

#[test]
fn a_first_row_that_may_be_one_of_values_is_not_shown_and_the_options_are_named() {
    let token = "glpat-0123456789abcdefghij";
    for text in [
        "jo,sunshine\nann,rainbow\n".to_owned(),
        format!("GitHub,Payments,sunshine\nGitLab,Ops,{token}\nGitHub,Web,{token}\n"),
        format!("Bitbucket,Payments,sunshine\nGitLab,Ops,{token}\n"),
        "Payments,https://git.example.org,sunshine\nGitLab,https://git.example.org,rainbow\n"
            .to_owned(),
    ] {
        let env = Env::new().file("a.csv", text);
        env.run(["check", "a.csv"])
            .exit(3)
            .says("row 1 has no known header")
            .says("`--map 'HEADER=FIELD'`")
            .says("`--set type=GITHUB`")
            .says("`--header-row 1`")
            .says_nothing_of("sunshine");
    }
}

#[test]
fn a_password_above_the_first_row_that_is_known_is_not_shown() {
    let text = "Bitbucket,localhost,sunshine\nGitHub,https://git.example.org,ghp_0123456789abcdef0123456789abcdef0123\n";
    let env = Env::new().file("a.csv", text);
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[no-table]")
        .says_nothing_of("sunshine");
}

#[test]
fn what_the_only_sheet_lacks_is_told_beside_it() {
    let notes = "About this list,,\n".repeat(25);
    let text = format!("{notes}Name,URL,Token\nA,https://git.example.org,p\n");
    let env = Env::new().file("a.xlsx", crate::workbook::of_csv(&text));
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("error[no-table]: there is no table of integrations in this file: row 26 has the headers `Name`, `URL`, `Token`, but no type")
        .says("--> a.xlsx:Sheet1!26")
        .says("the sheet `Sheet1` is skipped: none of its first 20 rows has a known header: row 26 has the headers `Name`, `URL`, `Token`, but no type");
}

#[test]
fn sheets_of_one_product_each_can_be_read_with_a_preset_type() {
    let env = Env::new();
    let mut book = Workbook::new();
    for (name, token) in [("GitHub", "ghp_"), ("GitLab.com", "glpat-")] {
        let token = format!("{token}0123456789abcdef0123456789abcdef0123");
        add_sheet(
            &mut book,
            name,
            &csv_rows(&format!(
                "Name,Token
A,{token}
"
            )),
        );
    }
    book.save(env.path("a.xlsx")).unwrap();
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("the sheet `GitLab.com` is skipped: it is not a table of integrations: row 1 has the headers `Name`, `Token`, but no type")
        .says("`--set type=GITHUB` replaces the column `type`");
    let args = [
        "check",
        "a.xlsx",
        "--sheet",
        "GitLab.com",
        "--set",
        "type=GITLAB",
    ];
    env.run(args).exit(0);
}

#[test]
fn a_table_that_is_not_read_shows_no_value_beside_a_header() {
    let env = Env::new();
    let mut book = Workbook::new();
    add_sheet(
        &mut book,
        "Git",
        &csv_rows("type,displayName,pat\nGITHUB,A,p\n"),
    );
    add_sheet(
        &mut book,
        "Logins",
        &csv_rows("Password,Hunter2-Correct!Horse\n"),
    );
    add_sheet(
        &mut book,
        "Slips",
        &csv_rows("typ,passwrod,Hunter2-Correct!Horse,a\n"),
    );
    book.save(env.path("a.xlsx")).unwrap();
    let long = format!("Password;Hunter2-{}\n", "type ".repeat(10_000));
    let env = env
        .file("a.csv", "Hunter2Secret!;GitHub;jo;Projects\n")
        .file("b.csv", "Hunter2-host!;Token;Name;p\n")
        .file("c.csv", long);
    for file in ["a.xlsx", "a.csv", "b.csv", "c.csv"] {
        for args in [
            vec!["check", file],
            vec!["check", file, "--format", "json"],
            vec!["check", file, "-o", "report.json"],
        ] {
            let ran = env.run(args);
            let report = std::fs::read_to_string(env.path("report.json")).unwrap_or_default();
            let text = format!("{}{}{report}", ran.stdout, ran.stderr);
            assert!(
                text.contains("no-table") || text.contains("Logins"),
                "{text}"
            );
            assert!(!text.contains("Hunter2"), "{text}");
        }
    }
}

#[test]
fn a_word_beside_a_header_of_a_table_that_is_not_read_is_not_shown() {
    for text in [
        "Password | sunshine\n",
        "Password,sunshine\n",
        "Password (sunshine),Name\n",
        "Password: sunshine\n",
        "Name,sunshine,tokem\n",
    ] {
        let env = Env::new().file("a.csv", text);
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[no-table]")
            .says_nothing_of("sunshine")
            .says_nothing_of("tokem");
    }
    let decorated = "type,displayName,pat,Passwrod (sunshine)\nGITHUB,A,p,q\n";
    let env = Env::new().file("a.csv", decorated);
    env.run(["check", "a.csv"])
        .exit(3)
        .says("the column `Passwrod` is not known")
        .says_nothing_of("sunshine");
}

#[test]
fn a_second_header_row_and_footnotes_are_told_for_what_they_are() {
    let text = "type,displayName,pat\nGITHUB,A,p\ntype,displayName,pat\nGITHUB,B,q\n\n* ask Jo for tokens\nTotal: 2\n";
    let bytes = crate::workbook::of_csv(text);
    let env = Env::new().file("a.csv", text).file("a.xlsx", bytes);
    for file in ["a.csv", "a.xlsx"] {
        env.run(["check", file])
            .exit(3)
            .says("this is probably a second header row: remove it")
            .says("this is probably a total, a title or a footnote")
            .says("2 of 5 rows can be imported; 3 errors");
    }
}
