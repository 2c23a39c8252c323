use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::journal::reader::Line;
use crate::journal::samples::{
    answered, at, closed, intent, opened, planned, row, session, settled,
};
use crate::journal::writer::write_line;
use crate::journal::*;
use crate::model::{
    Code, IntegrationType, Origin, Outcome, Place, Record, RecordDraft, Row, ShownFields, ShownRow,
    TableFormat, TableName,
};

fn json(event: &Event) -> String {
    serde_json::to_string(event).unwrap()
}

fn listed(found: Found) -> Event {
    Event::Listed(Listed {
        why: ListReason::Baseline,
        at: at(500),
        found,
        init_dates: Vec::new(),
    })
}

fn one_of_each() -> Vec<Event> {
    let new = serde_json::json!({"id": 611, "type": "AZURE", "origin": null, "name": "Azure 1", "init_date": 1_795_342_504_000_i64});
    vec![
        Event::Opened(Box::new(opened())),
        row(1),
        session(),
        Event::Confirmed {
            by: ConfirmedBy::Answer,
            at: at(2),
        },
        Event::Declined { at: at(2) },
        listed(Found::Ids(vec![1, 2])),
        listed(Found::New(vec![new])),
        planned(1, PlannedAction::Exists),
        intent(1, 1),
        answered(1, 1, Verdict::Created),
        answered(2, 1, Verdict::Failed),
        settled(1, Verdict::Created),
        Event::Paused {
            why: "rate-limited by Jira".into(),
            ms: 12_000,
        },
        Event::Stopped {
            why: "disk full".into(),
            at: at(3),
        },
        Event::Audit(Audit {
            at: at(4),
            found: Discrepancies {
                missing: vec![1],
                duplicates: vec![Duplicate {
                    n: 2,
                    remotes: Vec::new(),
                }],
                appeared: vec![],
            },
        }),
        closed(),
    ]
}

#[test]
fn events_come_back_as_they_were_written() {
    for event in one_of_each() {
        let mut line = Vec::new();
        write_line(&mut line, 7, &event).unwrap();
        let read = Line::parse(&line).unwrap();
        assert_eq!((read.seq, read.event), (7, event));
    }
}

/// The format is a promise to later versions: a change here is a new version.
#[test]
fn the_format() {
    let lines: Vec<String> = one_of_each().iter().map(json).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"event":"opened","version":{"major":2,"minor":5},"gij":"0.1.0","run":"20261122T101503Z-onboarding","rehearsal":false,"jira":{"url":"https://jira.example.org","title":"Acme Jira","version":"10.3.2","user":"anna"},"options":{"only":"Team=Payments"},"settings":{"only":["Team=Payments"]},"inputs":[{"file":"onboarding.xlsx","path":"/home/anna/onboarding.xlsx","sheet":"Azure","sha256":"9f86d081","columns":["type","displayName","Team"],"rows_blank":1}],"at":"2026-11-22T10:15:03.000Z"}
    {"event":"row","n":1,"place":{"file":"onboarding.xlsx","sheet":"Azure","format":"xlsx","row":2,"line":null},"type":"AZURE","name":"Azure 1","origin":"https://dev.azure.com/acme","cells":{"global":true}}
    {"event":"session","kind":"import","gij":"0.1.0","host":"build-7","os_user":"anna","jira_user":"anna","at":"2026-11-22T10:15:03.000Z","settle_ms":30000,"confirmed_by":"yes","options":{"concurrency":"4"}}
    {"event":"confirmed","by":"answer","at":"2026-11-22T10:15:03.002Z"}
    {"event":"declined","at":"2026-11-22T10:15:03.002Z"}
    {"event":"listed","why":"baseline","at":"2026-11-22T10:15:03.500Z","ids":[1,2]}
    {"event":"listed","why":"baseline","at":"2026-11-22T10:15:03.500Z","new":[{"id":611,"init_date":1795342504000,"name":"Azure 1","origin":null,"type":"AZURE"}]}
    {"event":"plan","n":1,"action":"exists","reason":"no-such-key","id":70}
    {"event":"intent","n":1,"attempt":1,"op":"create","at":"2026-11-22T10:15:04.000Z"}
    {"event":"outcome","n":1,"attempt":1,"ms":120,"status":200,"verdict":"created","remote":{"id":601,"init_date":1795342504000},"at":"2026-11-22T10:15:04.120Z"}
    {"event":"outcome","n":2,"attempt":1,"ms":120,"status":500,"verdict":"failed","error":"the server failed","advice":"ask Jira's administrator","at":"2026-11-22T10:15:04.120Z"}
    {"event":"settled","n":1,"verdict":"created","remote":{"id":601,"init_date":1795342504000},"via":"list","at":"2026-11-22T10:16:03.000Z"}
    {"event":"paused","why":"rate-limited by Jira","ms":12000}
    {"event":"stopped","why":"disk full","at":"2026-11-22T10:15:03.003Z"}
    {"event":"audit","at":"2026-11-22T10:15:03.004Z","missing":[1],"doubles":[{"n":2,"remotes":[]}],"appeared":[]}
    {"event":"closed","how":"complete","at":"2026-11-22T10:16:38.500Z"}
    "#);
}

