//! What there is to tell of a row in words: what went wrong, what to do, and how Jira differs from it.

use super::column::text;
use super::value::{ByRow, ReportRow, ReportStatus, diagnostics_of};
use crate::model::Difference;

/// The notes on a row, with those of the `diagnostics` that are about it.
pub(super) fn notes(row: &ReportRow, diagnostics: &ByRow<'_>) -> Vec<String> {
    let found = diagnostics_of(diagnostics, row);
    let mut notes = Vec::new();
    if let Some(error) = row.error.as_ref().filter(|_| found.is_empty()) {
        let status = row.http_status.map(|status| format!("HTTP {status}: "));
        notes.push(format!("{}{error}", text(status)));
        notes.extend(row.advice.clone());
    }
    for found in found {
        let cell = text(found.place.address());
        notes.push(format!(
            "{cell} {} [{}]: {}; {}",
            found.severity, found.code, found.message, found.help
        ));
    }
    if row.outcome().is_none() || row.error.is_none() {
        notes.extend(row.reason.clone());
    }
    if row.status == ReportStatus::Update {
        notes.extend(row.differences.iter().map(Difference::as_change));
    } else {
        notes.extend(row.differences.iter().map(ToString::to_string));
    }
    notes.extend(row.changes.iter().map(Difference::as_change));
    if found.is_empty() && !row.warnings.is_empty() {
        notes.push(format!("warnings: {}", row.warnings.join(", ")));
    }
    if let Some(state) = row.index {
        let found = row.repositories;
        let word = if found == Some(1) {
            "repository"
        } else {
            "repositories"
        };
        let found = text(found.map(|found| format!(", {found} {word}")));
        notes.push(format!("in Jira: {}{found}", state.in_words()));
    }
    if let Some(removal) = &row.removal {
        let why = text(removal.why.as_ref().map(|why| format!(": {why}")));
        notes.push(format!("undo: {}{why}", removal.outcome.in_words()));
    }
    notes
}
