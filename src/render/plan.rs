use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_severity, one_line, paint};
use crate::model::Severity;
use crate::plan::{Action, Plan, PlannedRow};
use crate::validate::Validation;

/// The Jira that a plan is for.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name that its administrators gave it.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The base URL.
    pub url: String,
    /// As whom we are logged in.
    pub user: String,
}

/// The plan as it is shown before the question.
pub fn plan(plan: &Plan, target: &Target, input: &Validation) -> String {
    let mut text = String::new();
    let mut line = |name: &str, rest: String| {
        let _ = writeln!(text, "{} {rest}", paint(BOLD, format!("{name:>8}")));
    };
    line(
        "Jira",
        one_line(&format!(
            "{} {} at {}, as {}",
            target.title, target.version, target.url, target.user
        )),
    );
    for file in &input.files {
        for table in &file.tables {
            let rows = count(table.rows.read, "row", "rows");
            let blank = match table.rows.blank {
                0 => String::new(),
                blank => format!(", {blank} blank passed over"),
            };
            line("Input", one_line(&format!("{}: {rows}{blank}", table.name)));
        }
    }
    let (exist, differ) = plan.existing();
    line(
        "Create",
        count(n(plan.to_create().count()), "integration", "integrations"),
    );
    if exist > 0 {
        let differ = match differ {
            0 => String::new(),
            differ => format!(", {differ} of them with other settings than the row"),
        };
        line("Exist", format!("{exist}, left as they are{differ}"));
    }
    let (says, leaves) = plan.global();
    line(
        "Global",
        format!("{says} visible in all projects, {leaves} left to Jira's default"),
    );
    for used in plan.references() {
        let rows = count(n(used.rows), "row", "rows");
        line(
            "Secret",
            one_line(&format!(
                "{} goes to {} ({rows})",
                used.reference, used.host
            )),
        );
    }
    for planned in plan.rows() {
        if let Action::Create {
            also_as: Some((name, id)),
        } = &planned.action
        {
            let place = &planned.row.place;
            let warning = paint(of_severity(Severity::Warning), "warning");
            let what = one_line(&format!(
                "{place}: Jira already holds this type and origin as `{name}` (id {id}); both would be indexed"
            ));
            let _ = writeln!(text, "{warning} {what}");
        }
    }
    text
}

/// Every row of a dry run: what would be done with it, and in what it differs.
pub fn dry_run_rows(plan: &Plan) -> String {
    let mut text = String::new();
    for PlannedRow { row, action } in plan.rows() {
        let name = row.record.display_name().unwrap_or("(no display name)");
        let of = row.record.integration_type();
        let id = action
            .id()
            .map(|id| format!(" (id {id})"))
            .unwrap_or_default();
        let what = one_line(&format!("{}  {of}  {name}{id}", row.place));
        let _ = writeln!(
            text,
            "{} {what}",
            paint(BOLD, format!("{:>8}", action.name()))
        );
        if let Action::Exists { differences, .. } = action {
            for difference in differences {
                let (field, ours, theirs) = (difference.field, &difference.row, &difference.jira);
                let differs = one_line(&format!("{field}: the row says {ours}, Jira has {theirs}"));
                let _ = writeln!(text, "         {}", paint(DIM, differs));
            }
        }
    }
    text
}
