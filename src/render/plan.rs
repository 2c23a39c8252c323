use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_severity, one_line, paint};
use crate::model::{InvalidRow, Severity};
use crate::plan::{Action, Plan, PlannedRow};
use crate::validate::Validation;

/// Most rows that are named for one reason; a dry run names all.
const MOST_ROWS: usize = 10;

const NAMELESS: &str = "(no display name)";

/// The Jira that a plan is for.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The name that its administrators gave it.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The base URL.
    pub url: String,
    /// As whom we are logged in.
    pub user: String,
}

/// The run that a plan goes on with.
pub(crate) fn run_line(run: &str, created: u64) -> String {
    let name = paint(BOLD, format!("{:>8}", "Run"));
    let created = count(created, "row was", "rows were");
    format!(
        "{name} {}\n",
        one_line(&format!("{run}; {created} created before"))
    )
}

/// The plan as it is shown before the question.
pub(crate) fn plan(plan: &Plan, target: &Target, input: &Validation) -> String {
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
    if plan.beyond_limit() > 0 {
        let beyond = count(n(plan.beyond_limit()), "row", "rows");
        line("Later", format!("{beyond}, beyond --limit"));
    }
    if !input.invalid.is_empty() {
        let invalid = count(n(input.invalid.len()), "row", "rows");
        line("Skip", format!("{invalid}, not valid"));
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
    text.push_str(&under_other_names(plan));
    text
}

/// Warnings of rows whose type and origin Jira holds under another name.
fn under_other_names(plan: &Plan) -> String {
    let warning = paint(of_severity(Severity::Warning), "warning");
    let mut also: Vec<String> = plan
        .rows()
        .iter()
        .filter_map(|planned| Some(format!("{}: {}", planned.row.place, also(planned)?)))
        .collect();
    // One row more than fits takes no more room than to say so.
    let others = also.len().saturating_sub(MOST_ROWS);
    if others > 1 {
        also.truncate(MOST_ROWS);
        also.push(format!(
            "{others} more rows whose type and origin Jira already holds under another name; `--dry-run` names them"
        ));
    }
    let lines = also
        .iter()
        .map(|what| format!("{warning} {}\n", one_line(what)));
    lines.collect()
}

fn also(planned: &PlannedRow) -> Option<String> {
    match &planned.action {
        Action::Create {
            also_as: Some((name, id)),
        } => Some(format!(
            "Jira already holds this type and origin as `{name}` (id {id}); both would be indexed"
        )),
        _ => None,
    }
}

/// The rows that Jira holds already, by their ids.
pub(crate) fn existing_rows(plan: &Plan) -> String {
    let mut text = String::new();
    let is_there = |planned: &&PlannedRow| planned.action.id().is_some();
    let there: Vec<&PlannedRow> = plan.rows().iter().filter(is_there).collect();
    for planned in there.iter().take(MOST_ROWS) {
        text.push_str(&row_line(planned, 8));
    }
    if there.len() > MOST_ROWS {
        let more = count(n(there.len() - MOST_ROWS), "more row", "more rows");
        let _ = writeln!(text, "{:8} and {more}; `--dry-run` names them", "");
    }
    text
}

/// Every row of a dry run: what would be done with it, and in what it differs.
pub(crate) fn dry_run_rows(plan: &Plan, invalid: &[InvalidRow]) -> String {
    let mut text = String::new();
    let width = if plan.beyond_limit() > 0 { 12 } else { 8 };
    let mut invalid = invalid.iter().peekable();
    for planned in plan.rows() {
        while let Some(row) = invalid.next_if(|row| row.n < planned.row.n) {
            text.push_str(&invalid_line(row, width));
        }
        text.push_str(&row_line(planned, width));
        let mut detail = |what: String| {
            let what = paint(DIM, one_line(&what));
            let _ = writeln!(text, "{:width$} {what}", "");
        };
        if let Action::Exists { differences, .. } = &planned.action {
            for difference in differences {
                let (field, ours, theirs) = (difference.field, &difference.row, &difference.jira);
                detail(format!("{field}: the row says {ours}, Jira has {theirs}"));
            }
        }
        also(planned).into_iter().for_each(detail);
    }
    invalid.for_each(|row| text.push_str(&invalid_line(row, width)));
    text
}

fn row_line(planned: &PlannedRow, width: usize) -> String {
    let PlannedRow { row, action } = planned;
    let name = row.record.display_name();
    let of = row.record.integration_type();
    let id = action.id().map(|id| format!(" (id {id})"));
    let what = format!(
        "{}  {of}  {}{}",
        row.place,
        name.unwrap_or(NAMELESS),
        id.unwrap_or_default()
    );
    labelled(&action.name().replace('_', " "), width, &what)
}

fn invalid_line(row: &InvalidRow, width: usize) -> String {
    let of = row.type_name.unwrap_or("(no type)");
    let name = row.display_name.as_deref().unwrap_or(NAMELESS);
    let codes: Vec<&str> = row.codes.iter().map(|code| code.name()).collect();
    let what = format!("{}  {of}  {name}: {}", row.place, codes.join(", "));
    labelled("invalid", width, &what)
}

fn labelled(label: &str, width: usize, what: &str) -> String {
    let label = paint(BOLD, format!("{label:>width$}"));
    format!("{label} {}\n", one_line(what))
}
