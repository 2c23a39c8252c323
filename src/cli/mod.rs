//! The command line: arguments, their resolution into settings, one file a command, exit codes.
//!
//! May use every module. The decision to know: clap's structs never leave this module; a command gets settings that were
//! resolved once.

mod args;
mod balance;
mod by_hand;
mod check;
mod connect;
mod credentials;
mod dispatch;
mod doctor;
mod existing;
mod exit;
mod explain;
mod facts;
mod import;
mod just_removed;
mod next;
mod projects;
mod question;
mod resume;
mod resume_sheets;
mod run_files;
mod runs;
mod runtime;
mod sandbox;
mod session;
mod settings;
mod settle;
mod signals;
mod take_up;
mod template;
mod undo;
mod undo_doubles;
mod undo_plan;
mod unfinished;
mod verify;

pub use args::command;
pub use dispatch::run;
pub use exit::Exit;
