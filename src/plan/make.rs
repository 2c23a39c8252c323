use std::collections::{HashMap, HashSet};
use std::fmt;

use super::references::ReferenceUse;
use crate::model::{
    Difference, Field, FieldView, IntegrationType, OriginKey, RemoteIntegration, Row,
};

/// What is to be done with a row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Action {
    /// Send it. `also_as` is the name under which Jira already holds the same type and origin, which would then be indexed
    /// twice.
    Create {
        /// That name, and its id.
        also_as: Option<(String, i64)>,
    },
    /// Leave it: an integration with its key is there.
    Exists {
        /// Jira's id.
        id: i64,
        /// The visible settings in which it differs from the row.
        differences: Vec<Difference>,
    },
    /// Leave it for another run: it is beyond the limit of this one.
    NotSelected,
}

impl Action {
    /// The action in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Exists { .. } => "exists",
            Self::NotSelected => "not_selected",
        }
    }

    /// Why this is to be done.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Create { .. } => "not in Jira",
            Self::Exists { .. } => "same type, origin and name",
            Self::NotSelected => "beyond --limit",
        }
    }

    /// The integration that exists.
    pub(crate) fn id(&self) -> Option<i64> {
        match self {
            Self::Create { .. } | Self::NotSelected => None,
            Self::Exists { id, .. } => Some(*id),
        }
    }
}

/// A row and what is to be done with it.
#[derive(Clone, Debug)]
pub(crate) struct PlannedRow {
    /// The row.
    pub row: Row,
    /// What is to be done.
    pub action: Action,
}

/// What is to be done with all rows, and the list that this follows from.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    rows: Vec<PlannedRow>,
    baseline: Vec<i64>,
}

/// Rows that existed in one list and do not in the next, with the ids that they had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Vanished(pub Vec<(String, i64)>);

/// The rows by their places; many are folded.
impl fmt::Display for Vanished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 5;
        for (index, (place, id)) in self.0.iter().take(MOST).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{place} (id {id})")?;
        }
        if self.0.len() > MOST {
            write!(f, " and {} more", self.0.len() - MOST)?;
        }
        Ok(())
    }
}

impl Plan {
    /// Compares `rows` with the integrations that Jira holds.
    pub(crate) fn new(rows: Vec<Row>, remote: &[RemoteIntegration]) -> Self {
        let actions = actions(&rows.iter(), remote);
        let planned = rows.into_iter().zip(actions);
        Self {
            rows: planned
                .map(|(row, action)| PlannedRow { row, action })
                .collect(),
            baseline: remote.iter().map(|integration| integration.id).collect(),
        }
    }

    /// The same plan for a pilot: of the rows that are to be created the first `most`, the others another time.
    pub(crate) fn limited_to(mut self, most: usize) -> Self {
        let new = self
            .rows
            .iter_mut()
            .filter(|planned| matches!(planned.action, Action::Create { .. }));
        for planned in new.skip(most) {
            planned.action = Action::NotSelected;
        }
        self
    }

    /// The plan for the same rows against a newer list. What was beyond the limit stays so: nobody has agreed to it. The
    /// baseline is what either list held.
    ///
    /// # Errors
    ///
    /// [`Vanished`] if a row that existed does not any more: nobody has agreed to creating it, and a list that lags may
    /// show it again.
    pub(crate) fn replan(mut self, remote: &[RemoteIntegration]) -> Result<Self, Vanished> {
        let actions = actions(&self.rows.iter().map(|planned| &planned.row), remote);
        let mut vanished = Vec::new();
        for (planned, mut action) in self.rows.iter_mut().zip(actions) {
            if let Action::Create { .. } = action {
                match &planned.action {
                    Action::NotSelected => action = Action::NotSelected,
                    Action::Exists { id, .. } => {
                        vanished.push((planned.row.place.to_string(), *id));
                    }
                    Action::Create { .. } => {}
                }
            }
            planned.action = action;
        }
        if !vanished.is_empty() {
            return Err(Vanished(vanished));
        }
        let now: Vec<i64> = remote.iter().map(|integration| integration.id).collect();
        let known: HashSet<i64> = now.iter().copied().collect();
        let before = std::mem::replace(&mut self.baseline, now);
        let older = before.into_iter().filter(|id| !known.contains(id));
        self.baseline.extend(older);
        Ok(self)
    }

    /// The same plan, with integrations in the baseline that no row was compared with, whether the list shows them or not.
    pub(crate) fn with_known_ids(mut self, ids: &[i64]) -> Self {
        let known: HashSet<i64> = self.baseline.iter().copied().collect();
        let more = ids.iter().filter(|id| !known.contains(id));
        self.baseline.extend(more);
        self
    }

