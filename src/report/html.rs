//! `.html`: one file that needs no network, reads without script, and prints. Its layout is `templates/report.html`: there
//! askama finds it without a configuration file.

use std::collections::BTreeSet;
use std::io::{self, Write};

use askama::Template;

use super::charts::charts;
use super::facts::{confirmation, session_name, time};
use super::problem::ProblemGroup;
use super::value::{Report, ReportKind, ReportRow, ReportStatus};
use crate::journal::SessionStart;
use crate::model::Diagnostic;

pub(super) const STYLE: &str = include_str!("../../templates/report.css");
pub(super) const SCRIPT: &str = include_str!("../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    kicker: &'static str,
    title: String,
    sentence: String,
    statuses: Vec<StatusCount>,
    problems: Vec<ProblemGroup<'a>>,
    tables: Vec<TableCounts>,
    /// The names of the integration types.
    types: BTreeSet<&'a str>,
    columns: Vec<Column>,
    rows: Vec<PageRow<'a>>,
    /// The address of Jira's integrations, before their ids.
    jira_api: Option<String>,
    is_run: bool,
    sessions: Vec<PageSession<'a>>,
    facts: Vec<(&'static str, String)>,
    charts: Option<String>,
    version: &'static str,
}

struct StatusCount {
    class: &'static str,
    words: String,
    rows: u64,
}

struct TableCounts {
    name: String,
    read: u64,
    blank: u64,
    /// The rows of each status of the page.
    rows: Vec<u64>,
}

struct Column {
    name: &'static str,
    is_number: bool,
}

struct PageRow<'a> {
    /// Its position in the order of the files.
    n: usize,
    place: String,
    type_name: &'a str,
    display_name: &'a str,
    origin: &'a str,
    status: ReportStatus,
    id: Option<i64>,
    /// What happened, what is wrong, and what to do.
    notes: Vec<String>,
    attempts: u32,
    started: Option<String>,
    ms: Option<u64>,
}

struct PageSession<'a> {
    command: &'static str,
    at: String,
    host: &'a str,
    os_user: &'a str,
    jira_user: &'a str,
    confirmed_by: &'static str,
    gij: &'a str,
    options: String,
}

impl Report {
    pub(crate) fn write_html(&self, to: &mut dyn Write) -> io::Result<()> {
        Page::new(self).write_into(to)
    }
}

