//! Finding the header row.

/// How many rows are looked at; titles above the headers are common.
pub(super) const HEADER_WITHIN: usize = 20;

/// The index of the first row that has the most headers that `is_known` knows, and how many it has; none if no row has any.
pub(super) fn find_header<'a, R>(
    rows: impl Iterator<Item = R>,
    is_known: &dyn Fn(&str) -> bool,
) -> Option<(usize, usize)>
where
    R: IntoIterator<Item = &'a str>,
{
    let mut best: Option<(usize, usize)> = None;
    for (index, row) in rows.take(HEADER_WITHIN).enumerate() {
        let known = row.into_iter().filter(|cell| is_known(cell)).count();
        if known > best.map_or(0, |(_, most)| most) {
            best = Some((index, known));
        }
    }
    best
}
