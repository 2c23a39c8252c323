//! An integration is known by its id and the time of its creation, whatever Jira makes of its name and its origin, and
//! whatever its list leaves out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gij::sandbox::{Call, Config, Fault, Faults};
use serde_json::json;

use crate::echo::Echo;
use crate::env::{Env, Ran, output_of, run, sheet_of, signal};
use crate::removal::client;

/// A simulated Jira all of whose calls of this kind meet the fault.
fn always(call: Call, fault: Fault) -> Env {
    let faults = Faults::default().with(call, fault, 1.0).unwrap();
    Env::new().sandbox_with(Config {
        faults,
        ..Config::default()
    })
}

#[test]
fn a_row_that_jira_stores_in_its_own_form_is_created() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"]);
    assert_eq!((env.total("created"), env.total("failed")), (2, 0));
    env.assert_once_each(2);
}

#[test]
fn importing_again_what_jira_stores_in_its_own_form_creates_nothing() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(2));
    let import = ["import", "a.csv", "--yes", "--settle", "50ms"];
    env.run(import);
    env.run(import).exit(0);
    assert_eq!((env.total("exists"), env.posts()), (2, 2));
}

#[test]
fn what_a_run_created_exists_under_the_name_that_jira_shows_too() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"]);
    let held = env.jira().held().remove(0);
    let sheet = format!(
        "type,displayName,origin,pat\nGITHUB_SERVER,{},{},pat-1-invented\n",
        held.display_name, held.origin
    );
    assert_ne!(sheet, sheet_of(1));
    let env = env.file("b.csv", sheet);
    env.run(["import", "b.csv", "--yes"]).exit(0);
    assert_eq!((env.total("exists"), env.posts()), (1, 1));
}

#[test]
fn what_has_the_name_of_one_row_and_had_that_of_another_is_created_for_neither() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes", "--settle", "50ms"]);
    let held = env.jira().held().remove(0);
    let (name, origin) = (held.display_name, held.origin);
    let both = format!(
        "{}GITHUB_SERVER,{name},{origin},pat-2-invented\n",
        sheet_of(1)
    );
    let env = env.file("b.csv", both);
    env.run(["import", "b.csv", "--yes"]).exit(0);
    assert_eq!((env.total("exists"), env.posts()), (2, 1));
}

#[test]
fn what_jira_stores_in_its_own_form_is_told_at_once() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(1));
    let origin = r#"origin: the row has "https://git1.example.org", Jira stores it as "https://git1.example.org/api/v3""#;
    env.run("import a.csv --yes -o report.html".split(' '))
        .exit(0)
        .says("a.csv:2  Team 1  id 1: stored-differently")
        .says(origin);
    let warnings = &env.report()["rows"][0]["warnings"];
    assert_eq!(*warnings, json!(["stored-differently"]));
    let html = std::fs::read_to_string(env.path("report.html")).unwrap();
    assert!(html.contains("api/v3"));
    env.run("import a.csv --dry-run".split(' '))
        .exit(0)
        .says("1 with other settings")
        .says(origin);
}

#[test]
fn a_restriction_that_jira_did_not_store_is_told_and_is_no_success() {
    let row = "GITHUB_SERVER,A,https://a.example.org,invented-pat";
    for (sheet, warning) in [
        (
            format!("type,displayName,origin,pat,global\n{row},no\n"),
            "visible in all projects",
        ),
        (
            format!("type,displayName,origin,pat,projectKeys\n{row},ABC\n"),
            "visible in all projects",
        ),
    ] {
        let env = always(Call::Create, Fault::RestrictionIgnored).file("a.csv", sheet);
        env.run(["import", "a.csv", "--yes"]).exit(1).says(warning);
        let warnings = env.report()["rows"][0]["warnings"].to_string();
        assert!(warnings.contains("restriction-not-stored"), "{warnings}");
        env.run(["undo", "--yes"]).exit(0);
    }
}

#[test]
fn a_restriction_that_jira_did_not_store_is_told_though_the_answer_was_lost() {
    let sheet = "type,displayName,origin,pat,global\nGITHUB_SERVER,A,https://a.example.org,invented-pat,no\n";
    let env = Env::new().sandbox().file("a.csv", sheet);
    env.jira().script([Some(Fault::CutBeforeCommit)]);
    let args = "import a.csv --yes --settle 3s".split(' ');
    let child = env.start_until(args, |env| env.posts() == 1);
    // What lists show from now on, in place of a creation that came late.
    let stored = json!({
        "type": "GITHUB_SERVER", "displayName": "A", "origin": "https://a.example.org", "global": true,
    });
    env.jira().put(stored).unwrap();
    Ran::of(output_of(child))
        .exit(1)
        .says("visible in all projects");
}

