//! Carries out what is planned: creations, updates and deletions, several at a time, each exactly once.
//!
//! Uses `plan`, `jira`, `journal` and `model`. The decision to know: nothing is sent before its intent is on disk, and
//! what is not certain not to have happened is never sent again. It never prints: it tells [`RunEvent`]s to a listener.

mod context;
mod event;
mod executor;
mod guards;
mod join;
mod list;
mod matcher;
mod open;
mod operations;
mod pacer;
mod queue;
mod settle;
mod stop;
mod undo;

pub(crate) use context::{SessionContext, Settling};
pub(crate) use event::RunEvent;
pub(crate) use executor::{Executor, Settings};
pub(crate) use join::{Joined, SheetNow, join, rows_in};
pub(crate) use list::read;
pub(crate) use matcher::{MatchRow, Matcher, RowStatus};
pub(crate) use open::{Opening, open, planned};
pub(crate) use operations::{
    Creation, Deletion, Job, Operation, SentRow, Update, check_unread, settle_deletions,
};
pub(crate) use pacer::{Pace, Pacer};
pub(crate) use settle::{Unsettled, settle};
pub(crate) use stop::{Stop, StopSwitch};
pub(crate) use undo::{Fate, UndoOptions, UndoneRow, agreed, duplicates, list_for_undo, plan_undo};
