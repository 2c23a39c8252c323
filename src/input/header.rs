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

/// Fewest headers that are nearly understood by which a row is taken for the header row, where no other is one.
const FEWEST_NEAR: usize = 2;

/// The first row that has the most headers that `is_near` takes for slips, if it has two or more.
pub(super) fn find_near_header<'a, R>(
    rows: impl Iterator<Item = R>,
    is_near: &dyn Fn(&str) -> bool,
) -> Option<(usize, usize)>
where
    R: IntoIterator<Item = &'a str>,
{
    find_header(rows, is_near).filter(|(_, near)| *near >= FEWEST_NEAR)
}
