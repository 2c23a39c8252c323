//! `.html`: one file that needs no network, reads without script, and prints. Its layout is `templates/report.html`: there
//! askama finds it without a configuration file.

use std::collections::BTreeSet;
use std::io::{self, Write};

use askama::Template;

use super::facts::Tally;
use super::value::{ByRow, Report, ReportKind, ReportRow, by_row};
use super::{charts, column, facts, filters, note};

pub(super) const STYLE: &str = include_str!("../../templates/report.css");
pub(super) const SCRIPT: &str = include_str!("../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    tallies: Vec<(Tally, usize)>,
    /// The names of the integration types.
    types: BTreeSet<&'a str>,
    /// The rows with their positions in the files; those that need attention come first.
    rows: Vec<(usize, &'a ReportRow)>,
    diagnostics: ByRow<'a>,
    /// Whether the rows need not name their file.
    is_one_file: bool,
}

impl Report {
    pub(crate) fn write_html(&self, to: &mut dyn Write) -> io::Result<()> {
        Page::new(self).write_into(to)
    }
}

impl<'a> Page<'a> {
    fn new(report: &'a Report) -> Self {
        let mut rows: Vec<(usize, &ReportRow)> = report.rows.iter().enumerate().collect();
        rows.sort_by_key(|(_, row)| !row.is_bad());
        let types = report
            .rows
            .iter()
            .filter_map(|row| row.type_name.as_deref());
        Self {
            report,
            tallies: report.tallies(),
            types: types.collect(),
            rows,
            diagnostics: by_row(&report.diagnostics),
            is_one_file: report
                .tables
                .iter()
                .all(|table| table.file == report.tables[0].file),
        }
    }

    fn kicker(&self) -> &'static str {
        match self.report.kind {
            _ if self.report.is_rehearsal() => "gij · rehearsal against a simulated Jira",
            ReportKind::Check => "gij · check, nothing was sent",
            ReportKind::Plan => "gij · dry run, nothing was sent",
            ReportKind::Run => "gij · report of a run",
        }
    }

    fn place(&self, row: &ReportRow) -> String {
        let place = row.place.to_string();
        if self.is_one_file {
            place[row.place.table.file.len() + 1..].to_owned()
        } else {
            place
        }
    }

    /// The address of a row's integration in Jira; none in a sandbox.
    fn address(&self, row: &ReportRow) -> Option<String> {
        let id = row.id?;
        let url = &self.report.jira.as_ref()?.url;
        let has_page = url.starts_with("http") && !self.report.is_rehearsal();
        let base = url.trim_end_matches('/');
        has_page.then(|| format!("{base}/rest/gitplugin/1.0/integration/{id}"))
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
