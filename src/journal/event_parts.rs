//! The parts of which events are made.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    Difference, IntegrationType, OriginKey, Place, RecordKey, RemoteIntegration, TableFormat,
};

/// The version of the journal's format. A new event or a new optional field raises the minor number and older readers
/// skip it; any other change raises the major number and older readers refuse the journal.
///
/// Version 2 keeps the settings of a run as values; version 1 kept them as command-line words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Raised by a change that older readers would misread.
    pub major: u32,
    /// Raised by an addition.
    pub minor: u32,
}

/// The version that this `gij` writes.
pub(crate) const VERSION: Version = Version { major: 2, minor: 0 };

/// The Jira of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Jira {
    /// The base URL.
    pub url: String,
    /// The name that its administrators gave it.
    pub title: Option<String>,
    /// Its version: `10.3.2`.
    pub version: Option<String>,
    /// The user as whom the run was opened.
    pub user: Option<String>,
}

/// A table that the run read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    /// The file as the user named it.
    pub file: String,
    /// Where the file lies, in full; none for standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// The headers, of unknown columns too: their names only, for their cells may hold secrets.
    pub columns: Vec<String>,
    /// How many rows between the others are blank.
    pub rows_blank: u64,
}

/// Where a row stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowPlace {
    /// The file as the user named it.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// What the file is.
    #[serde(with = "FormatName")]
    pub format: TableFormat,
    /// The row, from 1, as a spreadsheet shows it.
    pub row: u32,
    /// The physical line of a CSV, from 1.
    pub line: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TableFormat", rename_all = "snake_case")]
enum FormatName {
    Csv,
    Xlsx,
}

impl From<&Place> for RowPlace {
    fn from(place: &Place) -> Self {
        Self {
            file: place.table.file.as_str().into(),
            sheet: place.table.sheet.as_deref().map(Into::into),
            format: place.table.format,
            row: place.row.unwrap_or_default(),
            line: place.line,
        }
    }
}

/// A row's key, written out so that later versions compare by the rules under which the row was sent.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    /// The integration type.
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    /// The normalised origin; none matches any.
    pub origin: Option<String>,
    /// The display name.
    pub name: String,
}

impl From<RecordKey> for Key {
    fn from(key: RecordKey) -> Self {
        Self {
            integration_type: key.integration_type,
            origin: match key.origin {
                OriginKey::Exactly(origin) => Some(origin.into()),
                OriginKey::Any => None,
            },
            name: key.display_name.into(),
        }
    }
}

/// How a session was allowed to change Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    /// Somebody answered the question on a terminal.
    Answer,
    /// `--yes` on the command line.
    Yes,
    /// Nothing to confirm: a rehearsal, or a session that only reads.
    NotNeeded,
}

/// An integration in Jira, as far as a row needs to know it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remote {
    /// Jira's id.
    pub id: i64,
    /// When Jira created it, in milliseconds since 1970-01-01 UTC, if Jira said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init_date: Option<i64>,
}

/// An integration that a list shows and the baseline does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewIntegration {
    /// Jira's id.
    pub id: i64,
    /// The type's name in Jira.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The origin.
    pub origin: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// When Jira created it, in milliseconds since 1970-01-01 UTC.
    pub init_date: Option<i64>,
}

impl From<&RemoteIntegration> for NewIntegration {
    fn from(remote: &RemoteIntegration) -> Self {
        Self {
            id: remote.id,
            type_name: remote.type_name.as_str().into(),
            origin: remote.origin.as_deref().map(Into::into),
            name: remote.display_name.as_deref().map(Into::into),
            init_date: remote.init_date,
        }
    }
}

/// A visible field in which a row and the integration that exists differ.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldDifference {
    /// The field's name in the API.
    pub field: String,
    /// What the row says.
    pub row: Value,
    /// What Jira shows.
    pub jira: Value,
}

impl From<&Difference> for FieldDifference {
    fn from(difference: &Difference) -> Self {
        Self {
            field: difference.field.into(),
            row: difference.row.clone(),
            jira: difference.jira.clone(),
        }
    }
}

/// A key that Jira holds more than once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duplicate {
    /// The row of that key.
    pub n: u32,
    /// All integrations of that key.
    pub remotes: Vec<Remote>,
}
