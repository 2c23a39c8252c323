//! What happens to a row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event_parts::{FieldDifference, Key, Remote, RowPlace};
use super::time::in_millis;
use crate::model::{InvalidRow, Outcome, Place, Row, ShownFields};

/// A row of the input.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RowRead {
    /// The row's number in the run, from 1.
    pub n: u32,
    /// Where it stands.
    pub place: RowPlace,
    /// The type's name as far as the row says one.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// The key; none without a display name or for an invalid row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The recognised fields apart from secrets, by their names in the API.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub cells: ShownFields,
    /// The codes of the warnings that the row was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The codes of its errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Why it will not be sent, where that is known from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Excluded>,
}

impl RowRead {
    /// A valid row. One that the selection leaves out gets its `outcome` from the caller.
    pub fn valid(row: &Row) -> Self {
        let record = &row.record;
        Self {
            n: row.n,
            place: RowPlace::from(&row.place),
            type_name: Some(record.integration_type().name().into()),
            name: record.display_name().map(Into::into),
            origin: record.origin().map(|origin| origin.as_str().into()),
            key: record.key().map(Key::from),
            cells: record.visible(),
            warnings: row.warnings.iter().map(|code| code.name().into()).collect(),
            errors: Vec::new(),
            outcome: None,
        }
    }

    /// A row that is not valid, and is left out for that.
    pub fn invalid(row: &InvalidRow) -> Self {
        Self {
            n: row.n,
            place: RowPlace::from(&row.place),
            type_name: row.type_name.map(Into::into),
            name: row.display_name.clone().map(Into::into),
            origin: row.origin.clone().map(Into::into),
            key: None,
            cells: ShownFields::default(),
            warnings: Vec::new(),
            errors: row.codes.iter().map(|code| code.name().into()).collect(),
            outcome: Some(Excluded::Invalid),
        }
    }

    /// A row that the selection leaves out. It was not looked at, and only its place is kept.
    pub fn not_selected(n: u32, place: &Place) -> Self {
        Self {
            n,
            place: RowPlace::from(place),
            type_name: None,
            name: None,
            origin: None,
            key: None,
            cells: ShownFields::default(),
            warnings: Vec::new(),
            errors: Vec::new(),
            outcome: Some(Excluded::NotSelected),
        }
    }
}

/// Why a row that was read is not part of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Excluded {
    /// The row is not valid.
    Invalid,
    /// The selection leaves it out.
    NotSelected,
}

impl From<Excluded> for Outcome {
    fn from(excluded: Excluded) -> Self {
        match excluded {
            Excluded::Invalid => Self::Invalid,
            Excluded::NotSelected => Self::NotSelected,
        }
    }
}

/// What is to become of a row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Planned {
    /// The row.
    pub n: u32,
    /// What is to be done.
    pub action: PlannedAction,
    /// Why.
    pub reason: String,
    /// The integration that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The visible fields in which it differs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<FieldDifference>,
}

/// What is to be done with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    /// Send it.
    Create,
    /// Leave it: an integration with its key is there.
    Exists,
    /// Leave it: beyond `--limit`.
    NotSelected,
    /// Leave the row's integration where it is: an undo does not touch it.
    LeaveAlone,
    /// An undo finds the row's integration deleted already.
    AlreadyGone,
    /// An undo finds that the row's integration is gone since it asked for its deletion.
    Removed,
}

/// A request that is about to be sent. It is sent only once this event is synced.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// The row.
    pub n: u32,
    /// Which attempt at this row it is, from 1.
    pub attempt: u32,
    /// What is asked of Jira.
    pub op: Op,
    /// The integration that is to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// When.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

/// What a request asks of Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Create the row's integration.
    Create,
    /// Delete the integration that the row created.
    Delete,
}

/// What became of a request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The row.
    pub n: u32,
    /// The attempt, as in its [`Intent`].
    pub attempt: u32,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// The HTTP status; none if no answer came.
    pub status: Option<u16>,
    /// What follows for the row.
    pub verdict: Verdict,
    /// The integration created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// The fields that Jira showed for it, as far as the API documents them.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub echo: ShownFields,
    /// What went wrong, with all secrets masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// When the answer was complete.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

/// What follows for a row from an answer or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was created.
    Created,
    /// It was not created, and is not sent again.
    Failed,
    /// It may have been created.
    InDoubt,
    /// It may have been created; if it was not, it is not sent again.
    FailedIfAbsent,
    /// It was not created, and may be sent again.
    NothingHappened,
    /// The request was never sent, though its intent was written.
    NotSent,
    /// It was deleted.
    Removed,
    /// It was deleted before.
    AlreadyGone,
}

/// The judgement on a row in doubt, or on a deletion in doubt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settled {
    /// The row.
    pub n: u32,
    /// The judgement.
    pub verdict: Verdict,
    /// The integration found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// The fields that Jira shows for it, as far as the API documents them.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub echo: ShownFields,
    /// What it rests on.
    pub via: Via,
    /// When.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

/// What a judgement rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Jira's answer to the request.
    Answer,
    /// Jira's list.
    List,
    /// The word of the person at the keyboard.
    Hand,
}
