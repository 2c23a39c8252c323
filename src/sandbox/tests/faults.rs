//! What befalls single requests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

use super::{Client, INTEGRATION, answer, gitlab, running, until, with};
use crate::sandbox::{Call, Config, Fault, Faults, Sandbox};

/// The answer to a creation that a fault befalls, and how many integrations there are afterwards.
async fn befallen(fault: Fault) -> (reqwest::Result<Response>, usize) {
    let (sandbox, client) = running().await;
    sandbox.script([Some(fault)]);
    let response = client.post(&gitlab("one")).send().await;
    assert_eq!(
        sandbox.requests().pop().and_then(|request| request.fault),
        Some(fault)
    );
    (response, sandbox.held().len())
}

#[tokio::test]
async fn every_fault_commits_as_it_says() {
    for fault in Fault::all()
        .filter(|fault| !matches!(fault, Fault::Hang | Fault::HangAfterCommit | Fault::Late))
    {
        let (_, held) = befallen(fault).await;
        assert_eq!(held == 1, fault.commits(), "{fault}");
    }
}

#[tokio::test]
async fn faults_with_an_answer_have_the_status_of_their_name() {
    for (fault, status) in [
        (Fault::TooManyRequests, 429),
        (Fault::Error500Before, 500),
        (Fault::Error500After, 500),
        (Fault::Error502Before, 502),
        (Fault::Error503After, 503),
        (Fault::Error504After, 504),
        (Fault::Error408, 408),
        (Fault::Failure200, 200),
        (Fault::Failure400, 400),
        (Fault::Failure500, 500),
        (Fault::NoId, 200),
        (Fault::LoginPage, 200),
        (Fault::Redirect, 302),
        (Fault::Captcha, 403),
        (Fault::Unauthorized, 401),
        (Fault::Forbidden, 403),
        (Fault::NotFound, 404),
    ] {
        assert_eq!(befallen(fault).await.0.unwrap().status(), status, "{fault}");
    }
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer() {
    for fault in [Fault::CutBeforeCommit, Fault::CutAfterCommit] {
        assert!(befallen(fault).await.0.is_err(), "{fault}");
    }
}

#[tokio::test]
async fn after_a_cut_the_server_goes_on() {
    let (sandbox, client) = running().await;
    sandbox.script([Some(Fault::CutAfterCommit), None]);
    assert!(client.post(&gitlab("one")).send().await.is_err());
    assert_eq!(answer(client.post(&gitlab("two"))).await.0, 200);
    let posts: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(posts, [None, Some(200)]);
}

/// What comes back, to the last byte, of a list read that the script decides about.
fn raw_list(sandbox: &Sandbox) -> Vec<u8> {
    let mut stream = TcpStream::connect(sandbox.url().replace("http://", "")).unwrap();
    write!(
        stream,
        "GET {INTEGRATION} HTTP/1.1\r\nHost: jira\r\nUser-Agent: gij\r\nAuthorization: Bearer t\r\n\
         Accept: application/json\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn an_answer_breaks_off_at_any_byte_and_never_arrives_whole() {
    let sandbox = Sandbox::start(Config {
        fault_seed: 7,
        ..Config::default()
    })
    .unwrap();
    sandbox.put(gitlab("one")).unwrap();
    let whole = raw_list(&sandbox);
    let head = whole
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let mut lengths = Vec::new();
    for _ in 0..60 {
        sandbox.script_call(Call::List, [Some(Fault::BrokenOff)]);
        let part = raw_list(&sandbox);
        assert!(part.len() < whole.len(), "{part:?}");
        lengths.push(part.len());
    }
    let status_line = "HTTP/1.1 200 OK".len();
    for (from, to) in [(0, status_line), (status_line, head), (head, whole.len())] {
        let there = lengths.iter().any(|length| (from..to).contains(length));
        assert!(there, "none of {lengths:?} is in {from}..{to}");
    }
}

#[tokio::test]
async fn a_client_takes_no_answer_that_broke_off_for_a_whole_one() {
    let (sandbox, client) = running().await;
    for n in 0..20 {
        sandbox.script([Some(Fault::BrokenOff)]);
        if let Ok(response) = client.post(&gitlab("one")).send().await {
            assert_eq!(response.status(), 200);
            assert!(response.bytes().await.is_err());
        }
        assert_eq!(sandbox.held().len(), n + 1);
    }
}

#[tokio::test]
async fn a_failure_says_so_in_the_app_s_words() {
    for fault in [Fault::Failure200, Fault::Failure400, Fault::Failure500] {
        let text = befallen(fault).await.0.unwrap().text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["success"], false);
        assert!(
            body["error"].is_string() && body["advice"].is_string(),
            "{body}"
        );
    }
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let response = befallen(Fault::TooManyRequests).await.0.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["x-ratelimit-remaining"], "0");
}

