//! What the rows of a run and Jira's list have to do with each other: found, absent, or neither.
//!
//! Pure: lists come in, judgements go out. *New* is what was not in Jira before the run and belongs to no row.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::journal::{Discrepancies, Duplicate, RowState, RunState};
use crate::model::{
    IntegrationType, OriginKey, Outcome, Remote, RemoteIntegration, RemoteMap, RemoteSet, Row,
    normalise,
};

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

/// What became of a row, as far as it matters for matching.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RowStatus {
    /// Nothing of it is known to be in Jira.
    Open,
    /// It was sent and its fate is unknown.
    InDoubt,
    /// It was there before the run.
    Exists(Remote),
    /// The run created it.
    Created(Remote),
    /// Jira refused it.
    Failed,
    /// It was created and an undo removed it.
    Removed(Remote),
}

impl RowStatus {
    /// The integration that belongs to the row, or did.
    fn remote(self) -> Option<Remote> {
        match self {
            Self::Exists(remote) | Self::Created(remote) | Self::Removed(remote) => Some(remote),
            Self::Open | Self::InDoubt | Self::Failed => None,
        }
    }
}

/// A row as it is recognised in a list.
#[derive(Clone, Debug)]
pub(crate) struct MatchRow {
    integration_type: IntegrationType,
    name: Option<String>,
    origin: OriginKey,
    status: RowStatus,
    /// What was there beside the baseline before it was sent, if that is known.
    present_before: Option<Arc<RemoteSet>>,
    /// How many rounds of settling were over when it was last sent.
    sent_in: u32,
    /// What answers named as its integration that did not confirm its creation.
    named: RemoteSet,
    /// How many integrations beside its own several requests of ours may have created.
    may_have_duplicates: u32,
}

impl MatchRow {
    /// A row that was read from a sheet.
    pub(crate) fn of_row(row: &Row, status: RowStatus) -> Self {
        let integration_type = row.record.integration_type();
        let origin = OriginKey::of(integration_type, row.record.origin());
        Self::new(integration_type, row.record.display_name(), origin, status)
    }

    /// A row as a journal has it; none if it has no type, so that it was never sent.
    pub(crate) fn of_state(row: &RowState, status: RowStatus) -> Option<Self> {
        let integration_type = row.integration_type()?;
        let origin = match (&row.read.key, &row.read.origin) {
            // The rules under which the row was sent count.
            (Some(key), _) => key.origin.clone(),
            (None, Some(text)) => OriginKey(Some(normalise(integration_type, text))),
            (None, None) => OriginKey::of(integration_type, None),
        };
        Some(Self {
            present_before: row.listed_before.clone(),
            named: row.named.iter().copied().collect(),
            may_have_duplicates: row.may_have_duplicates(),
            ..Self::new(integration_type, row.read.name.as_deref(), origin, status)
        })
    }

    fn new(
        integration_type: IntegrationType,
        name: Option<&str>,
        origin: OriginKey,
        status: RowStatus,
    ) -> Self {
        Self {
            integration_type,
            name: name.map(str::to_owned),
            origin,
            status,
            present_before: None,
            sent_in: 0,
            named: RemoteSet::default(),
            may_have_duplicates: 0,
        }
    }

    /// Whether an integration was there before the row was sent.
    fn was_present_before(&self, remote: Remote) -> bool {
        let present = self.present_before.as_ref();
        present.is_some_and(|present| present.contains(remote))
    }

    fn has_type(&self, remote: &RemoteIntegration) -> bool {
        remote.integration_type() == Some(self.integration_type)
    }

    pub(super) fn has_origin(&self, remote: &RemoteIntegration) -> bool {
        let shown = remote.origin.as_deref();
        self.origin.matches(self.integration_type, shown)
    }

    pub(super) fn has_name(&self, remote: &RemoteIntegration) -> bool {
        self.name.is_some() && self.name == remote.display_name
    }

    fn is_named(&self, remote: &RemoteIntegration) -> bool {
        self.named.contains(remote.identity())
    }

