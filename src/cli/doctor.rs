//! `gij doctor`.

use super::check::write_json;
use super::connect::{connection, who};
use super::exit::{Exit, Failure};
use super::next;
use super::runtime::Runtime;
use super::settings::DoctorSettings;
use crate::jira::{Access, Client, Connection, JiraError, RateHints};
use crate::render::{Screen, Target, count, doctor as lines};
use crate::report::{DoctorReport, Finding, Health, Question, document};

/// Looks at all that an import needs of Jira, in the order in which an import would meet it.
pub(super) fn doctor(settings: &DoctorSettings, screen: &Screen) -> Result<Exit, Failure> {
    let (connection, _) = connection(&settings.connect)?;
    let client = Client::new(&connection)?;
    let answers = Runtime::new()?.block_on(ask(&client));
    let report = findings(&connection, &answers);
    if settings.invocation.is_json {
        write_json(&document(&report))?;
    } else {
        screen.result(&lines(&report));
        let next = next::after_doctor(settings, report.usable);
        screen.info(&format!("\nNext: {next}\n"));
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
    who: Option<Result<Target, JiraError>>,
}

/// As an import does: nothing that carries a credential goes to what is no Jira, or after a refusal. Each thing is asked
/// for once, as how Jira is now is what is to be known.
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

/// Is there a Jira, and is it ready?
fn of_status(connection: &Connection, answers: &Answers) -> Vec<Finding> {
    let jira = match &answers.who {
        Some(Ok(Target {
            title,
            version,
            url,
            ..
        })) if version.is_empty() => {
            format!("{title} at {url}")
        }
        Some(Ok(Target {
            title,
            version,
            url,
            ..
        })) => format!("{title} {version} at {url}"),
        _ => format!("there is one at {}", connection.base),
    };
    let jira = Finding::new(Question::Jira, Health::Ok, jira);
    match &answers.status {
        Ok(()) => vec![
            jira,
            Finding::new(Question::Ready, Health::Ok, "it says RUNNING"),
        ],
        Err(error @ JiraError::NotReady { .. }) => vec![jira, failed(Question::Ready, error)],
        Err(error) => vec![
            failed(Question::Jira, error),
            Finding::not_tried(Question::Ready),
        ],
    }
}

/// How much may be asked of it, and how fast?
fn of_limit(limit: Option<RateHints>) -> Finding {
    let said = match limit {
        Some(limit) => format!(
            "{} at most, {} more each {} s",
            count(u64::from(limit.limit), "request", "requests"),
            limit.fill_rate,
            limit.interval.as_secs()
        ),
        None => "none told".to_owned(),
    };
    Finding::new(Question::RateLimit, Health::Ok, said)
}

/// Are we let in, as whom, and is the app's API ours to use?
fn of_log_in(connection: &Connection, answers: &Answers) -> Vec<Finding> {
    let by = match &connection.access {
        Access::Token(_) => "with a personal access token".to_owned(),
        Access::Basic { user, .. } => format!("with the password of {user}"),
    };
    let let_in = |health, message| Finding::new(Question::LogIn, health, message);
    let error = match &answers.list {
        None => return Vec::new(),
        Some(Ok(number)) => {
            let number = count(*number as u64, "integration", "integrations");
            let api = format!("it lists {number}");
            let mut found = vec![
                let_in(Health::Ok, by),
                Finding::new(Question::Api, Health::Ok, api),
            ];
            match &answers.who {
                Some(Ok(target)) => {
                    found.push(Finding::new(Question::User, Health::Ok, &*target.user));
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
            let_in(Health::Ok, format!("{by}, which was not refused")),
            failed(Question::Api, error),
        ],
        JiraError::Forbidden { .. } => vec![
            let_in(
                Health::Unknown,
                format!("{by}; a 403 does not tell whether the log-in or the rights are refused"),
            ),
            failed(Question::Api, error),
        ],
        JiraError::Unreachable { .. }
        | JiraError::NotReady { .. }
        | JiraError::NotJira { .. }
        | JiraError::Unavailable { .. } => vec![
            let_in(Health::Unknown, format!("{by}; no answer tells")),
            failed(Question::Api, error),
        ],
    }
}

/// What the arguments allow on the way to Jira.
fn of_way(connection: &Connection) -> Vec<Finding> {
    let base = &connection.base;
    let mut found = Vec::new();
    let mut warn = |question, message: &str| {
        found.push(Finding::new(question, Health::Warning, message));
    };
    if connection.insecure && !base.is_plain_http() {
        warn(
            Question::Certificate,
            "not checked (`--insecure`): whoever sits between can read everything",
        );
    }
    if base.is_plain_http() && !base.is_loopback() {
        warn(
            Question::Encryption,
            "none (`--allow-plain-http`): anyone on the way can read your credentials",
        );
    }
    found
}

fn failed(question: Question, error: &JiraError) -> Finding {
    Finding::failed(question, error.to_string(), error.help())
}
