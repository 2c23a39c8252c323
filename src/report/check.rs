//! The makers before anything is sent: a check, and a plan, which is a check with what would be done.

use super::value::{
    Report, ReportKind, ReportRow, ReportStatus, ReportTable, TableRows, by_row, row_key,
};
use crate::journal::Jira;
use crate::model::{Code, Diagnostic, Outcome, Row, Severity, ShownRow};
use crate::plan::{Action, Plan, PlannedRow};
use crate::validate::{FileRead, TableRead, Validation};

impl Report {
    pub(crate) fn of_check(found: &Validation) -> Self {
        let rows = found.rows.iter();
        let rows = rows.map(|row| (row.n, valid_row(row, ReportStatus::Valid)));
        Self::before_run(ReportKind::Check, None, found, rows)
    }

    pub(crate) fn of_plan(found: &Validation, plan: &Plan, jira: Jira) -> Self {
        let planned = plan.rows().iter();
        let planned = planned.map(|planned| (planned.row.n, planned_row(planned)));
        Self {
            is_update: plan.is_update(),
            ..Self::before_run(ReportKind::Plan, Some(jira), found, planned)
        }
    }

    fn before_run(
        kind: ReportKind,
        jira: Option<Jira>,
        found: &Validation,
        rows: impl Iterator<Item = (u32, ReportRow)>,
    ) -> Self {
        let tables = found.files.iter().flat_map(|file| {
            let tables = file.tables.iter();
            tables.map(move |table| report_table(file, table))
        });
        let by_row = by_row(&found.diagnostics);
        let invalid = found.invalid.iter().map(|row| {
            let diagnostics = by_row.get(&row_key(&row.place));
            let diagnostics = diagnostics.map_or(&[][..], Vec::as_slice);
            let mut shown = invalid_row(row, diagnostics);
            if shown.error.is_none()
                && let Some((later, help)) = found.duplicated.get(&row.n)
            {
                shown.error = Some(format!("{later} is a duplicate of this row"));
                shown.advice = Some(help.clone());
            }
            (row.n, shown)
        });
        let not_selected = found.not_selected.iter().map(|(n, place)| {
            let status = ReportStatus::Ended(Outcome::NotSelected);
            (*n, ReportRow::at(place, status))
        });
        let rows = rows.chain(invalid).chain(not_selected);
        let mut rows: Vec<(u32, ReportRow)> = rows.collect();
        rows.sort_by_key(|(n, _)| *n);
        Self {
            kind,
            is_update: false,
            tables: tables.collect(),
            counts: found.counts,
            diagnostics: found.diagnostics.clone(),
            jira,
            digest: None,
            run: None,
            made: None,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }
}

fn report_table(file: &FileRead, table: &TableRead) -> ReportTable {
    ReportTable {
        file: file.name.clone(),
        sheet: table.name.sheet.clone(),
        encoding: table.encoding.map(str::to_owned),
        delimiter: table.delimiter,
        headers: table.headers.clone(),
        sha256: file.sha256.clone(),
        rows: TableRows {
            read: table.rows.read,
            blank: table.rows.blank,
        },
    }
}

fn planned_row(planned: &PlannedRow) -> ReportRow {
    let action = &planned.action;
    let status = match action {
        Action::Create { .. } => ReportStatus::Create,
        Action::Update(_) => ReportStatus::Update,
        Action::Exists { .. } => ReportStatus::Ended(Outcome::Exists),
        Action::Unchanged(_) => ReportStatus::Ended(Outcome::Unchanged),
        Action::Absent => ReportStatus::Ended(Outcome::Absent),
        Action::NotSelected => ReportStatus::Ended(Outcome::NotSelected),
    };
    ReportRow {
        reason: Some(action.reason().to_owned()),
        differences: action.differences().to_vec(),
        id: action.id(),
        ..valid_row(&planned.row, status)
    }
}

fn valid_row(row: &Row, status: ReportStatus) -> ReportRow {
    ReportRow {
        warnings: names(&row.warnings),
        ..shown_row(&ShownRow::of(row), status)
    }
}

fn shown_row(row: &ShownRow, status: ReportStatus) -> ReportRow {
    ReportRow {
        type_name: row.type_name.map(str::to_owned),
        display_name: row.display_name.clone(),
        origin: row.origin.clone(),
        cells: row.cells.clone(),
        group: row.group.clone(),
        ..ReportRow::at(&row.place, status)
    }
}

/// `diagnostics` are those of the row; of very many alike not all are kept.
fn invalid_row(row: &ShownRow, diagnostics: &[&Diagnostic]) -> ReportRow {
    let of_severity = |severity| {
        let all = diagnostics.iter();
        all.filter(move |diagnostic| diagnostic.severity == severity)
    };
    let errors = of_severity(Severity::Error);
    let messages: Vec<&str> = errors.clone().map(|error| &*error.message).collect();
    let helps: Vec<&str> = errors.map(|error| &*error.help).collect();
    let warnings: Vec<Code> = of_severity(Severity::Warning).map(|of| of.code).collect();
    ReportRow {
        reason: Some(names(&row.codes).join(", ")),
        error: (!messages.is_empty()).then(|| messages.join("; ")),
        advice: (!helps.is_empty()).then(|| helps.join("; ")),
        warnings: names(&warnings),
        ..shown_row(row, ReportStatus::Ended(Outcome::Invalid))
    }
}

fn names(codes: &[Code]) -> Vec<String> {
    codes.iter().map(|code| code.name().to_owned()).collect()
}
