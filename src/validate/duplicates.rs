//! Rows that describe the same integration twice.
//!
//! The decision to know: what is kept of a row is all that grows with the rows of a check, so it is two hashes, a place and
//! where its name is, and not the row. Rows are compared by sorting their hashes once all were read, on all cores: looking
//! each row up in a table as it comes takes a fifth of the processor time of a check.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;
use rayon::slice::ParallelSliceMut;

use crate::model::{IntegrationType, Origin, OriginKey, OriginRule};

/// A row as it is compared with others, small enough to keep for each of a million rows.
#[derive(Debug)]
pub(super) struct ComparedRow {
    pub hashes: RowHashes,
    /// The row's number in the run.
    pub n: u32,
    /// Its number in its table.
    pub row: u32,
    pub line: Option<NonZeroU32>,
    /// Whether it was counted as valid.
    pub is_valid: bool,
    /// Where its name is among the names of all rows.
    pub name: Range<u32>,
}

/// What rows are compared by: 128 bits of two hashes with seeds of their own, which chance makes no two rows share.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowHashes {
    /// Of type and name.
    name: u64,
    /// Of type and origin; a blank origin is the one that Jira shows for it.
    origin: u64,
    gives_origin: bool,
    /// Whether a blank origin of this type may be any.
    blank_is_any: bool,
}

/// The seeds are drawn anew for each run, so that nobody can prepare keys that collide.
#[derive(Clone, Default)]
pub(super) struct RowHasher {
    names: DefaultHashBuilder,
    origins: DefaultHashBuilder,
}

impl RowHasher {
    pub(super) fn hash(
        &self,
        integration_type: IntegrationType,
        origin: Option<&Origin>,
        name: &str,
    ) -> RowHashes {
        let origin_key = OriginKey::exact(integration_type, origin);
        RowHashes {
            name: self.names.hash_one((integration_type, name)),
            origin: self.origins.hash_one((integration_type, origin_key)),
            gives_origin: origin.is_some(),
            blank_is_any: integration_type.spec().origin == OriginRule::UrlOrUnknown,
        }
    }
}

/// How a row is like an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Likeness {
    /// It has the same type, origin and name.
    Key,
    /// It has the same type and name, and one of the two leaves its origin blank, which may be any.
    AnyOrigin,
    /// It has the same type and origin, and another name.
    Origin,
}

/// The rows that are like an earlier one, in their order: the index of the row, that of the earlier one, and how.
pub(super) fn find_alike(rows: &[ComparedRow]) -> Vec<(usize, usize, Likeness)> {
    let mut alike = Vec::new();
    for group in groups(rows, |row| row.blank_is_any.then_some(row.name)) {
        let first = group[0];
        let gives_origin = |n: usize| rows[n].hashes.gives_origin;
        let others = group
            .iter()
            .filter(|n| gives_origin(**n) != gives_origin(first));
        alike.extend(others.map(|n| (*n, first, Likeness::AnyOrigin)));
    }
    // They are compared no more.
    let any_origin: HashSet<usize> = alike.iter().map(|(n, ..)| *n).collect();
    for group in groups(rows, |row| Some(row.origin)) {
        let mut names = HashMap::new();
        let mut giver = None;
        for n in group.into_iter().filter(|n| !any_origin.contains(n)) {
            let hashes = rows[n].hashes;
            match names.entry(hashes.name) {
                Entry::Occupied(first) => alike.push((n, *first.get(), Likeness::Key)),
                Entry::Vacant(free) => {
                    free.insert(n);
                    if hashes.gives_origin {
                        alike.extend(giver.map(|giver| (n, giver, Likeness::Origin)));
                        giver = giver.or(Some(n));
                    }
                }
            }
        }
    }
    alike.sort_unstable_by_key(|(n, ..)| *n);
    alike
}

/// The indexes of rows that share a hash, in their order.
fn groups(rows: &[ComparedRow], hash: impl Fn(&RowHashes) -> Option<u64>) -> Vec<Vec<usize>> {
    let hashes = rows.iter().map(|row| hash(&row.hashes)).zip(0..);
    let mut hashes: Vec<(u64, u32)> = hashes.filter_map(|(hash, n)| Some((hash?, n))).collect();
    hashes.par_sort_unstable();
    let groups = hashes.chunk_by(|one, other| one.0 == other.0);
    let groups = groups.filter(|group| group.len() > 1);
    groups
        .map(|group| group.iter().map(|(_, n)| *n as usize).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Likeness::{AnyOrigin, Key};
    use super::*;
    use crate::model::IntegrationType::{Aws, Gerrit, GitHub, GitLab};

    /// Rows are compared as they are noted, the row of index 0 first.
    #[derive(Default)]
    struct Rows {
        hasher: RowHasher,
        rows: Vec<ComparedRow>,
    }

    impl Rows {
        fn add(&mut self, integration_type: IntegrationType, origin: Option<&str>, name: &str) {
            let origin = origin.map(|origin| Origin::parse(integration_type, origin).unwrap());
            self.rows.push(ComparedRow {
                hashes: self.hasher.hash(integration_type, origin.as_ref(), name),
                n: 0,
                row: 0,
                line: None,
                is_valid: true,
                name: 0..0,
            });
        }

        fn alike(&self) -> Vec<(usize, usize, Likeness)> {
            find_alike(&self.rows)
        }
    }

    #[test]
    fn rows_are_alike_by_key_or_by_origin() {
        let mut rows = Rows::default();
        let host = Some("https://git.example.org");
        rows.add(Gerrit, host, "a");
        rows.add(GitLab, host, "a");
        rows.add(Gerrit, Some("HTTPS://git.example.org:443/"), "a");
        rows.add(Gerrit, host, "b");
        rows.add(Gerrit, host, "b");
        assert_eq!(
            rows.alike(),
            [(2, 0, Key), (3, 0, Likeness::Origin), (4, 3, Key)]
        );
    }

    #[test]
    fn a_blank_origin_is_the_vendors_own() {
        let mut rows = Rows::default();
        let shown = Some("https://api.github.com");
        rows.add(GitHub, None, "a");
        rows.add(GitHub, None, "b");
        rows.add(GitHub, shown, "a");
        rows.add(GitHub, shown, "c");
        rows.add(GitHub, shown, "d");
        assert_eq!(rows.alike(), [(2, 0, Key), (4, 3, Likeness::Origin)]);
    }

    #[test]
    fn a_blank_origin_of_which_nothing_is_known_matches_any() {
        let mut rows = Rows::default();
        let (one, other) = (
            Some("https://one.example.org"),
            Some("https://two.example.org"),
        );
        rows.add(Aws, one, "given first");
        rows.add(Aws, None, "given first");
        // Two hosts are two integrations.
        rows.add(Aws, other, "given first");
        rows.add(Aws, one, "given first");
        rows.add(Aws, None, "blank first");
        rows.add(Aws, other, "blank first");
        rows.add(Aws, None, "blank first");
        assert_eq!(
            rows.alike(),
            [
                (1, 0, AnyOrigin),
                (3, 0, Key),
                (5, 4, AnyOrigin),
                (6, 4, Key)
            ]
        );
    }

    #[test]
    fn the_first_of_many_rows_is_found_again() {
        let mut rows = Rows::default();
        for n in (0..5000).chain(0..5000) {
            rows.add(GitHub, None, &n.to_string());
        }
        let expected: Vec<_> = (5000..10000).map(|n| (n, n - 5000, Key)).collect();
        assert_eq!(rows.alike(), expected);
    }
}
