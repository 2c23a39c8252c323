//! Getting to Jira: is it there, are we let in, what does it hold.

use std::time::Duration;

use super::credentials::access;
use super::exit::{Exit, Failure};
use super::runtime::Runtime;
use super::settings::{ConnectSettings, PaceSettings, TargetSettings};
use crate::engine::{Pace, Pacer, Stop, StopSwitch, read_list};
use crate::jira::{Access, BaseUrl, Client, Connection, JiraError};
use crate::model::RemoteIntegration;
use crate::render::{Screen, Target, waiting as waiting_text};
use crate::sandbox::{Config, Sandbox};
use crate::secret::Secret;

/// A Jira that let us in.
pub(super) struct Connected {
    pub client: Client,
    /// What it says of its rate limit from the first list on counts for the whole run.
    pub pacer: Pacer,
    pub target: Target,
    /// Lives as long as the run that goes to it.
    sandbox: Option<Sandbox>,
}

impl Connected {
    /// Whether it is a sandbox, which goes when the process does.
    pub(super) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}

/// Asks for Jira's state without credentials, then reads the list of integrations with them: the first request that
/// carries a credential is one that changes nothing, and if it is refused, it is the last.
pub(super) async fn connect(
    settings: &ConnectSettings,
    pace: PaceSettings,
    screen: &Screen,
) -> Result<(Connected, Vec<RemoteIntegration>), Failure> {
    let (connection, sandbox) = connection(settings)?;
    if connection.insecure {
        screen.problem("warning: Jira's certificate is not checked (`--insecure`): whoever sits between can read everything\n");
    }
    let client = Client::new(&connection)?;
    client.status().await?;
    let pacer = Pacer::new(Pace {
        concurrency: pace.concurrency,
        rate: pace.rate,
        max_wait: pace.max_wait,
    });
    let list = list(&client, &pacer, screen).await?;
    let target = who(&client).await?;
    Ok((
        Connected {
            client,
            pacer,
            target,
            sandbox,
        },
        list,
    ))
}

/// Asks who is at the other side, and who we are there. That is for people to see: a Jira that keeps it to itself can be
/// imported into all the same.
pub(super) async fn who(client: &Client) -> Result<Target, JiraError> {
    let server = unless_private(client.server_info().await)?;
    let person = unless_private(client.myself().await)?;
    Ok(Target {
        title: if server.title.is_empty() {
            "Jira".to_owned()
        } else {
            server.title
        },
        version: server.version,
        url: client.base().as_str().to_owned(),
        user: match (person.display_name.as_str(), person.name.as_str()) {
            ("", "") => "a user whose name it does not tell".to_owned(),
            ("", name) => name.to_owned(),
            (display_name, name) => format!("{display_name} ({name})"),
        },
    })
}

/// An answer that is not needed: a Jira that does not give it is no failure, one that turns us away is.
fn unless_private<T: Default>(answer: Result<T, JiraError>) -> Result<T, JiraError> {
    match answer {
        Err(
            error @ (JiraError::LoginRefused { .. }
            | JiraError::Captcha { .. }
            | JiraError::Redirected { .. }
            | JiraError::HtmlPage { .. }),
        ) => Err(error),
        answer => Ok(answer.unwrap_or_default()),
    }
}

/// Reads the list of integrations, patiently.
pub(super) async fn list(
    client: &Client,
    pacer: &Pacer,
    screen: &Screen,
) -> Result<Vec<RemoteIntegration>, Failure> {
    let waiting = |why: &str, time: Duration| {
        screen.info(&format!("{}\n", waiting_text(why, time)));
    };
    Ok(read_list(client, pacer, &StopSwitch::default(), &waiting).await?)
}

/// Reads the list in the course of a session.
pub(super) fn list_again(
    runtime: &Runtime,
    jira: &Connected,
    screen: &Screen,
) -> Result<Vec<RemoteIntegration>, Failure> {
    interruptible(runtime, list(&jira.client, &jira.pacer, screen))
}

/// Does `work` in the course of a session, whose end a signal does not keep from being written down.
pub(super) fn interruptible<T>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    runtime
        .unless_interrupted(work)
        .unwrap_or_else(|| Err(Stop::Interrupted.into()))
}

/// How to get there, and the sandbox if that is where it leads; sends nothing.
pub(super) fn connection(
    settings: &ConnectSettings,
) -> Result<(Connection, Option<Sandbox>), Failure> {
    let (timeout, connect_timeout) = (settings.timeout, settings.connect_timeout);
    match &settings.target {
        TargetSettings::Jira(jira) => {
            let connection = Connection {
                base: jira.base.clone(),
                access: access(jira)?,
                timeout,
                connect_timeout,
                ca_certs: jira.ca_certs.clone(),
                client_cert: jira.client_cert.clone(),
                insecure: jira.insecure,
                proxy: jira.proxy.clone(),
            };
            Ok((connection, None))
        }
        TargetSettings::Sandbox => {
            let sandbox = Sandbox::spawn(Config::default()).map_err(|error| {
                Failure::new(
                    Exit::Stopped,
                    format!("the sandbox cannot be started: {error}"),
                )
            })?;
            let base = BaseUrl::parse(&sandbox.url())
                .map_err(|error| Failure::new(Exit::Stopped, error))?;
            let connection = Connection {
                base,
                access: Access::Token(Secret::new("rehearsal")),
                timeout,
                connect_timeout,
                ca_certs: Vec::new(),
                client_cert: None,
                insecure: false,
                proxy: None,
            };
            Ok((connection, Some(sandbox)))
        }
    }
}
