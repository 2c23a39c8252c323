//! `gij sandbox`, the built program on both sides.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;

use gij::sandbox::{Fault, SavedState};

use crate::env::{DEADLINE, Env, lines_of, sheet_of};

/// A running `gij sandbox` and its base URL.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(env: &Env, more: &[&str]) -> Self {
        let args = ["sandbox", "--listen", "127.0.0.1:0"]
            .into_iter()
            .chain(more.iter().copied());
        let mut child = env.start(args);
        let first = lines_of(child.stdout.take().unwrap()).next().unwrap();
        let url = first
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .expect(&first);
        let url = url.trim_end_matches(';').to_owned();
        Self { child, url }
    }
}

impl Served {
    /// The whole answer to a request for the integrations.
    fn ask(&self, method: &str, body: &str) -> String {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} /rest/gitplugin/1.0/integration HTTP/1.1\r\nHost: jira\r\nUser-Agent: test\r\n\
             Authorization: Bearer t\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             X-Atlassian-Token: no-check\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn both_samples_go_in_once() {
    let env = Env::new().var("JIRA_TOKEN", "t");
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for file in ["onboarding.csv", "onboarding.xlsx"] {
        let served = Served::start(&env, &[]);
        let sample = samples.join(file);
        let import = [
            "import",
            sample.to_str().unwrap(),
            "--yes",
            "--jira-url",
            &served.url,
        ];
        env.run(import)
            .exit(0)
            .says("17 of 17 integrations created");
        env.run(import).exit(0).says("17 were already there");
    }
}

#[test]
fn faults_come_with_their_probability() {
    let env = Env::new().var("JIRA_TOKEN", "t").file("a.csv", sheet_of(5));
    let served = Served::start(&env, &["--fault", "failure-400=1"]);
    env.run(["import", "a.csv", "--yes", "--jira-url", &served.url])
        .exit(1)
        .says("5 failed");
}

#[test]
fn an_unknown_fault_is_answered_with_the_known_ones() {
    Env::new()
        .run(["sandbox", "--fault", "fire=1"])
        .exit(2)
        .says("cut-after-commit");
}

#[test]
fn a_sandbox_that_wants_one_token_refuses_others() {
    let env = Env::new()
        .var("JIRA_TOKEN", "wrong")
        .file("a.csv", sheet_of(1));
    let served = Served::start(&env, &["--accept-token", "right"]);
    env.run(["import", "a.csv", "--yes", "--jira-url", &served.url])
        .exit(4);
    let env = env.var("JIRA_TOKEN", "right");
    env.run(["import", "a.csv", "--yes", "--jira-url", &served.url])
        .exit(0);
}

#[test]
fn what_it_holds_and_was_asked_is_readable_after_a_kill_and_gone_on_from() {
    let env = Env::new()
        .var("JIRA_TOKEN", "t")
        .file("a.csv", sheet_of(20))
        .file("b.csv", sheet_of(25));
    let kept = ["--state", "state.jsonl"];
    let faults = ["--fault", "failure-400=0.4", "--fault-seed", "5"];
    let served = Served::start(&env, &[&kept[..], &faults].concat());
    env.run(["import", "a.csv", "--yes", "--jira-url", &served.url])
        .exit(1);
    // This is how it always ends: `Child::kill` is a kill -9.
    drop(served);
    let state = SavedState::read(env.path("state.jsonl")).unwrap();
    let created = env.total("created");
    assert!((1..20).contains(&created));
    assert_eq!(state.held.len() as u64, created);
    let posts = state.requests.iter().filter(|r| r.method == "POST");
    let (failed, whole): (Vec<_>, Vec<_>) = posts.partition(|r| r.status == Some(400));
    assert_eq!(
        (failed.len() + whole.len(), whole.len() as u64),
        (20, created)
    );
    assert!(failed.iter().all(|r| r.fault == Some(Fault::Failure400)));
    assert_eq!(state.violations, Vec::<String>::new());
    let text = std::fs::read_to_string(env.path("state.jsonl")).unwrap();
    assert!(!text.contains("-invented"), "no secret is in it");

    let served = Served::start(&env, &kept);
    env.run(["import", "b.csv", "--yes", "--jira-url", &served.url])
        .exit(0)
        .says(&format!("{created} were already there"));
    drop(served);
    let state = SavedState::read(env.path("state.jsonl")).unwrap();
    assert_eq!(state.held.len(), 25);
}

#[test]
fn a_file_that_is_no_state_is_left_alone() {
    let sheet = sheet_of(2);
    let env = Env::new().file("a.csv", &sheet);
    env.run(["sandbox", "--listen", "127.0.0.1:0", "--state", "a.csv"])
        .exit(2)
        .says("cannot use a.csv for the state: line 1 is not one that a sandbox writes")
        .says("use a new file");
    assert_eq!(std::fs::read_to_string(env.path("a.csv")).unwrap(), sheet);
}

#[test]
fn other_calls_go_wrong_too() {
    let env = Env::new().var("JIRA_TOKEN", "t").file("a.csv", sheet_of(3));
    let served = Served::start(&env, &["--fault", "list:login-page=1"]);
    env.run(["import", "a.csv", "--yes", "--jira-url", &served.url])
        .exit(4)
        .says("login form");
}

#[test]
fn lists_can_lag() {
    let served = Served::start(&Env::new(), &["--list-lag", "1h"]);
    let tracked = r#"{"type":"FILESPACE","origin":"/srv/repos/*"}"#;
    let created = served.ask("POST", tracked);
    assert!(created.contains(r#""id":1"#), "{created}");
    let listed = served.ask("GET", "");
    assert!(listed.ends_with(r#""integrations":[]}"#), "{listed}");
}

#[test]
fn a_burst_needs_a_rate() {
    Env::new()
        .run(["sandbox", "--burst", "5"])
        .exit(2)
        .says("--rate");
}
