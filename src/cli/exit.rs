use std::fmt;
use std::process::ExitCode;

use crate::engine::Stop;
use crate::jira::{ConnectError, JiraError};
use crate::journal::{FindRunError, JournalError, LockError, RunDirError};
use crate::plan::Vanished;

/// The exit codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// 0: every selected row is created, updated or existed.
    Done,
    /// 1: some rows failed, are in doubt or have no integration to update.
    Incomplete,
    /// 2: wrong usage, no credentials, no confirmation, a run that is locked.
    Usage,
    /// 3: the input is unreadable or not valid; nothing was sent.
    Invalid,
    /// 4: Jira could not be used, or the run could not continue.
    Stopped,
    /// 10: a dry run with `--detailed-exitcode` has something to do.
    SomethingToDo,
    /// 130: interrupted, or the question was declined.
    Interrupted,
}

impl Exit {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Stopped => 4,
            Self::SomethingToDo => 10,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command fails: what is wrong, what to do, and the exit code.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    pub message: String,
    pub help: Option<String>,
}

impl Failure {
    /// A failure without help.
    pub(super) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            help: None,
        }
    }

    /// Wrong usage.
    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The same failure with help.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl From<JiraError> for Failure {
    fn from(error: JiraError) -> Self {
        Self::new(Exit::Stopped, &error).help(error.help())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::usage(error)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self {
            exit: match stop {
                Stop::MaxFailures { .. } => Exit::Incomplete,
                _ if stop.is_interrupted() => Exit::Interrupted,
                _ => Exit::Stopped,
            },
            message: stop.to_string(),
            help: stop.help(),
        }
    }
}

impl From<FindRunError> for Failure {
    fn from(error: FindRunError) -> Self {
        Self::usage(&error).help(error.help)
    }
}

impl From<RunDirError> for Failure {
    fn from(error: RunDirError) -> Self {
        let exit = match error {
            RunDirError::Lock(LockError::Held(_)) => Exit::Usage,
            _ => Exit::Stopped,
        };
        Self::new(exit, error)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::new(Exit::Stopped, error)
    }
}

impl From<Vanished> for Failure {
    fn from(vanished: Vanished) -> Self {
        let message = format!(
            "Jira changed after the plan was made: it no longer lists these integrations as it did: {vanished}; nothing was sent"
        );
        Self::new(Exit::Stopped, message).help("run the same command again and review the new plan")
    }
}
