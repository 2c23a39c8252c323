//! Who is let in, and how often.

use reqwest::{Method, Response};

use super::{Client, INTEGRATION, answer, gitlab, with};
use crate::sandbox::{AcceptedLogin, Config, RateLimit};

async fn basic(client: &Client, user: &str, password: &str) -> Response {
    client
        .bare(Method::GET, INTEGRATION)
        .basic_auth(user, Some(password))
        .send()
        .await
        .unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn token() -> Config {
    Config {
        access: AcceptedLogin::Token("token".into()),
        ..Config::default()
    }
}

fn fred() -> Config {
    Config {
        access: AcceptedLogin::Basic {
            user: "fred".into(),
            password: "pä:ss".into(),
        },
        ..Config::default()
    }
}

#[tokio::test]
async fn without_credentials_only_the_server_info_is_shown() {
    let (sandbox, client) = with(token()).await;
    let (status, body) = answer(client.bare(Method::GET, INTEGRATION)).await;
    assert_eq!((status.as_u16(), &body["status-code"]), (401, &401.into()));
    assert_eq!(
        answer(client.bare(Method::GET, "/rest/api/2/serverInfo"))
            .await
            .0,
        200
    );
    assert_eq!(sandbox.failed_logins(), 0);
    assert!(
        sandbox
            .requests()
            .iter()
            .all(|request| !request.authenticated)
    );
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_counted() {
    let (sandbox, client) = with(token()).await;
    let response = client
        .bare(Method::GET, INTEGRATION)
        .bearer_auth("wrong")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(
        header(&response, "x-seraph-loginreason"),
        "AUTHENTICATED_FAILED"
    );
    assert!(header(&response, "content-type").starts_with("text/html"));
    assert_eq!(sandbox.failed_logins(), 1);
    assert_eq!(answer(client.list()).await.0, 200);
}

#[tokio::test]
async fn the_right_password_is_let_in() {
    let (_sandbox, client) = with(fred()).await;
    let response = basic(&client, "fred", "pä:ss").await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn after_three_failures_a_captcha_is_demanded_of_the_right_password() {
    let (sandbox, client) = with(fred()).await;
    for _ in 0..3 {
        assert_eq!(basic(&client, "fred", "wrong").await.status(), 401);
    }
    let response = basic(&client, "fred", "pä:ss").await;
    assert_eq!(response.status(), 403);
    assert_eq!(
        header(&response, "x-seraph-loginreason"),
        "AUTHENTICATION_DENIED"
    );
    let expected = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", sandbox.url());
    assert_eq!(
        header(&response, "x-authentication-denied-reason"),
        expected
    );
}

#[tokio::test]
async fn an_empty_bucket_is_429_and_nothing_is_done() {
    let one = 1.try_into().unwrap();
    let (sandbox, client) = with(Config {
        rate: Some(RateLimit {
            per_second: one,
            burst: one,
        }),
        ..Config::default()
    })
    .await;
    let mut created = 0;
    let refused = loop {
        let response = client.post(&gitlab("one")).send().await.unwrap();
        assert_eq!(header(&response, "x-ratelimit-limit"), "1");
        if response.status() != 200 {
            break response;
        }
        created += 1;
    };
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after"), "1");
    assert_eq!(header(&refused, "x-ratelimit-remaining"), "0");
    assert_eq!(header(&refused, "x-ratelimit-fillrate"), "1");
    assert_eq!(header(&refused, "x-ratelimit-interval-seconds"), "1");
    assert!(header(&refused, "content-type").starts_with("text/html"));
    assert_eq!(sandbox.held().len(), created);
}

#[tokio::test]
async fn retry_after_is_0_while_tokens_remain() {
    let rate = RateLimit {
        per_second: 10.try_into().unwrap(),
        burst: 10.try_into().unwrap(),
    };
    let (_sandbox, client) = with(Config {
        rate: Some(rate),
        ..Config::default()
    })
    .await;
    assert_eq!(
        header(&client.list().send().await.unwrap(), "retry-after"),
        "0"
    );
}
