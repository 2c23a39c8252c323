//! What the README and the pages in `docs` show is what the program does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use gij::cli::Exit;

use crate::env::{Env, Ran};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and every page in `docs`, with its path.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = root().join("docs").read_dir().unwrap();
    let docs = docs.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = docs
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    paths.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|page| root().join(page)));
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// Compares a generated file with what is in the repository, or writes it if `GIJ_UPDATE_DOCS` is set.
pub fn assert_generated(name: &str, text: &str) {
    let path = root().join(name);
    if std::env::var_os("GIJ_UPDATE_DOCS").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let is_same = std::fs::read_to_string(path).is_ok_and(|there| there == text);
    assert!(
        is_same,
        "{name} is out of date: run `GIJ_UPDATE_DOCS=1 cargo test --test it` and read the difference"
    );
}

/// A directory with the samples below it.
pub fn env_with_samples() -> Env {
    let env = Env::new();
    std::fs::create_dir(env.path("samples")).unwrap();
    for entry in root().join("samples").read_dir().unwrap() {
        let from = entry.unwrap().path();
        let to = env.path("samples").join(from.file_name().unwrap());
        std::fs::copy(from, to).unwrap();
    }
    env
}

/// The fenced blocks of a page, each with what follows the opening fence, the language.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let fenced = text.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

