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
use super::other_runs::{OtherRuns, read_history};
use super::planning::{Listing, Planner, new_matcher};
use super::question::confirmation;
use super::session::{EarlyEnd, Session, report_of, show_result};
use super::sheets::Sheets;
use crate::engine::{Matcher, RowStatus, check_unread, planned};
use crate::journal::{
    ConfirmedBy, Ending, Event, Jira, ListReason, Listed, RowRead, RowState, SessionKind, Totals,
};
use crate::model::{Outcome, Remote, RemoteIntegration, Row};
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

const LOST_BASELINE: &str =
    "the journal has lost the list of what Jira held before the run, so nothing more can be sent";
const WITHOUT_BASELINE: &str =
    "find the rows in doubt in Jira; import the missing ones from a separate sheet";

/// Settles the rows in doubt, then creates what is still to be created.
pub(super) fn resume(args: &ResumeArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let run = LoadedRun::load_to_change(&args.run, common)?;
    let run = run.moved_to(&args.files);
    if run.state().is_undone {
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
    let remaining = Remaining {
        run,
        sheets,
        limit: args.limit,
        context,
    };
    if args.dry_run {
        return remaining.dry_run(common);
    }
    let help = "pass `--yes` to continue the run as planned";
    let confirmed_by = confirmation(args.yes, false, "nothing was sent", help)?;
    let (session, list, decisions) = Session::begin(
        &remaining.run,
        common,
        SessionKind::Resume,
        confirmed_by,
        context,
    )?;
    let mut resumption = Resumption {
        session,
        remaining,
        must_ask: confirmed_by.is_none(),
    };
    let ended = resumption.settle_and_create(&list, &decisions);
    resumption.conclude(ended)
}

/// Ends a run without rows to send; if it was not compared with Jira's list yet, it is now.
fn nothing_to_send(args: &ResumeArgs, run: &LoadedRun, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let next = |report: &Report| after(run, report, Totals::default(), context);
    if matches!(run.state().closed, Some((Ending::Complete, _))) {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        return show_result(run.dir.path(), None, is_left, next, None, context);
    }
    screen.info(&format!(
        "no row is left to send in {}, but it ended before the final comparison with Jira's list\n",
        run.id()
    ));
    if args.dry_run {
        context.show_json(&report_of(run.dir.path())?)?;
        let resume = run.resume(&context.given);
        context.next(&format!("compare it with Jira's list:\n  {resume}"));
        return Ok(Exit::Done);
    }
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
    // A pilot is over once it was sent.
    let resume = run.resume(given).without(&["resume_limit"]);
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

/// The rows of a run that are still to be sent, as the sheets have them now.
struct Remaining<'a> {
    run: LoadedRun,
    sheets: Sheets,
    limit: Option<NonZeroU32>,
    context: &'a Context,
}

/// What a session is going to send.
struct Planned<'a> {
    plan: Plan,
    planner: Planner<'a>,
    listing: Listing,
    /// What the run has in Jira already.
    own: Matcher,
    /// Rows that are not in the journal yet, of a run that died while they were written.
    added: Vec<Event>,
}

