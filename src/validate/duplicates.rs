//! Rows that say the same integration twice.
//!
//! The index is all that grows with the rows of a check, so it is kept small: for each row two hashes and a place.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;

use crate::model::{IntegrationType, Origin, OriginKey, OriginRule};

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

/// What rows are compared by. Two rows are the same only if both hashes are, of seeds of their own: 128 bits, of which
/// chance makes no two alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashes {
    /// Of type, origin and name; of type and name where a blank origin matches any, so that such rows find each other.
    pub key: u64,
    /// Of type and origin; a blank origin is what the vendor shows for it.
    pub origin: u64,
    /// Whether the row itself gives the origin.
    pub gives_origin: bool,
    /// Whether a blank origin of this type matches any.
    pub blank_is_any: bool,
}

/// Hashes keys. Its seed is drawn anew for each run, so that nobody can prepare keys that collide.
#[derive(Clone)]
pub(super) struct KeyHasher {
    origins: SeedableRandomState,
    keys: SeedableRandomState,
}

impl Default for KeyHasher {
    fn default() -> Self {
        let drawn = || RandomState::new().hash_one(());
        let state = || SeedableRandomState::with_seed(drawn(), SharedSeed::global_random());
        Self {
            origins: state(),
            keys: state(),
        }
    }
}

impl KeyHasher {
    /// The hashes of a row of type `of` with these values.
    pub(super) fn hash(&self, of: IntegrationType, origin: Option<&Origin>, name: &str) -> Hashes {
        let of_key = OriginKey::exact(of, origin);
        let of_origin = self.origins.hash_one((of, of_key));
        let blank_is_any = of.spec().origin == OriginRule::UrlOrUnknown;
        Hashes {
            key: if blank_is_any {
                self.keys.hash_one((of, name))
            } else {
                self.keys.hash_one((of_origin, name))
            },
            origin: of_origin,
            gives_origin: origin.is_some(),
            blank_is_any,
        }
    }
}

/// An earlier row that a row is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Like {
    /// It has the same key.
    Key(RowRef),
    /// It has the same type and name, and one of the two leaves its origin blank, which matches any.
    AnyOrigin(RowRef),
    /// It has the same type and origin, and another name.
    Origin(RowRef),
}

/// The rows seen so far. Most rows have an origin that no other row has: then there is nothing to compare names with,
/// and one question is enough. Keys are looked up only among rows of one origin.
#[derive(Default)]
pub(super) struct SeenRows {
    rows: Vec<SeenRow>,
    origins: Index,
    keys: Index,
    /// The first row that gives an origin, where an earlier row of the same origin leaves it blank.
    givers: HashMap<u64, u32>,
    /// Of the types whose blank origin matches any the first row of each name that leaves it blank, and the first that
    /// gives one.
    blank_names: Index,
    given_names: Index,
}

/// The fields of [`Hashes`] and the place side by side, which takes less than the two structs.
struct SeenRow {
    key: u64,
    origin: u64,
    gives_origin: bool,
    place: RowRef,
}

impl SeenRows {
    /// Brings what the next rows will ask for near to the processor, for many at once: each row's own question would
    /// wait for memory by itself.
    pub(super) fn expect(&self, rows: impl Iterator<Item = Hashes>) {
        self.origins.touch(rows.map(|row| row.origin));
    }

    /// Notes the row at `place`, or tells which earlier row it is like.
    pub(super) fn note(&mut self, hashes: Hashes, place: RowRef) -> Option<Like> {
        let n = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        if hashes.blank_is_any
            && let Some(other) = self.note_name(hashes, n)
        {
            return Some(Like::AnyOrigin(other));
        }
        self.rows.push(SeenRow {
            key: hashes.key,
            origin: hashes.origin,
            gives_origin: hashes.gives_origin,
            place,
        });
        let rows = &self.rows;
        let is_of_origin = |n: u32| rows[n as usize].origin == hashes.origin;
        let first = self.origins.first_with(hashes.origin, n, is_of_origin)?;
        let is_of_key = |n: u32, key: u64| is_of_origin(n) && rows[n as usize].key == key;
        // Many origins may have rows of one name, and their keys may be of the name alone.
        let hash_of = |key: u64| key ^ hashes.origin;
        // The first of an origin's rows is compared only from its second row on.
        let key = rows[first as usize].key;
        self.keys
            .first_with(hash_of(key), first, |n| is_of_key(n, key));
        let same = self
            .keys
            .first_with(hash_of(hashes.key), n, |n| is_of_key(n, hashes.key));
        if let Some(same) = same {
            let same = rows[same as usize].place;
            self.rows.pop();
            return Some(Like::Key(same));
        }
        let like = if !hashes.gives_origin {
            None
        } else if rows[first as usize].gives_origin {
            Some(first)
        } else {
            match self.givers.entry(hashes.origin) {
                Entry::Occupied(giver) => Some(*giver.get()),
                Entry::Vacant(free) => {
                    free.insert(n);
                    None
                }
            }
        };
        like.map(|like| Like::Origin(rows[like as usize].place))
    }

