//! Looking at the way to Jira before anything depends on it.

use gij::sandbox::{Condition, Config, RateLimit};

use crate::env::{Env, Ran, TOKEN, sheet_of};

/// What is said about each question, in order: `ok jira`, `failed ready`, …
fn states(env: &Env) -> Vec<String> {
    let ran = env.run(["doctor", "--format", "json"]);
    let json = ran.json();
    assert_eq!(ran.code, Some(if json["usable"] == true { 0 } else { 4 }));
    let checks = json["checks"].as_array().unwrap();
    let line = |check: &serde_json::Value| {
        let text = |key: &str| check[key].as_str().unwrap();
        format!("{} {}", text("state"), text("check"))
    };
    checks.iter().map(line).collect()
}

/// The program's words, without what differs from run to run.
fn said(env: &Env, ran: &Ran) -> String {
    let port = env.jira().url().rsplit(':').next().unwrap().to_owned();
    ran.stdout.replace(&port, "PORT")
}

#[test]
fn all_that_an_import_needs_is_looked_at() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let ran = env.run(["doctor"]).exit(0);
    insta::assert_snapshot!(said(&env, &ran), @r"
           ok  Jira         Sandbox Jira 9.12.0 at http://127.0.0.1:PORT
           ok  ready        status RUNNING
           ok  login        with a personal access token
           ok  user         Jira Administrator (admin)
           ok  app's API    it lists 3 integrations
           ok  rate limit   none reported
    ");
    drop(ran.says("Next: see the plan for your spreadsheet:\n  gij import FILE --dry-run\n"));
}

#[test]
fn a_rate_limit_is_said() {
    let limit = |n| std::num::NonZeroU32::new(n).unwrap();
    let rate = RateLimit {
        per_second: limit(20),
        burst: limit(100),
    };
    let env = Env::new().sandbox_with(Config {
        rate: Some(rate),
        ..Config::default()
    });
    env.run(["doctor"])
        .exit(0)
        .says("at most 100 requests, 20 more every 1 s");
}

#[test]
fn what_was_typed_is_part_of_the_next_command() {
    let env = Env::new().sandbox().file("token", TOKEN);
    let url = env.jira().url();
    let env = env.without("JIRA_URL").without("JIRA_TOKEN");
    env.run(["doctor", "--jira-url", &url, "--token-file", "token"])
        .exit(0)
        .says(&format!(
            "gij import FILE --jira-url {url} --token-file token --dry-run\n"
        ));
}

