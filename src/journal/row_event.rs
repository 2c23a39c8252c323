//! The events of a row, and what they are made of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::model::{Difference, Outcome, Place, RecordKey, Remote, Row, ShownFields, ShownRow};

/// A row of the input.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RowRead {
    /// The row's number in the run, from 1.
    pub n: u32,
    pub place: Place,
    /// The type's name, if the row has one.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    /// None without a display name or for an invalid row. Later versions compare by the rules under which the row was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<RecordKey>,
    /// The recognised fields apart from secrets, by their names in the API.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub cells: ShownFields,
    /// Its cell in the column of `--split-by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The codes of its warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The codes of its errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Why it will not be sent, where that is known from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl RowRead {
    /// A valid row. One that the selection leaves out gets its `outcome` from the caller.
    pub fn valid(row: &Row) -> Self {
        Self {
            key: row.record.key(),
            warnings: row.warnings.iter().map(|code| code.name().into()).collect(),
            outcome: None,
            ..Self::invalid(&ShownRow::of(row))
        }
    }

    /// A row that is not valid, and is left out for that.
    pub fn invalid(row: &ShownRow) -> Self {
        Self {
            type_name: row.type_name.map(Into::into),
            name: row.display_name.clone(),
            origin: row.origin.clone(),
            cells: row.cells.clone(),
            group: row.group.clone(),
            errors: row.codes.iter().map(|code| code.name().into()).collect(),
            ..Self::at(row.n, &row.place, Some(Outcome::Invalid))
        }
    }

    /// A row that the selection leaves out. Its cells were not read, and only its place is kept.
    pub fn not_selected(n: u32, place: &Place) -> Self {
        Self::at(n, place, Some(Outcome::NotSelected))
    }

    fn at(n: u32, place: &Place, outcome: Option<Outcome>) -> Self {
        Self {
            n,
            place: place.clone(),
            outcome,
            ..Self::default()
        }
    }
}

/// What is to become of a row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Planned {
    /// The row.
    pub n: u32,
    pub action: PlannedAction,
    pub reason: String,
    /// The integration that exists, or is updated.
    #[serde(flatten)]
    pub remote: Option<Remote>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// What is to be done with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    Create,
    /// Skip it: an integration with its key is there.
    Exists,
    /// Change the fields of its integration that differ.
    Update,
    /// Skip it: its integration is already up to date.
    Unchanged,
    /// Skip it: there is no integration to update.
    Absent,
    /// Skip it: beyond `--limit`.
    NotSelected,
    /// An undo does not touch the row's integration.
    LeaveAlone,
    /// An undo finds the row's integration deleted already.
    AlreadyGone,
    /// An undo finds that the row's integration is gone since it asked for its deletion.
    Removed,
    /// An undo finds the row's integration as it was before the update.
    Restored,
}

/// A request that is about to be sent. It is sent only once this event is synced.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// The row.
    pub n: u32,
    /// Which request of this row it is, from 1.
    pub attempt: u32,
    pub op: Op,
    /// The integration that is to be changed or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// What Jira showed of the integration, where an update is yet to prove that it changes nothing else.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub before: ShownFields,
    /// What of the row an undo leaves as it is, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

/// What a request asks of Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Create the row's integration.
    Create,
    /// Delete the integration that the row created, or a duplicate of it.
    Delete,
    /// Change fields of the row's integration.
    Update,
    /// Put fields of the row's integration back.
    Restore,
}

/// The answer to a request, or that none came.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Answered {
    /// The row.
    pub n: u32,
    /// As in its [`Intent`].
    pub attempt: u32,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// The HTTP status; none if no answer came.
    pub status: Option<u16>,
    pub verdict: Verdict,
    /// The integration created, or the one that an answer named which did not confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// The fields that Jira showed for it, as far as the API documents them.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub echo: ShownFields,
    /// The fields that an update changed beside those of the row: what they are now in place of what the row has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_changed: Vec<Difference>,
    /// What went wrong, with all secrets masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// When the answer was complete, or was given up.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

impl Answered {
    /// An attempt that ended now without an answer.
    pub(crate) fn unanswered(n: u32, attempt: u32) -> Self {
        Self {
            n,
            attempt,
            at: Timestamp::now(),
            ..Self::default()
        }
    }
}

/// What follows for a row from an answer or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Created,
    /// It was not created, and is not sent again.
    Failed,
    /// It may have been created. Version 2.3 had another verdict for an update of which one of two requests was done.
    #[default]
    #[serde(alias = "partly_done")]
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
    /// It was changed as the row has it.
    Updated,
    /// It was put back to what it was before.
    Restored,
}

/// The judgement on a row in doubt, or on a deletion in doubt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settled {
    /// The row.
    pub n: u32,
    pub verdict: Verdict,
    /// The integration found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// The fields that Jira shows for it, as far as the API documents them.
    #[serde(default, skip_serializing_if = "ShownFields::is_empty")]
    pub echo: ShownFields,
    pub via: Via,
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
    /// `--adopt` or `--absent`.
    Hand,
}

/// Writes a time as the journal and the reports do: RFC 3339 in UTC with milliseconds, `2026-11-22T10:15:03.120Z`.
pub(crate) fn in_millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

/// Writes a time with milliseconds, or null.
#[expect(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]
pub(crate) fn in_millis_or_null<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => in_millis(at, serializer),
        None => serializer.serialize_none(),
    }
}
