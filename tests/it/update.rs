//! Named fields of integrations that exist are changed, and nothing else.

use std::fmt::Write as _;

use gij::sandbox::{Call, Condition, Fault};
use serde_json::{Value, json};

use crate::env::{Env, Ran, output_of, signal};
use crate::workbook;

/// Three integrations of GitHub Enterprise, `Team 1` to `Team 3`, the second one disabled.
fn holding() -> Env {
    let env = Env::new().sandbox();
    for n in 1..=3 {
        let integration = json!({
            "id": n, "type": "GITHUB_SERVER", "displayName": format!("Team {n}"), "origin": format!("https://git{n}.example.org"),
            "disabled": n == 2, "global": false, "projectMappingIds": [10000], "tagsFilter": "^v", "smartCommitsEnabled": false,
        });
        env.jira().put(integration).unwrap();
    }
    env
}

/// New tokens for the three.
const TOKENS: &str = "type,displayName,origin,pat,global\n\
                      GITHUB_SERVER,Team 1,https://git1.example.org,new-1-invented,yes\n\
                      GITHUB_SERVER,Team 2,https://git2.example.org,new-2-invented,yes\n\
                      GITHUB_SERVER,Team 3,https://git3.example.org,new-3-invented,yes\n";

fn rotating() -> Env {
    holding().file("a.csv", TOKENS)
}

fn update(env: &Env, options: &[&str]) -> Ran {
    let args = ["update", "a.csv", "--yes", "--settle", "50ms"];
    env.run(args.iter().chain(options).copied())
}

fn rotate(env: &Env, options: &[&str]) -> Ran {
    let options: Vec<&str> = ["--fields", "pat"].iter().chain(options).copied().collect();
    update(env, &options)
}

/// The bodies of the updates that were carried out.
fn bodies(env: &Env) -> Vec<Value> {
    let updates = env.jira().updates().into_iter();
    updates.map(|(_, body)| body).collect()
}

fn puts(env: &Env) -> usize {
    let requests = env.jira().requests();
    requests
        .iter()
        .filter(|request| request.method == "PUT")
        .count()
}

/// What the simulated Jira holds, but for the dates of indexing.
fn held(env: &Env) -> Vec<Value> {
    let held = env.jira().held().into_iter();
    held.map(|one| {
        let mut one = serde_json::to_value(one).unwrap();
        one["lastIndexedDate"] = Value::Null;
        one
    })
    .collect()
}

#[test]
fn a_token_is_set_and_no_other_field_is_sent_or_changed() {
    let env = rotating();
    let before = held(&env);
    rotate(&env, &[])
        .exit(0)
        .says("3 of 3 integrations updated in Sandbox Jira");
    let mut sent = bodies(&env);
    sent.sort_by_key(|body| body["pat"].as_str().unwrap().to_owned());
    assert_eq!(
        sent,
        [
            json!({"disabled": false, "pat": "new-1-invented"}),
            json!({"disabled": true, "pat": "new-2-invented"}),
            json!({"disabled": false, "pat": "new-3-invented"}),
        ]
    );
    assert_eq!((held(&env), env.posts()), (before, 0));
    env.assert_totals_are_of(3);
}

#[test]
fn a_secret_stands_nowhere_but_in_its_request() {
    let env = rotating();
    let ran = rotate(&env, &[]).exit(0);
    let ran = ran.says_nothing_of("invented");
    let dry = env
        .run("update a.csv --fields pat --dry-run".split(' '))
        .exit(0);
    assert!(!format!("{ran:?}{dry:?}").contains("invented"));
    assert!(!env.everything_written(&["a.csv"]).contains("invented"));
}

#[test]
fn a_dry_run_shows_each_change_and_sends_nothing() {
    let env = rotating();
    env.run("update a.csv --fields pat,global --dry-run".split(' '))
        .exit(0)
        .says("update a.csv:2  GITHUB_SERVER  Team 1 (id 1)")
        .says("pat: new secret")
        .says("global: false → true")
        .says("nothing was sent");
    assert_eq!((puts(&env), env.runs().len()), (0, 0));
    env.run("update a.csv --fields pat --dry-run --detailed-exitcode".split(' '))
        .exit(10);
    let plan = env.run("update a.csv --fields global --dry-run --format json".split(' '));
    let row = &plan.exit(0).json()["plan"][0];
    assert_eq!(row["action"], "update");
    assert_eq!(
        row["differences"],
        json!([
            {"field": "global", "row": true, "jira": false},
            {"field": "projectMappingIds", "row": [], "jira": [10000]},
        ])
    );
}

