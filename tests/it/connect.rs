//! Getting to Jira, and all that stands in the way.

use gij::sandbox::{Condition, Config};

use crate::env::{Env, sheet_of};

fn env() -> Env {
    Env::new().sandbox().file("a.csv", sheet_of(3))
}

const IMPORT: [&str; 3] = ["import", "a.csv", "--yes"];

#[test]
fn the_first_request_carries_no_credential_and_the_second_one_changes_nothing() {
    let env = env();
    env.run(IMPORT).exit(0);
    let requests = env.jira().requests();
    assert_eq!(
        (&*requests[0].path, requests[0].authenticated),
        ("/status", false)
    );
    assert_eq!(requests[1].method, "GET");
    assert!(requests[1].path.ends_with("/integration") && requests[1].authenticated);
}

#[test]
fn a_wrong_token_is_one_failed_login_and_nothing_more() {
    let env = env().var("JIRA_TOKEN", "wrong-token-canary");
    env.run(IMPORT)
        .exit(4)
        .says("refused the login")
        .says("JIRA_TOKEN")
        .says_nothing_of("canary");
    assert_eq!(env.jira().failed_logins(), 1);
    assert_eq!(env.jira().requests().len(), 2);
}

#[test]
fn whatever_stands_before_jira_is_named_with_its_cure_and_sees_no_credential() {
    for (condition, said) in [
        (Condition::RedirectToHttps, "redirects to `https://"),
        (Condition::LoginPage, "an HTML page"),
        (Condition::MovedUnder("/jira".into()), "/jira`"),
        (Condition::Starting, "its state is STARTING"),
        (Condition::Maintenance, "its state is MAINTENANCE"),
        (Condition::Error, "its state is ERROR"),
    ] {
        let env = env();
        let name = format!("{condition:?}");
        env.jira().set_condition(condition);
        env.run(IMPORT).exit(4).says(said).says("= help:");
        assert!(
            env.jira()
                .requests()
                .iter()
                .all(|request| !request.authenticated),
            "{name}"
        );
    }
}

#[test]
fn a_refusal_of_the_list_is_the_last_request() {
    for (condition, said) in [
        (Condition::Unauthorized, "refused the login"),
        (Condition::Captcha, "until a CAPTCHA is solved"),
        (
            Condition::NotAdmin,
            "or have the app's global permission `Manage Git Integration",
        ),
        (
            Condition::PluginAbsent,
            "Git Integration for Jira is installed",
        ),
    ] {
        let env = env();
        let name = format!("{condition:?}");
        env.jira().set_condition(condition);
        env.run(IMPORT).exit(4).says(said);
        let authenticated = env
            .jira()
            .requests()
            .iter()
            .filter(|r| r.authenticated)
            .count();
        assert_eq!((authenticated, env.posts()), (1, 0), "{name}");
    }
}

#[test]
fn a_user_name_and_password_log_in_too() {
    let env = Env::new()
        .sandbox_of("admin", "pässword: x")
        .var("JIRA_PASSWORD", "pässword: x")
        .file("a.csv", sheet_of(2));
    env.run(IMPORT).exit(0);
}

#[test]
fn where_passwords_are_off_a_token_is_recommended() {
    let env = Env::new()
        .sandbox_of("admin", "right")
        .var("JIRA_PASSWORD", "right")
        .file("a.csv", sheet_of(2));
    env.jira().set_condition(Condition::BasicDisabled);
    env.run(IMPORT).exit(4).says("use a personal access token");
    assert_eq!(env.posts(), 0);
}

#[test]
fn token_and_password_are_read_from_files() {
    let env = env()
        .without("JIRA_TOKEN")
        .file("token", format!("{}\r\nnot this\n", crate::env::TOKEN));
    env.run(["import", "a.csv", "--yes", "--token-file", "token"])
        .exit(0);
    let env = Env::new()
        .sandbox_of("admin", "from-a-file")
        .file("password", "from-a-file\n")
        .file("a.csv", sheet_of(2));
    env.run(["import", "a.csv", "--yes", "--password-file", "password"])
        .exit(0);
}

