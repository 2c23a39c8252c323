//! The rows of a run: valid, invalid, and those that the selection leaves out.

use super::code::Code;
use super::key::RecordKey;
use super::place::Place;
use super::record::Record;

/// A valid row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    pub place: Place,
    pub record: Record,
    /// The codes of its warnings.
    pub warnings: Vec<Code>,
}

/// An invalid row. What it keeps of the row's cells is valid by itself, and no secret.
#[derive(Clone, PartialEq, Debug)]
pub struct InvalidRow {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    pub place: Place,
    /// The type's name, if the row has one of the twelve.
    pub type_name: Option<&'static str>,
    pub display_name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// The key, if type, origin and name can be read.
    pub key: Option<RecordKey>,
    /// The codes of its errors, each once.
    pub codes: Vec<Code>,
}

impl InvalidRow {
    /// A row that is valid by itself, and not beside the others or for the Jira that it is meant for.
    pub fn of(row: &Row, code: Code) -> Self {
        let record = &row.record;
        Self {
            n: row.n,
            place: row.place.clone(),
            type_name: Some(record.integration_type().name()),
            display_name: record.display_name().map(str::to_owned),
            origin: record.origin().map(|origin| origin.as_str().to_owned()),
            key: record.key(),
            codes: vec![code],
        }
    }
}
