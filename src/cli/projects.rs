//! Replaces project keys by the ids that the app needs. Keys are the same in every Jira, ids are not.

use std::collections::BTreeMap;

use super::exit::Failure;
use crate::jira::Client;
use crate::model::{Code, Diagnostic, Diagnostics, Field, Row};

/// Rows with the ids of their projects.
pub(super) struct Resolved {
    pub rows: Vec<Row>,
    /// Rows with a key that Jira does not know or does not show to this user; they cannot be sent.
    pub unknown: Vec<Row>,
    /// The diagnostics for these.
    pub found: Diagnostics,
}

/// Asks Jira for the id of each project key in `rows`, and replaces the keys by the ids.
pub(super) async fn resolve(client: &Client, rows: Vec<Row>) -> Result<Resolved, Failure> {
    let mut ids: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for key in rows.iter().flat_map(|row| row.record.project_keys()) {
        if !ids.contains_key(key) {
            ids.insert(key.to_owned(), client.project_id(key).await?);
        }
    }
    let id_of = |key: &str| ids.get(key).copied().flatten();
    let is_known = |row: &Row| row.record.project_keys().all(|key| id_of(key).is_some());
    let (known, unknown): (Vec<Row>, Vec<Row>) = if ids.values().all(Option::is_some) {
        (rows, Vec::new())
    } else {
        rows.into_iter().partition(is_known)
    };
    let mut found = Diagnostics::default();
    for row in &unknown {
        let keys = row.record.project_keys().filter(|key| id_of(key).is_none());
        keys.for_each(|key| found.push(unknown_project(row, key)));
    }
    Ok(Resolved {
        rows: known.into_iter().map(|row| with_ids(row, &id_of)).collect(),
        unknown,
        found,
    })
}

fn unknown_project(row: &Row, key: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        Code::UnknownProject,
        row.place.clone(),
        format!("Jira knows no project `{key}`, or does not show it to us"),
        "check the key under Projects in Jira",
    );
    diagnostic.field = Some(Field::ProjectKeys);
    diagnostic.name = row.record.display_name().map(str::to_owned);
    diagnostic
}

fn with_ids(row: Row, id_of: &dyn Fn(&str) -> Option<u64>) -> Row {
    let ids: Vec<u64> = row.record.project_keys().filter_map(id_of).collect();
    if ids.is_empty() {
        return row;
    }
    Row {
        record: row.record.with_project_ids(ids),
        ..row
    }
}
