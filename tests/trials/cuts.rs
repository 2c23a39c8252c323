//! A journal is cut at every byte, as a lost disk cache would, and the run gone on with.

use gij::sandbox::Integration;

use crate::bounds::{bound, each};
use crate::env::Ran;
use crate::journal::{events_of, intents};
use crate::runs::has_no_run;
use crate::stage::{ROWS, Stage, lines};
use crate::tally::{Tally, say};

/// At most `most` places of a journal: its line ends, and as many others.
fn places(journal: &[u8], most: usize) -> Vec<usize> {
    if most > journal.len() {
        return (0..=journal.len()).collect();
    }
    let ends: Vec<usize> = lines(journal)
        .iter()
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    let half = (most / 2).max(1);
    let some = (0..half.min(ends.len())).map(|n| ends[n * ends.len() / half.min(ends.len())]);
    let others = (0..half).map(|n| n * journal.len() / half);
    let mut places: Vec<usize> = some.chain(others).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// What Jira held when nothing was sent yet but what the cut journal announces.
fn held_then(stage: &Stage, cut: &[u8]) -> Vec<Integration> {
    let (known, all) = (
        intents(&events_of(cut)),
        intents(&events_of(&stage.journal)),
    );
    let is_there = |one: &&Integration| known.get(&one.display_name) == all.get(&one.display_name);
    stage.held.iter().filter(is_there).cloned().collect()
}

/// Goes on with the run cut there; where there is no run any more, begins it anew.
fn go_on(stage: &Stage, cut: &[u8], held: &[Integration]) -> Tally {
    stage.set_up(cut, held);
    let (ran, sent) = stage.resume();
    let mut tally = Tally {
        rounds: 1,
        resumes: 1,
        rows: ROWS as u64,
        ..Tally::default()
    };
    // Before that line nothing can have been sent.
    let mut events = events_of(cut).into_iter();
    let has_begun = events.any(|event| event["why"] == "baseline");
    match ran.code {
        Some(0) => assert!(has_begun),
        Some(2) if !has_begun => {
            assert!(has_no_run(&ran) && sent == 0, "{ran:?}");
            Ran::exit(
                stage
                    .env
                    .run(["import", "a.csv", "--yes", "--settle", "1ms"]),
                0,
            );
        }
        _ => panic!("{ran:?}"),
    }
    assert_eq!(
        sent,
        if has_begun { ROWS - held.len() } else { 0 },
        "{ran:?}"
    );
    let names = stage.names();
    tally.lost += (ROWS - names.len()) as u64;
    tally.doubled += names.values().filter(|count| **count > 1).count() as u64;
    assert_eq!((tally.lost, tally.doubled), (0, 0), "{ran:?}");
    stage.assert_reported();
    tally
}

#[test]
#[ignore = "takes many minutes; see the head of tests/trials/main.rs"]
fn a_journal_cut_at_any_byte_is_gone_on_with_or_refused() {
    let most = usize::try_from(bound("GIJ_CUTS", u64::MAX)).unwrap_or(usize::MAX);
    let workers = 4;
    let tally = each(0..workers, |worker| {
        let stage = Stage::done();
        let mut tally = Tally::default();
        for place in places(&stage.journal, most)
            .into_iter()
            .skip(worker)
            .step_by(workers)
        {
            let cut = &stage.journal[..place];
            for held in [stage.held.clone(), held_then(&stage, cut)] {
                let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    go_on(&stage, cut, &held)
                }));
                tally += caught.unwrap_or_else(|_| {
                    let rest = String::from_utf8_lossy(&stage.journal[place..]).into_owned();
                    let line = rest.lines().next().unwrap_or_default().to_owned();
                    panic!(
                        "cut at byte {place}, before {line:?}, with {} held",
                        held.len()
                    )
                });
            }
        }
        tally
    });
    say(format_args!(
        "a journal cut, with a Jira that has all rows and one that has what was announced: {tally}"
    ));
}
