//! What the README shows is what the program says.

use std::path::Path;
use std::process::Command;

use crate::env::{Env, Ran};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The terminal sessions of the README: each command with the output that is shown for it.
fn sessions() -> Vec<(String, String)> {
    let readme = readme();
    let mut sessions: Vec<(String, String)> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                sessions.push((command.to_owned(), String::new()));
            } else {
                let (_, output) = sessions.last_mut().unwrap();
                output.push_str(line);
                output.push('\n');
            }
        }
    }
    sessions
}

/// Without what differs from run to run: dates, run ids, ports.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for line in text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
    {
        let words: Vec<String> = line.split(' ').map(plain_word).collect();
        plain.push_str(&words.join(" "));
        plain.push('\n');
    }
    plain
}

fn plain_word(word: &str) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_year = word.starts_with("20") && digits == 4;
    let is_month = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    .contains(&word);
    if word.starts_with("http://127.0.0.1:") {
        "URL".into()
    } else if word.starts_with("gij-runs/") {
        format!("RUN/{}", word.rsplit('/').next().unwrap())
    } else if is_month || is_year {
        "DATE".into()
    } else if word.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day)) {
        "N".into()
    } else {
        word.into()
    }
}

#[test]
fn every_session_shown_is_what_the_program_says() {
    let env = Env::new();
    std::fs::create_dir(env.path("samples")).unwrap();
    for sample in [
        "onboarding.csv",
        "onboarding.xlsx",
        "broken.csv",
        "broken.xlsx",
        "probe.csv",
    ] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples")
            .join(sample);
        std::fs::copy(from, env.path("samples").join(sample)).unwrap();
    }
    let sessions = sessions();
    assert!(sessions.len() >= 2);
    for (command, shown) in sessions {
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[0], "gij", "{command}");
        let ran: Ran = env.run(words[1..].iter().copied());
        let said = format!("{}{}", ran.stderr, ran.stdout);
        // The README shows both streams as a terminal does, so lines are compared without their order between streams.
        let (said, shown) = (plain(&said), plain(&shown));
        for piece in shown.split("[…]\n") {
            for line in piece.lines() {
                assert!(
                    said.contains(line),
                    "{command} does not say {line:?}, but\n{said}"
                );
            }
        }
    }
}

/// The names of all commands.
fn commands() -> Vec<String> {
    let command = gij::cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    names.map(str::to_owned).collect()
}

#[test]
fn every_command_stands_in_the_readme() {
    let readme = readme();
    for command in commands() {
        assert!(readme.contains(&format!("| `gij {command}")), "{command}");
    }
}

#[test]
fn every_option_that_the_readme_names_exists() {
    let help: String = commands()
        .iter()
        .map(|command| Env::new().run([command, "--help"]).exit(0).stdout)
        .collect();
    let readme = readme();
    let options = readme
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| {
            word.starts_with("--")
                && word.contains(char::is_alphabetic)
                && !["--release", "--locked", "--path", "--no-deps"].contains(word)
        });
    let mut count = 0;
    for option in options {
        assert!(help.contains(option), "{option}");
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn every_direct_dependency_has_its_reason_in_the_readme() {
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--offline",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let dependencies = metadata["packages"][0]["dependencies"].as_array().unwrap();
    let readme = readme();
    for dependency in dependencies
        .iter()
        .filter(|dependency| dependency["kind"].is_null())
    {
        let name = dependency["name"].as_str().unwrap();
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}
