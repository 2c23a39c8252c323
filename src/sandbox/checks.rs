//! What every request goes through before its end-point, in Jira's order: the condition of the server, the login, the rate
//! limit, the XSRF check and the other rules of the contract.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::access::{Refusal, credential};
use super::answers;
use super::config::Condition;
use super::state::{SandboxState, Simulation};

const XSRF_TOKEN: HeaderName = HeaderName::from_static("x-atlassian-token");

/// A request that has arrived, and the sandbox that it has arrived at.
#[derive(Clone)]
pub(super) struct Arrival {
    pub shared: Arc<SandboxState>,
    pub number: usize,
}

impl Arrival {
    /// Remembers what the request breaks.
    pub(super) fn violated(&self, rule: &str) {
        let Self { shared, number } = self;
        shared.change(|jira| jira.violated(*number, rule));
    }
}

/// Lets a request through to its end-point, or answers in its place.
pub(super) async fn check(
    Extension(arrival): Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    let area = Area::of(request.uri().path());
    let violations = violations(area, &request);
    for (rule, _) in &violations {
        arrival.violated(rule);
    }
    let Arrival { shared, number } = arrival;
    tokio::time::sleep(shared.latency).await;
    if let Some(response) = overall(&shared.lock(), number, area, &shared.base) {
        return response;
    }
    if area == Area::Status {
        return next.run(request).await;
    }

    let credentials = request.headers().get(header::AUTHORIZATION);
    let credentials = credentials.and_then(|value| value.to_str().ok());
    // Jira answers this without a login.
    let is_public = request.uri().path() == "/rest/api/2/serverInfo";
    let admitted = admit(&mut shared.lock(), area, credentials);
    match admitted {
        Err(refusal) if !is_public || credentials.is_some() => return refusal(&shared.base),
        _ => {}
    }
    let rate_status = shared
        .lock()
        .buckets
        .as_mut()
        .map(|buckets| buckets.take(credentials.unwrap_or_default(), Instant::now()));
    let refusal = violations
        .iter()
        .find_map(|(rule, consequence)| match consequence {
            Remembered => None,
            Xsrf => Some(answers::xsrf()),
            Refused => Some(answers::refused(rule)),
        });
    let mut response = if rate_status.is_some_and(|status| !status.granted) {
        answers::rate_limited()
    } else if let Some(refusal) = refusal {
        refusal
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // A fault that answers 429 brings its own.
    if let Some(status) = rate_status.filter(|_| !headers.contains_key(header::RETRY_AFTER)) {
        status.write_to(headers);
    }
    // Jira opens a session for everyone; a client that sends the cookie back is noticed.
    let session = HeaderValue::from_static("JSESSIONID=5A4D1B0C; Path=/; HttpOnly");
    headers.insert(header::SET_COOKIE, session);
    response
}

/// The answer of a server that answers everything alike.
fn overall(jira: &Simulation, number: usize, area: Area, base: &str) -> Option<Response> {
    let state = |state: &str, status| match area {
        Area::Status => answers::json(status, &json!({"state": state})),
        _ => answers::tomcat(StatusCode::SERVICE_UNAVAILABLE),
    };
    match &jira.condition {
        Condition::RedirectToHttps => {
            let host = base.split('/').nth(2).unwrap_or_default();
            let target = &jira.log.requests[number].path;
            Some(answers::redirect(
                StatusCode::MOVED_PERMANENTLY,
                &format!("https://{host}{target}"),
            ))
        }
        Condition::LoginPage => Some(answers::login_page()),
        Condition::MovedUnder(path) if area == Area::Status => Some(answers::redirect(
            StatusCode::FOUND,
            &format!("{path}/status"),
        )),
        Condition::MovedUnder(_) => Some(answers::tomcat(StatusCode::NOT_FOUND)),
        Condition::Starting => Some(state("STARTING", StatusCode::OK)),
        Condition::Maintenance => Some(state("MAINTENANCE", StatusCode::SERVICE_UNAVAILABLE)),
        Condition::Error => Some(state("ERROR", StatusCode::INTERNAL_SERVER_ERROR)),
        _ => None,
    }
}

fn admit(jira: &mut Simulation, area: Area, credentials: Option<&str>) -> Result<(), Refusal> {
    let is_basic = credentials.is_some_and(|header| credential(header, "basic").is_some());
    match jira.condition {
        _ if credentials.is_none() => {}
        Condition::Captcha => return Err(answers::captcha),
        Condition::BasicDisabled if is_basic => return Err(|_| answers::basic_disabled()),
        Condition::Unauthorized => {
            jira.logins.failed += 1;
            return Err(|_| answers::login_failed());
        }
        _ => {}
    }
    jira.logins.judge(credentials)?;
    match (&jira.condition, area) {
        (Condition::NotAdmin, Area::App) => Err(|_| answers::not_admin()),
        (Condition::PluginAbsent, Area::App) => Err(answers::no_app),
        _ => Ok(()),
    }
}

/// The parts of Jira that a path can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    Status,
    Jira,
    App,
}

impl Area {
    fn of(path: &str) -> Self {
        if path == "/status" {
            Self::Status
        } else if path.starts_with("/rest/gitplugin/") {
            Self::App
        } else {
            Self::Jira
        }
    }
}

/// What happens to a request that breaks a rule.
#[derive(Clone, Copy)]
enum Consequence {
    /// It is remembered, and answered all the same: Jira would not mind.
    Remembered,
    /// Jira's XSRF filter refuses it.
    Xsrf,
    /// The app refuses it.
    Refused,
}

use Consequence::{Refused, Remembered, Xsrf};

/// The rules that a request breaks.
fn violations(area: Area, request: &Request) -> Vec<(&'static str, Consequence)> {
    let headers = request.headers();
    let value = |name: HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().trim()
    };
    let is_json = |text: &str| {
        let media_type = text.split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("application/json")
    };
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let has_body = [Method::POST, Method::PUT].contains(request.method());
    let query = request.uri().query().unwrap_or_default();

    let mut broken = Vec::new();
    if value(header::USER_AGENT).is_empty() {
        broken.push(("there is no User-Agent", Refused));
    }
    for (name, rule, consequence) in [
        (header::ORIGIN, "there is an Origin header", Xsrf),
        (header::REFERER, "there is a Referer header", Xsrf),
        (header::COOKIE, "there is a Cookie header", Remembered),
    ] {
        if headers.contains_key(name) {
            broken.push((rule, consequence));
        }
    }
    if changes && value(XSRF_TOKEN) != "no-check" {
        broken.push(("there is no X-Atlassian-Token: no-check", Xsrf));
    }
    if has_body && !is_json(value(header::CONTENT_TYPE)) {
        broken.push(("the Content-Type is not application/json", Refused));
    }
    if area != Area::Status && !value(header::ACCEPT).split(',').any(is_json) {
        let rule = "the Accept header does not name application/json";
        broken.push((rule, Remembered));
    }
    if area == Area::Status && headers.contains_key(header::AUTHORIZATION) {
        let rule = "credentials are sent where they are not needed";
        broken.push((rule, Remembered));
    }
    if query.to_ascii_lowercase().contains("deletefiles") {
        let rule = "deleteFiles can erase original repositories and is never to be sent";
        broken.push((rule, Refused));
    }
    broken
}
