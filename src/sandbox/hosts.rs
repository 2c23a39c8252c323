//! Simulated git hosts, for probes of credentials: `/hosts/github`, `/hosts/gitlab`, `/hosts/azure` and `/hosts/gerrit`.
//!
//! Each answers the one request that tells who is logged in, as its vendor documents it. What becomes of a secret is a word
//! in it: `wrong`, `expired`, `expiring`, `narrow` (lacks a scope), `limited` (429), `html` (a login page), `hang`. Any other
//! secret is accepted.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{access, answers};

/// Whom tokens belong to.
const USER: &str = "svc-jira";

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/hosts/github/api/v3/user", get(github))
        .route(
            "/hosts/gitlab/api/v4/personal_access_tokens/self",
            get(gitlab),
        )
        .route("/hosts/azure/_apis/connectionData", get(azure))
        .route("/hosts/azure/{collection}/_apis/connectionData", get(azure))
        .route("/hosts/gerrit/a/accounts/self", get(gerrit))
}

/// What becomes of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenState {
    Valid,
    Expiring,
    Narrow,
    Expired,
    Wrong,
}

/// A login that a host answers in its own way; what all answer alike is answered in its place.
struct HostLogin {
    user: String,
    state: TokenState,
}

impl<S: Sync> FromRequestParts<S> for HostLogin {
    type Rejection = Response;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Response> {
        let (user, secret) = credential(&request.headers).unwrap_or_default();
        let is = |word: &str| secret.to_ascii_lowercase().contains(word);
        if is("hang") {
            return std::future::pending().await;
        }
        if is("html") {
            return Err(answers::login_page());
        }
        if is("limited") {
            return Err(answers::rate_limited());
        }
        let words = [
            ("wrong", TokenState::Wrong),
            ("expired", TokenState::Expired),
            ("expiring", TokenState::Expiring),
            ("narrow", TokenState::Narrow),
        ];
        let state = match words.into_iter().find(|(word, _)| is(word)) {
            Some((_, state)) => state,
            None if secret.is_empty() => TokenState::Wrong,
            None => TokenState::Valid,
        };
        let user = match user.as_str() {
            "" | "all" => USER.to_owned(),
            _ => user,
        };
        Ok(Self { user, state })
    }
}

/// The user, empty with a token, and the secret.
fn credential(headers: &HeaderMap) -> Option<(String, String)> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    if let Some(token) = text(&HeaderName::from_static("private-token")) {
        return Some((String::new(), token.to_owned()));
    }
    let header = text(&header::AUTHORIZATION)?;
    if let Some(token) = access::credential(header, "bearer") {
        return Some((String::new(), token.to_owned()));
    }
    let pair = BASE64_STANDARD.decode(access::credential(header, "basic")?);
    let pair = String::from_utf8(pair.ok()?).ok()?;
    let (user, secret) = pair.split_once(':')?;
    Some((user.to_owned(), secret.to_owned()))
}

/// When a token expires: in ten days, or in more than a hundred.
fn expiry(state: TokenState) -> Timestamp {
    let days = if state == TokenState::Expiring {
        10
    } else {
        100
    };
    Timestamp::now() + SignedDuration::from_hours(24 * days)
}

async fn github(HostLogin { user, state }: HostLogin) -> Response {
    if matches!(state, TokenState::Wrong | TokenState::Expired) {
        let body = json!({"message": "Bad credentials", "status": "401"});
        return answers::json(StatusCode::UNAUTHORIZED, &body);
    }
    let body = json!({"login": user, "id": 1, "type": "User", "site_admin": false});
    let scopes = if state == TokenState::Narrow {
        "read:user"
    } else {
        "read:user, repo"
    };
    let expires = expiry(state).strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let response = answers::json(StatusCode::OK, &body);
    let response = answers::with(response, HeaderName::from_static("x-oauth-scopes"), scopes);
    let expiration = HeaderName::from_static("github-authentication-token-expiration");
    answers::with(response, expiration, &expires)
}

async fn gitlab(HostLogin { state, .. }: HostLogin) -> Response {
    let body = match state {
        TokenState::Wrong => json!({"message": "401 Unauthorized"}),
        TokenState::Expired => json!({
            "error": "invalid_token",
            "error_description": "Token is expired. You can either do re-authorization or token refresh.",
        }),
        _ => json!({
            "id": 4,
            "name": "jira",
            "revoked": false,
            "created_at": "2026-01-01T00:00:00.000Z",
            "scopes": [if state == TokenState::Narrow { "read_repository" } else { "api" }],
            "user_id": 24,
            "active": true,
            "expires_at": expiry(state).strftime("%Y-%m-%d").to_string(),
        }),
    };
    let status = match state {
        TokenState::Wrong | TokenState::Expired => StatusCode::UNAUTHORIZED,
        _ => StatusCode::OK,
    };
    answers::json(status, &body)
}

async fn azure(HostLogin { user, state }: HostLogin) -> Response {
    let refused = |message: &str| {
        let body = json!({"$id": "1", "message": message, "errorCode": 0, "eventId": 3000});
        answers::json(StatusCode::UNAUTHORIZED, &body)
    };
    match state {
        TokenState::Wrong => {
            refused("TF400813: The user is not authorized to access this resource.")
        }
        TokenState::Expired => {
            refused("Access Denied: The Personal Access Token used has expired.")
        }
        _ => answers::json(
            StatusCode::OK,
            &json!({
                "authenticatedUser": {
                    "id": "0b1f2c3d-0000-4000-8000-000000000001",
                    "providerDisplayName": user,
                    "isActive": true,
                },
                "instanceId": "0b1f2c3d-0000-4000-8000-000000000002",
            }),
        ),
    }
}

async fn gerrit(HostLogin { user, state }: HostLogin) -> Response {
    if matches!(state, TokenState::Wrong | TokenState::Expired) {
        return answers::answer(StatusCode::UNAUTHORIZED, answers::PLAIN, "Unauthorized");
    }
    let body = json!({"_account_id": 1_000_096, "name": "Jira", "username": user});
    answers::answer(StatusCode::OK, answers::JSON, format!(")]}}'\n{body}"))
}