#[test]
fn a_row_corrected_before_a_resume_is_compared_as_it_was_sent() {
    let sheet = |global: &str| {
        format!(
            "type,displayName,origin,pat,global\nGITHUB_SERVER,A,https://a.example.org,invented-pat,{global}\n"
        )
    };
    let env = Env::new().sandbox().file("a.csv", sheet("no"));
    env.jira().script([Some(Fault::Failure400)]);
    env.run(["import", "a.csv", "--yes"]).exit(1);
    let env = env.file("a.csv", sheet("yes"));
    env.run(["resume", "--yes"]).exit(0);
    assert_eq!(env.report()["rows"][0]["warnings"], json!([]));
}

#[test]
fn rows_that_resemble_an_integration_are_warned_of_and_refused_under_strict() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    let (by_name, by_origin) = (env.put("Team 1", "elsewhere"), env.put("Other", "git2"));
    env.run("import a.csv --dry-run".split(' '))
        .exit(0)
        .says(&format!(
            "type and name with the origin `https://elsewhere.example.org` (id {by_name})"
        ))
        .says(&format!("type and origin as `Other` (id {by_origin})"));
    for how in ["--yes", "--dry-run"] {
        env.run(["import", "a.csv", "--strict", how])
            .exit(3)
            .says("2 rows resemble what Jira already holds");
    }
    assert_eq!(env.posts(), 0);
    env.run(["import", "a.csv", "--yes"]).exit(0);
}

#[test]
fn a_list_that_lacks_what_was_created_before_proves_no_absence() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.jira().script([None, Some(Fault::CutAfterCommit)]);
    // The lists of the connection and of the plan, then those that settle, which another node answers.
    let stale = [Some(Fault::StaleList); 3];
    env.jira()
        .script_call(Call::List, [None, None].into_iter().chain(stale));
    env.run("import a.csv --yes --settle 50ms --concurrency 1".split(' '));
    assert_eq!(env.posts(), 2);
    env.assert_once_each(2);
}

#[test]
fn what_has_the_id_of_something_that_was_there_before_is_new_by_its_date() {
    let env = always(Call::Create, Fault::ReusedId).file("a.csv", sheet_of(1));
    let old = json!({
        "type": "GITHUB_SERVER", "displayName": "Old", "origin": "https://old.example.org", "initDate": 1_760_000_000_000_i64,
    });
    let old = env.jira().put(old).unwrap();
    // Removed after the last list before the request: its id is in the baseline, and the row gets it.
    env.jira().freeze_list();
    env.jira().remove(old);
    let args = ["import", "a.csv", "--yes", "--settle", "50ms"];
    let child = env.start_until(args, |env| env.posts() == 1);
    env.jira().thaw_list();
    Ran::of(output_of(child)).exit(0);
    assert_eq!(env.report()["rows"][0]["id"], old);
    assert_eq!((env.posts(), env.total("created")), (1, 1));
    env.assert_once_each(1);
}

#[test]
fn an_integration_of_another_date_is_not_the_one_that_was_created() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let ours = env.jira().held()[0].clone();
    // Jira was restored from a backup: the id is somebody else's now.
    env.jira().remove(ours.id);
    let theirs = json!({
        "id": ours.id, "type": "GITHUB_SERVER", "displayName": "Theirs", "origin": "https://theirs.example.org",
        "initDate": ours.init_date + 60_000,
    });
    env.jira().put(theirs).unwrap();
    env.run(["verify"]).exit(1).says("1 replaced");
    env.run(["undo", "--yes", "--settle", "50ms"])
        .says("another integration, created at another time, has its id now");
    assert_eq!(env.held(), ["Theirs"]);
}

#[test]
fn dates_that_a_list_rounds_to_seconds_are_the_same() {
    let env = always(Call::List, Fault::RoundedDates).file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.run(["verify"]).exit(0);
    env.run(["undo", "--yes"]).exit(0);
    assert_eq!(env.held(), [""; 0]);
}

#[test]
fn a_list_without_types_and_origins_proves_no_absence() {
    let env = always(Call::List, Fault::BareList).file("a.csv", sheet_of(2));
    env.jira().script([Some(Fault::CutAfterCommit)]);
    env.run("import a.csv --yes --settle 50ms --concurrency 1".split(' '))
        .exit(1);
    assert_eq!((env.total("created"), env.total("in_doubt")), (1, 1));
    env.assert_once_each(2);
}

