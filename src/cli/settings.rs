//! What a command needs to know, resolved once from arguments and environment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::args::{
    CheckArgs, ConnectArgs, Format, HiddenRowsHow, ImportArgs, InputArgs, ProgressHow,
};
use super::exit::Failure;
use crate::input::{HiddenRows, ReadOptions};
use crate::jira::BaseUrl;
use crate::render::{ProgressStyle, count};
use crate::secret::SecretPolicy;
use crate::validate::{Only, Options, Preset, Purpose, RowRange, Validation, validate};

/// What is read.
#[derive(Clone, Debug)]
pub(super) struct InputSettings {
    pub files: Vec<PathBuf>,
    pub options: Options,
}

/// Whom an import goes to.
#[derive(Clone, Debug)]
pub(super) enum TargetSettings {
    /// A sandbox inside this process.
    Sandbox,
    /// A Jira.
    Jira(Box<JiraSettings>),
}

/// A Jira and the way to it.
#[derive(Clone, Debug)]
pub(super) struct JiraSettings {
    pub base: BaseUrl,
    pub token_file: Option<PathBuf>,
    pub password_file: Option<PathBuf>,
    pub ca_certs: Vec<PathBuf>,
    pub client_cert: Option<PathBuf>,
    pub insecure: bool,
    pub proxy: Option<String>,
}

/// `gij import`.
#[derive(Clone, Debug)]
pub(super) struct ImportSettings {
    pub input: InputSettings,
    pub target: TargetSettings,
    pub dry_run: bool,
    pub yes: bool,
    pub concurrency: usize,
    pub max_wait: Duration,
    pub timeout: Duration,
    pub connect_timeout: Duration,
    pub runs_dir: PathBuf,
    pub name: Option<String>,
    pub progress: ProgressStyle,
    pub is_json: bool,
    /// The arguments as they were typed, for the next command to type.
    pub typed: Vec<String>,
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

/// The value of an environment variable; a blank one counts as not set.
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

impl InputSettings {
    pub fn of_check(args: CheckArgs) -> Result<Self, Failure> {
        Self::new(args.input, Purpose::Check, Vec::new())
    }

    fn new(args: InputArgs, purpose: Purpose, own_files: Vec<PathBuf>) -> Result<Self, Failure> {
        if let Some(dir) = &args.secrets_dir
            && !dir.is_dir()
        {
            return Err(Failure::usage(format!(
                "--secrets-dir {} is not a directory",
                dir.display()
            )));
        }
        let secrets = SecretPolicy {
            allow_env: args.allow_env,
            secrets_dir: args.secrets_dir,
            own_files,
        };
        let mut options = Options::new(purpose, secrets);
        options.read = ReadOptions {
            header_row: args.header_row,
            delimiter: args.delimiter,
            encoding: args.encoding,
            sheets: args.sheet,
            hidden_rows: match args.hidden_rows {
                HiddenRowsHow::Include => HiddenRows::Include,
                HiddenRowsHow::Skip => HiddenRows::Skip,
                HiddenRowsHow::Error => HiddenRows::Error,
            },
        };
        for map in &args.map {
            options.map.add(map).map_err(of_option("--map"))?;
        }
        for preset in &args.set {
            options
                .presets
                .push(Preset::parse(preset).map_err(of_option("--set"))?);
        }
        for only in &args.only {
            let only = Only::parse(only).map_err(of_option("--only"))?;
            if options.says_secret(&only.header) {
                let failure = Failure::usage(
                    "--only cannot select by a column of secrets: what is typed can be read by others",
                );
                return Err(failure.help("select by another column, or by `--rows`"));
            }
            options.selection.only.push(only);
        }
        for rows in &args.rows {
            options
                .selection
                .rows
                .extend(RowRange::parse_list(rows).map_err(of_option("--rows"))?);
        }
        options.policy.is_strict = args.strict;
        for code in &args.allow {
            options.policy.allow(code).map_err(of_option("--allow"))?;
        }
        Ok(Self {
            files: args.files,
            options,
        })
    }

    /// Whether standard input is one of the files.
    pub fn has_stdin(&self) -> bool {
        self.files.iter().any(|file| file.as_os_str() == "-")
    }

