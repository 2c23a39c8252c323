//! What an update changed, put back.

use serde_json::Value;

use super::Fate;
use crate::journal::RowState;
use crate::model::{
    Difference, Field, IntegrationType, RemoteIntegration, ShownFields, is_same_value,
};
use crate::plan::Change;

/// Puts back the visible fields that still are as the update left them. What Jira does not show cannot be put back.
pub(super) fn restore(row: &RowState, shown: &RemoteIntegration) -> Fate {
    let integration_type = row.type_name.as_deref();
    let Some(integration_type) = integration_type.and_then(IntegrationType::from_name) else {
        return Fate::LeaveAlone("its type is not known".into());
    };
    let echo = row.echo().map(ShownFields::open).unwrap_or_default();
    let now = shown.visible();
    let (mut differences, mut changed, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    for change in &row.changes {
        let Some(field) = Field::from_name(&change.field) else {
            continue;
        };
        let name = field.name();
        let now = now.get(name).unwrap_or(&Value::Null);
        let after = echo.get(name).unwrap_or(&change.row);
        let is_now = |value: &Value| is_same_value(integration_type, field, value, now);
        match &change.jira {
            Value::Null => unseen.push(name),
            before if is_now(before) => {}
            before if is_now(after) => differences.push(Difference {
                field: name,
                row: before.clone(),
                jira: now.clone(),
            }),
            _ => changed.push(name),
        }
    }
    if !differences.is_empty() {
        return Fate::Restore(Box::new(Change {
            integration_type,
            before: shown.clone(),
            differences,
        }));
    }
    match (changed.join(", "), unseen.join(", ")) {
        (none, unseen) if none.is_empty() && !unseen.is_empty() => Fate::LeaveAlone(format!(
            "Jira does not show what was there before, so that it cannot be put back: {unseen}"
        )),
        (none, _) if none.is_empty() => Fate::AlreadyRestored,
        (changed, _) => Fate::LeaveAlone(format!("changed since the update: {changed}")),
    }
}
