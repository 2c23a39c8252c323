//! Carries a request out, or does to it what the fault that befell it says.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::Call;
use super::answers;
use super::dice::Drawn;
use super::faults::{Commit, Fault};
use super::log::Number;
use super::shared::{Deed, Shared};

/// Marks a response that does not go out as it is. Whoever holds the connection does what is said here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instead {
    /// The connection is closed without an answer.
    Cut,
    /// The connection stays open without an answer, until the client goes away.
    Hang,
    /// The answer breaks off at a byte that this random number decides.
    BreakOff(u64),
}

/// Draws whether a fault befalls the request, and does the deed or what comes in its place.
pub(super) fn carry_out(
    shared: &Arc<Shared>,
    number: Number,
    call: Call,
    deed: impl FnOnce(&Shared) -> Response + Send + 'static,
) -> Response {
    let drawn = shared.dice().draw(call);
    let Some(Drawn { fault, roll }) = drawn else {
        let response = deed(shared);
        shared.changed();
        return response;
    };
    shared.log().befallen(number, fault);
    let deed: Deed = Box::new(deed);
    let mut done = None;
    match fault.commit() {
        Commit::Never => {}
        Commit::First => done = Some(deed(shared)),
        Commit::Later => shared.do_late(deed),
    }
    shared.changed();
    let (mut response, instead) = match fault {
        Fault::CutBeforeCommit | Fault::CutAfterCommit | Fault::Late => {
            (Response::default(), Instead::Cut)
        }
        Fault::Hang | Fault::HangAfterCommit => (Response::default(), Instead::Hang),
        Fault::BrokenOff => (done.unwrap_or_default(), Instead::BreakOff(roll)),
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
