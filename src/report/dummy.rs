//! The report that the tests of all forms share.

use super::run::Report;
use crate::journal::samples::{
    answered, at, audit, closed, intent, opened, planned, row, row_read, session,
};
use crate::journal::{Answered, Event, Excluded, PlannedAction, RowRead, RunState, Verdict};
use crate::model::ShownFields;

/// A run of five rows: created, there before, refused with a message that a spreadsheet would run, in doubt, invalid.
pub(super) fn report() -> Report {
    let refused = Event::Outcome(Answered {
        n: 3,
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
        outcome: Some(Excluded::Invalid),
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
        run.apply(&event);
    }
    Report::of_run(run)
}
