//! Which of a run's integrations Jira has indexed since.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::run::{DoubleFacts, FORMAT};
use crate::journal::{Duplicate, RemovalOutcome, RunState};
use crate::model::{Field, Outcome, RemoteIntegration};

/// How an integration is in Jira now. The app creates first and scans later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndexState {
    /// It was indexed at least once, so its credential works.
    Indexed,
    /// It was not indexed yet.
    NotYet,
    /// It is disabled, and is not indexed while it is.
    Disabled,
    /// Jira does not hold it any more.
    Gone,
}

impl IndexState {
    /// All of them in the order of the reports.
    pub(crate) const ALL: [Self; 4] = [Self::Indexed, Self::NotYet, Self::Disabled, Self::Gone];

    /// The state on screen.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Indexed => "indexed",
            Self::NotYet => "not yet",
            Self::Disabled => "disabled",
            Self::Gone => "gone",
        }
    }

    fn of(shown: Option<&RemoteIntegration>) -> Self {
        let Some(shown) = shown else {
            return Self::Gone;
        };
        let is_told = |value: &Value| !value.is_null() && value != "";
        let fields = shown.fields.open();
        if fields.get("lastIndexedDate").is_some_and(is_told) {
            return Self::Indexed;
        }
        match fields.get(Field::Disabled.name()) {
            Some(Value::Bool(true)) => Self::Disabled,
            Some(Value::String(text)) if text == "true" => Self::Disabled,
            _ => Self::NotYet,
        }
    }
}

/// How many integrations are in which state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub(crate) struct VerifyTotals {
    /// Indexed at least once.
    pub indexed: u64,
    /// Not indexed yet.
    pub not_yet: u64,
    /// Disabled.
    pub disabled: u64,
    /// No longer there.
    pub gone: u64,
}

impl VerifyTotals {
    /// The number of those in `state`.
    pub(crate) fn of(&self, state: IndexState) -> u64 {
        match state {
            IndexState::Indexed => self.indexed,
            IndexState::NotYet => self.not_yet,
            IndexState::Disabled => self.disabled,
            IndexState::Gone => self.gone,
        }
    }
}

/// An integration of the run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct VerifiedRow {
    /// The file.
    pub file: String,
    /// The sheet; none in a CSV.
    pub sheet: Option<String>,
    /// The row, from 1, as a spreadsheet shows it.
    pub row: Option<u32>,
    /// Where it stands, for people.
    #[serde(skip)]
    pub place: String,
    /// The display name.
    pub display_name: Option<String>,
    /// Jira's id.
    pub id: i64,
    /// How it is.
    pub state: IndexState,
}

/// What a verification found. Serialised, it is the document of `--format json`, keys in this order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct VerifyReport {
    format: u32,
    /// The run's id.
    pub run: String,
    /// How many integrations are in which state.
    pub totals: VerifyTotals,
    /// Keys of the run that Jira holds more than once.
    pub doubles: Vec<DoubleFacts>,
    /// Rows that Jira refused and that it holds after all, by their places: they are in doubt from now on.
    pub appeared: Vec<String>,
    /// Rows that were in doubt before, by their places.
    pub in_doubt: Vec<String>,
    /// The integrations that the run created and no undo removed.
    pub rows: Vec<VerifiedRow>,
}

impl VerifyReport {
    /// Compares what `run` created with a list of Jira's; `doubles` and rows that `appeared` were found in it.
    pub(crate) fn new(
        run: &RunState,
        list: &[RemoteIntegration],
        doubles: &[Duplicate],
        appeared: &[u32],
    ) -> Self {
        let there: HashMap<i64, &RemoteIntegration> =
            list.iter().map(|remote| (remote.id, remote)).collect();
        let is_removed = |of: RemovalOutcome| of.is_gone();
        let created = run.rows().filter(|(_, row)| {
            let removal = row.removal.as_ref().map(|removal| removal.outcome);
            row.outcome == Outcome::Created && !removal.is_some_and(is_removed)
        });
        let rows: Vec<VerifiedRow> = created
            .filter_map(|(_, row)| {
                let id = row.remote?.id;
                let table = &row.place.table;
                Some(VerifiedRow {
                    file: table.file.as_str().into(),
                    sheet: table.sheet.as_deref().map(Into::into),
                    row: row.place.row,
                    place: row.place.to_string(),
                    display_name: row.name.clone(),
                    id,
                    state: IndexState::of(there.get(&id).copied()),
                })
            })
            .collect();
        let mut totals = VerifyTotals::default();
        for row in &rows {
            *match row.state {
                IndexState::Indexed => &mut totals.indexed,
                IndexState::NotYet => &mut totals.not_yet,
                IndexState::Disabled => &mut totals.disabled,
                IndexState::Gone => &mut totals.gone,
            } += 1;
        }
        Self {
            format: FORMAT,
            run: run.opened().run.clone(),
            totals,
            doubles: doubles
                .iter()
                .filter_map(|double| DoubleFacts::of(double, run))
                .collect(),
            appeared: appeared
                .iter()
                .filter_map(|&n| Some(run.row(n)?.place.to_string()))
                .collect(),
            in_doubt: run
                .rows()
                .filter(|(_, row)| row.outcome == Outcome::InDoubt)
                .map(|(_, row)| row.place.to_string())
                .collect(),
            rows,
        }
    }

    /// Whether something is gone, there twice, there in spite of a refusal, or in doubt.
    pub(crate) fn is_amiss(&self) -> bool {
        let are_in_doubt = !self.appeared.is_empty() || !self.in_doubt.is_empty();
        self.totals.gone > 0 || !self.doubles.is_empty() || are_in_doubt
    }
}
