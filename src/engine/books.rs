//! What the rows of a run and Jira's list have to do with each other: found, absent, or neither.
//!
//! Pure: lists come in, judgements go out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::journal::{Duplicate, Remote, RunState};
use crate::model::{Outcome, RemoteIntegration};

mod row;

pub(crate) use row::{BookRow, Standing};

/// A row whose integration was found in a list.
#[derive(Clone, Debug)]
pub(crate) struct Find<'l> {
    /// The row.
    pub n: u32,
    /// Its integration.
    pub remote: &'l RemoteIntegration,
}

/// What does not balance between the rows and a list.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Imbalance {
    /// Rows that were created and are not in the list.
    pub missing: Vec<u32>,
    /// Rows whose key is in the list more than once, or still is after what the run created was removed.
    pub doubles: Vec<Duplicate>,
    /// Rows that Jira refused and that are in the list after all.
    pub appeared: Vec<u32>,
}

impl Imbalance {
    /// Whether there is none.
    pub(crate) fn is_none(&self) -> bool {
        self.rows() == 0
    }

    /// How many rows do not balance.
    pub(crate) fn rows(&self) -> usize {
        self.missing.len() + self.doubles.len() + self.appeared.len()
    }
}

/// The rows of a run, what Jira held before it, and which integration belongs to which row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    baseline: HashSet<i64>,
    claimed: HashSet<i64>,
    /// The rows by their numbers, in order.
    rows: Vec<(u32, BookRow)>,
    /// Where among them those with a name stand, by their names.
    by_name: Vec<u32>,
    /// How many rounds of settling are over.
    round: u32,
    /// What a round left over: new, of no row that is known, and of none that was sent afterwards.
    left_over: HashMap<i64, u32>,
}

impl Books {
    /// The books of a run whose `baseline` is what Jira held before its first request.
    pub(crate) fn new(
        baseline: impl IntoIterator<Item = i64>,
        rows: impl IntoIterator<Item = (u32, BookRow)>,
    ) -> Self {
        let mut books = Self {
            baseline: baseline.into_iter().collect(),
            ..Self::default()
        };
        books.rows = rows.into_iter().collect();
        books.rows.sort_by_key(|(n, _)| *n);
        for (at, (_, row)) in (0..).zip(&books.rows) {
            if row.name().is_some() {
                books.by_name.push(at);
            }
            if let Standing::Created(id) | Standing::Exists(id) | Standing::Removed(id) =
                row.standing
            {
                books.claimed.insert(id);
            }
        }
        let rows = &books.rows;
        let name = |at: u32| rows[at as usize].1.name();
        books.by_name.sort_by_cached_key(|at| name(*at));
        books
    }

    fn row(&self, n: u32) -> Option<&BookRow> {
        let at = self.rows.binary_search_by_key(&n, |(n, _)| *n).ok()?;
        Some(&self.rows[at].1)
    }

    fn row_mut(&mut self, n: u32) -> Option<&mut BookRow> {
        let at = self.rows.binary_search_by_key(&n, |(n, _)| *n).ok()?;
        Some(&mut self.rows[at].1)
    }

    /// The rows of this name.
    fn named(&self, name: &str) -> impl Iterator<Item = (u32, &BookRow)> {
        let row = |at: &u32| &self.rows[*at as usize];
        let start = self
            .by_name
            .partition_point(|at| row(at).1.name() < Some(name));
        let rows = self.by_name[start..].iter().map(row);
        rows.take_while(move |(_, row)| row.name() == Some(name))
            .map(|(n, row)| (*n, row))
    }

    /// The books of a run as its journal tells them.
    pub(crate) fn of_run(run: &RunState) -> Self {
        let rows = run.rows().filter_map(|(n, row)| {
            let id = row.remote.map(|remote| remote.id);
            let is_gone = row
                .deletions
                .own
                .as_ref()
                .is_some_and(|of| of.outcome.is_gone());
            let standing = match (row.outcome, id) {
                (Outcome::Created, Some(id)) if is_gone => Standing::Removed(id),
                (Outcome::Created, Some(id)) => Standing::Created(id),
                (Outcome::Exists, Some(id)) => Standing::Exists(id),
                (Outcome::Failed, _) => Standing::Failed,
                (Outcome::InDoubt, _) => Standing::InDoubt,
                // What is not part of the run explains nothing that Jira holds.
                (Outcome::Invalid | Outcome::NotSelected, _) => return None,
                _ => Standing::Open,
            };
            Some((n, BookRow::of_state(row, standing)?))
        });
        let mut books = Self::new(run.baseline().unwrap_or_default().iter().copied(), rows);
        let gone = run
            .rows()
            .flat_map(|(_, row)| row.deletions.duplicates_gone());
        books.claimed.extend(gone);
        books
    }

