//! `gij undo`.

use clap::Args;
use jiff::Timestamp;

use super::by_hand::by_hand;
use super::connect::connect;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::in_option;
use super::loaded_run::{LoadedRun, RunArgs};
use super::question::{self, Reply};
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{Session, close, remove_duplicates};
use super::settle::ByHand;
use crate::engine::{
    Deletion, Discrepancies, Executor, Fate, Job, Matcher, Settings, Stop, UndoOptions, UndoneRow,
    agreed, list_for_undo, plan_undo,
};
use crate::journal::{
    ConfirmedBy, Duplicate, Event, Journal, Planned, PlannedAction, RowState, SessionKind,
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
    let selection = Selection::new(&args.rows, &args.only)?;
    let run = LoadedRun::load(&common.runs.runs_dir, &args.run)?;
    if run.state().may_lack_rows() {
        screen.problem(
            "warning: the journal is damaged and has lost rows; what they created is not known and cannot be undone\n",
        );
    }
    let is_left = |row: &RowState| {
        let is_created = row.outcome == Outcome::Created && !is_gone(row);
        is_created || row.outcome == Outcome::InDoubt || may_be_left(row)
    };
    if !run.state().rows().any(|(_, row)| is_left(row)) {
        screen.info(&format!(
            "nothing that {} created is left to remove\n",
            run.id()
        ));
        return conclude(
            args,
            &selection,
            &run,
            None,
            &Discrepancies::default(),
            context,
        );
    }
    let is_selected = |row: &RowState| selection.has(row);
    if !run.state().rows().any(|(_, row)| is_selected(row)) {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    let confirmed_by = confirmation(args)?;
    let destination = common.connect.destination_of_run(run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let connecting = connect(&common.connect, &destination, common.pace.pace(), screen);
    let (jira, list) = runtime.block_on(connecting)?;
    let after_kill = run.next(&context.given, "undo").to_string();
    let session = Session::on(&run, common, after_kill, (&runtime, &jira), context);
    let undoing = Undoing {
        args,
        selection,
        context,
        session,
    };
    if args.dry_run {
        return undoing.dry_run(&run, &list);
    }
    let _lock = run.lock_jira()?;
    let by_hand = by_hand(common, &run, &list)?;
    let session = &undoing.session;
    let connect = (&common.connect, &destination);
    let journal = session.begin(&run, SessionKind::Undo, confirmed_by, connect)?;
    undoing.take_back(run, journal, &by_hand, confirmed_by)
}

/// Whether Jira may hold what requests of ours created beside the row's own.
fn may_be_left(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.may_have_duplicates() > 0
}

pub(super) fn is_gone(row: &RowState) -> bool {
    let removal = row.deletions.own.as_ref();
    removal.is_some_and(|removal| removal.outcome.is_gone())
}

/// How the session is confirmed, where that needs no question; none if somebody is to be asked.
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

/// Ends an undo after which `imbalance` was found.
fn conclude(
    args: &UndoArgs,
    selection: &Selection,
    run: &LoadedRun,
    stopped: Option<&Stop>,
    imbalance: &Discrepancies,
    context: &Context,
) -> Result<Exit, Failure> {
    let is_selected = |n: u32| {
        let row = run.state().row(n);
        row.is_some_and(|row| selection.has(row))
    };
    let is_ours = |double: &Duplicate| {
        let row = run.state().row(double.n);
        is_selected(double.n) && row.is_some_and(|row| row.may_have_created > 1)
    };
    let are_doubles = imbalance.duplicates.iter().any(is_ours);
    let have_appeared = imbalance.appeared.iter().any(|n| is_selected(*n));
    // Nothing that was to be taken back is gone as long as nobody knows whether it is there.
    let are_in_doubt = !args.duplicates
        && run
            .state()
            .rows()
            .any(|(_, row)| row.outcome == Outcome::InDoubt && selection.has(row));
    let are_in_doubt = are_in_doubt || have_appeared;
    let next = |report: &Report| {
        let undo = run.next(&context.given, "undo");
        if stopped.is_some() || report.is_something_left() {
            format!("see the messages above, then continue the undo:\n  {undo}")
        } else if are_in_doubt {
            format!(
                "find the rows in doubt in Jira, and decide with `--adopt ROW=ID` (together with `--include-found`) or \
                 `--absent ROW`:\n  {undo}"
            )
        } else if are_doubles {
            remove_duplicates(&run.undo_duplicates(&context.given))
        } else if report.may_lack_rows() {
            "the known part of the run is undone; the journal has lost rows: find what they created in Jira and remove it there"
                .to_owned()
        } else {
            "the undo is complete; nothing is left to do".to_owned()
        }
    };
    let is_left = |report: &Report| report.is_something_left() || are_in_doubt || are_doubles;
    RunFiles::of(&run.dir).conclude(stopped, is_left, next, context)
}

/// Why nothing is removed.
enum Unagreed {
    /// The session is to end.
    Stopped(Stop),
    /// Whoever was asked does not want it.
    Declined(String),
    /// Nothing more can be written down.
    Failed(Failure),
}

/// An undo that reached Jira.
pub(super) struct Undoing<'a> {
    pub args: &'a UndoArgs,
    pub selection: Selection,
    pub context: &'a Context,
    pub session: Session<'a>,
}

impl Undoing<'_> {
    pub(super) fn plan(&self, run: &LoadedRun, list: &[RemoteIntegration]) -> Vec<UndoneRow> {
        let also = UndoOptions {
            changed: self.args.include_changed,
            found: self.args.include_found,
        };
        plan_undo(run.state(), list, |row| self.selection.has(row), also)
    }

    fn take_back(
        &self,
        mut run: LoadedRun,
        journal: Journal,
        by_hand: &[ByHand],
        confirmed_by: Option<ConfirmedBy>,
    ) -> Result<Exit, Failure> {
        if run.state().baseline().is_some() || !by_hand.is_empty() {
            let stopped = self.session.settle(&run, by_hand, &journal)?;
            if stopped.is_some() {
                return self.end(&run, journal, stopped);
            }
            run.read_again()?;
        }
        let stopped = self.settle_doubles(&mut run, &journal)?;
        if stopped.is_some() {
            return self.end(&run, journal, stopped);
        }
        let must_ask = confirmed_by.is_none();
        let agreed = if self.args.duplicates {
            self.doubles_to_remove(&run, &journal)
        } else {
            self.created_to_remove(&run, &journal, must_ask)
        };
        let (mut events, deletions) = match agreed {
            Ok(agreed) => agreed,
            Err(Unagreed::Stopped(stop)) => return self.end(&run, journal, Some(stop)),
            Err(Unagreed::Declined(why)) => return self.session.decline(journal, &why),
            Err(Unagreed::Failed(failure)) => return Err(failure),
        };
        if must_ask && !deletions.is_empty() {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        let (stopped, imbalance) = self.remove(&run, journal, events, deletions)?;
        self.conclude(&run, stopped.as_ref(), &imbalance)
    }

    fn doubles_to_remove(
        &self,
        run: &LoadedRun,
        journal: &Journal,
    ) -> Result<(Vec<Event>, Vec<Deletion>), Unagreed> {
        let list = self.look_for(run, &[], journal)?;
        let Some(mut deletions) = self.ask_for_doubles(run, &list) else {
            return Err(Unagreed::Declined("nothing was removed".to_owned()));
        };
        if !deletions.is_empty() {
            let list = self.look_for(run, &[], journal)?;
            self.keep_doubles(run, &list, &mut deletions);
        }
        Ok((Vec::new(), deletions))
    }

    fn created_to_remove(
        &self,
        run: &LoadedRun,
        journal: &Journal,
        must_ask: bool,
    ) -> Result<(Vec<Event>, Vec<Deletion>), Unagreed> {
        let created = self.plan(run, &[]);
        let ids: Vec<i64> = created.iter().map(|undone| undone.id).collect();
        let list = self.look_for(run, &ids, journal)?;
        let plan = self.plan(run, &list);
        let tell = if must_ask {
            Screen::problem
        } else {
            Screen::info
        };
        tell(self.session.screen, &self.in_words(run, &plan));
        let is_deleted = |undone: &&UndoneRow| undone.fate == Fate::Delete;
        let number = plan.iter().filter(is_deleted).count();
        if !must_ask || number == 0 {
            return Ok(planned(run, &plan));
        }
        if !self.ask(number) {
            let why = format!("the answer was not {number}; nothing was removed");
            return Err(Unagreed::Declined(why));
        }
        // Much may have happened in Jira since the plan was shown. What was gone by then needs no second look.
        let there = plan
            .iter()
            .filter(|undone| undone.fate != Fate::AlreadyGone)
            .map(|undone| undone.id);
        let there: Vec<i64> = there.collect();
        let list = self.look_for(run, &there, journal)?;
        Ok(planned(run, &agreed(&plan, self.plan(run, &list))))
    }

    fn ask(&self, number: usize) -> bool {
        let what = count(number as u64, "integration", "integrations");
        let question = format!(
            "Remove {what} from {} ({})?\nType the number to confirm:",
            self.session.jira.target.title, self.session.jira.target.url
        );
        question::ask_number(&question, number, self.session.runtime, self.session.screen)
            == Reply::Yes
    }

    /// Jira's list, read until it is known which of `ids` it does not show.
    fn look_for(
        &self,
        run: &LoadedRun,
        ids: &[i64],
        journal: &Journal,
    ) -> Result<Vec<RemoteIntegration>, Unagreed> {
        let session = &self.session;
        let looked = session.look(journal, async |appender, stop, tell| {
            let context = session.context(appender, stop, tell);
            let list = list_for_undo(&context, &Matcher::of_run(run.state()), ids).await;
            appender.commit([]).await?;
            Ok(stop.reason().map_or(list, Err))
        });
        looked.map_err(Unagreed::Failed)?.map_err(Unagreed::Stopped)
    }

    /// Deletes all, and looks whether Jira still holds something that the run created. Returns why it ended early, if it did,
    /// and what is there.
    fn remove(
        &self,
        run: &LoadedRun,
        journal: Journal,
        events: Vec<Event>,
        deletions: Vec<Deletion>,
    ) -> Result<(Option<Stop>, Discrepancies), Failure> {
        let number = deletions.len();
        let session = &self.session;
        let mut matcher = Matcher::of_run(run.state());
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
        let must_balance = self.must_balance(run);
        let mut imbalance = Discrepancies::default();
        let stopped = session.guard(journal, (number, 0), async |appender, stop, tell| {
            appender.commit(events).await?;
            let context = session.context(appender, stop, tell);
            let settings = Settings {
                concurrency: usize::from(session.pace.concurrency),
                retries: session.pace.retries,
                max_failures: None,
            };
            let jobs = deletions.into_iter();
            let jobs = jobs.map(|deletion| Job::new(deletion, deletion.attempt));
            let mut executor =
                Executor::new(&context, matcher, settings, jobs.collect(), Vec::new());
            executor.run().await;
            if must_balance {
                imbalance = executor.audit().await;
            }
            close(appender, stop.ending()).await
        })?;
        Ok((stopped, imbalance))
    }

    /// Whether several requests of ours may have created a row that is taken back. Whoever is asked for each double knows.
    fn must_balance(&self, run: &LoadedRun) -> bool {
        let state = run.state();
        let may_be_left = |row: &RowState| self.selection.has(row) && may_be_left(row);
        // What is new cannot be told by a journal that has lost what was there before.
        !self.args.duplicates
            && state.baseline().is_some()
            && state.rows().any(|(_, row)| may_be_left(row))
    }

    fn end(
        &self,
        run: &LoadedRun,
        journal: Journal,
        stopped: Option<Stop>,
    ) -> Result<Exit, Failure> {
        let stopped = self.session.close(journal, stopped)?;
        self.conclude(run, stopped.as_ref(), &Discrepancies::default())
    }

    fn conclude(
        &self,
        run: &LoadedRun,
        stopped: Option<&Stop>,
        imbalance: &Discrepancies,
    ) -> Result<Exit, Failure> {
        let Self {
            args, selection, ..
        } = self;
        conclude(args, selection, run, stopped, imbalance, self.context)
    }
}

pub(super) fn type_of(row: &RowState) -> Option<IntegrationType> {
    IntegrationType::from_name(row.type_name.as_deref()?)
}

/// What is written down of a plan, and what is to be deleted.
fn planned(run: &LoadedRun, plan: &[UndoneRow]) -> (Vec<Event>, Vec<Deletion>) {
    let mut events = Vec::new();
    let mut deletions = Vec::new();
    for undone in plan {
        let (action, reason) = match &undone.fate {
            Fate::Delete => {
                let Some(row) = run.state().row(undone.n) else {
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
            Fate::AlreadyGone if undone.was_in_doubt => (
                PlannedAction::Removed,
                "Jira's list does not show it any more",
            ),
            Fate::AlreadyGone => (
                PlannedAction::AlreadyGone,
                "Jira's list did not show it any more",
            ),
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
