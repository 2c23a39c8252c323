//! A place to run the program in: a directory of its own, and a simulated Jira if it is asked for.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gij::sandbox::{AcceptedLogin, Config, Fault, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use wait_timeout::ChildExt as _;

/// The longest that a test waits for a program or for what it is to do.
pub const DEADLINE: Duration = Duration::from_mins(3);

/// The token that the simulated Jira takes.
pub const TOKEN: &str = "token-of-the-admin";

pub struct Env {
    dir: TempDir,
    sandbox: Option<Sandbox>,
    vars: Vec<(String, String)>,
}

impl Env {
    /// A directory, and no Jira.
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            sandbox: None,
            vars: Vec::new(),
        }
    }

    /// A simulated Jira that takes [`TOKEN`], and the variables that lead to it.
    ///
    /// What comes late comes when a test asks for it.
    pub fn sandbox(self) -> Self {
        self.sandbox_with(Config {
            late_by: Duration::from_hours(1),
            ..Config::default()
        })
    }

    /// The same with other settings; the access is that of [`TOKEN`] unless they say more.
    pub fn sandbox_with(mut self, config: Config) -> Self {
        let access = match config.access {
            AcceptedLogin::Any => AcceptedLogin::Token(TOKEN.into()),
            other => other,
        };
        let sandbox = Sandbox::start(Config { access, ..config }).unwrap();
        let url = sandbox.url();
        self.sandbox = Some(sandbox);
        self.var("JIRA_URL", &url).var("JIRA_TOKEN", TOKEN)
    }

    /// A simulated Jira that takes this user's password, and no token.
    pub fn sandbox_of(self, user: &str, password: &str) -> Self {
        let access = AcceptedLogin::Basic {
            user: user.into(),
            password: password.into(),
        };
        self.sandbox_with(Config {
            access,
            ..Config::default()
        })
        .without("JIRA_TOKEN")
        .var("JIRA_USER", user)
    }

    /// A simulated Jira that takes this long for each answer.
    pub fn slow_sandbox(self, latency: Duration) -> Self {
        self.sandbox_with(Config {
            latency,
            ..Config::default()
        })
    }

    /// No Jira where the variables lead to: a port that was free a moment ago.
    pub fn unreachable(self) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let free = listener.local_addr().unwrap();
        self.var("JIRA_URL", &format!("http://{free}"))
            .var("JIRA_TOKEN", TOKEN)
    }

    /// Sets an environment variable of the program.
    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.retain(|(set, _)| set != name);
        self.vars.push((name.into(), value.into()));
        self
    }

    /// Takes an environment variable away.
    pub fn without(mut self, name: &str) -> Self {
        self.vars.retain(|(set, _)| set != name);
        self
    }

    /// Writes a file into the directory.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), content).unwrap();
        self
    }

    /// What becomes of the next creations.
    pub fn faults(self, faults: impl IntoIterator<Item = Option<Fault>>) -> Self {
        self.jira().script(faults);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn jira(&self) -> &Sandbox {
        self.sandbox
            .as_ref()
            .expect("this environment has a simulated Jira")
    }

    /// The program with these arguments, not started yet.
    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gij"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        Ran::of(output_of(self.start(args)))
    }

    /// Starts the program with its output caught.
    pub fn start<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Child {
        self.command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Starts the program and waits until `is_reached`, while it is still running.
    pub fn start_until<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
        is_reached: impl Fn(&Self) -> bool,
    ) -> Child {
        self.start_command_until(&mut self.command(args), is_reached)
    }

    /// The same with a command that was made ready.
    pub fn start_command_until(
        &self,
        command: &mut Command,
        is_reached: impl Fn(&Self) -> bool,
    ) -> Child {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + DEADLINE;
        while !is_reached(self) {
            if Instant::now() > deadline {
                child.kill().unwrap();
                panic!("not reached within {DEADLINE:?}: {:?}", output_of(child));
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the program ended too early");
            std::thread::yield_now();
        }
        child
    }

    /// The directories of the runs so far, the oldest first.
    pub fn runs(&self) -> Vec<PathBuf> {
        let Ok(entries) = self.path("gij-runs").read_dir() else {
            return Vec::new();
        };
        let mut runs: Vec<PathBuf> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        runs.sort();
        runs
    }

    /// The report of the latest run.
    pub fn report(&self) -> Value {
        let run = self.runs().pop().expect("there is a run");
        serde_json::from_slice(&std::fs::read(run.join("report.json")).unwrap()).unwrap()
    }

    /// The number of rows of the latest run with this outcome.
    pub fn total(&self, outcome: &str) -> u64 {
        self.report()["totals"][outcome].as_u64().unwrap()
    }

    /// Asserts that the report has `rows` rows, and that its totals are of them.
    #[track_caller]
    pub fn assert_totals_are_of(&self, rows: u64) {
        let report = self.report();
        let totals = report["totals"].as_object().unwrap();
        let others = ["read", "removed", "restored", "not_undone"];
        let outcomes = totals.iter();
        let outcomes = outcomes.filter(|(name, _)| !others.contains(&name.as_str()));
        let sum: u64 = outcomes.map(|(_, n)| n.as_u64().unwrap()).sum();
        assert_eq!((sum, totals["read"].as_u64()), (rows, Some(rows)));
    }

    /// Somebody else creates an integration, such as `Team 1` at `git1`. Returns its id.
    pub fn put(&self, name: &str, host: &str) -> u64 {
        let origin = format!("https://{host}.example.org");
        let theirs = json!({"type": "GITHUB_SERVER", "displayName": name, "origin": origin});
        self.jira().put(theirs).unwrap()
    }

    /// The names of what the simulated Jira holds, in the order of the alphabet.
    pub fn held(&self) -> Vec<String> {
        let held = self.jira().held().into_iter();
        let mut names: Vec<String> = held.map(|of| of.display_name).collect();
        names.sort();
        names
    }

    /// Asserts that the simulated Jira holds each of `rows` rows exactly once.
    #[track_caller]
    pub fn assert_once_each(&self, rows: usize) {
        let mut names = self.held();
        let number = names.len();
        names.dedup();
        assert_eq!((names.len(), number), (rows, rows));
    }

    /// How many requests of this kind the simulated Jira was sent.
    pub fn requests(&self, method: &str, path_end: &str) -> usize {
        let requests = self.jira().requests();
        requests
            .iter()
            .filter(|r| r.method == method && r.path.ends_with(path_end))
            .count()
    }

    /// How many creations were sent.
    pub fn posts(&self) -> usize {
        self.requests("POST", "/integration")
    }

    /// The text of every file below the directory, one after the other, but for `inputs`.
    pub fn everything_written(&self, inputs: &[&str]) -> String {
        let mut text = String::new();
        collect(self.dir.path(), inputs, &mut text);
        text
    }
}

