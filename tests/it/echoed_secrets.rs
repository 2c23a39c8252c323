//! Whatever encoding a server repeats a secret in: it reaches no terminal, no journal and no report.

use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use crate::echo::Echo;
use crate::env::Env;

/// The secrets of the rows and of the login, and what none of their encodings but Base64 and numbers changes.
const PASSWORD: &str = r#"K4n/ry=+ &"<'7Qm2xW"#;
const OWN: &str = "0wn/P&s=+\"<9Zk4vT";
const FRAGMENTS: [&str; 2] = ["7Qm2xW", "9Zk4vT"];

fn percent(text: &str, kept: &str) -> String {
    each(text, |c| match char::from_u32(c) {
        Some(c) if c.is_ascii_alphanumeric() || kept.contains(c) => c.to_string(),
        _ => format!("%{c:02X}"),
    })
}

fn each(text: &str, encode: impl Fn(u32) -> String) -> String {
    let encoded = text.chars().map(|c| encode(u32::from(c)));
    encoded.collect::<Vec<_>>().concat()
}

fn named(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// The encodings of a secret of `user` that servers, frameworks and proxies write.
fn encodings(user: &str, secret: &str) -> Vec<String> {
    let json = json!(secret).to_string().trim_matches('"').to_owned();
    let pair = format!("{user}:{secret}");
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let base64 = BASE64_STANDARD.encode(secret);
    let mut gson = json.clone();
    for c in ['=', '&', '<', '>', '\''] {
        gson = gson.replace(c, &format!("\\u{:04x}", u32::from(c)));
    }
    let url = percent(secret, "-._~");
    let hex = each(secret, |c| format!("{c:02x}"));
    vec![
        secret.to_owned(),
        json.clone(),
        json.replace('/', "\\/"),
        gson,
        each(secret, |c| format!("\\u{c:04x}")),
        each(secret, |c| format!("\\u{c:04X}")),
        each(secret, |c| format!("%u{c:04X}")),
        url.clone(),
        url.to_lowercase()
            .replace("7qm2xw", "7Qm2xW")
            .replace("9zk4vt", "9Zk4vT"),
        percent(secret, "-._~/"),
        percent(secret, "-._~/+="),
        percent(&url, "-._~"),
        percent(&percent(secret, "/"), "/"),
        percent(&percent(&url, ""), ""),
        each(secret, |c| format!("%{c:02x}")),
        form.clone(),
        byte_serialize(form.as_bytes()).collect(),
        percent(secret, " ").replace(' ', "+"),
        named(secret),
        named(&named(secret)),
        named(secret)
            .replace('/', "&sol;")
            .replace('=', "&equals;")
            .replace('+', "&plus;"),
        named(secret)
            .replace('/', "&#x2F;")
            .replace('=', "&#x3D;")
            .replace("&#39;", "&apos;"),
        each(secret, |c| format!("&#{c};")),
        each(secret, |c| format!("&#{c:04};")),
        each(secret, |c| format!("&#x{c:x};")),
        each(secret, |c| format!("&#X{c:X};")),
        percent(&named(secret), ""),
        hex.to_uppercase(),
        hex,
        BASE64_STANDARD_NO_PAD.encode(secret),
        BASE64_URL_SAFE.encode(secret),
        percent(&base64, ""),
        BASE64_STANDARD.encode(&pair),
        percent(&BASE64_STANDARD.encode(&pair), ""),
    ]
}

fn all_encodings() -> Vec<String> {
    let mut all = encodings("jo", PASSWORD);
    assert_eq!(all.len(), 34);
    all.extend(encodings("admin", OWN));
    all
}

/// Asserts that `text` contains no encoding, and tells the first that it does.
#[track_caller]
fn assert_reveals_nothing(text: &str, what: &str) {
    let fragments = FRAGMENTS.map(str::to_owned);
    let lower = text.to_lowercase();
    for form in all_encodings().into_iter().chain(fragments) {
        let at = lower.find(&form.to_lowercase());
        let around = at.map(|at| {
            let from = lower.floor_char_boundary(at.saturating_sub(150));
            lower[from..].chars().take(400).collect::<String>()
        });
        assert_eq!(around, None, "{form} in {what}");
    }
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn no_encoding_that_jira_repeats_is_shown_or_written() {
    let echo = Echo::start(500, "", "");
    let mut sheet = "type,displayName,origin,username,password\n".to_owned();
    for (n, encoding) in (1..).zip(all_encodings()) {
        let created = json!({
            "id": n, "initDate": n, "type": "GERRIT", "displayName": format!("G {encoding}"), "origin": encoding,
            "apiPath": format!("/{encoding}"), "tagsFilter": encoding, "projectMappingIds": [encoding],
            "disabled": encoding, "username": encoding, "unheardOf": encoding,
        });
        let answers = [
            (
                400,
                json!({"success": false, "error": format!("{n}: not {encoding}, sorry"), "advice": encoding}),
            ),
            (
                400,
                json!({"errorMessages": [format!("{n} {encoding}")], "errors": {encoding.as_str(): encoding}}),
            ),
            (200, json!({"success": true, "integration": created})),
        ];
        let answers = answers.map(|(status, body)| (status, body.to_string()));
        // A page, and JSON of a server that escapes in its own way.
        let page = format!("<html><title>{n} {encoding}</title><p>{encoding}</html>");
        echo.script(answers.into_iter().chain([
            (400, page),
            (400, format!("{n} {encoding} as plain text")),
            (
                400,
                format!(r#"{{"success":false,"error":"{n} {encoding}"}}"#),
            ),
        ]));
        for part in 0..6 {
            let row = format!(
                "GERRIT,G {n}.{part},https://g{n}.example.org/{part},jo,{}\n",
                cell(PASSWORD)
            );
            sheet.push_str(&row);
        }
    }
    let env = Env::new()
        .file("a.csv", sheet)
        .var("JIRA_URL", &echo.url())
        .var("JIRA_USER", "admin")
        .var("JIRA_PASSWORD", OWN);
    let mut args: Vec<&str> = "import a.csv --yes -v --concurrency 1 --settle 20ms"
        .split(' ')
        .collect();
    let forms = ["csv", "html", "md", "xml", "json", "xlsx"].map(|form| format!("report.{form}"));
    for form in &forms {
        args.extend(["-o", form]);
    }
    let ran = env.run(args).exit(1);
    assert_eq!(env.total("created"), 68);
    assert_reveals_nothing(&ran.stdout, "standard output");
    assert_reveals_nothing(&ran.stderr, "standard error");
    assert_reveals_nothing(
        &env.everything_written(&["a.csv", "report.xlsx"]),
        "what was written",
    );
    let book = std::fs::File::open(env.path("report.xlsx")).unwrap();
    let mut book = zip::ZipArchive::new(book).unwrap();
    for part in 0..book.len() {
        let mut text = String::new();
        book.by_index(part)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_reveals_nothing(&text, "the workbook");
    }
    let json = env.run(["report", "last", "--format", "json"]);
    assert_reveals_nothing(&json.stdout, "the report");
}

#[test]
fn no_encoding_that_a_git_host_repeats_is_shown() {
    let echo = Echo::start(500, "", "");
    let hosts: Vec<_> = (1..).zip(encodings("jo", PASSWORD)).collect();
    let mut sheet = "type,displayName,origin,username,password\n".to_owned();
    for n in 0..3 * hosts.len() {
        let row = format!("GERRIT,G {n},{}/{n},jo,{}\n", echo.url(), cell(PASSWORD));
        sheet.push_str(&row);
    }
    let env = Env::new().file("a.csv", sheet);
    for format in ["human", "json"] {
        for (n, encoding) in &hosts {
            let refused = json!({"message": format!("{n}: not {encoding}, sorry")}).to_string();
            let user = json!({"_account_id": n, "username": encoding}).to_string();
            echo.script([(500, refused), (200, user), (403, encoding.clone())]);
        }
        let ran = env.run(["probe", "a.csv", "--yes", "--format", format, "-v"]);
        assert!(ran.stdout.contains("accepted as"), "{}", ran.stdout);
        assert_reveals_nothing(&ran.stdout, "standard output");
        assert_reveals_nothing(&ran.stderr, "standard error");
    }
}

#[test]
fn what_jira_shows_of_an_updated_integration_reveals_no_secret_of_its_row() {
    const TOKEN: &str = "glpat-7Qm2xW-invented";
    let held =
        r#"{"id":7,"integrationType":"GITLAB","displayName":"A","origin":"https://gitlab.com"}"#;
    let echo = Echo::start(400, "", "");
    for answer in [
        json!({"success": false, "error": format!("auth fail for https://jo:{TOKEN}@gitlab.com")}),
        json!({"success": true, "integration": {"id": 7, "tagsFilter": TOKEN, "displayName": TOKEN}}),
    ] {
        for status in [200, 400] {
            echo.say(status, &answer.to_string(), held);
            let sheet = format!("type,displayName,pat\nGITLAB,A,{TOKEN}\n");
            let env = Env::new()
                .file("a.csv", sheet)
                .var("JIRA_URL", &echo.url())
                .var("JIRA_TOKEN", OWN);
            let args = "update a.csv --fields pat --yes --settle 50ms --retries 0 -v";
            let ran = env.run(args.split(' '));
            assert_reveals_nothing(&ran.stdout, "standard output");
            assert_reveals_nothing(&ran.stderr, "standard error");
            let run = env.runs().remove(0);
            for file in std::fs::read_dir(run).unwrap() {
                let path = file.unwrap().path();
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert_reveals_nothing(&text, &path.display().to_string());
            }
        }
    }
}

#[test]
fn what_is_no_secret_is_shown_as_jira_writes_it() {
    let answer = json!({"success": false, "error": "cannot reach https://git.example.org/a: 100% of \\\\srv\\x, \"R&D\""});
    let echo = Echo::start(400, &answer.to_string(), "");
    let env = Env::new()
        .file(
            "a.csv",
            format!("type,displayName,pat\nGITHUB,A,{}\n", cell(PASSWORD)),
        )
        .var("JIRA_URL", &echo.url())
        .var("JIRA_TOKEN", OWN);
    env.run(["import", "a.csv", "--yes"]).exit(1);
    let shown: Value = env.report()["rows"][0]["error"].clone();
    assert_eq!(shown, answer["error"]);
}
