//! `gij undo`.

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::connect::connect;
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::input::in_option;
use super::loaded_run::{Decision, LoadedRun, RunArgs};
use super::next::remove_duplicates;
use super::question::{self, Reply, confirmation};
use super::session::{EarlyEnd, Session, Work, show_result};
use super::sheets::rows_with;
use super::undo_duplicates::{deletion, duplicates_to_remove, is_removed, list, settle_duplicates};
use crate::engine::{
    Deletion, Fate, Job, Matcher, UndoOptions, UndoneRow, Update, agreed, plan_undo,
};
use crate::journal::{
    ConfirmedBy, Discrepancies, Event, Jira, Planned, PlannedAction, RowState, SessionKind,
};
use crate::model::{Field, IntegrationType, Outcome, RemoteIntegration, text_of};
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
    #[arg(long, id = "undo_rows", value_name = "ROWS", value_parser = RowRange::parse_list)]
    pub rows: Vec<Vec<RowRange>>,
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
    let run = LoadedRun::load_to_change(&args.run, common, screen)?;
    let mut undoing = Undoing {
        args,
        selected: selected(args, &run)?,
        run,
        context,
    };
    let run = &undoing.run;
    if !run.state().rows().any(|(_, row)| is_left(row)) {
        screen.info(&format!("nothing that {} did is left to undo\n", run.id()));
        let after = |report: &Report| undoing.after(report, Some(Discrepancies::default()));
        return show_result(&run.dir.path, None, after, None, context);
    }
    if undoing.selected.is_empty() {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    if args.dry_run {
        let pace = common.pace.pace();
        let (jira, list) = connect(&common.connect, &run.base, pace, screen)?;
        return undoing.dry_run(&list, &jira.jira);
    }
    let help = if args.duplicates {
        "run this on a terminal, where each duplicate can be confirmed"
    } else {
        "review the plan with `--dry-run`, then pass `--yes`"
    };
    let confirmed_by = confirmation(args.yes, false, "nothing was removed", help)?;
    let (session, list, decisions) =
        Session::begin(run, common, SessionKind::Undo, confirmed_by, context)?;
    let ended = undoing.settle_and_remove(&session, &list, &decisions, confirmed_by.is_none());
    session.conclude(ended, |report, found| undoing.after(report, found))
}

/// Whether Jira may hold something that the row created, or its fields may have to be put back.
fn is_left(row: &RowState) -> bool {
    if row.is_updated() {
        return !row.is_undone();
    }
    let is_created = row.outcome == Outcome::Created && !is_removed(row);
    is_created || row.outcome == Outcome::InDoubt || may_be_left(row)
}

/// Whether Jira may hold duplicates that requests of the run created.
fn may_be_left(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.may_have_duplicates() > 0
}

/// The rows that are to be undone.
fn selected(args: &UndoArgs, run: &LoadedRun) -> Result<BTreeSet<u32>, Failure> {
    let ranges = args.rows.concat();
    let is_in = |row: &RowState| {
        let (table, number) = (&row.read.place.table, row.read.place.row);
        let is_in = |range: &RowRange| number.is_some_and(|number| range.holds(table, number));
        ranges.is_empty() || ranges.iter().any(is_in)
    };
    let rows = run.state().rows().filter(|(_, row)| is_in(row));
    let mut selected: BTreeSet<u32> = rows.map(|(n, _)| n).collect();
    let split_by = run.state().opened.settings.pointer("/input/split_by");
    let split_by = split_by.and_then(Value::as_str);
    let mut in_sheets = Vec::new();
    for only in &args.only {
        let only = Only::parse(only).map_err(in_option("--only"))?;
        let field = field_of(&only.header);
        if field.is_none() && !split_by.is_some_and(|kept| kept.eq_ignore_ascii_case(&only.header))
        {
            in_sheets.push(only);
            continue;
        }
        let row = |n: u32| run.state().row(n);
        selected.retain(|n| row(*n).is_some_and(|row| has_kept(row, field, &only.text)));
    }
    if !in_sheets.is_empty() {
        let rows = rows_with(run, in_sheets, args.common.connect.own_files())?;
        selected.retain(|n| rows.contains(n));
    }
    Ok(selected)
}

/// Whether the row had this text when it was read: in the column of a field, or of `--split-by`. The sheet may be another now.
fn has_kept(row: &RowState, field: Option<Field>, text: &str) -> bool {
    let cell = match field {
        Some(field) => row.read.cells.open().get(field.name()).map(text_of),
        None => row.read.group.clone(),
    };
    let cell = cell.unwrap_or_default();
    let named = IntegrationType::from_name(text).filter(|_| field == Some(Field::Type));
    cell.to_lowercase() == text.to_lowercase()
        || named.is_some() && named == IntegrationType::from_name(&cell)
}

