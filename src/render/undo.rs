//! What an undo is about to do.

use std::collections::BTreeMap;

use anstyle::Style;

use super::lines::Lines;
use super::plan::Target;
use super::style::{count, n};

/// The plan of an undo, with a line for each integration.
#[derive(Clone, Debug, Default)]
pub(crate) struct UndoPlan {
    pub removed: Vec<String>,
    /// By the reason.
    pub left_alone: BTreeMap<String, Vec<String>>,
    pub already_gone: Vec<String>,
    /// What one list does not show.
    pub not_listed: Vec<String>,
    /// How many rows are in doubt.
    pub in_doubt: u64,
}

/// The plan of an undo as it is shown before the question.
pub(crate) fn undo_plan(plan: &UndoPlan, run: &str, target: &Target) -> String {
    let mut lines = Lines::new(12);
    lines.fact("Run", run);
    lines.fact("Jira", target.to_string());
    let removed = count(n(plan.removed.len()), "integration", "integrations");
    let mut group = |label: &str, what: String, rows: &[String]| {
        lines.fact(label, what);
        lines.first(rows, "", |lines, row| lines.add(Style::new(), "", row));
    };
    group("Remove", removed, &plan.removed);
    for (why, rows) in &plan.left_alone {
        group("Left alone", format!("{}: {why}", rows.len()), rows);
    }
    if let gone @ 1.. = plan.already_gone.len() {
        group("Already gone", gone.to_string(), &plan.already_gone);
    }
    if let missing @ 1.. = plan.not_listed.len() {
        let what =
            format!("{missing}: not in Jira's list; the undo reads the list again to be sure");
        group("Not listed", what, &plan.not_listed);
    }
    if plan.in_doubt > 0 {
        let rows = count(plan.in_doubt, "row", "rows");
        let what = format!("{rows}; what they may have created is left alone");
        lines.fact("In doubt", what);
    }
    lines.into_text()
}
