//! What a client sends against the contract is refused and remembered.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::{Client, INTEGRATION, answer, gitlab, running};
use crate::sandbox::Sandbox;

/// The status of the answer, and the only violation.
async fn refusal(sandbox: &Sandbox, request: RequestBuilder) -> (u16, String) {
    let (status, _) = answer(request).await;
    let mut violations = sandbox.contract_violations();
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(sandbox.held(), []);
    (status.as_u16(), violations.remove(0))
}

fn raw(client: &Client) -> RequestBuilder {
    client
        .http
        .post(format!("{}{INTEGRATION}", client.base))
        .bearer_auth("t")
        .header("accept", "application/json")
}

#[tokio::test]
async fn the_xsrf_header_is_needed() {
    let (sandbox, client) = running().await;
    let request = raw(&client)
        .header("content-type", "application/json")
        .body(gitlab("one").to_string());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(response.text().await.unwrap(), "XSRF check failed");
    let expected = format!("POST {INTEGRATION}: there is no X-Atlassian-Token: no-check");
    assert_eq!(sandbox.contract_violations(), [expected]);
}

#[tokio::test]
async fn origin_and_referer_are_refused() {
    for name in ["origin", "referer"] {
        let (sandbox, client) = running().await;
        let (status, _) = refusal(
            &sandbox,
            client
                .post(&gitlab("one"))
                .header(name, "https://evil.example"),
        )
        .await;
        assert_eq!(status, 403);
    }
}

#[tokio::test]
async fn the_content_type_has_to_be_json() {
    let (sandbox, client) = running().await;
    let request = raw(&client)
        .header("x-atlassian-token", "no-check")
        .header("content-type", "text/plain");
    let (status, what) = refusal(&sandbox, request.body(gitlab("one").to_string())).await;
    assert_eq!(status, 400);
    assert!(
        what.ends_with("the Content-Type is not application/json"),
        "{what}"
    );
}

#[tokio::test]
async fn a_user_agent_is_needed() {
    let (sandbox, client) = running().await;
    let (status, what) = refusal(&sandbox, client.list().header("user-agent", "")).await;
    assert_eq!(status, 400);
    assert!(what.ends_with("there is no User-Agent"), "{what}");
}

#[tokio::test]
async fn delete_files_is_refused_and_nothing_is_deleted() {
    let (sandbox, client) = running().await;
    sandbox.put(json!({"type": "AZURE"})).unwrap();
    let path = format!("{INTEGRATION}/1?deleteFiles=true");
    let (status, _) = answer(client.bare(Method::DELETE, &path).bearer_auth("t")).await;
    assert_eq!(status, 400);
    assert_eq!(sandbox.held().len(), 1);
    assert_eq!(sandbox.contract_violations().len(), 1);
}

#[tokio::test]
async fn a_body_that_breaks_the_rules_is_refused_in_the_app_s_words() {
    let (sandbox, client) = running().await;
    let (status, body) = answer(client.post(&json!({"type": "GITLAB", "colour": "red"}))).await;
    assert_eq!(status, 400);
    assert_eq!(body["success"], false);
    assert_eq!(
        body["error"],
        r#"there is no field "colour"; GITLAB needs a pat"#
    );
    assert!(body["advice"].is_string());
    assert_eq!(
        (sandbox.held().len(), sandbox.contract_violations().len()),
        (0, 1)
    );
}

#[tokio::test]
async fn credentials_cookies_and_formats_that_jira_would_not_mind_are_remembered() {
    let (sandbox, client) = running().await;
    answer(client.get("/status")).await;
    answer(client.list().header("cookie", "JSESSIONID=1")).await;
    answer(
        client
            .http
            .get(format!("{}{INTEGRATION}", client.base))
            .bearer_auth("t"),
    )
    .await;
    assert_eq!(
        sandbox.contract_violations(),
        [
            "GET /status: credentials are sent where they are not needed".to_owned(),
            format!("GET {INTEGRATION}: there is a Cookie header"),
            format!("GET {INTEGRATION}: the Accept header does not name application/json"),
        ]
    );
}
