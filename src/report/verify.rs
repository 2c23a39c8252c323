//! The document of `gij verify`: which of a run's integrations Jira has indexed since.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::run::report_duplicates;
use super::value::{IndexState, Report, ReportDuplicate, file_sheet_row, row_key};
use crate::journal::{Duplicate, RowState, RunState};
use crate::model::{Field, Outcome, Place, Remote, RemoteIntegration};

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct VerifiedRow {
    #[serde(flatten, serialize_with = "file_sheet_row")]
    pub place: Place,
    pub display_name: Option<String>,
    pub id: i64,
    pub state: IndexState,
    /// How many repositories it found; null if the app does not tell.
    pub repositories: Option<u64>,
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
    /// The integrations that the run created or updated and no undo removed.
    pub rows: Vec<VerifiedRow>,
}

impl VerifyReport {
    /// Compares what `run` created with Jira's `list`, in which `duplicates` and rows that `appeared` were found, and with the
    /// `repositories` that each integration found, if that is known.
    pub(crate) fn new(
        run: &RunState,
        list: &[RemoteIntegration],
        repositories: Option<&HashMap<i64, u64>>,
        duplicates: &[Duplicate],
        appeared: &[u32],
    ) -> Self {
        let there: HashMap<i64, &RemoteIntegration> =
            list.iter().map(|remote| (remote.id, remote)).collect();
        let rows: Vec<VerifiedRow> = run
            .rows()
            .filter_map(|(_, row)| verified_row(row, &there, repositories))
            .collect();
        let count = |state| rows.iter().filter(|row| row.state == state).count() as u64;
        let in_doubt = run
            .rows()
            .filter(|(_, row)| row.outcome == Outcome::InDoubt);
        Self {
            run: run.opened.run.clone(),
            totals: IndexState::ALL
                .into_iter()
                .map(|state| (state, count(state)))
                .collect(),
            duplicates: report_duplicates(duplicates, run),
            appeared: appeared
                .iter()
                .filter_map(|&n| Some(run.row(n)?.read.place.to_string()))
                .collect(),
            in_doubt: in_doubt
                .map(|(_, row)| row.read.place.to_string())
                .collect(),
            rows,
        }
    }

    /// The report of the run with what is known of its integrations now.
    pub(crate) fn added_to(&self, mut report: Report) -> Report {
        let verified = self.rows.iter().map(|row| (row_key(&row.place), row));
        let verified: HashMap<_, _> = verified.collect();
        for row in &mut report.rows {
            if let Some(found) = verified.get(&row_key(&row.place)) {
                (row.index, row.repositories) = (Some(found.state), found.repositories);
            }
        }
        report
    }

    /// How many integrations are in this state.
    pub(crate) fn count(&self, state: IndexState) -> u64 {
        self.totals.get(&state).copied().unwrap_or_default()
    }

    /// Whether something is gone, replaced, without repositories, there twice, there in spite of a refusal, or in doubt.
    pub(crate) fn is_amiss(&self) -> bool {
        let is_missing = self.rows.iter().any(|row| row.state.is_amiss());
        let are_in_doubt = !self.appeared.is_empty() || !self.in_doubt.is_empty();
        is_missing || !self.duplicates.is_empty() || are_in_doubt
    }

    /// Whether time may still change what an integration found.
    pub(crate) fn may_index(&self) -> bool {
        self.count(IndexState::NotYet) + self.count(IndexState::NoRepositories) > 0
    }

    /// How many repositories the integrations found, if the app tells.
    pub(crate) fn repositories(&self) -> Option<u64> {
        self.rows.iter().map(|row| row.repositories).sum()
    }
}

/// None if the run neither created nor updated it, or an undo removed it.
fn verified_row(
    row: &RowState,
    there: &HashMap<i64, &RemoteIntegration>,
    repositories: Option<&HashMap<i64, u64>>,
) -> Option<VerifiedRow> {
    let is_ours = matches!(row.outcome, Outcome::Created | Outcome::Updated);
    if !is_ours || row.is_gone() {
        return None;
    }
    let id = row.remote?.id;
    let repositories = repositories.map(|counts| counts.get(&id).copied().unwrap_or_default());
    Some(VerifiedRow {
        place: row.read.place.clone(),
        display_name: row.read.name.clone(),
        id,
        state: index_state(row, there.get(&id).copied(), repositories),
        repositories,
    })
}

/// The state of the integration of `row`, which Jira shows as `shown` and which found so many `repositories`, if that is
/// known.
fn index_state(
    row: &RowState,
    shown: Option<&RemoteIntegration>,
    repositories: Option<u64>,
) -> IndexState {
    let Some(shown) = shown else {
        return IndexState::Gone;
    };
    let is_same = |own: Remote| own.is_same(shown.identity());
    if !shown.may_have_type(row.read.type_name.as_deref()) || !row.remote.is_some_and(is_same) {
        return IndexState::Replaced;
    }
    let fields = shown.fields.open();
    let is_given = |value: &Value| !value.is_null() && value != "";
    let is_indexed = fields.get("lastIndexedDate").is_some_and(is_given);
    // Some versions of the app answer flags as strings.
    let disabled = fields.get(Field::Disabled.name());
    let is_disabled = disabled.is_some_and(|flag| *flag == true || *flag == "true");
    match (is_indexed, repositories) {
        (true, None | Some(1..)) => IndexState::Indexed,
        _ if is_disabled => IndexState::Disabled,
        (true, Some(0)) => IndexState::NoRepositories,
        (false, _) => IndexState::NotYet,
    }
}
