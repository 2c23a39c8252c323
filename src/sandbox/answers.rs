//! Answers of Jira, the app, and what stands before them: JSON, and the HTML pages that come where JSON was asked for. Which
//! request gets which is decided elsewhere.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::integration::Integration;

pub(super) const JSON: &str = "application/json;charset=UTF-8";
const HTML: &str = "text/html;charset=UTF-8";
pub(super) const PLAIN: &str = "text/plain;charset=UTF-8";

const LOGIN_REASON: HeaderName = HeaderName::from_static("x-seraph-loginreason");
const DENIED_REASON: HeaderName = HeaderName::from_static("x-authentication-denied-reason");
const OAUTH: &str = "OAuth realm=\"Jira\"";

pub(super) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

pub(super) fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Cannot fail: there are no maps with other keys than strings in any answer.
    answer(status, JSON, serde_json::to_vec(body).unwrap_or_default())
}

fn html(status: StatusCode, body: impl Into<Body>) -> Response {
    answer(status, HTML, body)
}

/// How the app reports success: sometimes as a string, sometimes as a boolean.
fn success(number: u64) -> Value {
    if number.is_multiple_of(2) {
        json!("true")
    } else {
        json!(true)
    }
}

pub(super) fn list(list: &[Integration]) -> Response {
    /// Not a `Value`: a list can be long.
    #[derive(Serialize)]
    struct Many<'a> {
        success: Value,
        integrations: &'a [Integration],
    }
    ok(&Many {
        success: success(list.len() as u64),
        integrations: list,
    })
}

/// Every repository that an integration found.
pub(super) fn repositories(found: &[Value]) -> Response {
    success_with("repositories", found, found.len() as u64)
}

fn success_with(name: &str, shown: &(impl Serialize + ?Sized), number: u64) -> Response {
    ok(&json!({"success": success(number), name: shown}))
}

fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// The answer to a creation or an update.
pub(super) fn integration(integration: &Integration) -> Response {
    success_with("integration", integration, integration.id)
}

/// A failure that names the integration that came of the request all the same.
pub(super) fn failed_with(integration: &Integration) -> Response {
    json(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({"success": false, "error": "Indexing could not be started", "integration": integration}),
    )
}

/// The answer to a request for one integration, in one of its three documented shapes.
pub(super) fn shown(one: &Integration) -> Response {
    match one.id % 3 {
        0 => integration(one),
        1 => success_with("integration", &[one], one.id),
        _ => success_with("integrations", &[one], one.id),
    }
}

/// The answer to what has nothing to show afterwards.
pub(super) fn done(id: u64) -> Response {
    ok(&json!({"success": success(id)}))
}

/// `success` without anything to show for it.
pub(super) fn success_without_id() -> Response {
    ok(&json!({"success": true}))
}

/// The app's own error.
pub(super) fn failure(status: StatusCode, error: &str, advice: &str) -> Response {
    let body = json!({"success": false, "error": error, "advice": advice});
    json(status, &body)
}

/// The app's refusal of a request that breaks the contract.
pub(super) fn refused(violation: &str) -> Response {
    let advice = "Please send what the documentation describes";
    failure(StatusCode::BAD_REQUEST, violation, advice)
}

/// The app's error for an id that it does not know ("Remove Integration API").
pub(super) fn no_integration(id: &str) -> Response {
    let error = format!("Repository with id={id} does not exist");
    let advice = "Please try again with an existing repository";
    failure(StatusCode::NOT_FOUND, &error, advice)
}

/// Jira's own error.
pub(super) fn jira_error(status: StatusCode, message: &str) -> Response {
    json(status, &json!({"errorMessages": [message], "errors": {}}))
}

/// Jira's error where no end-point is.
pub(super) fn no_endpoint(url: &str) -> Response {
    let body = json!({"message": format!("null for uri: {url}"), "status-code": 404});
    json(StatusCode::NOT_FOUND, &body)
}

