//! `gij undo`.

use clap::Args;
use jiff::Timestamp;

use super::connect::connect;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::in_option;
use super::loaded_run::{LoadedRun, RunArgs};
use super::question::{self, Reply};
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{EarlyEnd, Session, WhenToAudit, Work, remove_duplicates};
use super::settle::{Decision, decisions};
use crate::engine::{
    Deletion, Discrepancies, Fate, Job, Matcher, UndoOptions, UndoneRow, agreed, list_for_undo,
    plan_undo,
};
use crate::journal::{
    ConfirmedBy, Duplicate, Event, Planned, PlannedAction, RowState, SessionKind,
};
use crate::model::{Field, IntegrationType, Outcome, RemoteIntegration};
use crate::render::{Screen, count};
use crate::report::Report;
use crate::validate::{Only, RowRange, field_of};

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// Run to undo: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// Show what would be removed and stop
    #[arg(long, conflicts_with_all = ["adopt", "absent"])]
    pub dry_run: bool,
    /// Remove without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Only what these rows created, such as 2-50 or 'Azure!2-50,60'
    #[arg(long, id = "undo_rows", value_name = "ROWS")]
    pub rows: Vec<String>,
    /// Only what rows with this text in this field created, such as 'type=AZURE'; if repeated, all must match
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

/// Removes what a run created, and nothing else.
pub(super) fn undo(args: &UndoArgs, context: &Context) -> Result<Exit, Failure> {
    let screen = &context.screen;
    let common = &args.common;
    let mut undoing = Undoing {
        args,
        selection: Selection::new(&args.rows, &args.only)?,
        run: LoadedRun::load(&common.runs.runs_dir, &args.run)?,
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
        screen.info(&format!(
            "nothing that {run_id} created is left to remove\n"
        ));
        let found = Discrepancies::default();
        let files = RunFiles::of(&run.dir);
        let next = |report: &Report| undoing.next(report, false, &found);
        return files.conclude(
            None,
            |report| undoing.is_left(report, &found),
            next,
            context,
        );
    }
    let is_selected = |row: &RowState| undoing.selection.has(row);
    if !run.state().rows().any(|(_, row)| is_selected(row)) {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    let confirmed_by = confirmation(args)?;
    let destination = common.connect.destination_of_run(run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let connecting = connect(&common.connect, &destination, common.pace.pace(), screen);
    let (jira, list) = runtime.block_on(connecting)?;
    if args.dry_run {
        return undoing.dry_run(&list, &jira.target);
    }
    let _lock = run.lock_jira()?;
    let decisions = decisions(common, run, &list)?;
    let start = (SessionKind::Undo, confirmed_by);
    let session = Session::on(run, common, start, &destination, (&runtime, &jira), context)?;
    let ended = undoing.settle_and_remove(&session, &decisions, confirmed_by.is_none());
    let is_stopped = matches!(ended, Err(EarlyEnd::Stopped(_)));
    let (ended, found) = match ended {
        Ok(found) => (Ok(()), found),
        Err(early) => (Err(early), Discrepancies::default()),
    };
    let next = |report: &Report| undoing.next(report, is_stopped, &found);
    session.conclude(ended, |report| undoing.is_left(report, &found), next)
}

/// Whether Jira may hold something that the row created.
fn is_left(row: &RowState) -> bool {
    let is_created = row.outcome == Outcome::Created && !is_gone(row);
    is_created || row.outcome == Outcome::InDoubt || may_be_left(row)
}

/// Whether Jira may hold duplicates that requests of the run created.
fn may_be_left(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.may_have_duplicates() > 0
}

pub(super) fn is_gone(row: &RowState) -> bool {
    let removal = row.deletions.own.as_ref();
    removal.is_some_and(|removal| removal.outcome.is_gone())
}

/// How the session is confirmed if that needs no question.
fn confirmation(args: &UndoArgs) -> Result<Option<ConfirmedBy>, Failure> {
    if args.dry_run {
        return Ok(Some(ConfirmedBy::NotNeeded));
    }
    question::confirmation(args.yes, || {
        if args.duplicates {
            Failure::usage("no terminal to confirm each duplicate on; nothing was removed")
                .help("run this on a terminal")
        } else {
            Failure::usage("no terminal to confirm on; nothing was removed")
                .help("review the plan with `--dry-run`, then pass `--yes`")
        }
    })
}

/// Which rows are to be undone.
#[derive(Debug, Default)]
pub(super) struct Selection {
    rows: Vec<RowRange>,
    only: Vec<(Field, String)>,
}

impl Selection {
    fn new(rows: &[String], only: &[String]) -> Result<Self, Failure> {
        let mut selection = Self::default();
        for text in rows {
            let ranges = RowRange::parse_list(text).map_err(in_option("--rows"))?;
            selection.rows.extend(ranges);
        }
        for text in only {
            let only = Only::parse(text).map_err(in_option("--only"))?;
            let field = field_of(&only.header).ok_or_else(|| {
                Failure::usage(format!(
                    "--only: the journal has no column `{}`",
                    only.header
                ))
                .help(
                    "select by a field of the integrations, such as 'type=AZURE', or with `--rows`",
                )
            })?;
            selection.only.push((field, only.text));
        }
        Ok(selection)
    }

    /// Whether the row is one of those.
    pub(crate) fn has(&self, row: &RowState) -> bool {
        let at = &row.place;
        let is_in = |range: &RowRange| at.row.is_some_and(|number| range.holds(&at.table, number));
        let is_of_rows = self.rows.is_empty() || self.rows.iter().any(is_in);
        is_of_rows && (self.only.is_empty() || self.holds(row))
    }

    fn holds(&self, row: &RowState) -> bool {
        let cells = row.cells().open();
        self.only.iter().all(|(field, text)| {
            let cell = cells.get(field.name()).map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            });
            let cell = cell.unwrap_or_default();
            let wanted = IntegrationType::from_name(text);
            let is_type = *field == Field::Type && wanted.is_some();
            cell.to_lowercase() == text.to_lowercase()
                || is_type && wanted == IntegrationType::from_name(&cell)
        })
    }
}

