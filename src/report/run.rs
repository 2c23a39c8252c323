//! The report of a run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::journal::{
    Audit, Duplicate, Ending, Input, Jira, Remote, Removal, RemovalOutcome, RowState, RunState,
    SessionKind, SessionStart, Totals, in_millis, in_millis_or_null,
};
use crate::model::Outcome;

/// The version of the documents that `gij` writes as JSON.
pub(super) const FORMAT: u32 = 1;

/// A run as it is reported. Serialised, it is the document of `report.json`, keys in this order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    pub(super) format: u32,
    /// The run itself.
    pub run: RunFacts,
    /// The tables read.
    pub input: Vec<InputFacts>,
    /// The Jira.
    pub jira: Jira,
    /// When the run was opened.
    #[serde(serialize_with = "in_millis")]
    pub started: Timestamp,
    /// When its last session ended; none while it goes on, or if it died.
    #[serde(serialize_with = "in_millis_or_null")]
    pub finished: Option<Timestamp>,
    /// How many rows ended how.
    pub totals: Totals,
    /// Every row, in the order in which they were read, each in the room that what it is made of gave back.
    pub rows: Vec<Box<ReportRow>>,
}

/// Who ran what, where and how.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RunFacts {
    /// The run's id.
    pub id: String,
    /// The version of `gij` that opened it.
    pub gij: String,
    /// Whether it went to a sandbox.
    pub rehearsal: bool,
    /// The options on reading and selecting rows.
    pub options: BTreeMap<String, String>,
    /// Every command that took it up: by whom, on which machine, how confirmed, with which options.
    pub sessions: Vec<SessionStart>,
    /// How the last session ended; none while it goes on, or if it died.
    pub ending: Option<Ending>,
    /// What stopped the last session before all rows had their turn.
    pub stopped: Option<String>,
    /// How long sending paused, in milliseconds.
    pub paused_ms: u64,
    /// The last comparison with Jira's list.
    pub audit: Option<AuditFacts>,
    /// Whether the journal has lost rows, or may have: they are not in this report.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_lack_rows: bool,
}

/// The comparison of the rows with Jira's list at the end; rows are named by their places: `onboarding.xlsx:Azure!7`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AuditFacts {
    /// When the list was asked for.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// Rows that were created and are not in the list.
    pub missing: Vec<String>,
    /// Rows whose key is in the list more than once.
    pub doubles: Vec<DoubleFacts>,
    /// Rows that Jira refused and that are in the list after all.
    pub appeared: Vec<String>,
}

/// A row whose key Jira holds more than once.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DoubleFacts {
    /// The row's place.
    pub row: String,
    /// Its display name.
    pub display_name: Option<String>,
    /// How many requests of ours were sent for it.
    pub attempts: u32,
    /// How many of them may have created something: after one, the others are someone else's.
    pub may_have_created: u32,
    /// All integrations of its key.
    pub integrations: Vec<Remote>,
}

/// A table read: what an auditor needs to find it again.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct InputFacts {
    /// The file as the user named it.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// Its rows.
    pub rows: InputRows,
}

/// The rows of a table below its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct InputRows {
    /// Rows that say something; each of them has an outcome.
    pub read: u64,
    /// Blank rows.
    pub blank: u64,
}

/// One row of the report. Status, error, advice, start and duration are those of the last attempt.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReportRow {
    /// The file.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The row, from 1, as a spreadsheet shows it.
    pub row: Option<u32>,
    /// The type's name.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// The display name.
    pub display_name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Jira's id of its integration.
    pub id: Option<i64>,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// What to do about it.
    pub advice: Option<String>,
    /// When the last attempt began.
    #[serde(serialize_with = "in_millis_or_null")]
    pub started: Option<Timestamp>,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The codes of its warnings.
    pub warnings: Vec<String>,
    /// What an undo did to its integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal: Option<Removal>,
    /// What an undo did to further integrations of its key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubles: Vec<DoubleRemoval>,
}

/// What an undo did to a further integration of a row's key.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DoubleRemoval {
    /// Jira's id.
    pub id: i64,
    /// What became of it.
    #[serde(flatten)]
    pub removal: Removal,
}

impl Report {
    /// How many integrations of rows an undo removed.
    pub fn removed(&self) -> usize {
        self.of_rows(RemovalOutcome::Removed)
    }

    /// How many integrations of rows were gone when an undo came to them.
    pub fn already_gone(&self) -> usize {
        self.of_rows(RemovalOutcome::AlreadyGone)
    }

    /// How many doubles an undo removed.
    pub fn doubles_removed(&self) -> usize {
        let doubles = self.rows.iter().flat_map(|row| &row.doubles);
        doubles
            .filter(|double| double.removal.outcome == RemovalOutcome::Removed)
            .count()
    }

    fn of_rows(&self, outcome: RemovalOutcome) -> usize {
        let removals = self.rows.iter().filter_map(|row| row.removal.as_ref());
        removals.filter(|of| of.outcome == outcome).count()
    }

    /// The last comparison with Jira's list; none if an undo came after it.
    pub fn audit_that_counts(&self) -> Option<&AuditFacts> {
        let audit = self.run.audit.as_ref()?;
        let is_later =
            |session: &SessionStart| session.kind == SessionKind::Undo && session.at > audit.at;
        (!self.run.sessions.iter().any(is_later)).then_some(audit)
    }

    /// Whether an undo left something that it was to remove.
    pub fn is_something_left(&self) -> bool {
        self.removals().any(|of| !of.outcome.is_gone())
    }

    fn removals(&self) -> impl Iterator<Item = &Removal> {
        self.rows.iter().flat_map(|row| {
            let doubles = row.doubles.iter().map(|double| &double.removal);
            row.removal.iter().chain(doubles)
        })
    }