impl<'a> Page<'a> {
    fn new(report: &'a Report) -> Self {
        let is_run = report.kind == ReportKind::Run;
        let statuses = report.statuses().into_iter().filter(|(_, rows)| *rows > 0);
        let (shown, counts): (Vec<ReportStatus>, Vec<u64>) = statuses.unzip();
        let tables = report.tables.iter().map(|table| {
            let of_status = |status: &ReportStatus| {
                let rows = report.rows_of(table);
                rows.filter(|row| row.status == *status).count() as u64
            };
            TableCounts {
                name: table.name(),
                read: table.rows.read,
                blank: table.rows.blank,
                rows: shown.iter().map(of_status).collect(),
            }
        });
        let mut names = vec![
            "Row",
            "Type",
            "Display name",
            "Origin",
            "Status",
            "ID",
            "Details",
        ];
        if is_run {
            names.extend(["Attempts", "Began", "Time, ms"]);
        }
        let of_rows = report.diagnostics_by_row();
        let rows = report.rows.iter().enumerate();
        let mut rows: Vec<PageRow<'_>> = rows
            .map(|(n, row)| {
                PageRow::new(n, row, of_rows.get(&row.key()).map_or(&[], Vec::as_slice))
            })
            .collect();
        // One file need not be named in each row.
        let mut files = report.tables.iter().map(|table| &table.file);
        let first = files.next();
        if files.all(|file| Some(file) == first) {
            for (page_row, row) in rows.iter_mut().zip(&report.rows) {
                let place = std::mem::take(&mut page_row.place);
                let place = place.strip_prefix(&format!("{}:", row.file));
                place.unwrap_or_default().clone_into(&mut page_row.place);
            }
        }
        // What needs attention comes first.
        rows.sort_by_key(|row| !report.rows[row.n].is_bad());
        let jira = report.jira.as_ref().filter(|_| !report.is_rehearsal());
        let sessions = report.run.iter().flat_map(|run| &run.sessions);
        Self {
            kicker: match report.kind {
                _ if report.is_rehearsal() => "gij · rehearsal against a simulated Jira",
                ReportKind::Check => "gij · check, nothing was sent",
                ReportKind::Plan => "gij · dry run, nothing was sent",
                ReportKind::Run => "gij · report of a run",
            },
            title: report.title(),
            sentence: report.sentence(),
            statuses: shown
                .iter()
                .zip(counts)
                .map(|(status, rows)| StatusCount {
                    class: status.name(),
                    words: status.in_words(),
                    rows,
                })
                .collect(),
            problems: report.problems(),
            tables: tables.collect(),
            types: rows
                .iter()
                .map(|row| row.type_name)
                .filter(|name| !name.is_empty())
                .collect(),
            columns: names
                .into_iter()
                .map(|name| Column {
                    name,
                    is_number: matches!(name, "ID" | "Attempts" | "Time, ms"),
                })
                .collect(),
            rows,
            jira_api: jira
                .filter(|jira| jira.url.starts_with("http"))
                .map(|jira| {
                    format!(
                        "{}/rest/gitplugin/1.0/integration/",
                        jira.url.trim_end_matches('/')
                    )
                }),
            is_run,
            sessions: sessions.map(PageSession::new).collect(),
            facts: report.facts(),
            charts: charts(&report.rows),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

impl<'a> PageRow<'a> {
    fn new(n: usize, row: &'a ReportRow, diagnostics: &[&Diagnostic]) -> Self {
        let mut notes = Vec::new();
        if let Some(error) = row.error.as_ref().filter(|_| diagnostics.is_empty()) {
            let status = row.http_status.map(|status| format!("HTTP {status}: "));
            notes.push(format!("{}{error}", status.unwrap_or_default()));
            notes.extend(row.advice.clone());
        }
        for found in diagnostics {
            let cell = found.place.address().unwrap_or_default();
            notes.push(format!(
                "{cell} {} [{}]: {}; {}",
                found.severity, found.code, found.message, found.help
            ));
        }
        if row.outcome().is_none() || row.error.is_none() {
            notes.extend(row.reason.clone());
        }
        for difference in &row.differences {
            notes.push(difference.to_string());
        }
        if diagnostics.is_empty() && !row.warnings.is_empty() {
            notes.push(format!("warnings: {}", row.warnings.join(", ")));
        }
        if let Some(state) = row.index {
            let found = row
                .repositories
                .map(|found| format!(", {found} repositories"));
            let state = state.in_words();
            notes.push(format!("in Jira: {state}{}", found.unwrap_or_default()));
        }
        if let Some(removal) = &row.removal {
            let why = removal.why.as_ref().map(|why| format!(": {why}"));
            notes.push(format!(
                "undo: {}{}",
                removal.outcome.in_words(),
                why.unwrap_or_default()
            ));
        }
        Self {
            n,
            place: row.place(),
            type_name: row.type_name.as_deref().unwrap_or_default(),
            display_name: row.display_name.as_deref().unwrap_or_default(),
            origin: row.origin.as_deref().unwrap_or_default(),
            status: row.status,
            id: row.id,
            notes,
            attempts: row.attempts,
            started: row.started.map(time),
            ms: row.duration_ms,
        }
    }
}

impl<'a> PageSession<'a> {
    fn new(session: &'a SessionStart) -> Self {
        let options = session.options.iter();
        let options: Vec<String> = options
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        Self {
            command: session_name(session),
            at: time(session.at),
            host: &session.host,
            os_user: &session.os_user,
            jira_user: session.jira_user.as_deref().unwrap_or_default(),
            confirmed_by: confirmation(session),
            gij: &session.gij,
            options: options.join(", "),
        }
    }
}

/// Filters of the template.
#[expect(clippy::pedantic, unreachable_pub, reason = "of what the macro writes")]
mod filters {
    use super::super::text::one_line;

    /// Text of others on one line; the template escapes it.
    #[askama::filter_fn]
    pub(super) fn line(
        text: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        Ok(one_line(&text.to_string()))
    }

    /// The same as HTML: escaped, and text in backticks marked as code.
    #[askama::filter_fn]
    pub(super) fn rich(
        text: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        let line = one_line(&text.to_string());
        let mut html = String::new();
        let parts: Vec<&str> = line.split('`').collect();
        for (n, part) in parts.iter().enumerate() {
            let escaped = askama::filters::escape(part, askama::filters::Html)?.to_string();
            // A backtick without a second one is only that.
            match n % 2 {
                1 if n + 1 < parts.len() => html.extend(["<code>", &escaped, "</code>"]),
                1 => html.extend(["`", &escaped]),
                _ => html.push_str(&escaped),
            }
        }
        Ok(html)
    }

    /// A label as the name of a class.
    #[askama::filter_fn]
    pub(super) fn class(
        label: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        Ok(label.to_string().replace(' ', "_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;

    fn page(report: &Report) -> String {
        let mut page = Vec::new();
        report.write_html(&mut page).unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn text_of_others_is_only_text() {
        let mut report = dummy::run();
        let hostile = "<script>alert(1)</script>\u{1b}[31m\u{202e}\" onload=\"x";
        let row = &mut report.rows[2];
        row.display_name = Some(hostile.into());
        row.origin = Some(hostile.into());
        row.error = Some(hostile.into());
        report.tables[0].file = hostile.into();
        let page = page(&report);
        assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
        for part in ["<script>alert", "\u{1b}", "\u{202e}", "\" onload"] {
            assert!(!page.contains(part), "{part:?}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = page(&dummy::run());
        for part in ["src=", "<link rel=\"stylesheet", "@import", "url("] {
            assert!(!page.contains(part), "{part}");
        }
    }

    #[test]
    fn ten_thousand_rows_take_less_than_6_mb() {
        let mut report = dummy::run();
        report.rows = report.rows.iter().cycle().take(10_000).cloned().collect();
        assert!(page(&report).len() < 6_000_000);
    }

    #[test]
    fn a_rehearsal_links_to_no_jira() {
        let mut report = dummy::run();
        assert!(
            page(&report)
                .contains("href=\"https://jira.example.org/rest/gitplugin/1.0/integration/")
        );
        report.run.as_mut().unwrap().rehearsal = true;
        assert!(!page(&report).contains("/rest/gitplugin/"));
    }
}