    /// Notes that an undo removed the integration `id` of the row `n`, its own or a double.
    pub(crate) fn remove(&mut self, n: u32, id: i64) {
        let is_new = self.claimed.insert(id);
        let Some(row) = self.row_mut(n) else {
            return;
        };
        if row.standing == Standing::Created(id) {
            row.standing = Standing::Removed(id);
        } else if is_new {
            row.may_have_doubles = row.may_have_doubles.saturating_sub(1);
        }
    }

    /// Notes how a row stands now.
    pub(crate) fn set(&mut self, n: u32, standing: Standing) {
        if let Some(row) = self.row_mut(n) {
            row.standing = standing;
        }
        if let Standing::Created(id) | Standing::Exists(id) | Standing::Removed(id) = standing {
            self.claimed.insert(id);
        }
    }

    /// Notes what is there before the rows `rows` are sent, beside the baseline.
    pub(crate) fn know(&mut self, ids: impl Iterator<Item = i64>, rows: impl Iterator<Item = u32>) {
        let known: Arc<HashSet<i64>> = Arc::new(ids.collect());
        for n in rows {
            if let Some(row) = self.row_mut(n) {
                row.known = Some(Arc::clone(&known));
            }
        }
    }

    /// Whether Jira held an integration before the run.
    pub(crate) fn is_old(&self, id: i64) -> bool {
        self.baseline.contains(&id)
    }

    /// Notes that the row `n` is being sent: what a round of settling left over before that is not its integration.
    pub(crate) fn sent(&mut self, n: u32) {
        let round = self.round;
        if let Some(row) = self.row_mut(n) {
            row.sent_in = round;
        }
    }

    /// A round of settling is over, and the integrations `ids` were there by then.
    pub(crate) fn settled(&mut self, ids: impl IntoIterator<Item = i64>) {
        for id in ids {
            if self.is_new(id) {
                self.left_over.entry(id).or_insert(self.round);
            }
        }
        self.round = self.round.saturating_add(1);
    }

    /// Whether an integration was not there before the run and belongs to no row.
    pub(crate) fn is_new(&self, id: i64) -> bool {
        !self.baseline.contains(&id) && !self.claimed.contains(&id)
    }

    /// Whether an integration was not there yet, as far as is known, when the row was sent.
    fn came_after(&self, row: &BookRow, id: i64) -> bool {
        let left_over = self.left_over.get(&id);
        !row.knows(id) && left_over.is_none_or(|round| *round >= row.sent_in)
    }

    /// Whether an integration was there before the row `n` was sent, or belongs to a row.
    pub(crate) fn was_there_before(&self, n: u32, id: i64) -> bool {
        !self.is_new(id) || self.row(n).is_some_and(|row| !self.came_after(row, id))
    }

    /// Whether the run created the row `n`.
    pub(crate) fn is_created(&self, n: u32) -> bool {
        let row = self.row(n);
        row.is_some_and(|row| matches!(row.standing, Standing::Created(_)))
    }

    /// Whether anything was sent whose fate an audit can compare with a list.
    pub(crate) fn has_sent(&self) -> bool {
        let is_sent =
            |row: &BookRow| matches!(row.standing, Standing::Created(_) | Standing::Failed);
        self.rows.iter().any(|(_, row)| is_sent(row))
    }

    /// Whether an integration belongs to a row of the run.
    pub(crate) fn is_claimed(&self, id: i64) -> bool {
        self.claimed.contains(&id)
    }

