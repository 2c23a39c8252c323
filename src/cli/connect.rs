//! The connection to Jira: its address, the login, the first requests.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::runtime::Runtime;
use super::seed::put_rows;
use super::values::{duration, env};
use crate::engine::{Pace, Pacer, Stop, StopSwitch, read};
use crate::jira::{Access, BaseUrl, Client, Connection, Exchange, JiraError, Person, ServerInfo};
use crate::journal::Jira;
use crate::model::RemoteIntegration;
use crate::render::{Screen, waiting};
use crate::sandbox::{Config, Sandbox};
use crate::secret::{Secret, first_line};

/// How to reach a server, Jira or a git host.
#[derive(Clone, Debug, Args)]
pub(super) struct NetworkArgs {
    /// CA certificates (PEM) to trust in addition to those of the system
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ca_cert: Vec<PathBuf>,
    /// Proxy to use instead of HTTPS_PROXY, HTTP_PROXY and NO_PROXY
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub proxy: Option<String>,
    /// Allow sending credentials over unencrypted http to another machine
    #[arg(long, hide_short_help = true)]
    pub allow_plain_http: bool,
}

impl NetworkArgs {
    /// Checks everything that can be without a request.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.proxy.as_ref().is_some_and(|proxy| proxy.contains('@')) {
            return Err(Failure::usage(
                "--proxy contains a user name or password, which is not supported",
            ));
        }
        self.ca_cert
            .iter()
            .try_for_each(|file| check_readable(file))
    }
}

fn check_readable(file: &Path) -> Result<(), Failure> {
    let opened = std::fs::File::open(file);
    opened
        .map(drop)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())))
}

/// Where Jira is and how to log in. No secret is ever an argument.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Connection (credentials: JIRA_TOKEN, or JIRA_USER with JIRA_PASSWORD, or a prompt)"
)]
pub(super) struct ConnectArgs {
    /// Base URL of Jira, including the context path if there is one [env: JIRA_URL]
    #[arg(long, value_name = "URL")]
    pub jira_url: Option<String>,
    /// File with a personal access token on its first line
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub token_file: Option<PathBuf>,
    /// File with the password of JIRA_USER on its first line
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub password_file: Option<PathBuf>,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Client certificate and key (PEM), if the server requires one
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,
    /// Do not verify Jira's certificate
    #[arg(long, hide_short_help = true)]
    pub insecure: bool,
    /// Maximum time for a request
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, hide_short_help = true)]
    pub timeout: Duration,
    /// Maximum time for opening a connection
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, hide_short_help = true)]
    pub connect_timeout: Duration,
}

impl ConnectArgs {
    /// The files that hold gij's own credentials.
    pub(super) fn own_files(&self) -> Vec<PathBuf> {
        let files = [&self.token_file, &self.password_file];
        files.into_iter().flatten().cloned().collect()
    }

    /// The Jira that the arguments or the environment name.
    pub(super) fn url(&self) -> Result<BaseUrl, Failure> {
        let (_, base) = named_jira(self.jira_url.as_deref())?.ok_or_else(|| {
            Failure::usage("no Jira given: neither --jira-url nor JIRA_URL is set").help(
                "add `--jira-url https://jira.example.org`, or rehearse without Jira: `gij import FILE --sandbox`",
            )
        })?;
        self.checked(base)
    }

    /// `base`, once everything is checked that can be without a request.
    pub(super) fn checked(&self, base: BaseUrl) -> Result<BaseUrl, Failure> {
        if base.is_plain_http() && !base.is_loopback() && !self.network.allow_plain_http {
            let failure = Failure::usage(format!(
                "{base} is unencrypted http: anyone on the network can read your credentials"
            ));
            return Err(failure.help("use https://, or accept the risk with `--allow-plain-http`"));
        }
        self.network.check()?;
        let files = [&self.token_file, &self.password_file, &self.client_cert];
        for file in files.into_iter().flatten() {
            check_readable(file)?;
        }
        Ok(base)
    }

    /// The connection to the Jira at `base`. Sends nothing; may prompt for a credential.
    pub(super) fn connection(&self, base: &BaseUrl) -> Result<Connection, Failure> {
        Ok(Connection {
            base: base.clone(),
            access: access(self, base)?,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            ca_certs: self.network.ca_cert.clone(),
            client_cert: self.client_cert.clone(),
            insecure: self.insecure,
            proxy: self.network.proxy.clone(),
        })
    }

    /// The connection to a sandbox inside this process, which the options on credentials and on the network do not concern.
    /// It holds what the sheet `seed` does.
    pub(super) fn rehearsal(
        &self,
        seed: Option<&Path>,
    ) -> Result<(Connection, Option<Sandbox>), Failure> {
        let sandbox = Sandbox::start(Config::default())?;
        if let Some(export) = seed {
            put_rows(&sandbox, export)?;
        }
        let connection = Connection {
            base: BaseUrl::parse(&sandbox.url())
                .map_err(|error| Failure::new(Exit::Stopped, error))?,
            access: Access::Token(Secret::new("rehearsal")),
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            ca_certs: Vec::new(),
            client_cert: None,
            insecure: false,
            proxy: None,
        };
        Ok((connection, Some(sandbox)))
    }
}

