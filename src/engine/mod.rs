//! Carries a plan out: bounded concurrency, pacing, what an answer means for the run.
//!
//! Uses `plan`, `jira`, `journal` and `model`. The decision to know: nothing is sent before its intent is on disk, and
//! what is not certain is never sent again. It never prints: it tells [`RunEvent`]s to whoever listens.

mod attempt;
mod books;
mod event;
mod join;
mod ledger;
mod list;
mod open;
mod pacer;
mod queue;
mod run;
mod stop;
mod streak;
mod undo;

pub(crate) use books::{BookRow, Books, Imbalance, Standing};
pub(crate) use event::RunEvent;
pub(crate) use join::{InvalidRow, Joined, SheetNow, join};
pub(crate) use ledger::{Ledger, Settling, Unsettled};
pub(crate) use list::{ListError, read_list};
pub(crate) use open::{Opening, open, planned};
pub(crate) use pacer::{Pace, Pacer};
pub(crate) use queue::Job;
pub(crate) use run::{Run, Settings};
pub(crate) use stop::{Stop, StopSwitch};
pub(crate) use undo::{
    Deletion, Fate, TakeBack, Undo, UndoneRow, agreed, doubles, look_for, plan_undo,
    settle_deletions,
};
