//! Rows that say the same integration twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, RandomState};

/// Where a row stands, small enough to keep for each of a million rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RowRef {
    /// Index of the table.
    pub table: u32,
    /// The row.
    pub row: u32,
    /// The physical line, 0 for none.
    pub line: u32,
}

/// A key's hash: two of 64 bits, so that two keys of one hash are not to be met with.
pub(super) type KeyHash = (u64, u64);

/// Hashes keys. Its seed is drawn anew for each run, so that nobody can prepare keys that collide.
#[derive(Clone, Default)]
pub(super) struct KeyHasher(RandomState, RandomState);

impl KeyHasher {
    pub fn hash(&self, key: &impl Hash) -> KeyHash {
        (self.0.hash_one(key), self.1.hash_one(key))
    }
}

/// The first row of each key.
#[derive(Default)]
pub(super) struct FirstSeen {
    seen: HashMap<KeyHash, RowRef>,
}

impl FirstSeen {
    /// Notes the row `at`, or tells the first row with the same key.
    pub fn first_with(&mut self, key: KeyHash, at: RowRef) -> Option<RowRef> {
        match self.seen.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(at);
                None
            }
        }
    }
}
