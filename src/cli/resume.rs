//! `gij resume`.

use std::fmt::Write as _;

use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::balance::balance;
use super::by_hand::by_hand;
use super::carry_out::{RunPlace, Session, Work, close};
use super::connect::{Connected, connect, list_again};
use super::dispatch::runtime;
use super::exit::{Exit, Failure};
use super::facts::session;
use super::projects::{self, Resolved};
use super::question::Reply;
use super::resume_sheets::Sheets;
use super::settings::{ConnectSettings, ResumeSettings};
use super::settle::ByHand;
use super::take_up::TakenUp;
use super::{import, next, question, signals};
use crate::engine::{Books, Job, Standing, Stop, planned};
use crate::journal::{
    ConfirmedBy, Ending, Event, Found, Journal, JournalError, ListReason, Listed, RowState,
    SessionKind,
};
use crate::model::{Outcome, RemoteIntegration, Row};
use crate::plan::{Action, Plan};
use crate::render::{Screen, count, diagnostics, plan as plan_text, run_line};

/// Settles what is in doubt, then creates what is still to be created.
pub(super) fn resume(settings: &ResumeSettings, screen: &Screen) -> Result<Exit, Failure> {
    let run = TakenUp::find(&settings.take_up.runs_dir, &settings.take_up.run)?;
    if run.state().is_undone() {
        let failure = Failure::usage(format!("{} is being undone", run.id()));
        return Err(failure.help(format!("go on with that: gij undo {}", run.id())));
    }
    if let Some(line) = run.read.damaged.first() {
        screen.problem(&format!(
            "warning: the journal is damaged at line {line}; every row that was not certain by then counts as sent, and rows may be \
             missing\n"
        ));
    }
    if run.state().has_begun() && !run.state().rows().any(|(_, row)| is_left(row)) {
        return end_done(settings, &run, screen);
    }
    let connecting =
        ConnectSettings::for_run(settings.take_up.connect.clone(), run.id(), run.url())?;
    let sheets = Sheets::read(&run, settings)?;
    sheets.refuse_invalid(&run, screen)?;
    let confirmed_by = confirmation(settings)?;
    let runtime = runtime()?;
    let (jira, remote) = runtime.block_on(connect(&connecting, settings.take_up.pace, screen))?;
    let _lock = run.lock_jira()?;
    let by_hand = by_hand(
        (&settings.take_up.adopt, &settings.take_up.absent),
        &run,
        &remote,
    )?;
    let mut options = settings.take_up.pace.options();
    options.extend(connecting.options());
    let beginning = session(
        SessionKind::Resume,
        &jira.target,
        confirmed_by.unwrap_or(ConfirmedBy::NotNeeded),
        settings.take_up.pace.settle,
        options,
    );
    let journal = Journal::reopen(run.dir.path(), run.read.end)?;
    journal
        .appender()
        .append([Event::Session(Box::new(beginning))])?;
    let resumption = Resumption {
        settings,
        runtime: &runtime,
        jira: &jira,
        sheets,
        confirmed_by,
        screen,
    };
    resumption.go_on(run, journal, &by_hand)
}

/// Ends a run of which no row is left.
fn end_done(settings: &ResumeSettings, run: &TakenUp, screen: &Screen) -> Result<Exit, Failure> {
    let has_come_to_its_end = matches!(run.state().closed(), Some((Ending::Complete, _)));
    let stopped = if has_come_to_its_end {
        screen.info(&format!("nothing is left to do in {}\n", run.id()));
        None
    } else {
        screen.info(&format!(
            "no row is left to be sent in {}, but it ended before all was compared with Jira's list\n",
            run.id()
        ));
        balance(settings, run, screen)?
    };
    conclude(settings, run, stopped.as_ref(), screen)
}

fn is_left(row: &RowState) -> bool {
    is_to_be_sent(row.outcome) || is_in_doubt(row.outcome)
}

fn is_to_be_sent(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NotAttempted | Outcome::Failed)
}

/// How many rows a run creates at most that ended before its plan was on disk; else the plan has said so.
fn limit(run: &TakenUp) -> Option<usize> {
    let most = run.state().opened().options.get("limit")?;
    (!run.state().has_begun()).then(|| most.parse().ok())?
}

fn is_in_doubt(outcome: Outcome) -> bool {
    outcome == Outcome::InDoubt
}

