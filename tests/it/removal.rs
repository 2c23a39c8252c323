//! Deleting an integration, over a real socket.

use std::time::Duration;

use gij::sandbox::{Call, Fault};
use gij::testing::jira::{Access, Answer, BaseUrl, Client, Connection, Ended, Exchange};
use gij::testing::secret::Secret;
use serde_json::json;

use crate::env::{Env, TOKEN};

/// A client of the Jira at `url`.
pub fn client(url: &str) -> Client {
    let connection = Connection {
        base: BaseUrl::parse(url).unwrap(),
        access: Access::Token(Secret::new(TOKEN)),
        timeout: Duration::from_millis(300),
        connect_timeout: Duration::from_secs(10),
        ca_certs: Vec::new(),
        client_cert: None,
        insecure: false,
        proxy: None,
    };
    Client::new(&connection).unwrap()
}

fn delete(env: &Env, id: u64) -> Exchange<Answer<()>> {
    let client = client(&env.jira().url());
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(client.delete(id.try_into().unwrap()))
}

fn put(env: &Env) -> u64 {
    let integration = json!({"type": "GITHUB", "displayName": "Payments", "pat": "invented"});
    env.jira().put(integration).unwrap()
}

#[test]
fn an_integration_is_deleted_once_and_its_files_never() {
    let env = Env::new().sandbox();
    let (id, other) = (put(&env), put(&env));
    let exchange = delete(&env, id);
    assert_eq!(exchange.meaning, Answer::Done(()));
    assert_eq!(exchange.status(), Some(200));
    let held: Vec<u64> = env.jira().held().iter().map(|held| held.id).collect();
    assert_eq!(held, [other]);
    let requests = env.jira().requests();
    let path = format!("/rest/gitplugin/1.0/integration/{id}");
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (requests[0].method.as_str(), &*requests[0].path),
        ("DELETE", &*path)
    );
}

#[test]
fn one_that_is_gone_is_not_there() {
    let env = Env::new().sandbox();
    let removal = delete(&env, 611).meaning;
    assert!(matches!(removal, Answer::NotFound(_)), "{removal:?}");
}

#[test]
fn what_befalls_the_request_is_told_apart() {
    let env = Env::new().sandbox();
    let status = Ended::Answered;
    for (fault, ended, said) in [
        (Fault::CutBeforeCommit, Ended::BrokenOff, "Unsettled"),
        (Fault::CutAfterCommit, Ended::BrokenOff, "Unsettled"),
        (Fault::Hang, Ended::TimedOut, "Unsettled"),
        (Fault::Error503After, status(503), "Unsettled"),
        (Fault::Error408, status(408), "Unsettled"),
        (Fault::TooManyRequests, status(429), "NothingHappened"),
        (Fault::Failure200, status(200), "Refused"),
        (Fault::Forbidden, status(403), "Forbidden"),
        (Fault::NotFound, status(404), "NotFound"),
        (Fault::LoginPage, status(200), "Stop"),
        (Fault::Redirect, status(302), "Stop"),
        (Fault::Captcha, status(403), "Stop"),
        (Fault::Unauthorized, status(401), "Stop"),
    ] {
        let id = put(&env);
        env.jira().script_call(Call::Delete, [Some(fault)]);
        let exchange = delete(&env, id);
        let meaning = format!("{:?}", exchange.meaning);
        assert_eq!(exchange.ended, ended, "{fault}");
        assert!(meaning.starts_with(said), "{fault}: {meaning}");
    }
    assert_eq!(env.requests("DELETE", ""), 13, "none was sent twice");
}

#[test]
fn where_nobody_listens_nothing_happened() {
    let env = Env::new().sandbox();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(env.jira().stop());
    let exchange = delete(&env, 1);
    assert_eq!(exchange.ended, Ended::NotConnected);
    let meaning = format!("{:?}", exchange.meaning);
    assert!(meaning.starts_with("NothingHappened"), "{meaning}");
}
