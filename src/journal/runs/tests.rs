use super::super::event::{Event, RunOpened};
use super::super::samples::{at as moment, opened};
use super::super::writer::Journal;
use super::*;

const FIRST: &str = "20261122T101503Z-onboarding";
const SECOND: &str = "20261122T111503Z-payments";
const REHEARSAL: &str = "20261122T121503Z-onboarding";

fn store(runs_dir: &Path, id: &str, hour: i64, rehearsal: bool) {
    let dir = runs_dir.join(id);
    std::fs::create_dir(&dir).unwrap();
    let journal = Journal::create(&dir).unwrap();
    let opened = RunOpened {
        run: id.into(),
        rehearsal,
        at: moment(hour * 3_600_000),
        ..opened()
    };
    let opening = Event::Opened(Box::new(opened));
    journal.appender().append([opening]).unwrap();
    journal.close().unwrap();
}

/// Two runs, and a later rehearsal with the first one's sheet.
fn runs() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), SECOND, 1, false);
    store(dir.path(), FIRST, 0, false);
    store(dir.path(), REHEARSAL, 2, true);
    dir
}

fn write(dir: &Path, id: &str, journal: &str) {
    std::fs::create_dir(dir.join(id)).unwrap();
    std::fs::write(dir.join(id).join(JOURNAL_FILE), journal).unwrap();
}

#[track_caller]
fn found(dir: &Path, word: &str) -> String {
    find_run(dir, word, |_| true).unwrap().id
}

#[track_caller]
fn missed(dir: &Path, word: &str) -> String {
    let error = find_run(dir, word, |_| true).unwrap_err();
    let dir = dir.display().to_string();
    format!("{error}\n{}", error.help).replace(&dir, "RUNS")
}

#[test]
fn the_last_run_is_the_newest_that_is_no_rehearsal() {
    assert_eq!(found(runs().path(), "last"), SECOND);
}

#[test]
fn a_run_is_found_by_its_id_its_path_and_a_part_of_its_name() {
    let dir = runs();
    assert_eq!(found(dir.path(), FIRST), FIRST);
    assert_eq!(found(dir.path(), "pay"), SECOND);
    assert_eq!(found(dir.path(), "T111503z-PAY"), SECOND);
    let path = dir.path().join(REHEARSAL);
    assert_eq!(
        found(Path::new("elsewhere"), path.to_str().unwrap()),
        REHEARSAL
    );
    let journal = path.join(JOURNAL_FILE);
    assert_eq!(found(dir.path(), journal.to_str().unwrap()), REHEARSAL);
}

#[test]
fn a_rehearsal_does_not_stand_in_the_way_of_its_run() {
    let dir = runs();
    assert_eq!(found(dir.path(), "onboarding"), FIRST);
    assert_eq!(found(dir.path(), "T1215"), REHEARSAL);
}

#[test]
fn several_matches_are_listed_the_newest_first() {
    assert_eq!(
        missed(runs().path(), "20261122"),
        format!("`20261122` matches 2 runs in RUNS\ngive more of the name: {SECOND}, {FIRST}")
    );
}

#[test]
fn where_nothing_matches_the_runs_are_listed() {
    let dir = runs();
    for word in ["migration", ""] {
        assert_eq!(
            missed(dir.path(), word),
            format!(
                "no run in RUNS has `{word}` in its name\nthere are {REHEARSAL}, {SECOND}, {FIRST}"
            )
        );
    }
    for n in 0..9 {
        store(dir.path(), &format!("2025-{n}"), -n, false);
    }
    assert!(missed(dir.path(), "migration").ends_with("2025-4 and 4 more"));
}

#[test]
fn without_any_run_the_help_tells_how_to_start_one() {
    let dir = tempfile::tempdir().unwrap();
    for runs_dir in [dir.path().to_owned(), dir.path().join("none")] {
        for word in ["last", "onboarding"] {
            assert!(missed(&runs_dir, word).contains("`gij import FILE` starts a run"));
        }
    }
}

#[test]
fn rehearsals_alone_have_no_last_run() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), REHEARSAL, 2, true);
    let said = missed(dir.path(), "last");
    assert!(
        said.starts_with("all runs in RUNS are rehearsals"),
        "{said}"
    );
    assert!(said.ends_with(REHEARSAL), "{said}");
}

#[test]
fn torn_and_foreign_directories_are_skipped() {
    let dir = runs();
    std::fs::create_dir(dir.path().join("20261123T000000Z-empty")).unwrap();
    write(
        dir.path(),
        "20261123T000000Z-torn",
        "{\"seq\":1,\"event\":\"ope",
    );
    write(dir.path(), "holiday", "photos\n");
    assert_eq!(found(dir.path(), "last"), SECOND);
    let all = StoredRuns::below(dir.path()).unwrap();
    assert_eq!(ids(&all.runs), [REHEARSAL, SECOND, FIRST].join(", "));
    let why: Vec<String> = all
        .skipped
        .iter()
        .map(|other| other.why.to_string())
        .collect();
    assert_eq!(why[0], "it has no journal.jsonl");
    assert_eq!(
        why[1],
        "gij ended before the first line of its journal was written; nothing was sent"
    );
    assert!(why[2].contains("does not begin like a journal"), "{why:?}");
}

#[test]
fn an_older_run_is_not_taken_for_the_last_one_when_a_newer_one_cannot_be_read() {
    let dir = runs();
    let newer = r#"{"version":{"major":9,"minor":0}}"#;
    write(dir.path(), "20261121T000000Z-before", &format!("{newer}\n"));
    assert_eq!(found(dir.path(), "last"), SECOND);
    write(dir.path(), "20261124T000000Z-after", &format!("{newer}\n"));
    let said = missed(dir.path(), "last");
    assert!(said.contains("after may be it, and the journal"), "{said}");
    assert!(said.contains("has format 9"), "{said}");
}

#[test]
fn a_word_that_names_no_run_is_answered_with_the_reason() {
    let dir = runs();
    write(dir.path(), "20261123T000000Z-torn", "");
    let said = missed(dir.path(), "torn");
    assert!(
        said.starts_with("RUNS/20261123T000000Z-torn is not a run: gij ended before"),
        "{said}"
    );
    let said = missed(dir.path(), dir.path().to_str().unwrap());
    assert!(
        said.starts_with("RUNS is not a run: it has no journal.jsonl"),
        "{said}"
    );
}
