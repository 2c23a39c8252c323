//! `gij sandbox`, the built program on both sides.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use crate::env::{Env, sheet_of};

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
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let url = first
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .expect(&first);
        let url = url.trim_end_matches(';').to_owned();
        // Whoever stops reading must not stop the sandbox.
        std::thread::spawn(move || out.lines().for_each(drop));
        Self { child, url }
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
