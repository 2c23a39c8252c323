//! The last step of a run that ended before it came to it: the comparison with Jira's list.

use super::connect::connect;
use super::exit::Failure;
use super::runtime::Runtime;
use super::session::{Session, Work};
use super::settings::{ConnectSettings, TakeUpSettings};
use super::take_up::TakenUp;
use crate::engine::{Books, Stop};
use crate::journal::SessionKind;
use crate::render::Screen;

/// Compares the rows of `run`, of which none is left to be sent, with what Jira holds. Nothing is sent for that. Returns why
/// it ended early, if it did.
pub(super) fn balance(
    settings: &TakeUpSettings,
    run: &TakenUp,
    screen: &Screen,
) -> Result<Option<Stop>, Failure> {
    let connecting = ConnectSettings::for_run(settings.connect.clone(), run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let (jira, _) = runtime.block_on(connect(&connecting, settings.pace, screen))?;
    let _lock = run.lock_jira()?;
    let after_kill = run.next(&settings.invocation).resume();
    let session = Session::on(run, settings, after_kill, (&runtime, &jira), screen);
    let journal = session.begin(run, SessionKind::Resume, None, &connecting)?;
    let appender = journal.appender();
    let begin = async move { appender.commit([]).await };
    let work = Work {
        books: Books::of_run(run.state()),
        jobs: Vec::new(),
        in_doubt: Vec::new(),
        existing: 0,
    };
    session.carry_out(journal, begin, work)
}
