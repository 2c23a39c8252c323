//! `gij undo`.

use jiff::Timestamp;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::carry_out::{RunPlace, Session, close};
use super::check::write_json;
use super::connect::{Connected, connect, list_again};
use super::dispatch::runtime;
use super::exit::{Exit, Failure};
use super::facts::session;
use super::question::Reply;
use super::settings::{ConnectSettings, UndoSettings};
use super::take_up::TakenUp;
use super::{next, question};
use crate::engine::{Books, Deletion, Fate, Ledger, Stop, Undo, UndoneRow, doubles, plan_undo};
use crate::journal::{Action, ConfirmedBy, Event, Journal, Planned, RowState, SessionKind};
use crate::model::{Outcome, RemoteIntegration};
use crate::render::{Screen, UndoPlan, count, undo_plan as plan_text};
use crate::report::{Report, document};

/// Deletes what a run created, and only that.
pub(super) fn undo(settings: &UndoSettings, screen: &Screen) -> Result<Exit, Failure> {
    let run = TakenUp::find(&settings.runs_dir, &settings.run)?;
    let is_left = |row: &RowState| {
        let is_created = row.outcome == Outcome::Created && !is_gone(row);
        is_created || row.outcome == Outcome::InDoubt
    };
    if !run.state().rows().any(|(_, row)| is_left(row)) {
        screen.info(&format!(
            "nothing that {} created is left to remove\n",
            run.id()
        ));
        return conclude(settings, &run, None, screen);
    }
    if let (false, false) = (
        settings.selection.is_all(),
        run.state()
            .rows()
            .any(|(_, row)| settings.selection.has(row)),
    ) {
        let failure = format!("`--rows` and `--only` select no row of {}", run.id());
        return Err(Failure::usage(failure));
    }
    let confirmed_by = confirmation(settings)?;
    let connecting = ConnectSettings::for_run(settings.connect.clone(), run.id(), run.url())?;
    let runtime = runtime()?;
    let (jira, list) = runtime.block_on(connect(&connecting, settings.pace, screen))?;
    let undoing = Undoing {
        settings,
        runtime: &runtime,
        jira: &jira,
        screen,
    };
    if settings.dry_run {
        return undoing.dry_run(&run, &list);
    }
    let _lock = run.lock_jira()?;
    let journal = Journal::reopen(run.dir.path(), run.read.end)?;
    let mut options = settings.pace.options();
    options.extend(connecting.options());
    let beginning = session(
        SessionKind::Undo,
        &jira.target,
        confirmed_by.unwrap_or(ConfirmedBy::NotNeeded),
        settings.pace.settle,
        options,
    );
    journal
        .appender()
        .append([Event::Session(Box::new(beginning))])?;
    undoing.take_back(run, journal, confirmed_by)
}

fn is_gone(row: &RowState) -> bool {
    let removal = row.removal.as_ref();
    removal.is_some_and(|removal| removal.outcome.is_gone())
}

/// How the session is confirmed, where that needs no question; none if somebody is to be asked.
fn confirmation(settings: &UndoSettings) -> Result<Option<ConfirmedBy>, Failure> {
    if settings.dry_run {
        Ok(Some(ConfirmedBy::NotNeeded))
    } else if settings.yes {
        Ok(Some(ConfirmedBy::Yes))
    } else if question::can_ask() {
        Ok(None)
    } else if settings.duplicates {
        let failure = Failure::usage("there is nobody to ask, and each double is asked for");
        Err(failure.help("run it on a terminal"))
    } else {
        let failure = Failure::usage("there is nobody to ask, and no --yes; nothing was removed");
        Err(failure.help("look at the plan with `--dry-run`, then give `--yes`"))
    }
}

fn conclude(
    settings: &UndoSettings,
    run: &TakenUp,
    stopped: Option<&Stop>,
    screen: &Screen,
) -> Result<Exit, Failure> {
    RunPlace::of(run.dir.path()).conclude_as(
        stopped,
        settings.is_json,
        |report| {
            let is_left = stopped.is_some() || report.is_something_left();
            next::after_undo(&settings.typed, run.id(), is_left)
        },
        exit_of,
        screen,
    )
}

fn exit_of(report: &Report, stopped: Option<&Stop>) -> Exit {
    match stopped {
        Some(stop) if stop.is_interrupted() => Exit::Interrupted,
        Some(_) => Exit::Stopped,
        None if report.is_something_left() => Exit::Incomplete,
        None => Exit::Done,
    }
}

/// A row of the plan of an undo, in the document of `--format json`.
#[derive(Serialize)]
struct PlanRow {
    row: String,
    id: i64,
    action: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct PlanDocument {
    format: u32,
    run: String,
    in_doubt: u64,
    plan: Vec<PlanRow>,
}

/// An undo that reached Jira.
struct Undoing<'a> {
    settings: &'a UndoSettings,
    runtime: &'a Runtime,
    jira: &'a Connected,
    screen: &'a Screen,
}

