//! No secret anywhere but in the request body.

use gij::sandbox::Fault;
use serde_json::json;

use crate::env::{Env, Ran, output_of};

const CANARY: &str = "canary-7Qm2xW";

fn sheet(cell: &str) -> String {
    format!(
        "type,displayName,origin,username,password\nGERRIT,G,https://gerrit.example.org,jo,{cell}\n"
    )
}

fn import(env: &Env) -> Ran {
    env.run("import a.csv --yes --allow-env GIT_* --secrets-dir secrets".split(' '))
}

fn sent_password(env: &Env) -> String {
    env.jira().received()[0]["password"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn secrets_of_cells_variables_and_files_reach_the_body_and_nothing_else() {
    for cell in [
        CANARY.to_owned(),
        format!("literal:{CANARY}"),
        "env:GIT_PW".into(),
        "file:gerrit/pw".into(),
    ] {
        let env = Env::new()
            .sandbox()
            .file("a.csv", sheet(&cell))
            .var("GIT_PW", CANARY);
        std::fs::create_dir_all(env.path("secrets/gerrit")).unwrap();
        let env = env.file("secrets/gerrit/pw", format!("{CANARY}\nsecond line\n"));
        let ran = import(&env).exit(0).says_nothing_of(CANARY);
        drop(ran);
        assert_eq!(sent_password(&env), CANARY, "{cell}");
        assert!(!env.everything_written(&["a.csv", "pw"]).contains(CANARY));
    }
}

#[test]
fn the_plan_names_each_reference_and_the_host_that_it_goes_to() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet("env:GIT_PW"))
        .var("GIT_PW", CANARY);
    env.run(["import", "a.csv", "--dry-run", "--allow-env", "GIT_*"])
        .exit(0)
        .says("env:GIT_PW goes to https://gerrit.example.org (1 row)")
        .says_nothing_of(CANARY);
}

#[test]
fn a_reference_that_is_not_allowed_is_an_error_everywhere() {
    for cell in [
        "env:HOME",
        "env:JIRA_TOKEN",
        "file:/etc/hostname",
        "file:../a.csv",
    ] {
        let env = Env::new().sandbox().file("a.csv", sheet(cell));
        std::fs::create_dir(env.path("secrets")).unwrap();
        import(&env).exit(3).says("error[reference-not-allowed]");
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[reference-not-allowed]");
        assert_eq!(env.jira().requests().len(), 0);
    }
}

#[test]
fn gijs_own_token_file_is_not_given_to_a_sheet() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet("file:token"))
        .without("JIRA_TOKEN");
    std::fs::create_dir(env.path("secrets")).unwrap();
    let env = env.file("secrets/token", crate::env::TOKEN);
    env.run("import a.csv --yes --secrets-dir secrets --token-file secrets/token".split(' '))
        .exit(3)
        .says("gij's own token or password file");
}

#[test]
fn an_unset_variable_is_a_warning_in_a_check_and_an_error_in_an_import() {
    let env = Env::new().sandbox().file("a.csv", sheet("env:GIT_UNSET"));
    env.run(["check", "a.csv", "--allow-env", "GIT_*"])
        .exit(0)
        .says("warning[reference-without-value]");
    env.run(["import", "a.csv", "--yes", "--allow-env", "GIT_*"])
        .exit(3)
        .says("error[reference-without-value]");
    assert_eq!(env.jira().requests().len(), 0);
}