    /// Whether `remote` may have come from the row, whatever Jira made of its origin or its name: they share one of these, or
    /// the list leaves out what would tell.
    fn may_be(&self, remote: &RemoteIntegration) -> bool {
        let has_origin = remote.origin.is_none() || self.has_origin(remote);
        remote.may_have_type(Some(self.integration_type.name()))
            && (has_origin || remote.type_name.is_empty() || self.has_name(remote))
    }

    /// Whether `remote` equals the row's key.
    fn equals(&self, remote: &RemoteIntegration) -> bool {
        self.has_type(remote) && self.has_name(remote) && self.has_origin(remote)
    }
}

/// The rows of a run, what Jira held before it, and which integration belongs to which row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matcher {
    baseline: RemoteSet,
    claimed: RemoteSet,
    rows: BTreeMap<u32, MatchRow>,
    by_name: HashMap<String, Vec<u32>>,
    /// What the run is known to have created, in the order of the answers, without what was removed before this session.
    created: Vec<Remote>,
    /// What was removed in this session.
    removed: RemoteSet,
    /// How many rounds of settling are over.
    round: u32,
    /// What was there when a round ended, new, and with no row found for it, by that round.
    left_over: RemoteMap<u32>,
}

impl Matcher {
    /// A matcher for a run whose `baseline` is what Jira held before its first request.
    pub(crate) fn new(
        baseline: impl IntoIterator<Item = Remote>,
        rows: impl IntoIterator<Item = (u32, MatchRow)>,
    ) -> Self {
        let mut matcher = Self {
            baseline: baseline.into_iter().collect(),
            rows: rows.into_iter().collect(),
            ..Self::default()
        };
        for (n, row) in &matcher.rows {
            if let Some(name) = &row.name {
                matcher.by_name.entry(name.clone()).or_default().push(*n);
            }
            matcher.claimed.extend(row.status.remote());
            if let RowStatus::Created(remote) = row.status {
                matcher.created.push(remote);
            }
        }
        matcher
    }

    /// A matcher for a run as its journal tells it.
    pub(crate) fn of_run(run: &RunState) -> Self {
        let rows = run.rows().filter_map(|(n, row)| {
            let status = match (row.outcome, row.remote) {
                (Outcome::Created, Some(remote)) if row.is_gone() => RowStatus::Removed(remote),
                (Outcome::Created, Some(remote)) => RowStatus::Created(remote),
                (Outcome::Exists, Some(remote)) => RowStatus::Exists(remote),
                (Outcome::Failed, _) => RowStatus::Failed,
                (Outcome::InDoubt, _) => RowStatus::InDoubt,
                // What is not part of the run explains nothing that Jira holds.
                (Outcome::Invalid | Outcome::NotSelected, _) => return None,
                _ => RowStatus::Open,
            };
            Some((n, MatchRow::of_state(row, status)?))
        });
        let mut matcher = Self::new(run.baseline.iter().flatten().copied(), rows);
        let gone = run.rows().flat_map(|(_, row)| row.duplicates_gone());
        matcher.claimed.extend(gone);
        matcher
    }

    pub(crate) fn set_status(&mut self, n: u32, status: RowStatus) {
        if let Some(row) = self.rows.get_mut(&n) {
            row.status = status;
        }
        self.claimed.extend(status.remote());
        if let RowStatus::Created(remote) = status {
            self.created.push(remote);
        }
    }

    /// Notes that an undo removed the integration `remote` of the row `n`, its own or a duplicate.
    pub(crate) fn note_removed(&mut self, n: u32, remote: Remote) {
        let is_new = !self.is_claimed(remote);
        self.claimed.insert(remote, ());
        self.removed.insert(remote, ());
        let Some(row) = self.rows.get_mut(&n) else {
            return;
        };
        if matches!(row.status, RowStatus::Created(own) if own.is_same(remote)) {
            row.status = RowStatus::Removed(remote);
        } else if is_new {
            row.may_have_duplicates = row.may_have_duplicates.saturating_sub(1);
        }
    }

    /// Notes what is there, beside the baseline, before the rows `rows` are sent.
    pub(crate) fn note_present_before(
        &mut self,
        remotes: impl Iterator<Item = Remote>,
        rows: impl Iterator<Item = u32>,
    ) {
        let present: Arc<RemoteSet> = Arc::new(remotes.collect());
        for n in rows {
            if let Some(row) = self.rows.get_mut(&n) {
                row.present_before = Some(Arc::clone(&present));
            }
        }
    }

