//! `gij undo`.

use jiff::Timestamp;

use super::by_hand::by_hand;
use super::connect::connect;
use super::exit::{Exit, Failure};
use super::question::Reply;
use super::run_files::RunFiles;
use super::runtime::Runtime;
use super::session::{Session, close};
use super::settings::{ConnectSettings, UndoSettings};
use super::settle::ByHand;
use super::take_up::TakenUp;
use super::{next, question};
use crate::engine::{
    Books, Deletion, Fate, Imbalance, Stop, Undo, UndoneRow, agreed, look_for, plan_undo,
};
use crate::journal::{
    ConfirmedBy, Duplicate, Event, Journal, Planned, PlannedAction, RowState, SessionKind,
};
use crate::model::{IntegrationType, Outcome, RemoteIntegration};
use crate::render::{Screen, count};
use crate::report::Report;

/// Deletes what a run created, and only that.
pub(super) fn undo(settings: &UndoSettings, screen: &Screen) -> Result<Exit, Failure> {
    let take_up = &settings.take_up;
    let run = TakenUp::find(&take_up.runs_dir, &take_up.run)?;
    if run.state().may_lack_rows() {
        screen.problem(
            "warning: the journal is damaged where it tells of the rows; what those that it has lost created is not known, \
             and cannot be taken back\n",
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
        return conclude(settings, &run, None, &Imbalance::default(), screen);
    }
    let is_selected = |row: &RowState| settings.selection.has(row);
    if !run.state().rows().any(|(_, row)| is_selected(row)) {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    let confirmed_by = confirmation(settings)?;
    let connecting = ConnectSettings::for_run(take_up.connect.clone(), run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let (jira, list) = runtime.block_on(connect(&connecting, take_up.pace, screen))?;
    let after_kill = run.next(&take_up.invocation).undo();
    let session = Session::on(&run, take_up, after_kill, (&runtime, &jira), screen);
    let undoing = Undoing { settings, session };
    if settings.dry_run {
        return undoing.dry_run(&run, &list);
    }
    let _lock = run.lock_jira()?;
    let by_hand = by_hand(take_up, &run, &list)?;
    let session = &undoing.session;
    let journal = session.begin(&run, SessionKind::Undo, confirmed_by, &connecting)?;
    undoing.take_back(run, journal, &by_hand, confirmed_by)
}

/// Whether Jira may hold what requests of ours created beside the row's own.
fn may_be_left(row: &RowState) -> bool {
    row.outcome == Outcome::Created && row.may_have_duplicates() > 0
}

pub(super) fn is_gone(row: &RowState) -> bool {
    let removal = row.removal.as_ref();
    removal.is_some_and(|removal| removal.outcome.is_gone())
}

/// How the session is confirmed, where that needs no question; none if somebody is to be asked.
fn confirmation(settings: &UndoSettings) -> Result<Option<ConfirmedBy>, Failure> {
    if settings.dry_run {
        return Ok(Some(ConfirmedBy::NotNeeded));
    }
    let (why, help) = if settings.duplicates {
        (
            "there is nobody to ask, and each double is asked for",
            "run it on a terminal",
        )
    } else {
        (
            "there is nobody to ask, and no --yes; nothing was removed",
            "look at the plan with `--dry-run`, then give `--yes`",
        )
    };
    settings
        .take_up
        .confirmation(Failure::usage(why).help(help))
}

/// Ends an undo after which `imbalance` was found.
fn conclude(
    settings: &UndoSettings,
    run: &TakenUp,
    stopped: Option<&Stop>,
    imbalance: &Imbalance,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let is_selected = |n: u32| {
        let row = run.state().row(n);
        row.is_some_and(|row| settings.selection.has(row))
    };
    let is_ours = |double: &Duplicate| {
        let row = run.state().row(double.n);
        is_selected(double.n) && row.is_some_and(|row| row.may_have_created > 1)
    };
    let are_doubles = imbalance.doubles.iter().any(is_ours);
    let have_appeared = imbalance.appeared.iter().any(|n| is_selected(*n));
    // Nothing that was to be taken back is gone as long as nobody knows whether it is there.
    let are_in_doubt = !settings.duplicates
        && run
            .state()
            .rows()
            .any(|(_, row)| row.outcome == Outcome::InDoubt && settings.selection.has(row));
    let are_in_doubt = are_in_doubt || have_appeared;
    let invocation = &settings.take_up.invocation;
    let next = |report: &Report| {
        let of_run = run.next(invocation);
        let is_left = stopped.is_some() || report.is_something_left();
        if are_doubles && !is_left && !are_in_doubt {
            return next::remove_doubles(&of_run);
        }
        if report.may_lack_rows() && !is_left && !are_in_doubt {
            return next::after_undo_with_lost_rows();
        }
        next::after_undo(&of_run, is_left, are_in_doubt)
    };
    let is_left = |report: &Report| report.is_something_left() || are_in_doubt || are_doubles;
    RunFiles::of(&run.dir).conclude(stopped, invocation.is_json, is_left, next, screen)
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
    pub settings: &'a UndoSettings,
    pub session: Session<'a>,
}

impl Undoing<'_> {
    pub(super) fn plan(&self, run: &TakenUp, list: &[RemoteIntegration]) -> Vec<UndoneRow> {
        let selection = &self.settings.selection;
        plan_undo(
            run.state(),
            list,
            |row| selection.has(row),
            self.settings.also,
        )
    }

    fn take_back(
        &self,
        mut run: TakenUp,
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
        let agreed = if self.settings.duplicates {
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
        conclude(
            self.settings,
            &run,
            stopped.as_ref(),
            &imbalance,
            self.session.screen,
        )
    }

    fn doubles_to_remove(
        &self,
        run: &TakenUp,
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
        run: &TakenUp,
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
            let why = format!("{number} was not typed; nothing was removed");
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
            "Remove {what} from {} ({})?\nType the number to go on:",
            self.session.jira.target.title, self.session.jira.target.url
        );
        question::ask_number(&question, number, self.session.runtime, self.session.screen)
            == Reply::Yes
    }

    /// Jira's list, read until it is known which of `ids` it does not show.
    fn look_for(
        &self,
        run: &TakenUp,
        ids: &[i64],
        journal: &Journal,
    ) -> Result<Vec<RemoteIntegration>, Unagreed> {
        let session = &self.session;
        let looked = session.look(journal, async |appender, stop, tell| {
            let ledger = session.ledger(appender, Books::of_run(run.state()), stop, tell);
            let list = look_for(&ledger, ids).await;
            appender.commit([]).await?;
            Ok(stop.reason().map_or(list, Err))
        });
        looked.map_err(Unagreed::Failed)?.map_err(Unagreed::Stopped)
    }

    /// Deletes all, and looks whether Jira still holds something that the run created. Returns why it ended early, if it did,
    /// and what is there.
    fn remove(
        &self,
        run: &TakenUp,
        journal: Journal,
        events: Vec<Event>,
        deletions: Vec<Deletion>,
    ) -> Result<(Option<Stop>, Imbalance), Failure> {
        let number = deletions.len();
        let session = &self.session;
        let mut books = Books::of_run(run.state());
        for event in &events {
            if let Event::Plan(planned) = event
                && matches!(
                    planned.action,
                    PlannedAction::AlreadyGone | PlannedAction::Removed
                )
                && let Some(id) = planned.id
            {
                books.remove(planned.n, id);
            }
        }
        let must_balance = self.must_balance(run);
        let mut imbalance = Imbalance::default();
        let stopped = session.guard(journal, (number, 0), async |appender, stop, tell| {
            appender.commit(events).await?;
            let ledger = session.ledger(appender, books, stop, tell);
            let pace = &session.pace;
            let undo = Undo::new(&ledger, pace.concurrency, pace.retries, deletions);
            let mut stopped = undo.carry_out().await;
            if stopped.is_none() && must_balance {
                match ledger.audit(&[]).await {
                    Ok(found) => imbalance = found,
                    Err(reason) => stopped = Some(reason),
                }
            }
            close(appender, stopped).await
        })?;
        Ok((stopped, imbalance))
    }

    /// Whether several requests of ours may have created a row that is taken back. Whoever is asked for each double knows.
    fn must_balance(&self, run: &TakenUp) -> bool {
        let state = run.state();
        let may_be_left = |row: &RowState| self.settings.selection.has(row) && may_be_left(row);
        // What is new cannot be told by a journal that has lost what was there before.
        !self.settings.duplicates
            && state.baseline().is_some()
            && state.rows().any(|(_, row)| may_be_left(row))
    }

    fn end(&self, run: &TakenUp, journal: Journal, stopped: Option<Stop>) -> Result<Exit, Failure> {
        let stopped = self.session.close(journal, stopped)?;
        let unknown = Imbalance::default();
        conclude(
            self.settings,
            run,
            stopped.as_ref(),
            &unknown,
            self.session.screen,
        )
    }
}

pub(super) fn type_of(row: &RowState) -> Option<IntegrationType> {
    IntegrationType::from_name(row.type_name.as_deref()?)
}

/// What is written down of a plan, and what is to be deleted.
fn planned(run: &TakenUp, plan: &[UndoneRow]) -> (Vec<Event>, Vec<Deletion>) {
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
