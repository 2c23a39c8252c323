//! The end-points, when all is well.

use serde_json::{Value, json};

use super::{Client, INTEGRATION, answer, gitlab, running};
use crate::sandbox::{Condition, Integration};

#[tokio::test]
async fn status_needs_no_credentials() {
    let (sandbox, client) = running().await;
    let (status, body) = answer(client.bare(reqwest::Method::GET, "/status")).await;
    assert_eq!((status.as_u16(), body), (200, json!({"state": "RUNNING"})));
    assert_eq!(sandbox.contract_violations(), [""; 0]);
}

#[tokio::test]
async fn jira_says_what_it_is_and_who_is_asking() {
    let (sandbox, client) = running().await;
    let (_, info) = answer(client.get("/rest/api/2/serverInfo")).await;
    assert_eq!(info["serverTitle"], "Sandbox Jira");
    assert_eq!(info["deploymentType"], "Server");
    assert_eq!(info["baseUrl"], sandbox.url());
    let (_, myself) = answer(client.get("/rest/api/2/myself")).await;
    assert_eq!(myself["name"], "admin");
}

#[tokio::test]
async fn three_projects_are_known() {
    let (_sandbox, client) = running().await;
    for (key, id) in [("ABC", "10000"), ("DEF", "10001"), ("OPS", "10002")] {
        assert_eq!(
            answer(client.get(&format!("/rest/api/2/project/{key}")))
                .await
                .1["id"],
            id
        );
    }
    let (status, body) = answer(client.get("/rest/api/2/project/XYZ")).await;
    assert_eq!(status, 404);
    assert_eq!(
        body["errorMessages"],
        json!(["No project could be found with key 'XYZ'."])
    );
}

#[tokio::test]
async fn the_documented_example_of_every_type_is_accepted() {
    let (sandbox, client) = running().await;
    let examples = [
        json!({"type": "GITHUB", "username": "u", "password": "p", "displayName": "a"}),
        json!({"type": "GITHUB", "pat": "p", "displayName": "b"}),
        json!({"type": "GITHUB_SERVER", "origin": "https://h", "username": "u", "password": "p", "disableSslVerification": true}),
        json!({"type": "GITHUB_SERVER", "origin": "https://h", "pat": "p", "disableSslVerification": true}),
        json!({"type": "GITLAB", "pat": "p", "displayName": "c"}),
        json!({"type": "GITLAB_SERVER_LEGACY", "origin": "http://l/", "username": "u", "password": "p"}),
        json!({"type": "GITLAB_SERVER", "origin": "http://l", "pat": "p"}),
        json!({"type": "AWS", "username": "u", "password": "p", "awsRegion": "us-east-1"}),
        json!({"type": "AZURE", "pat": "p"}),
        json!({"type": "VSTS", "pat": "p", "displayName": "d"}),
        json!({"type": "TFS_SERVER", "origin": "http://t:8080/tfs", "username": "u", "password": "p"}),
        json!({"type": "AZURE_DEVOPS", "origin": "http://t/", "username": "u", "password": "p"}),
        json!({"type": "FILESPACE", "displayName": "e", "origin": "D:\\tmp\\*"}),
        json!({"type": "GERRIT", "origin": "http://g", "username": "u", "password": "p", "refSpecNotes": true, "refSpecChanges": true}),
    ];
    for example in &examples {
        let (status, body) = answer(client.post(example)).await;
        assert_eq!(status, 200, "{body}");
    }
    assert_eq!(sandbox.received(), examples);
    let kinds: Vec<_> = sandbox
        .held()
        .iter()
        .map(|held| held.integration_type.clone())
        .collect();
    assert_eq!(
        kinds,
        examples.map(|example| example["type"].as_str().unwrap().to_owned())
    );
    assert_eq!(sandbox.contract_violations(), [""; 0]);
}

