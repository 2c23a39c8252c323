//! `gij verify`.

use jiff::Timestamp;

use super::check::write_json;
use super::connect::connect;
use super::exit::{Exit, Failure};
use super::facts::session;
use super::next;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::close;
use super::settings::{ConnectSettings, VerifySettings};
use super::take_up::TakenUp;
use crate::engine::{Books, Imbalance};
use crate::journal::{Audit, ConfirmedBy, Event, RowState, SessionKind};
use crate::model::Outcome;
use crate::render::{Screen, verification};
use crate::report::{VerifyReport, document};

/// Says which of a run's integrations Jira has indexed since, which are gone, and which are there twice.
pub(super) fn verify(settings: &VerifySettings, screen: &Screen) -> Result<Exit, Failure> {
    let run = TakenUp::find(&settings.runs_dir, &settings.run)?;
    let state = run.state();
    let may_be_there = |row: &RowState| matches!(row.outcome, Outcome::Created | Outcome::InDoubt);
    if !state.rows().any(|(_, row)| may_be_there(row)) {
        if settings.invocation.is_json {
            write_json(&document(&VerifyReport::new(state, &[], &[], &[])))?;
        } else {
            screen.result(&format!("{} created nothing\n", run.id()));
        }
        return Ok(Exit::Done);
    }
    let connecting = ConnectSettings::for_run(settings.connect.clone(), run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let lacks_rows = state.may_lack_rows();
    if lacks_rows {
        screen.problem(
            "warning: the journal is damaged where it tells of the rows; what became of those that it has lost is not known\n",
        );
    }
    let at = Timestamp::now();
    let (jira, list) = runtime.block_on(connect(&connecting, settings.pace, screen))?;
    // What is new cannot be told by a journal that has lost what was there before.
    let is_known = state.baseline().is_some();
    let Imbalance {
        missing,
        doubles,
        appeared,
    } = if is_known {
        Books::of_run(state).balance(&list)
    } else {
        Imbalance::default()
    };
    let report = VerifyReport::new(state, &list, &doubles, &appeared);
    let beginning = session(
        SessionKind::Verify,
        &jira.target,
        ConfirmedBy::NotNeeded,
        settings.pace.settle,
        connecting.options(),
    );
    let journal = run.reopen(beginning)?;
    let appender = journal.appender();
    if is_known {
        appender.append([Event::Audit(Audit {
            at,
            missing,
            duplicates: doubles,
            appeared,
        })])?;
    }
    runtime.block_on(close(&appender, None))?;
    journal.close()?;
    RunFiles::of(&run.dir).write_reports()?;
    if settings.invocation.is_json {
        write_json(&document(&report))?;
    } else {
        screen.result(&verification(&report));
        let next = if lacks_rows && !report.is_amiss() {
            next::with_lost_rows()
        } else {
            next::after_verify(&run.next(&settings.invocation), &report, state.is_undone())
        };
        screen.info(&format!("\nNext: {next}\n"));
    }
    Ok(if report.is_amiss() || lacks_rows {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}