#[tokio::test]
async fn a_hanging_request_is_never_answered_and_ends_with_its_client() {
    for (fault, held) in [(Fault::Hang, 0), (Fault::HangAfterCommit, 1)] {
        let (sandbox, client) = running().await;
        sandbox.script([Some(fault)]);
        let request = tokio::spawn(client.post(&gitlab("one")).send());
        until(&sandbox, |sandbox| {
            sandbox
                .requests()
                .iter()
                .any(|request| request.fault == Some(fault))
        })
        .await;
        assert_eq!(sandbox.held().len(), held);
        assert!(!request.is_finished());
        assert_eq!(sandbox.connections(), 1);
        request.abort();
        until(&sandbox, |sandbox| sandbox.connections() == 0).await;
        assert_eq!(
            answer(client.list()).await.0,
            200,
            "others are answered all the same"
        );
    }
}

async fn late(late_by: Duration) -> (Sandbox, Client) {
    let (sandbox, client) = with(Config {
        late_by,
        ..Config::default()
    })
    .await;
    sandbox.script([Some(Fault::Late)]);
    assert!(client.post(&gitlab("one")).send().await.is_err());
    (sandbox, client)
}

#[tokio::test]
async fn a_late_creation_happens_after_the_client_was_cut_off() {
    let (sandbox, client) = late(Duration::from_hours(1)).await;
    assert_eq!(
        answer(client.list()).await.1["integrations"],
        Value::Array(vec![])
    );
    assert_eq!(sandbox.commit_late(), 1);
    assert_eq!(sandbox.held().len(), 1);
    assert_eq!(sandbox.commit_late(), 0, "once");
}

#[tokio::test]
async fn a_late_creation_happens_by_itself() {
    let (sandbox, _client) = late(Duration::ZERO).await;
    until(&sandbox, |sandbox| sandbox.held().len() == 1).await;
}

#[tokio::test]
async fn other_calls_can_be_scripted_too() {
    let (sandbox, client) = running().await;
    answer(client.post(&gitlab("one"))).await;
    sandbox.script_call(Call::List, [Some(Fault::Error502Before)]);
    sandbox.script_call(Call::Delete, [Some(Fault::CutAfterCommit)]);
    assert_eq!(answer(client.list()).await.0, 502);
    assert!(client.delete(1).send().await.is_err());
    assert_eq!(sandbox.held(), []);
}

#[tokio::test]
async fn other_calls_go_wrong_by_chance_too() {
    let mut faults = Faults::default();
    for wish in ["delete:failure-500=1", "list:late=1"] {
        faults.set(wish).unwrap();
    }
    let (sandbox, client) = with(Config {
        faults,
        ..Config::default()
    })
    .await;
    assert_eq!(answer(client.post(&gitlab("one"))).await.0, 200);
    let (status, body) = answer(client.delete(1)).await;
    assert_eq!(
        (status.as_u16(), &body["error"]),
        (500, &"Integration could not be deleted".into())
    );
    assert!(client.list().send().await.is_err());
    assert_eq!(sandbox.held().len(), 1);
}

#[tokio::test]
async fn what_breaks_the_contract_does_not_use_up_a_fault() {
    let (sandbox, client) = running().await;
    sandbox.script([Some(Fault::Error502Before)]);
    assert_eq!(answer(client.post(&Value::Null)).await.0, 400);
    assert_eq!(answer(client.post(&gitlab("one"))).await.0, 502);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_course() {
    let course = async || {
        let faults = Faults::default()
            .with(Call::Create, Fault::Failure400, 0.3)
            .unwrap()
            .with(Call::Create, Fault::Error500After, 0.3)
            .unwrap();
        let (sandbox, client) = with(Config {
            faults,
            fault_seed: 42,
            ..Config::default()
        })
        .await;
        for n in 0..30 {
            answer(client.post(&gitlab(&n.to_string()))).await;
        }
        sandbox
            .requests()
            .iter()
            .map(|request| request.fault)
            .collect::<Vec<_>>()
    };
    let first = course().await;
    assert_eq!(first, course().await);
    assert!(first.contains(&None) && first.contains(&Some(Fault::Failure400)));
}
