//! `gij resume`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{LoadedRun, RunArgs};
use super::next::{adopt_or_import, left_to_do, verify_or_nothing};
use super::other_runs::{OtherRuns, read_history};
use super::planning::{Listing, Planner, new_matcher};
use super::question::confirmation;
use super::session::{EarlyEnd, Session, show_result};
use super::settle::Decision;
use super::sheets::Sheets;
use crate::engine::{Matcher, RowStatus, check_unread, planned};
use crate::journal::{
    ConfirmedBy, Ending, Event, ListReason, Listed, RowRead, RowState, SessionKind, Totals,
};
use crate::model::{Outcome, Remote, RemoteIntegration, Row};
use crate::plan::{Action, Plan};
use crate::render::{count, plan as plan_text, run_line};
use crate::report::Report;

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Run to continue: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// The spreadsheets of the run, if they have moved
    #[arg(id = "moved_files", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Send without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub common: RunArgs,
}

/// Settles the rows in doubt, then creates what is still to be created.
pub(super) fn resume(args: &ResumeArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let run = LoadedRun::load_to_change(&args.run, common)?;
    let run = run.moved_to(&args.files);
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
    let sheets = Sheets::read(&run, &args.files, common.connect.own_files(), context)?;
    let refused = sheets.refuse_invalid(&run, screen);
    refused.map_err(|failure| failure.then(run.resume(&context.given)))?;
    let help = "pass `--yes` to continue the run as planned";
    let confirmed_by = confirmation(args.yes, false, "nothing was sent", help)?;
    let (session, list, decisions) =
        Session::begin(&run, common, SessionKind::Resume, confirmed_by, context)?;
    let mut resumption = Resumption {
        session,
        run,
        sheets,
        must_ask: confirmed_by.is_none(),
    };
    let ended = resumption.settle_and_create(&list, &decisions);
    resumption.conclude(ended)
}

/// Ends a run without rows to send; if it was not compared with Jira's list yet, it is now.
fn nothing_to_send(args: &ResumeArgs, run: &LoadedRun, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let next = |report: &Report| after(run, report, Totals::default(), context);
    if matches!(run.state().closed(), Some((Ending::Complete, _))) {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        return show_result(run.dir.path(), None, is_left, next, None, context);
    }
    screen.info(&format!(
        "no row is left to send in {}, but it ended before the final comparison with Jira's list\n",
        run.id()
    ));
    let (session, ..) = Session::begin(run, &args.common, SessionKind::Resume, None, context)?;
    let nothing = Plan::new(Vec::new(), &[], None);
    let matcher = Matcher::of_run(run.state());
    let ended = session.carry_out(async { Ok(()) }, &nothing, matcher, Some(run.state()));
    session.conclude(ended.map(drop), is_left, next)
}

fn is_left(report: &Report) -> bool {
    !report.is_complete()
}

/// What to do after a session on `run`, whose sheets no longer have the rows of `off_sheet`.
fn after(run: &LoadedRun, report: &Report, off_sheet: Totals, context: &Context) -> String {
    let given = &context.given;
    if run.state().has_lost_baseline() {
        return adopt_or_import(given).to_string();
    }
    let resume = run.resume(given);
    let mut totals = report.totals();
    totals.not_attempted = totals.not_attempted.saturating_sub(off_sheet.not_attempted);
    totals.failed = totals.failed.saturating_sub(off_sheet.failed);
    if let Some(next) = left_to_do(
        &totals,
        report.is_update,
        report.may_lack_rows(),
        &resume,
        given,
    ) {
        next.to_string()
    } else if off_sheet.not_attempted + off_sheet.failed > 0 {
        format!(
            "the remaining rows are no longer in the sheet; to send them, restore them and continue; to send the sheet as it is now, start a new run with `--new-run`:\n  {resume}"
        )
    } else {
        verify_or_nothing(report, &run.next(given, "verify"))
    }
}

/// A run that is resumed.
struct Resumption<'a> {
    session: Session<'a>,
    run: LoadedRun,
    sheets: Sheets,
    must_ask: bool,
}