/// The terminal sessions: each command with the output that is shown for it.
fn sessions() -> Vec<(String, String)> {
    let mut sessions: Vec<(String, String)> = Vec::new();
    for (_, text) in pages() {
        for (_, block) in blocks(&text)
            .into_iter()
            .filter(|(language, _)| *language == "console")
        {
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
    }
    sessions
}

#[test]
fn every_session_shown_is_what_the_program_says() {
    let env = env_with_samples();
    let sessions = sessions();
    assert!(!sessions.is_empty());
    for (command, shown) in sessions {
        let words = words(&command);
        assert_eq!(words[0], "gij", "{command}");
        let ran: Ran = env.run(words[1..].iter().map(String::as_str));
        let said = format!("{}{}", ran.stderr, ran.stdout);
        for line in shown.lines().filter(|line| *line != "[…]") {
            assert!(
                said.contains(line),
                "{command} does not say {line:?}, but\n{said}"
            );
        }
    }
}

/// The words of a command in a shell, as far as the pages use its syntax.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The commands in the fenced blocks of a page: whatever begins with `gij ` in a line.
fn commands(text: &str) -> Vec<String> {
    // Usages are `text`.
    let blocks = blocks(text)
        .into_iter()
        .filter(|(language, _)| *language != "text");
    let lines = blocks.flat_map(|(_, block)| block.lines());
    let command = |line: &str| {
        let at = line.find("gij ").filter(|at| {
            let before = line[..*at].chars().next_back();
            before.is_none_or(|c| " \"".contains(c))
        })?;
        let is_quoted = line[..at].ends_with('"');
        let command = if is_quoted {
            line[at..].split('"').next().unwrap()
        } else {
            &line[at..]
        };
        Some(command.split(" #").next().unwrap().trim().to_owned())
    };
    lines.filter_map(command).collect()
}

#[test]
fn every_command_shown_is_valid() {
    let mut count = 0;
    for (path, text) in pages() {
        for command in commands(&text) {
            let words = words(&command);
            let words = words.iter().take_while(|word| !word.starts_with('>'));
            let parsed = gij::cli::command().try_get_matches_from(words);
            let is_help = parsed.as_ref().is_err_and(|error| !error.use_stderr());
            assert!(
                parsed.is_ok() || is_help,
                "{}: {command}: {parsed:?}",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn a_check_in_ci_passes_without_the_secrets() {
    let sheet = "type,displayName,pat\nGITHUB,Payments,env:GIT_GITHUB_PAT\n";
    let commands = commands(&page("docs/ci.md"));
    let mut count = 0;
    for command in commands.iter().filter(|one| one.starts_with("gij check")) {
        let env = Env::new().file("hosts.csv", sheet);
        let words = words(command);
        let ran = env.run(words[1..].iter().map(String::as_str)).exit(0);
        ran.says("warning[reference-without-value]");
        count += 1;
    }
    assert!(count > 3, "{count}");
}

/// The names of all commands.
fn subcommands() -> Vec<String> {
    let command = gij::cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    names.map(str::to_owned).collect()
}

#[test]
fn every_option_and_command_that_is_named_exists() {
    let command = gij::cli::command();
    let mut root = command.clone();
    root.build();
    let options: BTreeSet<String> = root
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
        .collect();
    let subcommands = subcommands();
    let foreign = [
        "--release",
        "--locked",
        "--path",
        "--no-deps",
        "--workspace",
        "--env-file",
        "--bin",
        "--test",
        "--lib",
        "--help",
        "--check",
        "--all-targets",
        "--no-install-recommends",
    ];
    for (path, text) in pages() {
        let path = path.display();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        for option in
            words.filter(|word| word.starts_with("--") && word.contains(char::is_alphabetic))
        {
            assert!(
                options.contains(option) || foreign.contains(&option),
                "{path}: {option}"
            );
        }
        // `gij NAME` in code.
        for code in text.split("`gij ").skip(1) {
            let name = code.split([' ', '`']).next().unwrap();
            assert!(
                name.starts_with('-')
                    || name == "COMMAND"
                    || subcommands.iter().any(|known| known == name),
                "{path}: gij {name}"
            );
        }
    }
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| {
        line.trim_start_matches('#')
            .strip_prefix(' ')
            .filter(|_| line.starts_with('#'))
    });
    let anchor = |heading: &str| -> String {
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| {
            if c == ' ' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for (path, text) in pages() {
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            assert!(target.exists(), "{}: {link}", path.display());
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&target).unwrap();
                assert!(
                    anchors(&there).contains(anchor),
                    "{}: {link}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_readme_links_every_page() {
    let readme = page("README.md");
    for (path, _) in pages() {
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            name == "README.md" || readme.contains(&format!("]({name}")),
            "{name}"
        );
    }
}

#[test]
fn the_readme_names_the_oldest_rust_that_builds_it() {
    let oldest = concat!(env!("CARGO_PKG_RUST_VERSION"), " or later");
    assert!(page("README.md").contains(oldest), "{oldest}");
}

#[test]
fn every_exit_code_has_its_meaning() {
    let page = page("docs/exit-codes.md");
    let codes = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let codes: Vec<u8> = codes.collect();
    let all = [
        Exit::Done,
        Exit::Incomplete,
        Exit::Usage,
        Exit::Invalid,
        Exit::Stopped,
        Exit::SomethingToDo,
        Exit::Interrupted,
    ];
    assert_eq!(codes, all.map(Exit::code));
}

#[test]
fn every_message_in_the_troubleshooting_is_one_of_the_program() {
    let source = ["src/http/mod.rs", "src/http/pinned.rs", "src/jira/error.rs"]
        .map(page)
        .concat();
    let text = page("docs/troubleshooting.md");
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut count = 0;
    for message in rows {
        assert!(
            message.split(" … ").all(|part| source.contains(part)),
            "{message}"
        );
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn every_direct_dependency_has_its_reason() {
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--offline",
            "--locked",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let dependencies = metadata["packages"][0]["dependencies"].as_array().unwrap();
    let named = |dependency: &serde_json::Value| dependency["name"].as_str().unwrap().to_owned();
    let dependencies: BTreeSet<String> = dependencies.iter().map(named).collect();
    let page = page("docs/dependencies.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let in_page = rows.flat_map(|cell| {
        cell.split(", ")
            .map(|name| name.trim_matches('`').to_owned())
    });
    assert_eq!(in_page.collect::<BTreeSet<String>>(), dependencies);
}
