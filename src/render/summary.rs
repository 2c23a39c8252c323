//! The results of commands: what a check found or a run did, which of its integrations Jira has indexed since, and
//! whether an import could begin.

use std::collections::HashMap;

use anstyle::Style;

use super::diagnostics::{MAX_RANGES, ranges};
use super::lines::{Lines, MAX_ROWS, row_name};
use super::style::{
    BOLD, DIM, GREEN, RED, YELLOW, count, n, of_outcome, of_severity, one_line, paint,
};
use crate::model::{Code, Outcome, Place, Severity};
use crate::report::{
    DoctorReport, Health, IndexState, Question, Report, ReportDuplicate, ReportRow, VerifyReport,
};
use crate::sheets::Export;

/// Columns of the labels.
const WIDTH: usize = 9;

const IN_REPORT: &str = ", in the report";
const IN_JSON: &str = "; `--format json` lists them";

/// A check, or the end of a run: one sentence first, then what went wrong with the run.
pub fn summary(report: &Report) -> String {
    let mut lines = Lines::new(WIDTH);
    for outcome in [Outcome::Failed, Outcome::InDoubt, Outcome::Absent] {
        failures(&mut lines, report, outcome);
    }
    let lost: Vec<&ReportRow> = report.rows_with(Code::RestrictionNotStored).collect();
    lines.first(&lost, IN_REPORT, |lines, row| {
        let about = Code::RestrictionNotStored.about();
        let line = format!("{}: {}", name(row, None), about.meaning);
        lines.add(RED, "visible", &line);
        lines.detail(about.help);
    });
    let stored: Vec<&ReportRow> = report.rows_with(Code::StoredDifferently).collect();
    lines.first(&stored, IN_REPORT, |lines, row| {
        let line = format!("{}: stored-differently", name(row, None));
        lines.add(YELLOW, "warning", &line);
        for difference in &row.differences {
            lines.detail(&difference.to_string());
        }
    });
    removals(&mut lines, report);
    if report.may_lack_rows() {
        lines.add(
            YELLOW,
            "unknown",
            "the journal is damaged where it lists the rows: there may be more rows than these, with unknown outcomes",
        );
    }
    if let Some(audit) = report.valid_audit() {
        lines.first(&audit.missing, IN_REPORT, |lines, row| {
            let line =
                format!("{row}: Jira answered that it was created, but its list does not show it");
            lines.add(YELLOW, "missing", &line);
        });
        duplicates(&mut lines, &audit.duplicates);
    }
    let sentence = paint(BOLD, one_line(&report.sentence()));
    format!("{sentence}\n{}", lines.into_text())
}

/// The rows of this outcome; those that failed alike are one entry.
fn failures(lines: &mut Lines, report: &Report, outcome: Outcome) {
    let mut groups: Vec<Vec<&ReportRow>> = Vec::new();
    let mut index = HashMap::new();
    let rows = report.rows.iter();
    for row in rows.filter(|row| row.outcome() == Some(outcome)) {
        let alike = (
            &row.place.table.file,
            row.http_status,
            &row.error,
            &row.advice,
        );
        let at = *index.entry(alike).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(row);
    }
    for group in groups.iter().take(MAX_ROWS) {
        let first = group[0];
        let rows = match group.len() {
            1 => name(first, first.type_name.as_deref()),
            rows => format!("{}  {rows} rows", row_ranges(group)),
        };
        let error = first.error.as_deref().unwrap_or_default();
        let status = first.http_status.filter(|_| !error.starts_with("HTTP "));
        let status = status.map_or_else(String::new, |status| format!("HTTP {status}: "));
        lines.add(
            of_outcome(outcome),
            outcome,
            &format!("{rows}: {status}{error}"),
        );
        first.advice.iter().for_each(|advice| lines.detail(advice));
    }
    let others = groups.iter().skip(MAX_ROWS).map(Vec::len).sum();
    lines.more(others, IN_REPORT);
}

/// Rows of one file: `hosts.xlsx:GitHub!2-40, Azure!7`.
fn row_ranges(rows: &[&ReportRow]) -> String {
    let places: Vec<&Place> = rows.iter().map(|row| &row.place).collect();
    ranges(&places, MAX_RANGES, IN_REPORT)
}

fn name(row: &ReportRow, type_name: Option<&str>) -> String {
    row_name(&row.place, type_name, row.display_name.as_deref())
}

/// What an undo did not remove, and why.
fn removals(lines: &mut Lines, report: &Report) {
    let removals = report.rows.iter().flat_map(|row| {
        let own = row.removal.iter();
        let own = own.map(|removal| (row.id.unwrap_or_default(), removal));
        let duplicates = row.duplicates.iter().map(|one| (one.id, &one.removal));
        own.chain(duplicates)
            .map(move |(id, removal)| (row, id, removal))
    });
    let left: Vec<_> = removals
        .filter(|(.., removal)| !removal.outcome.is_undone())
        .collect();
    lines.first(&left, IN_REPORT, |lines, (row, id, removal)| {
        let why = removal.why.as_deref().unwrap_or_default();
        let line = format!("{}  id {id}: {why}", name(row, None));
        lines.add(YELLOW, removal.outcome.in_words(), &line);
    });
}