    /// The report of a run as far as it has come.
    pub fn of_run(run: RunState) -> Self {
        let audit = run.audit().map(|audit| AuditFacts::of(audit, &run));
        let (paused_ms, totals, closed) = (run.paused_ms(), run.totals(), run.closed());
        let (opened, sessions) = (run.opened().clone(), run.sessions().to_vec());
        let stopped = run.stopped().map(Into::into);
        let may_lack_rows = run.may_lack_rows();
        // Row by row: a long run is not held twice.
        let rows: Vec<Box<ReportRow>> = run.into_rows().map(ReportRow::of).map(Box::new).collect();
        Self {
            format: FORMAT,
            run: RunFacts {
                id: opened.run.clone(),
                gij: opened.gij.clone(),
                rehearsal: opened.rehearsal,
                options: opened.options.clone(),
                sessions,
                ending: closed.map(|(how, _)| how),
                stopped,
                paused_ms,
                audit,
                may_lack_rows,
            },
            input: opened
                .inputs
                .iter()
                .map(|input| InputFacts::of(input, &rows))
                .collect(),
            jira: opened.jira.clone(),
            started: opened.at,
            finished: closed.map(|(_, at)| at),
            totals,
            rows,
        }
    }
}

impl AuditFacts {
    fn of(audit: &Audit, run: &RunState) -> Self {
        let place = |n: u32| run.row(n).map(|row| row.place.to_string());
        let places = |rows: &[u32]| rows.iter().filter_map(|&n| place(n)).collect();
        let doubles = audit.duplicates.iter();
        let doubles = doubles.filter_map(|double| DoubleFacts::of(double, run));
        Self {
            at: audit.at,
            missing: places(&audit.missing),
            doubles: doubles.collect(),
            appeared: places(&audit.appeared),
        }
    }
}

impl DoubleFacts {
    pub(super) fn of(double: &Duplicate, run: &RunState) -> Option<Self> {
        let row = run.row(double.n)?;
        Some(Self {
            row: row.place.to_string(),
            display_name: row.name.clone(),
            attempts: row.attempts,
            may_have_created: row.may_have_created,
            integrations: double.remotes.clone(),
        })
    }
}

impl InputFacts {
    fn of(input: &Input, rows: &[Box<ReportRow>]) -> Self {
        let is_of = |row: &ReportRow| row.file == input.file && row.sheet == input.sheet;
        Self {
            file: input.file.clone(),
            sheet: input.sheet.clone(),
            sha256: input.sha256.clone(),
            rows: InputRows {
                read: rows.iter().filter(|row| is_of(row)).count() as u64,
                blank: input.rows_blank,
            },
        }
    }
}

impl ReportRow {
    /// Where the row stands: `onboarding.xlsx:Azure!34`, `repos.csv:9`.
    pub fn place(&self) -> String {
        let row = self.row.unwrap_or_default();
        match &self.sheet {
            Some(sheet) => format!("{}:{sheet}!{row}", self.file),
            None => format!("{}:{row}", self.file),
        }
    }

    fn of(row: RowState) -> Self {
        let table = &row.place.table;
        Self {
            file: table.file.as_str().into(),
            sheet: table.sheet.as_deref().map(Into::into),
            row: row.place.row,
            type_name: row.type_name,
            display_name: row.name,
            origin: row.origin,
            outcome: row.outcome,
            id: row.remote.map(|remote| remote.id),
            attempts: row.attempts,
            http_status: row.last.status,
            error: row.last.error.or_else(|| {
                let is_open = row.outcome == Outcome::InDoubt && row.last.ms.is_none();
                is_open
                    .then(|| "it was being sent when the run ended; no answer was recorded".into())
            }),
            advice: row.last.advice,
            started: row.last.started,
            duration_ms: row.last.ms,
            warnings: row.warnings,
            removal: row.removal.map(|removal| *removal),
            doubles: row
                .duplicates
                .into_iter()
                .map(|(id, removal)| DoubleRemoval { id, removal })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::samples::{answered, audit, intent, opened, row};
    use crate::journal::{Event, JOURNAL_FILE, Journal, Verdict, read, read_for_report};
    use crate::report::dummy;

    #[test]
    fn the_rows_read_are_the_sum_of_the_outcomes() {
        let report = dummy::report();
        let sum: u64 = Outcome::ALL
            .iter()
            .map(|&outcome| report.totals.of(outcome))
            .sum();
        assert_eq!(report.totals.read, sum);
        assert_eq!(
            report.input[0].rows,
            InputRows {
                read: sum,
                blank: 1
            }
        );
    }

    #[test]
    fn the_audit_names_rows_by_their_places() {
        let mut run = RunState::new(opened());
        run.apply(&row(6));
        run.apply(&audit(&[6]));
        let report = Report::of_run(run);
        assert_eq!(
            report.run.audit.unwrap().appeared,
            ["onboarding.xlsx:Azure!7"]
        );
    }

    #[test]
    fn what_is_left_out_of_a_journal_for_a_report_changes_nothing_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path()).unwrap();
        let events = [
            Event::Opened(Box::new(opened())),
            row(1),
            row(2),
            intent(1, 1),
            answered(1, 1, Verdict::Created),
            intent(2, 1),
            answered(2, 1, Verdict::Failed),
            audit(&[2]),
        ];
        journal.appender().append(events).unwrap();
        journal.close().unwrap();
        let path = dir.path().join(JOURNAL_FILE);
        let (whole, brief) = (read(&path).unwrap(), read_for_report(&path).unwrap());
        assert_ne!(whole.state, brief.state);
        assert_eq!(Report::of_run(whole.state), Report::of_run(brief.state));
    }
}
