//! What a state file tells, and going on from it.

use std::path::Path;

use reqwest::Method;

use super::{Client, INTEGRATION, answer, gitlab, with};
use crate::sandbox::{Call, Config, Fault, Sandbox, SavedState, StartError};

fn kept_in(path: &Path) -> Config {
    Config {
        state: Some(path.to_owned()),
        ..Config::default()
    }
}

#[tokio::test]
async fn the_state_tells_what_is_held_and_was_asked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    let (sandbox, client) = with(kept_in(&path)).await;
    sandbox.script([None, Some(Fault::CutAfterCommit), None]);
    sandbox.script_call(Call::List, [Some(Fault::Error503Before)]);
    for name in ["one", "two", "three"] {
        let _ = client.post(&gitlab(name)).send().await;
    }
    answer(client.delete(1)).await;
    answer(client.list()).await;
    let state = SavedState::read(&path).unwrap();
    assert_eq!(state.held, sandbox_as_created(&sandbox));
    assert_eq!(state.requests, sandbox.requests());
    let statuses: Vec<_> = state
        .requests
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(
        statuses,
        [Some(200), None, Some(200), Some(200), Some(503)],
        "in the order in which they were sent"
    );
    assert_eq!(state.requests[1].fault, Some(Fault::CutAfterCommit));
}

/// What it holds, before it was indexed.
fn sandbox_as_created(sandbox: &Sandbox) -> Vec<crate::sandbox::Integration> {
    let mut held = sandbox.held();
    for integration in &mut held {
        integration.last_indexed_date = None;
    }
    held
}

#[tokio::test]
async fn the_state_holds_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    let (_sandbox, client) = with(kept_in(&path)).await;
    answer(client.post(&gitlab("one"))).await;
    let wrong = serde_json::json!({"type": "GITLAB", "pat": ["s3cret"]});
    answer(client.post(&wrong)).await;
    let basic = client.bare(Method::GET, INTEGRATION);
    answer(basic.basic_auth("admin", Some("s3cret"))).await;
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("expected a string"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn a_sandbox_goes_on_from_what_its_state_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    let (sandbox, client) = with(kept_in(&path)).await;
    for name in ["one", "two", "three"] {
        answer(client.post(&gitlab(name))).await;
    }
    answer(client.delete(3)).await;
    let held = sandbox_as_created(&sandbox);
    sandbox.stop().await;
    drop(sandbox);

    let (sandbox, client) = with(kept_in(&path)).await;
    assert_eq!(sandbox_as_created(&sandbox), held);
    let (_, body) = answer(client.post(&gitlab("four"))).await;
    assert_eq!(body["integration"]["id"], 4, "no id is given twice");
    let state = SavedState::read(&path).unwrap();
    assert_eq!((state.held.len(), state.requests.len()), (3, 5));
}

#[tokio::test]
async fn what_never_was_a_state_is_no_place_to_go_on_from() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.csv");
    std::fs::write(&path, "type,origin\nGITHUB,\n").unwrap();
    let error = Sandbox::start(kept_in(&path)).unwrap_err();
    assert!(matches!(error, StartError::State { .. }), "{error}");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "type,origin\nGITHUB,\n"
    );
}

#[tokio::test]
async fn two_sandboxes_do_not_share_a_state() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    let (_sandbox, client) = with(kept_in(&path)).await;
    assert!(Sandbox::start(kept_in(&path)).is_err());
    assert_eq!(answer(Client::list(&client)).await.0, 200);
}
