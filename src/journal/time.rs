//! Times as the journal and the reports write them: RFC 3339 in UTC with milliseconds, `2026-11-22T10:15:03.120Z`.

use jiff::Timestamp;
use serde::Serializer;

/// Writes a time with milliseconds.
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
