//! `gij resume`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::connect::{connect, interruptible, list_again};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{LoadedRun, RunArgs};
use super::projects::{self, Resolved};
use super::question::{Reply, confirmation};
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{EarlyEnd, OffSheet, Session, WhenToAudit, Work, after_run};
use super::settle::{Decision, decisions};
use super::sheets::Sheets;
use super::{import, other_runs};
use crate::engine::{Creation, Job, MatchRow, Matcher, RowStatus, planned};
use crate::journal::{
    ConfirmedBy, Ending, Event, Found, ListReason, Listed, RecentDeletions, RowState, SessionKind,
};
use crate::model::{Outcome, RemoteIntegration, Row};
use crate::plan::{Action, Plan};
use crate::render::{Screen, count, diagnostics, plan as plan_text, run_line};
use crate::report::Report;

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Run to continue: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// The spreadsheets of the run, if they have moved
    #[arg(id = "moved_files", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Create without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub common: RunArgs,
}

/// Settles the rows in doubt, then creates what is still to be created.
pub(super) fn resume(args: &ResumeArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let run = LoadedRun::load(&common.runs.runs_dir, &args.run)?.moved_to(&args.files);
    if run.state().is_undone() {
        let failure = Failure::usage(format!("{} is being undone", run.id()));
        return Err(failure.help(format!(
            "see what is left to undo, with the same rows selected: {}",
            run.undo_dry_run(&context.given)
        )));
    }
    if let Some(line) = run.read.damaged.first() {
        screen.problem(&format!(
            "warning: the journal is damaged at line {line}; every row that was not settled by then counts as sent, and rows may \
             be missing\n"
        ));
    }
    let is_left =
        |(n, row): (u32, &RowState)| run.is_to_be_sent(n) || row.outcome == Outcome::InDoubt;
    if run.state().has_begun() && !run.state().rows().any(is_left) {
        return nothing_to_send(args, &run, context);
    }
    let destination = common.connect.destination_of_run(run.id(), run.url())?;
    let sheets = Sheets::read(&run, args, context)?;
    sheets.refuse_invalid(&run, screen)?;
    let confirmed_by = confirmation(args.yes, || {
        Failure::usage("no terminal to confirm on; nothing was sent")
            .help("pass `--yes` to continue the run as planned")
    })?;
    let runtime = Runtime::new()?;
    let connecting = connect(&common.connect, &destination, common.pace.pace(), screen);
    let (jira, list) = runtime.block_on(connecting)?;
    let _lock = run.lock_jira()?;
    let decisions = decisions(common, &run, &list)?;
    let start = (SessionKind::Resume, confirmed_by);
    let session = Session::on(
        &run,
        common,
        start,
        &destination,
        (&runtime, &jira),
        context,
    )?;
    let mut resumption = Resumption {
        session,
        run,
        sheets,
        must_ask: confirmed_by.is_none(),
    };
    let ended = resumption.settle_and_create(&decisions);
    resumption.conclude(ended)
}

/// Ends a run without rows to send; if it was not compared with Jira's list yet, it is now.
fn nothing_to_send(args: &ResumeArgs, run: &LoadedRun, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let next = |report: &Report| after(run, report, OffSheet::default(), context);
    if matches!(run.state().closed(), Some((Ending::Complete, _))) {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        return RunFiles::of(&run.dir).conclude(None, is_left, next, context);
    }
    screen.info(&format!(
        "no row is left to send in {}, but it ended before the final comparison with Jira's list\n",
        run.id()
    ));
    let destination = common.connect.destination_of_run(run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let connecting = connect(&common.connect, &destination, common.pace.pace(), screen);
    let (jira, _) = runtime.block_on(connecting)?;
    let _lock = run.lock_jira()?;
    let start = (SessionKind::Resume, None);
    let session = Session::on(run, common, start, &destination, (&runtime, &jira), context)?;
    let work = Work::<Creation<'_>> {
        matcher: Matcher::of_run(run.state()),
        jobs: Vec::new(),
        in_doubt: Vec::new(),
        existing: 0,
        audit: WhenToAudit::IfSent,
    };
    let ended = session.send(async { Ok(()) }, work);
    session.conclude(ended.map(drop), is_left, next)
}

