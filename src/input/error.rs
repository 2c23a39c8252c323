use std::io;

use thiserror::Error;

use crate::model::Place;

/// Why a file, or the rest of it, cannot be read as tables.
#[derive(Debug, Error)]
#[error("{place}: {kind}")]
pub struct InputError {
    /// Where reading stopped.
    pub place: Place,
    /// Why.
    #[source]
    pub kind: InputErrorKind,
}

/// The reasons.
#[derive(Debug, Error)]
pub enum InputErrorKind {
    /// The system could not read it.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// A format that is not read.
    #[error("{0}")]
    UnreadFormat(&'static str),
    /// Neither a workbook nor delimited text.
    #[error("this is no CSV and no XLSX file")]
    NotATable,
    /// A workbook that cannot be taken apart.
    #[error("the workbook is damaged: {0}")]
    Workbook(String),
    /// A quote that is never closed.
    #[error("a quote is opened here and never closed")]
    UnclosedQuote,
    /// A record beyond all measure.
    #[error("a record is longer than 16 MB")]
    RecordTooLong,
}

impl InputErrorKind {
    /// The error at `place`.
    pub fn at(self, place: Place) -> InputError {
        InputError { place, kind: self }
    }

    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io(_) => "check the path and the permissions of the file",
            Self::Empty => "check that this is the file you meant, and that it was saved",
            Self::UnreadFormat(_) => "save it as .xlsx or as CSV UTF-8",
            Self::NotATable => "give a .csv, .tsv, .xlsx or .xlsm file",
            Self::Workbook(_) => "open it in your spreadsheet program and save it anew as .xlsx",
            Self::UnclosedQuote | Self::RecordTooLong => {
                "close the quote; a quote within a quoted cell is written twice"
            }
        }
    }
}
