//! The document of `gij verify`: which of a run's integrations Jira has indexed since.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::run::report_duplicates;
use super::value::ReportDuplicate;
use crate::journal::{Duplicate, RowState, RunState};
use crate::model::{Field, Outcome, RemoteIntegration};

/// How an integration is in Jira now. The app creates first and scans later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndexState {
    /// It was indexed at least once, so its credential works.
    Indexed,
    NotYet,
    /// It is disabled, and is not indexed while it is.
    Disabled,
    /// Jira does not hold it any more.
    Gone,
}

impl IndexState {
    /// In the order of the reports.
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
        let fields = shown.fields.open();
        let is_given = |value: &Value| !value.is_null() && value != "";
        if fields.get("lastIndexedDate").is_some_and(is_given) {
            return Self::Indexed;
        }
        // Some versions of the app answer flags as strings.
        match fields.get(Field::Disabled.name()) {
            Some(Value::Bool(true)) => Self::Disabled,
            Some(Value::String(text)) if text == "true" => Self::Disabled,
            _ => Self::NotYet,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct VerifiedRow {
    pub file: String,
    pub sheet: Option<String>,
    /// From 1, as a spreadsheet shows it.
    pub row: Option<u32>,
    /// Where it stands, for people.
    #[serde(skip)]
    pub place: String,
    pub display_name: Option<String>,
    pub id: i64,
    pub state: IndexState,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct VerifyReport {
    /// The run's id.
    pub run: String,
    /// How many integrations are in which state.
    pub totals: BTreeMap<IndexState, u64>,
    /// Keys of the run that Jira holds more than once.
    #[serde(rename = "doubles")]
    pub duplicates: Vec<ReportDuplicate>,
    /// The places of rows that Jira refused and that it holds after all: they are in doubt from now on.
    pub appeared: Vec<String>,
    /// The places of rows that were in doubt before.
    pub in_doubt: Vec<String>,
    /// The integrations that the run created and no undo removed.
    pub rows: Vec<VerifiedRow>,
}

impl VerifyReport {
    /// Compares what `run` created with Jira's `list`, in which `duplicates` and rows that `appeared` were found.
    pub(crate) fn new(
        run: &RunState,
        list: &[RemoteIntegration],
        duplicates: &[Duplicate],
        appeared: &[u32],
    ) -> Self {
        let there: HashMap<i64, &RemoteIntegration> =
            list.iter().map(|remote| (remote.id, remote)).collect();
        let rows: Vec<VerifiedRow> = run
            .rows()
            .filter_map(|(_, row)| verified_row(row, &there))
            .collect();
        let count = |state| rows.iter().filter(|row| row.state == state).count() as u64;
        let in_doubt = run
            .rows()
            .filter(|(_, row)| row.outcome == Outcome::InDoubt);
        Self {
            run: run.opened().run.clone(),
            totals: IndexState::ALL
                .into_iter()
                .map(|state| (state, count(state)))
                .collect(),
            duplicates: report_duplicates(duplicates, run),
            appeared: appeared
                .iter()
                .filter_map(|&n| Some(run.row(n)?.place.to_string()))
                .collect(),
            in_doubt: in_doubt.map(|(_, row)| row.place.to_string()).collect(),
            rows,
        }
    }

    /// How many integrations are in this state.
    pub(crate) fn count(&self, state: IndexState) -> u64 {
        self.totals.get(&state).copied().unwrap_or_default()
    }

    /// Whether something is gone, there twice, there in spite of a refusal, or in doubt.
    pub(crate) fn is_amiss(&self) -> bool {
        let are_in_doubt = !self.appeared.is_empty() || !self.in_doubt.is_empty();
        self.count(IndexState::Gone) > 0 || !self.duplicates.is_empty() || are_in_doubt
    }
}

/// None if the run did not create it, or an undo removed it.
fn verified_row(row: &RowState, there: &HashMap<i64, &RemoteIntegration>) -> Option<VerifiedRow> {
    let removal = row.deletions.own.as_ref();
    if row.outcome != Outcome::Created || removal.is_some_and(|removal| removal.outcome.is_gone()) {
        return None;
    }
    let id = row.remote?.id;
    let table = &row.place.table;
    Some(VerifiedRow {
        file: table.file.clone(),
        sheet: table.sheet.clone(),
        row: row.place.row,
        place: row.place.to_string(),
        display_name: row.name.clone(),
        id,
        state: IndexState::of(there.get(&id).copied()),
    })
}
