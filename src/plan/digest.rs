//! The digest of a plan, by which an import is held to what somebody approved.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use super::make::{Plan, PlannedRow};
use crate::model::ShownRow;

/// Three hashes, so that it can be told what makes another plan: the rows, Jira's list, or the options.
///
/// No secret is part of it, as the hash of a weak one could be guessed; the references to secrets are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PlanDigest([String; 3]);

/// What each hash is of.
const PARTS: [&str; 3] = [
    "the rows",
    "what Jira holds",
    "the options or the URL of Jira",
];

impl PlanDigest {
    /// The digest of `plan`, made with `options` of rows of which the `invalid` ones are left out.
    pub(crate) fn of(plan: &Plan, invalid: &[ShownRow], options: &str) -> Self {
        let (mut rows, mut list) = (String::new(), String::new());
        // Writing to a string cannot fail.
        for PlannedRow { row, action } in plan.rows() {
            let _ = writeln!(rows, "{} {:?}", row.place, row.record.visible());
            let (id, differences) = (action.id(), action.differences());
            let _ = writeln!(list, "{} {id:?} {differences:?}", action.name());
        }
        for row in invalid {
            let _ = writeln!(rows, "{} {:?}", row.place, row.codes);
        }
        for ((reference, host), count) in plan.references() {
            let _ = writeln!(rows, "{reference} {host} {count}");
        }
        let hash = |text: &str| {
            let hash = Sha256::digest(text);
            // 64 bits of it are enough.
            let start = hash
                .first_chunk()
                .map_or(0, |start| u64::from_be_bytes(*start));
            format!("{start:016x}")
        };
        Self([hash(&rows), hash(&list), hash(options)])
    }

    /// What makes the plan of `approved`, a digest as it was shown, another one; nothing if it is the same.
    pub(crate) fn differences(&self, approved: &str) -> Vec<&'static str> {
        let approved: Vec<&str> = approved.trim().split('-').collect();
        if approved.len() != self.0.len() {
            return vec!["the digest, which is not that of a plan"];
        }
        let parts = self.0.iter().zip(approved).zip(PARTS);
        let others = parts.filter(|((ours, theirs), _)| ours != theirs);
        others.map(|(_, part)| part).collect()
    }
}

/// As it is shown: `0a1b2c3d4e5f6071-…-…`.
impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("-"))
    }
}