fn collect(dir: &Path, inputs: &[&str], text: &mut String) {
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, inputs, text);
        } else if !inputs.iter().any(|input| path.ends_with(input)) {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}

impl Drop for Env {
    fn drop(&mut self) {
        if let Some(sandbox) = &self.sandbox
            && !std::thread::panicking()
        {
            assert_eq!(sandbox.contract_violations(), Vec::<String>::new());
        }
    }
}

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    #[track_caller]
    pub fn exit(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that what it said, results or not, holds `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(all.contains(text), "no {text:?} in:\n{all}");
        self
    }

    #[track_caller]
    pub fn says_nothing_of(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(!all.contains(text), "{text:?} in:\n{all}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// How a program ended, and what it wrote to the pipes that lead here.
#[track_caller]
pub fn output_of(mut child: Child) -> Output {
    fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_end(&mut bytes).unwrap();
            }
            bytes
        })
    }
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    Output {
        status: status_of(&mut child),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

/// Runs a program to its end. Its output comes here unless it was sent elsewhere.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    output_of(
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    )
}

/// The lines that come through a pipe, each waited for no longer than the deadline.
pub fn lines_of(pipe: impl Read + Send + 'static) -> impl Iterator<Item = String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            // Whoever stops listening does not keep the program from writing.
            let _ = send.send(line.unwrap());
        }
    });
    std::iter::from_fn(move || match receive.recv_timeout(DEADLINE) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("no line within {DEADLINE:?}"),
    })
}

/// How a program ended. One that does not end in time is killed, and fails the test.
#[track_caller]
pub fn status_of(child: &mut Child) -> ExitStatus {
    if let Some(status) = child.wait_timeout(DEADLINE).unwrap() {
        return status;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("the program did not end within {DEADLINE:?}");
}

/// Sends a signal to a program.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.unwrap().success());
}

/// A sheet of `rows` GitHub Enterprise integrations, all different.
pub fn sheet_of(rows: usize) -> String {
    let row = |n| format!("GITHUB_SERVER,Team {n},https://git{n}.example.org,pat-{n}-invented\n");
    format!(
        "type,displayName,origin,pat\n{}",
        (1..=rows).map(row).collect::<String>()
    )
}

/// An environment whose run of two rows was interrupted when the second had no answer but a 429.
pub fn interrupted_at_second(sheet: &str) -> Env {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet)
        .faults([None, Some(Fault::TooManyRequests)]);
    let args = ["import", "a.csv", "--yes", "--concurrency", "1"];
    let child = env.start_until(args, |env| env.posts() == 2);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    env
}
