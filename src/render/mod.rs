//! What people see on their terminal: diagnostics, the plan, progress, the summary.
//!
//! Uses `model`, `plan`, the engine's events, `explain`, `journal` and `report`. The decision to know: pure functions make
//! texts with colour codes in them, and [`Screen`] removes the codes where colours cannot be shown.

mod diagnostics;
mod explain;
mod lines;
mod plan;
mod progress;
mod runs;
mod screen;
mod style;
mod summary;

pub use diagnostics::{Detail, diagnostics, more};
pub(crate) use explain::explanation;
pub(crate) use plan::{dry_run_rows, existing_rows, jira_at, jira_name, plan, run_line, undo_plan};
pub(crate) use progress::{Progress, ProgressStyle, waiting};
pub(crate) use runs::runs;
pub(crate) use screen::{Color, Screen};
pub(crate) use style::{command_line, count};
pub use summary::summary;
pub(crate) use summary::{doctor, exported, verification};
