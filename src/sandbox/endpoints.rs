//! The end-points, Jira's own and the app's. To add one, add its route and its function.
//!
//! A function that faults can hit hands its effect to [`respond`]. What changes the simulated Jira is a method of
//! [`Simulation`], so that it is written to the state file.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, put};
use axum::{Extension, Router};
use serde_json::json;

use super::answers;
use super::checks::{Arrival, check};
use super::faults::{Call, Commit, Fault, FaultyRequest, Reaction};
use super::hosts;
use super::integration::{Creation, Update};
use super::state::Simulation;
use super::store::now;

type Arrived = Extension<Arrival>;

/// The router of a Jira that lives under a context path.
pub(super) fn router(context_path: &str) -> Router {
    let jira = Router::new()
        .route("/status", get(status))
        .route("/rest/api/2/serverInfo", get(server_info))
        .route("/rest/api/2/myself", get(myself))
        .route("/rest/api/2/project/{key}", get(project))
        .route("/rest/gitplugin/1.0/integration", get(list).post(create))
        .route(
            "/rest/gitplugin/1.0/integration/{id}",
            get(show).put(update).delete(delete),
        )
        .route("/rest/gitplugin/1.0/repository", get(repositories))
        .route("/rest/gitplugin/1.0/repository/{id}/disable", put(disable))
        .fallback(nothing)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(check));
    let router = if context_path.is_empty() {
        jira
    } else {
        let home = format!("{context_path}/");
        let away = move || async move { answers::redirect(StatusCode::FOUND, &home) };
        Router::new().nest(context_path, jira).fallback(away)
    };
    // Git hosts have nothing to do with Jira's login and condition.
    router.merge(hosts::router())
}

async fn status() -> Response {
    answers::json(StatusCode::OK, &json!({"state": "RUNNING"}))
}

async fn server_info(Extension(arrival): Arrived) -> Response {
    let info = json!({
        "baseUrl": arrival.shared.base,
        "version": "9.12.0",
        "deploymentType": "Server",
        "serverTitle": "Sandbox Jira",
    });
    answers::json(StatusCode::OK, &info)
}

async fn myself(Extension(arrival): Arrived) -> Response {
    let user = arrival.shared.lock().logins.user().to_owned();
    let myself = json!({"name": user, "displayName": "Jira Administrator"});
    answers::json(StatusCode::OK, &myself)
}

async fn project(Extension(arrival): Arrived, Path(key): Path<String>) -> Response {
    let found = arrival.shared.lock().project(&key);
    let Some((id, key)) = found else {
        let message = format!("No project could be found with key '{key}'.");
        return answers::jira_error(StatusCode::NOT_FOUND, &message);
    };
    let project = json!({"id": id.to_string(), "key": key});
    answers::json(StatusCode::OK, &project)
}

async fn list(Extension(arrival): Arrived) -> Response {
    respond(&arrival, Call::List, |jira| {
        answers::list(&jira.store.list(now()))
    })
}

async fn create(Extension(arrival): Arrived, body: Bytes) -> Response {
    let creation = match Creation::read(&body) {
        Ok(creation) => creation,
        Err(problems) => return refuse(&arrival, &problems),
    };
    arrival.shared.lock().log.received.push((*body).into());
    respond(&arrival, Call::Create, move |jira| {
        let created = jira.create(&creation);
        if jira.store.fault == Some(Fault::FailureAfter) {
            return answers::failed_with(&created);
        }
        let mut response = answers::integration(&created);
        if jira.store.fault == Some(Fault::Unconfirmed) {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        response
    })
}

async fn show(Extension(arrival): Arrived, Path(id): Path<String>) -> Response {
    respond(&arrival, Call::Show, move |jira| {
        of_id(&id, |id| jira.store.get(id, now()), answers::shown)
    })
}

async fn delete(Extension(arrival): Arrived, Path(id): Path<String>) -> Response {
    respond(&arrival, Call::Delete, move |jira| {
        of_id(&id, |id| jira.delete(id).then_some(id), answers::done)
    })
}

async fn update(Extension(arrival): Arrived, Path(id): Path<String>, body: Bytes) -> Response {
    let update = match Update::read(&body) {
        Ok(update) => update,
        Err(problems) => return refuse(&arrival, &problems),
    };
    respond(&arrival, Call::Update, move |jira| {
        of_id(
            &id,
            |id| jira.update(id, &update),
            |updated| answers::integration(&updated),
        )
    })
}

/// The answer to what is found of the integration with this id, or that there is none.
fn of_id<T>(
    id: &str,
    find: impl FnOnce(u64) -> Option<T>,
    answer: impl FnOnce(T) -> Response,
) -> Response {
    let found = id.parse().ok().and_then(find);
    found.map_or_else(|| answers::no_integration(id), answer)
}

async fn repositories(Extension(arrival): Arrived) -> Response {
    respond(&arrival, Call::Repositories, |jira| {
        answers::repositories(&jira.store.repositories(now()))
    })
}

/// `disable=false` enables it.
async fn disable(Extension(arrival): Arrived, Path(id): Path<String>, uri: Uri) -> Response {
    let disabled = match uri.query() {
        Some("disable=true") => true,
        Some("disable=false") => false,
        _ => return refuse(&arrival, "disable is neither true nor false"),
    };
    respond(&arrival, Call::Disable, move |jira| {
        of_id(
            &id,
            |id| jira.disable(id, disabled),
            |changed| answers::done(changed.id),
        )
    })
}

/// Refuses a request that breaks the contract, and remembers it.
fn refuse(arrival: &Arrival, problems: &str) -> Response {
    arrival.violated(problems);
    answers::refused(problems)
}

async fn nothing(Extension(arrival): Arrived, uri: Uri) -> Response {
    arrival.violated("there is no such end-point");
    answers::no_endpoint(&format!("{}{}", arrival.shared.base, uri.path()))
}

async fn wrong_method(Extension(arrival): Arrived, method: Method) -> Response {
    arrival.violated("the end-point does not have this method");
    let body = json!({"message": format!("HTTP {method} Method Not Allowed"), "status-code": 405});
    answers::json(StatusCode::METHOD_NOT_ALLOWED, &body)
}

/// Picks the fault of a request, if any, and carries the request out, or does what the fault demands.
fn respond(
    arrival: &Arrival,
    call: Call,
    effect: impl FnOnce(&mut Simulation) -> Response + Send + 'static,
) -> Response {
    let shared = &arrival.shared;
    let mut jira = shared.lock();
    let Some((fault, roll)) = jira.picker.pick(call) else {
        return effect(&mut jira);
    };
    jira.log.requests[arrival.number].fault = Some(fault);
    let mut done = None;
    match fault.commit() {
        Commit::Never => drop(jira),
        Commit::First => {
            jira.store.fault = Some(fault);
            done = Some(effect(&mut jira));
            jira.store.fault = None;
        }
        Commit::Later => {
            drop(jira);
            shared.do_late(Box::new(effect));
        }
    }
    let mut response = done.unwrap_or_default();
    match fault.reaction() {
        Reaction::Truth => {}
        Reaction::Disrupted(disruption) => {
            response.extensions_mut().insert((disruption, roll));
        }
        Reaction::Answer(answer) => {
            let base = &shared.base;
            response = answer(&FaultyRequest { call, base, roll });
        }
    }
    response
}
