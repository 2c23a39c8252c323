//! A row as a session knows it again.

use std::collections::HashSet;
use std::sync::Arc;

use crate::journal::RowState;
use crate::model::{IntegrationType, OriginKey, RemoteIntegration, Row, normalise};

/// How a row stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// Nothing of it is known to be in Jira.
    Open,
    /// It was sent and nobody knows what became of it.
    InDoubt,
    /// It was there before the run.
    Exists(i64),
    /// The run created it.
    Created(i64),
    /// Jira refused it.
    Failed,
    /// It was created and an undo removed it.
    Removed(i64),
}

/// A row as it is known again in a list.
#[derive(Clone, Debug)]
pub(crate) struct BookRow {
    integration_type: IntegrationType,
    origin: OriginKey,
    name: Option<String>,
    pub(super) standing: Standing,
    /// What was there beside the baseline before it was sent, if that is known.
    pub(super) known: Option<Arc<HashSet<i64>>>,
    /// How many rounds of settling were over when it was last sent.
    pub(super) sent_in: u32,
    /// How many integrations beside its own several requests of ours may have created.
    pub(super) may_have_doubles: u32,
}

impl BookRow {
    /// A row that was read from a sheet.
    pub(crate) fn of_row(row: &Row, standing: Standing) -> Self {
        let integration_type = row.record.integration_type();
        let origin = OriginKey::of(integration_type, row.record.origin());
        Self::new(
            integration_type,
            row.record.display_name(),
            origin,
            standing,
        )
    }

    /// A row as a journal tells it; none if it has no type, so that it was never sent.
    pub(crate) fn of_state(row: &RowState, standing: Standing) -> Option<Self> {
        let integration_type = IntegrationType::from_name(row.type_name.as_deref()?)?;
        let origin = match (&row.key, &row.origin) {
            // The rules under which the row was sent count.
            (Some(key), _) => key
                .origin
                .clone()
                .map_or(OriginKey::Any, OriginKey::Exactly),
            (None, Some(text)) => OriginKey::Exactly(normalise(integration_type, text)),
            (None, None) => OriginKey::of(integration_type, None),
        };
        Some(Self {
            known: row.listed_before.clone(),
            may_have_doubles: row.may_have_duplicates(),
            ..Self::new(integration_type, row.name.as_deref(), origin, standing)
        })
    }

    pub(super) fn new(
        integration_type: IntegrationType,
        name: Option<&str>,
        origin: OriginKey,
        standing: Standing,
    ) -> Self {
        Self {
            integration_type,
            origin,
            name: name.map(str::to_owned),
            standing,
            known: None,
            sent_in: 0,
            may_have_doubles: 0,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether an integration was there before the row was sent.
    pub(super) fn knows(&self, id: i64) -> bool {
        self.known.as_ref().is_some_and(|known| known.contains(&id))
    }

    pub(super) fn is_of_type(&self, remote: &RemoteIntegration) -> bool {
        remote.integration_type() == Some(self.integration_type)
    }

    pub(in crate::engine) fn has_origin(&self, remote: &RemoteIntegration) -> bool {
        self.origin
            .matches(self.integration_type, remote.origin.as_deref())
    }

    pub(in crate::engine) fn has_name(&self, remote: &RemoteIntegration) -> bool {
        self.name()
            .is_some_and(|name| Some(name) == remote.display_name.as_deref())
    }

    /// Whether `remote` equals the row's key.
    pub(super) fn is(&self, remote: &RemoteIntegration) -> bool {
        self.is_of_type(remote) && self.has_name(remote) && self.has_origin(remote)
    }
}
