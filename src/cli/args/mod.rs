//! What can be typed: one file a topic, and the options that several commands share in groups.

mod cli;
mod common;
mod connect;
mod doctor;
mod explain;
mod import;
mod input;
mod pace;
mod resume;
mod runs;
mod sandbox;
mod take_up;
mod template;
mod undo;
mod values;
mod verify;

pub use cli::command;
pub(in crate::cli) use cli::{Cli, Command};
pub(in crate::cli) use common::{Common, Format, When};
pub(in crate::cli) use connect::ConnectArgs;
pub(in crate::cli) use doctor::DoctorArgs;
pub(in crate::cli) use explain::ExplainArgs;
pub(in crate::cli) use import::{ImportArgs, OnExisting};
pub(in crate::cli) use input::{CheckArgs, HiddenRowsHow, InputArgs};
pub(in crate::cli) use pace::PaceArgs;
pub(in crate::cli) use resume::ResumeArgs;
pub(in crate::cli) use runs::{RUNS_DIR, RunsArgs};
pub(in crate::cli) use sandbox::SandboxArgs;
pub(in crate::cli) use take_up::TakeUpArgs;
pub(in crate::cli) use template::TemplateArgs;
pub(in crate::cli) use undo::UndoArgs;
pub(in crate::cli) use values::IndexAfter;
pub(in crate::cli) use verify::VerifyArgs;
