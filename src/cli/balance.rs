//! The last step of a run that ended before it came to it: the comparison with Jira's list.

use super::connect::connect;
use super::context::Context;
use super::exit::Failure;
use super::loaded_run::{LoadedRun, RunArgs};
use super::runtime::Runtime;
use super::session::{Session, Work};
use crate::engine::{Matcher, Stop};
use crate::journal::SessionKind;

/// Compares the rows of `run`, of which none is left to be sent, with what Jira holds. Nothing is sent for that. Returns why
/// it ended early, if it did.
pub(super) fn balance(
    args: &RunArgs,
    run: &LoadedRun,
    context: &Context,
) -> Result<Option<Stop>, Failure> {
    let connect_args = &args.connect;
    let destination = connect_args.destination_of_run(run.id(), run.url())?;
    let runtime = Runtime::new()?;
    let (jira, _) = runtime.block_on(connect(
        connect_args,
        &destination,
        args.pace.pace(),
        &context.screen,
    ))?;
    let _lock = run.lock_jira()?;
    let after_kill = run.resume(&context.given).to_string();
    let session = Session::on(run, args, after_kill, (&runtime, &jira), context);
    let journal = session.begin(run, SessionKind::Resume, None, (connect_args, &destination))?;
    let appender = journal.appender();
    let begin = async move { appender.commit([]).await };
    let work = Work {
        matcher: Matcher::of_run(run.state()),
        jobs: Vec::new(),
        in_doubt: Vec::new(),
        existing: 0,
    };
    session.carry_out(journal, begin, work)
}
