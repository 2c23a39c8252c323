//! The maker after something was sent: a fold over a run's journal, so that the report after a crash is made by the same
//! code as the report at the end.

use super::value::{
    RemovedDuplicate, Report, ReportAudit, ReportDuplicate, ReportKind, ReportRow, ReportRun,
    ReportStatus, ReportTable, TableRows, row_counts,
};
use crate::journal::{Audit, Duplicate, Input, RowState, RunOpened, RunState};
use crate::model::{Code, Diagnostics, Difference, Field, Outcome};
use crate::validate::RowCounts;

impl Report {
    /// The report of a run as far as it has come. Its rows take over the texts of those of the run.
    pub fn of_run(run: RunState) -> Self {
        let opened = &run.opened;
        let tables: Vec<ReportTable> = opened
            .inputs
            .iter()
            .map(|input| table(input, &run))
            .collect();
        let totals = run.totals();
        Self {
            kind: ReportKind::Run,
            is_update: opened.is_update(),
            counts: RowCounts {
                blank: tables.iter().map(|table| table.rows.blank).sum(),
                ..row_counts(totals.read, &totals)
            },
            tables,
            diagnostics: Diagnostics::default(),
            jira: Some(opened.jira.clone()),
            digest: None,
            made: None,
            run: Some(ReportRun {
                id: opened.run.clone(),
                gij: opened.gij.clone(),
                rehearsal: opened.rehearsal,
                options: opened.options.clone(),
                sessions: run.sessions.clone(),
                ending: run.closed.map(|(ending, _)| ending),
                is_active: false,
                stopped: run.stopped.clone(),
                paused_ms: run.paused_ms,
                audit: run.audit.as_ref().map(|audit| report_audit(audit, &run)),
                may_lack_rows: run.may_lack_rows(),
                split_by: split_by(opened),
                journal_sha256: None,
                started: opened.at,
                finished: run.closed.map(|(_, at)| at),
            }),
            rows: run.into_rows().map(report_row).collect(),
        }
    }

    /// Marks the run as active.
    pub(crate) fn so_far(mut self) -> Self {
        if let Some(run) = &mut self.run {
            run.is_active = true;
        }
        self
    }

    /// The same with the SHA-256 of the journal that it is made from, if it could be computed.
    pub(crate) fn with_journal_hash(mut self, hash: Option<String>) -> Self {
        if let Some(run) = &mut self.run {
            run.journal_sha256 = hash;
        }
        self
    }
}

/// The header of the column by which the import split its reports.
fn split_by(opened: &RunOpened) -> Option<String> {
    let header = opened.settings.pointer("/input/split_by")?;
    header.as_str().map(str::to_owned)
}

fn table(input: &Input, run: &RunState) -> ReportTable {
    let is_of_table = |(_, row): &(u32, &RowState)| {
        let table = &row.read.place.table;
        table.file == input.file && table.sheet == input.sheet
    };
    ReportTable {
        file: input.file.clone(),
        sheet: input.sheet.clone(),
        encoding: None,
        delimiter: None,
        headers: input.columns.clone(),
        sha256: Some(input.sha256.clone()),
        rows: TableRows {
            read: run.rows().filter(is_of_table).count() as u64,
            blank: input.rows_blank,
        },
    }
}

fn report_row(row: RowState) -> ReportRow {
    let is_restriction = |found: &Difference| found.field == Field::Global && found.row == false;
    let stored = row.stored_differently().into_iter();
    let (lost, differences): (Vec<_>, Vec<_>) = stored.partition(is_restriction);
    let stored = [
        (Code::RestrictionNotStored, !lost.is_empty()),
        (Code::StoredDifferently, !differences.is_empty()),
    ];
    let stored = stored.into_iter().filter(|(_, is_so)| *is_so);
    let removal = row.removal().cloned();
    let duplicates = row.duplicates().map(|(remote, removal)| RemovedDuplicate {
        id: remote.id,
        removal: removal.clone(),
    });
    let duplicates = duplicates.collect();
    let mut warnings = row.read.warnings;
    warnings.extend(stored.map(|(code, _)| code.name().to_owned()));
    let attempt = row.last;
    let advice = match (attempt.advice, row.outcome) {
        (None, Outcome::InDoubt) if !row.changes.is_empty() => Some(UPDATE_AGAIN.to_owned()),
        (None, Outcome::Absent) => Some(IMPORT_IT.to_owned()),
        (advice, _) => advice,
    };
    let is_unanswered = row.outcome == Outcome::InDoubt && attempt.ms.is_none();
    let error = match &attempt.error {
        None if row.outcome == Outcome::Absent => {
            Some("no integration has its id, or its type, origin and name".to_owned())
        }
        None if is_unanswered => Some("no answer from Jira is recorded".to_owned()),
        _ => attempt.error,
    };
    ReportRow {
        type_name: row.read.type_name,
        display_name: row.read.name,
        origin: row.read.origin,
        cells: row.read.cells,
        group: row.read.group,
        id: row.remote.map(|remote| remote.id),
        attempts: row.attempts,
        http_status: attempt.status,
        error,
        advice,
        changes: row.changes,
        also_changed: row.also_changed,
        started: attempt.started,
        duration_ms: attempt.ms,
        warnings,
        differences,
        removal,
        duplicates,
        ..ReportRow::at(&row.read.place, ReportStatus::Ended(row.outcome))
    }
}

/// What to do about a row whose integration may have been updated.
const UPDATE_AGAIN: &str = "run the update again: sending it twice does no harm";

/// What to do about a row without an integration to update.
const IMPORT_IT: &str = "check `id`, type, origin and name; `gij import` creates integrations";

fn report_audit(audit: &Audit, run: &RunState) -> ReportAudit {
    let places = |rows: &[u32]| {
        let rows = rows.iter().filter_map(|&n| run.row(n));
        rows.map(|row| row.read.place.clone()).collect()
    };
    ReportAudit {
        at: audit.at,
        missing: places(&audit.found.missing),
        duplicates: report_duplicates(&audit.found.duplicates, run),
        appeared: places(&audit.found.appeared),
    }
}

pub(super) fn report_duplicates(found: &[Duplicate], run: &RunState) -> Vec<ReportDuplicate> {
    let known = found
        .iter()
        .filter_map(|found| Some((found, run.row(found.n)?)));
    known
        .map(|(found, row)| ReportDuplicate {
            row: row.read.place.clone(),
            display_name: row.read.name.clone(),
            attempts: row.attempts,
            may_have_created: row.may_have_created,
            integrations: found.remotes.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::samples::{audit, opened, row};
    use crate::report::dummy;

    #[test]
    fn the_rows_read_are_the_sum_of_the_outcomes() {
        let report = dummy::run();
        let totals = report.totals();
        let sum: u64 = Outcome::ALL.iter().map(|&outcome| totals.of(outcome)).sum();
        assert_eq!((totals.read, report.counts.read), (sum, sum));
        let table = &report.tables[0];
        assert_eq!((table.rows.read, table.rows.blank), (sum, 1));
    }

    #[test]
    fn the_audit_names_rows_by_their_places() {
        let mut run = RunState::new(opened());
        run.apply(row(6));
        run.apply(audit(&[6]));
        let report = Report::of_run(run);
        assert_eq!(
            report.run.unwrap().audit.unwrap().appeared[0].to_string(),
            "onboarding.xlsx:Azure!7"
        );
    }
}
