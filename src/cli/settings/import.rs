use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{ConnectSettings, InputSettings, Invocation, PaceSettings, TargetSettings};
use crate::cli::args::{ImportArgs, OnExisting};
use crate::cli::exit::Failure;
use crate::validate::Purpose;

/// `gij import`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Clone, Debug)]
pub(in crate::cli) struct ImportSettings {
    pub input: InputSettings,
    pub connect: ConnectSettings,
    pub pace: PaceSettings,
    pub dry_run: bool,
    pub yes: bool,
    /// Whether rows that are not valid are left out, and do not keep the others from being sent.
    pub skip_invalid: bool,
    /// How many rows are created at most.
    pub limit: Option<usize>,
    pub on_existing: OnExisting,
    /// Whether an unfinished run of the same file is passed over.
    pub new_run: bool,
    pub runs_dir: PathBuf,
    pub name: Option<String>,
    pub invocation: Invocation,
}

/// The options on reading that a report names.
const READING: [&str; 11] = [
    "sheet",
    "header-row",
    "delimiter",
    "encoding",
    "map",
    "set",
    "only",
    "rows",
    "strict",
    "allow",
    "hidden-rows",
];

impl ImportSettings {
    pub(crate) fn new(args: ImportArgs, invocation: Invocation) -> Result<Self, Failure> {
        let own_files = args.connect.own_files();
        let connect = if args.sandbox {
            ConnectSettings::of_sandbox(&args.connect)
        } else {
            ConnectSettings::new(args.connect)?
        };
        Ok(Self {
            input: InputSettings::new(args.input, Purpose::Import, own_files)?,
            connect,
            pace: args.pace.into(),
            dry_run: args.dry_run,
            yes: args.yes,
            skip_invalid: args.skip_invalid,
            limit: args
                .limit
                .map(|most| usize::try_from(most.get()).unwrap_or(usize::MAX)),
            on_existing: args.on_existing,
            new_run: args.new_run,
            runs_dir: args.runs.runs_dir,
            name: args.name,
            invocation,
        })
    }

    /// Whether it goes to a sandbox, and not to a Jira.
    pub(crate) fn is_rehearsal(&self) -> bool {
        matches!(self.connect.target, TargetSettings::Sandbox)
    }

    /// The options on reading that are in force, for the report.
    pub(crate) fn reading_options(&self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::new();
        let secrets = &self.input.options.secrets;
        if !secrets.allow_env.is_empty() {
            options.insert("allow_env".into(), secrets.allow_env.join(" "));
        }
        if let Some(dir) = &secrets.secrets_dir {
            options.insert("secrets_dir".into(), dir.display().to_string());
        }
        if let Some(most) = self.limit {
            options.insert("limit".into(), most.to_string());
        }
        // What was typed is what is in force; a secret is never an argument.
        for (name, value) in self.typed_for_reading() {
            let so_far = options
                .entry(name.replace('-', "_"))
                .or_insert_with(String::new);
            if !so_far.is_empty() {
                so_far.push_str("; ");
            }
            so_far.push_str(value.as_deref().unwrap_or("true"));
        }
        options
    }

    /// The same options as words, for reading the files in the same way again: `--only`, `Team=Payments`.
    pub(crate) fn reading_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let secrets = &self.input.options.secrets;
        for pattern in &secrets.allow_env {
            words.extend(["--allow-env".into(), pattern.as_str().into()]);
        }
        if let Some(dir) = &secrets.secrets_dir {
            // Whoever goes on may stand elsewhere.
            let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
            words.extend(["--secrets-dir".into(), dir.to_string_lossy().into()]);
        }
        for (name, value) in self.typed_for_reading() {
            words.push(format!("--{name}"));
            words.extend(value);
        }
        words
    }

    /// The options on reading that were typed, with their values.
    fn typed_for_reading(&self) -> Vec<(&str, Option<String>)> {
        let mut found = Vec::new();
        let mut words = self.invocation.typed.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            }
            let Some(option) = word.strip_prefix("--") else {
                continue;
            };
            let (name, given) = option
                .split_once('=')
                .map_or((option, None), |(name, given)| (name, Some(given)));
            if READING.contains(&name) {
                let value = match given {
                    Some(given) => Some(given.to_owned()),
                    None if name == "strict" => None,
                    None => words.next().map(str::to_owned),
                };
                found.push((name, value));
            }
        }
        found
    }

    /// The options on what is sent, connection and pace that are in force, for the report.
    pub(crate) fn running_options(&self) -> BTreeMap<String, String> {
        let mut options = self.pace.options();
        options.extend(self.connect.options());
        if self.skip_invalid {
            options.insert("skip_invalid".into(), "true".into());
        }
        if self.on_existing == OnExisting::Fail {
            options.insert("on_existing".into(), "fail".into());
        }
        options
    }
}