#[test]
fn fields_that_are_equal_already_are_left_out() {
    let env = holding().file(
        "a.csv",
        "id,type,smartCommitsEnabled,tagsFilter\n1,GITHUB_SERVER,no,^v\n2,GITHUB_SERVER,yes,^v\n",
    );
    update(&env, &["--fields", "smartCommitsEnabled,tagsFilter"])
        .exit(0)
        .says("1 was unchanged");
    assert_eq!(
        bodies(&env),
        [json!({"disabled": true, "smartCommitsEnabled": true})]
    );
    assert_eq!((env.total("updated"), env.total("unchanged")), (1, 1));
}

#[test]
fn a_row_without_an_integration_is_absent_and_not_created() {
    let env = rotating();
    env.jira().remove(2);
    rotate(&env, &[]).exit(1).says("1 was not in Jira");
    assert_eq!((env.total("absent"), env.total("updated")), (1, 2));
    assert_eq!((env.posts(), puts(&env)), (0, 2));
}

#[test]
fn the_column_id_finds_what_was_renamed() {
    let env = holding().file(
        "a.csv",
        "id,type,displayName,origin,pat\n3,GITHUB_SERVER,Old name,https://git3.example.org,new-3-invented\n",
    );
    rotate(&env, &[])
        .exit(0)
        .says("make sure the sheet comes from this Jira");
    assert_eq!(env.jira().updates()[0].0, 3);
}

#[test]
fn what_is_not_clear_is_an_error_before_anything_is_sent() {
    for (rows, code) in [
        (
            "1,Team 2,https://git2.example.org,t-1-invented\n",
            "ambiguous-integration",
        ),
        (
            "1,Team 1,https://git1.example.org,t-1-invented\n,Team 3,https://git3.example.org,t-3-invented\n3,Other,,t-4-invented\n",
            "duplicate-row",
        ),
        (
            "3,Team 3,https://other.example.org,t-3-invented\n",
            "ambiguous-integration",
        ),
        (",,https://git1.example.org,t-1-invented\n", "missing-field"),
        ("1,Team 1,https://git1.example.org,TODO\n", "placeholder"),
    ] {
        let mut sheet = "id,type,displayName,origin,pat\n".to_owned();
        for row in rows.lines() {
            let (id, rest) = row.split_once(',').unwrap();
            writeln!(sheet, "{id},GITHUB_SERVER,{rest}").unwrap();
        }
        let env = holding().file("a.csv", sheet);
        rotate(&env, &[])
            .exit(3)
            .says(code)
            .says("nothing was sent");
        assert_eq!((puts(&env), env.runs().len()), (0, 0), "{code}");
    }
}

#[test]
fn a_key_that_two_integrations_have_is_ambiguous() {
    let env = rotating();
    let twin = json!({"id": 9, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org"});
    env.jira().put(twin).unwrap();
    rotate(&env, &[])
        .exit(3)
        .says("several integrations: 1 and 9");
    assert_eq!(puts(&env), 0);
}

#[test]
fn a_verification_names_what_is_left_of_an_update_with_failed_rows() {
    let env = rotating();
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::Failure400)]);
    rotate(&env, &["--concurrency", "1"]).exit(1);
    env.run(["verify"])
        .says("fix what the errors name, in the sheet or in Jira, then continue:");
}

#[test]
fn fields_that_an_update_cannot_change_are_refused() {
    let env = rotating();
    for (fields, why) in [
        ("type", "cannot change `type`"),
        ("id", "cannot change `id`"),
        ("limitGitData", "cannot change `limitGitData`"),
        ("colour", "`colour` is not a field"),
        ("password", "no table has the column `password`"),
    ] {
        update(&env, &["--fields", fields]).exit(2).says(why);
    }
    env.run("update a.csv --yes".split(' '))
        .exit(2)
        .says("--fields");
    assert_eq!(puts(&env), 0);
}

#[test]
fn without_consent_nothing_is_changed() {
    let env = rotating();
    env.run("update a.csv --fields pat".split(' '))
        .exit(2)
        .says("--yes");
    assert_eq!(puts(&env), 0);
}

#[test]
fn only_the_approved_plan_is_carried_out() {
    let env = rotating();
    let dry = env.run("update a.csv --fields pat --dry-run --format json".split(' '));
    let digest = dry.exit(0).json()["digest"].as_str().unwrap().to_owned();
    update(&env, &["--fields", "pat,global", "--approved", &digest]).exit(2);
    assert_eq!(puts(&env), 0);
    rotate(&env, &["--approved", &digest]).exit(0);
}

