//! Each fault that a run gets over, at a fifth of all creations, and then all of them together.

use std::time::Duration;

use fastrand::Rng;
use gij::sandbox::{Call, Config, Fault, Faults};

use crate::bounds::{bound, each, first_seed};
use crate::env::Env;
use crate::jira;
use crate::runs::Trial;
use crate::sheet::Sheet;
use crate::tally::{Tally, say};

/// Whether a person has to do something before it can go on, or the app itself refuses the row.
fn is_final(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Redirect
            | Fault::LoginPage
            | Fault::Captcha
            | Fault::Unauthorized
            | Fault::Failure200
            | Fault::Failure400
            | Fault::Failure500
    )
}

/// A run that much goes wrong in.
struct Weather<'f> {
    /// What goes wrong, each as likely as the others.
    faults: &'f [Fault],
    /// How many of the creations go wrong.
    share: f64,
    rows: usize,
    concurrency: &'f str,
    seed: u64,
}

/// The run, gone on with until it is done.
fn run(weather: &Weather<'_>) -> Tally {
    let &Weather {
        faults, rows, seed, ..
    } = weather;
    let mut likely = Faults::default();
    #[expect(clippy::cast_precision_loss, reason = "there are few faults")]
    let share = weather.share / faults.len() as f64;
    for &fault in faults {
        likely = likely.with(Call::Create, fault, share).unwrap();
    }
    let sheet = Sheet::new(rows, 0, &mut Rng::with_seed(seed));
    let env = Env::new()
        .sandbox_with(Config {
            faults: likely,
            fault_seed: seed,
            late_by: Duration::from_millis(60),
            list_lag: Duration::from_millis(60),
            ..Config::default()
        })
        .file("a.csv", &sheet.text);
    let options = [
        "--settle",
        "1s",
        "--timeout",
        "1s",
        "--retries",
        "20",
        "--concurrency",
        weather.concurrency,
    ];
    let mut trial = Trial::new(&env, &options);
    if trial.import() != 0 {
        trial.finish(&sheet);
    }
    let mut tally = trial.tally;
    tally += jira::count(&env, &sheet);
    jira::assert_announced(&env);
    let name = faults.iter().map(|fault| fault.name()).collect::<Vec<_>>();
    assert_eq!(
        (tally.lost, tally.doubled, tally.in_doubt),
        (0, 0, 0),
        "{}, seed {seed}: {tally}",
        name.join(", ")
    );
    tally
}

#[test]
#[ignore = "takes minutes; see the head of tests/trials/main.rs"]
fn each_fault_that_passes_leaves_each_row_created_once() {
    let rows = usize::try_from(bound("GIJ_ROWS", 2000)).unwrap();
    let passing: Vec<Fault> = Fault::all().filter(|fault| !is_final(*fault)).collect();
    let mut trials: Vec<Vec<Fault>> = passing.iter().map(|&fault| vec![fault]).collect();
    trials.push(passing);
    let tally = each(trials, |faults| {
        let tally = run(&Weather {
            faults: &faults,
            share: 0.2,
            rows,
            concurrency: "16",
            seed: first_seed(),
        });
        let name = match faults[..] {
            [fault] => fault.name(),
            _ => "all of them",
        };
        say(format_args!("{name}: {tally}"));
        tally
    });
    say(format_args!("{tally}\n  {}", tally.in_detail()));
}

#[test]
#[ignore = "takes minutes; see the head of tests/trials/main.rs"]
fn a_jira_that_fails_more_often_than_not_stops_runs_that_go_on_all_the_same() {
    let faults = [
        Fault::CutBeforeCommit,
        Fault::Error500Before,
        Fault::Error502Before,
        Fault::Error408,
        Fault::Late,
        Fault::BrokenOff,
    ];
    let first = first_seed();
    let tally = each(
        first..first + bound("GIJ_ROUNDS", 200).div_ceil(10),
        |seed| {
            run(&Weather {
                faults: &faults,
                share: 0.8,
                rows: 24,
                concurrency: ["1", "2"][usize::from(seed % 2 == 0)],
                seed,
            })
        },
    );
    say(format_args!("{tally}\n  {}", tally.in_detail()));
}