/// A Jira, and the option or the variable that names it.
pub(super) type NamedJira = (&'static str, BaseUrl);

/// The Jira that `--jira-url` with this value or the environment names, if one does.
pub(super) fn named_jira(jira_url: Option<&str>) -> Result<Option<NamedJira>, Failure> {
    let (from, url) = match jira_url {
        Some(url) => ("--jira-url", Some(url.to_owned())),
        None => ("JIRA_URL", env("JIRA_URL")),
    };
    let Some(url) = url else {
        return Ok(None);
    };
    let base = BaseUrl::parse(&url)
        .map_err(|error| Failure::usage(format!("invalid value of {from}: {error}")))?;
    Ok(Some((from, base)))
}

/// The Jira at `url`, with which the run `run` began. None other may be named.
pub(super) fn url_of_run(
    named: Option<&NamedJira>,
    run: &str,
    url: &str,
) -> Result<BaseUrl, Failure> {
    let base = BaseUrl::parse(url).map_err(|error| {
        Failure::usage(format!(
            "the journal of {run} has an unusable Jira URL: {error}"
        ))
    })?;
    match named {
        Some((from, other)) if other.as_str() != base.as_str() => {
            let failure = Failure::usage(format!(
                "the run {run} belongs to {base}, but {from} is {other}"
            ));
            let omit = if *from == "JIRA_URL" { "unset" } else { "omit" };
            Err(failure.help(format!(
                "a run can only continue on the Jira where it began: {omit} {from}, or set it to {base}"
            )))
        }
        _ => Ok(base),
    }
}

/// Whether `jira` is at `url`.
pub(super) fn is_at(jira: &Jira, url: &str) -> bool {
    BaseUrl::parse(&jira.url).is_ok_and(|base| base.as_str() == url)
}

/// A Jira that accepted the login.
pub(super) struct Connected {
    pub runtime: Runtime,
    pub client: Client,
    /// Keeps what Jira reports about its rate limit from the first list on.
    pub pacer: Pacer,
    /// Its address, name and version, and our user.
    pub jira: Jira,
    /// How long a request may take.
    pub timeout: Duration,
    /// Lives as long as the run that goes to it.
    sandbox: Option<Sandbox>,
}

/// Asks for Jira's status without credentials, then reads the list of integrations with them: the first request with a
/// credential changes nothing, and if it is refused, it is the last.
pub(super) fn connect(
    args: &ConnectArgs,
    base: &BaseUrl,
    pace: Pace,
    screen: &Screen,
) -> Result<(Connected, Vec<RemoteIntegration>), Failure> {
    connect_on(&args.connection(base)?, None, pace, screen)
}

/// The same by a connection, which may be to a `sandbox`.
pub(super) fn connect_on(
    connection: &Connection,
    sandbox: Option<Sandbox>,
    pace: Pace,
    screen: &Screen,
) -> Result<(Connected, Vec<RemoteIntegration>), Failure> {
    if connection.insecure {
        screen.problem(
            "warning: Jira's certificate is not verified (`--insecure`): anyone on the network can read the traffic\n",
        );
    }
    let runtime = Runtime::new()?;
    let client = Client::new(connection)?;
    let pacer = Pacer::new(pace);
    let (list, jira) = runtime.block_on(async {
        client.status().await?;
        let list = patiently(async || client.list().await, &pacer, screen).await?;
        Ok::<_, Failure>((list, who(&client, &pacer, screen).await?))
    })?;
    let connected = Connected {
        runtime,
        client,
        pacer,
        jira,
        timeout: connection.timeout,
        sandbox,
    };
    Ok((connected, list))
}

impl Connected {
    /// Whether it is a sandbox, which goes when the process does.
    pub(super) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Reads the list of integrations again.
    pub(super) fn list(&self, screen: &Screen) -> Result<Vec<RemoteIntegration>, Failure> {
        let list = async || self.client.list().await;
        self.unless_interrupted(async { Ok(patiently(list, &self.pacer, screen).await?) })
    }

    /// Reads how many repositories each integration has found; none if this version of the app does not tell.
    pub(super) fn repositories(
        &self,
        screen: &Screen,
    ) -> Result<Option<HashMap<i64, u64>>, Failure> {
        self.unless_interrupted(async {
            let read = async || self.client.repositories().await;
            match patiently(read, &self.pacer, screen).await {
                Err(Stop::Jira(JiraError::NoApi { .. })) => Ok(None),
                found => Ok(Some(found?)),
            }
        })
    }

    /// Does `work` unless a signal comes first.
    pub(super) fn unless_interrupted<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let done = self.runtime.unless_interrupted(work);
        done.unwrap_or_else(|| Err(Stop::Interrupted.into()))
    }
}