#[test]
fn what_an_export_marks_to_be_filled_in_matters_only_where_it_is_named() {
    let env = Env::new().sandbox().file(
        "a.csv",
        "id,type,displayName,origin,username,password,awsRegion,pat,global\n1,AWS,Ours,TODO,TODO,TODO,TODO,,no\n",
    );
    let ours = json!({"id": 1, "type": "AWS", "displayName": "Ours", "awsRegion": "eu-west-1", "global": true});
    env.jira().put(ours).unwrap();
    update(&env, &["--fields", "global"]).exit(0);
    assert_eq!(bodies(&env), [json!({"disabled": false, "global": false})]);
    update(&env, &["--fields", "global,password"])
        .exit(3)
        .says("placeholder");
}

#[test]
fn projects_are_sent_by_their_ids() {
    let env = holding().file(
        "a.csv",
        "type,displayName,origin,projectKeys\nGITHUB_SERVER,Team 1,https://git1.example.org,\"ABC,OPS\"\n",
    );
    update(&env, &["--fields", "projectKeys"]).exit(0);
    assert_eq!(
        bodies(&env),
        [json!({"disabled": false, "projectMappingIds": [10000, 10002]})]
    );
}

#[test]
fn projects_of_an_integration_that_all_projects_see_are_an_error() {
    let env = holding().file("a.csv", "id,type,projectKeys,global\n7,GITHUB,ABC,no\n");
    let ours = json!({"id": 7, "type": "GITHUB", "displayName": "Ours", "global": true});
    env.jira().put(ours).unwrap();
    update(&env, &["--fields", "projectKeys"])
        .exit(3)
        .says("add `global` to `--fields`");
    update(&env, &["--fields", "projectKeys,global"]).exit(0);
    assert_eq!(
        bodies(&env),
        [json!({"disabled": false, "global": false, "projectMappingIds": [10000]})]
    );
}

#[test]
fn an_integration_is_disabled_with_its_other_fields_or_by_the_request_for_that_alone() {
    let env = holding().file(
        "a.csv",
        "id,type,disabled,pat\n1,GITHUB_SERVER,yes,new-1-invented\n2,GITHUB_SERVER,no,\n",
    );
    update(&env, &["--fields", "disabled,pat"]).exit(0);
    assert_eq!(
        bodies(&env),
        [json!({"disabled": true, "pat": "new-1-invented"})]
    );
    assert_eq!(env.requests("PUT", "/repository/1/disable?disable=true"), 0);
    assert_eq!(
        env.requests("PUT", "/repository/2/disable?disable=false"),
        1
    );
    let disabled: Vec<bool> = env.jira().held().iter().map(|one| one.disabled).collect();
    assert_eq!(disabled, [true, false, false]);
    assert_eq!(env.total("updated"), 2);
}

#[test]
fn what_an_update_does_not_disable_is_disabled_by_the_request_for_that() {
    let env = holding().file(
        "a.csv",
        "id,type,disabled,pat\n1,GITHUB_SERVER,yes,new-1-invented\n3,GITHUB_SERVER,yes,new-3-invented\n",
    );
    env.jira()
        .script_call(Call::Update, [Some(Fault::DisabledIgnored); 2]);
    update(&env, &["--fields", "disabled,pat"]).exit(0);
    assert_eq!((env.total("updated"), bodies(&env).len()), (2, 2));
    assert_eq!(env.requests("PUT", "disable?disable=true"), 2);
    assert!(env.jira().held().iter().all(|one| one.disabled));
}

#[test]
fn an_update_that_was_killed_before_it_disabled_is_in_doubt() {
    let env = holding().file(
        "a.csv",
        "id,type,disabled,tagsFilter\n1,GITHUB_SERVER,yes,^w\n",
    );
    env.jira()
        .script_call(Call::Update, [Some(Fault::DisabledIgnored)]);
    env.jira().script_call(Call::Disable, [Some(Fault::Hang)]);
    let args = "update a.csv --fields disabled,tagsFilter --yes";
    let mut child = env.start_until(args.split(' '), |env| puts(env) == 2);
    child.kill().unwrap();
    output_of(child);
    let report = env.run(["report", "--format", "json"]).json();
    assert_eq!(report["totals"]["in_doubt"], 1);
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!(env.total("updated"), 1);
    undo(&env, &[]).exit(0);
    let first = &env.jira().held()[0];
    assert_eq!(
        (first.disabled, first.tags_filter.as_deref()),
        (false, Some("^v"))
    );
}

