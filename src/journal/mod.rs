//! The durable truth of a run: its events on disk, the fold over them, and the directories of the runs.
//!
//! Uses only `model`. The decision to know: an event is written and synced *before* what it announces is done, and
//! everything that is later told of a run comes from [`RunState`], the fold over its events. So the report after a
//! crash is made by the same code as the report at the end.

mod deletion;
mod disk;
mod event;
mod history;
mod reader;
mod row_event;
mod row_state;
mod run_dir;
mod runs;
#[cfg(test)]
pub(crate) mod samples;
mod state;
mod writer;

pub(crate) use deletion::{Removal, RemovalOutcome};
pub(crate) use disk::{Lock, LockError, create_private, sync_dir};
pub(crate) use event::{
    Audit, ConfirmedBy, Discrepancies, Duplicate, Ending, Event, Found, Input, Jira, ListReason,
    Listed, RunOpened, SessionKind, SessionStart, VERSION,
};
pub(crate) use history::{History, PastRun, RecentDeletions};
#[cfg(test)]
pub(crate) use reader::End;
pub use reader::{ReadError, ReadRun, read};
pub(crate) use row_event::{
    Answered, Intent, Op, Planned, PlannedAction, RowRead, Settled, Verdict, Via, in_millis,
    in_millis_or_null,
};
pub use row_state::RowState;
pub use run_dir::lock_jira;
pub(crate) use run_dir::{JOURNAL_FILE, RunDir, RunDirError};
pub(crate) use runs::{FindRunError, SkippedDir, StoredRun, StoredRuns, find_run};
pub use state::RunState;
pub(crate) use state::Totals;
pub(crate) use writer::{Appender, Journal, JournalError};
