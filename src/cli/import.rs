//! `gij import`.

use std::path::Path;

use jiff::Timestamp;

use super::check::{show, write_json};
use super::connect::{Connected, connect, list_again};
use super::exit::{Exit, Failure};
use super::facts::{jira_of, opening};
use super::just_removed::JustRemoved;
use super::next::OfRun;
use super::question::Reply;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{Session, Work};
use super::settings::ImportSettings;
use super::{existing, next, projects, question, unfinished};
use crate::engine::{BookRow, Books, Job, Standing, open};
use crate::journal::{ConfirmedBy, Journal, Lock, RunDir, lock_jira};
use crate::model::Code;
use crate::plan::{Action, Plan};
use crate::render::{Screen, count, diagnostics, dry_run_rows, plan as plan_text, tally};
use crate::report::Report;
use crate::validate::Validation;

/// Validates, shows the plan, asks, creates, reports.
pub(super) fn import(settings: &ImportSettings, screen: &Screen) -> Result<Exit, Failure> {
    let confirmed_by = confirmation(settings)?;
    let unfinished = unfinished::refuse_second_run(settings, screen)?;
    let mut input = settings.input.validate()?;
    if !settings.invocation.is_json {
        show(&input, screen);
    }
    if is_refused(settings, &input) {
        return refuse(settings, &input, screen);
    }
    let runtime = Runtime::new()?;
    let listed_at = Timestamp::now();
    let (jira, mut remote) = runtime.block_on(connect(&settings.connect, settings.pace, screen))?;
    let rows = std::mem::take(&mut input.rows);
    let resolved = runtime.block_on(projects::resolve(&jira.client, rows))?;
    if resolved.found.has_errors() {
        if !settings.invocation.is_json {
            screen.problem(&diagnostics(&resolved.found));
        }
        for diagnostic in resolved.found.iter() {
            input.tell_of_row(diagnostic.clone());
        }
        input.invalidate(Code::UnknownProject, &resolved.unknown);
    }
    input.rows = resolved.rows;
    if is_refused(settings, &input) {
        return refuse(settings, &input, screen);
    }
    let removed = just_removed(listed_at, settings, &jira);
    removed.take_from(&mut remote, screen);
    let mut plan =
        Plan::new(std::mem::take(&mut input.rows), &remote).with_known_ids(&removed.ids());
    if let Some(most) = settings.limit {
        plan = plan.limited_to(most);
    }
    if settings.dry_run {
        let next = match unfinished {
            Some(run) => next::instead(settings, &run),
            None => next::after_dry_run(settings, plan.to_create().count()),
        };
        removed.warn(&plan, &settings.invocation.typed, screen);
        unfinished::refuse_rows_in_doubt(settings, &plan, &jira.target.url, screen)?;
        return dry_run(settings, &input, &plan, &jira, &next, screen);
    }
    if existing::is_refused(settings, &plan) {
        return existing::refuse(settings, &input, &plan, &jira, screen);
    }
    removed.refuse(&plan, &settings.invocation.typed)?;
    let to_create = plan.to_create().count();
    let must_ask = confirmed_by.is_none() && to_create > 0;
    let text = plan_text(&plan, &jira.target, &input);
    if must_ask {
        screen.problem(&text);
    } else {
        screen.info(&text);
    }
    // Whether the run can have its place on disk is known before anybody is asked.
    let lock = lock(settings, &jira.target.url)?;
    // No other run begins or goes on from here on.
    unfinished::refuse_rows_in_doubt(settings, &plan, &jira.target.url, screen)?;
    let confirmed_by = match confirmed_by {
        None if must_ask => {
            let reply = ask(to_create, &runtime, &jira, screen);
            (reply == Reply::Yes).then_some(ConfirmedBy::Answer)
        }
        None => Some(ConfirmedBy::NotNeeded),
        given => given,
    };
    let Some(confirmed_by) = confirmed_by else {
        screen.problem("nothing was sent\n");
        if !settings.invocation.is_json {
            screen.info(&format!("\nNext: {}\n", next::after_declined(settings)));
        }
        return Ok(Exit::Interrupted);
    };
    let confirmed = Confirmed {
        plan,
        by: confirmed_by,
        _lock: lock,
    };
    carry_out(settings, &runtime, &input, &jira, confirmed, screen)
}

/// A plan that somebody agreed to.
struct Confirmed {
    plan: Plan,
    by: ConfirmedBy,
    /// Held for as long as the run goes on.
    _lock: Option<Lock>,
}

