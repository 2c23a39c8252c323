//! What a client meets when the whole server is not as it should be.

use reqwest::{Method, Response};
use serde_json::json;

use super::{Client, INTEGRATION, answer, running, with};
use crate::sandbox::{Condition, Config};

async fn status_in(condition: Condition) -> (u16, serde_json::Value) {
    let (sandbox, client) = running().await;
    sandbox.set_condition(condition);
    let (status, body) = answer(client.bare(Method::GET, "/status")).await;
    (status.as_u16(), body)
}

async fn list_in(condition: Condition) -> Response {
    let (sandbox, client) = running().await;
    sandbox.set_condition(condition);
    client.list().send().await.unwrap()
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

#[tokio::test]
async fn status_tells_when_jira_is_not_ready() {
    assert_eq!(
        status_in(Condition::Starting).await,
        (200, json!({"state": "STARTING"}))
    );
    assert_eq!(
        status_in(Condition::Maintenance).await,
        (503, json!({"state": "MAINTENANCE"}))
    );
    assert_eq!(
        status_in(Condition::Error).await,
        (500, json!({"state": "ERROR"}))
    );
    assert_eq!(list_in(Condition::Starting).await.status(), 503);
}

#[tokio::test]
async fn a_redirect_to_https_keeps_host_and_path() {
    let (sandbox, client) = with(Config {
        context_path: "/jira".into(),
        ..Config::default()
    })
    .await;
    sandbox.set_condition(Condition::RedirectToHttps);
    let response = client.list().send().await.unwrap();
    assert_eq!(response.status(), 301);
    let secure = sandbox.url().replacen("http", "https", 1);
    assert_eq!(location(&response), format!("{secure}{INTEGRATION}"));
}

#[tokio::test]
async fn a_login_page_is_html_at_200() {
    let response = list_in(Condition::LoginPage).await;
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(status_in(Condition::LoginPage).await.0, 200);
}

#[tokio::test]
async fn status_can_point_to_a_context_path() {
    let (sandbox, client) = running().await;
    sandbox.set_condition(Condition::MovedUnder("/jira".into()));
    let response = client.bare(Method::GET, "/status").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (302, "/jira/status")
    );
}

#[tokio::test]
async fn outside_of_the_context_path_everything_redirects_to_it() {
    let (sandbox, mut client) = with(Config {
        context_path: "/jira".into(),
        ..Config::default()
    })
    .await;
    assert_eq!(
        answer(client.bare(Method::GET, "/status")).await.1,
        json!({"state": "RUNNING"})
    );
    assert_eq!(answer(client.list()).await.0, 200);
    client = Client {
        base: sandbox.url().replace("/jira", ""),
        ..client
    };
    let response = client.bare(Method::GET, "/status").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (302, "/jira/")
    );
}

#[tokio::test]
async fn credentials_can_be_revoked() {
    let (sandbox, client) = running().await;
    assert_eq!(answer(client.list()).await.0, 200);
    sandbox.set_condition(Condition::Unauthorized);
    assert_eq!(answer(client.list()).await.0, 401);
    assert_eq!(sandbox.failed_logins(), 1);
}

#[tokio::test]
async fn a_captcha_is_demanded_of_everyone() {
    let response = list_in(Condition::Captcha).await;
    assert_eq!(response.status(), 403);
    assert_eq!(
        response.headers()["x-seraph-loginreason"],
        "AUTHENTICATION_DENIED"
    );
}

#[tokio::test]
async fn basic_authentication_can_be_off() {
    let (sandbox, client) = running().await;
    sandbox.set_condition(Condition::BasicDisabled);
    let (status, body) = answer(
        client
            .bare(Method::GET, INTEGRATION)
            .basic_auth("u", Some("p")),
    )
    .await;
    assert_eq!(status, 403);
    assert_eq!(
        body["message"],
        "Basic Authentication has been disabled on this instance."
    );
    assert_eq!(
        answer(client.list()).await.0,
        200,
        "tokens are not concerned"
    );
}

#[tokio::test]
async fn the_app_is_for_administrators() {
    let (sandbox, client) = running().await;
    sandbox.set_condition(Condition::NotAdmin);
    let (status, body) = answer(client.list()).await;
    assert_eq!(status, 403);
    assert!(body["errorMessages"][0].is_string());
    assert_eq!(answer(client.get("/rest/api/2/myself")).await.0, 200);
}

#[tokio::test]
async fn the_app_can_be_missing() {
    let (sandbox, client) = running().await;
    sandbox.set_condition(Condition::PluginAbsent);
    let (status, body) = answer(client.list()).await;
    assert_eq!(status, 404);
    let message = format!("null for uri: {}{INTEGRATION}", sandbox.url());
    assert_eq!(body, json!({"message": message, "status-code": 404}));
    assert_eq!(answer(client.get("/rest/api/2/myself")).await.0, 200);
}
