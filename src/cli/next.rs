//! The next command to type: made from the arguments that this command was given.
//!
//! The decision to know: [`ARGUMENTS`] says of every argument which next commands repeat it. A test fails for an argument
//! that is not there.

use std::fmt;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};

use super::args::command;
use crate::render::command_line;

/// Which next commands repeat an argument, if they have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Repeat {
    /// All.
    Always,
    /// The same command, and `resume`, which sends what the command was to send.
    ToSend,
    /// The same command only.
    Same,
    /// None: it holds for one invocation.
    Never,
}

/// Every argument of the commands that name a next command or are named as one.
const ARGUMENTS: &[(&str, Repeat)] = {
    use Repeat::{Always, Never, Same, ToSend};
    &[
        // What is read, and how.
        ("files", Always),
        ("sheet", Always),
        ("header_row", Always),
        ("delimiter", Always),
        ("encoding", Always),
        ("hidden_rows", Always),
        ("map", Always),
        ("set", Always),
        ("only", Always),
        ("rows", Always),
        ("strict", Always),
        ("allow", Always),
        ("allow_env", Always),
        ("secrets_dir", Always),
        // The connection.
        ("jira_url", Always),
        ("token_file", Always),
        ("password_file", Always),
        ("ca_cert", Always),
        ("client_cert", Always),
        ("insecure", Always),
        ("proxy", Always),
        ("allow_plain_http", Always),
        ("timeout", Always),
        ("connect_timeout", Always),
        ("runs_dir", Always),
        // The pace.
        ("concurrency", ToSend),
        ("rate", ToSend),
        ("max_wait", ToSend),
        ("retries", ToSend),
        ("settle", ToSend),
        ("max_failures", ToSend),
        // What an import creates.
        ("sandbox", Always),
        ("skip_invalid", Always),
        ("limit", Always),
        ("on_existing", Always),
        ("new_run", Always),
        ("name", Always),
        // What an undo deletes. Without these the next one would delete more than this one was to.
        ("undo_rows", Always),
        ("undo_only", Always),
        ("include_changed", Always),
        ("include_found", Always),
        ("duplicates", Always),
        // A run and its moved files are named anew, consent and decisions by hand hold once.
        ("run", Never),
        ("moved_files", Never),
        ("dry_run", Never),
        ("yes", Never),
        ("adopt", Never),
        ("absent", Never),
        // Output.
        ("report", Never),
        ("overwrite", Never),
        ("quiet", Same),
        ("color", Same),
        ("progress", Same),
        ("format", Same),
    ]
};

/// Placeholder for a file that the user has to name.
pub(super) const FILE: &str = "FILE";

/// A command as it was given.
#[derive(Debug)]
pub(super) struct Given {
    /// The name of the command.
    name: String,
    matches: ArgMatches,
}

impl Given {
    /// The command of `matches`, which are those of the whole command line.
    pub(super) fn new(matches: &ArgMatches) -> Self {
        let (name, matches) = matches.subcommand().unwrap_or(("", matches));
        Self {
            name: name.to_owned(),
            matches: matches.clone(),
        }
    }

    /// The same command again, without what holds for one invocation.
    pub(super) fn again(&self) -> NextCommand {
        self.next(&self.name)
    }

    /// The command `name`, with the arguments that it shares with this one.
    pub(super) fn next(&self, name: &str) -> NextCommand {
        let mut root = command();
        root.build();
        let mut next = NextCommand {
            name: name.to_owned(),
            ..NextCommand::default()
        };
        for argument in root
            .find_subcommand(name)
            .into_iter()
            .flat_map(clap::Command::get_arguments)
        {
            let id = argument.get_id().as_str();
            if !self.is_given(id) || !self.is_repeated(id, name) {
                continue;
            }
            if argument.is_positional() {
                // Standard input cannot be read again.
                let values = self.values(id).map(|value| match &*value {
                    "-" => FILE.to_owned(),
                    _ => value,
                });
                next.operands.extend(values);
            } else {
                next.options.push((id.to_owned(), self.words(argument)));
            }
        }
        next
    }

    /// The options that were given and are among `ids`, each with its values; a flag has none.
    pub(super) fn options(&self, ids: &[&str]) -> Vec<(String, Vec<String>)> {
        let given = ids.iter().filter(|id| self.is_given(id));
        let takes_value = |id: &str| {
            let command = command();
            let command = command.find_subcommand(&self.name);
            let argument = command.and_then(|command| {
                command
                    .get_arguments()
                    .find(|argument| argument.get_id() == id)
            });
            argument.is_some_and(|argument| argument.get_action().takes_values())
        };
        given
            .map(|id| {
                let values = takes_value(id).then(|| self.values(id).collect());
                ((*id).to_owned(), values.unwrap_or_default())
            })
            .collect()
    }

