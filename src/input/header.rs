//! Finding the header row.

use super::sink::Sink;

/// How many rows the header row is sought among; titles above the headers are common.
pub(super) const HEADER_WITHIN: usize = 20;

/// How well a header must be understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Match {
    Exact,
    /// It may be misspelt. Whether it is takes far longer to tell.
    Near,
}

/// The index of the first row that has the most headers that `sink` understands, and how many it has; none if no row has
/// enough of them to be the header row.
pub(super) fn find_header<S: AsRef<str>>(
    rows: &[impl AsRef<[S]>],
    sink: &dyn Sink,
    needed: Match,
) -> Option<(usize, usize)> {
    let is_header = |text: &&S| match needed {
        Match::Exact => sink.is_header(text.as_ref()),
        Match::Near => sink.is_nearly_header(text.as_ref()),
    };
    let fewest = match needed {
        Match::Exact => 1,
        Match::Near => 2,
    };
    let mut best: Option<(usize, usize)> = None;
    for (index, row) in rows.iter().take(HEADER_WITHIN).enumerate() {
        let count = row.as_ref().iter().filter(is_header).count();
        if count >= fewest && best.is_none_or(|(_, most)| count > most) {
            best = Some((index, count));
        }
    }
    best
}
