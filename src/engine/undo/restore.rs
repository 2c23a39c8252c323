//! What an update changed, put back.

use serde_json::Value;

use super::Fate;
use crate::journal::RowState;
use crate::model::{Difference, Field, RemoteIntegration, is_same_value};
use crate::plan::Change;

/// Puts back the visible fields that still are as the update left them. What Jira does not show cannot be put back.
pub(super) fn restore(row: &RowState, shown: &RemoteIntegration) -> Fate {
    let Some(integration_type) = row.integration_type() else {
        return Fate::LeaveAlone("its type is not known".into());
    };
    let echo = row.echo.open();
    let now = shown.visible();
    let becomes_global = row.changes.iter().any(|change| {
        let global = Field::Global;
        change.field == global && global.kind().typed(change.jira.clone()) == true
    });
    let (mut differences, mut changed) = (Vec::new(), Vec::new());
    let (mut unseen, mut masked) = (Vec::new(), Vec::new());
    for change in &row.changes {
        let (field, name) = (change.field, change.field.name());
        let now = now.get(name).unwrap_or(&Value::Null);
        let after = echo.get(name).unwrap_or(&change.row);
        let is_now = |value: &Value| is_same_value(integration_type, field, value, now);
        match &field.kind().typed(change.jira.clone()) {
            // All projects see it again, so that none are listed.
            Value::Null if becomes_global && field == Field::ProjectMappingIds => {}
            Value::Null => unseen.push(name),
            Value::String(before) if before.contains("***") => masked.push(name),
            before if is_now(before) => {}
            before if is_now(after) => differences.push(Difference {
                field,
                row: before.clone(),
                jira: now.clone(),
            }),
            _ => changed.push(name),
        }
    }
    let named = |why: &str, fields: &[&str]| match fields {
        [] => None,
        fields => Some(format!("{why}: {}", fields.join(", "))),
    };
    let left = [
        named("changed since the update", &changed),
        named(
            "what was there before is not known and cannot be put back",
            &masked,
        ),
    ];
    let left = left.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if !differences.is_empty() {
        return Fate::Restore {
            change: Box::new(Change::new(integration_type, shown, differences)),
            left,
        };
    }
    let why_unseen = "Jira does not show the old value, so it cannot be put back";
    match named(why_unseen, &unseen) {
        _ if !left.is_empty() => Fate::LeaveAlone(left),
        Some(unseen) => Fate::LeaveAlone(unseen),
        None => Fate::AlreadyRestored,
    }
}
