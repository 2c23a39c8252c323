//! Starting, stopping, and being watched.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Client, INTEGRATION, answer, gitlab, running, until};
use crate::sandbox::{Config, Sandbox};

fn address(sandbox: &Sandbox) -> String {
    sandbox.url().replace("http://", "")
}

#[test]
fn a_sandbox_on_its_own_thread_ends_when_it_is_dropped() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    let address = address(&sandbox);
    assert!(TcpStream::connect(&address).is_ok());
    drop(sandbox);
    assert!(TcpStream::connect(&address).is_err());
}

#[tokio::test]
async fn a_sandbox_on_its_own_thread_answers() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    assert_eq!(answer(Client::of(&sandbox).list()).await.0, 200);
}

#[tokio::test]
async fn stopping_closes_what_is_open() {
    let (sandbox, client) = running().await;
    assert_eq!(answer(client.list()).await.0, 200);
    sandbox.stop().await;
    assert!(client.list().send().await.is_err());
    assert!(TcpStream::connect(address(&sandbox)).is_err());
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let (sandbox, _client) = running().await;
    let listen = address(&sandbox).parse().unwrap();
    assert!(
        Sandbox::start(Config {
            listen,
            ..Config::default()
        })
        .is_err()
    );
    assert!(
        Sandbox::start(Config {
            listen,
            ..Config::default()
        })
        .is_err()
    );
}

#[test]
fn a_connection_is_kept_alive_for_the_next_request() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    let mut stream = TcpStream::connect(address(&sandbox)).unwrap();
    for _ in 0..2 {
        stream
            .write_all(b"GET /status HTTP/1.1\r\nHost: jira\r\nUser-Agent: gij\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        while !answer.ends_with(r#"{"state":"RUNNING"}"#) {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0, "closed after {answer:?}");
            answer.push_str(std::str::from_utf8(&part[..read]).unwrap());
        }
    }
}

#[tokio::test]
async fn a_request_that_arrived_is_carried_out_though_its_client_goes_away() {
    let sandbox = Sandbox::start(Config {
        latency: Duration::from_millis(200),
        ..Config::default()
    })
    .unwrap();
    let body = gitlab("one").to_string();
    let mut stream = TcpStream::connect(address(&sandbox)).unwrap();
    write!(
        stream,
        "POST {INTEGRATION} HTTP/1.1\r\nHost: jira\r\nUser-Agent: gij\r\nAuthorization: Bearer t\r\n\
         Accept: application/json\r\nContent-Type: application/json\r\nX-Atlassian-Token: no-check\r\n\
         Cookie: remembered=1\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    // The violation shows that the request has arrived whole.
    until(&sandbox, |sandbox| {
        !sandbox.contract_violations().is_empty()
    })
    .await;
    drop(stream);
    until(&sandbox, |sandbox| {
        sandbox.connections() == 0 && sandbox.held().len() == 1
    })
    .await;
}
