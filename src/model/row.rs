//! The rows of a run, and how they ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::code::Code;
use super::key::RecordKey;
use super::place::Place;
use super::record::Record;
use super::shown::ShownFields;

/// A valid row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    pub place: Place,
    pub record: Record,
    /// Its cell in the column `id`: an integration in Jira, as an export writes it.
    pub id: Option<i64>,
    /// The codes of its warnings.
    pub warnings: Vec<Code>,
    /// Its cell in the column of `--split-by`.
    pub group: Option<String>,
}

/// A row as far as it may be shown: an invalid one, or one of a check. Nothing of it is a secret.
#[derive(Clone, PartialEq, Debug)]
pub struct ShownRow {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    pub place: Place,
    /// The type's name, if the row has one of the twelve.
    pub type_name: Option<&'static str>,
    pub display_name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// Its recognised cells, by the fields' names in the API. Of a cell that is wrong, what a message may quote.
    pub cells: ShownFields,
    /// Its cell in the column `id`.
    pub id: Option<i64>,
    /// Its cell in the column of `--split-by`.
    pub group: Option<String>,
    /// The key, if type, origin and name can be read.
    pub key: Option<RecordKey>,
    /// The codes of its errors, each once.
    pub codes: Vec<Code>,
}

impl ShownRow {
    /// A row that is valid by itself, and not beside the others or for the Jira that it is meant for.
    pub fn of(row: &Row) -> Self {
        let record = &row.record;
        Self {
            n: row.n,
            place: row.place.clone(),
            type_name: Some(record.integration_type().name()),
            display_name: record.display_name().map(str::to_owned),
            origin: record.origin().map(|origin| origin.as_str().to_owned()),
            cells: record.visible(),
            id: row.id,
            group: row.group.clone(),
            key: record.key(),
            codes: Vec::new(),
        }
    }
}

/// How a row ended.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Jira created it and confirmed it.
    Created,
    /// It was there before the run.
    Exists,
    /// Jira changed its integration and confirmed that.
    Updated,
    /// Its integration is already up to date.
    Unchanged,
    /// An update found no integration for it.
    Absent,
    /// Jira refused it.
    Failed,
    /// It was sent and what became of it is not certain.
    InDoubt,
    /// The row is not valid.
    Invalid,
    /// The run stopped before its turn.
    #[default]
    NotAttempted,
    /// The selection of the run left it out.
    NotSelected,
}

impl Outcome {
    /// All outcomes in the order of the reports.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Exists,
        Self::Updated,
        Self::Unchanged,
        Self::Absent,
        Self::Failed,
        Self::InDoubt,
        Self::Invalid,
        Self::NotAttempted,
        Self::NotSelected,
    ];

    /// The outcome in reports: `in_doubt`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Exists => "exists",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::Invalid => "invalid",
            Self::NotAttempted => "not_attempted",
            Self::NotSelected => "not_selected",
        }
    }
}

/// The outcome on screen: `in doubt`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name().replace('_', " "))
    }
}
