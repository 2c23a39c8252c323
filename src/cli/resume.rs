//! `gij resume`.

use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::connect::{Connected, connect};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{Decision, LoadedRun, RunArgs};
use super::next::{adopt_or_import, left_to_do, verify_or_nothing};
use super::other_runs::read_history;
use super::planning::Planner;
use super::question::confirmation;
use super::session::{EarlyEnd, Session, show_result};
use super::sheets::Sheets;
use crate::engine::{Matcher, RowStatus, check_unread, planned};
use crate::journal::{
    ConfirmedBy, Discrepancies, Ending, Event, Jira, ListReason, Listed, RowRead, RowState,
    SessionKind, Totals,
};
use crate::model::{Outcome, Remote, RemoteIntegration};
use crate::plan::{Action, Plan};
use crate::render::{count, dry_run_rows, plan as plan_text, run_line};
use crate::report::Report;

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Run to continue: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// The spreadsheets of the run, if they have moved
    #[arg(id = "moved_files", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show what would be sent and stop; rows in doubt stay as they are
    #[arg(long, conflicts_with_all = ["adopt", "absent"])]
    pub dry_run: bool,
    /// Send without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Send only the first N of the rows still to be sent, and leave the others for another resume
    #[arg(long, id = "resume_limit", value_name = "N")]
    pub limit: Option<NonZeroU32>,
    #[command(flatten)]
    pub common: RunArgs,
}

/// Settles the rows in doubt, then creates what is still to be created.
pub(super) fn resume(args: &ResumeArgs, context: &Context) -> Result<Exit, Failure> {
    let (screen, given) = (&context.screen, &context.given);
    let common = &args.common;
    let run = LoadedRun::load_to_change(&args.run, common, screen)?;
    let state = run.state();
    if !state.has_begun() {
        let command = if state.opened.is_update() {
            "update"
        } else {
            "import"
        };
        let failure = format!("nothing was sent by {}, so it cannot be resumed", run.id());
        return Err(Failure::usage(failure).help(format!(
            "run the `gij {command}` that began it again, with the options it had"
        )));
    }
    if state.is_undone {
        let failure = Failure::usage(format!("{} was undone, or is being undone", run.id()));
        return Err(failure.help(format!(
            "see what is left to undo: {}",
            run.undo_dry_run(given)
        )));
    }
    let is_left =
        |(n, row): (u32, &RowState)| run.is_to_be_sent(n) || row.outcome == Outcome::InDoubt;
    let has_left = state.rows().any(is_left);
    // A run that died is compared with Jira's list, though no row is left.
    if !has_left && matches!(state.closed, Some((Ending::Complete, _))) {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        let after = |report: &Report| after(&run, report, Totals::default(), context);
        return show_result(&run.dir.path, None, after, None, context);
    }
    let own_files = common.connect.own_files();
    let sheets = if has_left {
        Sheets::read(&run, &args.files, own_files, context)?
    } else {
        Sheets::none(&run, own_files)?
    };
    sheets.refuse_invalid(&run, context)?;
    let mut resumption = Resumption {
        run,
        sheets,
        limit: args.limit,
        context,
    };
    if args.dry_run {
        return resumption.dry_run(common);
    }
    let help = "pass `--yes` to continue the run as planned";
    let confirmed_by = if has_left {
        confirmation(args.yes, false, "nothing was sent", help)?
    } else {
        Some(ConfirmedBy::NotNeeded)
    };
    let (session, list, decisions) = Session::begin(
        &resumption.run,
        common,
        SessionKind::Resume,
        confirmed_by,
        context,
    )?;
    let must_ask = confirmed_by.is_none();
    let ended = resumption.settle_and_create(&session, &list, &decisions, must_ask);
    let Resumption { run, sheets, .. } = &resumption;
    session.conclude(ended, |report, _| {
        after(run, report, sheets.off_sheet(run), context)
    })
}

/// Whether something is left after a session on `run`, whose sheets no longer have the rows of `off_sheet`, and what to do.
fn after(run: &LoadedRun, report: &Report, off_sheet: Totals, context: &Context) -> (bool, String) {
    let given = &context.given;
    // A pilot is over once it was sent.
    let resume = run.resume(given).without(&["resume_limit"]);
    let mut totals = report.totals();
    totals.not_attempted = totals.not_attempted.saturating_sub(off_sheet.not_attempted);
    totals.failed = totals.failed.saturating_sub(off_sheet.failed);
    let may_lack_rows = report.may_lack_rows();
    let left = left_to_do(&totals, report.is_update, may_lack_rows, &resume, given);
    let next = if run.state().has_lost_baseline() {
        adopt_or_import(given).to_string()
    } else if let Some(next) = left {
        next.to_string()
    } else if off_sheet.not_attempted + off_sheet.failed > 0 {
        format!(
            "the remaining rows are no longer in the sheet; to send them, restore them and continue; to send the sheet as it is now, start a new run with `--new-run`:\n  {resume}"
        )
    } else {
        verify_or_nothing(report, &run.next(given, "verify"))
    };
    (!report.is_complete(), next)
}

/// A run that is resumed, with its rows as the sheets have them now.
struct Resumption<'a> {
    run: LoadedRun,
    sheets: Sheets,
    limit: Option<NonZeroU32>,
    context: &'a Context,
}

