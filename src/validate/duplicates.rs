//! Rows that describe the same integration twice.
//!
//! The decision to know: what is kept of a row is all that grows with the rows of a check, so it is two hashes and a place,
//! and not the row.

use std::hash::BuildHasher;
use std::num::NonZeroU32;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::model::{IntegrationType, Origin, OriginKey, OriginRule};

/// Where a row is, small enough to keep for each of a million rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RowRef {
    /// The row's number in the run.
    pub n: u32,
    /// Its number in its table.
    pub row: u32,
    pub line: Option<NonZeroU32>,
    /// Whether it was counted as valid.
    pub is_valid: bool,
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

/// An earlier row that a row is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Like {
    /// It has the same type, origin and name.
    Key(RowRef),
    /// It has the same type and name, and one of the two leaves its origin blank, which may be any.
    AnyOrigin(RowRef),
    /// It has the same type and origin, and another name.
    Origin(RowRef),
}

/// The rows seen so far, and tables of their indexes. Most rows have an origin of their own: then there is no name to
/// compare, and one question is enough.
#[derive(Default)]
pub(super) struct SeenRows {
    /// 40 bytes each.
    rows: Vec<(RowHashes, RowRef)>,
    /// The first row of each origin.
    origins: HashTable<u32>,
    /// The first row of each origin that gives it, where an earlier one leaves it blank.
    givers: HashTable<u32>,
    /// The rows of those origins that have several.
    keys: HashTable<u32>,
    /// The first row of each name, of the types whose blank origin may be any. The rows of one name all give their origin,
    /// or all leave it blank: the others are like the first.
    names: HashTable<u32>,
}

impl SeenRows {
    /// Notes a row, or returns the earlier row that it is like.
    pub(super) fn note(&mut self, hashes: RowHashes, place: RowRef) -> Option<Like> {
        let n = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let like = self.find(hashes, n);
        if !matches!(like, Some(Like::Key(_) | Like::AnyOrigin(_))) {
            self.rows.push((hashes, place));
        }
        like
    }

    /// The earlier row that the next row, of index `n`, is like; if there is none, it joins the tables.
    fn find(&mut self, hashes: RowHashes, n: u32) -> Option<Like> {
        let rows = &self.rows;
        let seen = |n: u32| &rows[n as usize].0;
        let place = |n: u32| rows[n as usize].1;
        let has_name = |n: u32| seen(n).name == hashes.name;
        let has_origin = |n: u32| seen(n).origin == hashes.origin;
        let name = |n: u32| seen(n).name;
        let origin = |n: u32| seen(n).origin;
        let key = |n: u32| seen(n).name ^ seen(n).origin;
        if hashes.blank_is_any
            && let Some(first) = first_with(&mut self.names, hashes.name, n, has_name, name)
            && seen(first).gives_origin != hashes.gives_origin
        {
            return Some(Like::AnyOrigin(place(first)));
        }
        let first = first_with(&mut self.origins, hashes.origin, n, has_origin, origin)?;
        let first_name = seen(first).name;
        let is_first = |n: u32| seen(n).name == first_name && has_origin(n);
        first_with(&mut self.keys, key(first), first, is_first, key);
        let has_key = |n: u32| has_name(n) && has_origin(n);
        let hash = hashes.name ^ hashes.origin;
        if let Some(same) = first_with(&mut self.keys, hash, n, has_key, key) {
            return Some(Like::Key(place(same)));
        }
        let giver = match (hashes.gives_origin, seen(first).gives_origin) {
            (false, _) => None,
            (true, true) => Some(first),
            (true, false) => first_with(&mut self.givers, hashes.origin, n, has_origin, origin),
        };
        giver.map(|giver| Like::Origin(place(giver)))
    }
}

/// The row of this hash that is the one sought; if there is none, that is row `n` from now on.
fn first_with(
    table: &mut HashTable<u32>,
    hash: u64,
    n: u32,
    is_sought: impl Fn(u32) -> bool,
    hash_of: impl Fn(u32) -> u64,
) -> Option<u32> {
    match table.entry(hash, |row| is_sought(*row), |row| hash_of(*row)) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(free) => {
            free.insert(n);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType::{Aws, Gerrit, GitHub, GitLab};

    fn at(n: u32) -> RowRef {
        RowRef {
            n,
            row: n,
            line: None,
            is_valid: true,
        }
    }

    fn hash(
        hasher: &RowHasher,
        integration_type: IntegrationType,
        origin: Option<&str>,
        name: &str,
    ) -> RowHashes {
        let origin = origin.map(|origin| Origin::parse(integration_type, origin).unwrap());
        hasher.hash(integration_type, origin.as_ref(), name)
    }

    #[test]
    fn rows_are_alike_by_key_or_by_origin() {
        let hasher = RowHasher::default();
        let mut seen = SeenRows::default();
        let mut note = |n, of, origin, name| seen.note(hash(&hasher, of, origin, name), at(n));
        let host = Some("https://git.example.org");
        assert_eq!(note(1, Gerrit, host, "a"), None);
        assert_eq!(note(2, GitLab, host, "a"), None);
        assert_eq!(
            note(3, Gerrit, Some("HTTPS://git.example.org:443/"), "a"),
            Some(Like::Key(at(1)))
        );
        assert_eq!(note(4, Gerrit, host, "b"), Some(Like::Origin(at(1))));
        assert_eq!(note(5, Gerrit, host, "b"), Some(Like::Key(at(4))));
    }

    #[test]
    fn a_blank_origin_is_the_vendors_own() {
        let hasher = RowHasher::default();
        let mut seen = SeenRows::default();
        let mut note = |n, origin, name| seen.note(hash(&hasher, GitHub, origin, name), at(n));
        assert_eq!(note(1, None, "a"), None);
        assert_eq!(note(2, None, "b"), None);
        let shown = Some("https://api.github.com");
        assert_eq!(note(3, shown, "a"), Some(Like::Key(at(1))));
        assert_eq!(note(4, shown, "c"), None);
        assert_eq!(note(5, shown, "d"), Some(Like::Origin(at(4))));
    }

    #[test]
    fn a_blank_origin_of_which_nothing_is_known_matches_any() {
        let hasher = RowHasher::default();
        let mut seen = SeenRows::default();
        let mut note = |n, origin, name| seen.note(hash(&hasher, Aws, origin, name), at(n));
        let (one, other) = (
            Some("https://one.example.org"),
            Some("https://two.example.org"),
        );
        assert_eq!(note(1, one, "given first"), None);
        assert_eq!(note(2, None, "given first"), Some(Like::AnyOrigin(at(1))));
        assert_eq!(
            note(3, other, "given first"),
            None,
            "two hosts are two integrations"
        );
        assert_eq!(note(4, one, "given first"), Some(Like::Key(at(1))));
        assert_eq!(note(5, None, "blank first"), None);
        assert_eq!(note(6, other, "blank first"), Some(Like::AnyOrigin(at(5))));
        assert_eq!(note(7, None, "blank first"), Some(Like::Key(at(5))));
    }

    #[test]
    fn the_first_of_many_rows_is_found_again() {
        let hasher = RowHasher::default();
        let mut seen = SeenRows::default();
        let rows: Vec<RowHashes> = (0..5000)
            .map(|n| hasher.hash(GitHub, None, &n.to_string()))
            .collect();
        for (n, row) in (0..).zip(&rows) {
            assert_eq!(seen.note(*row, at(n)), None);
        }
        for (n, row) in (0..).zip(&rows) {
            assert_eq!(seen.note(*row, at(9999)), Some(Like::Key(at(n))));
        }
    }
}
