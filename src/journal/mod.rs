//! The durable truth of a run: its events on disk, the fold over them, and the directory that holds them.
//!
//! Uses only `model`. The decision to know: an event is written and synced *before* what it announces is done, and
//! everything that is later said about a run comes from [`RunState`], the fold over its events. So the report after a
//! crash is made by the same code as the report at the end.

mod attempt;
mod disk;
#[cfg(test)]
mod earlier_versions;
mod event;
mod event_parts;
mod find;
mod line;
mod lock;
mod queue;
mod reader;
mod removal;
mod row_event;
mod row_state;
mod run_dir;
#[cfg(test)]
pub(crate) mod samples;
mod state;
mod stored;
mod time;
mod totals;
mod writer;

pub(crate) use disk::{create_private, sync_dir};
pub(crate) use event::{
    Audit, Ending, Event, Found, ListReason, Listed, RunOpened, SessionKind, SessionStart,
};
pub use event_parts::Remote;
pub(crate) use event_parts::{ConfirmedBy, Duplicate, Input, Jira, Key, NewIntegration, VERSION};
pub(crate) use find::{FindRunError, find_run};
pub(crate) use lock::{Lock, LockError};
#[cfg(test)]
pub(crate) use reader::End;
pub use reader::{ReadError, ReadRun, read, read_for_report};
pub(crate) use removal::{Removal, RemovalOutcome};
pub(crate) use row_event::{
    Answered, Excluded, Intent, Op, Planned, PlannedAction, RowRead, Settled, Verdict, Via,
};
pub use row_state::RowState;
pub use run_dir::lock_jira;
pub(crate) use run_dir::{JOURNAL_FILE, RunDir, RunDirError};
pub use state::RunState;
pub(crate) use stored::{PassedOver, StoredRun, StoredRuns};
pub(crate) use time::{in_millis, in_millis_or_null};
pub(crate) use totals::Totals;
pub(crate) use writer::{Appender, Journal, JournalError};