/// The same where the app is not installed.
pub(super) fn no_app(base: &str) -> Response {
    no_endpoint(&format!("{base}/rest/gitplugin/1.0/integration"))
}

pub(super) fn not_logged_in() -> Response {
    let message = "Client must be authenticated to access this resource.";
    let body = json!({"message": message, "status-code": 401});
    let response = json(StatusCode::UNAUTHORIZED, &body);
    with(response, header::WWW_AUTHENTICATE, OAUTH)
}

pub(super) fn login_failed() -> Response {
    let response = login_refused(StatusCode::UNAUTHORIZED, "AUTHENTICATED_FAILED");
    with(response, header::WWW_AUTHENTICATE, OAUTH)
}

pub(super) fn captcha(base: &str) -> Response {
    let response = login_refused(StatusCode::FORBIDDEN, "AUTHENTICATION_DENIED");
    let reason = format!("CAPTCHA_CHALLENGE; login-url={base}/login.jsp");
    with(response, DENIED_REASON, &reason)
}

/// A page as Jira shows it for errors of authentication.
fn login_refused(status: StatusCode, reason: &str) -> Response {
    let (code, title) = code_and_title(status);
    let page = format!(
        "<html><head><title>{title} ({code})</title></head><body class=\"aui-page-notification\">\
         <h1>{title} ({code})</h1><p>Encountered a <code>\"{code} - {title}\"</code> error while loading this page.</p>\
         <p>Basic Authentication Failure - Reason : {reason}</p>\
         <a href=\"/secure/MyJiraHome.jspa\">Go to Jira home</a></body></html>"
    );
    with(html(status, page), LOGIN_REASON, reason)
}

fn code_and_title(status: StatusCode) -> (u16, &'static str) {
    let title = status.canonical_reason().unwrap_or_default();
    (status.as_u16(), title)
}

pub(super) fn basic_disabled() -> Response {
    let message = "Basic Authentication has been disabled on this instance.";
    json(StatusCode::FORBIDDEN, &json!({"message": message}))
}

pub(super) fn not_admin() -> Response {
    let message = "You do not have permission to perform this operation. Jira administrators only.";
    jira_error(StatusCode::FORBIDDEN, message)
}

pub(super) fn xsrf() -> Response {
    answer(StatusCode::FORBIDDEN, PLAIN, "XSRF check failed")
}

/// Jira's login form, as single sign-on proxies and expired logins show it.
pub(super) fn login_page() -> Response {
    let page = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Log in - Jira</title></head>
<body><form action="/login.jsp" method="post"><h1>Welcome to Jira</h1>
<label>Username <input name="os_username"></label> <label>Password <input name="os_password" type="password"></label>
<input type="submit" value="Log In"></form></body></html>
"#;
    html(StatusCode::OK, page)
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    with(proxy(status), header::LOCATION, location)
}

/// Jira's answer to a user who has made too many requests.
pub(super) fn rate_limited() -> Response {
    let page = r"<!DOCTYPE html>
<html><head><title>Rate limit exceeded</title></head>
<body><h1>429 - Too Many Requests</h1><p>Rate limit exceeded.</p></body></html>
";
    html(StatusCode::TOO_MANY_REQUESTS, page)
}

/// 503 with a date in `Retry-After`, as proxies send it.
pub(super) fn unavailable() -> Response {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(1));
    let response = tomcat(StatusCode::SERVICE_UNAVAILABLE);
    with(response, header::RETRY_AFTER, &date)
}

/// A page as Tomcat shows it.
pub(super) fn tomcat(status: StatusCode) -> Response {
    let (code, title) = code_and_title(status);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status {code} – {title}</title></head><body>\
         <h1>HTTP Status {code} – {title}</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p></body></html>"
    );
    html(status, page)
}

/// A page as nginx shows it.
pub(super) fn proxy(status: StatusCode) -> Response {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    html(status, page)
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