/// Which rows Jira holds more than once, with the ids of each.
fn duplicates(lines: &mut Lines, duplicates: &[ReportDuplicate]) {
    lines.first(duplicates, IN_REPORT, |lines, duplicate| {
        let integrations = duplicate.integrations.iter();
        let ids: Vec<String> = integrations
            .map(|remote| identity(remote.id, remote.init_date))
            .collect();
        let holds = if ids.len() > 1 {
            "Jira holds it more than once"
        } else {
            "its integration is removed, but Jira still holds another with its key"
        };
        let whose = match duplicate.may_have_created {
            0 => "this run created none of them",
            1 => "this run sent one request for it, so someone else created the other",
            _ => "several requests of this run may have created it",
        };
        let line = format!("{}: {holds}: {}; {whose}", duplicate.row, ids.join(" and "));
        lines.add(YELLOW, "duplicate", &line);
    });
}

/// `id 612 of 22 Nov 2026 10:15:04`.
fn identity(id: i64, init_date: Option<i64>) -> String {
    match init_date.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        Some(at) => format!("id {id} of {}", at.strftime("%-d %b %Y %H:%M:%S UTC")),
        None => format!("id {id}"),
    }
}

/// How many integrations are in which state and how many repositories they found, and by name those that are not indexed.
pub(crate) fn verification(report: &VerifyReport) -> String {
    // The longest label is `no repositories`.
    let mut lines = Lines::new(15);
    for (style, state) in [
        (RED, IndexState::Gone),
        (RED, IndexState::Replaced),
        (RED, IndexState::NoRepositories),
        (YELLOW, IndexState::Disabled),
        (YELLOW, IndexState::NotYet),
    ] {
        let rows = report.rows.iter().filter(|row| row.state == state);
        lines.first(&rows.collect::<Vec<_>>(), IN_JSON, |lines, row| {
            let name = row_name(&row.place, None, row.display_name.as_deref());
            lines.add(style, state.in_words(), &format!("{name}  id {}", row.id));
        });
    }
    for (places, why) in [
        (
            &report.appeared,
            "Jira refused it, but now holds one like it",
        ),
        (&report.in_doubt, "it is not known whether Jira created it"),
    ] {
        lines.first(places, IN_JSON, |lines, place| {
            lines.add(YELLOW, "in doubt", &format!("{place}  {why}"));
        });
    }
    duplicates(&mut lines, &report.duplicates);
    let all = count(n(report.rows.len()), "integration", "integrations");
    let states = report.totals.iter().filter(|(_, number)| **number > 0);
    let states: Vec<String> = states
        .map(|(state, number)| format!("{number} {}", state.in_words()))
        .collect();
    let states = match states.join(", ") {
        none if none.is_empty() => "nothing to verify".to_owned(),
        states => states,
    };
    let found = report.repositories().filter(|_| !report.rows.is_empty());
    let found = found.map_or_else(String::new, |found| {
        format!("; {} found", count(found, "repository", "repositories"))
    });
    let sentence = one_line(&format!("{all} of {}: {states}{found}", report.run));
    format!("{}\n{}", paint(BOLD, sentence), lines.into_text())
}

/// What an export does not carry over, and what is to be filled in.
pub(crate) fn exported(export: &Export) -> String {
    let mut lines = Lines::new(WIDTH);
    for loss in &export.losses {
        let name = loss.display_name.as_deref().unwrap_or("(no display name)");
        let what = loss
            .field
            .map_or_else(String::new, |field| format!("{field}: "));
        let label = if loss.field.is_some() {
            "lost"
        } else {
            "left out"
        };
        lines.add(
            YELLOW,
            label,
            &format!("id {}  {name}  {what}{}", loss.id, loss.why),
        );
    }
    if !export.not_shown.is_empty() {
        let names: Vec<&str> = export.not_shown.iter().map(|field| field.name()).collect();
        let what = format!(
            "Jira does not show {}; add a column for any that you use",
            names.join(", ")
        );
        lines.add(Style::new(), "note", &what);
    }
    if let cells @ 1.. = export.to_fill_in {
        let cells = count(n(cells), "cell holds", "cells hold");
        lines.add(
            Style::new(),
            "note",
            &format!("{cells} TODO: Jira does not show credentials, regions or folder depths"),
        );
    }
    lines.into_text()
}

/// The findings, with the help below what failed.
pub(crate) fn doctor(report: &DoctorReport) -> String {
    let mut lines = Lines::new(9);
    for finding in &report.checks {
        let (style, state) = match finding.state {
            Health::Ok => (GREEN, "ok"),
            Health::Warning => (of_severity(Severity::Warning), "warning"),
            Health::Failed => (of_severity(Severity::Error), "FAILED"),
            Health::Unknown => (Style::new(), "unknown"),
            Health::NotTried => (DIM, "not tried"),
        };
        let message = finding.message.as_deref().unwrap_or_default();
        let line = format!(" {:11}  {message}", question(finding.check));
        lines.add(style, state, line.trim_end());
        if let Some(help) = &finding.help {
            lines.add(Style::new(), "", &format!("{:14}= help: {help}", ""));
        }
    }
    lines.into_text()
}

fn question(asked: Question) -> &'static str {
    match asked {
        Question::Jira => "Jira",
        Question::Ready => "ready",
        Question::LogIn => "login",
        Question::User => "user",
        Question::Api => "app's API",
        Question::RateLimit => "rate limit",
        Question::Certificate => "certificate",
        Question::Encryption => "encryption",
    }
}
