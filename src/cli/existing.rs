//! `--on-existing fail`: rows that Jira holds already keep everything from being sent.

use super::args::OnExisting;
use super::check::write_json;
use super::connect::Connected;
use super::exit::{Exit, Failure};
use super::facts::jira_of;
use super::next;
use super::settings::ImportSettings;
use crate::plan::Plan;
use crate::render::{Screen, count, existing_rows};
use crate::report::Report;
use crate::validate::Validation;

/// Whether what Jira holds already is to be refused.
pub(super) fn is_refused(settings: &ImportSettings, plan: &Plan) -> bool {
    settings.on_existing == OnExisting::Fail && plan.existing().0 > 0
}

/// Names the rows that Jira holds already, and refuses to begin.
pub(super) fn refuse(
    settings: &ImportSettings,
    input: &Validation,
    plan: &Plan,
    jira: &Connected,
    screen: &Screen,
) -> Result<Exit, Failure> {
    if settings.invocation.is_json {
        let jira = jira_of(&jira.target);
        write_json(&Report::of_plan(input, plan, jira).to_json())?;
    } else {
        screen.problem(&existing_rows(plan));
    }
    Err(why(settings, plan))
}

/// Why nothing is sent, and what to do.
pub(super) fn why(settings: &ImportSettings, plan: &Plan) -> Failure {
    let (there, _) = plan.existing();
    let rows = count(there as u64, "row is", "rows are");
    let failure = Failure::new(
        Exit::Invalid,
        format!(
            "{rows} in Jira already, which `--on-existing fail` does not let pass; nothing was sent"
        ),
    );
    failure.help(next::after_existing(settings))
}
