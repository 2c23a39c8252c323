//! The columns of the forms that are sheets: what each holds of a row.

use super::value::ReportKind::{Check, Plan, Run};
use super::value::{IndexState, Report, ReportKind, ReportRow};
use crate::model::Difference;

/// A column of the rows, under the name of the JSON's key.
pub(super) struct Column {
    pub name: &'static str,
    /// The reports that have it.
    kinds: &'static [ReportKind],
    pub cell: fn(&ReportRow) -> String,
}

const EVERY: &[ReportKind] = &[Check, Plan, Run];

#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    Column { name: "file",         kinds: EVERY,        cell: |row| row.place.table.file.clone() },
    Column { name: "sheet",        kinds: EVERY,        cell: |row| text(row.place.table.sheet.as_ref()) },
    Column { name: "row",          kinds: EVERY,        cell: |row| text(row.place.row) },
    Column { name: "type",         kinds: EVERY,        cell: |row| text(row.type_name.as_ref()) },
    Column { name: "display_name", kinds: EVERY,        cell: |row| text(row.display_name.as_ref()) },
    Column { name: "origin",       kinds: EVERY,        cell: |row| text(row.origin.as_ref()) },
    Column { name: "outcome",      kinds: &[Check, Run], cell: |row| row.status.name().to_owned() },
    Column { name: "action",       kinds: &[Plan],      cell: |row| row.status.name().to_owned() },
    Column { name: "reason",       kinds: &[Plan],      cell: |row| text(row.reason.as_ref()) },
    Column { name: "changes",      kinds: &[Run],       cell: changes },
    Column { name: "id",           kinds: &[Plan, Run], cell: |row| text(row.id) },
    Column { name: "differences",  kinds: &[Plan],      cell: differences },
    Column { name: "attempts",     kinds: &[Run],       cell: |row| row.attempts.to_string() },
    Column { name: "http_status",  kinds: &[Run],       cell: |row| text(row.http_status) },
    Column { name: "error",        kinds: EVERY,        cell: |row| text(row.error.as_ref()) },
    Column { name: "advice",       kinds: EVERY,        cell: |row| text(row.advice.as_ref()) },
    Column { name: "started",      kinds: &[Run],       cell: |row| text(row.started.map(|at| format!("{at:.3}"))) },
    Column { name: "duration_ms",  kinds: &[Run],       cell: |row| text(row.duration_ms) },
    Column { name: "warnings",     kinds: EVERY,        cell: |row| row.warnings.join(" ") },
    Column { name: "index_state",  kinds: &[Run],       cell: |row| text(row.index.map(IndexState::in_words)) },
    Column { name: "repositories", kinds: &[Run],       cell: |row| text(row.repositories) },
    Column { name: "removal",      kinds: &[Run],       cell: |row| text(row.removal.as_ref().map(|removal| removal.outcome.in_words())) },
];

fn changes(row: &ReportRow) -> String {
    let changes = row.changes.iter().map(Difference::as_change);
    changes.collect::<Vec<_>>().join("; ")
}

/// Columns that a run has only once it is verified.
const OF_VERIFICATION: [&str; 2] = ["index_state", "repositories"];

impl Report {
    /// The columns of its rows: an update has one more, and a verification adds two.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let is_verified = self.rows.iter().any(|row| row.index.is_some());
        COLUMNS.iter().filter(move |column| {
            column.kinds.contains(&self.kind)
                && (is_verified || !OF_VERIFICATION.contains(&column.name))
                && (self.is_update || column.name != "changes")
        })
    }
}

pub(super) fn differences(row: &ReportRow) -> String {
    let texts = row.differences.iter().map(Difference::to_string);
    texts.collect::<Vec<_>>().join("; ")
}

pub(super) fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Removal, RemovalOutcome};
    use crate::model::Field;
    use crate::report::dummy;

    #[test]
    fn the_columns_of_a_run_are_the_keys_of_the_json() {
        let mut row = dummy::run().rows.remove(0);
        (row.index, row.repositories) = (Some(IndexState::Indexed), Some(2));
        row.removal = Some(Removal {
            outcome: RemovalOutcome::Removed,
            why: None,
            at: None,
        });
        row.changes = vec![Difference {
            field: Field::Global,
            row: true.into(),
            jira: false.into(),
        }];
        let json = serde_json::to_string(&row).unwrap();
        let mut rest = &*json;
        for column in COLUMNS.iter().filter(|column| column.kinds.contains(&Run)) {
            let name = column.name;
            let at = rest.find(&format!("\"{name}\":"));
            rest = &rest[at.unwrap_or_else(|| panic!("{name} is missing, or out of order"))..];
        }
    }
}
