//! Answers of Jira, the app, and what stands before them: JSON, and the HTML pages that come where JSON was asked for. Which
//! request gets which is decided elsewhere.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::integration::Integration;

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
    let page = jira_page(
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
    let page = jira_page(
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
    html(StatusCode::OK, LOGIN_PAGE)
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    with(
        html(status, proxy_page(status.as_u16(), "Moved")),
        header::LOCATION,
        location,
    )
}

pub(super) fn rate_limited() -> Response {
    html(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED_PAGE)
}

pub(super) fn tomcat(status: StatusCode) -> Response {
    html(
        status,
        tomcat_page(
            status.as_u16(),
            status.canonical_reason().unwrap_or_default(),
        ),
    )
}

pub(super) fn proxy(status: StatusCode) -> Response {
    html(
        status,
        proxy_page(
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

/// Jira's log-in form, as single sign-on proxies and expired log-ins show it.
const LOGIN_PAGE: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Log in - Jira</title></head>
<body><form action="/login.jsp" method="post"><h1>Welcome to Jira</h1>
<label>Username <input name="os_username"></label> <label>Password <input name="os_password" type="password"></label>
<input type="submit" value="Log In"></form></body></html>
"#;

/// Jira's answer to a user who has made too many requests.
const RATE_LIMITED_PAGE: &str = r"<!DOCTYPE html>
<html><head><title>Rate limit exceeded</title></head>
<body><h1>429 - Too Many Requests</h1><p>Rate limit exceeded.</p></body></html>
";

/// A page as Jira shows it for errors of authentication.
fn jira_page(status: u16, title: &str, reason: &str) -> String {
    format!(
        "<html><head><title>{title} ({status})</title></head><body class=\"aui-page-notification\">\
         <h1>{title} ({status})</h1><p>Encountered a <code>\"{status} - {title}\"</code> error while loading this page.</p>\
         <p>{reason}</p><a href=\"/secure/MyJiraHome.jspa\">Go to Jira home</a></body></html>"
    )
}

/// A page as Tomcat shows it.
fn tomcat_page(status: u16, title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status {status} – {title}</title></head>\
         <body><h1>HTTP Status {status} – {title}</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p></body></html>"
    )
}

/// A page as nginx shows it.
fn proxy_page(status: u16, title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}