    /// Notes that the row `n` is being sent: what a round of settling left over before that is not its integration.
    pub(crate) fn note_sent(&mut self, n: u32) {
        if let Some(row) = self.rows.get_mut(&n) {
            row.sent_in = self.round;
        }
    }

    /// Notes that an answer for the row `n` named `remote` without confirming that it was created.
    pub(crate) fn note_named(&mut self, n: u32, remote: Remote) {
        if let Some(row) = self.rows.get_mut(&n) {
            row.named.insert(remote, ());
        }
    }

    /// A round of settling is over, and `remotes` were there by then.
    pub(crate) fn end_round(&mut self, remotes: impl IntoIterator<Item = Remote>) {
        for remote in remotes {
            if self.is_new(remote) && !self.left_over.contains(remote) {
                self.left_over.insert(remote, self.round);
            }
        }
        self.round = self.round.saturating_add(1);
    }

    /// Whether Jira held an integration before the run.
    pub(crate) fn is_in_baseline(&self, remote: Remote) -> bool {
        self.baseline.contains(remote)
    }

    /// Whether an integration belongs to a row of the run.
    pub(crate) fn is_claimed(&self, remote: Remote) -> bool {
        self.claimed.contains(remote)
    }

    fn is_new(&self, remote: Remote) -> bool {
        !self.is_in_baseline(remote) && !self.is_claimed(remote)
    }

    /// Whether an integration was there before the row `n` was sent, or belongs to a row.
    pub(crate) fn was_there_before(&self, n: u32, remote: Remote) -> bool {
        let row = self.rows.get(&n);
        !self.is_new(remote) || row.is_some_and(|row| !self.may_come_from(row, remote))
    }

    /// Whether an integration was not there yet, as far as is known, when the row was sent.
    fn may_come_from(&self, row: &MatchRow, remote: Remote) -> bool {
        let left_over = self.left_over.get(remote);
        !row.was_present_before(remote) && left_over.is_none_or(|round| *round >= row.sent_in)
    }

    /// How many integrations the run is known to have created so far.
    pub(crate) fn number_created(&self) -> usize {
        self.created.len()
    }

    /// Whether `list` shows the first `number` integrations that the run created, without those removed and those `in_question`:
    /// a list that lacks what is known to be there proves no absence.
    pub(crate) fn shows_created(
        &self,
        list: &[RemoteIntegration],
        number: usize,
        in_question: &RemoteSet,
    ) -> bool {
        let shown: RemoteSet = list.iter().map(RemoteIntegration::identity).collect();
        let is_open = |remote| self.removed.contains(remote) || in_question.contains(remote);
        let mut known = self.created.iter().take(number).copied();
        known.all(|created| shown.contains(created) || is_open(created))
    }

