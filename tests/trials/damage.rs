//! A journal is damaged in its middle, as by a bad sector or an editor, and the run gone on with.

use fastrand::Rng;

use crate::bounds::{bound, each, first_seed};
use crate::stage::{EXISTS, ROWS, Stage, lines};
use crate::tally::{Tally, say};

/// What happens to a line.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Zeros,
    Garbage,
    Removed,
    Doubled,
    /// The line before stands in its place.
    Overwritten,
    Swapped,
    /// Its end is lost.
    Joined,
}

const ALL: [Damage; 7] = [
    Damage::Zeros,
    Damage::Garbage,
    Damage::Removed,
    Damage::Doubled,
    Damage::Overwritten,
    Damage::Swapped,
    Damage::Joined,
];

impl Damage {
    /// The journal with its line of this number, from 0, damaged.
    fn done(self, journal: &[u8], number: usize) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> = lines(journal).iter().map(|line| line.to_vec()).collect();
        let length = lines[number].len() - 1;
        match self {
            Self::Zeros => lines[number][..length].fill(0),
            Self::Garbage => lines[number][length / 2..length].fill(b'#'),
            Self::Removed => drop(lines.remove(number)),
            Self::Doubled => lines.insert(number, lines[number].clone()),
            Self::Overwritten => {
                let before = lines[number - 1].clone();
                lines[number] = before;
            }
            Self::Swapped if number + 1 < lines.len() => lines.swap(number, number + 1),
            Self::Swapped => {}
            Self::Joined => lines[number][length] = b' ',
        }
        lines.concat()
    }
}

/// Goes on with a damaged run, twice.
fn go_on(stage: &Stage, journal: &[u8]) -> Tally {
    stage.set_up(journal, &stage.held);
    let read = gij::testing::journal::read(&stage.run.join("journal.jsonl"));
    let has_baseline = read.is_ok_and(|read| read.state.baseline.is_some());
    let mut tally = Tally {
        rounds: 1,
        rows: ROWS as u64,
        ..Tally::default()
    };
    for _ in 0..2 {
        let (ran, sent) = stage.resume();
        assert!(matches!(ran.code, Some(0 | 1 | 2 | 4)), "{ran:?}");
        assert!(sent == 0 || has_baseline, "{ran:?}");
        tally.resumes += 1;
        tally.stops += u64::from(ran.code == Some(4));
        if ran.code == Some(2) {
            assert!(ran.stderr.contains("journal"), "{ran:?}");
            continue;
        }
        stage.assert_reported();
        let is_all_there = stage.names().len() == ROWS;
        assert!(is_all_there || ran.code != Some(0), "{ran:?}");
        let outcome = stage.outcome(EXISTS);
        assert_ne!(
            outcome.as_deref(),
            Some("created"),
            "{EXISTS} was there before: {ran:?}"
        );
    }
    tally.in_doubt += if stage.run.join("report.json").exists() {
        stage.env.total("in_doubt")
    } else {
        0
    };
    // Rows that the journal has lost are no part of the run any more.
    tally.lost += (ROWS - stage.names().len()) as u64;
    tally
}

fn summary(what: &str, tally: &Tally) -> String {
    let Tally {
        rounds,
        resumes,
        stops,
        rows,
        lost,
        in_doubt,
        ..
    } = tally;
    format!(
        "{what}: {rounds} rounds, {resumes} resumes, {stops} stops, {rows} rows: 0 doubled, {lost} not sent and said to be, \
         {in_doubt} in doubt"
    )
}

#[test]
#[ignore = "takes a minute; see the head of tests/trials/main.rs"]
fn a_damaged_line_of_a_journal_doubles_nothing() {
    let count = lines(&Stage::half_way().journal).len();
    let all: Vec<(usize, Damage)> = (0..count)
        .flat_map(|number| ALL.map(|damage| (number, damage)))
        .collect();
    // The first line has none before it.
    let all = all
        .into_iter()
        .filter(|(number, damage)| *number > 0 || !matches!(damage, Damage::Overwritten));
    let all: Vec<_> = all.collect();
    let most = usize::try_from(bound("GIJ_CUTS", u64::MAX))
        .unwrap_or(usize::MAX)
        .clamp(1, all.len());
    let chosen: Vec<_> = (0..most).map(|n| all[n * all.len() / most]).collect();
    let shares: Vec<_> = chosen.chunks(chosen.len().div_ceil(4)).collect();
    let tally = each(shares, |share| {
        let stage = Stage::half_way();
        let mut tally = Tally::default();
        for &(number, damage) in share {
            let Some(line) = lines(&stage.journal).get(number).copied() else {
                continue;
            };
            let line = String::from_utf8_lossy(line).into_owned();
            let journal = damage.done(&stage.journal, number);
            let caught =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| go_on(&stage, &journal)));
            tally += caught
                .unwrap_or_else(|_| panic!("{damage:?} of line {} failed: {line}", number + 1));
        }
        tally
    });
    say(summary("damaged lines", &tally));
}

#[test]
#[ignore = "takes a minute; see the head of tests/trials/main.rs"]
fn a_block_that_is_lost_doubles_nothing() {
    let first = first_seed();
    let seeds: Vec<u64> = (first..first + bound("GIJ_ROUNDS", 200)).collect();
    let shares: Vec<_> = seeds.chunks(seeds.len().div_ceil(4)).collect();
    let tally = each(shares, |share| {
        let stage = Stage::half_way();
        let mut tally = Tally::default();
        for &seed in share {
            let mut random = Rng::with_seed(seed);
            let mut journal = stage.journal.clone();
            let begin = random.usize(lines(&journal)[0].len()..journal.len());
            let end = journal.len().min(begin + random.usize(1..4096));
            journal[begin..end].fill(0);
            let caught =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| go_on(&stage, &journal)));
            tally +=
                caught.unwrap_or_else(|_| panic!("seed {seed} failed: the bytes {begin} to {end}"));
        }
        tally
    });
    say(summary("lost blocks", &tally));
}