#[test]
fn the_first_that_fails_has_its_cure_and_the_later_ones_are_not_tried() {
    let env = Env::new().sandbox();
    env.jira().set_condition(Condition::Unauthorized);
    let ran = env.run(["doctor"]).exit(4);
    insta::assert_snapshot!(said(&env, &ran), @r"
           ok  Jira         found at http://127.0.0.1:PORT
           ok  ready        status RUNNING
       FAILED  login        Jira at http://127.0.0.1:PORT refused the login
                            = help: check the token (JIRA_TOKEN or `--token-file`), or JIRA_USER and its password
    not tried  user
    not tried  app's API
    not tried  rate limit
    ");
    drop(ran.says("Next: fix this, then check again:\n  gij doctor\n"));
}

#[test]
fn each_condition_fails_where_it_belongs() {
    let none = [
        "failed jira",
        "not_tried ready",
        "not_tried log_in",
        "not_tried user",
        "not_tried api",
        "not_tried rate_limit",
    ];
    let not_ready = [
        "ok jira",
        "failed ready",
        "not_tried log_in",
        "not_tried user",
        "not_tried api",
        "not_tried rate_limit",
    ];
    let not_let_in = [
        "ok jira",
        "ok ready",
        "failed log_in",
        "not_tried user",
        "not_tried api",
        "not_tried rate_limit",
    ];
    let refused = |log_in| {
        [
            "ok jira",
            "ok ready",
            log_in,
            "not_tried user",
            "failed api",
            "not_tried rate_limit",
        ]
    };
    for (condition, expected) in [
        (Condition::RedirectToHttps, none),
        (Condition::LoginPage, none),
        (Condition::MovedUnder("/jira".into()), none),
        (Condition::Starting, not_ready),
        (Condition::Maintenance, not_ready),
        (Condition::Error, not_ready),
        (Condition::Unauthorized, not_let_in),
        (Condition::Captcha, not_let_in),
        (Condition::NotAdmin, refused("unknown log_in")),
        (Condition::PluginAbsent, refused("ok log_in")),
    ] {
        let env = Env::new().sandbox();
        let name = format!("{condition:?}");
        env.jira().set_condition(condition);
        assert_eq!(states(&env), expected, "{name}");
        // No credential goes to what is no Jira, and a refusal is the last answer asked for.
        let is_asked = expected[1] == "ok ready";
        let requests = env.jira().requests();
        let authenticated = requests.iter().filter(|request| request.authenticated);
        assert_eq!(authenticated.count(), usize::from(is_asked), "{name}");
        env.run(["doctor"]).exit(4).says("= help:");
    }
}

#[test]
fn a_jira_that_is_not_there_is_told() {
    let env = Env::new().unreachable();
    env.run(["doctor"])
        .exit(4)
        .says("FAILED  Jira")
        .says("cannot be reached")
        .says("= help: check the address");
    assert_eq!(
        states(&env)[1..],
        [
            "not_tried ready",
            "not_tried log_in",
            "not_tried user",
            "not_tried api",
            "not_tried rate_limit"
        ]
    );
}

#[test]
fn the_address_to_use_is_named_where_jira_has_moved() {
    let config = Config {
        context_path: "/jira".into(),
        ..Config::default()
    };
    let env = Env::new().sandbox_with(config);
    env.run(["doctor"]).exit(0);
    let url = env.jira().url();
    let bare = url.replace("/jira", "");
    env.run(["doctor", "--jira-url", &bare])
        .exit(4)
        .says(&format!("use `--jira-url {url}`"));
}

#[test]
fn a_password_is_named_as_such() {
    let env = Env::new()
        .sandbox_of("anna", "canary-password")
        .var("JIRA_PASSWORD", "canary-password");
    env.run(["doctor"])
        .exit(0)
        .says("with the password of anna")
        .says_nothing_of("canary");
    env.jira().set_condition(Condition::BasicDisabled);
    env.run(["doctor"])
        .exit(4)
        .says("use a personal access token")
        .says_nothing_of("canary");
}

#[test]
fn what_is_not_safe_on_the_way_is_said() {
    let env = Env::new().var("JIRA_TOKEN", "t");
    // Nothing listens there, and nothing is sent.
    env.run(
        "doctor --connect-timeout 1s --jira-url http://jira.invalid --allow-plain-http --insecure"
            .split(' '),
    )
    .exit(4)
    .says("warning  encryption")
    .says("anyone on the network can read your credentials")
    .says_nothing_of("certificate  not checked");
    env.run(["doctor", "--jira-url", "https://127.0.0.1:1", "--insecure"])
        .exit(4)
        .says("warning  certificate  not verified (`--insecure`)")
        .says_nothing_of("encryption");
}

#[test]
fn wrong_usage_is_no_finding() {
    for (vars, said) in [
        (&[][..], "no Jira given"),
        (&[("JIRA_URL", "http://127.0.0.1:9")], "no credentials"),
        (
            &[("JIRA_URL", "http://jira.example.org"), ("JIRA_TOKEN", "t")],
            "unencrypted http",
        ),
    ] {
        let mut env = Env::new();
        for (name, value) in vars {
            env = env.var(name, value);
        }
        let ran = env.run(["doctor"]).exit(2).says(said);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn nothing_is_changed_and_nothing_is_left_behind() {
    let env = Env::new().sandbox();
    env.run(["doctor"]).exit(0);
    assert!(
        env.jira()
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    assert_eq!(env.everything_written(&[]), "");
}