impl<'a> Remaining<'a> {
    fn plan<'p>(&mut self, jira: &'p Connected, settle: Duration) -> Result<Planned<'p>, Failure>
    where
        'a: 'p,
    {
        let (rows, added) = self.rows_to_send();
        let Self { run, context, .. } = self;
        // Other runs that cannot be read do not keep this one from continuing.
        let (url, own_url) = (&jira.jira.url, jira.jira.own_url.as_deref());
        let history = read_history(&run.runs_dir()?, url, own_url).unwrap_or_default();
        let planner = Planner {
            context,
            jira,
            others: OtherRuns {
                history,
                context,
                is_dry_run: false,
            },
            settle,
            named: self.sheets.settings.input.named(),
        };
        let wanted = rows.len();
        let Sheets {
            input, settings, ..
        } = &mut self.sheets;
        input.rows = rows;
        jira.unless_interrupted(planner.resolve_projects(input, &settings.input))?;
        let own = Matcher::of_run(run.state());
        let listing = planner.list(&own)?;
        planner.check_updates(input, &settings.input, &listing);
        let rows = std::mem::take(&mut input.rows);
        if rows.len() < wanted {
            return Err(Failure::new(Exit::Invalid, "nothing was sent").help("fix the sheet"));
        }
        // A plan on disk is limited already.
        let limit = settings.limit.filter(|_| !run.state().has_begun());
        let mut plan = planner.plan(rows, &listing, limit)?;
        if let Some(limit) = self.limit {
            plan = plan.without_rest(limit);
        }
        Ok(Planned {
            plan,
            planner,
            listing,
            own,
            added,
        })
    }

    /// The rows that are still to be sent, as the sheets have them now, and the events for rows that are not in the journal
    /// yet.
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

    fn dry_run(mut self, args: &RunArgs) -> Result<Exit, Failure> {
        let context = self.context;
        if self.run.state().has_lost_baseline() {
            return Err(Failure::new(Exit::Stopped, LOST_BASELINE).help(WITHOUT_BASELINE));
        }
        let (pace, screen) = (args.pace.pace(), &context.screen);
        let (jira, _) = connect(&args.connect, &self.run.base, pace, screen)?;
        let settle = args.pace.settle_after(&self.run.state().sessions);
        let plan = self.plan(&jira, settle)?.plan;
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
            let rows = if is_dry_run {
                let rows = count(totals.in_doubt, "row", "rows");
                format!(
                    "{rows} in doubt will be settled first; what Jira does not hold is sent too"
                )
            } else {
                let rows = count(totals.in_doubt, "row stays", "rows stay");
                format!("{rows} in doubt, not sent again")
            };
            let _ = writeln!(text, "note: {rows}");
        }
        text.push_str(&self.sheets.notes(&self.run));
        text
    }
}

/// A run that is resumed.
struct Resumption<'a> {
    session: Session<'a>,
    remaining: Remaining<'a>,
    must_ask: bool,
}

impl Resumption<'_> {
    /// `list` is Jira's list when the session began.
    fn settle_and_create(
        &mut self,
        list: &[RemoteIntegration],
        decisions: &[Decision],
    ) -> Result<(), EarlyEnd> {
        let Self {
            session, remaining, ..
        } = self;
        let context = session.context;
        let screen = &context.screen;
        // What an update has in doubt is sent again.
        if remaining.run.state().opened.is_update() {
            let run = remaining.run.state();
            session.read(async |context, _| check_unread(context, run, list))?;
        } else {
            session.settle(&mut remaining.run, decisions)?;
        }
        if remaining.run.state().has_lost_baseline() {
            screen.failure(LOST_BASELINE, Some(WITHOUT_BASELINE));
            return Ok(());
        }
        remaining.sheets.refuse_invalid(&remaining.run, screen)?;
        let Planned {
            mut plan,
            planner,
            mut listing,
            own,
            added,
        } = remaining.plan(&session.jira, session.settle)?;
        let must_ask = self.must_ask && plan.to_send().next().is_some();
        let text = remaining.plan_text(&plan, &session.jira.jira, false);
        context.show_plan(&text, must_ask);
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
        let Remaining { run, sheets, .. } = &self.remaining;
        let off_sheet = sheets.off_sheet(run);
        let next = |report: &Report| after(run, report, off_sheet, self.session.context);
        let is_over = ended.is_ok() && run.state().has_lost_baseline();
        let exit = self.session.conclude(ended, is_left, next)?;
        Ok(if is_over { Exit::Stopped } else { exit })
    }

    fn create(
        &self,
        plan: &Plan,
        added: Vec<Event>,
        listing: &Listing,
        was_asked: bool,
    ) -> Result<(), EarlyEnd> {
        let state = self.remaining.run.state();
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
            known.is_some_and(|known| known.read.cells != row.record.visible())
        });
        events.extend(changed.map(|row| Event::Row(Box::new(RowRead::valid(row)))));
        events.extend(planned(plan));
        let appender = self.session.journal.appender();
        let begin = async move { appender.commit(events).await };
        let ended = self.session.carry_out(begin, plan, matcher, Some(state));
        ended.map(drop)
    }
}
