//! What is to be done: the records compared with what Jira already holds.
//!
//! Uses `model`. The decision to know: a plan is made by a pure function from records and a list, so a dry run, the plan
//! that is shown and the plan that is carried out are the same code.

mod make;
mod references;

pub(crate) use make::{Action, Plan, PlannedRow, Vanished};
