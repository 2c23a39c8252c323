//! Carries a plan out: bounded concurrency, pacing, what an answer means for the run.
//!
//! Uses `plan`, `jira`, `journal` and `model`. The decision to know: nothing is sent before its intent is on disk, and
//! what is not certain is never sent again. It never prints: it tells [`RunEvent`]s to whoever listens.

mod attempt;
mod event;
mod list;
mod open;
mod pacer;
mod run;
mod stop;
mod streak;

pub use event::RunEvent;
pub use list::{ListError, read_list};
pub use open::{Opening, open};
pub use pacer::Pacer;
pub use run::{Run, Settings};
pub use stop::{Stop, StopSwitch};
