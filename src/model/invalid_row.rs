//! A row that is not valid, as far as it can be read all the same.

use super::code::Code;
use super::key::RecordKey;
use super::place::Place;
use super::record::Row;

/// A row that is not valid. What it keeps of the row's cells is valid by itself, and no secret.
#[derive(Clone, PartialEq, Debug)]
pub struct InvalidRow {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    /// Where the row stands.
    pub place: Place,
    /// The type's name, if the row says one of the twelve.
    pub type_name: Option<&'static str>,
    /// The display name.
    pub display_name: Option<Box<str>>,
    /// The origin as the sheet has it.
    pub origin: Option<Box<str>>,
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
            display_name: record.display_name().map(Into::into),
            origin: record.origin().map(|origin| origin.as_str().into()),
            key: record.key(),
            codes: vec![code],
        }
    }
}
