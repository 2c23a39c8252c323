//! The end-points, Jira's own and the app's, and what a fault does to a request.
//!
//! To add an end-point, add its route and a handler that hands its effect to [`respond`]; the effect itself is a method of
//! [`SandboxState`], so that it is written to the state file. Its answer belongs in `answers.rs`.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;

use super::answers;
use super::checks::{Arrival, check};
use super::faults::{Call, Commit, Fault, PickedFault};
use super::record::RequestNumber;
use super::request;
use super::state::{Effect, SandboxState};
use super::store::Now;

type Jira = State<Arc<SandboxState>>;
type Arrived = Extension<Arrival>;

/// The router of a Jira that lives under a context path.
pub(super) fn router(shared: &Arc<SandboxState>, context_path: &str) -> Router {
    let jira = Router::new()
        .route("/status", get(status))
        .route("/rest/api/2/serverInfo", get(server_info))
        .route("/rest/api/2/myself", get(myself))
        .route("/rest/api/2/project/{key}", get(project))
        .route("/rest/gitplugin/1.0/integration", get(list).post(create))
        .route(
            "/rest/gitplugin/1.0/integration/{id}",
            get(show).delete(delete),
        )
        .fallback(nothing)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(shared), check));
    let router = if context_path.is_empty() {
        jira
    } else {
        let home = format!("{context_path}/");
        let away = move || async move { answers::redirect(StatusCode::FOUND, &home) };
        Router::new().nest(context_path, jira).fallback(away)
    };
    router.with_state(Arc::clone(shared))
}

async fn status() -> Response {
    answers::json(StatusCode::OK, &json!({"state": "RUNNING"}))
}

async fn server_info(State(shared): Jira) -> Response {
    let now = jiff::Timestamp::now();
    let info = json!({
        "baseUrl": shared.base,
        "version": "9.12.0",
        "versionNumbers": [9, 12, 0],
        "deploymentType": "Server",
        "buildNumber": 912_000,
        "buildDate": "2023-11-20T00:00:00.000+0000",
        "serverTime": now.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": shared.title,
    });
    answers::json(StatusCode::OK, &info)
}

async fn myself(State(shared): Jira) -> Response {
    let user = shared.logins().user().to_owned();
    let myself = json!({
        "self": format!("{}/rest/api/2/user?username={user}", shared.base),
        "key": "JIRAUSER10000",
        "name": user,
        "emailAddress": "admin@example.org",
        "displayName": "Jira Administrator",
        "active": true,
        "deleted": false,
        "timeZone": "Etc/UTC",
        "locale": "en_US",
    });
    answers::json(StatusCode::OK, &myself)
}

async fn project(State(shared): Jira, Path(key): Path<String>) -> Response {
    let known = [
        ("ABC", "10000", "Alphabet"),
        ("DEF", "10001", "Definitions"),
        ("OPS", "10002", "Operations"),
    ];
    match known
        .into_iter()
        .find(|(known, id, _)| [*known, *id].contains(&key.as_str()))
    {
        Some((key, id, name)) => answers::json(
            StatusCode::OK,
            &json!({
                "self": format!("{}/rest/api/2/project/{id}", shared.base),
                "id": id,
                "key": key,
                "name": name,
                "projectTypeKey": "software",
                "archived": false,
            }),
        ),
        None => answers::jira_error(
            StatusCode::NOT_FOUND,
            &format!("No project could be found with key '{key}'."),
        ),
    }
}

async fn list(State(shared): Jira, Extension(arrival): Arrived) -> Response {
    let effect = |shared: &SandboxState| {
        let list = shared.store().list(Now::read());
        answers::list(&list)
    };
    respond(&shared, arrival.number, Call::List, effect)
}

async fn create(State(shared): Jira, Extension(arrival): Arrived, body: Bytes) -> Response {
    let request = match request::parse(&body) {
        Ok(request) => request,
        Err(problems) => {
            let problems = problems.join("; ");
            shared.violated(arrival.number, &problems);
            return answers::failure(
                StatusCode::BAD_REQUEST,
                &problems,
                "Please send what the documentation describes",
            );
        }
    };
    shared.log().received(&body);
    let effect = move |shared: &SandboxState| answers::created(&shared.create(&request));
    respond(&shared, arrival.number, Call::Create, effect)
}

async fn show(
    State(shared): Jira,
    Extension(arrival): Arrived,
    Path(id): Path<String>,
) -> Response {
    let effect = move |shared: &SandboxState| {
        let found = id
            .parse()
            .ok()
            .and_then(|id| shared.store().get(id, Now::read()));
        found.map_or_else(
            || answers::no_integration(&id),
            |integration| answers::shown(&integration),
        )
    };
    respond(&shared, arrival.number, Call::Show, effect)
}

async fn delete(
    State(shared): Jira,
    Extension(arrival): Arrived,
    Path(id): Path<String>,
) -> Response {
    let effect = move |shared: &SandboxState| {
        let deleted = id.parse().ok().filter(|id| shared.delete(*id));
        deleted.map_or_else(|| answers::no_integration(&id), answers::deleted)
    };
    respond(&shared, arrival.number, Call::Delete, effect)
}

