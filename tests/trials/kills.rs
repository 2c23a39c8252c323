//! The program is killed at any instant: while it opens the run, sends, settles, and goes on.

use std::time::Duration;

use fastrand::Rng;
use gij::sandbox::{Call, Config, Fault, Faults};
use serde_json::json;

use crate::bounds::{bound, each, first_seed};
use crate::env::Env;
use crate::jira;
use crate::runs::{How, Instant, Trial};
use crate::sheet::Sheet;
use crate::tally::{Tally, say};

/// What goes wrong beside the kills. Lateness and lag are far below `--settle`.
fn faults() -> Faults {
    let creations = [
        (Fault::CutBeforeCommit, 0.03),
        (Fault::CutAfterCommit, 0.04),
        (Fault::BrokenOff, 0.03),
        (Fault::Late, 0.04),
        (Fault::NoId, 0.01),
        (Fault::TooManyRequests, 0.005),
        (Fault::Error408, 0.01),
        (Fault::Error500Before, 0.01),
        (Fault::Error500After, 0.01),
        (Fault::Error502Before, 0.01),
        (Fault::Error502After, 0.01),
        (Fault::Error503Before, 0.01),
        (Fault::Error503After, 0.01),
        (Fault::Error504Before, 0.01),
        (Fault::Error504After, 0.01),
        (Fault::Hang, 0.003),
        (Fault::HangAfterCommit, 0.003),
        (Fault::Forbidden, 0.005),
        (Fault::NotFound, 0.005),
    ];
    let lists = [
        (Fault::CutBeforeCommit, 0.03),
        (Fault::BrokenOff, 0.03),
        (Fault::Error500Before, 0.03),
        (Fault::Error503Before, 0.01),
        (Fault::TooManyRequests, 0.01),
    ];
    let mut faults = Faults::default();
    for (fault, probability) in creations {
        faults = faults.with(Call::Create, fault, probability).unwrap();
    }
    for (fault, probability) in lists {
        faults = faults.with(Call::List, fault, probability).unwrap();
    }
    faults
}

fn instant(rows: usize, random: &mut Rng) -> Instant {
    // A run begins with five requests and, before the first creation, with two lines for each row.
    let opening = rows as u64 * 500;
    match random.u8(0..10) {
        0 => Instant::Requests(random.usize(0..8)),
        1 => Instant::Journal(random.u64(0..opening)),
        2 | 3 => Instant::Journal(opening + random.u64(0..rows as u64 * 900)),
        4 | 5 => Instant::Settling(random.usize(1..5)),
        6 => Instant::Audit,
        _ => Instant::Requests(random.usize(0..rows * 3 / 2)),
    }
}

/// One run: killed a few times, then gone on with until it is done.
fn round(seed: u64) -> Tally {
    let mut random = Rng::with_seed(seed);
    let nameless = if random.u8(0..4) == 0 {
        random.usize(1..5)
    } else {
        0
    };
    let sheet = Sheet::new(random.usize(30..60), nameless, &mut random);
    let env = Env::new()
        .sandbox_with(Config {
            latency: Duration::from_millis(random.u64(1..5)),
            faults: faults(),
            fault_seed: seed,
            late_by: Duration::from_millis(60),
            list_lag: Duration::from_millis(random.u64(0..60)),
            ..Config::default()
        })
        .file("a.csv", &sheet.text);
    for other in 1..4 {
        let other = json!({"type": "GITHUB_SERVER", "displayName": format!("Other {other}"), "origin": "https://git1.example.org"});
        env.jira().put(other).unwrap();
    }
    let exists = random.bool();
    if exists {
        env.jira().put(sheet.first_as_body()).unwrap();
    }
    let concurrency = random.usize(1..9).to_string();
    let options = [
        "--settle",
        "500ms",
        "--timeout",
        "1s",
        "--retries",
        "20",
        "--concurrency",
        &concurrency,
    ];
    let mut trial = Trial::new(&env, &options);
    let mut command: &[&str] = &["import", "a.csv"];
    for _ in 0..random.u8(1..5) {
        let (at, then) = (instant(sheet.rows(), &mut random), random.usize(0..200));
        let is_kill = random.u8(0..5) > 0;
        let how = if is_kill { How::Kill } else { How::Interrupt };
        trial.end(command, at, then, how);
        if !env.runs().is_empty() {
            command = &["resume"];
        }
    }
    let code = trial.finish(&sheet);
    let mut tally = trial.tally;
    tally += jira::count(&env, &sheet);
    jira::assert_announced(&env);
    assert_eq!(env.total("exists"), u64::from(exists));
    assert_eq!((tally.lost, tally.doubled), (0, 0), "seed {seed}: {tally}");
    assert_eq!(
        tally.in_doubt, tally.nameless_in_doubt,
        "seed {seed}: {tally}"
    );
    assert_eq!(code, i32::from(tally.in_doubt > 0));
    tally
}

#[test]
#[ignore = "takes minutes; see the head of tests/trials/main.rs"]
fn runs_that_are_killed_at_any_instant_create_each_row_once() {
    let first = first_seed();
    let seeds = first..first + bound("GIJ_ROUNDS", 200);
    let tally = each(seeds, |seed| {
        let caught = std::panic::catch_unwind(|| round(seed));
        caught.unwrap_or_else(|_| {
            panic!("the round of seed {seed} failed; GIJ_SEED={seed} GIJ_ROUNDS=1 repeats it")
        })
    });
    say(format_args!("{tally}\n  {}", tally.in_detail()));
}
