//! The last step of a run that ended before it came to it: the comparison with Jira's list.

use super::carry_out::{Session, Work};
use super::connect::connect;
use super::dispatch::runtime;
use super::exit::Failure;
use super::facts::session;
use super::next;
use super::settings::{ConnectSettings, ResumeSettings};
use super::take_up::TakenUp;
use crate::engine::{Books, Stop};
use crate::journal::{ConfirmedBy, Event, Journal, SessionKind};
use crate::render::Screen;

/// Compares the rows of `run`, of which none is left to be sent, with what Jira holds. Nothing is sent for that. Returns why
/// it ended early, if it did.
pub(super) fn balance(
    settings: &ResumeSettings,
    run: &TakenUp,
    screen: &Screen,
) -> Result<Option<Stop>, Failure> {
    let connecting =
        ConnectSettings::for_run(settings.take_up.connect.clone(), run.id(), run.url())?;
    let runtime = runtime()?;
    let (jira, _) = runtime.block_on(connect(&connecting, settings.take_up.pace, screen))?;
    let _lock = run.lock_jira()?;
    let mut options = settings.take_up.pace.options();
    options.extend(connecting.options());
    let beginning = session(
        SessionKind::Resume,
        &jira.target,
        ConfirmedBy::NotNeeded,
        settings.take_up.pace.settle,
        options,
    );
    let journal = Journal::reopen(run.dir.path(), run.read.end)?;
    let appender = journal.appender();
    let begin = async move { appender.commit([Event::Session(Box::new(beginning))]).await };
    let session = Session {
        runtime: &runtime,
        jira: &jira,
        pace: settings.take_up.pace,
        progress: settings.take_up.invocation.progress,
        run_dir: &run.dir,
        screen,
        after_kill: next::resume(
            &settings.take_up.invocation.typed,
            run.id(),
            run.has_stdin(),
        ),
    };
    let work = Work {
        books: Books::of_run(run.state()),
        jobs: Vec::new(),
        in_doubt: Vec::new(),
        existing: 0,
    };
    session.carry_out(journal, begin, work)
}