impl Undoing<'_> {
    fn plan(&self, run: &TakenUp, list: &[RemoteIntegration]) -> Vec<UndoneRow> {
        let selection = &self.settings.selection;
        plan_undo(
            run.state(),
            list,
            |row| selection.has(row),
            self.settings.also,
        )
    }

    fn dry_run(&self, run: &TakenUp, list: &[RemoteIntegration]) -> Result<Exit, Failure> {
        let plan = self.plan(run, list);
        if self.settings.is_json {
            let rows = plan.iter().map(|undone| PlanRow {
                row: place_of(run, undone.n),
                id: undone.id,
                action: match undone.fate {
                    Fate::Delete => "remove",
                    Fate::LeaveAlone(_) => "leave_alone",
                    Fate::AlreadyGone => "already_gone",
                },
                reason: match &undone.fate {
                    Fate::LeaveAlone(why) => Some(why.clone()),
                    _ => None,
                },
            });
            let shown = PlanDocument {
                format: 1,
                run: run.id().to_owned(),
                in_doubt: run.state().totals().in_doubt,
                plan: rows.collect(),
            };
            write_json(&document(&shown), self.screen)?;
        } else {
            self.screen.result(&self.in_words(run, &plan));
            self.screen.result("dry run: nothing was removed\n");
            let next = next::after_undo_dry_run(&self.settings.typed);
            self.screen.info(&format!("\nNext: {next}\n"));
        }
        Ok(Exit::Done)
    }

    fn in_words(&self, run: &TakenUp, plan: &[UndoneRow]) -> String {
        let mut shown = UndoPlan {
            in_doubt: run.state().totals().in_doubt,
            ..UndoPlan::default()
        };
        for undone in plan {
            let row = run.state().row(undone.n);
            let name = row.and_then(|row| row.name.as_deref());
            let name = name.unwrap_or("(no display name)");
            let line = format!("{}  {name}  id {}", place_of(run, undone.n), undone.id);
            match &undone.fate {
                Fate::Delete => shown.deleted.push(line),
                Fate::LeaveAlone(why) => {
                    shown.left_alone.entry(why.clone()).or_default().push(line);
                }
                Fate::AlreadyGone => shown.already_gone.push(line),
            }
        }
        plan_text(&shown, run.id(), &self.jira.target)
    }

    fn take_back(
        &self,
        mut run: TakenUp,
        journal: Journal,
        confirmed_by: Option<ConfirmedBy>,
    ) -> Result<Exit, Failure> {
        if run.state().baseline().is_some() {
            let stopped = self.session(&run).settle(&run, &[], &journal)?;
            if stopped.is_some() {
                return self.end(&run, journal, stopped);
            }
            run.read_again()?;
        }
        let list = match list_again(self.runtime, self.jira, self.screen) {
            Ok(list) => list,
            Err(failure) => return Err(self.session(&run).fail(journal, failure)),
        };
        let (mut events, deletions) = if self.settings.duplicates {
            let Some(deletions) = self.ask_for_doubles(&run, &list) else {
                return self.decline(&run, journal, "nothing was removed");
            };
            (Vec::new(), deletions)
        } else {
            let plan = self.plan(&run, &list);
            let must_ask = confirmed_by.is_none();
            let text = self.in_words(&run, &plan);
            if must_ask {
                self.screen.problem(&text);
            } else {
                self.screen.info(&text);
            }
            let number = plan
                .iter()
                .filter(|undone| undone.fate == Fate::Delete)
                .count();
            if must_ask && number > 0 && !self.ask(number) {
                let why = format!("{number} was not typed; nothing was removed");
                return self.decline(&run, journal, &why);
            }
            planned(&run, &plan)
        };
        if confirmed_by.is_none() && !deletions.is_empty() {
            events.push(Event::Confirmed {
                by: ConfirmedBy::Answer,
                at: Timestamp::now(),
            });
        }
        let stopped = self.remove(&run, journal, events, deletions)?;
        conclude(self.settings, &run, stopped.as_ref(), self.screen)
    }

    /// Ends a session that nobody agreed to.
    fn decline(&self, run: &TakenUp, journal: Journal, why: &str) -> Result<Exit, Failure> {
        self.close(journal, Some(Stop::Interrupted))?;
        RunPlace::of(run.dir.path()).write_reports()?;
        self.screen.problem(&format!("{why}\n"));
        Ok(Exit::Interrupted)
    }

    fn ask(&self, number: usize) -> bool {
        let what = count(number as u64, "integration", "integrations");
        let question = format!(
            "Remove {what} from {} ({})? Type the number to go on:",
            self.jira.target.title, self.jira.target.url
        );
        question::ask_number(&question, number, self.runtime, self.screen) == Reply::Yes
    }

    /// Asks for each double of ours whether it is to be removed; none if somebody interrupts.
    fn ask_for_doubles(&self, run: &TakenUp, list: &[RemoteIntegration]) -> Option<Vec<Deletion>> {
        let (ours, theirs) = doubles(run.state(), list);
        for double in &theirs {
            self.screen.problem(&format!(
                "note: {} is there more than once, and one request was sent for it: the other is someone else's and is left alone\n",
                place_of(run, double.n)
            ));
        }
        if ours.is_empty() {
            self.screen.info("there are no doubles to remove\n");
        }
        let mut deletions = Vec::new();
        for double in ours {
            let Some(row) = run.state().row(double.n) else {
                continue;
            };
            let own = row.remote.map(|remote| remote.id);
            let mut attempt = row.last_intent;
            // Of a row in doubt the first one is kept.
            let kept = own.or_else(|| Some(double.remotes.first()?.id));
            for remote in double
                .remotes
                .iter()
                .filter(|remote| Some(remote.id) != kept)
            {
                let created = remote
                    .init_date
                    .and_then(|ms| Timestamp::from_millisecond(ms).ok())
                    .map(|at| format!(" of {}", at.strftime("%-d %b %Y %H:%M:%S UTC")));
                let question = format!(
                    "Remove integration {}{}, a double of {} ({}), which keeps {}?",
                    remote.id,
                    created.unwrap_or_default(),
                    place_of(run, double.n),
                    row.name.as_deref().unwrap_or_default(),
                    kept.unwrap_or_default(),
                );
                let reply = question::ask(&question, self.runtime, self.screen);
                if reply == Reply::Interrupted {
                    return None;
                }
                if reply == Reply::Yes {
                    deletions.push(Deletion {
                        n: double.n,
                        id: remote.id,
                        attempt,
                        was_in_doubt: false,
                    });
                    attempt += 1;
                }
            }
        }
        Some(deletions)
    }

    fn session<'s>(&'s self, run: &'s TakenUp) -> Session<'s> {
        Session {
            runtime: self.runtime,
            jira: self.jira,
            pace: self.settings.pace,
            progress: self.settings.progress,
            run_dir: &run.dir,
            screen: self.screen,
            after_kill: next::undo(&self.settings.typed, run.id()),
        }
    }

    fn remove(
        &self,
        run: &TakenUp,
        journal: Journal,
        events: Vec<Event>,
        deletions: Vec<Deletion>,
    ) -> Result<Option<Stop>, Failure> {
        let number = deletions.len();
        let session = self.session(run);
        session.guard(journal, (number, 0), async |appender, stop, tell| {
            appender.commit(events).await?;
            let ledger = Ledger::new(
                &self.jira.client,
                appender.clone(),
                Books::of_run(run.state()),
                &self.jira.pacer,
                self.settings.pace.settle,
                stop,
                tell,
            );
            let pace = &self.settings.pace;
            let undo = Undo::new(&ledger, pace.concurrency, pace.retries, deletions);
            let stopped = undo.carry_out().await;
            close(appender, stopped).await
        })
    }

    fn end(&self, run: &TakenUp, journal: Journal, stopped: Option<Stop>) -> Result<Exit, Failure> {
        let stopped = self.close(journal, stopped)?;
        conclude(self.settings, run, stopped.as_ref(), self.screen)
    }

    fn close(&self, journal: Journal, stopped: Option<Stop>) -> Result<Option<Stop>, Failure> {
        let stopped = self.runtime.block_on(close(&journal.appender(), stopped))?;
        journal.close()?;
        Ok(stopped)
    }
}

fn place_of(run: &TakenUp, n: u32) -> String {
    run.state()
        .row(n)
        .map_or_else(String::new, |row| row.place.to_string())
}

/// What is written down of a plan, and what is to be deleted.
fn planned(run: &TakenUp, plan: &[UndoneRow]) -> (Vec<Event>, Vec<Deletion>) {
    let mut events = Vec::new();
    let mut deletions = Vec::new();
    for undone in plan {
        let (action, reason) = match &undone.fate {
            Fate::Delete => {
                let row = run.state().row(undone.n);
                deletions.push(Deletion {
                    n: undone.n,
                    id: undone.id,
                    attempt: row.map_or(0, |row| row.last_intent),
                    was_in_doubt: undone.was_in_doubt,
                });
                continue;
            }
            Fate::LeaveAlone(why) => (Action::LeaveAlone, why.as_str()),
            Fate::AlreadyGone if undone.was_in_doubt => {
                (Action::Removed, "Jira's list does not show it any more")
            }
            Fate::AlreadyGone => (Action::AlreadyGone, "Jira's list did not show it any more"),
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
