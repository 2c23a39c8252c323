use std::io;

use thiserror::Error;

use crate::model::{Code, Place, Problem};

/// Why a file, or the rest of it, cannot be read as tables.
#[derive(Debug, Error)]
#[error("{place}: {}", .problem.message)]
pub struct InputError {
    /// Where reading stopped.
    pub place: Place,
    pub problem: Problem,
}

impl Problem {
    /// The error at `place`.
    pub(super) fn at(self, place: Place) -> InputError {
        InputError {
            place,
            problem: self,
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        unreadable(
            format!("cannot be read: {error}"),
            "check the path and the permissions of the file",
        )
    }
}

pub(super) fn unreadable(message: impl Into<String>, help: &str) -> Problem {
    Problem::new(Code::Unreadable, message, help)
}

/// A format that is not read.
pub(super) fn unread_format(message: &str) -> Problem {
    unreadable(message, "save it as .xlsx or as CSV UTF-8")
}

pub(super) fn encrypted() -> Problem {
    unreadable(
        "the workbook is encrypted with a password",
        "open it with its password and save it without one",
    )
}

pub(super) fn no_workbook() -> Problem {
    unreadable(
        "this is an archive without a workbook",
        "give the .xlsx file itself; unpack it if it lies in an archive",
    )
}
