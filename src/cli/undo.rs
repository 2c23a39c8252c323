//! `gij undo`.

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::connect::connect;
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::input::in_option;
use super::loaded_run::{Decision, LoadedRun, RunArgs};
use super::next::remove_duplicates;
use super::question::{self, Reply};
use super::session::{EarlyEnd, Session, WhenToAudit, Work, show_result};
use super::sheets::rows_with;
use super::undo_duplicates::{deletion, duplicates_to_remove, is_removed, settle_duplicates};
use crate::engine::{
    Deletion, Fate, Job, Matcher, UndoOptions, UndoneRow, Update, agreed, list_for_undo, plan_undo,
};
use crate::journal::{
    ConfirmedBy, Discrepancies, Duplicate, Event, Jira, Planned, PlannedAction, RowState,
    SessionKind, Totals,
};
use crate::model::{Field, IntegrationType, Outcome, Remote, RemoteIntegration};
use crate::plan::Change;
use crate::render::{count, jira_at, undo_plan as plan_text};
use crate::report::Report;
use crate::validate::{Only, RowRange, field_of};

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// Run to undo: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// Show what would be undone and stop
    #[arg(long, conflicts_with_all = ["adopt", "absent"])]
    pub dry_run: bool,
    /// Undo without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Only what these rows created, such as 2-50 or 'Azure!2-50,60'
    #[arg(long, id = "undo_rows", value_name = "ROWS")]
    pub rows: Vec<String>,
    /// Only what rows with this text in this column created, such as 'Team=Payments'; if repeated, all must match
    #[arg(long, id = "undo_only", value_name = "HEADER=TEXT")]
    pub only: Vec<String>,
    /// Also remove integrations that were changed in Jira after their creation
    #[arg(long)]
    pub include_changed: bool,
    /// Also remove integrations that were found in Jira's list instead of confirmed by a response
    #[arg(long)]
    pub include_found: bool,
    /// Remove duplicates of rows that were sent more than once, asking for each, and nothing else
    #[arg(
        long,
        conflicts_with_all = [
            "dry_run", "yes", "undo_rows", "undo_only", "include_changed", "include_found", "adopt", "absent"
        ]
    )]
    pub duplicates: bool,
    #[command(flatten)]
    pub common: RunArgs,
}

