//! Which of a run's integrations Jira has indexed since.

use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_outcome, one_line, paint};
use super::summary::doubles;
use crate::model::Outcome;
use crate::report::{IndexState, VerifyReport};

/// Most rows of a state that are named.
const MOST_ROWS: usize = 20;

/// How many integrations are in which state, and those that are not indexed by name.
pub(crate) fn verification(report: &VerifyReport) -> String {
    let mut text = String::new();
    let all = count(n(report.rows.len()), "integration", "integrations");
    let states: Vec<String> = IndexState::ALL
        .into_iter()
        .filter(|state| report.totals.of(*state) > 0)
        .map(|state| format!("{} {}", report.totals.of(state), state.in_words()))
        .collect();
    let states = if states.is_empty() {
        "nothing to look for".to_owned()
    } else {
        states.join(", ")
    };
    let said = format!("{all} of {}: {states}", report.run);
    let _ = writeln!(text, "{}", paint(BOLD, one_line(&said)));
    for state in [IndexState::Gone, IndexState::Disabled, IndexState::NotYet] {
        let rows: Vec<_> = report
            .rows
            .iter()
            .filter(|row| row.state == state)
            .collect();
        for row in rows.iter().take(MOST_ROWS) {
            let style = match state {
                IndexState::Gone => of_outcome(Outcome::Failed),
                _ => of_outcome(Outcome::InDoubt),
            };
            let label = paint(style, format!("{:>9}", state.in_words()));
            let name = row.display_name.as_deref().unwrap_or("(no display name)");
            let line = format!("{}  {name}  id {}", row.place, row.id);
            let _ = writeln!(text, "{label} {}", one_line(&line));
        }
        if rows.len() > MOST_ROWS {
            let more = count(n(rows.len() - MOST_ROWS), "more row", "more rows");
            let _ = writeln!(text, "          {}", paint(DIM, format!("and {more}")));
        }
    }
    in_doubt(
        &mut text,
        &report.appeared,
        "Jira refused it, and holds one like it now",
    );
    in_doubt(
        &mut text,
        &report.in_doubt,
        "nobody knows yet whether Jira created it",
    );
    text.push_str(&doubles(&report.duplicates));
    text
}

/// The rows in doubt that stand at `places`, and why.
fn in_doubt(text: &mut String, places: &[String], why: &str) {
    for place in places.iter().take(MOST_ROWS) {
        let label = paint(of_outcome(Outcome::InDoubt), format!("{:>9}", "in doubt"));
        let line = format!("{place}  {why}");
        let _ = writeln!(text, "{label} {}", one_line(&line));
    }
    if let more @ 1.. = places.len().saturating_sub(MOST_ROWS) {
        let more = count(n(more), "more row", "more rows");
        let _ = writeln!(text, "          {}", paint(DIM, format!("and {more}")));
    }
}