    /// The rows in the order of the files.
    pub(crate) fn rows(&self) -> &[PlannedRow] {
        &self.rows
    }

    /// The ids of all integrations that were there before, as far as is known.
    pub(crate) fn baseline(&self) -> &[i64] {
        &self.baseline
    }

    /// The rows that are to be created.
    pub(crate) fn to_create(&self) -> impl Iterator<Item = &Row> {
        let is_new = |planned: &&PlannedRow| matches!(planned.action, Action::Create { .. });
        self.rows.iter().filter(is_new).map(|planned| &planned.row)
    }

    /// How many rows are beyond the limit.
    pub(crate) fn beyond_limit(&self) -> usize {
        let is_beyond = |planned: &&PlannedRow| planned.action == Action::NotSelected;
        self.rows.iter().filter(is_beyond).count()
    }

    /// How many rows exist, and how many of these differ.
    pub(crate) fn existing(&self) -> (usize, usize) {
        let exist = self
            .rows
            .iter()
            .filter_map(|planned| match &planned.action {
                Action::Exists { differences, .. } => Some(differences),
                Action::Create { .. } | Action::NotSelected => None,
            });
        exist.fold((0, 0), |(all, differ), differences| {
            (all + 1, differ + usize::from(!differences.is_empty()))
        })
    }

    /// How many of the rows to be created say that all projects see them, and how many leave it to Jira's default.
    pub(crate) fn global(&self) -> (usize, usize) {
        self.to_create().fold((0, 0), |(says, leaves), row| {
            match row.record.setting(Field::Global) {
                Some(FieldView::Flag(true)) => (says + 1, leaves),
                None => (says, leaves + 1),
                _ => (says, leaves),
            }
        })
    }

    /// The references to secrets of the rows to be created, each with the host that its secret goes to.
    pub(crate) fn references(&self) -> Vec<ReferenceUse> {
        ReferenceUse::of(self.to_create())
    }
}

/// What is to be done with each row.
fn actions<'r>(
    rows: &(impl ExactSizeIterator<Item = &'r Row> + Clone),
    remote: &[RemoteIntegration],
) -> Vec<Action> {
    let index = RemoteIndex::of(remote);
    let mut taken = HashSet::new();
    let mut actions = vec![Action::NotSelected; rows.len()];
    // A row whose origin matches any must not take what another row says exactly.
    for is_any in [false, true] {
        for (row, action) in rows.clone().zip(&mut actions) {
            let of = row.record.integration_type();
            if (OriginKey::exact(of, row.record.origin()).is_none()) == is_any {
                *action = index.action(row, &mut taken);
            }
        }
    }
    actions
}

/// The integrations of Jira for looking up by what a row says.
struct RemoteIndex<'a> {
    by_name: HashMap<(IntegrationType, &'a str), Vec<&'a RemoteIntegration>>,
    by_type: HashMap<IntegrationType, Vec<&'a RemoteIntegration>>,
}

impl<'a> RemoteIndex<'a> {
    fn of(remote: &'a [RemoteIntegration]) -> Self {
        let mut index = Self {
            by_name: HashMap::new(),
            by_type: HashMap::new(),
        };
        for integration in remote {
            let Some(of) = integration.integration_type() else {
                continue;
            };
            index.by_type.entry(of).or_default().push(integration);
            if let Some(name) = &integration.display_name {
                index
                    .by_name
                    .entry((of, name))
                    .or_default()
                    .push(integration);
            }
        }
        index
    }

    /// A row exists if an integration has its key; each integration stands for one row at most.
    fn action(&self, row: &Row, taken: &mut HashSet<i64>) -> Action {
        let of = row.record.integration_type();
        let key = row.record.key();
        let found = key.as_ref().and_then(|key| {
            let named = self.by_name.get(&(of, &*key.display_name))?;
            let is_it = |remote: &&&RemoteIntegration| {
                key.origin.matches(of, remote.origin.as_deref()) && !taken.contains(&remote.id)
            };
            named.iter().find(is_it).copied()
        });
        match found {
            Some(remote) => {
                taken.insert(remote.id);
                Action::Exists {
                    id: remote.id,
                    differences: remote.differences(&row.record),
                }
            }
            None => Action::Create {
                also_as: self.under_another_name(row),
            },
        }
    }

