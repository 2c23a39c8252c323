//! What an answer means for its row and for the run.

use std::collections::HashSet;

use std::time::Duration;

use gij::sandbox::{Call, Condition, Config, Fault};

use crate::env::{Env, sheet_of};

fn import(env: &Env, concurrency: &str) -> crate::env::Ran {
    env.run([
        "import",
        "a.csv",
        "--yes",
        "--settle",
        "100ms",
        "--concurrency",
        concurrency,
    ])
}

/// An environment whose next creation meets `fault`, and then all goes well.
fn with_fault(rows: usize, fault: Fault) -> Env {
    Env::new()
        .sandbox()
        .file("a.csv", sheet_of(rows))
        .faults([Some(fault)])
}

#[test]
fn what_certainly_did_not_happen_is_sent_again() {
    let env = with_fault(3, Fault::TooManyRequests);
    import(&env, "1").exit(0);
    assert_eq!((env.posts(), env.total("created")), (4, 3));
    assert_eq!(env.report()["rows"][0]["attempts"], 2);
}

#[test]
fn a_pause_that_jira_asks_for_is_told_and_counted() {
    let env = with_fault(1, Fault::TooManyRequests);
    let ran = import(&env, "1").exit(0);
    let told = ran
        .stderr
        .lines()
        .any(|line| line.starts_with("waiting ") && line.ends_with(": rate-limited by Jira"));
    assert!(told, "{}", ran.stderr);
    assert!(env.report()["run"]["paused_ms"].as_u64() > Some(0));
}

#[test]
fn a_refusal_by_the_app_fails_its_row_alone() {
    for fault in [Fault::Failure200, Fault::Failure400] {
        let env = with_fault(3, fault);
        import(&env, "1")
            .exit(1)
            .says("1 failed")
            .says("failed a.csv:2");
        assert_eq!(
            (env.total("failed"), env.total("created")),
            (1, 2),
            "{fault}"
        );
        assert!(
            env.report()["rows"][0]["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty())
        );
    }
}

#[test]
fn what_jira_advises_is_in_the_report() {
    let env = with_fault(1, Fault::Failure400);
    import(&env, "1").exit(1);
    let advice = "Please check the parameters of the integration and try again";
    assert_eq!(env.report()["rows"][0]["advice"], advice);
}

#[test]
fn how_long_jira_took_is_in_the_report() {
    let latency = Duration::from_millis(20);
    let env = Env::new().slow_sandbox(latency).file("a.csv", sheet_of(1));
    import(&env, "1").exit(0);
    let took = env.report()["rows"][0]["duration_ms"].clone();
    assert!(took.as_u64() >= Some(20), "{took}");
}

#[test]
fn a_403_or_404_fails_its_row_if_the_list_can_still_be_read() {
    for fault in [Fault::Forbidden, Fault::NotFound] {
        let env = with_fault(3, fault);
        import(&env, "1").exit(1);
        assert_eq!(
            (env.total("failed"), env.total("created")),
            (1, 2),
            "{fault}"
        );
    }
}

#[test]
fn log_in_page_redirect_captcha_and_401_stop_the_run_at_once() {
    for (fault, said) in [
        (Fault::LoginPage, "an HTML page"),
        (Fault::Redirect, "redirects to"),
        (Fault::Captcha, "until a CAPTCHA is solved"),
        (Fault::Unauthorized, "refused the login"),
    ] {
        let env = with_fault(20, fault);
        import(&env, "1").exit(4).says(said);
        assert_eq!(
            (
                env.posts(),
                env.total("created"),
                env.total("not_attempted")
            ),
            (1, 0, 19),
            "{fault}"
        );
        assert_eq!(env.total("in_doubt"), 1, "{fault}");
    }
}

#[test]
fn a_row_in_doubt_is_looked_for_once_when_a_page_stands_before_jira() {
    let env = with_fault(3, Fault::CutAfterCommit);
    env.jira().script([Some(Fault::LoginPage)]);
    import(&env, "1").exit(4);
    assert_eq!(env.total("created"), 1);
}

#[test]
fn a_redirect_from_http_to_https_creates_nothing() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.jira().set_condition(Condition::RedirectToHttps);
    import(&env, "4").exit(4).says("https://");
    assert_eq!((env.posts(), env.jira().held().len()), (0, 0));
}

#[test]
fn a_row_is_journaled_before_it_is_sent() {
    let env = with_fault(4, Fault::CutAfterCommit);
    import(&env, "1").exit(0);
    let journal = std::fs::read_to_string(env.runs()[0].join("journal.jsonl")).unwrap();
    let events: Vec<serde_json::Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut open = HashSet::new();
    for (seq, event) in (1..).zip(&events) {
        assert_eq!(event["seq"], seq);
        let attempt = || (event["n"].to_string(), event["attempt"].to_string());
        match event["event"].as_str().unwrap() {
            "intent" => assert!(open.insert(attempt())),
            "outcome" => assert!(open.remove(&attempt())),
            _ => {}
        }
        // One under way, and one ahead of its turn.
        assert!(open.len() <= 2, "{event}");
    }
    let intents = events.iter().filter(|event| event["event"] == "intent");
    assert_eq!(intents.count(), env.posts());
}

