//! `gij doctor`.

use clap::Args;

use super::connect::{ConnectArgs, jira_of, unless_private};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::next::FILE;
use super::runtime::Runtime;
use crate::jira::{Access, Client, Connection, JiraError};
use crate::render::{count, doctor as lines, jira_name};
use crate::report::{DoctorFinding, DoctorReport, Health, Question};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// The questions of every examination.
const ALWAYS: [Question; 6] = [
    Question::Jira,
    Question::Ready,
    Question::LogIn,
    Question::User,
    Question::Api,
    Question::RateLimit,
];

/// Checks everything that an import needs from Jira, in the order in which an import needs it.
pub(super) fn doctor(args: &DoctorArgs, context: &Context) -> Result<Exit, Failure> {
    let connection = args.connect.connection(&args.connect.url()?)?;
    let client = Client::new(&connection)?;
    let mut found = Runtime::new()?.block_on(examine(&client, &connection));
    for question in ALWAYS {
        if !found.iter().any(|finding| finding.check == question) {
            found.push(DoctorFinding::not_tried(question));
        }
    }
    found.extend(warnings(&connection));
    let report = DoctorReport::new(connection.base.as_str(), found);
    if context.is_json {
        write_json(&report)?;
    } else {
        context.screen.result(&lines(&report));
    }
    if report.usable {
        let import = context.given.next("import");
        let import = import.operands([FILE.to_owned()]).options(&["--dry-run"]);
        context.next(&format!("see the plan for your spreadsheet:\n  {import}"));
        return Ok(Exit::Done);
    }
    let doctor = context.given.again();
    context.next(&format!("fix this, then check again:\n  {doctor}"));
    Ok(Exit::Stopped)
}

/// As an import does: no credential is sent to what is not a Jira, or after a refusal. Nothing is retried, since the
/// present state of Jira is the question.
async fn examine(client: &Client, connection: &Connection) -> Vec<DoctorFinding> {
    let jira = ok(Question::Jira, format!("found at {}", connection.base));
    match client.status().await {
        Ok(()) => {}
        Err(error @ JiraError::NotReady { .. }) => {
            return vec![jira, failed(Question::Ready, &error)];
        }
        Err(error) => return vec![failed(Question::Jira, &error)],
    }
    let ready = ok(Question::Ready, "status RUNNING");
    let login = match &connection.access {
        Access::Token(_) => "with a personal access token".to_owned(),
        Access::Basic { user, .. } => format!("with the password of {user}"),
    };
    let exchange = client.list().await;
    let number = match exchange.meaning {
        Ok(list) => count(list.len() as u64, "integration", "integrations"),
        Err(error) => {
            let mut found = vec![jira, ready];
            found.extend(refused(&error, &login));
            return found;
        }
    };
    let limit = match exchange.hints {
        Some(limit) => format!(
            "at most {}, {} more every {} s",
            count(u64::from(limit.limit), "request", "requests"),
            limit.fill_rate,
            limit.interval.as_secs()
        ),
        None => "none reported".to_owned(),
    };
    let who = async {
        let server = unless_private(client.server_info().await.meaning)?;
        let person = unless_private(client.myself().await.meaning)?;
        Ok::<_, JiraError>(jira_of(client, server, person))
    };
    let (jira, user) = match who.await {
        Ok(who) => (
            ok(
                Question::Jira,
                format!("{} at {}", jira_name(&who), who.url),
            ),
            ok(Question::User, who.user.unwrap_or_default()),
        ),
        Err(error) => (jira, failed(Question::User, &error)),
    };
    vec![
        jira,
        ready,
        ok(Question::LogIn, login),
        user,
        ok(Question::Api, format!("it lists {number}")),
        ok(Question::RateLimit, limit),
    ]
}

/// What an error in reading the list means for the login and for the API of the app.
fn refused(error: &JiraError, login: &str) -> Vec<DoctorFinding> {
    let health = match error {
        JiraError::LoginRefused { .. }
        | JiraError::Captcha { .. }
        | JiraError::Redirected { .. }
        | JiraError::HtmlPage { .. }
        | JiraError::ProxyLogin { .. } => return vec![failed(Question::LogIn, error)],
        JiraError::NoApi { .. } | JiraError::Refused { .. } | JiraError::Malformed { .. } => {
            Health::Ok
        }
        _ => Health::Unknown,
    };
    vec![
        DoctorFinding::new(Question::LogIn, health, login),
        failed(Question::Api, error),
    ]
}

/// Weakened protection of the connection.
fn warnings(connection: &Connection) -> Vec<DoctorFinding> {
    let base = &connection.base;
    let warning = |is_so: bool, question, message| {
        is_so.then(|| DoctorFinding::new(question, Health::Warning, message))
    };
    let unverified = warning(
        connection.insecure && !base.is_plain_http(),
        Question::Certificate,
        "not verified (`--insecure`): anyone on the network can read the traffic",
    );
    let plain = warning(
        base.is_plain_http() && !base.is_loopback(),
        Question::Encryption,
        "none (`--allow-plain-http`): anyone on the network can read your credentials",
    );
    unverified.into_iter().chain(plain).collect()
}

fn ok(question: Question, message: impl Into<String>) -> DoctorFinding {
    DoctorFinding::new(question, Health::Ok, message)
}

fn failed(question: Question, error: &JiraError) -> DoctorFinding {
    DoctorFinding::failed(question, error.to_string(), error.help())
}