    fn is_given(&self, id: &str) -> bool {
        self.matches.try_contains_id(id).unwrap_or(false)
            && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn is_repeated(&self, id: &str, by: &str) -> bool {
        let argument = ARGUMENTS.iter().find(|(known, _)| *known == id);
        match argument.map_or(Repeat::Never, |(_, repeat)| *repeat) {
            Repeat::Always => true,
            Repeat::ToSend => by == self.name || by == "resume",
            Repeat::Same => by == self.name,
            Repeat::Never => false,
        }
    }

    fn values(&self, id: &str) -> impl Iterator<Item = String> {
        let values = self.matches.get_raw(id).into_iter().flatten();
        values.map(|value| value.to_string_lossy().into_owned())
    }

    /// An option as it is typed: `--rows`, `2-50`.
    fn words(&self, option: &Arg) -> Vec<String> {
        let name = format!("--{}", option.get_long().unwrap_or_default());
        if !option.get_action().takes_values() {
            return vec![name];
        }
        let values = self.values(option.get_id().as_str());
        values
            .flat_map(|value| {
                if value.starts_with('-') {
                    vec![format!("{name}={value}")]
                } else {
                    vec![name.clone(), value]
                }
            })
            .collect()
    }
}

/// A command to type next.
#[derive(Clone, Debug, Default)]
pub(super) struct NextCommand {
    name: String,
    operands: Vec<String>,
    /// By the id of the option; words that were added have none.
    options: Vec<(String, Vec<String>)>,
}

impl NextCommand {
    /// Without these options.
    pub(super) fn without(mut self, ids: &[&str]) -> Self {
        self.options.retain(|(id, _)| !ids.contains(&&**id));
        self
    }

    /// With these operands after the others.
    pub(super) fn operands(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.operands.extend(words);
        self
    }

    /// With these words at the end.
    pub(super) fn options(mut self, words: &[&str]) -> Self {
        let words = words.iter().map(|word| (*word).to_owned());
        self.options.push((String::new(), words.collect()));
        self
    }
}

/// As it is typed in a shell.
impl fmt::Display for NextCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.options.iter().flat_map(|(_, words)| words);
        let operands = &self.operands;
        let mut words = vec!["gij", &self.name];
        if operands.iter().any(|operand| operand.starts_with('-')) {
            words.extend(options.map(String::as_str));
            words.push("--");
            words.extend(operands.iter().map(String::as_str));
        } else {
            words.extend(operands.iter().chain(options).map(String::as_str));
        }
        f.write_str(&command_line(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands that name no next command from their arguments, and are not named as one.
    const WITHOUT_NEXT: [&str; 3] = ["template", "explain", "sandbox"];

    fn given(line: &str) -> Given {
        Given::new(&command().get_matches_from(line.split(' ')))
    }

    #[test]
    fn every_argument_says_which_next_commands_repeat_it() {
        let mut root = command();
        root.build();
        let commands = root
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
            .filter(|command| !WITHOUT_NEXT.contains(&command.get_name()));
        let mut ids: Vec<String> = commands
            .flat_map(clap::Command::get_arguments)
            .map(|argument| argument.get_id().to_string())
            .filter(|id| !["help", "version"].contains(&id.as_str()))
            .collect();
        ids.sort();
        ids.dedup();
        let known = ARGUMENTS.iter().map(|(id, _)| (*id).to_owned());
        let mut known: Vec<String> = known.collect();
        known.sort();
        assert_eq!(ids, known, "classify each argument in ARGUMENTS");
    }

    #[test]
    fn a_next_command_has_the_order_and_spelling_of_the_definitions() {
        let next =
            given("gij import -q --limit=2 --rows=2-4 --rows 9 --yes --dry-run a.csv").again();
        assert_eq!(
            next.to_string(),
            "gij import a.csv --rows 2-4 --rows 9 --limit 2 --quiet"
        );
        let next = next.without(&["limit"]).options(&["--dry-run"]);
        assert_eq!(
            next.to_string(),
            "gij import a.csv --rows 2-4 --rows 9 --quiet --dry-run"
        );
    }

    #[test]
    fn a_default_is_not_repeated_and_standard_input_is_a_file() {
        assert_eq!(given("gij import -").again().to_string(), "gij import FILE");
    }

    #[test]
    fn what_begins_with_a_hyphen_is_no_option() {
        let next = given("gij import --map=-=origin --only Team=it's -- -a.csv").next("check");
        assert_eq!(
            next.to_string(),
            r"gij check --map=-=origin --only 'Team=it'\''s' -- -a.csv"
        );
    }

    #[test]
    fn another_command_takes_over_what_it_shares() {
        let import = given(
            "gij import a.csv --rows 2 --settle 1s --yes --strict --token-file t --runs-dir d --format json",
        );
        for (name, words) in [
            ("check", "gij check a.csv --rows 2 --strict"),
            (
                "resume",
                "gij resume --settle 1s --runs-dir d --token-file t",
            ),
            ("undo", "gij undo --runs-dir d --token-file t"),
            ("verify", "gij verify --runs-dir d --token-file t"),
        ] {
            assert_eq!(import.next(name).to_string(), words);
        }
    }

    #[test]
    fn an_undo_goes_on_with_what_was_selected() {
        let line = "gij -q undo --rows 2-4 --only=type=AZURE --include-found --yes --settle 1m --adopt 2=7 a";
        let next = given(line)
            .again()
            .without(&["quiet"])
            .operands(["a".to_owned()]);
        assert_eq!(
            next.to_string(),
            "gij undo a --rows 2-4 --only type=AZURE --include-found --settle 1m"
        );
    }
}
