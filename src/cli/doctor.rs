//! `gij doctor`.

use clap::Args;

use super::connect::{ConnectArgs, who};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::next::FILE;
use super::runtime::Runtime;
use crate::jira::{Access, Client, Connection, JiraError, RateHints};
use crate::journal::Jira;
use crate::render::{count, doctor as lines, jira_name};
use crate::report::{DoctorReport, Finding, Health, Question};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Checks everything that an import needs from Jira, in the order in which an import needs it.
pub(super) fn doctor(args: &DoctorArgs, context: &Context) -> Result<Exit, Failure> {
    let (connection, _) = args.connect.connection(&args.connect.destination()?)?;
    let client = Client::new(&connection)?;
    let answers = Runtime::new()?.block_on(ask(&client));
    let report = findings(&connection, &answers);
    if context.is_json {
        write_json(&report)?;
    } else {
        context.screen.result(&lines(&report));
    }
    if report.usable {
        let import = context.given.next("import");
        let import = import.operands([FILE.to_owned()]).options(&["--dry-run"]);
        context.next(&format!("see the plan for your spreadsheet:\n  {import}"));
    } else {
        let doctor = context.given.again();
        context.next(&format!("fix this, then check again:\n  {doctor}"));
    }
    Ok(if report.usable {
        Exit::Done
    } else {
        Exit::Stopped
    })
}

/// What Jira answered, as far as it was asked.
struct Answers {
    status: Result<(), JiraError>,
    /// The number of integrations.
    list: Option<Result<usize, JiraError>>,
    /// What it says of its rate limit.
    limit: Option<RateHints>,
    who: Option<Result<Jira, JiraError>>,
}

/// As an import does: no credential is sent to what is not a Jira, or after a refusal. Nothing is retried, since the
/// present state of Jira is the question.
async fn ask(client: &Client) -> Answers {
    let mut answers = Answers {
        status: client.status().await,
        list: None,
        limit: None,
        who: None,
    };
    if answers.status.is_ok() {
        let exchange = client.list().await;
        answers.limit = exchange.hints;
        let list = exchange.meaning.map(|list| list.len());
        let is_read = list.is_ok();
        answers.list = Some(list);
        if is_read {
            answers.who = Some(who(client).await);
        }
    }
    answers
}

fn findings(connection: &Connection, answers: &Answers) -> DoctorReport {
    let mut found = of_status(connection, answers);
    found.extend(of_log_in(connection, answers));
    if matches!(answers.list, Some(Ok(_))) {
        found.push(of_limit(answers.limit));
    }
    let asked = [
        Question::LogIn,
        Question::User,
        Question::Api,
        Question::RateLimit,
    ];
    for question in asked {
        if !found.iter().any(|finding| finding.check == question) {
            found.push(Finding::not_tried(question));
        }
    }
    found.extend(of_way(connection));
    DoctorReport::new(connection.base.as_str(), found)
}

/// Whether there is a Jira, and whether it is ready.
fn of_status(connection: &Connection, answers: &Answers) -> Vec<Finding> {
    let jira = match &answers.who {
        Some(Ok(jira)) => format!("{} at {}", jira_name(jira), jira.url),
        _ => format!("found at {}", connection.base),
    };
    let jira = Finding::new(Question::Jira, Health::Ok, jira);
    match &answers.status {
        Ok(()) => vec![
            jira,
            Finding::new(Question::Ready, Health::Ok, "status RUNNING"),
        ],
        Err(error @ JiraError::NotReady { .. }) => vec![jira, failed(Question::Ready, error)],
        Err(error) => vec![
            failed(Question::Jira, error),
            Finding::not_tried(Question::Ready),
        ],
    }
}

/// The rate limit.
fn of_limit(limit: Option<RateHints>) -> Finding {
    let message = match limit {
        Some(limit) => format!(
            "at most {}, {} more every {} s",
            count(u64::from(limit.limit), "request", "requests"),
            limit.fill_rate,
            limit.interval.as_secs()
        ),
        None => "none reported".to_owned(),
    };
    Finding::new(Question::RateLimit, Health::Ok, message)
}

/// The login, the user, and access to the API of the app.
fn of_log_in(connection: &Connection, answers: &Answers) -> Vec<Finding> {
    let by = match &connection.access {
        Access::Token(_) => "with a personal access token".to_owned(),
        Access::Basic { user, .. } => format!("with the password of {user}"),
    };
    let log_in = |health, message| Finding::new(Question::LogIn, health, message);
    let error = match &answers.list {
        None => return Vec::new(),
        Some(Ok(number)) => {
            let number = count(*number as u64, "integration", "integrations");
            let api = format!("it lists {number}");
            let mut found = vec![
                log_in(Health::Ok, by),
                Finding::new(Question::Api, Health::Ok, api),
            ];
            match &answers.who {
                Some(Ok(jira)) => {
                    let user = jira.user.as_deref().unwrap_or_default();
                    found.push(Finding::new(Question::User, Health::Ok, user));
                }
                Some(Err(error)) => found.push(failed(Question::User, error)),
                None => {}
            }
            return found;
        }
        Some(Err(error)) => error,
    };
    match error {
        JiraError::LoginRefused { .. }
        | JiraError::Captcha { .. }
        | JiraError::Redirected { .. }
        | JiraError::HtmlPage { .. }
        | JiraError::ProxyLogin { .. } => vec![failed(Question::LogIn, error)],
        JiraError::NoApi { .. } | JiraError::Refused { .. } | JiraError::Malformed { .. } => vec![
            log_in(Health::Ok, format!("{by}, not refused")),
            failed(Question::Api, error),
        ],
        JiraError::Forbidden { .. } => vec![
            log_in(
                Health::Unknown,
                format!("{by}; a 403 can mean a refused login or missing permissions"),
            ),
            failed(Question::Api, error),
        ],
        JiraError::Unreachable { .. }
        | JiraError::NotReady { .. }
        | JiraError::NotJira { .. }
        | JiraError::Unavailable { .. } => vec![
            log_in(
                Health::Unknown,
                format!("{by}; not known without an answer"),
            ),
            failed(Question::Api, error),
        ],
    }
}

/// Weakened protection of the connection.
fn of_way(connection: &Connection) -> Vec<Finding> {
    let base = &connection.base;
    let mut found = Vec::new();
    let mut warn = |question, message: &str| {
        found.push(Finding::new(question, Health::Warning, message));
    };
    if connection.insecure && !base.is_plain_http() {
        warn(
            Question::Certificate,
            "not verified (`--insecure`): anyone on the network can read the traffic",
        );
    }
    if base.is_plain_http() && !base.is_loopback() {
        warn(
            Question::Encryption,
            "none (`--allow-plain-http`): anyone on the network can read your credentials",
        );
    }
    found
}

fn failed(question: Question, error: &JiraError) -> Finding {
    Finding::failed(question, error.to_string(), error.help())
}