    /// Reads and checks all files.
    pub fn validate(&self) -> Result<Validation, Failure> {
        let found = validate(&self.files, &self.options);
        if let Some(header) = found.missing_columns.first() {
            return Err(Failure::usage(format!(
                "no table has the column `{header}` that --only names"
            )));
        }
        if let Some(sheet) = found.missing_sheets.first() {
            let failure = Failure::usage(format!(
                "no file has the sheet `{sheet}` that --sheet names"
            ));
            return Err(match found.sheets.join("`, `") {
                none if none.is_empty() => {
                    failure.help("none of the files has sheets; leave `--sheet` out")
                }
                sheets => failure.help(format!("there are `{sheets}`")),
            });
        }
        let counts = found.counts;
        if counts.not_selected > 0 && counts.not_selected == counts.read {
            let rows = count(counts.read, "row", "rows");
            let failure = Failure::usage(format!("`--only` and `--rows` select none of {rows}"));
            return Err(failure.help("check the text and the row numbers against the sheet"));
        }
        Ok(found)
    }
}

fn of_option<E: std::fmt::Display>(option: &'static str) -> impl Fn(E) -> Failure {
    move |error| Failure::usage(format!("{option}: {error}"))
}

impl ImportSettings {
    pub fn new(
        args: ImportArgs,
        progress: ProgressHow,
        format: Format,
        typed: Vec<String>,
    ) -> Result<Self, Failure> {
        let ConnectArgs {
            timeout,
            connect_timeout,
            ..
        } = args.connect;
        let own_files = [&args.connect.token_file, &args.connect.password_file];
        let own_files = own_files.into_iter().flatten().cloned().collect();
        let target = if args.sandbox {
            TargetSettings::Sandbox
        } else {
            TargetSettings::Jira(Box::new(jira(args.connect)?))
        };
        Ok(Self {
            input: InputSettings::new(args.input, Purpose::Import, own_files)?,
            target,
            dry_run: args.dry_run,
            yes: args.yes,
            concurrency: usize::from(args.concurrency),
            max_wait: args.max_wait,
            timeout,
            connect_timeout,
            runs_dir: args.runs_dir,
            name: args.name,
            progress: match progress {
                ProgressHow::Auto => ProgressStyle::Auto,
                ProgressHow::Bar => ProgressStyle::Bar,
                ProgressHow::Plain => ProgressStyle::Plain,
            },
            is_json: format == Format::Json,
            typed,
        })
    }

    /// The options on reading that are in force, for the report.
    pub fn reading_options(&self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::new();
        let secrets = &self.input.options.secrets;
        if !secrets.allow_env.is_empty() {
            options.insert("allow_env".into(), secrets.allow_env.join(" "));
        }
        if let Some(dir) = &secrets.secrets_dir {
            options.insert("secrets_dir".into(), dir.display().to_string());
        }
        // What was typed is what is in force; a secret is never an argument.
        let mut words = self.typed.iter().peekable();
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                continue;
            };
            let (name, given) = option
                .split_once('=')
                .map_or((option, None), |(name, given)| (name, Some(given)));
            if READING.contains(&name) {
                let value = match given {
                    Some(given) => given.to_owned(),
                    None if name == "strict" => "true".to_owned(),
                    None => words.peek().map(|next| (*next).clone()).unwrap_or_default(),
                };
                let so_far = options
                    .entry(name.replace('-', "_"))
                    .or_insert_with(String::new);
                if !so_far.is_empty() {
                    so_far.push_str("; ");
                }
                so_far.push_str(&value);
            }
        }
        options
    }

    /// The options on connection and pace that are in force, for the report.
    pub fn running_options(&self) -> BTreeMap<String, String> {
        let seconds = |time: Duration| format!("{} s", time.as_secs_f64());
        let mut options = BTreeMap::from([
            ("concurrency".to_owned(), self.concurrency.to_string()),
            ("max_wait".to_owned(), seconds(self.max_wait)),
            ("timeout".to_owned(), seconds(self.timeout)),
            ("connect_timeout".to_owned(), seconds(self.connect_timeout)),
        ]);
        if let TargetSettings::Jira(jira) = &self.target {
            if jira.insecure {
                options.insert(
                    "insecure".into(),
                    "Jira's certificate was not checked".into(),
                );
            }
            if let Some(proxy) = &jira.proxy {
                options.insert("proxy".into(), proxy.clone());
            }
        }
        options
    }
}

fn jira(args: ConnectArgs) -> Result<JiraSettings, Failure> {
    let (from, url) = match args.jira_url {
        Some(url) => ("--jira-url", url),
        None => ("JIRA_URL", env("JIRA_URL").ok_or_else(no_url)?),
    };
    let base = BaseUrl::parse(&url)
        .map_err(|error| Failure::usage(format!("the value of {from} cannot be used: {error}")))?;
    if base.is_plain_http() && !base.is_loopback() && !args.allow_plain_http {
        let failure = Failure::usage(format!(
            "{base} is unencrypted http, over which anyone on the way can read your credentials"
        ));
        return Err(failure.help("use https://, or `--allow-plain-http` if you accept that"));
    }
    if let Some(proxy) = &args.proxy
        && proxy.contains('@')
    {
        return Err(Failure::usage(
            "the value of --proxy holds a user name or password, which is not supported",
        ));
    }
    let files = [&args.token_file, &args.password_file, &args.client_cert];
    for file in files.into_iter().flatten().chain(&args.ca_cert) {
        if let Err(error) = std::fs::File::open(file) {
            return Err(Failure::usage(format!(
                "{} cannot be read: {error}",
                file.display()
            )));
        }
    }
    Ok(JiraSettings {
        base,
        token_file: args.token_file,
        password_file: args.password_file,
        ca_certs: args.ca_cert,
        client_cert: args.client_cert,
        insecure: args.insecure,
        proxy: args.proxy,
    })
}

fn no_url() -> Failure {
    Failure::usage("which Jira? there is no --jira-url and no JIRA_URL").help(
        "give `--jira-url https://jira.example.org`, or rehearse with `--sandbox`, which touches no Jira",
    )
}