#[test]
fn what_a_list_without_types_shows_can_be_undone() {
    let env = always(Call::List, Fault::BareList).file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.run("undo --yes --include-changed".split(' ')).exit(0);
    assert_eq!(env.held(), [""; 0]);
}

#[test]
fn a_list_that_has_an_entry_twice_is_read_as_a_set() {
    let env = always(Call::List, Fault::RepeatedList).file("a.csv", sheet_of(2));
    env.jira().script([Some(Fault::CutAfterCommit)]);
    env.run("import a.csv --yes --settle 50ms".split(' '))
        .exit(0);
    assert_eq!((env.total("created"), env.posts()), (2, 2));
}

#[test]
fn an_id_that_is_not_positive_is_no_integration() {
    for id in ["0", "-5"] {
        let body = format!(r#"{{"success":true,"integration":{{"id":{id}}}}}"#);
        let echo = Echo::start(200, &body, "");
        let env = Env::new()
            .file("a.csv", sheet_of(1))
            .var("JIRA_URL", &echo.url())
            .var("JIRA_TOKEN", "t");
        env.run("import a.csv --yes --settle 50ms --retries 0".split(' '))
            .exit(1);
        assert_eq!(env.total("created"), 0);
    }
}

#[test]
fn what_an_answer_that_is_no_success_names_is_the_row_however_jira_stores_it() {
    let env = always(Call::Create, Fault::Unconfirmed).file("a.csv", sheet_of(3));
    env.run("import a.csv --yes --settle 50ms".split(' '))
        .exit(0);
    assert_eq!((env.total("created"), env.posts()), (3, 3));
    env.assert_once_each(3);
}

#[test]
fn what_a_failure_on_the_server_names_is_the_row() {
    let env = always(Call::Create, Fault::FailureAfter).file("a.csv", sheet_of(1));
    // Somebody has renamed it by the time the list is read.
    env.jira().freeze_list();
    let import = "import a.csv --yes --settle 1h".split(' ');
    let child = env.start_until(import, |env| env.requests("GET", "/integration") == 3);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    let created = env.jira().held()[0].clone();
    env.jira().remove(created.id);
    let renamed = json!({
        "id": created.id, "type": "GITHUB_SERVER", "displayName": "Renamed", "origin": "https://other.example.org",
        "initDate": created.init_date,
    });
    env.jira().put(renamed).unwrap();
    env.jira().thaw_list();
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!((env.total("created"), env.posts()), (1, 1));
}

#[test]
fn the_integration_that_an_answer_named_is_known_to_a_resume() {
    let env = always(Call::Create, Fault::Unconfirmed).file("a.csv", sheet_of(1));
    env.jira().freeze_list();
    let import = "import a.csv --yes --settle 1h".split(' ');
    let child = env.start_until(import, |env| env.requests("GET", "/integration") == 3);
    signal(&child, "INT");
    Ran::of(output_of(child)).exit(130);
    assert_eq!(env.total("in_doubt"), 1);
    env.jira().thaw_list();
    env.run("resume --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!((env.total("created"), env.posts()), (1, 1));
}

#[test]
fn an_undo_takes_nothing_for_gone_by_lists_that_lack_the_whole_run() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira()
        .script_call(Call::List, [Some(Fault::StaleList); 4]);
    env.run("undo --yes --settle 50ms".split(' '))
        .exit(1)
        .says("undo again later");
    env.run("undo --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!(env.held().len(), 0);
}

#[test]
fn an_undo_takes_nothing_for_gone_by_a_list_that_lacks_more_than_that() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira()
        .script_call(Call::List, [Some(Fault::StaleList); 4]);
    env.run("undo --yes --rows 2 --settle 50ms".split(' '))
        .exit(1)
        .says("lacks other integrations of this run too");
    assert_eq!(env.held().len(), 3);
    env.run("undo --yes --rows 2 --settle 50ms".split(' '));
    assert_eq!(env.held(), ["Team 2", "Team 3"]);
}

#[test]
fn what_an_undo_saw_when_it_began_is_deleted_though_later_lists_lack_it() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let stale = [Some(Fault::StaleList); 3];
    env.jira()
        .script_call(Call::List, std::iter::once(None).chain(stale));
    env.run("undo --yes --settle 50ms".split(' ')).exit(0);
    assert_eq!(env.held(), [""; 0]);
}