/// Removes what a run created, or puts back what it updated, and nothing else.
pub(super) fn undo(args: &UndoArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let run = LoadedRun::load_to_change(&args.run, common)?;
    let mut undoing = Undoing {
        args,
        selection: Selection::new(args, &run)?,
        run,
        context,
    };
    let run = &undoing.run;
    if run.state().may_lack_rows() {
        screen.problem(
            "warning: the journal is damaged and has lost rows; what they created is not known and cannot be undone\n",
        );
    }
    if !run.state().rows().any(|(_, row)| is_left(row)) {
        let run_id = run.id();
        let Totals {
            created, updated, ..
        } = run.state().totals();
        let has_done_nothing = created + updated == 0 && !run.state().may_lack_rows();
        screen.info(&if has_done_nothing {
            format!("{run_id} created and updated nothing\n")
        } else {
            format!("nothing that {run_id} did is left to undo\n")
        });
        let found = Discrepancies::default();
        return show_result(
            run.dir.path(),
            None,
            |report| undoing.is_left(report, &found),
            |report| {
                if has_done_nothing {
                    let runs = context.given.next("runs");
                    return format!("choose another run:\n  {runs}");
                }
                undoing.next(report, &found, false)
            },
            None,
            context,
        );
    }
    if !run
        .state()
        .rows()
        .any(|(n, row)| undoing.selection.has(n, row))
    {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    let confirmed_by = confirmation(args)?;
    if args.dry_run {
        let pace = common.pace.pace();
        let (jira, list) = connect(&common.connect, &run.base, pace, screen)?;
        return undoing.dry_run(&list, &jira.jira);
    }
    let (session, list, decisions) =
        Session::begin(run, common, SessionKind::Undo, confirmed_by, context)?;
    let ended = undoing.settle_and_remove(&session, &list, &decisions, confirmed_by.is_none());
    let is_stopped = matches!(ended, Err(EarlyEnd::Stopped(_)));
    let (ended, found) = match ended {
        Ok(found) => (Ok(()), found),
        Err(early) => (Err(early), Discrepancies::default()),
    };
    session.conclude(
        ended,
        |report| undoing.is_left(report, &found),
        |report| undoing.next(report, &found, is_stopped),
    )
}

/// How the session is confirmed if that needs no question.
fn confirmation(args: &UndoArgs) -> Result<Option<ConfirmedBy>, Failure> {
    if args.dry_run {
        return Ok(Some(ConfirmedBy::NotNeeded));
    }
    let help = if args.duplicates {
        "run this on a terminal, where each duplicate can be confirmed"
    } else {
        "review the plan with `--dry-run`, then pass `--yes`"
    };
    question::confirmation(args.yes, false, "nothing was removed", help)
}

/// Whether Jira may hold something that the row created.
fn is_left(row: &RowState) -> bool {
    let is_created = row.outcome == Outcome::Created && !is_removed(row);
    if row.is_updated() {
        return !row.is_undone();
    }
    is_created || row.outcome == Outcome::InDoubt || may_be_left(row)
}

/// Whether Jira may hold duplicates that requests of the run created.
fn may_be_left(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.may_have_duplicates() > 0
}

/// Which rows are to be undone.
#[derive(Debug, Default)]
struct Selection {
    rows: Vec<RowRange>,
    only: Vec<(Field, String)>,
    /// What the column of the import's `--split-by` must hold.
    groups: Vec<String>,
    /// The rows that have what is to be in other columns of their sheets.
    in_sheets: Option<BTreeSet<u32>>,
}

impl Selection {
    fn new(args: &UndoArgs, run: &LoadedRun) -> Result<Self, Failure> {
        let mut selection = Self::default();
        for text in &args.rows {
            let ranges = RowRange::parse_list(text).map_err(in_option("--rows"))?;
            selection.rows.extend(ranges);
        }
        let mut of_sheets = Vec::new();
        let settings = &run.state().opened.settings;
        let split_by = settings.pointer("/input/split_by").and_then(Value::as_str);
        for text in &args.only {
            let only = Only::parse(text).map_err(in_option("--only"))?;
            let is_split = split_by.is_some_and(|kept| kept.eq_ignore_ascii_case(&only.header));
            match field_of(&only.header) {
                Some(field) => selection.only.push((field, only.text)),
                None if is_split => selection.groups.push(only.text),
                None => of_sheets.push(only),
            }
        }
        if !of_sheets.is_empty() {
            let own_files = args.common.connect.own_files();
            selection.in_sheets = Some(rows_with(run, of_sheets, own_files)?);
        }
        Ok(selection)
    }

    /// Whether the row is one of those.
    fn has(&self, n: u32, row: &RowState) -> bool {
        let at = &row.read.place;
        let is_in = |range: &RowRange| at.row.is_some_and(|number| range.holds(&at.table, number));
        let has_place = self.rows.is_empty() || self.rows.iter().any(is_in);
        let is_in_sheets = self.in_sheets.as_ref().is_none_or(|rows| rows.contains(&n));
        let group = row.read.group.as_deref().unwrap_or_default().to_lowercase();
        let has_groups = self.groups.iter().all(|text| text.to_lowercase() == group);
        let has_cells = self.only.is_empty() || self.has_cells(row);
        has_place && is_in_sheets && has_groups && has_cells
    }

    fn has_cells(&self, row: &RowState) -> bool {
        let cells = row.read.cells.open();
        self.only.iter().all(|(field, text)| {
            let cell = match cells.get(field.name()) {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => String::new(),
            };
            let wanted = IntegrationType::from_name(text);
            let is_type = *field == Field::Type && wanted.is_some();
            cell.to_lowercase() == text.to_lowercase()
                || is_type && wanted == IntegrationType::from_name(&cell)
        })
    }
}

/// A run that is undone.
struct Undoing<'a> {
    args: &'a UndoArgs,
    selection: Selection,
    run: LoadedRun,
    context: &'a Context,
}

