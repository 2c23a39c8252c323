//! `gij import`.

use super::carry_out::carry_out;
use super::check::{show, write_json};
use super::connect::{Connected, connect};
use super::dispatch::runtime;
use super::exit::{Exit, Failure};
use super::facts::{check_report, planned_rows};
use super::settings::{ImportSettings, TargetSettings};
use super::{next, question};
use crate::input::ReadOptions;
use crate::journal::ConfirmedBy;
use crate::plan::Plan;
use crate::render::{Screen, dry_run_rows, plan as plan_text, tally};
use crate::report::check_json;
use crate::validate::{Options, Purpose, Validation, validate};

/// Validates, shows the plan, asks, creates, reports.
pub(super) fn import(settings: &ImportSettings, screen: &Screen) -> Result<Exit, Failure> {
    let confirmed_by = confirmation(settings)?;
    let mut input = validate(
        &settings.input.files,
        &Options {
            purpose: Purpose::Import,
            secrets: settings.input.secrets.clone(),
            reading: ReadOptions::default(),
        },
    );
    if !settings.is_json {
        show(&input, screen);
    }
    if input.diagnostics.has_errors() {
        return refuse(settings, &input, screen);
    }
    let runtime = runtime()?;
    let (jira, remote) = runtime.block_on(connect(settings, screen))?;
    let plan = Plan::new(std::mem::take(&mut input.rows), &remote);
    if settings.dry_run {
        return dry_run(settings, &input, &plan, &jira, screen);
    }
    screen.info(&plan_text(&plan, &jira.target, &input));
    let Some(confirmed_by) = confirmed_by.or_else(|| ask(&plan, &jira, screen)) else {
        screen.problem("nothing was sent\n");
        return Ok(Exit::Interrupted);
    };
    carry_out(
        settings,
        &runtime,
        &input,
        plan,
        &jira,
        confirmed_by,
        screen,
    )
}

/// How the run is confirmed, where that needs no question; none if somebody is to be asked.
fn confirmation(settings: &ImportSettings) -> Result<Option<ConfirmedBy>, Failure> {
    if matches!(settings.target, TargetSettings::Sandbox) || settings.dry_run {
        Ok(Some(ConfirmedBy::NotNeeded))
    } else if settings.yes {
        Ok(Some(ConfirmedBy::Yes))
    } else if question::can_ask() {
        Ok(None)
    } else {
        let failure =
            Failure::usage("there is no terminal to ask on, and no --yes; nothing was sent");
        Err(failure.help("look at the plan with `--dry-run`, then give `--yes`"))
    }
}

fn refuse(settings: &ImportSettings, input: &Validation, screen: &Screen) -> Result<Exit, Failure> {
    if settings.is_json {
        write_json(&check_json(&check_report(input)), screen)?;
    } else {
        let said = tally(&input.diagnostics).unwrap_or_default();
        screen.problem(&format!("{said}; nothing was sent\n"));
        screen.info(&format!("\nNext: {}\n", next::after_check(settings)));
    }
    Ok(Exit::Invalid)
}

fn dry_run(
    settings: &ImportSettings,
    input: &Validation,
    plan: &Plan,
    jira: &Connected,
    screen: &Screen,
) -> Result<Exit, Failure> {
    if settings.is_json {
        let report = check_report(input).with_plan(planned_rows(plan));
        write_json(&check_json(&report), screen)?;
    } else {
        screen.result(&dry_run_rows(plan));
        screen.result(&plan_text(plan, &jira.target, input));
        screen.result("dry run: nothing was sent\n");
        let next = next::after_dry_run(settings, plan.to_create().count());
        screen.info(&format!("\nNext: {next}\n"));
    }
    Ok(Exit::Done)
}

fn ask(plan: &Plan, jira: &Connected, screen: &Screen) -> Option<ConfirmedBy> {
    let target = &jira.target;
    let number = plan.to_create().count();
    let what = if number == 1 {
        "integration"
    } else {
        "integrations"
    };
    let question = format!(
        "Create {number} {what} in {} ({})?",
        target.title, target.url
    );
    question::ask(&question, screen).then_some(ConfirmedBy::Answer)
}
