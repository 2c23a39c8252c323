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

pub use books::{BookRow, Books, Find, Imbalance, Standing};
pub use event::RunEvent;
pub use join::{InvalidRow, Joined, SheetNow, join};
pub use ledger::{Ledger, Settling, Unsettled};
pub use list::{ListError, read_list};
pub use open::{Opening, open, planned};
pub use pacer::{Pace, Pacer};
pub use queue::Job;
pub use run::{Run, Settings};
pub use stop::{Stop, StopSwitch};
pub use undo::{
    Deletion, Fate, TakeBack, Undo, UndoneRow, agreed, doubles, look_for, plan_undo,
    settle_deletions,
};
