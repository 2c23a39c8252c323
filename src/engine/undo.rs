//! Taking back what a run created: which integrations, and their deletion.
//!
//! The decision to know: an integration is deleted only while Jira shows it as what the journal says the run created, and
//! deleting it twice does no harm, so an answer that says nothing is judged by the list and asked for again.

mod change;
mod delete;
mod look;
mod plan;

pub(crate) use delete::{Deletion, Undo};
pub(crate) use look::{look_for, settle_deletions};
pub(crate) use plan::{Fate, TakeBack, UndoneRow, agreed, doubles, plan_undo};