#[test]
fn what_the_first_update_reset_is_found_after_a_kill() {
    let env = rotating();
    let before = held(&env);
    env.jira().set_condition(Condition::UpdatesReset);
    env.jira()
        .script_call(Call::Update, [Some(Fault::HangAfterCommit)]);
    let args = "update a.csv --fields pat --yes";
    let mut child = env.start_until(args.split(' '), |env| puts(env) == 1);
    child.kill().unwrap();
    output_of(child);
    env.run("resume --yes --settle 50ms".split(' '))
        .exit(4)
        .says("also changed fields that it did not name")
        .says("smartCommitsEnabled: false → true");
    assert_eq!(puts(&env), 1);
    undo(&env, &[]);
    assert_eq!(held(&env), before);
}

#[test]
fn a_secret_that_jira_shows_in_a_field_is_not_journaled_by_a_resume_after_a_kill() {
    let env = rotating();
    env.jira().remove(1);
    let shown = json!({
        "id": 1, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "tagsFilter": "new-1-invented",
    });
    env.jira().put(shown).unwrap();
    env.jira()
        .script_call(Call::Update, [Some(Fault::HangAfterCommit)]);
    let args = "update a.csv --fields pat --yes";
    let mut child = env.start_until(args.split(' '), |env| puts(env) == 1);
    child.kill().unwrap();
    output_of(child);
    env.run("resume --yes --settle 50ms".split(' '))
        .exit(0)
        .says_nothing_of("new-1-invented");
    let journal = std::fs::read_to_string(env.runs()[0].join("journal.jsonl")).unwrap();
    assert!(journal.contains("***"), "{journal}");
    assert!(!journal.contains("new-1-invented"), "{journal}");
}

#[test]
fn a_value_that_the_manual_does_not_know_stops_no_update() {
    let env = rotating();
    env.jira().remove(1);
    let odd = json!({
        "id": 1, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org",
        "maxMinsToCommitEmail": -1,
    });
    env.jira().put(odd).unwrap();
    rotate(&env, &[]).exit(0);
    assert_eq!(env.total("updated"), 3);
}

#[test]
fn the_first_update_goes_alone_and_is_read_back() {
    let env = rotating();
    env.jira().script_call(Call::Update, [Some(Fault::Hang)]);
    let args = "update a.csv --fields pat --yes --concurrency 3 --timeout 5s";
    let child = env.start_until(args.split(' '), |env| puts(env) == 1);
    signal(&child, "INT");
    let ran = Ran::of(output_of(child));
    assert_eq!((ran.code, puts(&env)), (Some(130), 1));
    let env = rotating();
    rotate(&env, &[]).exit(0);
    assert_eq!(env.requests("GET", "/integration/1"), 1);
    assert_eq!(env.requests("GET", "/integration/2"), 0);
}

#[test]
fn a_jira_that_resets_other_fields_stops_the_run_after_one_update() {
    let env = rotating();
    env.jira().set_condition(Condition::UpdatesReset);
    rotate(&env, &["--concurrency", "3"])
        .exit(4)
        .says("also changed fields that it did not name")
        .says("smartCommitsEnabled: false → true")
        .says("gij undo");
    assert_eq!(puts(&env), 1);
    assert_eq!((env.total("updated"), env.total("not_attempted")), (1, 2));
}

#[test]
fn no_other_update_is_sent_before_a_first_one_without_an_answer_is_settled() {
    let env = rotating();
    env.jira().set_condition(Condition::UpdatesReset);
    env.jira()
        .script_call(Call::Update, [Some(Fault::Error502After)]);
    rotate(&env, &["--concurrency", "3"]).exit(4);
    let ids: Vec<u64> = env.jira().updates().iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 1]);
}

#[test]
fn disabling_does_not_prove_that_updates_keep_other_fields() {
    let env = holding().file(
        "a.csv",
        "id,type,disabled,pat\n1,GITHUB_SERVER,yes,\n2,GITHUB_SERVER,,new-2-invented\n3,GITHUB_SERVER,,new-3-invented\n",
    );
    env.jira().set_condition(Condition::UpdatesReset);
    update(&env, &["--fields", "disabled,pat", "--concurrency", "3"]).exit(4);
    assert_eq!(puts(&env), 2);
}

#[test]
fn fields_that_were_not_named_matter_more_than_one_that_jira_did_not_take() {
    let env = holding().file("a.csv", "id,type,global\n7,GITHUB,no\n");
    let ours = json!({
        "id": 7, "type": "GITHUB", "displayName": "Ours", "global": true, "smartCommitsEnabled": false,
    });
    env.jira().put(ours).unwrap();
    env.jira().set_condition(Condition::UpdatesReset);
    env.jira()
        .script_call(Call::Update, [Some(Fault::RestrictionIgnored)]);
    update(&env, &["--fields", "global"]).exit(4);
    assert_eq!(puts(&env), 1);
}

