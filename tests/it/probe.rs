//! Credentials tried at git hosts over sockets.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use gij::sandbox::Fault;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use crate::env::{Env, Ran, output_of, signal};
#[cfg(unix)]
use crate::terminal::on_a_terminal::{exit_code, on_terminal};

const CANARY: &str = "canary-7Qm2xW";

/// A git host that gives every request the same answer, and keeps the head of each.
struct GitHost {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl GitHost {
    fn start(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
        };
        let requests = Arc::clone(&host.requests);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, requests) = (stream.unwrap(), Arc::clone(&requests));
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || {
                    let head = head_of(&mut stream);
                    let answer = answer(&head);
                    requests.lock().unwrap().push(head);
                    match answer {
                        Some(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                        // Until the client goes away.
                        None => drop(stream.read(&mut [0])),
                    }
                });
            }
        });
        host
    }

    /// A host with this status, headers and body.
    fn answering(status: u16, headers: &str, body: &str) -> Self {
        let answer = http(status, headers, body);
        Self::start(move |_| Some(answer.clone()))
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn head_of(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn http(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Any\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

const HEADERS: &str = "type,displayName,origin,username,password,pat\n";

/// Probes the rows of a sheet, which are `type,displayName,origin,username,password,pat`.
fn probe(rows: &str) -> Ran {
    let env = Env::new().file("a.csv", format!("{HEADERS}{rows}"));
    env.run(["probe", "a.csv", "--yes", "--format", "json"])
}

/// The diagnostics of a probe: code, cell and message.
fn found(ran: &Ran) -> Vec<(String, String, String)> {
    let report = ran.json();
    let diagnostics = report["diagnostics"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    diagnostics
        .map(|one| {
            (
                text(&one["code"]),
                text(&one["cell"]),
                text(&one["message"]),
            )
        })
        .filter(|(code, ..)| code != "plain-http" && code != "same-origin")
        .collect()
}

/// Probes one row of this type and credential at a host with this answer, and asserts what is found: code and a part of
/// the message.
#[track_caller]
fn assert_found(row: (&str, &str), answer: (u16, &str, &str), expected: &[(&str, &str)]) {
    let (kind, credential) = row;
    let (status, headers, body) = answer;
    let host = GitHost::answering(status, headers, body);
    let ran = probe(&format!("{kind},A,{},{credential}\n", host.url));
    let found = found(&ran);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((code, _, message), (expected, part)) in found.iter().zip(expected) {
        assert!(
            code == expected && message.contains(part),
            "{code}: {message}"
        );
    }
    assert_eq!(host.requests().len(), 1);
}

const TOKEN: &str = ",,invented-token";
const PASSWORD: &str = "jo,invented-password,";

#[test]
fn github_tells_login_scopes_and_expiry() {
    let row = ("GITHUB_SERVER", TOKEN);
    let user = r#"{"login":"svc-jira"}"#;
    let far = "X-OAuth-Scopes: repo, read:user\r\ngithub-authentication-token-expiration: 2127-03-03 12:00:00 UTC\r\n";
    let accepted = (
        "credential-accepted",
        "accepted as svc-jira, expires 3 Mar 2127",
    );
    assert_found(row, (200, far, user), &[accepted]);
    let narrow = "X-OAuth-Scopes: read:user\r\n";
    let missing = ("scope-missing", "lacks the scope `repo`");
    let accepted = ("credential-accepted", "accepted as svc-jira");
    assert_found(row, (200, narrow, user), &[accepted, missing]);
    // A fine-grained token.
    assert_found(row, (200, "X-OAuth-Scopes: \r\n", user), &[accepted]);
    let past = "github-authentication-token-expiration: 2021-12-01 00:00:00 -0800\r\n";
    let soon = ("token-expires-soon", "expires on 1 Dec 2021");
    assert_found(row, (200, past, user), &[accepted, soon]);
    let rejected = ("credential-rejected", "rejected: HTTP 401 Bad credentials");
    assert_found(
        row,
        (401, "", r#"{"message":"Bad credentials"}"#),
        &[rejected],
    );
    let limited = ("credential-unknown", "HTTP 403");
    assert_found(row, (403, "X-RateLimit-Remaining: 0\r\n", "{}"), &[limited]);
}

#[test]
fn gitlab_tells_user_scopes_and_expiry() {
    let row = ("GITLAB_SERVER", TOKEN);
    let token = |rest: &str| format!(r#"{{"name":"jira","user_id":24,{rest}}}"#);
    let accepted = ("credential-accepted", "accepted as user 24 (token `jira`)");
    let body = token(r#""scopes":["api"],"revoked":false,"active":true,"expires_at":null"#);
    assert_found(row, (200, "", &body), &[accepted]);
    let body = token(r#""scopes":["read_api"],"expires_at":"2021-12-01""#);
    let soon = ("token-expires-soon", "expires on 1 Dec 2021");
    let missing = ("scope-missing", "lacks the scope `api`");
    assert_found(row, (200, "", &body), &[accepted, soon, missing]);
    let body = token(r#""scopes":["api"],"revoked":true"#);
    let revoked = ("credential-rejected", "the token is revoked");
    assert_found(row, (200, "", &body), &[revoked]);
    let rejected = ("credential-rejected", "401 Unauthorized");
    let body = r#"{"message":"401 Unauthorized"}"#;
    assert_found(row, (401, "", body), &[rejected]);
    let body = r#"{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}"#;
    assert_found(
        row,
        (401, "", body),
        &[("token-expired", "the token has expired")],
    );
}

#[test]
fn an_old_gitlab_is_asked_for_the_user() {
    let host = GitHost::start(|head| {
        let (status, body) = if head.starts_with("GET /api/v4/user ") {
            (200, r#"{"username":"svc-jira"}"#)
        } else {
            (404, r#"{"message":"404 Not Found"}"#)
        };
        Some(http(status, "", body))
    });
    let ran = probe(&format!("GITLAB_SERVER,A,{},,,t-invented\n", host.url)).exit(0);
    assert!(found(&ran)[0].2.ends_with("accepted as svc-jira"));
    assert_eq!(host.requests().len(), 2);
}

#[test]
fn azure_tells_the_user_and_pages_to_sign_in_are_refusals() {
    let user = |id: &str, name: &str| {
        format!(r#"{{"authenticatedUser":{{"id":"{id}","providerDisplayName":"{name}"}}}}"#)
    };
    let accepted = ("credential-accepted", "accepted as Jo Doe");
    for kind in ["AZURE", "VSTS", "AZURE_DEVOPS"] {
        assert_found(
            (kind, TOKEN),
            (200, "", &user("0b1f", "Jo Doe")),
            &[accepted],
        );
    }
    let row = ("AZURE_DEVOPS", TOKEN);
    let anonymous = user("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "Anonymous");
    let rejected = |why| [("credential-rejected", why)];
    assert_found(row, (200, "", &anonymous), &rejected("anonymous"));
    let html = "Content-Type: text/html\r\n";
    for (status, headers, why) in [
        (200, html, "a login form"),
        (203, html, "a login form"),
        (203, "", "a login form"),
        (
            302,
            "Location: https://sso.example.org/login?x=1\r\n",
            "redirects to `https://sso.example.org/login`",
        ),
    ] {
        for kind in ["AZURE", "VSTS", "AZURE_DEVOPS", "TFS_SERVER"] {
            let credential = if kind == "TFS_SERVER" {
                PASSWORD
            } else {
                TOKEN
            };
            assert_found(
                (kind, credential),
                (status, headers, "sign in"),
                &rejected(why),
            );
        }
    }
    let body = r#"{"message":"Access Denied: The Personal Access Token used has expired."}"#;
    assert_found(row, (401, "", body), &[("token-expired", "has expired")]);
}

#[test]
fn a_server_with_windows_logins_alone_is_unknown() {
    let ntlm = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n";
    let basic = &format!("{ntlm}WWW-Authenticate: Basic realm=\"tfs\"\r\n");
    let unknown = [("credential-unknown", "Windows login")];
    let rejected = [("credential-rejected", "HTTP 401")];
    assert_found(("TFS_SERVER", PASSWORD), (401, ntlm, ""), &unknown);
    assert_found(("TFS_SERVER", PASSWORD), (401, basic, ""), &unknown);
    assert_found(("AZURE_DEVOPS", TOKEN), (401, ntlm, ""), &unknown);
    assert_found(("AZURE_DEVOPS", TOKEN), (401, basic, ""), &rejected);
}

#[test]
fn gerrit_answers_behind_its_prefix() {
    let row = ("GERRIT", PASSWORD);
    let body = ")]}'\n{\"_account_id\":7,\"name\":\"Jo Doe\",\"username\":\"jo\"}";
    assert_found(
        row,
        (200, "", body),
        &[("credential-accepted", "accepted as jo")],
    );
    let body = ")]}'\n{\"_account_id\":7}";
    assert_found(
        row,
        (200, "", body),
        &[("credential-accepted", "accepted as account 7")],
    );
    assert_found(
        row,
        (401, "", "Unauthorized"),
        &[("credential-rejected", "password is rejected")],
    );
}

#[test]
fn other_answers_are_unknown_never_fine() {
    for (status, headers, body, part) in [
        (
            200,
            "Content-Type: text/html\r\n",
            "<html>log in</html>",
            "an HTML page",
        ),
        (200, "", "{}", "not of the documented form"),
        (200, "", "", "not of the documented form"),
        (204, "", "", "not of the documented form"),
        (
            302,
            "Location: https://sso.example.org/login?x=1\r\n",
            "",
            "redirects to `https://sso.example.org/login`",
        ),
        (404, "", "not here", "HTTP 404 not here"),
        (429, "", "", "HTTP 429"),
        (500, "", "<html>sorry</html>", "HTTP 500"),
    ] {
        for (kind, credential) in [
            ("GITHUB_SERVER", TOKEN),
            ("AZURE_DEVOPS", TOKEN),
            ("GERRIT", PASSWORD),
        ] {
            let is_page = status == 302 || headers.contains("html");
            if is_page && kind == "AZURE_DEVOPS" {
                // A refusal of Microsoft's.
                continue;
            }
            assert_found(
                (kind, credential),
                (status, headers, body),
                &[("credential-unknown", part)],
            );
        }
    }
}

#[test]
fn the_request_is_the_vendors() {
    let host = GitHost::answering(200, "", "{}");
    let url = &host.url;
    probe(&format!(
        "GITHUB_SERVER,A,{url}/ghe/,,,token-a\n\
         GITLAB_SERVER,B,{url},,,token-b\n\
         AZURE,C,{url}/acme,,,token-c\n\
         TFS_SERVER,D,{url}/tfs,all,,token-d\n\
         GERRIT,E,{url}/r,jo,password-e,\n"
    ));
    let heads: Vec<String> = host
        .requests()
        .iter()
        .map(|head| head.to_ascii_lowercase())
        .collect();
    let expected = [
        ("get /ghe/api/v3/user ", "authorization: bearer token-a\r\n"),
        (
            "get /api/v4/personal_access_tokens/self ",
            "private-token: token-b\r\n",
        ),
        // Base64 of `:token-c`, `:token-d` and `jo:password-e`, in lower case.
        (
            "get /acme/_apis/connectiondata ",
            "authorization: basic onrva2vulwm=\r\n",
        ),
        (
            "get /tfs/_apis/connectiondata ",
            "authorization: basic onrva2vulwq=\r\n",
        ),
        (
            "get /r/a/accounts/self ",
            "authorization: basic am86cgfzc3dvcmqtzq==\r\n",
        ),
    ];
    assert_eq!(heads.len(), expected.len());
    for (path, login) in expected {
        let head = heads
            .iter()
            .find(|head| head.starts_with(path))
            .expect(path);
        assert!(head.contains(login), "{head}");
        assert!(
            !head.contains("cookie") && !head.contains("referer"),
            "{head}"
        );
    }
}

#[test]
fn each_credential_is_tried_once_and_a_host_that_hangs_does_not_hold_up_the_others() {
    let user = http(200, "", r#"{"login":"svc-jira"}"#);
    let hosts: Vec<GitHost> = (0..20)
        .map(|n| {
            let user = user.clone();
            GitHost::start(move |_| (n > 0).then(|| user.clone()))
        })
        .collect();
    // Ten rows a host, with five different tokens.
    let row = |n: usize| {
        let (url, token) = (&hosts[n % 20].url, n / 40);
        format!("GITHUB_SERVER,R{n},{url},,,token-{token}\n")
    };
    let rows: String = (0..200).map(row).collect();
    let ran = probe(&rows).exit(0);
    // What is known of the host holds for its other tokens too.
    assert_eq!(hosts[0].requests().len(), 1);
    for host in &hosts[1..] {
        let mut requests = host.requests();
        requests.sort();
        requests.dedup();
        assert_eq!((host.requests().len(), requests.len()), (5, 5));
    }
    let found = found(&ran);
    let count = |code: &str| found.iter().filter(|(found, ..)| found == code).count();
    assert_eq!(
        (count("credential-accepted"), count("host-unreachable")),
        (190, 10)
    );
}

#[test]
fn a_secret_goes_to_the_hosts_of_its_rows_and_to_no_other() {
    let user = r#"{"login":"svc-jira"}"#;
    let (one, two, other) = (
        GitHost::answering(200, "", user),
        GitHost::answering(200, "", user),
        GitHost::answering(200, "", user),
    );
    probe(&format!(
        "GITHUB_SERVER,A,{},,,{CANARY}\nGITHUB_SERVER,B,{},,,{CANARY}\nGITHUB_SERVER,C,{},,,another-token\n",
        one.url, two.url, other.url
    ))
    .exit(0);
    for host in [&one, &two] {
        assert_eq!(host.requests().len(), 1);
        assert!(host.requests()[0].contains(CANARY));
    }
    assert!(!other.requests().concat().contains(CANARY));
}

#[test]
fn a_redirect_is_not_followed() {
    let thief = GitHost::answering(200, "", r#"{"login":"svc-jira"}"#);
    let location = format!("Location: {}/api/v3/user\r\n", thief.url);
    for status in [301, 302, 303, 307, 308] {
        let host = GitHost::answering(status, &location, "");
        let ran = probe(&format!("GITHUB_SERVER,A,{},,,{CANARY}\n", host.url)).exit(0);
        assert_eq!(found(&ran)[0].0, "credential-unknown");
        assert_eq!(host.requests().len(), 1);
    }
    assert_eq!(thief.requests(), Vec::<String>::new());
}

#[test]
fn after_a_refused_password_no_other_one_of_the_account_is_tried() {
    let host = GitHost::answering(401, "", "Unauthorized");
    let url = &host.url;
    let ran = probe(&format!(
        "GERRIT,A,{url},jo,password-1,\nGERRIT,B,{url},jo,password-2,\nGERRIT,C,{url},al,password-3,\n"
    ))
    .exit(3);
    let codes: Vec<String> = found(&ran).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(
        codes,
        [
            "credential-rejected",
            "credential-unknown",
            "credential-rejected"
        ]
    );
    assert_eq!(host.requests().len(), 2);
}

#[test]
fn a_diagnostic_stands_at_the_credentials_cell() {
    let host = GitHost::answering(401, "", "");
    let url = &host.url;
    let ran = probe(&format!(
        "GERRIT,A,{url},jo,password-1,\nGITHUB_SERVER,B,{url},,,token-1\n"
    ));
    let cells: Vec<String> = found(&ran).into_iter().map(|(_, cell, _)| cell).collect();
    assert_eq!(cells, ["E2", "F3"]);
}

#[test]
fn no_secret_is_in_any_output_even_if_the_host_repeats_it() {
    let echo = |head: &str| {
        let line = head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("authorization"));
        let line = line.unwrap_or_default();
        Some(http(
            401,
            "",
            &format!(r#"{{"message":"no: {line} {CANARY}"}}"#),
        ))
    };
    let (one, two) = (GitHost::start(echo), GitHost::start(echo));
    let rows = format!(
        "GITHUB_SERVER,A,{},,,{CANARY}\nGERRIT,B,{},jo,env:GIT_PW,\n",
        one.url, two.url
    );
    let env = Env::new()
        .file("a.csv", format!("{HEADERS}{rows}"))
        .var("GIT_PW", CANARY);
    let reports: Vec<String> = ["html", "xlsx", "csv", "json", "md", "xml"]
        .iter()
        .flat_map(|form| ["-o".to_owned(), format!("report.{form}")])
        .collect();
    let args = ["probe", "a.csv", "--yes", "--allow-env", "GIT_*"];
    let args = args.into_iter().chain(reports.iter().map(String::as_str));
    env.run(args)
        .exit(3)
        .says("the token is rejected: HTTP 401 no:")
        .says_nothing_of(CANARY)
        // The Base64 of `jo:` and the secret.
        .says_nothing_of("am86Y2FuYXJ5");
    let written = env.everything_written(&["a.csv"]);
    assert!(written.contains("credential-rejected"));
    assert!(!written.contains(CANARY) && !written.contains("am86Y2FuYXJ5"));
}

#[test]
fn nothing_is_sent_without_consent() {
    let host = GitHost::answering(200, "", "{}");
    let sheet = format!("{HEADERS}GITHUB_SERVER,A,{},,,token-1\n", host.url);
    let env = Env::new().sandbox().file("a.csv", sheet);
    for args in [
        &["probe", "a.csv"][..],
        &["import", "a.csv", "--probe", "--dry-run"],
    ] {
        env.run(args.iter().copied())
            .exit(2)
            .says("no credential was sent")
            .says(&host.url);
    }
    assert_eq!(host.requests().len() + env.posts(), 0);
}

#[test]
fn nothing_is_sent_unencrypted_or_while_a_header_is_wrong() {
    let ran = probe("GERRIT,A,http://git.example.org,jo,password-1,\n").exit(0);
    assert!(found(&ran)[0].2.contains("unencrypted http"));
    let host = GitHost::answering(200, "", "{}");
    let sheet = format!(
        "type,displayName,origin,pat,usernmae\nGITHUB_SERVER,A,{},t-1,\n",
        host.url
    );
    let env = Env::new().file("a.csv", sheet);
    env.run(["probe", "a.csv", "--yes"])
        .exit(3)
        .says("near-miss-header");
    assert_eq!(host.requests().len(), 0);
}

#[test]
fn an_import_stops_at_a_rejected_credential_as_at_any_error() {
    let env = Env::new().sandbox();
    let good = GitHost::answering(200, "", r#"{"login":"svc-jira"}"#);
    let bad = GitHost::answering(401, "", "");
    let sheet = format!(
        "{HEADERS}GITHUB_SERVER,A,{},,,token-1\nGITHUB_SERVER,B,{},,,token-2\n",
        good.url, bad.url
    );
    let env = env.file("a.csv", sheet);
    env.run(["import", "a.csv", "--probe", "--yes"])
        .exit(3)
        .says("credential-rejected")
        .says("nothing was sent to Jira");
    assert_eq!(env.posts(), 0);
    env.run(["import", "a.csv", "--probe", "--yes", "--skip-invalid"])
        .exit(1);
    assert_eq!(env.held(), ["A"]);
    assert_eq!(env.total("invalid"), 1);
}

#[test]
fn under_strict_what_is_unknown_is_an_error() {
    let host = GitHost::answering(500, "", "");
    let sheet = format!("{HEADERS}GITHUB_SERVER,A,{},,,token-1\n", host.url);
    let env = Env::new().file("a.csv", sheet);
    let strict = [
        "probe",
        "a.csv",
        "--yes",
        "--strict",
        "--allow",
        "plain-http",
    ];
    env.run(strict).exit(3).says("error[credential-unknown]");
    env.run(strict.into_iter().chain(["--allow", "credential-unknown"]))
        .exit(0);
}

#[test]
fn the_sample_shows_every_kind_of_finding_in_the_sandbox() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/probe.csv");
    let ran = Env::new()
        .run(["probe", sample.to_str().unwrap(), "--sandbox"])
        .exit(3);
    for code in [
        "credential-accepted",
        "credential-rejected",
        "credential-unknown",
        "scope-missing",
        "token-expired",
        "token-expires-soon",
        "not-probed",
    ] {
        assert!(ran.stdout.contains(&format!("[{code}]")), "{code}");
    }
}

#[test]
fn the_sandbox_serves_hosts_whose_tokens_are_told_apart_by_a_word() {
    let env = Env::new().sandbox();
    let hosts = format!("{}/hosts", env.jira().url());
    let rows = [
        (
            "GITHUB_SERVER,A,github,,,valid-token",
            "credential-accepted",
        ),
        (
            "GITHUB_SERVER,B,github,,,wrong-token",
            "credential-rejected",
        ),
        ("GITLAB_SERVER,C,gitlab,,,expired-token", "token-expired"),
        ("GITLAB_SERVER,D,gitlab,,,html-token", "credential-unknown"),
        ("AZURE_DEVOPS,E,azure,,,expired-token", "token-expired"),
        (
            "AZURE_DEVOPS,F,azure/acme,,,valid-token",
            "credential-accepted",
        ),
        ("GERRIT,G,gerrit,jo,valid-password,", "credential-accepted"),
        ("GERRIT,H,gerrit,al,wrong-password,", "credential-rejected"),
        (
            "GITHUB_SERVER,I,github,,,limited-token",
            "credential-unknown",
        ),
    ];
    let sheet: String = rows
        .iter()
        .map(|(row, _)| {
            let mut cells: Vec<&str> = row.split(',').collect();
            let origin = format!("{hosts}/{}", cells[2]);
            cells[2] = &origin;
            cells.join(",") + "\n"
        })
        .collect();
    let ran = probe(&sheet).exit(3);
    let codes: Vec<String> = found(&ran).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, rows.map(|(_, code)| code));
}

#[cfg(unix)]
#[test]
fn on_a_terminal_the_hosts_are_listed_and_no_is_an_answer() {
    let host = GitHost::answering(200, "", r#"{"login":"svc-jira"}"#);
    let sheet = format!("{HEADERS}GITHUB_SERVER,A,{},,,token-1\n", host.url);
    let env = Env::new().file("a.csv", sheet);
    let mut session = on_terminal(&env, &["probe", "a.csv"]);
    session.exp_string(&host.url).unwrap();
    session.exp_string("Send 1 credential to 1 host").unwrap();
    session.send_line("n").unwrap();
    session.exp_string("nothing was sent").unwrap();
    assert_eq!((exit_code(session), host.requests().len()), (130, 0));
    let mut session = on_terminal(&env, &["probe", "a.csv"]);
    session.exp_string("[y/N]").unwrap();
    session.send_line("y").unwrap();
    session.exp_string("accepted as svc-jira").unwrap();
    assert_eq!((exit_code(session), host.requests().len()), (0, 1));
}

#[cfg(unix)]
#[test]
fn an_import_that_probed_first_still_stops_in_good_order() {
    let host = GitHost::answering(200, "", r#"{"login":"svc-jira"}"#);
    let row = |n| format!("GITHUB_SERVER,R{n},{},,,token-1\n", host.url);
    let rows: String = (1..=3).map(row).collect();
    let env = Env::new()
        .sandbox()
        .file("a.csv", format!("{HEADERS}{rows}"));
    let env = env.faults([None, Some(Fault::TooManyRequests)]);
    let args = ["import", "a.csv", "--probe", "--yes", "--concurrency", "1"];
    let child = env.start_until(args, |env| env.posts() == 2);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130).says("interrupted");
    assert_eq!((env.total("created"), env.total("not_attempted")), (1, 2));
}

/// A host with a certificate that it issued itself, for `localhost`. It answers every request alike.
fn tls_host(body: &'static str) -> String {
    const PEM: &[u8] = include_bytes!("data/localhost.pem");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(PEM).unwrap()],
            PrivateKeyDer::from_pem_slice(PEM).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            // A client that does not accept the certificate goes away.
            if stream.read(&mut [0; 4096]).is_ok() {
                stream.write_all(http(200, "", body).as_bytes()).unwrap();
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        }
    });
    format!("https://localhost:{port}")
}

#[test]
fn a_certificate_that_is_not_accepted_is_named_and_the_row_may_switch_the_check_off() {
    let url = tls_host(r#"{"login":"svc-jira"}"#);
    let sheet = format!(
        "type,displayName,origin,pat,disableSslVerification\n\
         GITHUB_SERVER,A,{url},token-1,\nGITHUB_SERVER,B,{url},token-1,yes\n"
    );
    let env = Env::new().file("a.csv", sheet);
    let ran = env
        .run(["probe", "a.csv", "--yes", "--format", "json"])
        .exit(0);
    let found = found(&ran);
    let find = |code: &str| found.iter().find(|(found, ..)| found == code);
    let (_, cell, message) = find("host-certificate").unwrap();
    assert_eq!(cell, "D2");
    assert!(message.contains("it is self-signed"), "{message}");
    let (_, cell, _) = find("credential-accepted").unwrap();
    assert_eq!(cell, "D3");
}

#[test]
fn a_self_signed_certificate_that_is_named_is_accepted_and_no_other() {
    let url = tls_host(r#"{"login":"svc-jira"}"#);
    let pem = include_bytes!("data/localhost.pem");
    let sheet = format!("type,displayName,origin,pat\nGITHUB_SERVER,A,{url},token-1\n");
    let env = Env::new()
        .file("a.csv", sheet)
        .file("own.pem", pem)
        .file("none.pem", "x");
    let probe = ["probe", "a.csv", "--yes", "--ca-cert"];
    env.run(probe.into_iter().chain(["own.pem"]))
        .exit(0)
        .says("accepted as svc-jira");
    env.run(probe.into_iter().chain(["none.pem"]))
        .exit(2)
        .says("no certificate in PEM form");
    let env = env.var("JIRA_URL", &url).var("JIRA_TOKEN", "token");
    env.run(["doctor"])
        .exit(4)
        .says("its certificate is not accepted: it is self-signed");
}
