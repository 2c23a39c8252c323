//! `--on-existing fail`: rows that already exist in Jira keep everything from being sent.

use super::connect::Connected;
use super::context::write_document;
use super::exit::{Exit, Failure};
use super::facts::jira_of;
use super::import::{Import, OnExisting};
use crate::plan::Plan;
use crate::render::{count, existing_rows};
use crate::report::Report;
use crate::validate::Validation;

/// Whether existing rows keep everything from being sent.
pub(super) fn is_refused(import: &Import<'_>, plan: &Plan) -> bool {
    import.args.on_existing == OnExisting::Fail && plan.existing().0 > 0
}

/// Shows the existing rows.
pub(super) fn refuse(
    import: &Import<'_>,
    input: &Validation,
    plan: &Plan,
    jira: &Connected,
) -> Result<Exit, Failure> {
    if import.context.is_json {
        let jira = jira_of(&jira.target);
        write_document(&Report::of_plan(input, plan, jira).to_json())?;
    } else {
        import.context.screen.problem(&existing_rows(plan));
    }
    Err(failure(import, plan))
}

/// Why nothing is sent, and what to do.
pub(super) fn failure(import: &Import<'_>, plan: &Plan) -> Failure {
    let (there, _) = plan.existing();
    let rows = count(there as u64, "row already exists", "rows already exist");
    let failure = Failure::new(
        Exit::Invalid,
        format!("{rows} in Jira (`--on-existing fail`); nothing was sent"),
    );
    let skip = import.context.given.again().without(&["on_existing"]);
    failure.help(format!("remove these rows, or skip them with `{skip}`"))
}
