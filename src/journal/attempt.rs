//! An attempt at a row, and what is kept of it while its request is under way.

use jiff::Timestamp;

use super::removal::Removal;
use super::row_event::Op;

/// The request that has no outcome yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Open {
    pub attempt: u32,
    pub op: Op,
    pub id: Option<i64>,
    /// Whether an earlier deletion of the same integration is in doubt.
    pub follows_doubt: bool,
}

/// What a request that is not sent after all must not wipe out.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Before {
    Attempt(Attempt),
    Removal(Removal),
}

/// An attempt at a row.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attempt {
    /// When it began; none: the row was never sent.
    pub started: Option<Timestamp>,
    /// How long it took, in milliseconds; none: no outcome is known.
    pub ms: Option<u64>,
    /// When its answer was complete, or was given up; none: no outcome is known.
    pub ended: Option<Timestamp>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Attempt {
    /// None, of a row that is not valid by the `codes` of its errors if there are some.
    pub(super) fn of_invalid(codes: &[String]) -> Self {
        if codes.is_empty() {
            return Self::default();
        }
        Self {
            error: Some(format!("not valid: {}", codes.join(", "))),
            advice: Some("`gij explain CODE` says what to do about each code".into()),
            ..Self::default()
        }
    }
}
