use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_outcome, one_line, paint};
use crate::model::Outcome;
use crate::report::{Report, ReportAudit, ReportDuplicate, ReportRow, opening_sentence};

/// Most rows of an outcome that are named; the reports name all.
const MOST_ROWS: usize = 10;

/// What is told at the end of a run, first in one sentence, then what went wrong.
pub fn summary(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", paint(BOLD, one_line(&opening_sentence(report))));
    for outcome in [Outcome::Failed, Outcome::InDoubt] {
        let rows: Vec<&ReportRow> = report
            .rows
            .iter()
            .filter(|row| row.outcome() == Some(outcome))
            .collect();
        for row in rows.iter().take(MOST_ROWS) {
            let _ = writeln!(
                text,
                "{} {}",
                paint(of_outcome(outcome), format!("{outcome:>9}")),
                line(row)
            );
            if let Some(advice) = &row.advice {
                let _ = writeln!(text, "          {}", paint(DIM, one_line(advice)));
            }
        }
        more(&mut text, rows.len());
    }
    text.push_str(&removals(report));
    if report.may_lack_rows() {
        let line = "the journal is damaged where it tells of the rows: there may be more of them than these, and nobody \
                    knows what became of them";
        say(&mut text, "unknown", line);
    }
    if let Some(audit) = report.valid_audit() {
        text.push_str(&imbalance(audit));
    }
    text
}

/// What an undo left, and why.
fn removals(report: &Report) -> String {
    let mut text = String::new();
    let left: Vec<_> = report
        .rows
        .iter()
        .flat_map(|row| {
            let own = row.removal.iter();
            let own = own.map(|removal| (row.id.unwrap_or_default(), removal));
            let doubles = row.duplicates.iter();
            let all = own.chain(doubles.map(|double| (double.id, &double.removal)));
            all.map(move |(id, removal)| (row, id, removal))
        })
        .filter(|(_, _, removal)| !removal.outcome.is_gone())
        .collect();
    for (row, id, removal) in left.iter().take(MOST_ROWS) {
        let label = paint(of_outcome(Outcome::InDoubt), removal.outcome.in_words());
        let name = row.display_name.as_deref().unwrap_or("(no display name)");
        let why = removal.why.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "{label} {}",
            one_line(&format!("{}  {name}  id {id}: {why}", row.place()))
        );
    }
    more(&mut text, left.len());
    text
}

/// What does not balance between the rows and Jira's list.
fn imbalance(audit: &ReportAudit) -> String {
    let mut text = String::new();
    for row in audit.missing.iter().take(MOST_ROWS) {
        let line = format!("{row}: Jira said that it created it, and its list does not show it");
        say(&mut text, "missing", &line);
    }
    more(&mut text, audit.missing.len());
    text.push_str(&doubles(&audit.duplicates));
    text
}

/// Which rows Jira holds more than once, with what there is of each.
pub(super) fn doubles(doubles: &[ReportDuplicate]) -> String {
    let mut text = String::new();
    for double in doubles.iter().take(MOST_ROWS) {
        let ids: Vec<String> = double
            .integrations
            .iter()
            .map(|remote| identity(remote.id, remote.init_date))
            .collect();
        let whose = match double.may_have_created {
            0 => "this run created none of them",
            1 => "one request of ours created it, so someone else created the other",
            _ => "several requests of ours may have created it",
        };
        let (row, ids) = (&double.row, ids.join(" and "));
        let holds = if double.integrations.len() > 1 {
            "Jira holds it more than once"
        } else {
            "its own is removed, and Jira still holds one of its key"
        };
        let line = format!("{row}: {holds}: {ids}; {whose}");
        say(&mut text, "double", &line);
    }
    more(&mut text, doubles.len());
    text
}

fn say(text: &mut String, label: &str, line: &str) {
    let label = paint(of_outcome(Outcome::InDoubt), format!("{label:>9}"));
    let _ = writeln!(text, "{label} {}", one_line(line));
}

/// How many of `all` were not named.
fn more(text: &mut String, all: usize) {
    if all > MOST_ROWS {
        let more = count(n(all - MOST_ROWS), "more row", "more rows");
        let more = paint(DIM, format!("and {more}, in the report"));
        let _ = writeln!(text, "          {more}");
    }
}

/// `id 612 of 22 Nov 2026 10:15:04`.
fn identity(id: i64, init_date: Option<i64>) -> String {
    match init_date.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        Some(at) => format!("id {id} of {}", at.strftime("%-d %b %Y %H:%M:%S UTC")),
        None => format!("id {id}"),
    }
}

fn line(row: &ReportRow) -> String {
    let of = row.type_name.as_deref().unwrap_or_default();
    let name = row.display_name.as_deref().unwrap_or("(no display name)");
    let error = row.error.as_deref().unwrap_or_default();
    one_line(&format!("{}  {of}  {name}: {error}", row.place()))
}
