//! A run that has been made once, and that is set up again and again with another journal or another Jira.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gij::sandbox::{Fault, Integration};
use serde_json::json;

use crate::env::{Env, Ran, status_of};
use crate::jira::asked;
use crate::journal::{events, intents};

/// Twelve rows on three hosts.
pub const ROWS: usize = 12;

/// The row that was in Jira before the run.
pub const EXISTS: &str = "Team 12";

pub struct Stage {
    pub env: Env,
    /// The directory of the run.
    pub run: PathBuf,
    pub journal: Vec<u8>,
    /// What Jira holds.
    pub held: Vec<Integration>,
}

fn env() -> Env {
    let row = |n| {
        format!(
            "GITHUB_SERVER,Team {n},https://git{}.example.org,pat-{n}-invented\n",
            n % 3
        )
    };
    let rows: String = (1..=ROWS).map(row).collect();
    let env = Env::new()
        .sandbox()
        .file("a.csv", format!("type,displayName,origin,pat\n{rows}"));
    let there = json!({"type": "GITHUB_SERVER", "displayName": EXISTS, "origin": "https://git0.example.org"});
    env.jira().put(there).unwrap();
    env
}

impl Stage {
    fn of(env: Env) -> Self {
        let run = env.runs().pop().unwrap();
        Self {
            journal: std::fs::read(run.join("journal.jsonl")).unwrap(),
            held: env.jira().held(),
            run,
            env,
        }
    }

    /// A run that was killed on its way: some rows are created, one failed, two are in doubt, two are under way, the others
    /// have not been sent. Of the four that are not certain two are in Jira.
    pub fn half_way() -> Self {
        let env = env();
        env.jira().script([
            None,
            None,
            None,
            Some(Fault::Failure400),
            Some(Fault::CutBeforeCommit),
            Some(Fault::CutAfterCommit),
            Some(Fault::HangAfterCommit),
            Some(Fault::Hang),
        ]);
        let args = ["import", "a.csv", "--yes", "--concurrency", "2"];
        let mut child =
            env.start_until(args, |env| env.posts() == 8 && env.jira().held().len() == 6);
        child.kill().unwrap();
        status_of(&mut child);
        Self::of(env)
    }

    /// A run that was stopped, gone on with, and done: its journal tells of all that a run can meet.
    pub fn done() -> Self {
        let env = env();
        env.jira().script([
            None,
            Some(Fault::Failure400),
            Some(Fault::TooManyRequests),
            Some(Fault::CutAfterCommit),
            Some(Fault::Error502Before),
            None,
            Some(Fault::Unauthorized),
        ]);
        let options = ["--yes", "--concurrency", "2", "--settle", "10ms"];
        let run = |command: &[&'static str]| env.run(command.iter().copied().chain(options));
        run(&["import", "a.csv"]).exit(4);
        env.jira().script([
            None,
            Some(Fault::Failure500),
            Some(Fault::Error503After),
            Some(Fault::Error408),
        ]);
        run(&["resume"]).exit(1);
        run(&["resume"]).exit(0);
        assert_eq!(
            (env.total("created"), env.total("exists")),
            (ROWS as u64 - 1, 1)
        );
        Self::of(env)
    }

    /// The run with this journal, and a Jira that holds just that.
    pub fn set_up(&self, journal: &[u8], held: &[Integration]) {
        for run in self.env.runs() {
            for file in run.read_dir().unwrap() {
                std::fs::remove_file(file.unwrap().path()).unwrap();
            }
            if run != self.run {
                std::fs::remove_dir(run).unwrap();
            }
        }
        std::fs::write(self.run.join("journal.jsonl"), journal).unwrap();
        for one in self.env.jira().held() {
            self.env.jira().remove(one.id);
        }
        for one in held {
            self.env
                .jira()
                .put(serde_json::to_value(one).unwrap())
                .unwrap();
        }
    }

    /// Goes on with the run. Asserts that nothing is sent that the journal does not announce, and that no row is doubled.
    /// Returns how many creations were sent, too.
    pub fn resume(&self) -> (Ran, usize) {
        let before = self.env.jira().received().len();
        let known = intents(&events(&self.run));
        let ran = self
            .env
            .run("resume last --yes --settle 1ms --concurrency 2".split(' '));
        let received = self.env.jira().received();
        let sent = asked(&received[before..]);
        let announced = intents(&events(&self.run));
        for (name, sent) in &sent {
            let count = |of: &BTreeMap<String, usize>| of.get(name).copied().unwrap_or_default();
            assert!(
                *sent <= count(&announced) - count(&known),
                "{name} was sent {sent} times, not announced: {ran:?}"
            );
        }
        for (name, count) in self.names() {
            assert_eq!(count, 1, "{name} is doubled: {ran:?}");
        }
        (ran, received.len() - before)
    }

    /// How often Jira holds each name.
    pub fn names(&self) -> BTreeMap<String, usize> {
        let mut names = BTreeMap::new();
        for one in self.env.jira().held() {
            *names.entry(one.display_name).or_default() += 1;
        }
        names
    }

    /// Asserts that the rows that the report calls created or there are in Jira, under their names and ids.
    pub fn assert_reported(&self) {
        let held = self.env.jira().held();
        for row in self.env.report()["rows"].as_array().unwrap() {
            if row["outcome"] == "created" || row["outcome"] == "exists" {
                let is_it = |one: &Integration| {
                    row["id"] == one.id && row["display_name"] == *one.display_name
                };
                assert!(held.iter().any(is_it), "not in Jira: {row}");
            }
        }
    }

    /// The outcome of the row of this name, if the report knows it.
    pub fn outcome(&self, name: &str) -> Option<String> {
        let report = self.env.report();
        let rows = report["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["display_name"] == name)?;
        Some(row["outcome"].as_str().unwrap().to_owned())
    }
}

/// The lines of a journal with their ends.
pub fn lines(journal: &[u8]) -> Vec<&[u8]> {
    journal.split_inclusive(|byte| *byte == b'\n').collect()
}