#[test]
fn a_context_path_is_kept() {
    let config = Config {
        context_path: "/jira".into(),
        ..Config::default()
    };
    let env = Env::new().sandbox_with(config).file("a.csv", sheet_of(2));
    env.run(IMPORT).exit(0);
    assert_eq!(env.jira().held().len(), 2);
    let bare = env.jira().url().replace("/jira", "");
    env.run(["import", "a.csv", "--yes", "--jira-url", &bare])
        .exit(4)
        .says(&format!("use `--jira-url {}`", env.jira().url()));
}

#[test]
fn wrong_usage_is_told_before_anything_is_read() {
    for (args, vars, said) in [
        (&["import", "a.csv", "--yes"][..], &[][..], "no Jira given"),
        (
            &["import", "a.csv", "--yes"],
            &[("JIRA_URL", "http://127.0.0.1:9")],
            "no credentials",
        ),
        (
            &["import", "a.csv", "--yes"],
            &[("JIRA_URL", "http://jira.example.org"), ("JIRA_TOKEN", "t")],
            "unencrypted http",
        ),
        (
            &["import", "a.csv", "--yes"],
            &[
                ("JIRA_URL", "https://me:canary@jira.example.org"),
                ("JIRA_TOKEN", "t"),
            ],
            "user name or password",
        ),
        (
            &["import", "a.csv"],
            &[("JIRA_URL", "http://127.0.0.1:9"), ("JIRA_TOKEN", "t")],
            "no terminal to confirm",
        ),
        (
            &[
                "import",
                "a.csv",
                "--sandbox",
                "--jira-url",
                "http://127.0.0.1:9",
            ],
            &[],
            "cannot be used with",
        ),
        (&["import"], &[], "required"),
    ] {
        let mut env = Env::new().file("a.csv", sheet_of(1));
        for (name, value) in vars {
            env = env.var(name, value);
        }
        env.run(args.iter().copied())
            .exit(2)
            .says(said)
            .says_nothing_of("canary");
        assert!(env.runs().is_empty());
    }
}

#[test]
fn a_jira_that_is_not_there_is_told() {
    let env = Env::new().unreachable().file("a.csv", sheet_of(1));
    env.run(IMPORT)
        .exit(4)
        .says("cannot be reached")
        .says("= help: check the address");
}

#[test]
fn nothing_is_asked_of_jira_that_takes_more_than_the_permission_of_the_app() {
    let env = Env::new().sandbox().file("a.csv", crate::env::sheet_of(1));
    env.run(["import", "a.csv", "--yes"]).exit(0);
    let requests = env.jira().requests().into_iter();
    let mut of_jira: Vec<String> = requests
        .map(|request| request.path.into_string())
        .filter(|path| !path.starts_with("/rest/gitplugin/"))
        .collect();
    of_jira.sort();
    // These three are open to every user.
    let open = ["/rest/api/2/myself", "/rest/api/2/serverInfo", "/status"];
    assert_eq!(of_jira, open);
}

#[test]
fn an_error_on_the_way_through_a_proxy_names_the_proxy() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let env = Env::new()
        .file("a.csv", sheet_of(1))
        .var("JIRA_URL", "https://jira.example.org")
        .var("JIRA_TOKEN", "token");
    let doctor = env.run(["doctor", "--proxy", &proxy]);
    doctor.exit(4).says(&format!("(through the proxy {proxy})"));
    let env = env.var("HTTPS_PROXY", &proxy.replace("//", "//me:canary@"));
    env.run(["doctor"])
        .exit(4)
        .says("(through the proxy of HTTPS_PROXY, unless NO_PROXY names the host)")
        .says_nothing_of("canary");
}

#[test]
fn a_list_that_is_too_large_is_refused_by_its_size() {
    let echo = crate::echo::Echo::start(400, "", "");
    let entry = format!(r#"{{"id":1,"displayName":"{}"}}"#, "x".repeat(65 << 20));
    echo.say(400, "", &entry);
    let env = Env::new()
        .file("a.csv", sheet_of(1))
        .var("JIRA_URL", &echo.url())
        .var("JIRA_TOKEN", "token");
    env.run(IMPORT)
        .exit(4)
        .says("it is larger than 64 MB, and no more than that is read");
}