#[test]
fn a_server_that_echoes_what_it_was_sent_reveals_nothing() {
    let own = "own-canary-token";
    for (status, code, body, headers) in [
        (
            400,
            1,
            format!(r#"{{"success":false,"error":"not {CANARY}","advice":"is {CANARY} right?"}}"#),
            String::new(),
        ),
        (
            400,
            1,
            format!(r#"{{"errors":{{"{CANARY}":"bad","pat":"{own}"}}}}"#),
            String::new(),
        ),
        (
            400,
            1,
            format!("<html>canary<br>{CANARY} {own}</html>"),
            String::new(),
        ),
        (502, 1, CANARY.to_owned(), String::new()),
        (
            200,
            1,
            format!(
                r#"{{"success":true,"integration":{{"id":7,"pat":"{CANARY}","origin":"https://{CANARY}@git","apiPath":"/{own}","tagsFilter":"{CANARY}"}},"integrations":[]}}"#
            ),
            String::new(),
        ),
        (
            302,
            4,
            String::new(),
            format!("Location: /login/{CANARY}?token={own}\r\n"),
        ),
        (
            403,
            4,
            String::new(),
            format!(
                "X-Authentication-Denied-Reason: CAPTCHA_CHALLENGE; login-url=https://j/{CANARY}?t={own}\r\n"
            ),
        ),
    ] {
        let echo = crate::echo::Echo::start(status, &body, &headers);
        let env = Env::new()
            .file("a.csv", sheet(CANARY))
            .var("JIRA_URL", &echo.url())
            .var("JIRA_TOKEN", own);
        env.run("import a.csv --yes --settle 50ms --retries 1".split(' '))
            .exit(code)
            .says_nothing_of(CANARY)
            .says_nothing_of(own);
        let written = env.everything_written(&["a.csv"]);
        assert!(
            !written.contains(CANARY) && !written.contains(own),
            "{status}: {written}"
        );
    }
}

#[test]
fn a_secret_that_slipped_into_another_column_is_not_shown() {
    let csv = format!(
        "type,displayName,global,folderDepth,awsRegion,pat\nGITHUB,Team, x,{CANARY},{CANARY},{CANARY},p\n{CANARY},A,,,,p\n"
    );
    let env = Env::new().file("a.csv", csv);
    env.run(["check", "a.csv"])
        .exit(3)
        .says("a text of 13 characters")
        .says_nothing_of(CANARY);
}

#[test]
fn a_secret_in_a_column_of_any_kind_is_not_shown() {
    let columns = [
        "type",
        "origin",
        "disabled",
        "maxMinsToCommitEmail",
        "apiPath",
        "apiFilter",
        "awsRegion",
        "projectMappingIds",
        "projectKeys",
        "tagsFilter",
        "prHideFilter",
        "refSpecCustom",
        "folderDepth",
    ];
    for secret in [
        "0123456789abcdef0123456789abcdef01234567",
        "abcdef0123456789abcdef0123456789abcdef01",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "Hunter2[(x",
        CANARY,
    ] {
        for column in columns {
            let mut cells = vec![("type", "GITHUB"), ("displayName", "A"), ("pat", "p")];
            cells.retain(|(header, _)| *header != column);
            cells.push((column, secret));
            let (headers, values): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
            let csv = format!("{}\n{}\n", headers.join(","), values.join(","));
            let env = Env::new().file("a.csv", csv);
            env.run(["check", "a.csv"]).says_nothing_of(secret);
            env.run(["check", "a.csv", "--format", "json"])
                .says_nothing_of(secret);
        }
    }
}

#[test]
fn a_row_in_one_cell_is_not_shown_and_is_known_for_one() {
    for row in ["GITHUB,Zed,,SEKRIT2001", "GITHUB;Zed;;SEKRIT2001"] {
        let csv = format!("type,displayName,origin,pat\n\"{row}\"\n");
        let env = Env::new().file("a.csv", csv);
        env.run(["check", "a.csv"])
            .exit(3)
            .says("a text of 22 characters is not an integration type")
            .says("the whole row is in one cell")
            .says_nothing_of("SEKRIT");
    }
}

#[test]
fn a_token_in_a_readable_cell_is_an_error_and_not_shown() {
    let csv = "type,displayName,pat\nGITHUB,bot ghp_0123456789abcdefCANARY,p\n";
    let env = Env::new().file("a.csv", csv);
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[secret-in-plain-field]")
        .says_nothing_of("CANARY");
}

#[test]
fn cells_of_unknown_columns_are_kept_nowhere() {
    let csv = format!("type,displayName,pat,Old key\nGITHUB,A,p,{CANARY}\n");
    let env = Env::new()
        .sandbox()
        .file("a.csv", csv)
        .faults([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes"])
        .exit(1)
        .says_nothing_of(CANARY);
    let written = env.everything_written(&["a.csv"]);
    assert!(written.contains("Old key") && !written.contains(CANARY));
}

#[test]
fn a_secret_that_a_list_repeats_in_an_origin_is_written_nowhere() {
    let sheet =
        format!("type,displayName,origin,pat\nGITHUB_SERVER,A,https://git.example.org,{CANARY}\n");
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.jira().script([Some(Fault::CutBeforeCommit)]);
    let slow = ["import", "a.csv", "--yes", "--settle", "1s"];
    let child = env.start_until(slow, |env| env.posts() == 1);
    let origin = format!("https://me:{CANARY}@git.example.org");
    let shown = json!({"type": "GITHUB_SERVER", "displayName": "A", "origin": origin});
    env.jira().put(shown).unwrap();
    Ran::of(output_of(child)).says_nothing_of(CANARY);
    assert!(!env.everything_written(&["a.csv"]).contains(CANARY));
}

#[test]
fn a_secret_that_a_list_repeats_in_a_field_that_differs_is_not_shown() {
    let sheet = format!(
        "type,displayName,origin,pat,tagsFilter\nGITHUB_SERVER,A,https://git.example.org,{CANARY},v1\n"
    );
    let env = Env::new().sandbox().file("a.csv", sheet);
    let shown = json!({
        "type": "GITHUB_SERVER",
        "displayName": "A",
        "origin": "https://git.example.org",
        "tagsFilter": format!("v2 {CANARY}"),
    });
    env.jira().put(shown).unwrap();
    let ran = env.run(["import", "a.csv", "--dry-run"]);
    ran.exit(0)
        .says("Jira has \"v2 ***\"")
        .says_nothing_of(CANARY);
    env.run(["import", "a.csv", "--yes"])
        .exit(0)
        .says_nothing_of(CANARY);
    assert!(!env.everything_written(&["a.csv"]).contains(CANARY));
}