    /// Notes the name of row `n`, or tells which earlier row of that name leaves its origin blank if this one gives it, or
    /// the other way round.
    fn note_name(&mut self, hashes: Hashes, n: u32) -> Option<RowRef> {
        let rows = &self.rows;
        let is_of_name = |n: u32| rows[n as usize].key == hashes.key;
        let (own, others) = if hashes.gives_origin {
            (&mut self.given_names, &self.blank_names)
        } else {
            (&mut self.blank_names, &self.given_names)
        };
        if let Some(other) = others.find(hashes.key, is_of_name) {
            return Some(rows[other as usize].place);
        }
        own.first_with(hashes.key, n, is_of_name);
        None
    }
}

/// A hash table of rows by one of their hashes, which are not kept here: a slot holds half of a hash and the row's
/// number. The half says where to look from, and the whole hash is asked for when it agrees.
#[derive(Default)]
struct Index {
    /// As many as a power of two, at most three quarters of them taken; 0 is free.
    slots: Vec<u64>,
    taken: usize,
}

const FEWEST_SLOTS: usize = 64;

impl Index {
    /// The row with this hash that is the one sought; if there is none, that is row `n` from now on.
    fn first_with(&mut self, hash: u64, n: u32, is_of: impl Fn(u32) -> bool) -> Option<u32> {
        if self.taken * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        match self.look(hash, is_of) {
            Ok(row) => Some(row),
            Err(free) => {
                self.slots[free] = slot(hash, n);
                self.taken += 1;
                None
            }
        }
    }

    /// The row with this hash that is the one sought.
    fn find(&self, hash: u64, is_of: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.look(hash, is_of).ok()
    }

    /// The row sought, or else the free slot at which the search ended; there must be slots.
    fn look(&self, hash: u64, is_of: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mut at = self.home_of(slot(hash, 0));
        while self.slots[at] != 0 {
            let row = row_of(self.slots[at]);
            if self.slots[at] == slot(hash, row) && is_of(row) {
                return Ok(row);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Err(at)
    }

    /// The index of the slot from which `slot` is looked for: the high bits, so that growing keeps the order.
    fn home_of(&self, slot: u64) -> usize {
        let bits = self.slots.len().trailing_zeros();
        #[expect(clippy::cast_possible_truncation, reason = "an index of a slot")]
        let home = (slot >> (64 - bits)) as usize;
        home
    }

    fn put(&mut self, slot: u64) {
        let mut at = self.home_of(slot);
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(FEWEST_SLOTS);
        let before = std::mem::replace(&mut self.slots, vec![0; slots]);
        for slot in before.into_iter().filter(|slot| *slot != 0) {
            self.put(slot);
        }
    }

    /// Reads the slots of these hashes; no read waits for another.
    fn touch(&self, hashes: impl Iterator<Item = u64>) {
        if !self.slots.is_empty() {
            let read = |sum, hash| sum ^ self.slots[self.home_of(slot(hash, 0))];
            std::hint::black_box(hashes.fold(0, read));
        }
    }
}

fn slot(hash: u64, n: u32) -> u64 {
    (hash >> 32) << 32 | (u64::from(n) + 1)
}

fn row_of(slot: u64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower half is a number"
    )]
    let one_more = slot as u32;
    one_more - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType::{Aws, Gerrit, GitHub, GitLab};

    fn at(row: u32) -> RowRef {
        RowRef {
            table: 0,
            row,
            line: row,
        }
    }

    fn hash(hasher: &KeyHasher, of: IntegrationType, origin: Option<&str>, name: &str) -> Hashes {
        let origin = origin.map(|origin| Origin::parse(of, origin).unwrap());
        hasher.hash(of, origin.as_ref(), name)
    }

    #[test]
    fn rows_are_alike_by_key_or_by_origin() {
        let hasher = KeyHasher::default();
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
        let hasher = KeyHasher::default();
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
        let hasher = KeyHasher::default();
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
        let hasher = KeyHasher::default();
        let mut seen = SeenRows::default();
        let rows: Vec<Hashes> = (0..5000)
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
