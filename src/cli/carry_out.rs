//! A confirmed import: a last list, the journal, the engine, the report.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::check::write_json;
use super::connect::{Connected, list};
use super::exit::{Exit, Failure};
use super::facts::opening;
use super::settings::ImportSettings;
use super::{next, signals};
use crate::engine::{Opening, Run, RunEvent, Settings, Stop, StopSwitch, open};
use crate::journal::{
    self, Appender, ConfirmedBy, Ending, Event, JOURNAL_FILE, Journal, JournalError, Lock, RunDir,
};
use crate::plan::Plan;
use crate::render::{Progress, Screen, summary};
use crate::report::{self, Form, Report};
use crate::validate::Validation;

/// A plan that somebody agreed to.
pub(super) struct Confirmed {
    pub plan: Plan,
    pub by: ConfirmedBy,
    /// Held for as long as the run goes on.
    pub lock: Option<Lock>,
}

/// Creates what the plan says, and reports.
pub(super) fn carry_out(
    settings: &ImportSettings,
    runtime: &Runtime,
    input: &Validation,
    jira: &Connected,
    confirmed: Confirmed,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let Confirmed {
        plan,
        by,
        lock: _held,
    } = confirmed;
    // Much may have happened in Jira since the plan was shown.
    let listed_at = Timestamp::now();
    let remote = runtime.block_on(list(&jira.client, settings.pace, screen))?;
    let plan = plan.again(&remote);
    let first = settings
        .input
        .files
        .first()
        .map_or(Path::new("import"), |file| file);
    let run_dir = RunDir::create(
        &settings.runs_dir,
        settings.name.as_deref(),
        first,
        listed_at,
    )?;
    let journal = Journal::create(run_dir.path())?;
    let opening = opening(run_dir.id(), settings, input, &jira.target, by, listed_at);

    let stop = StopSwitch::default();
    let progress = Progress::new(
        screen,
        settings.progress,
        plan.to_create().count(),
        plan.existing().0,
    );
    let look = next::after_kill(settings);
    let ended = runtime.block_on(async {
        let tell = |event: RunEvent<'_>| progress.tell(event);
        let work = send(
            settings,
            jira,
            &plan,
            opening,
            journal.appender(),
            &stop,
            &tell,
        );
        tokio::select! {
            ended = work => ended,
            () = signals::watch(&stop, &progress, run_dir.path(), &look) => Ok(Some(Stop::Interrupted)),
        }
    });
    progress.finish();
    drop(progress);
    let closed = journal.close();
    let stopped = ended?;
    if stopped.is_none() {
        closed?;
    }
    let place = RunPlace::of(run_dir.path());
    let report = place.report()?;
    let written = place.write(&report, stopped.as_ref());
    tell_ending(settings, &report, stopped.as_ref(), screen)?;
    written?;
    tell_next(settings, &report, &place, screen);
    Ok(exit_of(&report, stopped.as_ref()))
}

/// Writes the beginning of the run, sends, writes its end.
async fn send(
    settings: &ImportSettings,
    jira: &Connected,
    plan: &Plan,
    opening: Opening,
    journal: Appender,
    stop: &StopSwitch,
    tell: &dyn Fn(RunEvent<'_>),
) -> Result<Option<Stop>, JournalError> {
    open(&journal, opening, plan).await?;
    let pace = Settings {
        concurrency: settings.pace.concurrency,
        max_wait: settings.pace.max_wait,
    };
    let rows = plan.to_create().count();
    let run = Run::new(&jira.client, journal.clone(), pace, rows, stop, tell);
    let stopped = run.create_all(plan.to_create()).await;
    let at = Timestamp::now();
    let mut last = Vec::new();
    if let Some(stop) = &stopped {
        last.push(Event::Stopped {
            why: stop.to_string().into(),
            at,
        });
    }
    let how = match stopped {
        None => Ending::Complete,
        Some(Stop::Interrupted) => Ending::Interrupted,
        Some(_) => Ending::Stopped,
    };
    last.push(Event::Closed { how, at });
    match journal.commit(last).await {
        // A run that stopped because of its journal has said so.
        Err(_) if matches!(stopped, Some(Stop::Journal(_))) => Ok(stopped),
        Err(error) => Err(error),
        Ok(()) => Ok(stopped),
    }
}

/// Where a run's files lie.
struct RunPlace {
    journal: PathBuf,
    json: PathBuf,
    csv: PathBuf,
}

impl RunPlace {
    fn of(dir: &Path) -> Self {
        Self {
            journal: dir.join(JOURNAL_FILE),
            json: dir.join("report.json"),
            csv: dir.join("report.csv"),
        }
    }

    /// The report, from what is on disk.
    fn report(&self) -> Result<Report, Failure> {
        let run =
            journal::read(&self.journal).map_err(|error| Failure::new(Exit::Stopped, error))?;
        Ok(Report::of_run(&run.state))
    }

    fn write(&self, report: &Report, stopped: Option<&Stop>) -> Result<(), Failure> {
        let written = report::write(&self.json, &Form::Json.render(report))
            .and_then(|()| report::write(&self.csv, &Form::Csv.render(report)));
        written.map_err(|error| {
            let failure = Failure::new(Exit::Stopped, error);
            match stopped {
                // The journal has the same disk, and says itself what it lacks.
                Some(Stop::Journal(_)) => failure,
                _ => failure.help(format!(
                    "no row is lost: {} holds what became of each",
                    self.journal.display()
                )),
            }
        })
    }
}

fn tell_ending(
    settings: &ImportSettings,
    report: &Report,
    stopped: Option<&Stop>,
    screen: &Screen,
) -> Result<(), Failure> {
    if let Some(stop) = stopped
        && !matches!(stop, Stop::Interrupted)
    {
        screen.failure(&stop.to_string(), stop.help().as_deref());
    }
    if settings.is_json {
        return write_json(&Form::Json.render(report), screen);
    }
    screen.result(&summary(report));
    Ok(())
}

fn tell_next(settings: &ImportSettings, report: &Report, place: &RunPlace, screen: &Screen) {
    if !settings.is_json {
        let (json, csv) = (place.json.display(), place.csv.display());
        screen.info(&format!("\nReport: {json}\n        {csv}\n"));
        screen.info(&format!("Next: {}\n", next::after_run(settings, report)));
    }
}

fn exit_of(report: &Report, stopped: Option<&Stop>) -> Exit {
    match stopped {
        Some(Stop::Interrupted) => Exit::Interrupted,
        Some(_) => Exit::Stopped,
        None => {
            let totals = &report.totals;
            let is_done = totals.created + totals.exists + totals.not_selected == totals.read;
            if is_done {
                Exit::Done
            } else {
                Exit::Incomplete
            }
        }
    }
}
