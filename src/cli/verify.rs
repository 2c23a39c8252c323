//! `gij verify`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::connect::{ConnectArgs, connect};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::loaded_run::{LoadedRun, RunsArgs};
use super::next::{FIND_LOST_ROWS, remove_duplicates};
use super::session::{record_end, session_start, write_reports};
use crate::engine::{Discrepancies, Matcher, Pace};
use crate::journal::{Audit, ConfirmedBy, Ending, Event, RowState, SessionKind};
use crate::model::Outcome;
use crate::render::verification;
use crate::report::{IndexState, VerifyReport};

/// The pace of a command that only reads.
const PACE: Pace = Pace {
    concurrency: 1,
    rate: None,
    max_wait: Duration::from_mins(1),
};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Run to verify: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    #[command(flatten)]
    pub runs: RunsArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Shows which integrations of a run Jira has indexed, which are gone, and which have duplicates.
pub(super) fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let run = LoadedRun::load(&args.runs.runs_dir, &args.run)?;
    let state = run.state();
    let may_be_there = |row: &RowState| matches!(row.outcome, Outcome::Created | Outcome::InDoubt);
    if !state.rows().any(|(_, row)| may_be_there(row)) {
        if context.is_json {
            write_json(&VerifyReport::new(state, &[], &[], &[]))?;
        } else {
            screen.result(&format!("{} created nothing\n", run.id()));
        }
        return Ok(Exit::Done);
    }
    let base = args.connect.url_of_run(run.id(), run.url())?;
    let lacks_rows = state.may_lack_rows();
    if lacks_rows {
        screen.problem(
            "warning: the journal is damaged and has lost rows; what became of them is not known\n",
        );
    }
    let at = Timestamp::now();
    let (jira, list) = connect(&args.connect, Some(&base), PACE, screen)?;
    // Without the list from before the run, what is new is not known.
    let is_known = state.baseline().is_some();
    let found = if is_known {
        Matcher::of_run(state).compare(&list)
    } else {
        Discrepancies::default()
    };
    let report = VerifyReport::new(state, &list, &found.duplicates, &found.appeared);
    let journal = run.reopen(session_start(
        SessionKind::Verify,
        &jira.jira,
        ConfirmedBy::NotNeeded,
        Duration::ZERO,
        args.connect.options(&jira),
    ))?;
    let appender = journal.appender();
    if is_known {
        appender.append([Event::Audit(Audit {
            at,
            missing: found.missing,
            duplicates: found.duplicates,
            appeared: found.appeared,
        })])?;
    }
    let end = record_end(&appender, Ending::Complete, None);
    jira.runtime.block_on(end)?;
    journal.close()?;
    write_reports(run.dir.path())?;
    if context.is_json {
        write_json(&report)?;
    } else {
        screen.result(&verification(&report));
    }
    context.next(&if lacks_rows && !report.is_amiss() {
        FIND_LOST_ROWS.to_owned()
    } else {
        next(&run, &report, context)
    });
    Ok(if report.is_amiss() || lacks_rows {
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
        let settle = if run.state().is_undone() {
            run.undo_dry_run(given)
        } else {
            run.resume(given)
        };
        return format!("settle the rows in doubt:\n  {settle}");
    }
    if report.count(IndexState::Gone) > 0 {
        return "someone removed the integrations that are gone; if they are needed, import a sheet with those rows".into();
    }
    if report.count(IndexState::NotYet) > 0 {
        let verify = run.next(given, "verify");
        return format!(
            "Jira may still index the others, or their credentials do not work (Jira shows the error); check again:\n  {verify}"
        );
    }
    "nothing is left to do".into()
}