async fn nothing(State(shared): Jira, Extension(arrival): Arrived, uri: Uri) -> Response {
    shared.violated(arrival.number, "there is no such end-point");
    answers::no_endpoint(&format!("{}{}", shared.base, uri.path()))
}

async fn wrong_method(
    State(shared): Jira,
    Extension(arrival): Arrived,
    method: Method,
    _: Request,
) -> Response {
    shared.violated(arrival.number, "the end-point does not have this method");
    let body = json!({"message": format!("HTTP {method} Method Not Allowed"), "status-code": 405});
    answers::json(StatusCode::METHOD_NOT_ALLOWED, &body)
}

/// Marks a response that is not sent as it is: what the server does to the connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Disruption {
    /// The connection is closed without an answer.
    Close,
    /// The connection stays open without an answer, until the client goes away.
    Hang,
    /// The answer breaks off at a byte that this random number decides.
    BreakOff(u64),
}

/// Picks the fault of a request, if any, and carries the request out, or does what the fault says.
pub(super) fn respond(
    shared: &Arc<SandboxState>,
    number: RequestNumber,
    call: Call,
    effect: impl FnOnce(&SandboxState) -> Response + Send + 'static,
) -> Response {
    let picked = shared.picker().pick(call);
    let Some(PickedFault { fault, roll }) = picked else {
        let response = effect(shared);
        shared.changed();
        return response;
    };
    shared.log().hit_by(number, fault);
    let effect: Effect = Box::new(effect);
    let mut done = None;
    match fault.commit() {
        Commit::Never => {}
        Commit::First => done = Some(effect(shared)),
        Commit::Later => shared.do_late(effect),
    }
    shared.changed();
    let (mut response, instead) = match fault {
        Fault::CutBeforeCommit | Fault::CutAfterCommit | Fault::Late => {
            (Response::default(), Disruption::Close)
        }
        Fault::Hang | Fault::HangAfterCommit => (Response::default(), Disruption::Hang),
        Fault::BrokenOff => (done.unwrap_or_default(), Disruption::BreakOff(roll)),
        _ => return error_answer(call, fault, roll, &shared.base),
    };
    response.extensions_mut().insert(instead);
    response
}

/// The answer of a fault that has one of its own.
fn error_answer(call: Call, fault: Fault, roll: u64, base: &str) -> Response {
    let refused = |status| {
        let (error, advice) = match call {
            Call::Create => (
                "Integration could not be created",
                "Please check the parameters of the integration and try again",
            ),
            Call::List | Call::Show => ("Integrations could not be read", "Please try again"),
            Call::Delete => ("Integration could not be deleted", "Please try again"),
        };
        answers::failure(status, error, advice)
    };
    match fault {
        Fault::TooManyRequests => too_many_requests(),
        Fault::Error502Before | Fault::Error502After => answers::proxy(StatusCode::BAD_GATEWAY),
        Fault::Error503Before | Fault::Error503After => unavailable(),
        Fault::Error504Before | Fault::Error504After => answers::proxy(StatusCode::GATEWAY_TIMEOUT),
        Fault::Error408 => answers::proxy(StatusCode::REQUEST_TIMEOUT),
        Fault::Failure200 => refused(StatusCode::OK),
        Fault::Failure400 => refused(StatusCode::BAD_REQUEST),
        Fault::Failure500 => refused(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::NoId => answers::success_without_id(),
        Fault::LoginPage => answers::login_page(),
        Fault::Redirect => answers::redirect(
            StatusCode::FOUND,
            "https://sso.example.org/login?service=jira",
        ),
        Fault::Captcha => answers::captcha(base),
        Fault::Unauthorized => answers::login_failed(),
        Fault::Forbidden => answers::not_admin(),
        Fault::NotFound => answers::no_endpoint(&format!("{base}/rest/gitplugin/1.0/integration")),
        // 500, and those that have no answer and never come here: as Tomcat or as Jira's REST framework shows it.
        _ if roll.is_multiple_of(2) => answers::tomcat(StatusCode::INTERNAL_SERVER_ERROR),
        _ => answers::exception(),
    }
}

fn too_many_requests() -> Response {
    let mut response = answers::rate_limited();
    let headers = response.headers_mut();
    for (name, value) in [
        ("retry-after", 1),
        ("x-ratelimit-limit", 100),
        ("x-ratelimit-remaining", 0),
        ("x-ratelimit-fillrate", 100),
        ("x-ratelimit-interval-seconds", 1),
    ] {
        headers.insert(name, HeaderValue::from(value));
    }
    response
}

/// 503 with a date in `Retry-After`, as proxies send it.
fn unavailable() -> Response {
    let mut response = answers::tomcat(StatusCode::SERVICE_UNAVAILABLE);
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(1));
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::RETRY_AFTER, date);
    }
    response
}