/// How the session is confirmed, where that needs no question; none if somebody is to be asked.
fn confirmation(settings: &ResumeSettings) -> Result<Option<ConfirmedBy>, Failure> {
    if settings.take_up.yes {
        Ok(Some(ConfirmedBy::Yes))
    } else if question::can_ask() {
        Ok(None)
    } else {
        let failure = Failure::usage("there is nobody to ask, and no --yes; nothing was sent");
        Err(failure.help("give `--yes` to go on with the run as it was planned"))
    }
}

fn conclude(
    settings: &ResumeSettings,
    run: &TakenUp,
    stopped: Option<&Stop>,
    screen: &Screen,
) -> Result<Exit, Failure> {
    RunPlace::of(run.dir.path()).conclude(
        stopped,
        settings.take_up.invocation.is_json,
        |report| next::after_run(&settings.take_up.invocation.typed, run.id(), report),
        screen,
    )
}

/// A session that goes on with a run.
struct Resumption<'a> {
    settings: &'a ResumeSettings,
    runtime: &'a Runtime,
    jira: &'a Connected,
    sheets: Sheets,
    confirmed_by: Option<ConfirmedBy>,
    screen: &'a Screen,
}

impl Resumption<'_> {
    fn go_on(
        mut self,
        mut run: TakenUp,
        journal: Journal,
        by_hand: &[ByHand],
    ) -> Result<Exit, Failure> {
        if let Some(stop) = self.session(&run).settle(&run, by_hand, &journal)? {
            return self.end(&run, journal, Some(stop));
        }
        run.read_again()?;
        if run.has_lost_baseline() {
            self.screen.failure(
                "the journal has lost what Jira held before the run, so nothing more can be sent",
                Some("look in Jira for the rows in doubt; import those that are missing from a sheet of their own"),
            );
            let stopped = self.close(journal, None)?;
            RunPlace::of(run.dir.path()).conclude(
                stopped.as_ref(),
                self.settings.take_up.invocation.is_json,
                |_| next::without_baseline(),
                self.screen,
            )?;
            return Ok(Exit::Stopped);
        }
        if let Err(failure) = self.sheets.refuse_invalid(&run, self.screen) {
            self.end_quietly(&run, journal, None)?;
            return Err(failure);
        }
        let listed_at = Timestamp::now();
        let (rows, added) = self.rows_to_send(&run);
        let resolving = projects::resolve(&self.jira.client, rows);
        let resolved = self
            .runtime
            .block_on(signals::unless_interrupted(resolving))
            .unwrap_or_else(|| Err(Stop::Interrupted.into()));
        let Resolved { rows, found, .. } = match resolved {
            Ok(resolved) => resolved,
            Err(failure) => return Err(self.session(&run).fail(journal, failure)),
        };
        if found.has_errors() {
            self.screen.problem(&diagnostics(&found));
            self.end_quietly(&run, journal, None)?;
            return Err(Failure::new(Exit::Invalid, "nothing was sent"));
        }
        let books = Books::of_run(run.state());
        let remote = match self.list_without(&books) {
            Ok(remote) => remote,
            Err(failure) => return Err(self.session(&run).fail(journal, failure)),
        };
        let mut plan = Plan::new(rows, &remote);
        if let Some(most) = limit(&run) {
            plan = plan.limited_to(most);
        }
        let to_create = plan.to_create().count();
        let must_ask = self.confirmed_by.is_none() && to_create > 0;
        self.show(&run, &plan, must_ask);
        if must_ask && import::ask(to_create, self.runtime, self.jira, self.screen) != Reply::Yes {
            self.end_quietly(&run, journal, Some(Stop::Interrupted))?;
            self.screen.problem("nothing was sent\n");
            return Ok(Exit::Interrupted);
        }
        let plan = if must_ask {
            // Much may have happened in Jira since the plan was shown.
            let again = self
                .list_without(&books)
                .and_then(|remote| Ok(plan.again(&remote)?));
            match again {
                Ok(plan) => plan,
                Err(failure) => return Err(self.session(&run).fail(journal, failure)),
            }
        } else {
            plan
        };
        let stopped = self.carry_out(&run, journal, &plan, added, listed_at, must_ask)?;
        drop(plan);
        conclude(self.settings, &run, stopped.as_ref(), self.screen)
    }

    fn session<'s>(&'s self, run: &'s TakenUp) -> Session<'s> {
        Session {
            runtime: self.runtime,
            jira: self.jira,
            pace: self.settings.take_up.pace,
            progress: self.settings.take_up.invocation.progress,
            run_dir: &run.dir,
            screen: self.screen,
            after_kill: next::resume(
                &self.settings.take_up.invocation.typed,
                run.id(),
                run.has_stdin(),
            ),
        }
    }

    /// What Jira holds apart from what belongs to a row already, which is no other row's.
    fn list_without(&self, books: &Books) -> Result<Vec<RemoteIntegration>, Failure> {
        let mut list = list_again(self.runtime, self.jira, self.screen)?;
        list.retain(|remote| !books.is_claimed(remote.id));
        Ok(list)
    }

    /// The rows that are still to be sent, as the sheets have them now; and those that the journal of a run that had not
    /// begun does not know yet.
    fn rows_to_send(&mut self, run: &TakenUp) -> (Vec<Row>, Vec<Event>) {
        let joined = &mut self.sheets.joined;
        let known = std::mem::take(&mut joined.rows);
        let mut rows: Vec<Row> = known
            .into_values()
            .filter(|row| {
                let known = run.state().row(row.n);
                known.is_some_and(|known| is_to_be_sent(known.outcome))
            })
            .collect();
        let mut added = Vec::new();
        if !run.state().has_begun() {
            let (valid, read) = self.sheets.take_unread(run.state());
            rows.extend(valid);
            added.extend(read.into_iter().map(|row| Event::Row(Box::new(row))));
        }
        (rows, added)
    }

    fn show(&self, run: &TakenUp, plan: &Plan, must_ask: bool) {
        let in_doubt = run.state().totals().in_doubt;
        let created = run.state().totals().created;
        let mut text = run_line(run.id(), created);
        text.push_str(&plan_text(plan, &self.jira.target, &self.sheets.input));
        if in_doubt > 0 {
            let rows = count(in_doubt, "row stays", "rows stay");
            let _ = writeln!(text, "note: {rows} in doubt, not sent again");
        }
        text.push_str(&self.sheets.notes(run));
        if must_ask {
            self.screen.problem(&text);
        } else {
            self.screen.info(&text);
        }
    }

    fn carry_out(
        &self,
        run: &TakenUp,
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
        let mut books = Books::of_run(state);
        if !state.has_begun() {
            let baseline = plan.baseline().to_vec();
            let rows = plan.rows().iter();
            let rows = rows.filter(|row| row.action != Action::NotSelected);
            let rows = rows.map(|row| {
                (
                    row.row.n,
                    crate::engine::BookRow::of_row(&row.row, Standing::Open),
                )
            });
            books = Books::new(baseline.iter().copied(), rows);
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
            .filter(|id| !books.is_old(*id))
            .collect();
        books.know(known.iter().copied(), plan.to_create().map(|row| row.n));
        events.push(Event::Listed(Listed {
            why: ListReason::Plan,
            at: listed_at,
            node: None,
            found: Found::Ids(known),
        }));
        for row in plan.rows() {
            if let Action::Exists { id, .. } = row.action {
                books.set(row.row.n, Standing::Exists(id));
            }
        }
        events.extend(planned(plan));
        let jobs = plan.to_create().map(|row| Job {
            attempt: state.row(row.n).map_or(0, |row| row.last_intent),
            ..Job::new(row)
        });
        let in_doubt = state.rows().filter(|(_, row)| is_in_doubt(row.outcome));
        let work = Work {
            books,
            jobs: jobs.collect(),
            in_doubt: in_doubt.map(|(n, _)| n).collect(),
            existing: plan.existing().0,
        };
        let appender = journal.appender();
        let begin = async move { appender.commit(events).await };
        self.session(run).carry_out(journal, begin, work)
    }

    /// Writes the end of a session that does no more, and reports.
    fn end(&self, run: &TakenUp, journal: Journal, stopped: Option<Stop>) -> Result<Exit, Failure> {
        let stopped = self.close(journal, stopped)?;
        conclude(self.settings, run, stopped.as_ref(), self.screen)
    }

    /// Writes the end of a session that does no more, and the reports.
    fn end_quietly(
        &self,
        run: &TakenUp,
        journal: Journal,
        stopped: Option<Stop>,
    ) -> Result<(), Failure> {
        self.close(journal, stopped)?;
        RunPlace::of(run.dir.path()).write_reports()
    }

    fn close(&self, journal: Journal, stopped: Option<Stop>) -> Result<Option<Stop>, JournalError> {
        let stopped = self.runtime.block_on(close(&journal.appender(), stopped))?;
        journal.close()?;
        Ok(stopped)
    }
}
