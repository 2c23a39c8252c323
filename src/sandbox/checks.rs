//! What every request goes through before its end-point, in Jira's order: the condition of the server, the login, the rate
//! limit, the XSRF check and the other rules of the contract.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::access::{LoginResult, Scheme};
use super::record::RequestNumber;
use super::state::SandboxState;
use super::{Condition, answers};

/// A request as it arrived, before the context path was taken off.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub number: RequestNumber,
    /// Path and query.
    pub target: Box<str>,
}

/// Lets a request through to its end-point, or answers in its place.
pub(super) async fn check(
    State(shared): State<Arc<SandboxState>>,
    request: Request,
    next: Next,
) -> Response {
    let area = Area::of(request.uri().path());
    let arrival = request.extensions().get::<Arrival>().cloned();
    let violations = violations(
        area,
        request.method(),
        request.uri().query(),
        request.headers(),
    );
    if let Some(Arrival { number, .. }) = arrival {
        for violation in &violations {
            shared.violated(number, violation.what);
        }
    }
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let condition = shared.condition();
    let target = arrival.as_ref().map_or("", |arrival| &*arrival.target);
    if let Some(response) = overall(&condition, area, &shared, target) {
        return response;
    }
    if area == Area::Status {
        return next.run(request).await;
    }

    let credentials = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    // Jira answers this without a login.
    let public = request.uri().path() == "/rest/api/2/serverInfo";
    let user = match admit(&condition, area, &shared, credentials) {
        Ok(user) => user,
        Err(Denial::Anonymous) if public => "anonymous".to_owned(),
        Err(denial) => return denial.answer(&shared.base),
    };
    let rate_status = shared.buckets().map(|mut buckets| {
        let mut hasher = DefaultHasher::new();
        credentials.hash(&mut hasher);
        buckets.take(hasher.finish(), Instant::now())
    });
    let mut response = if rate_status.is_some_and(|rate_status| !rate_status.granted) {
        answers::rate_limited()
    } else if let Some(refusal) = violations.iter().find_map(|violation| violation.refusal()) {
        refusal
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // A fault that answers 429 brings its own.
    if let Some(rate_status) = rate_status.filter(|_| !headers.contains_key(header::RETRY_AFTER)) {
        rate_status.write_to(headers);
    }
    if let Ok(user) = HeaderValue::from_str(&user) {
        headers.insert("x-ausername", user);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, no-transform"),
    );
    // Jira opens a session for everyone; a client that sends the cookie back is noticed.
    headers.insert(
        header::SET_COOKIE,
        HeaderValue::from_static("JSESSIONID=5A4D1B0C; Path=/; HttpOnly"),
    );
    response
}

/// The answer of a server that answers everything alike.
fn overall(
    condition: &Condition,
    area: Area,
    shared: &SandboxState,
    target: &str,
) -> Option<Response> {
    let state = |state: &str, status| match area {
        Area::Status => answers::json(status, &json!({"state": state})),
        _ => answers::tomcat(StatusCode::SERVICE_UNAVAILABLE),
    };
    match condition {
        Condition::RedirectToHttps => {
            let origin = shared.base.split_once("://").map_or("", |(_, rest)| rest);
            let host = origin.split('/').next().unwrap_or_default();
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

/// Why a request is refused.
#[derive(Clone, Copy, Debug)]
enum Denial {
    Anonymous,
    Refused,
    Captcha,
    BasicDisabled,
    NotAdmin,
    NoPlugin,
}

impl Denial {
    fn answer(self, base: &str) -> Response {
        match self {
            Self::Anonymous => answers::not_logged_in(),
            Self::Refused => answers::login_failed(),
            Self::Captcha => answers::captcha(base),
            Self::BasicDisabled => answers::basic_disabled(),
            Self::NotAdmin => answers::not_admin(),
            Self::NoPlugin => {
                answers::no_endpoint(&format!("{base}/rest/gitplugin/1.0/integration"))
            }
        }
    }
}

/// Checks the login; returns the user's name.
fn admit(
    condition: &Condition,
    area: Area,
    shared: &SandboxState,
    credentials: Option<&str>,
) -> Result<String, Denial> {
    if let Some(credentials) = credentials {
        match condition {
            Condition::Captcha => return Err(Denial::Captcha),
            Condition::BasicDisabled if Scheme::of(credentials) == Scheme::Basic => {
                return Err(Denial::BasicDisabled);
            }
            Condition::Unauthorized => {
                shared.logins().count_failure();
                return Err(Denial::Refused);
            }
            _ => {}
        }
    }
    let mut logins = shared.logins();
    match logins.judge(credentials) {
        LoginResult::Anonymous => Err(Denial::Anonymous),
        LoginResult::Refused => Err(Denial::Refused),
        LoginResult::CaptchaRequired => Err(Denial::Captcha),
        LoginResult::Admitted => match (condition, area) {
            (Condition::NotAdmin, Area::Plugin) => Err(Denial::NotAdmin),
            (Condition::PluginAbsent, Area::Plugin) => Err(Denial::NoPlugin),
            _ => Ok(logins.user().to_owned()),
        },
    }
}

/// The parts of Jira that a path can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Status,
    Jira,
    Plugin,
}

impl Area {
    pub(super) fn of(path: &str) -> Self {
        if path == "/status" {
            Self::Status
        } else if path.starts_with("/rest/gitplugin/") {
            Self::Plugin
        } else {
            Self::Jira
        }
    }
}

/// What happens to a request that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// It is remembered, and answered all the same: Jira would not mind.
    Remembered,
    /// Jira's XSRF filter refuses it.
    Xsrf,
    /// The app refuses it.
    Refused,
}

/// A broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub what: &'static str,
    pub consequence: Consequence,
}

impl Violation {
    /// The refusal, if it is refused for this.
    pub(super) fn refusal(self) -> Option<Response> {
        match self.consequence {
            Consequence::Remembered => None,
            Consequence::Xsrf => Some(answers::xsrf()),
            Consequence::Refused => Some(answers::failure(
                StatusCode::BAD_REQUEST,
                self.what,
                "Please send what the documentation describes",
            )),
        }
    }
}

/// The rules that a request breaks.
pub(super) fn violations(
    area: Area,
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Vec<Violation> {
    use Consequence::{Refused, Remembered, Xsrf};

    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let media_type = |text: &str| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let has_body = [Method::POST, Method::PUT].contains(method);
    let accepts_json = value("accept").is_some_and(|accept| {
        accept
            .split(',')
            .any(|range| media_type(range) == "application/json")
    });
    let deletes_files =
        query.is_some_and(|query| query.to_ascii_lowercase().contains("deletefiles"));

    let rules = [
        (
            value("user-agent").is_none_or(str::is_empty),
            "there is no User-Agent",
            Refused,
        ),
        (
            headers.contains_key(header::ORIGIN),
            "there is an Origin header",
            Xsrf,
        ),
        (
            headers.contains_key(header::REFERER),
            "there is a Referer header",
            Xsrf,
        ),
        (
            headers.contains_key(header::COOKIE),
            "there is a Cookie header",
            Remembered,
        ),
        (
            changes && value("x-atlassian-token") != Some("no-check"),
            "there is no X-Atlassian-Token: no-check",
            Xsrf,
        ),
        (
            has_body
                && value("content-type").map(media_type).as_deref() != Some("application/json"),
            "the Content-Type is not application/json",
            Refused,
        ),
        (
            area != Area::Status && !accepts_json,
            "the Accept header does not name application/json",
            Remembered,
        ),
        (
            area == Area::Status && headers.contains_key(header::AUTHORIZATION),
            "credentials are sent where they are not needed",
            Remembered,
        ),
        (
            deletes_files,
            "deleteFiles can erase original repositories and is never to be sent",
            Refused,
        ),
    ];
    rules
        .into_iter()
        .filter(|(broken, ..)| *broken)
        .map(|(_, what, consequence)| Violation { what, consequence })
        .collect()
}