#[test]
fn an_event_of_a_newer_version_is_passed_over() {
    let event = serde_json::from_str::<Event>(r#"{"event":"moon_landing","n":1}"#).unwrap();
    assert_eq!(event, Event::Unknown);
}

#[test]
fn a_valid_row_is_written_with_what_it_says_and_its_key() {
    let values = RecordDraft {
        display_name: Some("Payments".into()),
        origin: Some(Origin::parse(IntegrationType::Filespace, "/srv/repos/*").unwrap()),
        ..RecordDraft::default()
    };
    let table = Arc::new(TableName {
        file: "repos.csv".into(),
        sheet: None,
        format: TableFormat::Csv,
    });
    let row = Row {
        n: 1,
        place: Place::row(&table, 2, Some(2)),
        record: Record::new(IntegrationType::Filespace, values),
        warnings: vec![Code::Trimmed],
        id: None,
        group: None,
    };
    insta::assert_snapshot!(json(&Event::Row(Box::new(RowRead::valid(&row)))), @r#"{"event":"row","n":1,"place":{"file":"repos.csv","sheet":null,"format":"csv","row":2,"line":2},"type":"FILESPACE","name":"Payments","origin":"/srv/repos/*","key":{"type":"FILESPACE","origin":"/srv/repos/*","name":"Payments"},"cells":{"displayName":"Payments","origin":"/srv/repos/*","type":"FILESPACE"},"warnings":["trimmed"]}"#);
}

#[test]
fn an_invalid_row_is_written_with_what_can_be_read_and_what_is_wrong() {
    let table = Arc::new(TableName {
        file: "repos.csv".into(),
        sheet: None,
        format: TableFormat::Csv,
    });
    let row = ShownRow {
        n: 2,
        place: Place::row(&table, 3, Some(3)),
        type_name: Some("GITLAB"),
        display_name: Some("Payments".into()),
        origin: None,
        cells: ShownFields::default(),
        id: None,
        group: Some("Payments".into()),
        key: None,
        codes: vec![Code::MissingCredential, Code::NotABoolean],
    };
    let read = RowRead::invalid(&row);
    insta::assert_snapshot!(json(&Event::Row(Box::new(read.clone()))), @r#"{"event":"row","n":2,"place":{"file":"repos.csv","sheet":null,"format":"csv","row":3,"line":3},"type":"GITLAB","name":"Payments","origin":null,"group":"Payments","errors":["missing-credential","not-a-boolean"],"outcome":"invalid"}"#);
    let mut run = RunState::new(opened());
    run.apply(Event::Row(Box::new(read)));
    let state = run.row(2).unwrap();
    assert_eq!(state.outcome, Outcome::Invalid);
    assert_eq!(
        state.last.error.as_deref(),
        Some("not valid: missing-credential, not-a-boolean")
    );
    assert!(!run.is_unfinished());
}

/// A journal that version 1 of the format has: an import that was killed, or the same run after a resume, two undos that met
/// faults, and a verification.
fn journal(name: &str) -> PathBuf {
    let journals = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/journals");
    journals.join(name)
}

/// What is known of the run, a line each.
fn told(name: &str) -> String {
    let run = read(&journal(name)).unwrap();
    assert_eq!((run.is_torn, run.damaged), (false, vec![]));
    let run = run.state;
    let kinds: Vec<_> = run.sessions.iter().map(|session| session.kind).collect();
    let mut text = format!("{kinds:?}\n");
    for (_, row) in run.rows() {
        let id = row.remote.map(|remote| remote.id);
        let _ = write!(
            text,
            "{}: {} {id:?} {:?}",
            row.read.place, row.outcome, row.via
        );
        let _ = write!(text, ", sent {} {:?}", row.attempts, row.last.status);
        if let Some(removal) = row.removal() {
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
            let read = Line::parse(line.as_bytes()).unwrap();
            let mut written = Vec::new();
            write_line(&mut written, read.seq, &read.event).unwrap();
            let value = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap();
            assert_eq!(value(&written), value(line.as_bytes()));
        }
    }
}