/// Creates what the plan says, and reports.
fn carry_out(
    settings: &ImportSettings,
    runtime: &Runtime,
    input: &Validation,
    jira: &Connected,
    confirmed: Confirmed,
    screen: &Screen,
) -> Result<Exit, Failure> {
    // Much may have happened in Jira since the plan was shown.
    let listed_at = Timestamp::now();
    let mut remote = list_again(runtime, jira, screen)?;
    let removed = just_removed(listed_at, settings, jira);
    removed.take_from(&mut remote, screen);
    let plan = confirmed
        .plan
        .replan(&remote)?
        .with_known_ids(&removed.ids());
    if existing::is_refused(settings, &plan) {
        return existing::refuse(settings, input, &plan, jira, screen);
    }
    removed.refuse(&plan, &settings.invocation.typed)?;
    drop(remote);
    let first = settings.input.files.first();
    let run_dir = RunDir::create(
        &settings.runs_dir,
        settings.name.as_deref(),
        first.map_or(Path::new("import"), |file| file),
        listed_at,
    )?;
    let journal = Journal::create(run_dir.path())?;
    let appender = journal.appender();
    let target = &jira.target;
    let opening = opening(
        run_dir.id(),
        settings,
        input,
        target,
        confirmed.by,
        listed_at,
    );
    let session = Session {
        runtime,
        jira,
        pace: settings.pace,
        progress: settings.invocation.progress,
        files: RunFiles::of(&run_dir),
        screen,
        after_kill: if settings.is_rehearsal() {
            next::rehearse_again(settings)
        } else {
            let (typed, has_stdin) = (&settings.invocation.typed, settings.input.has_stdin());
            OfRun::new(typed, run_dir.id(), has_stdin).resume()
        },
    };
    let work = Work {
        books: books(&plan),
        jobs: plan.to_create().map(Job::new).collect(),
        in_doubt: Vec::new(),
        existing: plan.existing().0,
    };
    let stopped = session.carry_out(journal, open(&appender, opening, &plan), work)?;
    // The report needs the room.
    drop(plan);
    session.files.conclude(
        stopped.as_ref(),
        settings.invocation.is_json,
        |report| !report.is_complete(),
        |report| next::after_import(settings, run_dir.id(), report),
        screen,
    )
}

/// What undos have just removed from Jira; a rehearsal has its Jira to itself.
fn just_removed(listed_at: Timestamp, settings: &ImportSettings, jira: &Connected) -> JustRemoved {
    if settings.is_rehearsal() {
        return JustRemoved::default();
    }
    let (settle, url) = (settings.pace.settle, &jira.target.url);
    JustRemoved::before(listed_at, settle, &settings.runs_dir, url)
}

fn books(plan: &Plan) -> Books {
    let rows = plan.rows().iter().filter_map(|planned| {
        let standing = match planned.action {
            Action::Create { .. } => Standing::Open,
            Action::Exists { id, .. } => Standing::Exists(id),
            // What is not part of the run explains nothing that Jira holds.
            Action::NotSelected => return None,
        };
        Some((planned.row.n, BookRow::of_row(&planned.row, standing)))
    });
    Books::new(plan.baseline().iter().copied(), rows)
}

/// How the run is confirmed, where that needs no question; none if somebody is to be asked.
fn confirmation(settings: &ImportSettings) -> Result<Option<ConfirmedBy>, Failure> {
    if settings.is_rehearsal() || settings.dry_run {
        Ok(Some(ConfirmedBy::NotNeeded))
    } else if settings.yes {
        Ok(Some(ConfirmedBy::Yes))
    } else if question::can_ask() && !settings.input.has_stdin() {
        Ok(None)
    } else {
        let failure = Failure::usage("there is nobody to ask, and no --yes; nothing was sent");
        Err(failure.help("look at the plan with `--dry-run`, then give `--yes`"))
    }
}

/// Whether nothing may be sent, with what is wrong with the input.
fn is_refused(settings: &ImportSettings, input: &Validation) -> bool {
    let can_skip = settings.skip_invalid && !input.has_table_errors() && !input.rows.is_empty();
    input.diagnostics.has_errors() && !can_skip
}

fn refuse(settings: &ImportSettings, input: &Validation, screen: &Screen) -> Result<Exit, Failure> {
    if settings.invocation.is_json {
        write_json(&Report::of_check(input).to_json())?;
    } else {
        let said = tally(&input.diagnostics).unwrap_or_default();
        let skip = match settings.skip_invalid {
            false => "",
            true if input.has_table_errors() => {
                ": `--skip-invalid` leaves rows out, and a file or a header is wrong here"
            }
            true => ": no row is left that is valid",
        };
        screen.problem(&format!("{said}; nothing was sent{skip}\n"));
        screen.info(&format!("\nNext: {}\n", next::after_check(settings)));
    }
    Ok(Exit::Invalid)
}

fn dry_run(
    settings: &ImportSettings,
    input: &Validation,
    plan: &Plan,
    jira: &Connected,
    next: &str,
    screen: &Screen,
) -> Result<Exit, Failure> {
    if settings.invocation.is_json {
        let jira = jira_of(&jira.target);
        write_json(&Report::of_plan(input, plan, jira).to_json())?;
    } else {
        screen.result(&dry_run_rows(plan, &input.invalid));
        screen.result(&plan_text(plan, &jira.target, input));
        screen.result("dry run: nothing was sent\n");
    }
    if existing::is_refused(settings, plan) {
        return Err(existing::why(settings, plan));
    }
    if !settings.invocation.is_json {
        screen.info(&format!("\nNext: {next}\n"));
    }
    Ok(if input.invalid.is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}

/// Asks whether that many integrations are to be created.
pub(super) fn ask(to_create: usize, runtime: &Runtime, jira: &Connected, screen: &Screen) -> Reply {
    let what = count(to_create as u64, "integration", "integrations");
    let question = format!(
        "Create {what} in {} ({})?",
        jira.target.title, jira.target.url
    );
    question::ask(&question, runtime, screen)
}

/// Keeps other runs on the same Jira away; a rehearsal has its Jira to itself.
fn lock(settings: &ImportSettings, url: &str) -> Result<Option<Lock>, Failure> {
    if settings.is_rehearsal() {
        return Ok(None);
    }
    Ok(Some(lock_jira(&settings.runs_dir, url)?))
}