#[test]
fn a_later_answer_that_shows_another_change_stops_the_run() {
    let env = rotating();
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::RestrictionIgnored)]);
    rotate(&env, &["--concurrency", "1"])
        .exit(4)
        .says("global: false → true");
    assert_eq!(puts(&env), 2);
}

#[test]
fn an_update_whose_answer_was_lost_is_sent_again() {
    let env = rotating();
    let faults = [
        None,
        Some(Fault::CutBeforeCommit),
        Some(Fault::Error502After),
        Some(Fault::NoId),
    ];
    env.jira().script_call(Call::Update, faults);
    rotate(&env, &[]).exit(0);
    assert_eq!((env.total("updated"), puts(&env)), (3, 5));
}

#[test]
fn a_visible_change_that_the_list_shows_is_not_sent_again() {
    let env = holding().file("a.csv", "id,type,global\n1,GITHUB_SERVER,yes\n");
    env.jira()
        .script_call(Call::Update, [Some(Fault::CutAfterCommit)]);
    update(&env, &["--fields", "global"]).exit(0);
    assert_eq!((env.total("updated"), puts(&env)), (1, 1));
}

#[test]
fn a_secret_whose_last_answer_was_lost_is_in_doubt() {
    let env = rotating();
    let cut = [Some(Fault::CutAfterCommit); 2];
    env.jira()
        .script_call(Call::Update, [None, None].into_iter().chain(cut));
    rotate(&env, &["--retries", "1", "--concurrency", "1"])
        .exit(1)
        .says("run the update again")
        .says("gij resume");
    assert_eq!((env.total("in_doubt"), env.total("updated")), (1, 2));
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!((env.total("in_doubt"), env.total("updated")), (0, 3));
}

#[test]
fn a_visible_change_that_never_came_has_failed() {
    let env = holding().file("a.csv", "id,type,global\n1,GITHUB_SERVER,yes\n");
    env.jira()
        .script_call(Call::Update, [Some(Fault::CutBeforeCommit); 2]);
    update(&env, &["--fields", "global", "--retries", "1"]).exit(1);
    assert_eq!((env.total("failed"), puts(&env)), (1, 2));
    env.run(["undo", "--dry-run"])
        .exit(0)
        .says("As before 1\n")
        .says_nothing_of("Not listed");
    undo(&env, &[]).says_nothing_of("Already gone");
}

#[test]
fn a_refused_row_fails_and_a_resume_sends_it_again() {
    let env = rotating();
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::Failure400)]);
    rotate(&env, &["--concurrency", "1"])
        .exit(1)
        .says("Integration could not be updated");
    assert_eq!(env.total("failed"), 1);
    env.run("resume --yes".split(' ')).exit(0);
    assert_eq!((env.total("updated"), puts(&env)), (3, 4));
    assert_eq!(env.report()["run"]["sessions"][0]["kind"], "update");
}

#[test]
fn an_interrupted_update_is_resumed_with_the_same_fields() {
    let env = rotating();
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::TooManyRequests)]);
    let args = "update a.csv --fields pat --yes --concurrency 1";
    let child = env.start_until(args.split(' '), |env| puts(env) == 2);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130).says("gij resume");
    env.run("resume --yes".split(' ')).exit(0);
    assert_eq!(env.total("updated"), 3);
    assert!(bodies(&env).iter().all(|body| body.get("global").is_none()));
    env.run("resume --yes".split(' '))
        .exit(0)
        .says("nothing is left to do");
}

#[test]
fn a_pilot_updates_the_first_rows() {
    let env = rotating();
    rotate(&env, &["--limit", "1"])
        .exit(0)
        .says("then update the others");
    assert_eq!((env.total("updated"), env.total("not_selected")), (1, 2));
    assert_eq!(bodies(&env)[0]["pat"], "new-1-invented");
}

#[test]
fn rows_are_selected_as_in_an_import() {
    let env = rotating();
    rotate(&env, &["--only", "displayName=Team 3"]).exit(0);
    rotate(&env, &["--rows", "2"]).exit(0);
    let ids: Vec<u64> = env.jira().updates().iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [3, 1]);
}

#[test]
fn a_rehearsal_updates_what_an_export_holds() {
    let env = rotating();
    env.run(["export", "-o", "hosts.csv"]).exit(0);
    let args = "update a.csv --fields pat --sandbox --sandbox-seed hosts.csv --format json";
    let report = env.run(args.split(' ')).exit(0).json();
    assert_eq!(
        (report["totals"]["updated"].as_u64(), puts(&env)),
        (Some(3), 0)
    );
}

