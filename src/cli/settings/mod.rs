//! What a command needs to know, resolved once from arguments and environment: one file a topic, as with the arguments.

use std::time::Duration;

mod connect;
mod doctor;
mod import;
mod input;
mod invocation;
mod pace;
mod resume;
mod take_up;
mod undo;
mod verify;

pub(super) use connect::{ConnectSettings, JiraSettings, TargetSettings, env};
pub(super) use doctor::DoctorSettings;
pub(super) use import::ImportSettings;
pub(super) use input::InputSettings;
pub(super) use invocation::Invocation;
pub(super) use pace::PaceSettings;
pub(super) use resume::ResumeSettings;
pub(super) use take_up::TakeUpSettings;
pub(super) use undo::UndoSettings;
pub(super) use verify::VerifySettings;

/// A time as reports write it.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
