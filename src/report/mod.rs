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
mod template;
mod verify;

pub use atomic::{WriteError, write};
pub use check::{CheckReport, CheckedFile, CheckedRows, PlannedRow};
pub use doctor::{DoctorReport, Finding, Health, Question};
pub use form::Form;
pub use json::check_json;
pub(crate) use json::document;
pub use run::{
    AuditFacts, DoubleFacts, DoubleRemoval, InputFacts, InputRows, Report, ReportRow, RunFacts,
};
pub use runs::{ListedRun, NextStep, OtherDirectory, RunEnding, RunsReport, Work};
pub use sentence::opening_sentence;
pub use template::{Template, TemplateForm, UnknownTemplateForm};
pub use verify::{IndexState, VerifiedRow, VerifyReport, VerifyTotals};
