//! Completions and manual pages, judged by the shells and by `mandoc`. A tool that is not installed is skipped, unless
//! `GIJ_NEEDS_TOOLS` is set, as the gate does.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::env::{Env, Ran, output_of};

/// Asserts that `tool` accepts a file.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn assert_accepted(tool: &str, args: &[&str], file: &Path) {
    let spawned = Command::new(tool)
        .args(args)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let is_needed = std::env::var_os("GIJ_NEEDS_TOOLS").is_some();
            assert!(!is_needed, "{tool} is not installed");
            eprintln!("skipped: there is no {tool}");
        }
        child => {
            Ran::of(output_of(child.unwrap())).exit(0);
        }
    }
}

#[test]
fn shells_accept_their_completions() {
    let env = Env::new();
    for (shell, args) in [
        ("bash", Some(["-n"])),
        ("zsh", Some(["-n"])),
        ("fish", Some(["-n"])),
        ("powershell", None),
        ("elvish", None),
    ] {
        let script = env.run(["completions", shell]).exit(0).stdout;
        assert!(script.contains("skip-invalid"), "{shell}");
        let file = env.path(shell);
        std::fs::write(&file, script).unwrap();
        if let Some(args) = args {
            assert_accepted(shell, &args, &file);
        }
    }
}

#[test]
fn an_unknown_shell_is_refused_with_those_that_are_known() {
    let ran = Env::new().run(["completions", "tcsh"]).exit(2);
    ran.says("bash, elvish, fish, powershell, zsh");
}

#[test]
fn every_command_has_a_manual_page_that_mandoc_accepts() {
    let env = Env::new();
    env.run(["man", "share/man1"])
        .exit(0)
        .says("pages written to share/man1");
    let command = gij::cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let mut pages: Vec<String> = names.map(|name| format!("gij-{name}.1")).collect();
    pages.push("gij.1".into());
    assert_eq!(
        env.path("share/man1").read_dir().unwrap().count(),
        pages.len()
    );
    for page in pages {
        let text = std::fs::read_to_string(env.path("share/man1").join(&page)).unwrap();
        let title = format!(".TH {} 1 ", page.trim_end_matches(".1"));
        assert!(text.contains(&title), "{page}");
        assert_accepted(
            "mandoc",
            &["-T", "lint", "-W", "error"],
            &env.path("share/man1").join(page),
        );
    }
}

#[test]
fn a_manual_page_has_the_examples_of_its_command() {
    let env = Env::new();
    env.run(["man", ".", "--quiet"])
        .exit(0)
        .says_nothing_of("written");
    let page = std::fs::read_to_string(env.path("gij-import.1")).unwrap();
    assert!(page.contains("Treat warnings as errors"), "{page}");
    assert!(page.contains(".SH EXAMPLES\n.nf\n"), "{page}");
    assert!(
        page.contains(r"gij import hosts.xlsx \-\-dry\-run"),
        "{page}"
    );
}