#[test]
fn a_deletion_without_an_answer_is_not_settled_by_a_list_that_lacks_more_than_that() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    env.jira()
        .script_call(Call::Delete, [Some(Fault::CutBeforeCommit)]);
    let stale = [Some(Fault::StaleList); 2];
    env.jira()
        .script_call(Call::List, [None, None].into_iter().chain(stale));
    env.run("undo --yes --rows 2 --settle 50ms".split(' '))
        .exit(1);
    assert_eq!(env.report()["rows"][0]["removal"]["outcome"], "in_doubt");
    assert_eq!(env.held().len(), 3);
}

/// A Jira without integrations that keeps its connections open, and how many it has accepted.
fn keep_alive() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let mut ends = lines.map_while(Result::ok).filter(String::is_empty);
                while ends.next().is_some() {
                    let body = r#"{"success":true,"integrations":[]}"#;
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
                    let length = body.len();
                    write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
                }
            });
        }
    });
    (url, accepted)
}

#[test]
fn every_list_goes_over_a_connection_of_its_own() {
    let (url, accepted) = keep_alive();
    let client = client(&url);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for connections in 1..=3 {
            client.list().await.meaning.unwrap();
            assert_eq!(accepted.load(Ordering::SeqCst), connections);
        }
        for _ in 0..3 {
            client.myself().await.meaning.unwrap();
            assert_eq!(accepted.load(Ordering::SeqCst), 4, "one is used again");
        }
    });
}

#[test]
fn connections_that_are_closed_without_a_word_cost_one_round_of_settling_at_most() {
    let env = always(Call::Create, Fault::SilentClose).file("a.csv", sheet_of(100));
    env.run("import a.csv --yes --settle 50ms".split(' '))
        .exit(0);
    assert_eq!(env.total("created"), 100);
    env.assert_once_each(100);
    // The lists of the connection, the plan and the audit, and those of one round.
    let lists = env.requests("GET", "/integration");
    assert!(lists <= 6, "{lists} lists");
}

#[test]
fn the_audit_waits_for_what_an_earlier_attempt_may_still_create() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    env.jira()
        .script([Some(Fault::CutBeforeCommit), Some(Fault::CutAfterCommit)]);
    env.run("import a.csv --yes --settle 300ms".split(' '))
        .exit(0);
    let requests = env.jira().requests();
    let last = |method: &str| {
        let mut requests = requests.iter().rev();
        let last = requests.find(|request| request.method == method);
        last.unwrap().at
    };
    let waited = last("GET").duration_since(last("POST"));
    assert!(waited.as_millis() >= 300, "{waited}");
}

/// The URL of the simulated Jira by another name of this machine.
fn by_other_name(env: &Env) -> String {
    env.jira().url().replace("127.0.0.1", "localhost")
}

#[test]
fn runs_on_one_jira_exclude_each_other_however_its_url_is_typed() {
    let env = always(Call::Create, Fault::Hang).file("a.csv", sheet_of(1));
    let import = ["import", "a.csv", "--yes", "--new-run"];
    let mut first = env.start_until(import, |env| env.posts() == 1);
    let mut second = env.command(import);
    second.env("JIRA_URL", by_other_name(&env));
    Ran::of(run(&mut second)).exit(2).says("at work");
    first.kill().unwrap();
    output_of(first);
    assert_eq!(env.posts(), 1);
}

#[test]
fn a_jira_that_is_unavailable_for_a_moment_is_asked_again_where_it_is() {
    let unavailable = || (503, "{}".to_owned());
    let info = (200, r#"{"baseUrl":"https://jira.example.org"}"#.to_owned());
    for (answers, code) in [(vec![unavailable(), info], 0), (vec![unavailable(); 5], 4)] {
        let echo = Echo::start(200, r#"{"success":true,"integration":{"id":7}}"#, "");
        echo.script_infos(answers);
        let env = Env::new()
            .file("a.csv", sheet_of(1))
            .var("JIRA_URL", &echo.url())
            .var("JIRA_TOKEN", "t");
        let ran = env.run("import a.csv --yes --settle 50ms --max-wait 20s".split(' '));
        let has_identity = env
            .everything_written(&["a.csv"])
            .contains(r#""own_url":"https://jira.example.org""#);
        assert_eq!(has_identity, code == 0, "{ran:?}");
        assert_eq!(ran.code == Some(4), code == 4, "{ran:?}");
    }
}

#[test]
fn what_was_created_exists_however_the_url_is_typed() {
    let env = always(Call::Create, Fault::OwnForm).file("a.csv", sheet_of(2));
    let import = ["import", "a.csv", "--yes"];
    env.run(import).exit(0);
    let mut again = env.command(import);
    again.env("JIRA_URL", by_other_name(&env));
    Ran::of(run(&mut again)).exit(0);
    assert_eq!((env.total("exists"), env.posts()), (2, 2));
}
