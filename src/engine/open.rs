//! The first events of a run: what was read, who runs it, what Jira held, what is planned.

use jiff::Timestamp;

use crate::journal::{
    Appender, Event, JournalError, ListReason, Listed, Planned, PlannedAction, RowRead, RunOpened,
    SessionStart,
};
use crate::model::{Outcome, Place, ShownRow};
use crate::plan::{Action, Plan, PlannedRow};

/// How a run begins.
pub(crate) struct Opening {
    pub opened: RunOpened,
    pub session: SessionStart,
    /// The rows that the selection leaves out: their numbers and places.
    pub not_selected: Vec<(u32, Place)>,
    /// The rows that are left out because they are not valid.
    pub invalid: Vec<ShownRow>,
    /// When the list was asked for that the plan was made from.
    pub listed_at: Timestamp,
}

/// Rows that are queued before waiting for the disk, so that they do not pile up in memory.
const ROWS_AT_ONCE: usize = 1000;

/// Writes the beginning of a run, and waits until it is on disk: nothing may be sent before.
///
/// # Errors
///
/// [`JournalError`] if the disk refuses.
pub(crate) async fn open(
    journal: &Appender,
    opening: Opening,
    plan: &Plan,
) -> Result<(), JournalError> {
    journal.append([Event::Opened(Box::new(opening.opened))])?;
    for rows in plan.rows().chunks(ROWS_AT_ONCE) {
        journal.append(rows.iter().map(read_event))?;
        journal.commit([]).await?;
    }
    for (n, place) in &opening.not_selected {
        journal.append([Event::Row(Box::new(RowRead::not_selected(*n, place)))])?;
    }
    for row in &opening.invalid {
        journal.append([Event::Row(Box::new(RowRead::invalid(row)))])?;
    }
    journal.append([
        Event::Session(Box::new(opening.session)),
        Event::Listed(Listed::all(
            ListReason::Baseline,
            opening.listed_at,
            plan.baseline.iter().copied(),
        )),
    ])?;
    journal.commit(planned(plan)).await
}

/// What is planned for each row.
pub(crate) fn planned(plan: &Plan) -> impl Iterator<Item = Event> {
    plan.rows().iter().map(planned_event)
}

fn read_event(planned: &PlannedRow) -> Event {
    // A resume of a run that died before its plan was on disk must not send these either.
    Event::Row(Box::new(RowRead {
        outcome: (planned.action == Action::NotSelected).then_some(Outcome::NotSelected),
        ..RowRead::valid(&planned.row)
    }))
}

fn planned_event(planned: &PlannedRow) -> Event {
    let action = match &planned.action {
        Action::Create { .. } => PlannedAction::Create,
        Action::Exists { .. } => PlannedAction::Exists,
        Action::Update(_) => PlannedAction::Update,
        Action::Unchanged(_) => PlannedAction::Unchanged,
        Action::Absent => PlannedAction::Absent,
        Action::NotSelected => PlannedAction::NotSelected,
    };
    Event::Plan(Planned {
        n: planned.row.n,
        action,
        reason: planned.action.reason().into(),
        remote: planned.action.remote(),
        differences: planned.action.differences().to_vec(),
    })
}