#[test]
fn a_resume_does_not_send_again_what_an_undo_put_back() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter\n1,GITHUB_SERVER,^w\n2,GITHUB_SERVER,^w\n3,GITHUB_SERVER,^w\n",
    );
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::Failure400)]);
    update(&env, &["--fields", "tagsFilter", "--concurrency", "1"]).exit(1);
    undo(&env, &["--rows", "3"]);
    env.run("resume --yes --settle 50ms".split(' '));
    assert_eq!(puts(&env), 3);
}

#[test]
fn an_undo_puts_back_what_was_there_before_the_attempt_that_succeeded() {
    let env = holding().file("a.csv", "id,type,tagsFilter\n1,GITHUB_SERVER,^w\n");
    env.jira()
        .script_call(Call::Update, [Some(Fault::Failure400)]);
    update(&env, &["--fields", "tagsFilter"]).exit(1);
    env.jira().remove(1);
    let other = json!({
        "id": 1, "type": "GITHUB_SERVER", "displayName": "Team 1", "origin": "https://git1.example.org", "tagsFilter": "^z",
    });
    env.jira().put(other).unwrap();
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    undo(&env, &[]).exit(0);
    let held = env.jira().held();
    let other = held.iter().find(|one| one.id == 1).unwrap();
    assert_eq!(other.tags_filter.as_deref(), Some("^z"));
}

fn undo(env: &Env, options: &[&str]) -> Ran {
    let args = ["undo", "last", "--yes", "--settle", "50ms"];
    env.run(args.iter().chain(options).copied())
}

#[test]
fn an_undo_puts_visible_fields_back() {
    let env = holding().file(
        "a.csv",
        "id,type,global,tagsFilter,disabled\n1,GITHUB_SERVER,yes,^w,yes\n2,GITHUB_SERVER,yes,,\n",
    );
    let before = held(&env);
    update(&env, &["--fields", "global,tagsFilter,disabled"]).exit(0);
    assert_ne!(held(&env), before);
    env.run(["undo", "--dry-run"])
        .exit(0)
        .says("Put back 2 integrations")
        .says("global: true → false")
        .says("nothing was changed");
    undo(&env, &[]).exit(0).says("2 were put back since");
    assert_eq!((env.total("updated"), env.total("restored")), (2, 2));
    env.run(["runs"])
        .exit(0)
        .says("2 updated, 2 put back since");
    assert_eq!(held(&env), before);
    assert_eq!(env.report()["rows"][0]["removal"]["outcome"], "restored");
    undo(&env, &[]).exit(0).says("is left to undo");
    env.run(["resume", "--yes"]).exit(2).says("being undone");
}

#[test]
fn an_undo_names_no_projects_of_what_all_projects_see_again() {
    let env = holding().file("a.csv", "id,type,projectKeys,global\n7,GITHUB,ABC,no\n");
    let ours = json!({"id": 7, "type": "GITHUB", "displayName": "Ours", "global": true});
    env.jira().put(ours).unwrap();
    update(&env, &["--fields", "projectKeys,global"]).exit(0);
    undo(&env, &[]).exit(0);
    assert_eq!(
        bodies(&env)[1],
        json!({"disabled": false, "global": true}),
        "Jira takes no projects beside it"
    );
}

#[test]
fn an_undo_leaves_a_field_that_was_changed_since_and_says_so() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter,smartCommitsEnabled\n1,GITHUB_SERVER,^w,yes\n",
    );
    update(&env, &["--fields", "tagsFilter,smartCommitsEnabled"]).exit(0);
    let env = env.file("b.csv", "id,type,tagsFilter\n1,GITHUB_SERVER,^x\n");
    env.run("update b.csv --fields tagsFilter --yes".split(' '))
        .exit(0);
    env.run("undo a --yes --settle 50ms".split(' '))
        .exit(1)
        .says("changed since the update: tagsFilter");
    let first = &env.jira().held()[0];
    assert_eq!(
        (first.smart_commits_enabled, first.tags_filter.as_deref()),
        (false, Some("^x"))
    );
}

