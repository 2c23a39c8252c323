//! Times as the journal and the reports write them: RFC 3339 in UTC with milliseconds, `2026-11-22T10:15:03.120Z`.

use std::cell::RefCell;

use jiff::Timestamp;
use serde::Serializer;

thread_local! {
    /// The last millisecond that was written, and its text: a run writes many events in one.
    static LAST: RefCell<(i128, String)> = const { RefCell::new((i128::MIN, String::new())) };
}

/// Writes a time with milliseconds.
pub(crate) fn in_millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let millis = at.as_nanosecond().div_euclid(1_000_000);
    LAST.with_borrow_mut(|(last, text)| {
        if *last != millis {
            *text = format!("{at:.3}");
            *last = millis;
        }
        serializer.serialize_str(text)
    })
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