fn is_left(report: &Report) -> bool {
    !report.is_complete()
}

fn after(run: &LoadedRun, report: &Report, off_sheet: OffSheet, context: &Context) -> String {
    if run.has_lost_baseline() {
        return WITHOUT_BASELINE.to_owned();
    }
    let given = &context.given;
    after_run(
        &run.resume(given),
        &run.next(given, "verify"),
        report,
        off_sheet,
    )
}

/// What to do about a run whose journal has lost the list of what Jira held before it.
const WITHOUT_BASELINE: &str = "find the rows in doubt in Jira; adopt those that exist with `--adopt ROW=ID`, and import the \
                                missing ones from a separate sheet:\n  gij import FILE";

/// A run that is resumed.
struct Resumption<'a> {
    session: Session<'a>,
    run: LoadedRun,
    sheets: Sheets,
    must_ask: bool,
}

impl Resumption<'_> {
    fn settle_and_create(&mut self, decisions: &[Decision]) -> Result<(), EarlyEnd> {
        let context = self.session.context;
        self.session.settle(&self.run, decisions)?;
        self.run.read_again()?;
        if self.run.has_lost_baseline() {
            context.screen.failure(
                "the journal has lost the list of what Jira held before the run, so nothing more can be sent",
                Some("find the rows in doubt in Jira; import the missing ones from a separate sheet"),
            );
            return Ok(());
        }
        self.sheets
            .refuse_invalid(&self.run, &context.screen)
            .map_err(EarlyEnd::Refused)?;
        let listed_at = Timestamp::now();
        let (rows, added) = self.rows_to_send();
        let resolving = projects::resolve(&self.session.jira.client, rows);
        let Resolved { rows, found, .. } = interruptible(self.session.runtime, resolving)?;
        if found.has_errors() {
            context.screen.problem(&diagnostics(&found));
            let failure = Failure::new(Exit::Invalid, "nothing was sent");
            return Err(EarlyEnd::Refused(failure));
        }
        let (list, deletions) = self.list()?;
        let mut plan = Plan::new(rows, &list).with_known_ids(&deletions.ids());
        // A plan on disk is limited already.
        if let Some(most) = self.sheets.limit
            && !self.run.state().has_begun()
        {
            plan = plan.limited_to(most);
        }
        other_runs::refuse_deletions_in_doubt(&deletions, &plan, &context.given)?;
        let to_create = plan.to_create().count();
        let must_ask = self.must_ask && to_create > 0;
        self.show(&plan, must_ask);
        if must_ask {
            let Session { runtime, jira, .. } = &self.session;
            if import::ask(to_create, runtime, jira, &context.screen) != Reply::Yes {
                return Err(EarlyEnd::Declined("nothing was sent".to_owned()));
            }
            // Jira may have changed since the plan was shown.
            let (list, deletions) = self.list()?;
            plan = plan.replan(&list).map_err(Failure::from)?;
            plan = plan.with_known_ids(&deletions.ids());
            other_runs::refuse_deletions_in_doubt(&deletions, &plan, &context.given)?;
        }
        self.create(&plan, added, listed_at, must_ask)
    }

    fn conclude(&self, ended: Result<(), EarlyEnd>) -> Result<Exit, Failure> {
        let off_sheet = self.sheets.off_sheet(&self.run);
        let next = |report: &Report| after(&self.run, report, off_sheet, self.session.context);
        let is_over = ended.is_ok() && self.run.has_lost_baseline();
        let exit = self.session.conclude(ended, is_left, next)?;
        Ok(if is_over { Exit::Stopped } else { exit })
    }

    /// What Jira holds, without what belongs to a row of the run already and what undos have just removed.
    fn list(&self) -> Result<(Vec<RemoteIntegration>, RecentDeletions), Failure> {
        let listed_at = Timestamp::now();
        let Session { runtime, jira, .. } = &self.session;
        let screen = &self.session.context.screen;
        let matcher = Matcher::of_run(self.run.state());
        let mut list = list_again(runtime, jira, screen)?;
        list.retain(|remote| !matcher.is_claimed(remote.id));
        let (settle, url) = (self.session.settle, &jira.target.url);
        // Other runs that cannot be read do not keep this one from continuing.
        let history = other_runs::history(&self.run.runs_dir()?, url).unwrap_or_default();
        let deletions = history.deletions_before(listed_at, settle);
        other_runs::leave_out_deleted(&deletions, &mut list, screen);
        Ok((list, deletions))
    }

    /// The rows that are still to be sent, as the sheets have them now, and the events for rows that are not in the journal
    /// yet, of a run that died while they were written.
    fn rows_to_send(&mut self) -> (Vec<Row>, Vec<Event>) {
        let run = &self.run;
        let joined = &mut self.sheets.joined;
        let known = std::mem::take(&mut joined.rows);
        let mut rows: Vec<Row> = known
            .into_values()
            .filter(|row| run.is_to_be_sent(row.n))
            .collect();
        let mut added = Vec::new();
        if !run.state().has_begun() {
            let (valid, read) = self.sheets.take_unread(run.state());
            rows.extend(valid);
            added.extend(read.into_iter().map(|row| Event::Row(Box::new(row))));
        }
        (rows, added)
    }

    fn show(&self, plan: &Plan, must_ask: bool) {
        let run = &self.run;
        let in_doubt = run.state().totals().in_doubt;
        let created = run.state().totals().created;
        let mut text = run_line(run.id(), created);
        text.push_str(&plan_text(
            plan,
            &self.session.jira.target,
            &self.sheets.input,
        ));
        if in_doubt > 0 {
            let rows = count(in_doubt, "row stays", "rows stay");
            let _ = writeln!(text, "note: {rows} in doubt, not sent again");
        }
        text.push_str(&self.sheets.notes(run));
        let tell = if must_ask {
            Screen::problem
        } else {
            Screen::info
        };
        tell(&self.session.context.screen, &text);
    }

    fn create(
        &self,
        plan: &Plan,
        added: Vec<Event>,
        listed_at: Timestamp,
        was_asked: bool,
    ) -> Result<(), EarlyEnd> {
        let state = self.run.state();
        let mut events = added;
        if was_asked {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        let mut matcher = Matcher::of_run(state);
        if !state.has_begun() {
            let baseline = plan.baseline().to_vec();
            let rows = plan.rows().iter();
            let rows = rows.filter(|row| row.action != Action::NotSelected);
            let rows = rows.map(|row| (row.row.n, MatchRow::of_row(&row.row, RowStatus::Open)));
            matcher = Matcher::new(baseline.iter().copied(), rows);
            events.push(Event::Listed(Listed {
                why: ListReason::Baseline,
                at: listed_at,
                node: None,
                found: Found::Ids(baseline),
            }));
        }
        // What exists now was not created by a request that is still to be sent.
        let known: Vec<i64> = plan
            .baseline()
            .iter()
            .copied()
            .filter(|id| !matcher.is_in_baseline(*id))
            .collect();
        matcher.note_present_before(known.iter().copied(), plan.to_create().map(|row| row.n));
        events.push(Event::Listed(Listed {
            why: ListReason::Plan,
            at: listed_at,
            node: None,
            found: Found::Ids(known),
        }));
        for row in plan.rows() {
            if let Action::Exists { id, .. } = row.action {
                matcher.set_status(row.row.n, RowStatus::Exists(id));
            }
        }
        events.extend(planned(plan));
        let jobs = plan.to_create().map(|row| {
            let last = state.row(row.n).map_or(0, |row| row.last_intent);
            Job::new(Creation(row), last)
        });
        let in_doubt = state
            .rows()
            .filter(|(_, row)| row.outcome == Outcome::InDoubt);
        let work = Work {
            matcher,
            jobs: jobs.collect(),
            in_doubt: in_doubt.map(|(n, _)| n).collect(),
            existing: plan.existing().0,
            audit: WhenToAudit::IfSent,
        };
        let appender = self.session.journal.appender();
        let begin = async move { appender.commit(events).await };
        self.session.send(begin, work)?;
        Ok(())
    }
}
