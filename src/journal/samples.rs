//! Events for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::event::*;
use super::row_event::*;
use crate::model::{Place, Remote, ShownFields, TableFormat, TableName};

/// A moment of the sample run, in milliseconds from its beginning.
pub(crate) fn at(ms: i64) -> Timestamp {
    let start: Timestamp = "2026-11-22T10:15:03Z".parse().unwrap();
    start + jiff::SignedDuration::from_millis(ms)
}

pub(crate) fn opened() -> RunOpened {
    RunOpened {
        version: VERSION,
        gij: "0.1.0".into(),
        run: "20261122T101503Z-onboarding".into(),
        rehearsal: false,
        jira: Jira {
            own_url: None,
            url: "https://jira.example.org".into(),
            title: Some("Acme Jira".into()),
            version: Some("10.3.2".into()),
            user: Some("anna".into()),
        },
        options: BTreeMap::from([("only".to_owned(), "Team=Payments".to_owned())]),
        settings: serde_json::json!({"only": ["Team=Payments"]}),
        reading: Vec::new(),
        inputs: vec![Input {
            file: "onboarding.xlsx".into(),
            path: Some("/home/anna/onboarding.xlsx".into()),
            sheet: Some("Azure".into()),
            sha256: "9f86d081".into(),
            columns: vec!["type".into(), "displayName".into(), "Team".into()],
            rows_blank: 1,
        }],
        at: at(0),
    }
}

pub(crate) fn session() -> Event {
    Event::Session(Box::new(SessionStart {
        kind: SessionKind::Import,
        gij: "0.1.0".into(),
        host: "build-7".into(),
        os_user: "anna".into(),
        jira_user: Some("anna".into()),
        at: at(0),
        settle_ms: 30_000,
        confirmed_by: ConfirmedBy::Yes,
        options: BTreeMap::from([("concurrency".to_owned(), "4".to_owned())]),
    }))
}

/// The row `n`, which stands in the row below of its sheet.
pub(crate) fn row_read(n: u32) -> RowRead {
    RowRead {
        n,
        place: Place::row(
            &Arc::new(TableName {
                file: "onboarding.xlsx".into(),
                sheet: Some("Azure".into()),
                format: TableFormat::Xlsx,
            }),
            n.saturating_add(1),
            None,
        ),
        type_name: Some("AZURE".into()),
        name: Some(format!("Azure {n}")),
        origin: Some("https://dev.azure.com/acme".into()),
        key: None,
        cells: serde_json::Map::from_iter([("global".to_owned(), true.into())]).into(),
        group: None,
        warnings: Vec::new(),
        errors: Vec::new(),
        outcome: None,
    }
}

pub(crate) fn row(n: u32) -> Event {
    Event::Row(Box::new(row_read(n)))
}

pub(crate) fn planned(n: u32, action: PlannedAction) -> Event {
    Event::Plan(Planned {
        n,
        action,
        reason: "no-such-key".into(),
        remote: (action == PlannedAction::Exists).then_some(Remote {
            id: 70,
            init_date: None,
        }),
        differences: Vec::new(),
    })
}

pub(crate) fn intent(n: u32, attempt: u32) -> Event {
    Event::Intent(Intent {
        n,
        attempt,
        op: Op::Create,
        id: None,
        before: ShownFields::default(),
        left: None,
        at: at(1000),
    })
}

pub(crate) fn answered(n: u32, attempt: u32, verdict: Verdict) -> Event {
    let is_created = verdict == Verdict::Created;
    Event::Outcome(Answered {
        n,
        also_changed: Vec::new(),
        attempt,
        ms: 120,
        status: Some(if is_created { 200 } else { 500 }),
        verdict,
        remote: is_created.then(|| remote(600 + i64::from(n))),
        echo: ShownFields::default(),
        error: (!is_created).then(|| "the server failed".into()),
        advice: (!is_created).then(|| "ask Jira's administrator".into()),
        at: at(1120),
    })
}

pub(crate) fn settled(n: u32, verdict: Verdict) -> Event {
    Event::Settled(Settled {
        n,
        verdict,
        remote: (verdict == Verdict::Created).then(|| remote(600 + i64::from(n))),
        echo: ShownFields::default(),
        via: Via::List,
        at: at(60_000),
    })
}

pub(crate) fn audit(appeared: &[u32]) -> Event {
    Event::Audit(Audit {
        at: at(90_000),
        found: Discrepancies {
            appeared: appeared.to_vec(),
            ..Discrepancies::default()
        },
    })
}

pub(crate) fn closed() -> Event {
    Event::Closed {
        how: Ending::Complete,
        at: at(95_500),
    }
}

pub(crate) fn remote(id: i64) -> Remote {
    Remote {
        id,
        init_date: Some(1_795_342_504_000),
    }
}
