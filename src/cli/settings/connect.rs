use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::seconds;
use crate::cli::args::ConnectArgs;
use crate::cli::exit::Failure;
use crate::jira::BaseUrl;

/// Whom a command talks to.
#[derive(Clone, Debug)]
pub(in crate::cli) enum TargetSettings {
    /// A sandbox inside this process.
    Sandbox,
    /// A Jira.
    Jira(Box<JiraSettings>),
}

/// A Jira and the way to it.
#[derive(Clone, Debug)]
pub(in crate::cli) struct JiraSettings {
    pub base: BaseUrl,
    pub token_file: Option<PathBuf>,
    pub password_file: Option<PathBuf>,
    pub ca_certs: Vec<PathBuf>,
    pub client_cert: Option<PathBuf>,
    pub insecure: bool,
    pub proxy: Option<String>,
}

/// Whom to talk to, and how long to wait for an answer.
#[derive(Clone, Debug)]
pub(in crate::cli) struct ConnectSettings {
    pub target: TargetSettings,
    pub timeout: Duration,
    pub connect_timeout: Duration,
}

/// The value of an environment variable; a blank one counts as not set.
pub(in crate::cli) fn env(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

impl ConnectSettings {
    /// The Jira that the arguments or the environment name.
    pub(crate) fn new(args: ConnectArgs) -> Result<Self, Failure> {
        let named = named(&args)?.ok_or_else(no_url)?;
        Self::of_jira(named.base, args)
    }

    /// A sandbox inside this process.
    pub(crate) fn of_sandbox(args: &ConnectArgs) -> Self {
        Self {
            target: TargetSettings::Sandbox,
            timeout: args.timeout,
            connect_timeout: args.connect_timeout,
        }
    }

    /// The Jira at `url`, with which the run `run` began: nobody need name it again, and who names another one is told.
    pub(crate) fn for_run(args: ConnectArgs, run: &str, url: &str) -> Result<Self, Failure> {
        let base = BaseUrl::parse(url).map_err(|error| {
            Failure::usage(format!("the Jira of the run {run} is not known: {error}"))
        })?;
        if let Some(named) = named(&args)?
            && named.base.as_str() != base.as_str()
        {
            let Named { from, base: other } = named;
            let failure = Failure::usage(format!(
                "the run {run} went to {base}, and {from} names {other}"
            ));
            return Err(failure.help(format!(
                "a run goes on with the Jira that it began with; leave {from} out, or let it name {base}"
            )));
        }
        Self::of_jira(base, args)
    }

    fn of_jira(base: BaseUrl, args: ConnectArgs) -> Result<Self, Failure> {
        Ok(Self {
            timeout: args.timeout,
            connect_timeout: args.connect_timeout,
            target: TargetSettings::Jira(Box::new(jira(base, args)?)),
        })
    }

    /// What is in force, for the report.
    pub(crate) fn options(&self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::from([
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

/// A Jira and what names it.
struct Named {
    from: &'static str,
    base: BaseUrl,
}

fn named(args: &ConnectArgs) -> Result<Option<Named>, Failure> {
    let (from, url) = match &args.jira_url {
        Some(url) => ("--jira-url", Some(url.clone())),
        None => ("JIRA_URL", env("JIRA_URL")),
    };
    let Some(url) = url else {
        return Ok(None);
    };
    match BaseUrl::parse(&url) {
        Ok(base) => Ok(Some(Named { from, base })),
        Err(error) => Err(Failure::usage(format!(
            "the value of {from} cannot be used: {error}"
        ))),
    }
}

fn jira(base: BaseUrl, args: ConnectArgs) -> Result<JiraSettings, Failure> {
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
        "give `--jira-url https://jira.example.org`, or rehearse with `gij import FILE --sandbox`, which touches no Jira",
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Cli, Command};

    const RUN: &str = "20261122T101503Z-onboarding";

    /// A run on `https://jira.example.org/jira` taken up with these arguments.
    fn taken_up(args: &[&str]) -> Result<ConnectSettings, Failure> {
        let typed = ["gij", "import", "a.csv"].iter().chain(args);
        let Command::Import(args) = Cli::try_parse_from(typed).unwrap().command else {
            panic!("an import was typed");
        };
        ConnectSettings::for_run(args.connect, RUN, "https://jira.example.org/jira")
    }

    #[test]
    fn a_run_goes_on_with_its_jira_however_that_is_written() {
        let url = "HTTPS://Jira.Example.org:443/jira/";
        let settings = taken_up(&["--jira-url", url, "--timeout", "5s"]).unwrap();
        let TargetSettings::Jira(jira) = settings.target else {
            panic!("a run goes to a Jira");
        };
        assert_eq!(jira.base.as_str(), "https://jira.example.org/jira");
        assert_eq!(settings.timeout, Duration::from_secs(5));
    }

    #[test]
    fn another_jira_than_that_of_the_run_is_refused_by_both_names() {
        let failure = taken_up(&["--jira-url", "https://jira.example.org"]).unwrap_err();
        assert_eq!(failure.exit, crate::cli::Exit::Usage);
        assert_eq!(
            failure.message,
            format!(
                "the run {RUN} went to https://jira.example.org/jira, and --jira-url names https://jira.example.org"
            )
        );
    }
}