#[test]
fn two_thousand_rows_are_created_once_each() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2000));
    import(&env, "16")
        .exit(0)
        .says("2000 of 2000 integrations created");
    let report = env.report();
    let rows = report["rows"].as_array().unwrap();
    let held = env.jira().held();
    assert_eq!(
        (
            rows.len(),
            held.len(),
            env.total("read"),
            env.total("created")
        ),
        (2000, 2000, 2000, 2000)
    );
    let mut reported: Vec<(u64, &str)> = rows
        .iter()
        .map(|row| {
            (
                row["id"].as_u64().unwrap(),
                row["display_name"].as_str().unwrap(),
            )
        })
        .collect();
    let mut on_server: Vec<(u64, &str)> = held
        .iter()
        .map(|i| (i.id, i.display_name.as_str()))
        .collect();
    reported.sort_unstable();
    on_server.sort_unstable();
    assert_eq!(reported, on_server);
}

#[test]
fn a_jira_that_only_refuses_stops_the_run_after_the_longest_wait() {
    let env =
        Env::new()
            .sandbox()
            .file("a.csv", sheet_of(5))
            .faults(vec![Some(Fault::TooManyRequests); 50]);
    env.run(["import", "a.csv", "--yes", "--max-wait", "2s"])
        .exit(4)
        .says("rate-limited by Jira, and")
        .says("--max-wait");
    assert_eq!((env.total("created"), env.total("not_attempted")), (0, 5));
}

#[test]
fn ten_that_fail_alike_from_the_start_stop_the_run() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(40))
        .faults(vec![Some(Fault::Failure400); 40]);
    import(&env, "1")
        .exit(4)
        .says("the first 10 rows sent all failed in the same way");
    assert_eq!((env.total("failed"), env.total("not_attempted")), (10, 30));
}

#[test]
fn a_jira_that_only_leaves_doubt_is_not_hammered() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(40))
        .faults(vec![Some(Fault::Error502Before); 40]);
    import(&env, "2")
        .exit(4)
        .says("left their rows in doubt again");
    // Twice what is allowed in a row, and what was under way.
    assert!(env.posts() <= 10, "{}", env.posts());
    assert_eq!((env.total("created"), env.total("not_attempted")), (0, 40));
}

#[test]
fn as_many_failures_as_are_allowed_stop_the_run() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(10)).faults([
        Some(Fault::Failure200),
        None,
        Some(Fault::Failure400),
    ]);
    env.run("import a.csv --yes --concurrency 1 --max-failures 2".split(' '))
        .exit(1)
        .says("`--max-failures` allows no more");
    assert_eq!(
        (
            env.total("failed"),
            env.total("created"),
            env.total("not_attempted")
        ),
        (2, 1, 7)
    );
}

/// A run of which one row is in doubt and the next gets nothing but 429, on a Jira whose lists fail from then on.
fn stopped_by_the_longest_wait(lists: usize) -> Env {
    let env = Env::new().sandbox().file("a.csv", sheet_of(2)).faults(
        [
            vec![Some(Fault::CutAfterCommit)],
            vec![Some(Fault::TooManyRequests); 50],
        ]
        .concat(),
    );
    let mut script = vec![None; 2];
    script.extend(vec![Some(Fault::Error503Before); lists]);
    env.jira().script_call(Call::List, script);
    let args = "import a.csv --yes --concurrency 1 --settle 50ms --max-wait 2s";
    env.run(args.split(' '))
        .exit(4)
        .says("stopping: nothing more is sent\n")
        .says("settling 1 row from Jira's list\n")
        .says("--max-wait");
    env
}

#[test]
fn after_the_longest_wait_the_list_is_asked_for_once() {
    for (lists, in_doubt) in [(0, 0), (9, 1)] {
        let env = stopped_by_the_longest_wait(lists);
        assert_eq!(env.requests("GET", "/integration"), 3);
        assert_eq!(env.total("in_doubt"), in_doubt);
        assert_eq!(env.total("not_attempted"), 1);
    }
}

#[test]
fn access_that_is_lost_in_mid_run_stops_the_run_and_fails_no_row() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(6));
    let forbidden = Some(Fault::Forbidden);
    env.jira().script([forbidden, None, forbidden]);
    // The lists of the connection and of the plan, the one that clears the first row's refusal, and then no more.
    let lists = [None, None, None].into_iter().chain([forbidden; 9]);
    env.jira().script_call(Call::List, lists);
    import(&env, "1").exit(4);
    assert_eq!((env.total("failed"), env.total("in_doubt")), (1, 1));
    // While the list was asked for, one more row may have been sent.
    assert!(env.total("not_attempted") >= 2);
}

#[test]
fn an_audit_that_does_not_balance_reads_the_list_again() {
    let config = Config {
        list_lag: Duration::from_millis(1500),
        ..Config::default()
    };
    let env = Env::new().sandbox_with(config).file("a.csv", sheet_of(2));
    env.run("import a.csv --yes --settle 4s".split(' ')).exit(0);
    assert_eq!(
        env.report()["run"]["audit"]["missing"],
        serde_json::json!([])
    );
    // Those of the connection and the plan, and two of the audit.
    assert_eq!(env.requests("GET", "/integration"), 4);
}
