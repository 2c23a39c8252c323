//! The next command to type, made from the arguments that this command was given.
//!
//! The decision to know: a next command repeats every argument that it shares with this one, except those listed below. A
//! test lists which arguments are repeated, and fails for a new one.

use std::collections::BTreeMap;
use std::fmt;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _, Command};

use super::input::InputArgs;
use crate::journal::Totals;
use crate::render::command_line;
use crate::report::{NextStep, Report};

/// Arguments that hold for one invocation only: a run is named anew, and consent, decisions by hand and files to write are not
/// repeated.
const ONCE: [&str; 10] = [
    "run",
    "dry_run",
    "yes",
    "adopt",
    "absent",
    "report",
    "overwrite",
    "split_by",
    "detailed_exitcode",
    "approved",
];

/// The pace, which is repeated by the same command and by `resume`.
const PACE: [&str; 6] = [
    "concurrency",
    "rate",
    "max_wait",
    "retries",
    "settle",
    "max_failures",
];

/// What is repeated by the same command only.
const OUTPUT: [&str; 5] = ["quiet", "verbose", "color", "progress", "format"];

/// The options beside the pace that are recorded with each session.
const SESSION: [&str; 8] = [
    "timeout",
    "connect_timeout",
    "insecure",
    "proxy",
    "skip_invalid",
    "on_existing",
    "undo_rows",
    "undo_only",
];

/// Placeholder for a file that the user has to name.
pub(super) const FILE: &str = "FILE";

/// A command as it was given.
#[derive(Debug)]
pub(super) struct Given {
    /// The name of the command.
    name: String,
    matches: ArgMatches,
    /// The definitions of all commands, which parsing has given the options that all have.
    root: Command,
}

impl Given {
    /// The command of `matches`, which `root` has made of the whole command line.
    pub(super) fn new(root: Command, matches: &ArgMatches) -> Self {
        let (name, matches) = matches.subcommand().unwrap_or(("", matches));
        Self {
            name: name.to_owned(),
            matches: matches.clone(),
            root,
        }
    }

    /// The same command again, without what holds for one invocation.
    pub(super) fn again(&self) -> NextCommand {
        self.next(&self.name)
    }

