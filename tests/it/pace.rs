//! How fast requests go out.

use std::num::NonZeroU32;

use gij::sandbox::{Config, RateLimit};

use crate::env::{Env, sheet_of};

fn limited(per_second: u32, burst: u32) -> Env {
    let some = |n| NonZeroU32::new(n).unwrap();
    let rate = RateLimit {
        per_second: some(per_second),
        burst: some(burst),
    };
    let config = Config {
        rate: Some(rate),
        ..Config::default()
    };
    Env::new().sandbox_with(config)
}

/// How many requests the simulated Jira answered with 429.
fn refused(env: &Env) -> usize {
    let requests = env.jira().requests();
    requests.iter().filter(|r| r.status == Some(429)).count()
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts are what it is for")]
fn a_limited_jira_slows_the_run_and_loses_nothing() {
    for (per_second, burst, concurrency) in [(50, 20, "16"), (30, 30, "4")] {
        let env = limited(per_second, burst).file("a.csv", sheet_of(60));
        env.run(["import", "a.csv", "--yes", "--concurrency", concurrency])
            .exit(0);
        let refused = refused(&env);
        println!(
            "{per_second}/s, burst {burst}, {concurrency} at once: {refused} of {} requests refused",
            env.jira().requests().len()
        );
        assert_eq!((env.jira().held().len(), env.total("created")), (60, 60));
        assert!(refused <= 6, "{refused}");
    }
}

#[test]
fn a_rate_that_is_asked_for_stands_in_the_report() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(3));
    env.run(["import", "a.csv", "--yes", "--rate", "6000/m"])
        .exit(0);
    let journal = std::fs::read_to_string(env.runs()[0].join("journal.jsonl")).unwrap();
    assert!(journal.contains(r#""rate":"6000/m""#), "{journal}");
}

#[test]
fn a_rate_at_which_nothing_would_go_out_is_refused() {
    let env = Env::new().sandbox().file("a.csv", sheet_of(1));
    for rate in ["--rate=0", "--rate=-1/s", "--rate=5/d"] {
        env.run(["import", "a.csv", "--yes", rate])
            .exit(2)
            .says("use a number above zero and a unit, such as `5/s` or `300/m`");
    }
    assert_eq!(env.jira().requests().len(), 0);
}