#[test]
fn what_an_undo_leaves_is_named_though_only_the_list_shows_that_it_happened() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter,smartCommitsEnabled\n1,GITHUB_SERVER,^w,yes\n",
    );
    update(&env, &["--fields", "tagsFilter,smartCommitsEnabled"]).exit(0);
    let env = env.file("b.csv", "id,type,tagsFilter\n1,GITHUB_SERVER,^x\n");
    env.run("update b.csv --fields tagsFilter --yes".split(' '))
        .exit(0);
    env.jira()
        .script_call(Call::Update, [Some(Fault::CutAfterCommit)]);
    env.run("undo a --yes --settle 50ms".split(' '))
        .exit(1)
        .says("left alone a.csv:2")
        .says("changed since the update: tagsFilter");
    assert!(!env.jira().held()[0].smart_commits_enabled);
}

#[test]
fn a_dry_run_names_each_change_once() {
    let env = rotating();
    let ran = rotate(&env, &["--dry-run"]).exit(0);
    let rows = ran.stdout.matches("a.csv:2").count();
    assert_eq!(rows, 1, "{}", ran.stdout);
}

#[test]
fn rows_of_an_update_cannot_be_decided() {
    let env = rotating();
    rotate(&env, &[]).exit(0);
    env.run("undo --yes --adopt 2=1".split(' '))
        .exit(2)
        .says("apply to imports only");
}

#[test]
fn an_undo_puts_no_masked_origin_back() {
    let env = holding().file(
        "a.csv",
        "id,type,origin\n7,GITHUB_SERVER,https://new.example.org\n",
    );
    let ours = json!({
        "id": 7, "type": "GITHUB_SERVER", "displayName": "Ours", "origin": "https://me:pw-invented@git7.example.org",
    });
    env.jira().put(ours).unwrap();
    update(&env, &["--fields", "origin"]).exit(0);
    undo(&env, &[]).exit(1).says("cannot be put back: origin");
    assert_eq!(puts(&env), 1);
}

#[test]
fn a_row_that_only_its_id_names_is_resumed_after_its_sheet_was_corrected() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter\n1,GITHUB_SERVER,^w\n2,GITHUB_SERVER,^w\n",
    );
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::Failure400)]);
    update(&env, &["--fields", "tagsFilter"]).exit(1);
    let env = env.file("a.csv", "id,type,tagsFilter\n2,GITHUB_SERVER,^x\n");
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    let second = &env.jira().held()[1];
    assert_eq!(second.tags_filter.as_deref(), Some("^x"));
}

#[test]
fn after_an_undo_of_all_that_is_left_no_resume_is_advised() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter\n1,GITHUB_SERVER,^w\n2,GITHUB_SERVER,^w\n",
    );
    env.jira()
        .script_call(Call::Update, [None, Some(Fault::Failure400)]);
    update(&env, &["--fields", "tagsFilter"]).exit(1);
    undo(&env, &["--rows", "3"])
        .exit(0)
        .says("the chosen rows are undone; the others stay as they are")
        .says_nothing_of("gij resume");
}

#[test]
fn a_secret_goes_to_the_host_that_the_update_gives_the_integration() {
    let env = holding().var("NEW_PAT", "new-1-invented").file(
        "a.csv",
        "id,type,displayName,origin,pat\n1,GITHUB_SERVER,Team 1,https://new.example.org,env:NEW_PAT\n",
    );
    env.run("update a.csv --allow-env NEW_PAT --dry-run --fields pat,origin".split(' '))
        .exit(0)
        .says("env:NEW_PAT goes to https://new.example.org");
}

#[test]
fn what_jira_stores_in_its_own_form_is_found_by_the_key_that_it_was_created_with() {
    let env = Env::new().sandbox().file("a.csv", TOKENS);
    env.jira().script([Some(Fault::OwnForm); 3]);
    env.run(["import", "a.csv", "--yes"]).exit(0);
    assert_ne!(
        env.jira().held()[0].origin,
        "https://git1.example.org",
        "it has another form"
    );
    rotate(&env, &[]).exit(0);
    assert_eq!(env.total("updated"), 3);
}

#[test]
fn an_undo_says_that_secrets_cannot_be_put_back() {
    let env = rotating();
    rotate(&env, &[]).exit(0);
    undo(&env, &["--absent", "2"]).exit(2).says("imports only");
    undo(&env, &[])
        .exit(1)
        .says("cannot be put back: pat")
        .says("left alone cannot be put back by an undo");
    assert_eq!(puts(&env), 3);
}

