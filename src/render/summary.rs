//! The results of commands: what a check found or a run did, which of its integrations Jira has indexed since, and
//! whether an import could begin.

use anstyle::Style;

use super::diagnostics::{MAX_RANGES, ranges};
use super::lines::{Lines, MAX_ROWS, row_name};
use super::style::{BOLD, DIM, GREEN, RED, YELLOW, count, n, of_severity, one_line, paint};
use crate::model::{Place, Severity};
use crate::report::{
    DoctorReport, Health, IndexState, ProblemGroup, ProblemPlace, Question, Report, VerifyReport,
};
use crate::sheets::Export;

/// Columns of the labels.
const WIDTH: usize = 9;

const IN_REPORT: &str = ", in the report";
const IN_JSON: &str = "; `--format json` lists them";

/// A check, or the end of a run: one sentence first, then what went wrong with the run.
pub fn summary(report: &Report) -> String {
    let mut lines = Lines::new(WIDTH);
    let mut problems = report.problems();
    // What is wrong with the rows was shown when they were read.
    problems.retain(ProblemGroup::is_of_run);
    for alike in problems.chunk_by(|one, next| one.label == next.label) {
        add_problems(&mut lines, alike);
    }
    if report.may_lack_rows() {
        lines.add(
            YELLOW,
            "unknown",
            "the journal is damaged where it lists the rows: there may be more rows than these, with unknown outcomes",
        );
    }
    let sentence = paint(BOLD, one_line(&report.sentence()));
    format!("{sentence}\n{}", lines.into_text())
}

/// The first problems of a label. Places of one file at which the same is wrong are one line.
fn add_problems(lines: &mut Lines, problems: &[ProblemGroup<'_>]) {
    let parts = problems.iter().flat_map(|problem| {
        let parts = problem.places.chunk_by(|one, next| {
            let is_same_file = one.place.table.file == next.place.table.file;
            is_same_file && one.message.is_none() && next.message.is_none()
        });
        parts.map(move |places| (problem, places))
    });
    let mut parts: Vec<_> = parts.collect();
    let others = parts.iter().skip(MAX_ROWS).map(|(_, places)| places.len());
    let others = others.sum();
    parts.truncate(MAX_ROWS);
    for (n, (problem, places)) in parts.iter().enumerate() {
        let style = match &*problem.label {
            "failed" | "visible" => RED,
            _ => YELLOW,
        };
        let message = places[0].message.as_ref().unwrap_or(&problem.message);
        let status = problem
            .http_status
            .filter(|_| !message.starts_with("HTTP "));
        let status = status.map_or_else(String::new, |status| format!("HTTP {status}: "));
        let code = problem.code.map(|code| format!("{code}: "));
        let (place, code) = (row_places(places), code.unwrap_or_default());
        let line = format!("{place}: {status}{code}{message}");
        lines.add(style, &problem.label, &line);
        let next = parts.get(n + 1);
        if next.is_none_or(|(next, _)| next.help != problem.help) {
            problem.help.iter().for_each(|help| lines.detail(help));
        }
    }
    lines.more(others, IN_REPORT);
}

/// `hosts.xlsx:GitHub!7  Payments  id 612`, `hosts.xlsx:GitHub!2-40, Azure!7  40 rows`.
fn row_places(places: &[ProblemPlace<'_>]) -> String {
    if let [one] = places {
        let id = one.id.map_or_else(String::new, |id| format!("  id {id}"));
        return format!("{}{id}", row_name(one.place, None, one.name));
    }
    let all: Vec<&Place> = places.iter().map(|one| one.place).collect();
    let all = ranges(&all, MAX_RANGES, IN_REPORT);
    format!("{all}  {} rows", places.len())
}

/// How many integrations are in which state and how many repositories they found, and by name those that are not indexed.
pub(crate) fn verification(report: &VerifyReport) -> String {
    use IndexState::{Disabled, Gone, NoRepositories, NotYet, Replaced};
    // The longest label is `no repositories`.
    let mut lines = Lines::new(15);
    for state in [Gone, Replaced, NoRepositories, Disabled, NotYet] {
        let style = if state.is_amiss() { RED } else { YELLOW };
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
    lines.first(&report.duplicates, IN_JSON, |lines, duplicate| {
        let line = format!("{}: {}", duplicate.row, duplicate.about());
        lines.add(YELLOW, "duplicate", &line);
    });
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
        let (label, what) = match loss.field {
            Some(field) => ("lost", format!("{field}: ")),
            None => ("left out", String::new()),
        };
        let line = format!("id {}  {name}  {what}{}", loss.id, loss.why);
        lines.add(YELLOW, label, &line);
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