    /// What `list` shows that was not there before the run and belongs to no row.
    pub(crate) fn news<'l>(&self, list: &'l [RemoteIntegration]) -> Vec<&'l RemoteIntegration> {
        list.iter()
            .filter(|remote| self.is_new(remote.id))
            .collect()
    }

    /// Finds rows of `unsettled` in a list, which then are created.
    ///
    /// A row with a name is found if exactly one new integration equals its key, and one without a name if exactly one
    /// new of its type and origin has a name that is no row's. What may belong to two of the rows, those that are in doubt
    /// already among them, belongs to neither, and what was there before a row was sent does not belong to it.
    pub(crate) fn find<'l>(
        &mut self,
        list: &'l [RemoteIntegration],
        unsettled: &[u32],
    ) -> Vec<Find<'l>> {
        let news = self.news(list);
        let mut may_be: BTreeMap<u32, Vec<&RemoteIntegration>> = BTreeMap::new();
        let mut suitors: HashMap<i64, usize> = HashMap::new();
        let unsettled: BTreeSet<u32> = unsettled.iter().copied().collect();
        let in_doubt = |row: &BookRow| row.standing == Standing::InDoubt;
        let looking = self
            .rows
            .iter()
            .filter(|(n, row)| unsettled.contains(n) || in_doubt(row));
        for (n, row) in looking {
            for &remote in &news {
                let is_it = match row.name() {
                    Some(_) => row.is(remote),
                    None => self.is_perhaps(row, remote),
                };
                if is_it && self.came_after(row, remote.id) {
                    may_be.entry(*n).or_default().push(remote);
                    *suitors.entry(remote.id).or_default() += 1;
                }
            }
        }
        let mut finds = Vec::new();
        for (n, remotes) in may_be {
            if let [remote] = remotes[..]
                && unsettled.contains(&n)
                && suitors.get(&remote.id) == Some(&1)
            {
                self.set(n, Standing::Created(remote.id));
                finds.push(Find { n, remote });
            }
        }
        finds
    }

    /// Whether `remote` may be what became of `row`, which has no name.
    fn is_perhaps(&self, row: &BookRow, remote: &RemoteIntegration) -> bool {
        let is_named_by_a_row = remote
            .display_name
            .as_deref()
            .is_some_and(|name| self.named(name).next().is_some());
        row.is_of_type(remote) && row.has_origin(remote) && !is_named_by_a_row
    }

    /// Whether none of the [`news`](Self::news) of a list can have come from the row `n`: no new integration of its type
    /// shares its origin or its name, those that equal another row's key left out. A row without a name is never absent.
    pub(crate) fn is_absent(&self, n: u32, news: &[&RemoteIntegration]) -> bool {
        let Some(row) = self.row(n).filter(|row| row.name().is_some()) else {
            return false;
        };
        news.iter().all(|remote| {
            let is_like =
                row.is_of_type(remote) && (row.has_origin(remote) || row.has_name(remote));
            !is_like || row.knows(remote.id) || self.is_of_another(n, remote)
        })
    }

    /// Whether `remote` equals the key of a row other than `n`, and not that of `n`.
    fn is_of_another(&self, n: u32, remote: &RemoteIntegration) -> bool {
        let rows = self.equal_to(remote);
        !rows.contains(&n) && !rows.is_empty()
    }

    /// The rows whose key `remote` equals.
    fn equal_to(&self, remote: &RemoteIntegration) -> Vec<u32> {
        let name = remote.display_name.as_deref();
        let named = name.into_iter().flat_map(|name| self.named(name));
        let equal = named.filter(|(_, row)| row.is(remote));
        equal.map(|(n, _)| n).collect()
    }

    /// Compares all rows with a list.
    pub(crate) fn balance(&self, list: &[RemoteIntegration]) -> Imbalance {
        let mut there: Vec<Remote> = list.iter().map(remote_of).collect();
        there.sort_unstable_by_key(|remote| remote.id);
        let there = |id: i64| {
            let at = there.binary_search_by_key(&id, |remote| remote.id);
            at.ok().map(|at| there[at])
        };
        let news = self.news(list);
        let mut equals: BTreeMap<u32, Vec<&RemoteIntegration>> = BTreeMap::new();
        for &remote in &news {
            for n in self.equal_to(remote) {
                equals.entry(n).or_default().push(remote);
            }
        }
        let mut imbalance = Imbalance::default();
        for &(n, ref row) in &self.rows {
            if let Standing::Created(id) = row.standing
                && there(id).is_none()
            {
                imbalance.missing.push(n);
            }
            if row.standing == Standing::Failed
                && match row.name() {
                    Some(_) => equals.contains_key(&n),
                    None => news.iter().any(|remote| self.is_perhaps(row, remote)),
                }
            {
                imbalance.appeared.push(n);
            }
            let own = match row.standing {
                Standing::Created(id) | Standing::Exists(id) => there(id),
                _ => None,
            };
            let others = equals.get(&n).map(Vec::as_slice).unwrap_or_default();
            let is_double = match row.standing {
                // After one request, what has the key now is someone else's.
                Standing::Removed(_) => !others.is_empty() && row.may_have_doubles > 0,
                _ => usize::from(own.is_some()) + others.len() > 1,
            };
            if is_double {
                let others = others.iter().map(|remote| remote_of(remote));
                imbalance.doubles.push(Duplicate {
                    n,
                    remotes: own.into_iter().chain(others).collect(),
                });
            }
        }
        imbalance
    }
}

/// How a journal knows an integration again.
pub(super) fn remote_of(remote: &RemoteIntegration) -> Remote {
    Remote {
        id: remote.id,
        init_date: remote.init_date,
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
