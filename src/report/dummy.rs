//! The reports that the tests of all forms share.

use std::sync::Arc;

use serde_json::json;

use super::value::Report;
use crate::journal::samples::{
    answered, at, audit, closed, intent, opened, planned, row, row_read, session,
};
use crate::journal::{
    Answered, Event, Intent, Op, PlannedAction, RowRead, RunState, SessionKind, Verdict,
};
use crate::model::{
    Code, Diagnostic, Diagnostics, Field, FieldValue, IntegrationType, Origin, Outcome, Place,
    Record, RecordDraft, RemoteIntegration, Row, ShownFields, ShownRow, TableFormat, TableName,
};
use crate::plan::Plan;
use crate::validate::{FileRead, RowCounts, TableRead, Validation};

/// A check of a CSV of four rows: three valid, of which one has a warning, and one invalid; and a warning about the file.
pub(super) fn check() -> Report {
    Report::of_check(&validation())
}

/// The plan of the same rows: create one, leave one that exists and differs, leave one beyond the limit.
pub(super) fn plan() -> Report {
    let found = validation();
    let there = RemoteIntegration {
        created_as: None,
        id: 70,
        type_name: "FILESPACE".into(),
        origin: Some("/srv/git/2/*".into()),
        display_name: Some("Archive 2".into()),
        init_date: None,
        fields: ShownFields::from(json!({"disabled": true}).as_object().unwrap().clone()),
    };
    let plan = Plan::new(found.rows.clone(), &[there], None).limited_to(1);
    Report::of_plan(&found, &plan, opened().jira)
}

fn validation() -> Validation {
    let table = Arc::new(TableName {
        file: "repos.csv".into(),
        sheet: None,
        format: TableFormat::Csv,
    });
    let bad = Place::row(&table, 5, Some(6));
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::new(
        Code::EncodingGuessed,
        Place::table(&table),
        "not UTF-8; read as windows-1252",
        "save it as UTF-8",
    ));
    diagnostics.push(Diagnostic {
        field: Some(Field::Origin),
        name: Some("Köln".into()),
        ..Diagnostic::new(
            Code::OriginNotUrl,
            bad.cell(2),
            "not a URL",
            "write https://…",
        )
    });
    let rows = RowCounts {
        read: 4,
        valid: 3,
        invalid: 1,
        not_selected: 0,
        blank: 1,
    };
    let read = TableRead {
        name: Arc::clone(&table),
        headers: ["type", "displayName", "origin"]
            .map(str::to_owned)
            .to_vec(),
        columns: vec![Field::Type, Field::DisplayName, Field::Origin],
        delimiter: Some(';'),
        encoding: Some("windows-1252"),
        rows,
    };
    Validation {
        files: vec![FileRead {
            name: "repos.csv".into(),
            sha256: Some("60303ae2".into()),
            tables: vec![read],
        }],
        counts: rows,
        diagnostics,
        row_errors: 1,
        rows: (1..=3).map(|n| valid(n, &table)).collect(),
        invalid: vec![ShownRow {
            n: 4,
            place: bad,
            type_name: Some("GITHUB_SERVER"),
            display_name: Some("Köln".into()),
            origin: None,
            cells: serde_json::Map::from_iter([("origin".to_owned(), "koeln".into())]).into(),
            id: None,
            group: Some("Search".into()),
            key: None,
            codes: vec![Code::OriginNotUrl],
        }],
        ..Validation::default()
    }
}

fn valid(n: u32, table: &Arc<TableName>) -> Row {
    let of = IntegrationType::Filespace;
    let draft = RecordDraft {
        display_name: Some(format!("Archive {n}")),
        origin: Some(Origin::parse(of, &format!("/srv/git/{n}/*")).unwrap()),
        settings: vec![(Field::Disabled, FieldValue::Flag(false))],
        ..RecordDraft::default()
    };
    Row {
        n,
        place: Place::row(table, n + 1, Some(u64::from(n) + 1)),
        record: Record::new(of, draft),
        warnings: if n == 1 {
            vec![Code::Trimmed]
        } else {
            Vec::new()
        },
        id: None,
        group: Some("Payments".into()),
    }
}

/// A run of five rows: created, there before, refused with a message that a spreadsheet would run, in doubt, invalid.
pub(super) fn run() -> Report {
    Report::of_run(run_state())
}

/// The same run after an undo, which removed what was created.
pub(super) fn undone() -> Report {
    let mut run = run_state();
    let Event::Session(mut undo) = session() else {
        unreachable!()
    };
    undo.kind = SessionKind::Undo;
    let delete = Event::Intent(Intent {
        n: 1,
        attempt: 3,
        op: Op::Delete,
        id: None,
        before: ShownFields::default(),
        left: None,
        at: at(2000),
    });
    for event in [
        Event::Session(undo),
        delete,
        answered(1, 3, Verdict::Removed),
        closed(),
    ] {
        run.apply(event);
    }
    Report::of_run(run)
}

fn run_state() -> RunState {
    let refused = Event::Outcome(Answered {
        n: 3,
        also_changed: Vec::new(),
        attempt: 1,
        ms: 80,
        status: Some(400),
        verdict: Verdict::Failed,
        remote: None,
        echo: ShownFields::default(),
        error: Some("=HYPERLINK(\"http://x\"), \"bad\" token".into()),
        advice: Some("check the token".into()),
        at: at(1500),
    });
    let invalid = RowRead {
        type_name: None,
        outcome: Some(Outcome::Invalid),
        group: Some("Search".into()),
        warnings: vec!["trimmed".into(), "plain-http".into()],
        ..row_read(5)
    };
    let mut run = RunState::new(opened());
    let rows = (1..=4)
        .map(row)
        .chain([Event::Row(Box::new(invalid)), session()]);
    let sent = [
        planned(2, PlannedAction::Exists),
        intent(1, 1),
        answered(1, 1, Verdict::NothingHappened),
        intent(1, 2),
        intent(3, 1),
        answered(1, 2, Verdict::Created),
        refused,
        intent(4, 1),
        audit(&[]),
        closed(),
    ];
    for event in rows.chain(sent) {
        run.apply(event);
    }
    run
}