/// Asks for the name of the server and of the user. Both are only shown to people, so a Jira that keeps them private is no
/// failure. One that is unavailable is asked again: by the address that it gives itself, sessions on it are kept apart.
async fn who(client: &Client, pacer: &Pacer, screen: &Screen) -> Result<Jira, Failure> {
    let server = async || client.server_info().await.map(unless_private);
    let server = patiently(server, pacer, screen).await?;
    let person = async || client.myself().await.map(unless_private);
    let person = patiently(person, pacer, screen).await?;
    Ok(jira_of(client, server, person))
}

/// The Jira of `client`, as it and our user there are named.
pub(super) fn jira_of(client: &Client, server: ServerInfo, person: Person) -> Jira {
    let non_blank = |text: String| (!text.is_empty()).then_some(text);
    let user = match (non_blank(person.display_name), non_blank(person.name)) {
        (Some(display_name), Some(name)) => format!("{display_name} ({name})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "an unnamed user".to_owned(),
    };
    Jira {
        url: client.base().as_str().to_owned(),
        title: Some(non_blank(server.title).unwrap_or_else(|| "Jira".to_owned())),
        own_url: non_blank(server.base_url),
        version: non_blank(server.version),
        user: Some(user),
    }
}

/// An answer that is not needed: its absence is no failure, a refused login is.
pub(super) fn unless_private<T: Default>(answer: Result<T, JiraError>) -> Result<T, JiraError> {
    match answer {
        Err(
            JiraError::Forbidden { .. }
            | JiraError::NoApi { .. }
            | JiraError::Refused { .. }
            | JiraError::Malformed { .. },
        ) => Ok(T::default()),
        answer => answer,
    }
}

/// Reads something from Jira as [`read`] does, and shows the pauses.
async fn patiently<T>(
    send: impl AsyncFn() -> Exchange<Result<T, JiraError>>,
    pacer: &Pacer,
    screen: &Screen,
) -> Result<T, Stop> {
    let waiting = |why: &str, time: Duration| screen.info(&waiting(why, time));
    read(send, pacer, &StopSwitch::default(), &waiting).await
}

/// The credential for the Jira at `base`: from a file, the environment or a hidden prompt.
fn access(args: &ConnectArgs, base: &BaseUrl) -> Result<Access, Failure> {
    if let Some(path) = &args.token_file {
        return Ok(Access::Token(read_file(path)?));
    }
    let user = env("JIRA_USER");
    if let Some(path) = &args.password_file {
        let user = user.ok_or_else(|| {
            Failure::usage("--password-file requires a user name").help("set JIRA_USER")
        })?;
        let password = read_file(path)?;
        return Ok(Access::Basic { user, password });
    }
    if let Some(token) = env("JIRA_TOKEN") {
        return Ok(Access::Token(Secret::new(token.trim())));
    }
    match user {
        Some(user) => {
            let password = match env("JIRA_PASSWORD") {
                Some(password) => Secret::new(password),
                None => prompt(&format!("Password of {user} for {base}: "))?,
            };
            Ok(Access::Basic { user, password })
        }
        None => Ok(Access::Token(prompt(&format!(
            "Personal access token for {base}: "
        ))?)),
    }
}

fn read_file(path: &Path) -> Result<Secret, Failure> {
    let bytes = std::fs::read(path).map(Zeroizing::new);
    let bytes = bytes
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    first_line(&bytes).ok_or_else(|| {
        Failure::usage(format!(
            "the first line of {} is blank or not text",
            path.display()
        ))
        .help("put the token or password alone on the first line")
    })
}

fn prompt(prompt: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        let failure = Failure::usage("no credentials for Jira");
        return Err(failure.help(
            "set JIRA_TOKEN to a personal access token or use `--token-file FILE`; or set JIRA_USER and JIRA_PASSWORD",
        ));
    }
    let typed = rpassword::prompt_password(prompt)
        .map_err(|error| Failure::usage(format!("cannot read from the terminal: {error}")))?;
    let secret = Secret::new(typed.trim());
    if secret.expose().is_empty() {
        return Err(Failure::usage("no credential entered"));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;

    const RUN: &str = "20261122T101503Z-onboarding";

    /// A run on `https://jira.example.org/jira` continued with these arguments.
    fn continued(args: &[&str]) -> Result<BaseUrl, Failure> {
        let command = ConnectArgs::augment_args(clap::Command::new("gij"));
        let matches = command.get_matches_from(["gij"].iter().chain(args));
        let args = ConnectArgs::from_arg_matches(&matches).unwrap();
        let named = named_jira(args.jira_url.as_deref())?;
        url_of_run(named.as_ref(), RUN, "https://jira.example.org/jira")
    }

    #[test]
    fn a_run_continues_on_its_jira_however_that_is_written() {
        let url = "HTTPS://Jira.Example.org:443/jira/";
        let base = continued(&["--jira-url", url]).unwrap();
        assert_eq!(base.as_str(), "https://jira.example.org/jira");
    }

    #[test]
    fn another_jira_than_that_of_the_run_is_refused_by_both_names() {
        let failure = continued(&["--jira-url", "https://jira.example.org"]).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(
            failure.message,
            format!(
                "the run {RUN} belongs to https://jira.example.org/jira, but --jira-url is https://jira.example.org"
            )
        );
    }
}
