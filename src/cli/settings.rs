//! What a command needs to know, resolved once from arguments and environment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::args::{CheckArgs, ConnectArgs, Format, ImportArgs, InputArgs, ProgressHow};
use super::exit::Failure;
use crate::jira::BaseUrl;
use crate::render::ProgressStyle;
use crate::secret::SecretPolicy;

/// What is read.
#[derive(Clone, Debug)]
pub(super) struct InputSettings {
    pub files: Vec<PathBuf>,
    pub secrets: SecretPolicy,
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

/// The value of an environment variable; a blank one counts as not set.
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

impl InputSettings {
    pub fn of_check(args: CheckArgs) -> Result<Self, Failure> {
        let own_files = Vec::new();
        Self::new(args.input, own_files)
    }

    fn new(args: InputArgs, own_files: Vec<PathBuf>) -> Result<Self, Failure> {
        if let Some(dir) = &args.secrets_dir
            && !dir.is_dir()
        {
            return Err(Failure::usage(format!(
                "--secrets-dir {} is not a directory",
                dir.display()
            )));
        }
        Ok(Self {
            files: args.files,
            secrets: SecretPolicy {
                allow_env: args.allow_env,
                secrets_dir: args.secrets_dir,
                own_files,
            },
        })
    }
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
            input: InputSettings::new(args.input, own_files)?,
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
        let secrets = &self.input.secrets;
        if !secrets.allow_env.is_empty() {
            options.insert("allow_env".into(), secrets.allow_env.join(" "));
        }
        if let Some(dir) = &secrets.secrets_dir {
            options.insert("secrets_dir".into(), dir.display().to_string());
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
