//! Answers as Jira, the app, and what stands before them give them. Bodies and headers only; who gets which is decided elsewhere.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::integration::Integration;
use super::pages;

const JSON: &str = "application/json;charset=UTF-8";
const HTML: &str = "text/html;charset=UTF-8";
const PLAIN: &str = "text/plain;charset=UTF-8";

const LOGIN_REASON: HeaderName = HeaderName::from_static("x-seraph-loginreason");
const DENIED_REASON: HeaderName = HeaderName::from_static("x-authentication-denied-reason");

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Cannot fail: there are no maps with other keys than strings in any answer.
    answer(status, JSON, serde_json::to_vec(body).unwrap_or_default())
}

pub(super) fn html(status: StatusCode, body: impl Into<Body>) -> Response {
    answer(status, HTML, body)
}

/// How the app says that it worked: sometimes as a string, sometimes as a boolean.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum Success {
    Text(&'static str),
    Flag(bool),
}

impl Success {
    fn of(number: u64) -> Self {
        if number.is_multiple_of(2) {
            Self::Text("true")
        } else {
            Self::Flag(true)
        }
    }
}

#[derive(Serialize)]
struct One<'a> {
    success: Success,
    integration: &'a Integration,
}

#[derive(Serialize)]
struct Many<'a> {
    success: Success,
    integrations: Vec<&'a Integration>,
}

pub(super) fn list(list: &[Arc<Integration>]) -> Response {
    let success = Success::of(list.len() as u64);
    json(
        StatusCode::OK,
        &Many {
            success,
            integrations: list.iter().map(AsRef::as_ref).collect(),
        },
    )
}

pub(super) fn created(integration: &Integration) -> Response {
    json(
        StatusCode::OK,
        &One {
            success: Success::of(integration.id),
            integration,
        },
    )
}

/// The answer to a request for one integration, in one of its three documented shapes.
pub(super) fn shown(integration: &Integration) -> Response {
    let success = Success::of(integration.id);
    match integration.id % 3 {
        0 => json(
            StatusCode::OK,
            &One {
                success,
                integration,
            },
        ),
        1 => json(
            StatusCode::OK,
            &json!({"success": success, "integration": [integration]}),
        ),
        _ => json(
            StatusCode::OK,
            &Many {
                success,
                integrations: vec![integration],
            },
        ),
    }
}

pub(super) fn deleted(id: u64) -> Response {
    json(StatusCode::OK, &json!({"success": Success::of(id)}))
}

/// `success` without anything to show for it.
pub(super) fn success_without_id() -> Response {
    json(StatusCode::OK, &json!({"success": true}))
}

/// The app's own error.
pub(super) fn failure(status: StatusCode, error: &str, advice: &str) -> Response {
    json(
        status,
        &json!({"success": false, "error": error, "advice": advice}),
    )
}

/// The app's error for an id that it does not know ("Remove Integration API").
pub(super) fn no_integration(id: &str) -> Response {
    let error = format!("Repository with id={id} does not exist");
    failure(
        StatusCode::NOT_FOUND,
        &error,
        "Please try again with an existing repository",
    )
}

/// Jira's own error.
pub(super) fn jira_error(status: StatusCode, message: &str) -> Response {
    json(status, &json!({"errorMessages": [message], "errors": {}}))
}

/// Jira's error where no end-point is.
pub(super) fn no_endpoint(url: &str) -> Response {
    json(
        StatusCode::NOT_FOUND,
        &json!({"message": format!("null for uri: {url}"), "status-code": 404}),
    )
}

pub(super) fn not_logged_in() -> Response {
    let body: Value = json!({"message": "Client must be authenticated to access this resource.", "status-code": 401});
    with(
        json(StatusCode::UNAUTHORIZED, &body),
        header::WWW_AUTHENTICATE,
        "OAuth realm=\"Jira\"",
    )
}

pub(super) fn login_failed() -> Response {
    let page = pages::jira(
        401,
        "Unauthorized",
        "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED",
    );
    let response = with(
        html(StatusCode::UNAUTHORIZED, page),
        LOGIN_REASON,
        "AUTHENTICATED_FAILED",
    );
    with(response, header::WWW_AUTHENTICATE, "OAuth realm=\"Jira\"")
}

pub(super) fn captcha(base: &str) -> Response {
    let page = pages::jira(
        403,
        "Forbidden",
        "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED",
    );
    let response = with(
        html(StatusCode::FORBIDDEN, page),
        LOGIN_REASON,
        "AUTHENTICATION_DENIED",
    );
    with(
        response,
        DENIED_REASON,
        &format!("CAPTCHA_CHALLENGE; login-url={base}/login.jsp"),
    )
}

pub(super) fn basic_disabled() -> Response {
    json(
        StatusCode::FORBIDDEN,
        &json!({"message": "Basic Authentication has been disabled on this instance."}),
    )
}

pub(super) fn not_admin() -> Response {
    jira_error(
        StatusCode::FORBIDDEN,
        "You do not have permission to perform this operation. Jira administrators only.",
    )
}

pub(super) fn xsrf() -> Response {
    answer(StatusCode::FORBIDDEN, PLAIN, "XSRF check failed")
}

pub(super) fn login_page() -> Response {
    html(StatusCode::OK, pages::LOGIN)
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    with(
        html(status, pages::proxy(status.as_u16(), "Moved")),
        header::LOCATION,
        location,
    )
}

pub(super) fn rate_limited() -> Response {
    html(StatusCode::TOO_MANY_REQUESTS, pages::RATE_LIMITED)
}

pub(super) fn tomcat(status: StatusCode) -> Response {
    html(
        status,
        pages::tomcat(
            status.as_u16(),
            status.canonical_reason().unwrap_or_default(),
        ),
    )
}

pub(super) fn proxy(status: StatusCode) -> Response {
    html(
        status,
        pages::proxy(
            status.as_u16(),
            status.canonical_reason().unwrap_or_default(),
        ),
    )
}

/// An exception in Jira, as its REST framework shows it.
pub(super) fn exception() -> Response {
    let body = json!({
        "message": "Internal server error",
        "status-code": 500,
        "stack-trace": "java.lang.NullPointerException\n\tat com.xiplink.jira.git.rest.IntegrationResource.create",
    });
    json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}
