//! `gij verify`.

use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;

use super::connect::{ConnectArgs, connect};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::loaded_run::{LoadedRun, RunsArgs};
use super::next::{find_lost_rows, left_to_do, remove_duplicates};
use super::pace::READ_ONLY;
use super::report_files::ReportArgs;
use super::session::{record_end, report_of, session_start, write_reports};
use super::values::duration;
use crate::engine::Matcher;
use crate::journal::{Audit, ConfirmedBy, Discrepancies, Ending, Event, SessionKind};
use crate::render::verification;
use crate::report::{IndexState, VerifyReport};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Run to verify: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// How long to wait for Jira to index the integrations and find their repositories
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub wait: Duration,
    #[command(flatten)]
    pub reports: ReportArgs,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Shows what became of the integrations of a run: whether Jira still holds them, indexed them, and how many repositories each
/// found; and which have duplicates.
pub(super) fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit, Failure> {
    context.reports.open(&args.reports)?;
    let screen = &context.screen;
    let run = LoadedRun::load(&args.runs.runs_dir, &args.run, &args.connect, screen)?;
    let state = run.state();
    let totals = state.totals();
    if totals.created + totals.updated + totals.in_doubt == 0 {
        context.reports.write(&report_of(&run.dir.path)?)?;
        if context.is_json {
            write_json(&VerifyReport::new(state, &[], None, &[], &[]))?;
        } else {
            screen.result(&format!("{} created and updated nothing\n", run.id()));
        }
        let runs = context.given.next("runs");
        context.next(&format!("choose another run:\n  {runs}"));
        return Ok(Exit::Done);
    }
    let lacks_rows = state.may_lack_rows();
    let (jira, mut list) = connect(&args.connect, &run.base, READ_ONLY, screen)?;
    let end = Instant::now() + args.wait;
    let interval = (args.wait / 30).clamp(Duration::from_millis(200), Duration::from_secs(10));
    // Until every integration has found something, or the time is over.
    let (report, found, tells_repositories) = loop {
        // Without the list from before the run, what is new is not known.
        let found = match &state.baseline {
            Some(_) => Matcher::of_run(state).compare(&list),
            None => Discrepancies::default(),
        };
        let repositories = jira.repositories(screen)?;
        let (duplicates, appeared) = (&found.duplicates, &found.appeared);
        let report = VerifyReport::new(state, &list, repositories.as_ref(), duplicates, appeared);
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || !report.may_index() {
            break (report, found, repositories.is_some());
        }
        jira.unless_interrupted(async {
            tokio::time::sleep(interval.min(left)).await;
            Ok(())
        })?;
        list = jira.list(screen)?;
    };
    if !tells_repositories {
        screen.problem(
            "note: this version of the app does not list repositories; the date of the last indexing alone does not prove that \
             a credential works\n",
        );
    }
    let journal = run.reopen(session_start(
        SessionKind::Verify,
        &jira.jira,
        ConfirmedBy::NotNeeded,
        Duration::ZERO,
        context,
    ))?;
    let appender = journal.appender();
    if state.baseline.is_some() {
        appender.append([Event::Audit(Audit {
            at: Timestamp::now(),
            found,
        })])?;
    }
    let end = record_end(&appender, Ending::Complete, None);
    jira.runtime.block_on(end)?;
    journal.close()?;
    write_reports(&run.dir.path)?;
    let mut verified = report.added_to(report_of(&run.dir.path)?);
    args.reports.split(&mut verified, run.id())?;
    context.show_written(context.reports.write(&verified)?);
    if context.is_json {
        write_json(&report)?;
    } else {
        screen.result(&verification(&report));
    }
    context.next(&if lacks_rows && !report.is_amiss() {
        find_lost_rows(&context.given).to_string()
    } else {
        next(&run, &report, context)
    });
    let is_too_late = !args.wait.is_zero() && report.count(IndexState::NotYet) > 0;
    Ok(if report.is_amiss() || lacks_rows || is_too_late {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}

fn next(run: &LoadedRun, report: &VerifyReport, context: &Context) -> String {
    let given = &context.given;
    let mut duplicates = report.duplicates.iter();
    if duplicates.any(|duplicate| duplicate.may_have_created > 1) {
        return remove_duplicates(&run.undo_duplicates(given));
    }
    if !report.appeared.is_empty() || !report.in_doubt.is_empty() {
        // After an undo has begun, the run is not resumed; which rows it was to delete is not known here.
        let settle = if run.state().is_undone {
            run.undo_dry_run(given)
        } else {
            run.resume(given)
        };
        return format!("settle the rows in doubt:\n  {settle}");
    }
    if report.count(IndexState::Gone) + report.count(IndexState::Replaced) > 0 {
        return "someone removed the integrations that are gone or replaced; if they are needed, import a sheet with those rows".into();
    }
    if report.may_index() {
        let verify = run.next(given, "verify");
        return format!(
            "Jira may still index the others, or their credentials do not work or see nothing: correct them in Jira, then check again:\n  {verify}"
        );
    }
    let resume = run.resume(given);
    let left = left_to_do(
        &run.state().totals(),
        run.state().opened.is_update(),
        false,
        &resume,
        given,
    );
    match left.filter(|_| !run.state().is_undone) {
        Some(left) => left.to_string(),
        None => "nothing is left to do".into(),
    }
}
