//! What an import, a resume or an undo is about to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;

use super::lines::{Lines, MAX_ROWS, row_name};
use super::style::{BOLD, count, n, of_severity};
use crate::engine::{Fate, UndoneRow};
use crate::journal::{Jira, RunState};
use crate::model::{Difference, Severity, ShownRow, listed};
use crate::plan::{Action, Plan, PlannedRow};
use crate::validate::Validation;

/// Columns of the labels.
const WIDTH: usize = 8;

/// `Acme Jira 10.3.2`.
pub(crate) fn jira_name(jira: &Jira) -> String {
    let title = jira.title.as_deref().unwrap_or("Jira");
    match &jira.version {
        Some(version) => format!("{title} {version}"),
        None => title.to_owned(),
    }
}

/// `Acme Jira (https://jira.example.org)`.
pub(crate) fn jira_at(jira: &Jira) -> String {
    let title = jira.title.as_deref().unwrap_or("Jira");
    format!("{title} ({})", jira.url)
}

/// `Acme Jira 10.3.2 at https://jira.example.org, as Anna Admin (anna)`.
fn target(jira: &Jira) -> String {
    let user = jira.user.as_deref().unwrap_or("an unnamed user");
    format!("{} at {}, as {user}", jira_name(jira), jira.url)
}

/// The run that is resumed.
pub(crate) fn run_line(run: &str, created: u64, updated: u64) -> String {
    let mut lines = Lines::new(WIDTH);
    let (rows, done) = match updated {
        0 => (created, "created"),
        _ => (updated, "updated"),
    };
    let rows = count(rows, "row", "rows");
    lines.fact("Run", format!("{run}; {rows} {done} before"));
    lines.into_text()
}

/// The plan as it is shown before the question, or below the rows of a dry run.
pub(crate) fn plan(plan: &Plan, jira: &Jira, input: &Validation, is_dry_run: bool) -> String {
    let mut lines = Lines::new(WIDTH);
    lines.fact("Jira", target(jira));
    for table in input.files.iter().flat_map(|file| &file.tables) {
        let rows = count(table.rows.read, "row", "rows");
        let blank = match table.rows.blank {
            0 => String::new(),
            blank => format!(", {blank} blank skipped"),
        };
        lines.fact("Input", format!("{}: {rows}{blank}", table.name));
    }
    let to_send = count(n(plan.to_send().count()), "integration", "integrations");
    if plan.is_update() {
        lines.fact("Update", to_send);
        // What is changed differs from row to row. A dry run lists the rows already.
        if !is_dry_run {
            add_updates(&mut lines, plan);
        }
        for (label, action, what) in [
            ("Absent", "absent", "not in Jira; an update creates nothing"),
            (
                "Same",
                "unchanged",
                "nothing to send: equal in Jira, or blank in the sheet",
            ),
        ] {
            if let rows @ 1.. = plan.count(action) {
                lines.fact(label, format!("{}: {what}", count(n(rows), "row", "rows")));
            }
        }
    } else {
        lines.fact("Create", to_send);
    }
    let (exist, differ) = plan.existing();
    if exist > 0 {
        let differ = match differ {
            0 => String::new(),
            differ => format!(", {differ} with other settings than the row"),
        };
        lines.fact("Exist", format!("{exist}, left unchanged{differ}"));
        let update = "credentials cannot be compared; `gij update` replaces them";
        lines.fact("", update);
    }
    if plan.count("not_selected") > 0 {
        let beyond = count(n(plan.count("not_selected")), "row", "rows");
        lines.fact("Later", format!("{beyond}, beyond --limit"));
    }
    if !input.invalid.is_empty() {
        let invalid = count(n(input.invalid.len()), "invalid row", "invalid rows");
        lines.fact("Skip", invalid);
    }
    if !plan.is_update() && plan.to_send().next().is_some() {
        let (global, by_default) = plan.global();
        let restricted = plan.to_send().count() - global - by_default;
        let mut visible = format!("{} in all projects", count(n(global), "row", "rows"));
        if restricted > 0 {
            let _ = write!(visible, ", {restricted} restricted");
        }
        if by_default > 0 {
            let _ = write!(
                visible,
                ", {by_default} by Jira's default, since `global` is blank"
            );
        }
        lines.fact("Visible", visible);
    }
    for ((reference, host), rows) in plan.references() {
        let rows = count(n(rows), "row", "rows");
        lines.fact("Secret", format!("{reference} goes to {host} ({rows})"));
    }
    let mut warnings = Lines::new(0);
    add_resemblances(&mut warnings, plan);
    add_other_keys(&mut warnings, plan);
    lines.into_text() + &warnings.into_text()
}