#[tokio::test]
async fn jira_fills_in_what_is_not_given() {
    let (_sandbox, client) = running().await;
    let (_, body) = answer(client.post(&json!({"type": "GITHUB", "pat": "p"}))).await;
    let mut shown = body["integration"].clone();
    assert!(
        shown
            .as_object_mut()
            .unwrap()
            .remove("initDate")
            .unwrap()
            .is_i64()
    );
    let expected = json!({
        "id": 1, "displayName": "https://github.com/*", "origin": "https://api.github.com", "disabled": false,
        "sendCommitEmails": false, "maxMinsToCommitEmail": 1440, "global": true, "revisionIndexing": true,
        "gitViewerEnabled": true, "disableSslVerification": false, "smartCommitsEnabled": true, "requireUserPat": false,
        "projectMappingIds": [], "integrationType": "GITHUB", "sourcesDiffViewEnabled": true, "refSpecNotes": true,
        "refSpecChanges": false, "trustFolderStat": false
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn origins_that_are_not_given_come_back_by_type() {
    let (sandbox, client) = running().await;
    for kind in ["GITHUB", "GITLAB", "AZURE"] {
        answer(client.post(&json!({"type": kind, "pat": "p"}))).await;
    }
    let origins: Vec<_> = sandbox.held().into_iter().map(|held| held.origin).collect();
    assert_eq!(
        origins,
        [
            "https://api.github.com",
            "https://gitlab.com",
            "https://dev.azure.com"
        ]
    );
}

#[tokio::test]
async fn success_is_a_string_for_even_ids_and_a_boolean_for_odd_ones() {
    let (_sandbox, client) = running().await;
    assert_eq!(
        answer(client.post(&gitlab("one"))).await.1["success"],
        json!(true)
    );
    assert_eq!(
        answer(client.post(&gitlab("two"))).await.1["success"],
        json!("true")
    );
}

#[tokio::test]
async fn one_integration_is_shown_in_three_shapes() {
    let (_sandbox, client) = running().await;
    for name in ["one", "two", "three"] {
        answer(client.post(&gitlab(name))).await;
    }
    let show = async |id| answer(client.get(&format!("{INTEGRATION}/{id}"))).await.1;
    assert_eq!(show(1).await["integration"][0]["displayName"], "one");
    assert_eq!(show(2).await["integrations"][0]["displayName"], "two");
    assert_eq!(show(3).await["integration"]["displayName"], "three");
}

#[tokio::test]
async fn the_list_shows_all_of_them_and_no_secret() {
    let (sandbox, client) = running().await;
    for name in ["one", "two"] {
        answer(client.post(&gitlab(name))).await;
    }
    let (_, body) = answer(client.list()).await;
    assert_eq!(body["integrations"].as_array().unwrap().len(), 2);
    for text in [
        body.to_string(),
        format!("{:?} {:?}", sandbox.held(), sandbox.requests()),
        format!("{sandbox:?}"),
    ] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn the_list_says_what_was_indexed_since() {
    let (_sandbox, client) = running().await;
    let (_, created) = answer(client.post(&gitlab("one"))).await;
    assert!(created["integration"].get("lastIndexedDate").is_none());
    let (_, list) = answer(client.list()).await;
    assert!(list["integrations"][0]["lastIndexedDate"].is_i64());
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let (sandbox, client) = running().await;
    answer(client.post(&gitlab("one"))).await;
    assert_eq!(answer(client.delete(1)).await.1["success"], true);
    assert_eq!(sandbox.held(), []);
    let (status, body) = answer(client.delete(1)).await;
    assert_eq!(status, 404);
    let advice = "Please try again with an existing repository";
    assert_eq!(
        body,
        json!({"success": false, "error": "Repository with id=1 does not exist", "advice": advice})
    );
}

#[tokio::test]
async fn a_seed_is_listed_as_it_was() {
    let (sandbox, client) = running().await;
    let seed = json!({"id": 41, "integrationType": "AZURE", "displayName": "old", "origin": "https://o",
        "initDate": 5, "lastIndexedDate": 6, "showAllTags": true});
    assert_eq!(sandbox.put(seed), Ok(41));
    let (_, body) = answer(client.list()).await;
    let shown = &body["integrations"][0];
    assert_eq!(
        (
            &shown["initDate"],
            &shown["lastIndexedDate"],
            &shown["origin"]
        ),
        (&json!(5), &json!(6), &json!("https://o"))
    );
    assert_eq!(
        answer(client.post(&gitlab("new"))).await.1["integration"]["id"],
        42
    );
}

#[tokio::test]
async fn an_unknown_end_point_is_answered_as_jira_does_and_remembered() {
    let (sandbox, client) = running().await;
    let (status, body) = answer(client.get("/rest/gitplugin/1.0/nothing")).await;
    assert_eq!((status.as_u16(), &body["status-code"]), (404, &json!(404)));
    let (status, _) = answer(
        client
            .bare(reqwest::Method::PUT, INTEGRATION)
            .bearer_auth("t"),
    )
    .await;
    assert_eq!(status, 405);
    assert_eq!(sandbox.contract_violations().len(), 2);
}

fn put(client: &Client, path: &str, body: &Value) -> reqwest::RequestBuilder {
    let request = client.bare(reqwest::Method::PUT, path);
    request.bearer_auth("t").body(body.to_string())
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_disabled() {
    let (sandbox, client) = running().await;
    let seed = json!({"type": "GITLAB", "displayName": "one", "disabled": true, "tagsFilter": "^v", "global": false,
        "projectMappingIds": [10000]});
    let id = sandbox.put(seed).unwrap();
    let before = sandbox.held().remove(0);
    let path = format!("{INTEGRATION}/{id}");
    let body = json!({"displayName": "two", "pat": "s3cret"});
    let (status, answered) = answer(put(&client, &path, &body)).await;
    assert_eq!(status, 200, "{answered}");
    let after = sandbox.held().remove(0);
    let expected = Integration {
        display_name: "two".to_owned(),
        disabled: false,
        last_indexed_date: after.last_indexed_date,
        ..before
    };
    assert_eq!(after, expected);
    assert!(!answered.to_string().contains("s3cret"));
    answer(put(&client, &path, &json!({"global": true}))).await;
    assert_eq!(sandbox.held()[0].project_mapping_ids, [0; 0]);
}

#[tokio::test]
async fn an_update_may_reset_what_it_leaves_out() {
    let (sandbox, client) = running().await;
    sandbox.set_condition(Condition::UpdatesReset);
    let seed = json!({"type": "GITLAB", "displayName": "one", "smartCommitsEnabled": false});
    let id = sandbox.put(seed).unwrap();
    let path = format!("{INTEGRATION}/{id}");
    answer(put(&client, &path, &json!({"tagsFilter": "^v"}))).await;
    let held = sandbox.held().remove(0);
    assert_eq!(
        (held.tags_filter.as_deref(), held.smart_commits_enabled),
        (Some("^v"), true)
    );
    assert_eq!(held.display_name, "one");
}

#[tokio::test]
async fn an_update_of_a_type_or_of_nothing_is_refused() {
    let (sandbox, client) = running().await;
    let id = sandbox.put(gitlab("one")).unwrap();
    let path = format!("{INTEGRATION}/{id}");
    for body in [
        json!({"type": "GITHUB"}),
        json!({"unheardOf": 1}),
        json!({"disabled": "no"}),
        json!({"global": true, "projectMappingIds": [1]}),
    ] {
        assert_eq!(answer(put(&client, &path, &body)).await.0, 400, "{body}");
    }
    let (status, _) = answer(put(&client, &format!("{INTEGRATION}/77"), &json!({}))).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn an_integration_is_disabled_and_enabled_by_its_id() {
    let (sandbox, client) = running().await;
    let id = sandbox.put(gitlab("one")).unwrap();
    for disabled in [true, false] {
        let path = format!("/rest/gitplugin/1.0/repository/{id}/disable?disable={disabled}");
        assert_eq!(answer(put(&client, &path, &json!({}))).await.0, 200);
        assert_eq!(sandbox.held()[0].disabled, disabled);
    }
}

#[tokio::test]
async fn an_integration_finds_repositories_once_it_is_indexed() {
    let (sandbox, client) = running().await;
    let ids = ["one", "two"].map(|name| sandbox.put(gitlab(name)).unwrap());
    sandbox
        .put(json!({"type": "AZURE", "disabled": true}))
        .unwrap();
    sandbox.find_nothing(ids[1]);
    let (_, body) = answer(client.get("/rest/gitplugin/1.0/repository")).await;
    let found = body["repositories"].as_array().unwrap();
    assert!(!found.is_empty());
    for repository in found {
        assert_eq!(repository["trackedFolderId"], ids[0]);
        assert!(repository["lastIndexedDate"].is_i64());
    }
}
