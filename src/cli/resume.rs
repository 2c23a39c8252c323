//! `gij resume`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::balance::balance;
use super::by_hand::by_hand;
use super::connect::{connect, interruptible, list_again};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::loaded_run::{LoadedRun, RunArgs};
use super::projects::{self, Resolved};
use super::question::{Reply, confirmation};
use super::resume_sheets::Sheets;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{OffSheet, Session, Work, after_run};
use super::settle::ByHand;
use super::{import, other_runs};
use crate::engine::{Creation, Job, MatchRow, Matcher, RowStatus, Stop, planned};
use crate::journal::{
    ConfirmedBy, Ending, Event, Found, Journal, ListReason, Listed, RecentDeletions, RowState,
    SessionKind,
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
        return end_done(common, &run, context);
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
    let (jira, remote) = runtime.block_on(connecting)?;
    let _lock = run.lock_jira()?;
    let by_hand = by_hand(common, &run, &remote)?;
    let after_kill = run.resume(&context.given).to_string();
    let session = Session::on(&run, common, after_kill, (&runtime, &jira), context);
    let connect = (&common.connect, &destination);
    let journal = session.begin(&run, SessionKind::Resume, confirmed_by, connect)?;
    let resumption = Resumption {
        context,
        session,
        sheets,
        confirmed_by,
    };
    resumption.go_on(run, journal, &by_hand)
}

/// Ends a run of which no row is left.
fn end_done(args: &RunArgs, run: &LoadedRun, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let is_complete = matches!(run.state().closed(), Some((Ending::Complete, _)));
    let stopped = if is_complete {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        None
    } else {
        screen.info(&format!(
            "no row is left to send in {}, but it ended before the final comparison with Jira's list\n",
            run.id()
        ));
        balance(args, run, context)?
    };
    conclude(run, stopped.as_ref(), OffSheet::default(), context)
}

fn conclude(
    run: &LoadedRun,
    stopped: Option<&Stop>,
    off_sheet: OffSheet,
    context: &Context,
) -> Result<Exit, Failure> {
    let given = &context.given;
    let (resume, verify) = (run.resume(given), run.next(given, "verify"));
    let next = |report: &Report| after_run(&resume, &verify, report, off_sheet);
    let is_left = |report: &Report| !report.is_complete();
    RunFiles::of(&run.dir).conclude(stopped, is_left, next, context)
}

/// What to do about a run whose journal has lost the list of what Jira held before it.
const WITHOUT_BASELINE: &str = "find the rows in doubt in Jira; adopt those that exist with `--adopt ROW=ID`, and import the \
                                missing ones from a separate sheet:\n  gij import FILE";

/// A session that resumes a run.
struct Resumption<'a> {
    context: &'a Context,
    session: Session<'a>,
    sheets: Sheets,
    confirmed_by: Option<ConfirmedBy>,
}