    fn under_another_name(&self, row: &Row) -> Option<(String, i64)> {
        let of = row.record.integration_type();
        let OriginKey::Exactly(_) = OriginKey::of(of, row.record.origin()) else {
            return None;
        };
        // Many accounts of a vendor's own cloud share its one origin.
        row.record.origin()?;
        let origin = OriginKey::of(of, row.record.origin());
        let same = self.by_type.get(&of)?.iter();
        let mut same = same.filter(|remote| origin.matches(of, remote.origin.as_deref()));
        same.next()
            .map(|remote| (remote.display_name.clone().unwrap_or_default(), remote.id))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::{FieldValue, Origin, Place, Record, RecordDraft, TableFormat, TableName};
    use crate::secret::Secret;

    fn row(n: u32, name: Option<&str>, origin: &str, settings: Vec<(Field, FieldValue)>) -> Row {
        let of = IntegrationType::GitHubServer;
        let draft = RecordDraft {
            display_name: name.map(Into::into),
            origin: Some(Origin::parse(of, origin).unwrap()),
            pat: Some(Secret::new("t").into()),
            settings,
            ..RecordDraft::default()
        };
        let table = Arc::new(TableName {
            file: "a.csv".into(),
            sheet: None,
            format: TableFormat::Csv,
        });
        Row {
            n,
            place: Place::row(&table, n + 1, None),
            record: Record::new(of, draft).unwrap(),
            warnings: Vec::new(),
        }
    }

    fn remote(id: i64, name: &str, origin: &str) -> RemoteIntegration {
        RemoteIntegration {
            id,
            type_name: "GITHUB_SERVER".into(),
            origin: Some(origin.into()),
            display_name: Some(name.into()),
            init_date: None,
            fields: json!({"disabled": false})
                .as_object()
                .unwrap()
                .clone()
                .into(),
        }
    }

    #[test]
    fn a_row_exists_by_its_key_alone() {
        let rows = vec![
            row(1, Some("Payments"), "https://GIT.example.org/", vec![]),
            row(2, Some("payments"), "https://git.example.org", vec![]),
            row(3, Some("Payments"), "https://other.example.org", vec![]),
        ];
        let plan = Plan::new(rows, &[remote(7, "Payments", "https://git.example.org")]);
        let created: Vec<u32> = plan.to_create().map(|row| row.n).collect();
        assert_eq!(created, [2, 3]);
        assert_eq!(plan.existing(), (1, 0));
    }

    #[test]
    fn a_row_without_a_name_never_exists() {
        let rows = vec![row(1, None, "https://git.example.org", vec![])];
        let plan = Plan::new(rows, &[remote(7, "Payments", "https://git.example.org")]);
        assert_eq!(plan.to_create().count(), 1);
    }

    #[test]
    fn differences_are_counted_and_what_the_row_leaves_blank_is_none() {
        let differs = vec![(Field::Disabled, FieldValue::Flag(true))];
        let rows = vec![
            row(1, Some("A"), "https://git.example.org", differs),
            row(2, Some("B"), "https://git.example.org", vec![]),
        ];
        let there = ["A", "B"].map(|name| remote(1, name, "https://git.example.org"));
        let mut there = there.to_vec();
        there[1].id = 2;
        assert_eq!(Plan::new(rows, &there).existing(), (2, 1));
    }

    #[test]
    fn a_pilot_takes_the_first_rows_that_are_to_be_created_and_no_others_later() {
        let rows = (1..=5)
            .map(|n| row(n, Some(&n.to_string()), "https://git.example.org", vec![]))
            .collect();
        let there = |id: i64| remote(id, &id.to_string(), "https://git.example.org");
        let plan = Plan::new(rows, &[there(1)]).limited_to(2);
        let created = |plan: &Plan| plan.to_create().map(|row| row.n).collect::<Vec<_>>();
        assert_eq!(created(&plan), [2, 3]);
        assert_eq!((plan.beyond_limit(), plan.existing().0), (2, 1));
        let plan = plan.replan(&[there(1), there(2), there(5)]).unwrap();
        assert_eq!(created(&plan), [3], "no row takes the place of another");
        assert_eq!((plan.beyond_limit(), plan.existing().0), (1, 3));
    }

    #[test]
    fn the_same_origin_under_another_name_is_noticed() {
        let rows = vec![row(1, Some("New"), "https://git.example.org", vec![])];
        let plan = Plan::new(rows, &[remote(7, "Old", "https://git.example.org")]);
        let expected = Action::Create {
            also_as: Some(("Old".into(), 7)),
        };
        assert_eq!(plan.rows()[0].action, expected);
    }
}
