use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_outcome, one_line, paint};
use crate::model::Outcome;
use crate::report::{Report, ReportRow, opening_sentence};

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
            .filter(|row| row.outcome == outcome)
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
        if rows.len() > MOST_ROWS {
            let more = count(n(rows.len() - MOST_ROWS), "more row", "more rows");
            let _ = writeln!(
                text,
                "          {}",
                paint(DIM, format!("and {more}, in the report"))
            );
        }
    }
    text
}

fn line(row: &ReportRow) -> String {
    let of = row.type_name.as_deref().unwrap_or_default();
    let name = row.display_name.as_deref().unwrap_or("(no display name)");
    let error = row.error.as_deref().unwrap_or_default();
    one_line(&format!("{}  {of}  {name}: {error}", row.place()))
}