/// A run that is undone.
pub(super) struct Undoing<'a> {
    pub args: &'a UndoArgs,
    pub selection: Selection,
    pub run: LoadedRun,
    pub context: &'a Context,
}

/// What is recorded about a plan, and what is to be removed.
type Removals = (Vec<Event>, Vec<Deletion>);

impl Undoing<'_> {
    pub(super) fn plan(&self, list: &[RemoteIntegration]) -> Vec<UndoneRow> {
        let also = UndoOptions {
            changed: self.args.include_changed,
            found: self.args.include_found,
        };
        plan_undo(self.run.state(), list, |row| self.selection.has(row), also)
    }

    fn settle_and_remove(
        &mut self,
        session: &Session<'_>,
        decisions: &[Decision],
        must_ask: bool,
    ) -> Result<Discrepancies, EarlyEnd> {
        if self.run.state().baseline().is_some() || !decisions.is_empty() {
            session.settle(&self.run, decisions)?;
            self.run.read_again()?;
        }
        self.settle_duplicates(session)?;
        let (mut events, deletions) = if self.args.duplicates {
            (Vec::new(), self.duplicates_to_remove(session)?)
        } else {
            self.created_to_remove(session, must_ask)?
        };
        if must_ask && !deletions.is_empty() {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        self.remove(session, events, deletions)
    }

    fn created_to_remove(
        &self,
        session: &Session<'_>,
        must_ask: bool,
    ) -> Result<Removals, EarlyEnd> {
        let created = self.plan(&[]);
        let ids: Vec<i64> = created.iter().map(|undone| undone.id).collect();
        let plan = self.plan(&self.list(session, &ids)?);
        let show = if must_ask {
            Screen::problem
        } else {
            Screen::info
        };
        show(
            &self.context.screen,
            &self.plan_text(&plan, &session.jira.target),
        );
        let is_deleted = |undone: &&UndoneRow| undone.fate == Fate::Delete;
        let number = plan.iter().filter(is_deleted).count();
        if !must_ask || number == 0 {
            return Ok(self.removals(&plan));
        }
        if !self.ask(number, session) {
            let why = format!("the answer was not {number}; nothing was removed");
            return Err(EarlyEnd::Declined(why));
        }
        // Jira may have changed since the plan was shown. What was gone by then stays gone.
        let there = plan
            .iter()
            .filter(|undone| undone.fate != Fate::AlreadyGone)
            .map(|undone| undone.id);
        let list = self.list(session, &there.collect::<Vec<i64>>())?;
        Ok(self.removals(&agreed(&plan, self.plan(&list))))
    }

    fn ask(&self, number: usize, session: &Session<'_>) -> bool {
        let what = count(number as u64, "integration", "integrations");
        let target = &session.jira.target;
        let question = format!(
            "Remove {what} from {} ({})?\nType the number to confirm:",
            target.title, target.url
        );
        let screen = &self.context.screen;
        question::ask_number(&question, number, session.runtime, screen) == Reply::Yes
    }

    /// Jira's list, read until it is certain which of `ids` it does not show.
    pub(super) fn list(
        &self,
        session: &Session<'_>,
        ids: &[i64],
    ) -> Result<Vec<RemoteIntegration>, EarlyEnd> {
        let matcher = Matcher::of_run(self.run.state());
        session.read(async |context, _| list_for_undo(context, &matcher, ids).await)
    }

    /// Removes everything, and checks whether Jira still holds something that the run created.
    fn remove(
        &self,
        session: &Session<'_>,
        events: Vec<Event>,
        deletions: Vec<Deletion>,
    ) -> Result<Discrepancies, EarlyEnd> {
        let state = self.run.state();
        let mut matcher = Matcher::of_run(state);
        for event in &events {
            if let Event::Plan(planned) = event
                && matches!(
                    planned.action,
                    PlannedAction::AlreadyGone | PlannedAction::Removed
                )
                && let Some(id) = planned.id
            {
                matcher.note_removed(planned.n, id);
            }
        }
        // Several requests may have created a selected row. With `--duplicates` the user is asked for each of them, and
        // without the list from before the run nobody can tell what is new.
        let must_audit = !self.args.duplicates
            && state.baseline().is_some()
            && state
                .rows()
                .any(|(_, row)| self.selection.has(row) && may_be_left(row));
        let jobs = deletions.into_iter();
        let work = Work {
            matcher,
            jobs: jobs
                .map(|deletion| Job::new(deletion, deletion.attempt))
                .collect(),
            in_doubt: Vec::new(),
            existing: 0,
            audit: if must_audit {
                WhenToAudit::Always
            } else {
                WhenToAudit::Never
            },
        };
        let appender = session.journal.appender();
        session.send(async move { appender.commit(events).await }, work)
    }

    /// Whether selected rows have duplicates of ours.
    fn has_duplicates(&self, found: &Discrepancies) -> bool {
        let is_ours = |duplicate: &Duplicate| {
            let row = self.run.state().row(duplicate.n);
            row.is_some_and(|row| self.selection.has(row) && row.may_have_created > 1)
        };
        found.duplicates.iter().any(is_ours)
    }

    /// Whether selected rows are in doubt: it is not known whether they are in Jira.
    fn is_in_doubt(&self, found: &Discrepancies) -> bool {
        let state = self.run.state();
        let is_selected = |n: &u32| state.row(*n).is_some_and(|row| self.selection.has(row));
        let is_in_doubt =
            |row: &RowState| row.outcome == Outcome::InDoubt && self.selection.has(row);
        let are_in_doubt = state.rows().any(|(_, row)| is_in_doubt(row));
        !self.args.duplicates && are_in_doubt || found.appeared.iter().any(is_selected)
    }

    fn is_left(&self, report: &Report, found: &Discrepancies) -> bool {
        report.is_something_left() || self.is_in_doubt(found) || self.has_duplicates(found)
    }

    fn next(&self, report: &Report, is_stopped: bool, found: &Discrepancies) -> String {
        let given = &self.context.given;
        let undo = self.run.next(given, "undo");
        if is_stopped || report.is_something_left() {
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
        } else {
            "the undo is complete; nothing is left to do".to_owned()
        }
    }

    /// What is recorded about a plan, and what is to be removed.
    fn removals(&self, plan: &[UndoneRow]) -> Removals {
        let mut events = Vec::new();
        let mut deletions = Vec::new();
        for undone in plan {
            let (action, reason) = match &undone.fate {
                Fate::Delete => {
                    let Some(row) = self.run.state().row(undone.n) else {
                        continue;
                    };
                    deletions.push(Deletion {
                        n: undone.n,
                        id: undone.id,
                        integration_type: type_of(row),
                        init_date: row.remote.and_then(|remote| remote.init_date),
                        attempt: row.last_intent,
                        was_in_doubt: undone.was_in_doubt,
                    });
                    continue;
                }
                Fate::LeaveAlone(why) => (PlannedAction::LeaveAlone, why.as_str()),
                Fate::AlreadyGone if undone.was_in_doubt => {
                    (PlannedAction::Removed, "no longer in Jira's list")
                }
                Fate::AlreadyGone => (PlannedAction::AlreadyGone, "was no longer in Jira's list"),
            };
            events.push(Event::Plan(Planned {
                n: undone.n,
                action,
                reason: reason.into(),
                id: Some(undone.id),
                differences: Vec::new(),
            }));
        }
        (events, deletions)
    }
}

pub(super) fn type_of(row: &RowState) -> Option<IntegrationType> {
    IntegrationType::from_name(row.type_name.as_deref()?)
}
