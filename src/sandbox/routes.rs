//! The end-points: Jira's own, and the app's.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;

use super::Call;
use super::answers;
use super::carry::carry_out;
use super::gate::{Arrival, gate};
use super::request;
use super::shared::Shared;
use super::store::Now;

type Jira = State<Arc<Shared>>;
type Arrived = Extension<Arrival>;

/// The router of a Jira that lives under a context path.
pub(super) fn router(shared: &Arc<Shared>, context_path: &str) -> Router {
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
        .layer(from_fn_with_state(Arc::clone(shared), gate));
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
    let user = shared.door().user().to_owned();
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
    let deed = |shared: &Shared| {
        let list = shared.store().list(Now::read());
        answers::list(&list)
    };
    carry_out(&shared, arrival.number, Call::List, deed)
}

async fn create(State(shared): Jira, Extension(arrival): Arrived, body: Bytes) -> Response {
    let wanted = match request::parse(&body) {
        Ok(wanted) => wanted,
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
    let deed = move |shared: &Shared| answers::created(&shared.create(&wanted));
    carry_out(&shared, arrival.number, Call::Create, deed)
}

async fn show(
    State(shared): Jira,
    Extension(arrival): Arrived,
    Path(id): Path<String>,
) -> Response {
    let deed = move |shared: &Shared| {
        let found = id
            .parse()
            .ok()
            .and_then(|id| shared.store().get(id, Now::read()));
        found.map_or_else(
            || answers::no_integration(&id),
            |integration| answers::shown(&integration),
        )
    };
    carry_out(&shared, arrival.number, Call::Show, deed)
}

async fn delete(
    State(shared): Jira,
    Extension(arrival): Arrived,
    Path(id): Path<String>,
) -> Response {
    let deed = move |shared: &Shared| {
        let deleted = id.parse().ok().filter(|id| shared.delete(*id));
        deleted.map_or_else(|| answers::no_integration(&id), answers::deleted)
    };
    carry_out(&shared, arrival.number, Call::Delete, deed)
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
