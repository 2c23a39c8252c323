//! Project keys become the ids that the app wants; keys are the same in every Jira, ids are not.

use std::collections::BTreeMap;

use super::exit::Failure;
use crate::jira::Client;
use crate::model::{Code, Diagnostic, Diagnostics, Field, Row};

/// Asks Jira for the id of each project that `rows` name by key, and puts the ids in the keys' place. A key that Jira
/// does not know, or does not show us, is told in `found`.
pub(super) async fn resolve(
    client: &Client,
    rows: Vec<Row>,
    found: &mut Diagnostics,
) -> Result<Vec<Row>, Failure> {
    let mut ids: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for key in rows.iter().flat_map(|row| row.record.project_keys()) {
        if !ids.contains_key(key) {
            ids.insert(key.to_owned(), client.project_id(key).await?);
        }
    }
    let id_of = |key: &str| ids.get(key).copied().flatten();
    Ok(rows
        .into_iter()
        .map(|row| with_ids(row, &id_of, found))
        .collect())
}

fn with_ids(row: Row, id_of: &dyn Fn(&str) -> Option<u64>, found: &mut Diagnostics) -> Row {
    let keys: Vec<&str> = row.record.project_keys().collect();
    if keys.is_empty() {
        return row;
    }
    for key in keys.iter().filter(|key| id_of(key).is_none()) {
        let mut diagnostic = Diagnostic::new(
            Code::UnknownProject,
            row.place.clone(),
            format!("Jira knows no project `{key}`, or does not show it to us"),
            "check the key under Projects in Jira",
        );
        diagnostic.field = Some(Field::ProjectKeys);
        diagnostic.name = row.record.display_name().map(str::to_owned);
        found.push(diagnostic);
    }
    let ids = keys.iter().filter_map(|key| id_of(key)).collect();
    Row {
        record: row.record.with_project_ids(ids),
        ..row
    }
}
