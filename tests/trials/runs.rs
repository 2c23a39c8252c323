//! Running the program, killing it on the way, and going on until nothing is left to do.

use std::fs::File;
use std::process::{Child, Command, Output};
use std::time::Duration;

use serde_json::Value;

use crate::env::{DEADLINE, Env, Ran, status_of};
use crate::journal;
use crate::sheet::Sheet;
use crate::tally::Tally;

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Instant {
    /// Once Jira has been asked so many things.
    Requests(usize),
    /// Once its journal has grown by so many bytes.
    Journal(u64),
    /// Once it has read so many lists to settle rows.
    Settling(usize),
    /// Once it has read the list at the end.
    Audit,
}

/// How a process is ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Kill,
    /// SIGTERM, once: it ends in good order.
    Interrupt,
}

/// A trial's way of calling the program.
pub struct Trial<'e> {
    pub env: &'e Env,
    /// The options of import and resume.
    pub options: Vec<String>,
    pub tally: Tally,
}

/// Most sessions that a run may take.
const MOST_SESSIONS: usize = 100;

impl<'e> Trial<'e> {
    pub fn new(env: &'e Env, options: &[&str]) -> Self {
        Self {
            env,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            tally: Tally {
                rounds: 1,
                ..Tally::default()
            },
        }
    }

    fn args(&self, command: &[&str]) -> Vec<String> {
        let command = command.iter().map(|&word| word.to_owned());
        command
            .chain(["--yes".to_owned()])
            .chain(self.options.iter().cloned())
            .collect()
    }

    /// Starts the program, and ends it at that instant unless it has ended by then.
    pub fn end(&mut self, command: &[&str], at: Instant, then: usize, how: How) {
        let began = (self.env.jira().requests().len(), journal_size(self.env));
        let args = self.args(command);
        let mut program = self.env.command(args.iter().map(String::as_str));
        let output = File::create(self.env.path("output.txt")).unwrap();
        program.stdout(output.try_clone().unwrap()).stderr(output);
        let mut child = program.spawn().unwrap();
        let is_alive = wait(self.env, &mut child, || match at {
            Instant::Requests(count) => self.env.jira().requests().len() >= began.0 + count,
            Instant::Journal(bytes) => journal_size(self.env) >= began.1 + bytes,
            Instant::Settling(lists) => lists_since(self.env, began.1, "settle") >= lists,
            Instant::Audit => lists_since(self.env, began.1, "audit") >= 1,
        });
        if !is_alive {
            let code = status_of(&mut child).code();
            return self.heed(code, command);
        }
        // Somewhere between that instant and the next.
        for _ in 0..then {
            std::thread::yield_now();
        }
        match how {
            How::Kill => child.kill().unwrap(),
            // It may have ended by now.
            How::Interrupt => drop(try_signal(&child)),
        }
        let code = status_of(&mut child).code();
        match (how, code) {
            (How::Interrupt, Some(130)) => self.tally.interrupts += 1,
            (_, Some(_)) => return self.heed(code, command),
            (_, None) => {
                self.tally.kills += 1;
                self.tally.kills_of_resumes += u64::from(command[0] == "resume");
                *self.tally.killed.entry(phase(self.env)).or_default() += 1;
            }
        }
        self.tally.resumes += u64::from(command[0] == "resume");
    }

    fn heed(&mut self, code: Option<i32>, command: &[&str]) {
        let said = || std::fs::read_to_string(self.env.path("output.txt")).unwrap();
        assert!(
            matches!(code, Some(0 | 1 | 2 | 4)),
            "{command:?} ended with {code:?}:\n{}",
            said()
        );
        self.tally.stops += u64::from(code == Some(4));
        self.tally.resumes += u64::from(command[0] == "resume");
    }

    pub fn run(&mut self, command: &[&str]) -> Ran {
        let args = self.args(command);
        let ran = self.env.run(args.iter().map(String::as_str));
        self.tally.resumes += u64::from(command[0] == "resume");
        self.tally.stops += u64::from(ran.code == Some(4));
        ran
    }

