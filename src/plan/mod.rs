//! What to do with each row: the records compared with what Jira already holds.
//!
//! Uses `model`. The decision to know: a pure function makes a plan from records and a list, so that a dry run, the plan
//! that is shown and the plan that is carried out come from the same code.

mod digest;
mod index;
mod make;
mod update;

pub(crate) use digest::PlanDigest;
pub(crate) use make::{Action, Plan, PlannedRow, Vanished};
pub(crate) use update::{Change, integrations_of, update_problems};