/// What a confirmed plan comes to.
#[derive(Default)]
struct Removals {
    /// What is recorded about the rows whose integrations are not deleted.
    events: Vec<Event>,
    /// Rows and their integrations that Jira no longer holds.
    gone: Vec<(u32, Remote)>,
    deletions: Vec<Deletion>,
    /// Rows whose fields are put back.
    changes: Vec<(u32, Change, String)>,
}

impl Undoing<'_> {
    fn settle_and_remove(
        &mut self,
        session: &Session<'_>,
        seen: &[RemoteIntegration],
        decisions: &[Decision],
        must_ask: bool,
    ) -> Result<Discrepancies, EarlyEnd> {
        let has_baseline = self.run.state().baseline.is_some();
        if !self.is_update() && (has_baseline || !decisions.is_empty()) {
            session.settle(&mut self.run, decisions)?;
        }
        settle_duplicates(&mut self.run, session)?;
        let mut removals = if self.args.duplicates {
            Removals {
                deletions: duplicates_to_remove(&self.run, session)?,
                ..Removals::default()
            }
        } else {
            self.created_to_remove(session, seen, must_ask)?
        };
        if must_ask && !(removals.deletions.is_empty() && removals.changes.is_empty()) {
            removals.events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        self.remove(session, removals)
    }

    /// The plan by a list, which may lack other integrations of the run.
    fn plan(&self, list: &[RemoteIntegration], lacks_others: bool) -> Vec<UndoneRow> {
        let options = UndoOptions {
            lacks_others,
            changed: self.args.include_changed,
            found: self.args.include_found,
        };
        let is_selected = |n, row: &RowState| self.selection.has(n, row);
        plan_undo(self.run.state(), list, is_selected, options)
    }

    fn created_to_remove(
        &self,
        session: &Session<'_>,
        seen: &[RemoteIntegration],
        must_ask: bool,
    ) -> Result<Removals, EarlyEnd> {
        // Jira's list, read until it is certain which of these integrations it does not show.
        let list = |remotes: Vec<Remote>| {
            let matcher = Matcher::of_run(self.run.state());
            let seen = seen.to_vec();
            session.read(async |context, _| list_for_undo(context, &matcher, &remotes, seen).await)
        };
        let plan_for = |rows: &mut dyn Iterator<Item = &UndoneRow>| {
            let (list, is_whole) = list(rows.map(|undone| undone.remote).collect())?;
            Ok::<_, EarlyEnd>(self.plan(&list, !is_whole))
        };
        let plan = plan_for(&mut self.plan(&[], false).iter())?;
        let jira = &session.jira.jira;
        self.context
            .show_plan(&self.plan_text(&plan, jira), must_ask);
        let is_sent = |undone: &&UndoneRow| undone.fate.is_sent();
        let number = plan.iter().filter(is_sent).count();
        if !must_ask || number == 0 {
            return Ok(self.removals(&plan));
        }
        let what = count(number as u64, "integration", "integrations");
        let place = jira_at(jira);
        let (question, done) = if self.is_update() {
            (format!("Put back {what} in {place}?"), "changed")
        } else {
            (format!("Remove {what} from {place}?"), "removed")
        };
        let question = format!("{question}\nType the number to confirm:");
        let (runtime, screen) = (&session.jira.runtime, &self.context.screen);
        if question::ask_number(&question, number, runtime, screen) != Reply::Yes {
            let why = format!("the answer was not {number}; nothing was {done}");
            return Err(EarlyEnd::Declined(why));
        }
        // Jira may have changed since the plan was shown. What was gone by then stays gone.
        let there = plan.iter();
        let mut there = there.filter(|undone| undone.fate != Fate::AlreadyGone);
        let now = plan_for(&mut there)?;
        Ok(self.removals(&agreed(&plan, now)))
    }

    fn removals(&self, plan: &[UndoneRow]) -> Removals {
        let mut removals = Removals::default();
        for undone in plan {
            let (n, remote) = (undone.n, undone.remote);
            let (action, reason) = match &undone.fate {
                Fate::Delete => {
                    if let Some(row) = self.run.state().row(n) {
                        let deletions = &mut removals.deletions;
                        deletions.push(deletion(n, row, remote, undone.was_in_doubt));
                    }
                    continue;
                }
                Fate::Restore { change, left } => {
                    removals
                        .changes
                        .push((n, Change::clone(change), left.clone()));
                    continue;
                }
                Fate::LeaveAlone(why) => (PlannedAction::LeaveAlone, why.as_str()),
                Fate::AlreadyRestored => (PlannedAction::Restored, "is as it was before"),
                Fate::AlreadyGone if undone.was_in_doubt => {
                    (PlannedAction::Removed, "no longer in Jira's list")
                }
                Fate::AlreadyGone => (PlannedAction::AlreadyGone, "was no longer in Jira's list"),
            };
            if undone.fate == Fate::AlreadyGone {
                removals.gone.push((n, remote));
            }
            removals.events.push(Event::Plan(Planned {
                n,
                action,
                reason: reason.into(),
                id: Some(remote.id),
                init_date: remote.init_date,
                differences: Vec::new(),
            }));
        }
        removals
    }

    /// Removes everything, and checks whether Jira still holds something that the run created.
    fn remove(&self, session: &Session<'_>, removals: Removals) -> Result<Discrepancies, EarlyEnd> {
        let state = self.run.state();
        let mut matcher = Matcher::of_run(state);
        for (n, remote) in removals.gone {
            matcher.note_removed(n, remote);
        }
        // Several requests may have created a selected row. With `--duplicates` the user is asked for each of them, and
        // without the list from before the run, what is new is not known.
        let is_doubtful = |n, row: &RowState| self.selection.has(n, row) && may_be_left(row);
        let must_audit = !self.args.duplicates
            && state.baseline.is_some()
            && state.rows().any(|(n, row)| is_doubtful(n, row));
        let appender = session.journal.appender();
        let begin = async move { appender.commit(removals.events).await };
        if self.is_update() {
            let last = |n| state.row(n).map_or(0, |row| row.last_intent);
            let changes = removals.changes.iter();
            let jobs =
                changes.map(|(n, change, left)| Job::new(Update::back(*n, change, left), last(*n)));
            return session.send(begin, Work::new(matcher, jobs));
        }
        let jobs = removals.deletions.into_iter();
        let jobs = jobs.map(|deletion| Job::new(deletion, deletion.attempt));
        let mut work = Work::new(matcher, jobs);
        if must_audit {
            work.audit = WhenToAudit::Always;
        }
        session.send(begin, work)
    }

    /// Whether the run changed integrations, and created none.
    fn is_update(&self) -> bool {
        self.run.state().opened.is_update()
    }

    fn dry_run(&self, list: &[RemoteIntegration], jira: &Jira) -> Result<Exit, Failure> {
        let Self { run, context, .. } = self;
        let plan = self.plan(list, false);
        if context.is_json {
            write_json(&PlanDocument {
                run: run.id(),
                in_doubt: run.state().totals().in_doubt,
                plan: plan
                    .iter()
                    .map(|undone| PlanRow::new(run, undone))
                    .collect(),
            })?;
            return Ok(Exit::Done);
        }
        context.screen.result(&self.plan_text(&plan, jira));
        let (done, verb) = if self.is_update() {
            ("changed", "put back")
        } else {
            ("removed", "remove")
        };
        context
            .screen
            .result(&format!("dry run: nothing was {done}\n"));
        let undo = run.next(&context.given, "undo");
        context.next(&if plan.iter().any(|undone| undone.fate.is_sent()) {
            format!("{verb} them:\n  {undo}")
        } else {
            format!("nothing of it can be {done} now")
        });
        Ok(Exit::Done)
    }

    fn plan_text(&self, plan: &[UndoneRow], jira: &Jira) -> String {
        plan_text(
            plan,
            self.run.id(),
            self.run.state(),
            jira,
            self.args.dry_run,
        )
    }

    /// Whether selected rows have duplicates of ours.
    fn has_duplicates(&self, found: &Discrepancies) -> bool {
        let is_ours = |duplicate: &Duplicate| {
            let row = self.run.state().row(duplicate.n);
            row.is_some_and(|row| self.selection.has(duplicate.n, row) && row.may_have_created > 1)
        };
        found.duplicates.iter().any(is_ours)
    }

    /// Whether selected rows are in doubt: it is not known whether they are in Jira.
    fn is_in_doubt(&self, found: &Discrepancies) -> bool {
        let state = self.run.state();
        let is_selected = |n: &u32| {
            let row = state.row(*n);
            row.is_some_and(|row| self.selection.has(*n, row))
        };
        let are_in_doubt = state
            .rows()
            .any(|(n, row)| row.outcome == Outcome::InDoubt && self.selection.has(n, row));
        let may_exist = are_in_doubt && !self.args.duplicates && !self.is_update();
        may_exist || found.appeared.iter().any(is_selected)
    }

    fn is_left(&self, report: &Report, found: &Discrepancies) -> bool {
        report.is_something_left() || self.is_in_doubt(found) || self.has_duplicates(found)
    }

    fn next(&self, report: &Report, found: &Discrepancies, is_stopped: bool) -> String {
        let given = &self.context.given;
        let undo = self.run.next(given, "undo");
        let has_chosen = !(self.args.rows.is_empty() && self.args.only.is_empty());
        let others = report.rows.iter().filter(|row| {
            let is_in_jira = matches!(row.outcome(), Some(Outcome::Created | Outcome::Updated));
            is_in_jira && row.removal.is_none()
        });
        if is_stopped {
            format!("continue the undo:\n  {undo}")
        } else if self.is_update() && report.is_rest_left_alone() {
            "see the messages above: what was left alone cannot be put back by an undo".to_owned()
        } else if report.is_something_left() {
            let include = ["--include-found", "--include-changed"];
            let include = include
                .into_iter()
                .filter(|option| report.is_left_for(option));
            let undo = undo.options(&include.collect::<Vec<_>>());
            format!("see the messages above, then continue the undo:\n  {undo}")
        } else if self.is_in_doubt(found) {
            format!(
                "find the rows in doubt in Jira, and decide with `--adopt ROW=ID` (together with `--include-found`) or \
                 `--absent ROW`:\n  {undo}"
            )
        } else if self.has_duplicates(found) {
            remove_duplicates(&self.run.undo_duplicates(given))
        } else if report.may_lack_rows() {
            "the known part of the run is undone; the journal has lost rows: find what they created in Jira and remove it there"
                .to_owned()
        } else if has_chosen && !self.run.state().is_undone && report.has_open_rows() {
            let resume = self.run.resume(given);
            format!("the chosen rows are undone; continue the rest of the run:\n  {resume}")
        } else if let others @ 1.. = others.count() {
            let (one, many) = ("other row stays as it is", "other rows stay as they are");
            let rows = count(others as u64, one, many);
            format!("the chosen rows are undone; {rows}")
        } else {
            "the undo is complete; nothing is left to do".to_owned()
        }
    }
}

/// The plan of an undo in the form of `--format json`.
#[derive(Serialize)]
struct PlanDocument<'a> {
    run: &'a str,
    in_doubt: u64,
    plan: Vec<PlanRow<'a>>,
}

#[derive(Serialize)]
struct PlanRow<'a> {
    row: String,
    id: i64,
    action: &'static str,
    reason: Option<&'a str>,
}

impl<'a> PlanRow<'a> {
    fn new(run: &LoadedRun, undone: &'a UndoneRow) -> Self {
        let (action, reason) = match &undone.fate {
            Fate::Delete => ("remove", None),
            Fate::Restore { left, .. } => {
                let left = Some(left.as_str());
                ("restore", left.filter(|left| !left.is_empty()))
            }
            Fate::AlreadyRestored => ("restored", None),
            Fate::LeaveAlone(why) => ("leave_alone", Some(why.as_str())),
            Fate::AlreadyGone => ("not_listed", None),
        };
        Self {
            row: run.place_of(undone.n),
            id: undone.remote.id,
            action,
            reason,
        }
    }
}
