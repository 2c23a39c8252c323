//! What is handed on before and after a run: one value for each, and one file per form that writes it out.
//!
//! Uses `journal` and `model`. The decision to know: a [`Report`] is made by folding the journal, never from what the
//! engine remembers, and every form is a pure function of it. The keys of the JSON are a contract;
//! the other forms follow it.

mod atomic;
mod check;
mod csv;
mod doctor;
#[cfg(test)]
mod dummy;
mod form;
mod json;
mod run;
mod runs;
mod sentence;
mod verify;

pub(crate) use atomic::write;
pub(crate) use check::{CheckReport, CheckedFile, CheckedRows, PlannedRow};
pub(crate) use doctor::{DoctorReport, Finding, Health, Question};
pub(crate) use form::Form;
pub(crate) use json::check_json;
pub(crate) use json::document;
pub use run::Report;
pub(crate) use run::{AuditFacts, DoubleFacts, ReportRow};
pub(crate) use runs::{ListedRun, NextStep, RunEnding, RunsReport, Work};
pub(crate) use sentence::opening_sentence;
pub(crate) use verify::{IndexState, VerifyReport};
