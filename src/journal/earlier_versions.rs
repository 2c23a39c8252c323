//! Journals that an earlier `gij` wrote: an import that was killed, and the same run after a resume, two undos that met
//! faults, and a verification.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{line, read};

fn journal(name: &str) -> PathBuf {
    let journals = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/journals");
    journals.join(name)
}

/// What is known of the run, a line each.
fn told(name: &str) -> String {
    let run = read(&journal(name)).unwrap();
    assert_eq!((run.is_torn, run.damaged), (false, vec![]));
    let run = run.state;
    let kinds: Vec<_> = run.sessions().iter().map(|session| session.kind).collect();
    let mut text = format!("{kinds:?}\n");
    for (_, row) in run.rows() {
        let id = row.remote.map(|remote| remote.id);
        let _ = write!(text, "{}: {} {id:?} {:?}", row.place, row.outcome, row.via);
        let _ = write!(text, ", sent {} {:?}", row.attempts, row.last.status);
        if let Some(removal) = &row.removal {
            let _ = write!(text, ", {:?}", removal.outcome);
        }
        text.push('\n');
    }
    text
}

#[test]
fn a_killed_import_is_read_as_ever() {
    insta::assert_snapshot!(told("killed.jsonl"), @r#"
    [Import]
    teams.csv:2: in doubt None None, sent 1 None
    teams.csv:3: created Some(3) Some(Answer), sent 1 Some(200)
    teams.csv:4: exists Some(1) None, sent 0 None
    teams.csv:5: created Some(4) Some(Answer), sent 1 Some(200)
    teams.csv:6: created Some(5) Some(Answer), sent 1 Some(200)
    teams.csv:7: created Some(6) Some(Answer), sent 1 Some(200)
    teams.csv:8: failed None None, sent 1 Some(400)
    teams.csv:9: in doubt None None, sent 1 None
    teams.csv:10: in doubt None None, sent 1 None
    teams.csv:11: failed None None, sent 1 Some(400)
    teams.csv:12: in doubt None None, sent 1 None
    teams.csv:13: in doubt None None, sent 1 None
    teams.csv:14: not selected None None, sent 0 None
    teams.csv:15: not selected None None, sent 0 None
    teams.csv:16: in doubt None None, sent 1 Some(500)
    teams.csv:17: in doubt None None, sent 1 None
    teams.csv:18: invalid None None, sent 0 None
    "#);
}

#[test]
fn an_undone_run_is_read_as_ever() {
    insta::assert_snapshot!(told("undone.jsonl"), @r#"
    [Import, Resume, Undo, Verify, Undo]
    teams.csv:2: created Some(2) Some(List), sent 1 None, LeftAlone
    teams.csv:3: created Some(3) Some(Answer), sent 1 Some(200), InDoubt
    teams.csv:4: exists Some(1) None, sent 0 None
    teams.csv:5: created Some(4) Some(Answer), sent 1 Some(200)
    teams.csv:6: created Some(5) Some(Answer), sent 1 Some(200), InDoubt
    teams.csv:7: created Some(6) Some(Answer), sent 1 Some(200)
    teams.csv:8: created Some(12) Some(List), sent 3 None, LeftAlone
    teams.csv:9: created Some(7) Some(List), sent 1 None, LeftAlone
    teams.csv:10: created Some(8) Some(List), sent 1 None, LeftAlone
    teams.csv:11: failed None None, sent 3 Some(400)
    teams.csv:12: created Some(11) Some(List), sent 2 None, LeftAlone
    teams.csv:13: created Some(9) Some(List), sent 1 None, LeftAlone
    teams.csv:14: not selected None None, sent 0 None
    teams.csv:15: not selected None None, sent 0 None
    teams.csv:16: created Some(10) Some(List), sent 1 Some(500), LeftAlone
    teams.csv:17: in doubt None None, sent 1 None
    teams.csv:18: invalid None None, sent 0 None
    "#);
}

#[test]
fn each_event_is_written_as_ever() {
    for name in ["killed.jsonl", "undone.jsonl"] {
        let text = std::fs::read_to_string(journal(name)).unwrap();
        for line in text.split_inclusive('\n') {
            let read = line::read(&mut line.as_bytes().to_vec()).unwrap();
            let mut written = Vec::new();
            line::write(&mut written, read.seq, &read.event).unwrap();
            let value = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap();
            assert_eq!(value(&written), value(line.as_bytes()));
        }
    }
}