#[test]
fn an_undo_leaves_what_somebody_changed_since() {
    let env = holding().file(
        "a.csv",
        "id,type,tagsFilter\n1,GITHUB_SERVER,^w\n2,GITHUB_SERVER,^w\n",
    );
    update(&env, &["--fields", "tagsFilter"]).exit(0);
    let env = env.file("b.csv", "id,type,tagsFilter\n1,GITHUB_SERVER,^x\n");
    env.run("update b.csv --fields tagsFilter --yes".split(' '))
        .exit(0);
    let args = ["undo", "a", "--yes", "--settle", "50ms"];
    env.run(args)
        .exit(1)
        .says("changed since the update: tagsFilter");
    let filters: Vec<_> = env
        .jira()
        .held()
        .into_iter()
        .map(|one| one.tags_filter.unwrap())
        .collect();
    assert_eq!(filters, ["^x", "^v", "^v"]);
}

#[test]
fn an_undo_puts_back_what_jira_reset() {
    let env = rotating();
    let before = held(&env);
    env.jira().set_condition(Condition::UpdatesReset);
    rotate(&env, &[]).exit(4);
    assert_ne!(held(&env), before);
    undo(&env, &[]).says("cannot be put back");
    assert_eq!(held(&env), before);
}

#[test]
fn what_a_run_updated_can_be_verified() {
    let env = rotating();
    env.jira().find_nothing(1);
    rotate(&env, &[]).exit(0);
    env.jira().remove(3);
    env.run([
        "verify", "-o", "v.csv", "-o", "v.xml", "-o", "v.html", "-o", "v.xlsx", "-o", "v.md", "-o",
        "v.json",
    ])
    .exit(1)
    .says("1 gone");
    let read = |name: &str| std::fs::read_to_string(env.path(name)).unwrap();
    for (name, said) in [
        ("v.csv", "no repositories,0"),
        ("v.xml", "Jira does not hold it any more"),
        ("v.html", "it found no repositories"),
        ("v.md", "it found no repositories"),
        ("v.json", "\"index_state\": \"gone\""),
    ] {
        assert!(read(name).contains(said), "{name}: {}", read(name));
    }
}

#[test]
fn tokens_are_tried_at_their_hosts_and_passwords_only_with_their_account() {
    let env = Env::new()
        .file(
            "seed.csv",
            "id,type,displayName,origin,username,password,pat\n\
             1,GERRIT,Ours,https://review.example.org,jo,p-invented,\n\
             2,GITLAB,Theirs,,,,t-invented\n",
        )
        .file(
            "a.csv",
            "id,type,password,pat\n1,GERRIT,new-1-invented,\n2,GITLAB,,wrong-invented\n",
        );
    let args = "update a.csv --fields password,pat --sandbox --sandbox-seed seed.csv --probe";
    env.run(args.split(' '))
        .exit(3)
        .says("credential-rejected")
        .says("was not tried: the row does not tell the account")
        .says("nothing was sent");
}

/// The commands of the first block of a chapter.
fn commands(chapter: &str) -> Vec<Vec<String>> {
    let page = include_str!("../../docs/rotating.md");
    let (_, chapter) = page.split_once(&format!("## {chapter}\n")).unwrap();
    let block = chapter.split("```").nth(1).unwrap();
    let commands = block.lines().filter_map(|line| line.strip_prefix("gij "));
    let words = |command: &str| command.split(' ').map(str::to_owned).collect();
    commands.map(words).collect()
}

/// Runs the commands of a chapter; between the export and the rest a person edits the sheet.
fn follow(env: &Env, chapter: &str, edit: impl Fn(&str) -> String) {
    for command in commands(chapter) {
        env.run(command.iter().map(String::as_str)).exit(0);
        if command[0] == "export" {
            env.run(["export", "-o", "plain.csv"]).exit(0);
            let sheet = std::fs::read_to_string(env.path("plain.csv")).unwrap();
            let sheet = workbook::of_csv(&edit(&sheet));
            std::fs::write(env.path("hosts.xlsx"), sheet).unwrap();
        }
    }
}

#[test]
fn the_chapter_on_rotating_tokens_works_as_it_stands() {
    let env = holding();
    let before = held(&env);
    follow(&env, "Rotating the tokens of 40 integrations", |sheet| {
        sheet.replacen("TODO", "new-invented", 3)
    });
    let tokens = bodies(&env)
        .into_iter()
        .filter(|body| body["pat"] == "new-invented");
    assert_eq!((tokens.count(), held(&env)), (3, before));
}

#[test]
fn the_chapter_on_project_mappings_works_as_it_stands() {
    let env = holding();
    follow(&env, "Changing project mappings", |sheet| {
        sheet.replace(",ABC", ",DEF")
    });
    let projects = env
        .jira()
        .held()
        .into_iter()
        .map(|one| one.project_mapping_ids);
    assert!(projects.eq([vec![10001], vec![10001], vec![10001]]));
}
