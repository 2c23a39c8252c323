//! What a request meets before it reaches its end-point, in Jira's order: the condition of the server, the log-in, the rate
//! limit, the XSRF check.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::access::{Entry, Scheme};
use super::log::Number;
use super::manners::{Area, breaches};
use super::shared::Shared;
use super::{Condition, answers};

/// A request as it arrived, before the context path was taken off.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub number: Number,
    /// Path and query.
    pub target: Box<str>,
}

/// Lets a request through to its end-point, or answers in its place.
pub(super) async fn gate(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let area = Area::of(request.uri().path());
    let arrival = request.extensions().get::<Arrival>().cloned();
    let breaches = breaches(
        area,
        request.method(),
        request.uri().query(),
        request.headers(),
    );
    if let Some(Arrival { number, .. }) = arrival {
        for breach in &breaches {
            shared.violated(number, breach.what);
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
    // Jira tells anyone what it is.
    let public = request.uri().path() == "/rest/api/2/serverInfo";
    let user = match admit(&condition, area, &shared, credentials) {
        Ok(user) => user,
        Err(Denied::Anonymous) if public => "anonymous".to_owned(),
        Err(denied) => return denied.answer(&shared.base),
    };
    let standing = shared.buckets().map(|mut buckets| {
        let mut hasher = DefaultHasher::new();
        credentials.hash(&mut hasher);
        buckets.take(hasher.finish(), Instant::now())
    });
    let mut response = if standing.is_some_and(|standing| !standing.granted) {
        answers::rate_limited()
    } else if let Some(refusal) = breaches.iter().find_map(|breach| breach.refusal()) {
        refusal
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // A fault that answers 429 brings its own.
    if let Some(standing) = standing.filter(|_| !headers.contains_key(header::RETRY_AFTER)) {
        standing.write_to(headers);
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
fn overall(condition: &Condition, area: Area, shared: &Shared, target: &str) -> Option<Response> {
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

/// Why someone is not let in.
#[derive(Clone, Copy, Debug)]
enum Denied {
    Anonymous,
    Refused,
    Captcha,
    BasicDisabled,
    NotAdmin,
    NoPlugin,
}

impl Denied {
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

/// The name of the user who is let in.
fn admit(
    condition: &Condition,
    area: Area,
    shared: &Shared,
    credentials: Option<&str>,
) -> Result<String, Denied> {
    if let Some(credentials) = credentials {
        match condition {
            Condition::Captcha => return Err(Denied::Captcha),
            Condition::BasicDisabled if Scheme::of(credentials) == Scheme::Basic => {
                return Err(Denied::BasicDisabled);
            }
            Condition::Unauthorized => {
                shared.door().count_failure();
                return Err(Denied::Refused);
            }
            _ => {}
        }
    }
    let mut door = shared.door();
    match door.judge(credentials) {
        Entry::Anonymous => Err(Denied::Anonymous),
        Entry::Refused => Err(Denied::Refused),
        Entry::CaptchaDemanded => Err(Denied::Captcha),
        Entry::Admitted => match (condition, area) {
            (Condition::NotAdmin, Area::Plugin) => Err(Denied::NotAdmin),
            (Condition::PluginAbsent, Area::Plugin) => Err(Denied::NoPlugin),
            _ => Ok(door.user().to_owned()),
        },
    }
}