    /// What `list` shows that is new.
    pub(crate) fn new_in<'l>(&self, list: &'l [RemoteIntegration]) -> Vec<&'l RemoteIntegration> {
        list.iter()
            .filter(|remote| self.is_new(remote.identity()))
            .collect()
    }

    /// Finds the integrations of rows of `unsettled` in a list, which then are created.
    ///
    /// A row with a name is found if exactly one new integration equals its key, and one without a name if exactly one
    /// new of its type and origin has a name that is no row's; one that an answer for the row named counts like these. What
    /// may belong to two of the rows, those that are in doubt already among them, belongs to neither, and what was there
    /// before a row was sent does not belong to it.
    pub(crate) fn find<'l>(
        &mut self,
        list: &'l [RemoteIntegration],
        unsettled: &[u32],
    ) -> Vec<(u32, &'l RemoteIntegration)> {
        let new = self.new_in(list);
        let unsettled: BTreeSet<u32> = unsettled.iter().copied().collect();
        let mut candidates: Vec<(u32, Vec<&RemoteIntegration>)> = Vec::new();
        let mut rows_of: HashMap<Remote, usize> = HashMap::new();
        for (&n, row) in &self.rows {
            if !unsettled.contains(&n) && row.status != RowStatus::InDoubt {
                continue;
            }
            let is_candidate = |remote: &RemoteIntegration| {
                let is_alike = match row.name {
                    Some(_) => row.equals(remote),
                    None => self.may_be_nameless(row, remote),
                };
                (is_alike || row.is_named(remote)) && self.may_come_from(row, remote.identity())
            };
            let remotes: Vec<_> = new
                .iter()
                .copied()
                .filter(|new| is_candidate(new))
                .collect();
            for remote in &remotes {
                *rows_of.entry(remote.identity()).or_default() += 1;
            }
            candidates.push((n, remotes));
        }
        let mut found = Vec::new();
        for (n, remotes) in candidates {
            if let [remote] = remotes[..]
                && unsettled.contains(&n)
                && rows_of.get(&remote.identity()) == Some(&1)
            {
                self.set_status(n, RowStatus::Created(remote.identity()));
                found.push((n, remote));
            }
        }
        found
    }

    /// Whether `remote` may be what became of `row`, which has no name.
    fn may_be_nameless(&self, row: &MatchRow, remote: &RemoteIntegration) -> bool {
        let name = remote.display_name.as_ref();
        let has_name_of_row = name.is_some_and(|name| self.by_name.contains_key(name));
        row.has_type(remote) && row.has_origin(remote) && !has_name_of_row
    }

    /// Whether none of what is [`new_in`](Self::new_in) a list can have come from the row `n`: no new integration of its type
    /// shares its origin or its name, those that equal another row's key left out, and none was named by an answer for it. A
    /// row without a name is never absent.
    pub(crate) fn is_absent(&self, n: u32, new: &[&RemoteIntegration]) -> bool {
        let Some(row) = self.rows.get(&n).filter(|row| row.name.is_some()) else {
            return false;
        };
        new.iter().all(|remote| {
            if row.is_named(remote) {
                return false;
            }
            !row.may_be(remote)
                || row.was_present_before(remote.identity())
                || self.is_of_another(n, remote)
        })
    }

    /// Whether `remote` equals the key of a row other than `n`, and not that of `n`.
    fn is_of_another(&self, n: u32, remote: &RemoteIntegration) -> bool {
        let name = remote.display_name.as_ref();
        let named = name.and_then(|name| self.by_name.get(name));
        let rows = named.into_iter().flatten();
        let mut rows = rows.filter(|n| self.rows[n].equals(remote)).peekable();
        rows.peek().is_some() && rows.all(|other| *other != n)
    }

    /// Compares all rows with a list.
    pub(crate) fn compare(&self, list: &[RemoteIntegration]) -> Discrepancies {
        let there: RemoteMap<Remote> = list
            .iter()
            .map(|remote| (remote.identity(), remote.identity()))
            .collect();
        let new = self.new_in(list);
        let mut found = Discrepancies::default();
        for (&n, row) in &self.rows {
            // Jira may have stored what an answer named in a form of its own.
            let others = new
                .iter()
                .filter(|remote| row.equals(remote) || row.is_named(remote));
            let others: Vec<Remote> = others.map(|remote| remote.identity()).collect();
            let own = match row.status {
                RowStatus::Created(own) | RowStatus::Exists(own) => there.get(own).copied(),
                _ => None,
            };
            if matches!(row.status, RowStatus::Created(_)) && own.is_none() {
                found.missing.push(n);
            }
            let is_nameless = row.name.is_none();
            let has_appeared = || {
                !others.is_empty()
                    || is_nameless && new.iter().any(|remote| self.may_be_nameless(row, remote))
            };
            if row.status == RowStatus::Failed && has_appeared() {
                found.appeared.push(n);
            }
            let is_duplicate = match row.status {
                // After one request, what has the key now is someone else's.
                RowStatus::Removed(_) => !others.is_empty() && row.may_have_duplicates > 0,
                _ => usize::from(own.is_some()) + others.len() > 1,
            };
            if is_duplicate {
                let remotes = own.into_iter().chain(others).collect();
                found.duplicates.push(Duplicate { n, remotes });
            }
        }
        found
    }
}
