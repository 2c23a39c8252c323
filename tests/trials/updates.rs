//! The tokens of many integrations are rotated, while much goes wrong and the program is killed: in the end each has its new
//! token, nothing else was changed, and nothing was created.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use gij::sandbox::{Call, Config, Fault, Faults};
use serde_json::{Value, json};

use crate::bounds::{bound, each, first_seed};
use crate::env::Env;
use crate::journal;
use crate::runs::{How, Instant, Trial, has_no_run};
use crate::tally::{Tally, say};

/// What a rotation gets over.
fn faults() -> Faults {
    const UPDATES: [Fault; 20] = [
        Fault::CutBeforeCommit,
        Fault::CutAfterCommit,
        Fault::BrokenOff,
        Fault::Late,
        Fault::TooManyRequests,
        Fault::Error408,
        Fault::Error500Before,
        Fault::Error500After,
        Fault::Error502Before,
        Fault::Error502After,
        Fault::Error503Before,
        Fault::Error503After,
        Fault::Error504Before,
        Fault::Error504After,
        Fault::Failure200,
        Fault::Failure500,
        Fault::NoId,
        Fault::Forbidden,
        Fault::NotFound,
        Fault::SilentClose,
    ];
    const READS: [Fault; 4] = [
        Fault::CutBeforeCommit,
        Fault::BrokenOff,
        Fault::Error500Before,
        Fault::RoundedDates,
    ];
    let mut faults = Faults::default();
    for fault in UPDATES {
        faults = faults.with(Call::Update, fault, 0.006).unwrap();
    }
    for fault in [Fault::Hang, Fault::HangAfterCommit] {
        faults = faults.with(Call::Update, fault, 0.002).unwrap();
    }
    for fault in READS {
        faults = faults.with(Call::List, fault, 0.02).unwrap();
    }
    faults
}

/// Everything that the simulated Jira shows, but for the dates of indexing.
fn held(env: &Env) -> Vec<Value> {
    let held = env.jira().held().into_iter();
    held.map(|one| {
        let mut one = serde_json::to_value(one).unwrap();
        one["lastIndexedDate"] = Value::Null;
        one
    })
    .collect()
}

fn round(rows: u64, seed: u64) -> Tally {
    let mut random = Rng::with_seed(seed);
    let env = Env::new().sandbox_with(Config {
        faults: faults(),
        fault_seed: seed,
        late_by: Duration::from_millis(60),
        ..Config::default()
    });
    let mut sheet = "id,type,displayName,pat,global\n".to_owned();
    for n in 1..=rows {
        let integration = json!({
            "id": n, "type": "GITHUB_SERVER", "displayName": format!("Team {n}"), "origin": format!("https://git{n}.example.org"),
            "disabled": random.bool(), "smartCommitsEnabled": random.bool(), "tagsFilter": format!("^v{n}"),
            "global": false, "projectMappingIds": [10000 + random.u64(0..3)],
        });
        env.jira().put(integration).unwrap();
        sheet.push_str(&[&n.to_string(), ",GITHUB_SERVER,Team ", &n.to_string()].concat());
        sheet.push_str(&[",new-", &n.to_string(), "-invented,yes\n"].concat());
    }
    let env = env.file("a.csv", sheet);
    let before = held(&env);
    let concurrency = random.usize(1..9).to_string();
    let options = [
        "--timeout",
        "1s",
        "--settle",
        "100ms",
        "--concurrency",
        &concurrency,
    ];
    let mut trial = Trial::new(&env, &options);
    let update = ["update", "a.csv", "--fields", "pat"];
    let command = |env: &Env| {
        if env.runs().is_empty() {
            &update[..]
        } else {
            &["resume"]
        }
    };
    for _ in 0..random.u8(2..6) {
        let at = Instant::Requests(random.usize(0..usize::try_from(rows).unwrap()));
        let how = if random.u8(0..4) > 0 {
            How::Kill
        } else {
            How::Interrupt
        };
        trial.end(command(&env), at, random.usize(0..200), how);
    }
    for session in 0.. {
        assert!(
            session < 100,
            "seed {seed}: the rotation does not come to its end"
        );
        let ran = trial.run(command(&env));
        match ran.code {
            Some(0) => break,
            Some(1 | 4) => {}
            Some(2) if has_no_run(&ran) => drop(trial.run(&update)),
            _ => panic!("seed {seed}: {ran:?}"),
        }
    }
    assert_rotated(&env, &before, rows);
    let mut tally = trial.tally;
    tally.rows = rows;
    for request in env.jira().requests() {
        tally.requests += 1;
        if let Some(fault) = request.fault {
            *tally.faults.entry(fault.name()).or_default() += 1;
        }
    }
    tally
}

fn assert_rotated(env: &Env, before: &[Value], rows: u64) {
    assert_eq!((held(env).as_slice(), env.posts()), (before, 0));
    let mut tokens: BTreeMap<u64, Value> = BTreeMap::new();
    for (id, body) in env.jira().updates() {
        let body = body.as_object().unwrap();
        assert!(body.keys().all(|name| name == "pat" || name == "disabled"));
        tokens.insert(id, body["pat"].clone());
    }
    let expected = (1..=rows).map(|n| (n, json!(format!("new-{n}-invented"))));
    assert!(tokens.into_iter().eq(expected));
    assert_eq!(env.total("updated"), rows);
    let events = env
        .runs()
        .iter()
        .flat_map(|run| journal::events(run))
        .collect::<Vec<_>>();
    let intents = events
        .iter()
        .filter(|event| event["event"] == "intent")
        .count();
    let requests = env.jira().requests();
    let puts = requests
        .iter()
        .filter(|request| request.method == "PUT")
        .count();
    assert!(puts <= intents, "{puts} requests, {intents} intents");
}

#[test]
#[ignore = "takes minutes; see the head of tests/trials/main.rs"]
fn a_rotation_that_is_killed_at_any_instant_sets_each_token_and_nothing_else() {
    let rows = bound("GIJ_ROWS", 500).min(500);
    let first = first_seed();
    let seeds = first..first + bound("GIJ_ROUNDS", 200).div_ceil(25);
    let tally = each(seeds, |seed| round(rows, seed));
    say(format_args!("{tally}\n  {}", tally.in_detail()));
}