impl<'a> Resumption<'a> {
    /// Plans the rows that are still to be sent.
    fn plan<'p>(
        &mut self,
        jira: &'p Connected,
        settle: Duration,
    ) -> Result<(Plan, Planner<'p>), Failure>
    where
        'a: 'p,
    {
        let Self { run, context, .. } = self;
        if run.state().has_lost_baseline() {
            let failure = Failure::new(
                Exit::Stopped,
                "the journal has lost the list of what Jira held before the run, so nothing more can be sent",
            );
            return Err(failure.help(
                "find the rows in doubt in Jira; import the missing ones from a separate sheet",
            ));
        }
        let own_url = jira.jira.own_url.as_deref();
        // Other runs that cannot be read do not keep this one from continuing.
        let history =
            read_history(&run.runs_dir()?, run.base.as_str(), own_url).unwrap_or_default();
        let planner = Planner {
            context,
            jira,
            history,
            is_dry_run: false,
            settle,
            named: self.sheets.options.named(),
        };
        let Sheets {
            input,
            options,
            joined,
        } = &mut self.sheets;
        let rows = std::mem::take(&mut joined.rows).into_values();
        input.rows = rows.filter(|row| run.is_to_be_sent(row.n)).collect();
        let wanted = input.rows.len();
        let listing = planner.list(&Matcher::of_run(run.state()))?;
        planner.check(input, options, &listing)?;
        let rows = std::mem::take(&mut input.rows);
        if rows.len() < wanted {
            return Err(Failure::new(Exit::Invalid, "nothing was sent").help("fix the sheet"));
        }
        let mut plan = planner.plan(rows, &listing)?;
        if let Some(limit) = self.limit {
            plan = plan.without_rest(limit.get() as usize);
        }
        Ok((plan, planner))
    }

    fn dry_run(mut self, args: &RunArgs) -> Result<Exit, Failure> {
        let context = self.context;
        let (pace, screen) = (args.pace.pace(), &context.screen);
        let (jira, _) = connect(&args.connect, &self.run.base, pace, screen)?;
        let settle = args.pace.settle_after(&self.run.state().sessions);
        let (plan, _) = self.plan(&jira, settle)?;
        if context.is_json {
            let input = &mut self.sheets.input;
            // What is no part of the plan is in the report of the run.
            input.invalid.clear();
            input.not_selected.clear();
            let report = Report::of_plan(input, &plan, jira.jira.clone());
            context.publish(&context.made(report))?;
            return Ok(Exit::Done);
        }
        screen.result(&dry_run_rows(&plan, &[]));
        screen.result(&self.plan_text(&plan, &jira.jira, true));
        screen.result("dry run: nothing was sent to Jira\n");
        let resume = self.run.resume(&context.given);
        context.next(&format!("continue the run:\n  {resume}"));
        Ok(Exit::Done)
    }

    fn plan_text(&self, plan: &Plan, jira: &Jira, is_dry_run: bool) -> String {
        let state = self.run.state();
        let totals = state.totals();
        let mut text = run_line(self.run.id(), totals.created, totals.updated);
        text.push_str(&plan_text(plan, jira, &self.sheets.input, is_dry_run));
        if totals.in_doubt > 0 && !plan.is_update() {
            let rows = count(totals.in_doubt, "row in doubt", "rows in doubt");
            let then = if is_dry_run {
                "to be settled first"
            } else {
                "not sent again"
            };
            let _ = writeln!(text, "note: {rows}, {then}");
        }
        text.push_str(&self.sheets.notes(&self.run));
        text
    }

    /// `list` is Jira's list when the session began.
    fn settle_and_create(
        &mut self,
        session: &Session<'_>,
        list: &[RemoteIntegration],
        decisions: &[Decision],
        must_ask: bool,
    ) -> Result<Discrepancies, EarlyEnd> {
        // What an update has in doubt is sent again.
        if self.run.state().opened.is_update() {
            let run = self.run.state();
            session.read(async |context, _| check_unread(context, run, list))?;
        } else {
            session.settle(&mut self.run, decisions)?;
        }
        self.sheets.refuse_invalid(&self.run, self.context)?;
        let (plan, planner) = self.plan(&session.jira, session.settle)?;
        let must_ask = must_ask && plan.to_send().next().is_some();
        let text = self.plan_text(&plan, &session.jira.jira, false);
        let state = self.run.state();
        let mut matcher = Matcher::of_run(state);
        let Some((plan, listing)) = planner.confirm(plan, &text, must_ask, &matcher)? else {
            return Err(EarlyEnd::Declined("nothing was sent".to_owned()));
        };
        let mut events = Vec::new();
        if must_ask {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        // What exists now was not created by a request that is still to be sent.
        let known = plan.baseline.iter().copied();
        let known: Vec<Remote> = known
            .filter(|remote| !matcher.is_in_baseline(*remote))
            .collect();
        matcher.note_present_before(known.iter().copied(), plan.to_send().map(|row| row.n));
        events.push(Event::Listed(Listed::all(
            ListReason::Plan,
            listing.at,
            known,
        )));
        for row in plan.rows() {
            if let Action::Exists { remote, .. } = row.action {
                matcher.set_status(row.row.n, RowStatus::Exists(remote));
            }
        }
        let changed = plan.to_send().filter(|row| {
            let known = state.row(row.n);
            known.is_some_and(|known| known.read.cells != row.record.visible())
        });
        events.extend(changed.map(|row| Event::Row(Box::new(RowRead::valid(row)))));
        events.extend(planned(&plan));
        let appender = session.journal.appender();
        let begin = async move { appender.commit(events).await };
        session.carry_out(begin, &plan, matcher, Some(state))
    }
}
