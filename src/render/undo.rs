//! What an undo is about to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::plan::Target;
use super::style::{BOLD, DIM, count, n, one_line, paint};

/// Most rows of a kind that are named.
const MOST_ROWS: usize = 20;

/// What an undo would do, for showing it.
#[derive(Clone, Debug, Default)]
pub(crate) struct UndoPlan {
    /// What is deleted: each integration in a line.
    pub deleted: Vec<String>,
    /// What is not touched, by the reason.
    pub left_alone: BTreeMap<String, Vec<String>>,
    /// What is gone already.
    pub already_gone: Vec<String>,
    /// What one list does not show.
    pub not_listed: Vec<String>,
    /// How many rows are in doubt.
    pub in_doubt: u64,
}

/// The plan of an undo as it is shown before the question.
pub(crate) fn undo_plan(plan: &UndoPlan, run: &str, target: &Target) -> String {
    let mut text = String::new();
    let mut line = |name: &str, rest: &str| {
        let name = paint(BOLD, format!("{name:>12}"));
        let _ = writeln!(text, "{name} {}", one_line(rest));
    };
    line("Run", run);
    line(
        "Jira",
        &format!(
            "{} {} at {}, as {}",
            target.title, target.version, target.url, target.user
        ),
    );
    let removed = count(n(plan.deleted.len()), "integration", "integrations");
    line("Remove", &removed);
    named(&mut text, &plan.deleted);
    let mut kind = |name: &str, rest: &str, rows: &[String]| {
        let label = paint(BOLD, format!("{name:>12}"));
        let _ = writeln!(text, "{label} {}", one_line(rest));
        named(&mut text, rows);
    };
    for (why, rows) in &plan.left_alone {
        kind("Left alone", &format!("{}: {why}", rows.len()), rows);
    }
    if !plan.already_gone.is_empty() {
        let number = plan.already_gone.len().to_string();
        kind("Already gone", &number, &plan.already_gone);
    }
    if !plan.not_listed.is_empty() {
        let number = plan.not_listed.len();
        let rest =
            format!("{number}: not in Jira's list; the undo looks again before it believes that");
        kind("Not listed", &rest, &plan.not_listed);
    }
    if plan.in_doubt > 0 {
        let rows = count(plan.in_doubt, "row is", "rows are");
        let _ = writeln!(
            text,
            "note: {rows} in doubt; what they may have created is not touched"
        );
    }
    text
}

fn named(text: &mut String, rows: &[String]) {
    for row in rows.iter().take(MOST_ROWS) {
        let _ = writeln!(text, "{:13}{}", "", one_line(row));
    }
    if rows.len() > MOST_ROWS {
        let more = format!("and {} more", rows.len() - MOST_ROWS);
        let _ = writeln!(text, "{:13}{}", "", paint(DIM, more));
    }
}
