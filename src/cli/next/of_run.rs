//! Commands on a run that carry over what was typed.

use crate::cli::settings::env;
use crate::render::command_line;

/// Options that go on with a run in the way that it was typed: flags, and those with a value.
pub(super) const FLAGS_OF_CONNECTING: [&str; 2] = ["--insecure", "--allow-plain-http"];
pub(super) const VALUES_OF_CONNECTING: [&str; 9] = [
    "--jira-url",
    "--token-file",
    "--password-file",
    "--ca-cert",
    "--client-cert",
    "--proxy",
    "--timeout",
    "--connect-timeout",
    "--runs-dir",
];
pub(super) const VALUES_OF_PACE: [&str; 6] = [
    "--concurrency",
    "--rate",
    "--max-wait",
    "--retries",
    "--settle",
    "--max-failures",
];
/// What an undo takes back. Without it the next undo would remove more than this one was to.
pub(super) const FLAGS_OF_UNDO: [&str; 3] =
    ["--include-changed", "--include-found", "--duplicates"];
pub(super) const VALUES_OF_UNDO: [&str; 2] = ["--rows", "--only"];

/// A run that a next command goes on with, and what was typed.
#[derive(Clone, Debug)]
pub(in crate::cli) struct OfRun<'a> {
    /// The arguments of this command.
    pub typed: &'a [String],
    /// A word by which the run is found.
    pub run: String,
    /// The files that its rows are read from, where that are not those that it began with.
    pub files: Vec<String>,
}

impl<'a> OfRun<'a> {
    /// A run that an import began. One that `has_stdin` needs the file in its place.
    pub(crate) fn new(typed: &'a [String], run: &str, has_stdin: bool) -> Self {
        Self {
            typed,
            run: run.to_owned(),
            files: has_stdin.then(|| "FILE".to_owned()).into_iter().collect(),
        }
    }

    /// The command that goes on with it.
    pub(crate) fn resume(&self) -> String {
        let mut words = self.words("resume", &[], &[&VALUES_OF_PACE]);
        if self.files.iter().any(|file| file.starts_with('-')) {
            words.push("--");
        }
        words.extend(self.files.iter().map(String::as_str));
        command_line(words)
    }

    /// The command that goes on taking it back.
    pub(crate) fn undo(&self) -> String {
        command_line(self.words_of_undo())
    }

    /// The command that looks what is left of it to be taken back.
    pub(crate) fn look_before_undo(&self) -> String {
        let mut words = self.words_of_undo();
        words.push("--dry-run");
        command_line(words)
    }

    /// The command that removes its doubles.
    pub(crate) fn undo_of_doubles(&self) -> String {
        let mut words = self.words_of_undo();
        if !words.contains(&"--duplicates") {
            words.push("--duplicates");
        }
        command_line(words)
    }

    /// The command that looks what has become of it.
    pub(crate) fn verify(&self) -> String {
        command_line(self.words("verify", &[], &[]))
    }

    fn words_of_undo(&self) -> Vec<&str> {
        // Where another command was typed, such options select rows of a sheet and give Jira time for what it sends.
        if self.typed.iter().any(|word| word == "undo") {
            self.words("undo", &FLAGS_OF_UNDO, &[&VALUES_OF_PACE, &VALUES_OF_UNDO])
        } else {
            self.words("undo", &[], &[])
        }
    }

    /// The command `command`, reaching Jira in the way that was typed, and with these options as they were typed.
    fn words(&self, command: &'static str, flags: &[&str], values: &[&[&str]]) -> Vec<&str> {
        let mut words = vec!["gij", command, &self.run];
        let mut typed = self.typed.iter().map(String::as_str);
        while let Some(word) = typed.next() {
            let name = name_of(word);
            if word == "--" {
                break;
            } else if FLAGS_OF_CONNECTING.contains(&word) || flags.contains(&word) {
                words.push(word);
            } else if VALUES_OF_CONNECTING.contains(&name)
                || values.iter().any(|values| values.contains(&name))
            {
                let value = if name == word { typed.next() } else { None };
                // The run knows its Jira, and only another one that is named elsewhere has to be spoken against.
                if name != "--jira-url" || env("JIRA_URL").is_some() {
                    words.push(word);
                    words.extend(value);
                }
            }
        }
        words
    }
}

/// The option that `word` is, without a value that it holds.
pub(super) fn name_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}
