//! What people see on their terminal: diagnostics, the plan, progress, the summary.
//!
//! Uses `model`, `plan`, the engine's events, `explain`, `journal` and `report`. The decision to know: texts are made by pure functions with
//! colour codes in them, and [`Screen`] takes the codes out where nobody can see colours.

mod bar_term;
mod diagnostics;
mod doctor;
mod explain;
mod plan;
mod progress;
mod runs;
mod screen;
mod style;
mod summary;
mod undo;
mod verify;
mod wrap;
mod writes;

pub use diagnostics::{diagnostics, more, tally};
pub use doctor::doctor;
pub use explain::explanation;
pub use plan::{Target, dry_run_rows, existing_rows, plan, run_line};
pub use progress::{Progress, ProgressStyle, waiting};
pub use runs::runs;
pub use screen::{Color, Screen};
pub use style::{command_line, count};
pub use summary::summary;
pub use undo::{UndoPlan, undo_plan};
pub use verify::verification;
pub use writes::Write;
