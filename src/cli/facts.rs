//! What reports say about inputs, plans and the people who ran something, gathered from where it is known.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::settings::ImportSettings;
use crate::engine::Opening;
use crate::journal::{ConfirmedBy, Input, Jira, RunOpened, SessionKind, SessionStart, VERSION};
use crate::model::{InvalidRow, Place};
use crate::plan::Plan;
use crate::render::Target;
use crate::report::{CheckReport, CheckedFile, CheckedRows, PlannedRow, check_json};
use crate::validate::{FileRead, Validation};

/// The version of `gij`.
const GIJ: &str = env!("CARGO_PKG_VERSION");

/// The report of a check.
pub(super) fn check_report(found: &Validation) -> CheckReport {
    let rows = CheckedRows {
        read: found.counts.read,
        valid: found.counts.valid,
        invalid: found.counts.invalid,
        blank: found.counts.blank,
    };
    CheckReport::new(
        found.files.iter().filter_map(checked_file).collect(),
        rows,
        &found.diagnostics,
    )
}

/// The document of a check, with what is planned for each row.
pub(super) fn plan_json(input: &Validation, plan: &Plan) -> Vec<u8> {
    check_json(&check_report(input).with_plan(planned_rows(plan, &input.invalid)))
}

fn checked_file(file: &FileRead) -> Option<CheckedFile> {
    let first = file.tables.first()?;
    Some(CheckedFile {
        file: file.name.clone(),
        format: first.name.format,
        encoding: first.encoding.map(str::to_owned),
        delimiter: first.delimiter,
        sheets: file
            .tables
            .iter()
            .filter_map(|table| table.name.sheet.clone())
            .collect(),
    })
}

/// The rows of a plan, and those that are left out because they are not valid, for a report.
fn planned_rows(plan: &Plan, invalid: &[InvalidRow]) -> Vec<PlannedRow> {
    let row = |place: &Place, action: &str, reason: String, id| PlannedRow {
        file: place.table.file.clone(),
        sheet: place.table.sheet.clone(),
        row: place.row.unwrap_or_default(),
        action: action.to_owned(),
        reason,
        id,
    };
    let planned = plan.rows().iter().map(|planned| {
        let action = &planned.action;
        let place = &planned.row.place;
        let of_plan = row(place, action.name(), action.reason().into(), action.id());
        (planned.row.n, of_plan)
    });
    let invalid = invalid.iter().map(|left_out| {
        let reason = codes(left_out);
        (left_out.n, row(&left_out.place, "invalid", reason, None))
    });
    let mut rows: Vec<(u32, PlannedRow)> = planned.chain(invalid).collect();
    rows.sort_by_key(|(n, _)| *n);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn codes(row: &InvalidRow) -> String {
    let names: Vec<&str> = row.codes.iter().map(|code| code.name()).collect();
    names.join(", ")
}

/// The beginning of a run, as its journal says it.
pub(super) fn opening(
    run: &str,
    settings: &ImportSettings,
    input: &Validation,
    target: &Target,
    confirmed_by: ConfirmedBy,
    listed_at: Timestamp,
) -> Opening {
    Opening {
        opened: RunOpened {
            version: VERSION,
            gij: GIJ.into(),
            run: run.into(),
            rehearsal: settings.is_rehearsal(),
            jira: Jira {
                url: target.url.as_str().into(),
                title: non_blank(&target.title),
                version: non_blank(&target.version),
                user: non_blank(&target.user),
            },
            options: settings.reading_options(),
            settings: serde_json::Value::Null,
            reading: settings.reading_words(),
            inputs: input.files.iter().flat_map(inputs).collect(),
            at: Timestamp::now(),
        },
        session: session(
            SessionKind::Import,
            target,
            confirmed_by,
            settings.pace.settle,
            settings.running_options(),
        ),
        not_selected: input
            .not_selected
            .iter()
            .map(|row| (row.n, row.place.clone()))
            .collect(),
        invalid: input.invalid.clone(),
        listed_at,
    }
}

/// A session that begins now.
pub(super) fn session(
    kind: SessionKind,
    target: &Target,
    confirmed_by: ConfirmedBy,
    settle: Duration,
    options: BTreeMap<String, String>,
) -> SessionStart {
    SessionStart {
        kind,
        gij: GIJ.into(),
        host: whoami::hostname().unwrap_or_default(),
        os_user: whoami::username().unwrap_or_default(),
        jira_user: non_blank(&target.user),
        at: Timestamp::now(),
        settle_ms: u64::try_from(settle.as_millis()).unwrap_or(u64::MAX),
        confirmed_by,
        options,
    }
}

fn non_blank(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

/// Where a file lies, for whoever goes on with the run from elsewhere.
fn path_of(name: &str) -> Option<String> {
    let path = (name != "-").then(|| std::path::absolute(name))?;
    Some(path.ok()?.to_string_lossy().into())
}

fn inputs(file: &FileRead) -> impl Iterator<Item = Input> {
    file.tables.iter().map(|table| Input {
        file: file.name.as_str().into(),
        path: path_of(&file.name),
        sheet: table.name.sheet.as_deref().map(Into::into),
        sha256: file.sha256.as_deref().unwrap_or_default().into(),
        columns: table
            .headers
            .iter()
            .map(|header| header.as_str().into())
            .collect(),
        rows_blank: table.rows.blank,
    })
}