impl Resumption<'_> {
    fn go_on(
        mut self,
        mut run: LoadedRun,
        journal: Journal,
        by_hand: &[ByHand],
    ) -> Result<Exit, Failure> {
        if let Some(stop) = self.session.settle(&run, by_hand, &journal)? {
            let stopped = self.session.close(journal, Some(stop))?;
            return self.conclude(&run, stopped.as_ref());
        }
        run.read_again()?;
        if run.has_lost_baseline() {
            self.session.screen.failure(
                "the journal has lost the list of what Jira held before the run, so nothing more can be sent",
                Some("find the rows in doubt in Jira; import the missing ones from a separate sheet"),
            );
            let stopped = self.session.close(journal, None)?;
            self.session.files.conclude(
                stopped.as_ref(),
                |report| !report.is_complete(),
                |_| WITHOUT_BASELINE.to_owned(),
                self.context,
            )?;
            return Ok(Exit::Stopped);
        }
        if let Err(failure) = self.sheets.refuse_invalid(&run, self.session.screen) {
            self.session.close_quietly(journal, None)?;
            return Err(failure);
        }
        let listed_at = Timestamp::now();
        let (rows, added) = self.rows_to_send(&run);
        let resolving = projects::resolve(&self.session.jira.client, rows);
        let Resolved { rows, found, .. } = match interruptible(self.session.runtime, resolving) {
            Ok(resolved) => resolved,
            Err(failure) => return Err(self.session.fail(journal, failure)),
        };
        if found.has_errors() {
            self.session.screen.problem(&diagnostics(&found));
            self.session.close_quietly(journal, None)?;
            return Err(Failure::new(Exit::Invalid, "nothing was sent"));
        }
        let matcher = Matcher::of_run(run.state());
        let (remote, deletions) = match self.list_without(&matcher, &run) {
            Ok(listed) => listed,
            Err(failure) => return Err(self.session.fail(journal, failure)),
        };
        let mut plan = Plan::new(rows, &remote).with_known_ids(&deletions.ids());
        // A plan on disk is limited already.
        if let Some(most) = self.sheets.limit
            && !run.state().has_begun()
        {
            plan = plan.limited_to(most);
        }
        if let Err(failure) =
            other_runs::refuse_deletions_in_doubt(&deletions, &plan, &self.context.given)
        {
            return Err(self.session.fail(journal, failure));
        }
        let to_create = plan.to_create().count();
        let must_ask = self.confirmed_by.is_none() && to_create > 0;
        self.show(&run, &plan, must_ask);
        if must_ask
            && import::ask(
                to_create,
                self.session.runtime,
                self.session.jira,
                self.session.screen,
            ) != Reply::Yes
        {
            return self.session.decline(journal, "nothing was sent");
        }
        let plan = if must_ask {
            // Much may have happened in Jira since the plan was shown.
            let again = self.list_without(&matcher, &run);
            let again = again.and_then(|(remote, deletions)| {
                let plan = plan.replan(&remote)?.with_known_ids(&deletions.ids());
                other_runs::refuse_deletions_in_doubt(&deletions, &plan, &self.context.given)?;
                Ok(plan)
            });
            match again {
                Ok(plan) => plan,
                Err(failure) => return Err(self.session.fail(journal, failure)),
            }
        } else {
            plan
        };
        let stopped = self.carry_out(&run, journal, &plan, added, listed_at, must_ask)?;
        drop(plan);
        self.conclude(&run, stopped.as_ref())
    }

    fn conclude(&self, run: &LoadedRun, stopped: Option<&Stop>) -> Result<Exit, Failure> {
        let off_sheet = self.sheets.off_sheet(run);
        conclude(run, stopped, off_sheet, self.context)
    }

    /// What Jira holds apart from what belongs to a row already, which is no other row's, and from what undos of other runs
    /// have just deleted, which comes with it.
    fn list_without(
        &self,
        matcher: &Matcher,
        run: &LoadedRun,
    ) -> Result<(Vec<RemoteIntegration>, RecentDeletions), Failure> {
        let listed_at = Timestamp::now();
        let mut list = list_again(self.session.runtime, self.session.jira, self.session.screen)?;
        list.retain(|remote| !matcher.is_claimed(remote.id));
        let (settle, url) = (self.session.settle, &self.session.jira.target.url);
        // Runs that cannot be read tell nothing.
        let history = other_runs::history(&run.runs_dir()?, url).unwrap_or_default();
        let deletions = history.deletions_before(listed_at, settle);
        other_runs::leave_out_deleted(&deletions, &mut list, self.session.screen);
        Ok((list, deletions))
    }

    /// The rows that are still to be sent, as the sheets have them now; and those that the journal of a run that had not
    /// begun does not know yet.
    fn rows_to_send(&mut self, run: &LoadedRun) -> (Vec<Row>, Vec<Event>) {
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

    fn show(&self, run: &LoadedRun, plan: &Plan, must_ask: bool) {
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
        tell(self.session.screen, &text);
    }

    fn carry_out(
        &self,
        run: &LoadedRun,
        journal: Journal,
        plan: &Plan,
        added: Vec<Event>,
        listed_at: Timestamp,
        was_asked: bool,
    ) -> Result<Option<Stop>, Failure> {
        let state = run.state();
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
        // What is there now did not come from a request that is only about to be sent.
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
        };
        let appender = journal.appender();
        let begin = async move { appender.commit(events).await };
        self.session.carry_out(journal, begin, work)
    }
}
