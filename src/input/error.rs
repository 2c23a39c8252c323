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
    /// What Excel keeps beside a workbook while that is open.
    #[error("this is the lock file of a workbook that is open in Excel")]
    ExcelLock,
    /// Neither a workbook nor delimited text.
    #[error("this is neither a CSV nor an XLSX file")]
    NotATable,
    /// A workbook that cannot be taken apart.
    #[error("the workbook is damaged: {0}")]
    Workbook(String),
    /// A workbook that needs a password.
    #[error("the workbook is encrypted with a password")]
    Encrypted,
    /// An archive, but no workbook.
    #[error("this is an archive without a workbook")]
    NoWorkbook,
    /// A workbook that has more of something than is read.
    #[error("{0}")]
    TooLarge(String),
    /// Standard input, a pipe or a device beyond all measure.
    #[error("this is longer than 128 MB and not a regular file")]
    StreamTooLong,
    /// A quote that is never closed.
    #[error("a quote is opened here and never closed")]
    UnclosedQuote,
    /// A quote that ends within its cell.
    #[error("a quote is opened here, and it does not end where its cell ends")]
    StrayQuote,
    /// A quote that is closed too late.
    #[error("a quote is opened here and not closed within 16 MB")]
    QuoteTooLong,
    /// A record beyond all measure.
    #[error("a line is longer than 16 MB")]
    LineTooLong,
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
            Self::ExcelLock => "give the workbook itself, whose name has no `~$`",
            Self::NotATable => "give a .csv, .tsv, .xlsx or .xlsm file",
            Self::Workbook(_) => "open it in your spreadsheet program and save it again as .xlsx",
            Self::Encrypted => "open it with its password and save it without one",
            Self::NoWorkbook => "give the .xlsx file itself; unpack it if it lies in an archive",
            Self::TooLarge(_) => {
                "copy the table of integrations alone into a new workbook and save it as .xlsx"
            }
            Self::UnclosedQuote | Self::StrayQuote | Self::QuoteTooLong => {
                "close the quote; a quote within a quoted cell is written twice"
            }
            Self::LineTooLong => {
                "check that this is a table, and that its rows end with line breaks"
            }
            Self::StreamTooLong => "save it as a file and give that",
        }
    }
}
