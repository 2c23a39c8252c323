//! The digest of a plan, by which an import is held to what somebody approved.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use super::make::Plan;
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
        let mut rows = Sha256::new();
        let mut list = Sha256::new();
        let mut add = |to_list: bool, text: fmt::Arguments<'_>| {
            let hash = if to_list { &mut list } else { &mut rows };
            hash.update(text.to_string());
            hash.update("\n");
        };
        for planned in plan.rows() {
            let (row, action) = (&planned.row, &planned.action);
            add(
                false,
                format_args!("{} {:?}", row.place, row.record.visible()),
            );
            let differences = action.differences();
            add(
                true,
                format_args!("{} {:?} {differences:?}", action.name(), action.id()),
            );
        }
        for row in invalid {
            add(false, format_args!("{} {:?}", row.place, row.codes));
        }
        for used in plan.references() {
            add(
                false,
                format_args!("{} {} {}", used.reference, used.host, used.rows),
            );
        }
        let mut hashed = Sha256::new();
        hashed.update(options);
        Self([rows, list, hashed].map(|hash| hex(&hash.finalize())))
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

/// 64 bits of a hash, in hexadecimal.
fn hex(hash: &[u8]) -> String {
    let mut text = String::new();
    for byte in hash.iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