    /// Begins a run, whatever becomes of it. Returns the exit code.
    pub fn import(&mut self) -> i32 {
        let ran = self.run(&["import", "a.csv"]);
        assert!(matches!(ran.code, Some(0 | 1 | 4)), "{ran:?}");
        ran.code.unwrap_or_default()
    }

    /// Goes on until each row is created or was there, or nothing but a person can help. Returns the last exit code.
    pub fn finish(&mut self, sheet: &Sheet) -> i32 {
        for _ in 0..MOST_SESSIONS {
            let ran = self.run(&["resume"]);
            match ran.code {
                Some(0) => return 0,
                Some(1) if self.is_left_in_doubt(sheet) => return 1,
                Some(1 | 4) => {}
                Some(2) if has_no_run(&ran) => {
                    self.import();
                }
                _ => panic!("{ran:?}"),
            }
        }
        panic!("the run does not come to its end");
    }

    /// Whether all rows but those without a name are certain.
    fn is_left_in_doubt(&self, sheet: &Sheet) -> bool {
        let total = |outcome| self.env.total(outcome);
        let open = total("failed") + total("not_attempted");
        open == 0 && total("in_doubt") <= sheet.nameless.len() as u64
    }
}

fn try_signal(child: &Child) -> std::io::Result<Output> {
    Command::new("kill")
        .args(["-s", "TERM", &child.id().to_string()])
        .output()
}

/// Whether it was killed before there was a run to go on with.
pub fn has_no_run(ran: &Ran) -> bool {
    ran.stderr.contains("there are no runs in")
        || ran.stderr.contains("there is no directory")
        || ran.stderr.contains("nothing was sent")
}

/// Waits until `is_reached`, and says whether the program is still running then.
fn wait(env: &Env, child: &mut Child, is_reached: impl Fn() -> bool) -> bool {
    // Journals grow without a word.
    const LOOK: Duration = Duration::from_millis(1);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let mut changes = env.jira().watch();
    let deadline = std::time::Instant::now() + DEADLINE;
    loop {
        assert!(std::time::Instant::now() < deadline, "not reached");
        if is_reached() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let _ = runtime.block_on(async { tokio::time::timeout(LOOK, changes.changed()).await });
    }
}

/// What the latest run was at when it was killed.
fn phase(env: &Env) -> &'static str {
    let Some(run) = env
        .runs()
        .pop()
        .filter(|run| run.join("journal.jsonl").exists())
    else {
        return "before the run";
    };
    let events = journal::events(&run);
    let of = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    if !events.iter().any(|event| event["why"] == "baseline") {
        return "opening";
    }
    let last = events
        .iter()
        .rfind(|event| event["event"] != "paused")
        .unwrap();
    match (&*of(last, "event"), &*of(last, "why")) {
        ("session", _) => "taking up",
        ("listed", "settle") | ("settled", _) => "settling",
        ("listed" | "audit", _) => "auditing",
        ("closed", _) => "reporting",
        ("plan" | "confirmed", _) => "planned",
        _ if waits(&events) => "waiting to settle",
        _ => "sending",
    }
}

/// Whether the last request has been answered: then what is left is settled.
fn waits(events: &[Value]) -> bool {
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    count("intent") == count("outcome")
}

/// How many lists the newest journal tells of, behind its first bytes, that were read for this reason.
fn lists_since(env: &Env, begin: u64, why: &str) -> usize {
    let Some(run) = env
        .runs()
        .pop()
        .filter(|run| run.join("journal.jsonl").exists())
    else {
        return 0;
    };
    let text = std::fs::read(run.join("journal.jsonl")).unwrap();
    let begin = usize::try_from(begin).unwrap().min(text.len());
    let events = journal::events_of(&text[begin..]);
    events
        .iter()
        .filter(|event| event["event"] == "listed" && event["why"] == why)
        .count()
}

/// The size of the newest journal.
fn journal_size(env: &Env) -> u64 {
    let newest = env.runs().pop();
    newest
        .and_then(|run| run.join("journal.jsonl").metadata().ok())
        .map_or(0, |journal| journal.len())
}