/// A run that is undone.
struct Undoing<'a> {
    args: &'a UndoArgs,
    selected: BTreeSet<u32>,
    run: LoadedRun,
    context: &'a Context,
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
        if self.args.duplicates {
            let duplicates = duplicates_to_remove(&self.run, session)?;
            return self.carry_out(session, &[], duplicates, must_ask);
        }
        let plan = self.confirmed_plan(session, seen, must_ask)?;
        self.carry_out(session, &plan, Vec::new(), must_ask)
    }

    /// The plan by a list, which may lack other integrations of the run.
    fn plan(&self, list: &[RemoteIntegration], lacks_others: bool) -> Vec<UndoneRow> {
        let options = UndoOptions {
            lacks_others,
            changed: self.args.include_changed,
            found: self.args.include_found,
        };
        let is_selected = |n, _: &RowState| self.selected.contains(&n);
        plan_undo(self.run.state(), list, is_selected, options)
    }

    /// The plan by a list that was `seen` and others that are read until it is certain what they do not show, once somebody
    /// has agreed, if somebody `must` be asked.
    fn confirmed_plan(
        &self,
        session: &Session<'_>,
        seen: &[RemoteIntegration],
        must_ask: bool,
    ) -> Result<Vec<UndoneRow>, EarlyEnd> {
        let plan_for = |rows: &mut dyn Iterator<Item = &UndoneRow>| {
            let remotes: Vec<_> = rows.map(|undone| undone.remote).collect();
            let (list, is_whole) = list(&self.run, session, &remotes, seen.to_vec())?;
            Ok::<_, EarlyEnd>(self.plan(&list, !is_whole))
        };
        let plan = plan_for(&mut self.plan(&[], false).iter())?;
        let jira = &session.jira.jira;
        let (id, state) = (self.run.id(), self.run.state());
        let text = plan_text(&plan, id, state, jira, false);
        self.context.show_plan(&text, must_ask);
        let is_sent = |undone: &&UndoneRow| undone.fate.is_sent();
        let number = plan.iter().filter(is_sent).count();
        if !must_ask || number == 0 {
            return Ok(plan);
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
        let is_number = |answer: &str| answer == number.to_string();
        if question::ask_for(&question, is_number, runtime, screen) != Reply::Yes {
            let why = format!("the answer was not {number}; nothing was {done}");
            return Err(EarlyEnd::Declined(why));
        }
        // Jira may have changed since the plan was shown. What was gone by then stays gone.
        let there = plan.iter();
        let mut there = there.filter(|undone| undone.fate != Fate::AlreadyGone);
        let now = plan_for(&mut there)?;
        Ok(agreed(&plan, now))
    }

    /// Undoes what `plan` contains and removes `duplicates`, and checks whether Jira still holds something that the run created.
    fn carry_out(
        &self,
        session: &Session<'_>,
        plan: &[UndoneRow],
        duplicates: Vec<Deletion>,
        was_asked: bool,
    ) -> Result<Discrepancies, EarlyEnd> {
        let state = self.run.state();
        let mut matcher = Matcher::of_run(state);
        let mut events = Vec::new();
        let mut deletions = duplicates;
        let mut updates = Vec::new();
        for undone in plan {
            let (n, remote) = (undone.n, undone.remote);
            let Some(row) = state.row(n) else { continue };
            let (action, reason) = match &undone.fate {
                Fate::Delete => {
                    deletions.push(deletion(n, row, remote, undone.was_in_doubt));
                    continue;
                }
                Fate::Restore { change, left } => {
                    updates.push(Job::new(Update::back(n, change, left), row.last_intent));
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
                matcher.note_removed(n, remote);
            }
            events.push(Event::Plan(Planned {
                n,
                action,
                reason: reason.into(),
                remote: Some(remote),
                differences: Vec::new(),
            }));
        }
        if was_asked && !(deletions.is_empty() && updates.is_empty()) {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        let appender = session.journal.appender();
        let begin = async move { appender.commit(events).await };
        // Several requests may have created a selected row. With `--duplicates` the user is asked for each of them, and
        // without the list from before the run, what is new is not known.
        let is_doubtful =
            |(n, row): (u32, &RowState)| self.selected.contains(&n) && may_be_left(row);
        let must_audit =
            !self.args.duplicates && state.baseline.is_some() && state.rows().any(is_doubtful);
        if self.is_update() {
            return session.send(begin, Work::new(matcher, updates, false));
        }
        let jobs = deletions.into_iter();
        let jobs = jobs.map(|deletion| Job::new(deletion, deletion.attempt));
        session.send(begin, Work::new(matcher, jobs.collect(), must_audit))
    }

    /// Whether the run changed integrations, and created none.
    fn is_update(&self) -> bool {
        self.run.state().opened.is_update()
    }

    fn dry_run(&self, list: &[RemoteIntegration], jira: &Jira) -> Result<Exit, Failure> {
        let Self { run, context, .. } = self;
        let plan = self.plan(list, false);
        if context.is_json {
            let rows: Vec<Value> = plan
                .iter()
                .map(|undone| self.row_document(undone))
                .collect();
            let in_doubt = run.state().totals().in_doubt;
            write_json(&json!({"run": run.id(), "in_doubt": in_doubt, "plan": rows}))?;
            return Ok(Exit::Done);
        }
        let (done, verb) = if self.is_update() {
            ("changed", "put them back")
        } else {
            ("removed", "remove them")
        };
        let text = plan_text(&plan, run.id(), run.state(), jira, true);
        context.screen.result(&text);
        context
            .screen
            .result(&format!("dry run: nothing was {done}\n"));
        let undo = run.next(&context.given, "undo");
        context.next(&if plan.iter().any(|undone| undone.fate.is_sent()) {
            format!("{verb}:\n  {undo}")
        } else {
            format!("nothing of it can be {done} now")
        });
        Ok(Exit::Done)
    }

    fn row_document(&self, undone: &UndoneRow) -> Value {
        let (action, reason) = match &undone.fate {
            Fate::Delete => ("remove", None),
            Fate::Restore { left, .. } => ("restore", Some(left).filter(|left| !left.is_empty())),
            Fate::AlreadyRestored => ("restored", None),
            Fate::LeaveAlone(why) => ("leave_alone", Some(why)),
            Fate::AlreadyGone => ("not_listed", None),
        };
        let row = self.run.place_of(undone.n);
        json!({"row": row, "id": undone.remote.id, "action": action, "reason": reason})
    }

    /// Whether something is left after a session that `found` this in Jira's list, none if it was stopped; and what to do.
    fn after(&self, report: &Report, found: Option<Discrepancies>) -> (bool, String) {
        let Self { run, args, .. } = self;
        let given = &self.context.given;
        let undo = run.next(given, "undo");
        let Some(found) = found else {
            return (true, format!("continue the undo:\n  {undo}"));
        };
        let selected = |n: u32| run.state().row(n).filter(|_| self.selected.contains(&n));
        let may_exist = |n: &u32| {
            selected(*n).is_some_and(|row| row.outcome == Outcome::InDoubt)
                && !args.duplicates
                && !self.is_update()
        };
        let is_in_doubt = self.selected.iter().any(may_exist)
            || found.appeared.iter().any(|n| selected(*n).is_some());
        let is_ours = |n: u32| selected(n).is_some_and(|row| row.may_have_created > 1);
        let has_duplicates = found.duplicates.iter().any(|found| is_ours(found.n));
        let has_chosen = !(args.rows.is_empty() && args.only.is_empty());
        let next = if report.is_something_left() {
            if self.is_update() && report.is_rest_left_alone() {
                "see the messages above: what was left alone cannot be put back by an undo"
                    .to_owned()
            } else {
                let include = ["--include-found", "--include-changed"].into_iter();
                let include = include.filter(|option| report.is_left_for(option));
                let undo = undo.options(&include.collect::<Vec<_>>());
                format!("see the messages above, then continue the undo:\n  {undo}")
            }
        } else if is_in_doubt {
            format!(
                "find the rows in doubt in Jira, and decide with `--adopt ROW=ID` (together with `--include-found`) or \
                 `--absent ROW`:\n  {undo}"
            )
        } else if has_duplicates {
            remove_duplicates(&run.undo_duplicates(given))
        } else if report.may_lack_rows() {
            "the known part of the run is undone; the journal has lost rows: find what they created in Jira and remove it there"
                .to_owned()
        } else if has_chosen && !run.state().is_undone && report.has_open_rows() {
            let resume = run.resume(given);
            format!("the chosen rows are undone; continue the rest of the run:\n  {resume}")
        } else if has_chosen {
            "the chosen rows are undone; the others stay as they are".to_owned()
        } else {
            "the undo is complete; nothing is left to do".to_owned()
        };
        let is_left = report.is_something_left() || is_in_doubt || has_duplicates;
        (is_left, next)
    }
}