/// A note on rows whose column `id` names another integration of this Jira.
fn add_other_keys(lines: &mut Lines, plan: &Plan) {
    const MOST: usize = 3;
    let others = &plan.other_keys;
    if others.is_empty() {
        return;
    }
    let named = listed(others, MOST, String::clone);
    let rows = count(n(others.len()), "row has", "rows have");
    let (severity, so) = if plan.is_update() {
        (
            Severity::Warning,
            "an update matches by id, so make sure the sheet comes from this Jira",
        )
    } else {
        (Severity::Note, "an import ignores the column `id`")
    };
    let note =
        format!("{rows} the id of an integration with another type, origin or name; {so}: {named}");
    lines.add(of_severity(severity), severity, &note);
}

/// Warnings of rows that resemble integrations that Jira holds.
fn add_resemblances(lines: &mut Lines, plan: &Plan) {
    let rows = plan.rows().iter();
    let warnings = rows.flat_map(|planned| {
        let resembles = planned.action.resembles().iter();
        resembles.map(|resemblance| format!("{}: {resemblance}", planned.row.place))
    });
    let mut warnings: Vec<String> = warnings.collect();
    let others = warnings.len().saturating_sub(MAX_ROWS);
    // One row more takes no more room than a line that counts it.
    if others > 1 {
        warnings.truncate(MAX_ROWS);
        warnings.push(format!(
            "{others} more such warnings; `--dry-run` lists them"
        ));
    }
    for warning in warnings {
        lines.add(of_severity(Severity::Warning), "warning", &warning);
    }
}

/// The rows that Jira already holds, with their ids.
pub(crate) fn existing_rows(plan: &Plan) -> String {
    let exists = |planned: &&PlannedRow| planned.action.id().is_some();
    let existing: Vec<&PlannedRow> = plan.rows().iter().filter(exists).collect();
    let mut lines = Lines::new(WIDTH);
    lines.first(&existing, "; `--dry-run` lists them", |lines, planned| {
        add_planned(lines, planned);
    });
    lines.into_text()
}

/// Every row of a dry run: what would be done with it, and how it differs from what Jira holds.
pub(crate) fn dry_run_rows(plan: &Plan, invalid: &[ShownRow]) -> String {
    // The longest label is `not selected`.
    let mut lines = Lines::new(match plan {
        _ if plan.count("not_selected") > 0 => 12,
        _ if plan.is_update() => 9,
        _ => WIDTH,
    });
    let mut invalid = invalid.iter().peekable();
    for planned in plan.rows() {
        while let Some(row) = invalid.next_if(|row| row.n < planned.row.n) {
            add_invalid(&mut lines, row);
        }
        add_planned(&mut lines, planned);
        for difference in planned.action.differences() {
            lines.detail(&match &planned.action {
                Action::Update(_) => difference.as_change(),
                _ => difference.to_string(),
            });
        }
        for resemblance in planned.action.resembles() {
            lines.detail(resemblance);
        }
    }
    invalid.for_each(|row| add_invalid(&mut lines, row));
    lines.into_text()
}

/// The first rows to be updated, with what changes.
fn add_updates(lines: &mut Lines, plan: &Plan) {
    let is_update = |planned: &&PlannedRow| matches!(planned.action, Action::Update(_));
    let updates: Vec<&PlannedRow> = plan.rows().iter().filter(is_update).collect();
    lines.first(&updates, "; `--dry-run` lists them", |lines, planned| {
        let changes = planned.action.differences().iter();
        let changes: Vec<String> = changes.map(Difference::as_change).collect();
        let name = planned_name(planned);
        lines.add(Style::new(), "", &format!("{name}  {}", changes.join(", ")));
    });
}

