//! What is handed on: one value, [`Report`], for a check, a plan and a run, and one file for each form that it is written
//! in; and the smaller documents of other commands.
//!
//! Uses `journal`, `plan`, `model` and values of `validate`. The decision to know: the report of a run is made by folding
//! its journal, never from what the engine remembers, and every form is a pure function of the report. The keys of the
//! JSON are a contract; the other forms follow it.

mod atomic;
mod charts;
mod check;
mod column;
mod csv;
mod doctor;
#[cfg(test)]
mod dummy;
mod facts;
mod filters;
mod form;
mod html;
mod json;
mod junit;
mod markdown;
mod note;
mod part;
mod problem;
mod run;
mod runs;
mod sentence;
mod text;
mod value;
mod verify;
mod xlsx;

pub(crate) use atomic::{NewFile, WriteError, write};
pub(crate) use doctor::{DoctorFinding, DoctorReport, Health, Question};
pub use form::FORMS;
pub(crate) use form::Form;
pub(crate) use form::write_run_reports;
pub(crate) use json::write_document;
pub(crate) use part::part_path;
pub(crate) use problem::{ProblemGroup, ProblemPlace};
pub(crate) use runs::{NextStep, RunEnding, RunEntry, RunsReport};
pub use sentence::tally;
pub(crate) use text::one_line;
pub use value::Report;
pub(crate) use value::{IndexState, Made};
pub(crate) use verify::VerifyReport;