impl Resumption<'_> {
    /// `list` is Jira's list when the session began.
    fn settle_and_create(
        &mut self,
        list: &[RemoteIntegration],
        decisions: &[Decision],
    ) -> Result<(), EarlyEnd> {
        let context = self.session.context;
        let screen = &context.screen;
        // What an update has in doubt is sent again.
        if self.run.state().opened().is_update() {
            let run = self.run.state();
            self.session
                .read(async |context, _| check_unread(context, run, list))?;
        } else {
            self.session.settle(&mut self.run, decisions)?;
        }
        if self.run.state().has_lost_baseline() {
            screen.failure(
                "the journal has lost the list of what Jira held before the run, so nothing more can be sent",
                Some("find the rows in doubt in Jira; import the missing ones from a separate sheet"),
            );
            return Ok(());
        }
        self.sheets.refuse_invalid(&self.run, screen)?;
        let (rows, added) = self.rows_to_send();
        let jira = &self.session.jira;
        // Other runs that cannot be read do not keep this one from continuing.
        let (url, own_url) = (&jira.jira.url, jira.jira.own_url.as_deref());
        let history = read_history(&self.run.runs_dir()?, url, own_url).unwrap_or_default();
        let planner = Planner {
            context,
            jira,
            others: OtherRuns {
                history,
                context,
                is_dry_run: false,
            },
            settle: self.session.settle,
            named: self.sheets.settings.input.named(),
        };
        let wanted = rows.len();
        let Sheets {
            input, settings, ..
        } = &mut self.sheets;
        input.rows = rows;
        jira.unless_interrupted(planner.resolve_projects(input, &settings.input))?;
        let own = Matcher::of_run(self.run.state());
        let mut listing = planner.list(&own)?;
        planner.check_updates(input, &settings.input, &listing);
        let rows = std::mem::take(&mut input.rows);
        if rows.len() < wanted {
            let failure = Failure::new(Exit::Invalid, "nothing was sent").help("fix the sheet");
            return Err(failure.into());
        }
        // A plan on disk is limited already.
        let limit = self.sheets.settings.limit;
        let limit = limit.filter(|_| !self.run.state().has_begun());
        let mut plan = planner.plan(rows, &listing, limit)?;
        let must_ask = self.must_ask && plan.to_send().next().is_some();
        context.show_plan(&self.plan_text(&plan), must_ask);
        if must_ask {
            if !planner.is_confirmed(&plan) {
                return Err(EarlyEnd::Declined("nothing was sent".to_owned()));
            }
            listing = planner.list(&own)?;
            plan = planner.replan(plan, &listing)?;
        }
        self.create(&plan, added, &listing, must_ask)
    }

    fn conclude(&self, ended: Result<(), EarlyEnd>) -> Result<Exit, Failure> {
        let off_sheet = self.sheets.off_sheet(&self.run);
        let next = |report: &Report| after(&self.run, report, off_sheet, self.session.context);
        let is_over = ended.is_ok() && self.run.state().has_lost_baseline();
        let exit = self.session.conclude(ended, is_left, next)?;
        Ok(if is_over { Exit::Stopped } else { exit })
    }

    /// The rows that are still to be sent, as the sheets have them now, and the events for rows that are not in the journal
    /// yet, of a run that died while they were written.
    fn rows_to_send(&mut self) -> (Vec<Row>, Vec<Event>) {
        let run = &self.run;
        let known = std::mem::take(&mut self.sheets.joined.rows).into_values();
        let mut rows: Vec<Row> = known.filter(|row| run.is_to_be_sent(row.n)).collect();
        let mut added = Vec::new();
        if !run.state().has_begun() {
            let (valid, read) = self.sheets.take_unread(run.state());
            rows.extend(valid);
            added.extend(read.into_iter().map(|row| Event::Row(Box::new(row))));
        }
        (rows, added)
    }

    fn plan_text(&self, plan: &Plan) -> String {
        let totals = self.run.state().totals();
        let mut text = run_line(self.run.id(), totals.created, totals.updated);
        text.push_str(&plan_text(
            plan,
            &self.session.jira.jira,
            &self.sheets.input,
        ));
        if totals.in_doubt > 0 && !plan.is_update() {
            let rows = count(totals.in_doubt, "row stays", "rows stay");
            let _ = writeln!(text, "note: {rows} in doubt, not sent again");
        }
        text.push_str(&self.sheets.notes(&self.run));
        text
    }

    fn create(
        &self,
        plan: &Plan,
        added: Vec<Event>,
        listing: &Listing,
        was_asked: bool,
    ) -> Result<(), EarlyEnd> {
        let state = self.run.state();
        let listed = |why, remotes: &[Remote]| {
            Event::Listed(Listed::all(why, listing.at, remotes.iter().copied()))
        };
        let mut events = added;
        if was_asked {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        let mut matcher = Matcher::of_run(state);
        if !state.has_begun() {
            matcher = new_matcher(plan);
            events.push(listed(ListReason::Baseline, plan.baseline()));
        }
        // What exists now was not created by a request that is still to be sent.
        let known = plan.baseline().iter().copied();
        let known: Vec<Remote> = known
            .filter(|remote| !matcher.is_in_baseline(*remote))
            .collect();
        matcher.note_present_before(known.iter().copied(), plan.to_send().map(|row| row.n));
        events.push(listed(ListReason::Plan, &known));
        for row in plan.rows() {
            if let Action::Exists { remote, .. } = row.action {
                matcher.set_status(row.row.n, RowStatus::Exists(remote));
            }
        }
        let changed = plan.to_send().filter(|row| {
            let known = state.row(row.n);
            known.is_some_and(|known| known.cells != row.record.visible())
        });
        events.extend(changed.map(|row| Event::Row(Box::new(RowRead::valid(row)))));
        events.extend(planned(plan));
        let appender = self.session.journal.appender();
        let begin = async move { appender.commit(events).await };
        let ended = self.session.carry_out(begin, plan, matcher, Some(state));
        ended.map(drop)
    }
}