fn add_planned(lines: &mut Lines, planned: &PlannedRow) {
    lines.fact(
        &planned.action.name().replace('_', " "),
        planned_name(planned),
    );
}

fn planned_name(PlannedRow { row, action }: &PlannedRow) -> String {
    let type_name = row.record.integration_type().name();
    let mut name = row_name(&row.place, Some(type_name), row.record.display_name());
    if let Some(id) = action.id() {
        let _ = write!(name, " (id {id})");
    }
    name
}

fn add_invalid(lines: &mut Lines, row: &ShownRow) {
    let type_name = row.type_name.unwrap_or("(no type)");
    let name = row_name(&row.place, Some(type_name), row.display_name.as_deref());
    let codes: Vec<&str> = row.codes.iter().map(|code| code.name()).collect();
    lines.add(BOLD, "invalid", &format!("{name}: {}", codes.join(", ")));
}

/// A row of an undo, with what is put back.
fn undone_row(undone: &UndoneRow, state: &RunState) -> String {
    let row = state.row(undone.n);
    let place = row.map_or_else(String::new, |row| row.read.place.to_string());
    let name = row_name(place, None, row.and_then(|row| row.read.name.as_deref()));
    let mut line = format!("{name}  id {}", undone.remote.id);
    if let Fate::Restore { change, left } = &undone.fate {
        let changes = change.differences.iter();
        let mut changes: Vec<String> = changes.map(Difference::as_change).collect();
        changes.extend(Some(left.clone()).filter(|left| !left.is_empty()));
        let _ = write!(line, "  {}", changes.join(", "));
    }
    line
}

/// The plan of an undo of the run `run`, with a line for each integration. A dry run reads one list only, which proves no
/// absence.
pub(crate) fn undo_plan(
    plan: &[UndoneRow],
    run: &str,
    state: &RunState,
    jira: &Jira,
    is_dry_run: bool,
) -> String {
    let mut lines = Lines::new(12);
    lines.fact("Run", run);
    lines.fact("Jira", target(jira));
    let sent = if state.opened.is_update() {
        "Put back"
    } else {
        "Remove"
    };
    let unsure = "not in Jira's list; the undo reads the list again to be sure";
    // By their order, label and reason.
    let mut groups: BTreeMap<(u8, &str, &str), Vec<&UndoneRow>> = BTreeMap::new();
    groups.insert((0, sent, ""), Vec::new());
    for undone in plan {
        let group = match &undone.fate {
            fate if fate.is_sent() => (0, sent, ""),
            Fate::LeaveAlone(why) => (1, "Left alone", why.as_str()),
            Fate::AlreadyRestored => (2, "As before", ""),
            _ if is_dry_run => (2, "Not listed", unsure),
            _ => (2, "Already gone", ""),
        };
        groups.entry(group).or_default().push(undone);
    }
    for ((order, label, why), rows) in groups {
        lines.fact(
            label,
            match (order, why) {
                (0, _) => count(n(rows.len()), "integration", "integrations"),
                (_, "") => rows.len().to_string(),
                _ => format!("{}: {why}", rows.len()),
            },
        );
        let shown = if is_dry_run { rows.len() } else { MAX_ROWS };
        for undone in rows.iter().take(shown) {
            lines.add(Style::new(), "", &undone_row(undone, state));
        }
        let others = rows.len().saturating_sub(shown);
        lines.more(others, "; `--dry-run` lists them");
    }
    let is_unseen = |undone: &&UndoneRow| {
        let changes = state.row(undone.n).into_iter().flat_map(|row| &row.changes);
        undone.fate.is_sent() && changes.clone().any(|change| change.jira.is_null())
    };
    if let rows @ 1.. = plan.iter().filter(is_unseen).count() {
        let rows = count(n(rows), "row", "rows");
        let what = format!(
            "{rows} with secrets or other fields that Jira does not show; they cannot be put back"
        );
        lines.fact("Kept", what);
    }
    if let in_doubt @ 1.. = state.totals().in_doubt
        && !state.opened.is_update()
    {
        let rows = count(in_doubt, "row", "rows");
        let what = format!("{rows}; what they may have created is left alone");
        lines.fact("In doubt", what);
    }
    lines.into_text()
}