    /// The command `name`, with the arguments that it shares with this one.
    pub(super) fn next(&self, name: &str) -> NextCommand {
        let mut next = NextCommand {
            name: name.to_owned(),
            ..NextCommand::default()
        };
        let arguments = self.arguments(name);
        for argument in arguments.filter(|argument| self.is_repeated(argument, name)) {
            let id = argument.get_id().as_str();
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

    /// The command `name` on a run.
    pub(super) fn on_run(&self, name: &str, run: &str) -> NextCommand {
        let mut next = self.next(name);
        next.operands.insert(0, run.to_owned());
        next
    }

    /// The command that resumes a run, with a placeholder for a file that cannot be read again.
    pub(super) fn resume(&self, run: &str, has_stdin: bool) -> NextCommand {
        let next = self.on_run("resume", run);
        // The files of this resume are in it already.
        let file = (has_stdin && next.operands.len() == 1).then(|| FILE.to_owned());
        next.operands(file)
    }

    /// The command that shows what is left to undo of a run.
    pub(super) fn undo_dry_run(&self, run: &str) -> NextCommand {
        self.on_run("undo", run).options(&["--dry-run"])
    }

    /// The options for reading and selecting rows that were given, each with its values as one text.
    pub(super) fn reading_options(&self) -> BTreeMap<String, String> {
        let reading = InputArgs::augment_args(Command::new("gij"));
        let reading = reading.get_arguments().map(|known| known.get_id().as_str());
        let ids: Vec<&str> = reading.chain(["limit", "fields"]).collect();
        self.options(|option| ids.contains(&option.get_id().as_str()) && self.is_given(option))
    }

    /// The options for reading and selecting rows that were given, and those on pace and connection that are in force.
    pub(super) fn all_options(&self) -> BTreeMap<String, String> {
        let mut options = self.reading_options();
        options.extend(self.session_options());
        options
    }

    /// The options on pace, connection and selection that are in force, by default too.
    pub(super) fn session_options(&self) -> BTreeMap<String, String> {
        self.options(|option| {
            let id = option.get_id().as_str();
            let takes_values = option.get_action().takes_values();
            let has_default = takes_values && !option.get_default_values().is_empty();
            (PACE.contains(&id) || SESSION.contains(&id)) && (has_default || self.is_given(option))
        })
    }

    /// The options that `are_meant`, by their names, each with its values as one text.
    fn options(&self, are_meant: impl Fn(&Arg) -> bool) -> BTreeMap<String, String> {
        let options = self.arguments(&self.name);
        let options = options.filter(|option| !option.is_positional() && are_meant(option));
        let text = |option: &Arg| {
            let name = option.get_long().unwrap_or_default().replace('-', "_");
            let values: Vec<String> = self.values(option.get_id().as_str()).collect();
            (name, values.join("; "))
        };
        options.map(text).collect()
    }

    /// The arguments of the command `name`.
    fn arguments(&self, name: &str) -> impl Iterator<Item = &Arg> {
        let command = self.root.find_subcommand(name);
        command.into_iter().flat_map(Command::get_arguments)
    }

    fn is_given(&self, argument: &Arg) -> bool {
        let id = argument.get_id().as_str();
        self.matches.try_contains_id(id).unwrap_or(false)
            && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn is_repeated(&self, argument: &Arg, by: &str) -> bool {
        let id = argument.get_id().as_str();
        self.is_given(argument)
            && !ONCE.contains(&id)
            && (by == self.name || !OUTPUT.contains(&id))
            && (by == self.name || by == "resume" || !PACE.contains(&id))
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

/// What is left to do about a run whose rows have come to `totals`; none if nothing is.
pub(super) fn left_to_do(
    totals: &Totals,
    is_update: bool,
    may_lack_rows: bool,
    resume: &NextCommand,
    given: &Given,
) -> Option<NextStep> {
    let does = if totals.not_attempted > 0 {
        "continue with the rows that were not attempted"
    } else if totals.in_doubt > 0 && is_update {
        "send the rows in doubt again"
    } else if totals.in_doubt > 0 {
        "settle the rows in doubt (those that stay in doubt: find them in Jira, and decide with `--adopt ROW=ID` or `--absent \
         ROW`)"
    } else if totals.failed > 0 {
        "fix what the errors name, in the sheet or in Jira, then continue"
    } else {
        return may_lack_rows.then(|| find_lost_rows(given));
    };
    Some(NextStep::new(does, resume))
}

/// What to do about a run whose journal has lost rows.
pub(super) fn find_lost_rows(given: &Given) -> NextStep {
    let import = given.next("import").operands([FILE.to_owned()]);
    NextStep::new(
        "the journal has lost rows; see which rows of the sheet are missing in Jira",
        import.options(&["--dry-run"]),
    )
}

/// What to do about the rest of a run whose journal has lost what Jira held before it.
pub(super) fn adopt_or_import(given: &Given) -> NextStep {
    NextStep::new(
        "this run can send nothing more; adopt what Jira shows of it with `gij resume RUN --adopt ROW=ID`, and import what is \
         missing from a separate sheet",
        given.next("import").operands([FILE.to_owned()]),
    )
}

/// What to do when nothing is left to send.
pub(super) fn verify_or_nothing(report: &Report, verify: &NextCommand) -> String {
    match report.totals() {
        Totals {
            created: 0,
            updated: 0,
            ..
        } => "nothing is left to do".to_owned(),
        _ => format!("in a few minutes, check which of them Jira has indexed:\n  {verify}"),
    }
}

/// What to do about several integrations that requests of the run created for one row.
pub(super) fn remove_duplicates(undo: &NextCommand) -> String {
    format!("remove the duplicates one by one:\n  {undo}")
}

/// What to do after the plan was declined.
pub(super) fn to_continue(command: &impl fmt::Display) -> String {
    format!("to continue after all:\n  {command}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::args::command;

    /// Commands that name no next command from their arguments, and are not named as one.
    const WITHOUT_NEXT: [&str; 7] = [
        "template",
        "export",
        "explain",
        "sandbox",
        "completions",
        "man",
        "help",
    ];

    fn given(line: &str) -> Given {
        let mut root = command();
        let matches = root.try_get_matches_from_mut(line.split(' ')).unwrap();
        Given::new(root, &matches)
    }

    #[test]
    fn every_argument_that_the_next_commands_repeat_is_listed_here() {
        let mut root = command();
        root.build();
        let commands = root
            .get_subcommands()
            .filter(|command| !WITHOUT_NEXT.contains(&command.get_name()));
        let ids: BTreeSet<&str> = commands
            .flat_map(Command::get_arguments)
            .map(|argument| argument.get_id().as_str())
            .filter(|id| *id != "help")
            .collect();
        let rest: BTreeSet<&str> = [&ONCE[..], &PACE, &OUTPUT].concat().into_iter().collect();
        assert!(rest.is_subset(&ids), "{rest:?} are arguments");
        let repeated: Vec<&str> = ids.difference(&rest).copied().collect();
        insta::assert_snapshot!(repeated.join(" "), @"allow allow_env allow_plain_http ca_cert client_cert connect_timeout delimiter duplicates encoding fields files header_row hidden_rows include_changed include_found insecure jira_url limit map moved_files name new_run on_existing only password_file probe proxy resume_limit rows runs_dir sandbox sandbox_seed secrets_dir set sheet skip_invalid strict timeout token_file undo_only undo_rows wait");
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
                "gij resume --runs-dir d --settle 1s --token-file t",
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
