use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::index::RemoteIndex;
use super::update::Change;
use crate::model::{
    Difference, Field, FieldSet, FieldValue, Origin, OriginKey, OriginRule, Remote,
    RemoteIntegration, RemoteSet, Row, listed,
};
use crate::secret::SecretReference;

/// What to do with a row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Action {
    /// Send it.
    Create {
        /// What it has in common with integrations of its type that Jira holds.
        resembles: Vec<String>,
    },
    /// Skip it: Jira holds an integration with its key.
    Exists {
        remote: Remote,
        /// The visible settings in which it differs from the row.
        differences: Vec<Difference>,
    },
    /// Change its integration.
    Update(Box<Change>),
    /// Skip it: its integration is already up to date.
    Unchanged(Remote),
    /// Skip it: it has no integration to update.
    Absent,
    /// Leave it for another run: it is beyond `--limit`.
    NotSelected,
}

impl Action {
    /// What a row to be created has in common with integrations that Jira holds.
    pub(crate) fn resembles(&self) -> &[String] {
        match self {
            Self::Create { resembles } => resembles,
            _ => &[],
        }
    }

    /// The action in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Exists { .. } => "exists",
            Self::Update(_) => "update",
            Self::Unchanged(_) => "unchanged",
            Self::Absent => "absent",
            Self::NotSelected => "not_selected",
        }
    }

    /// The reason in reports and journals.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Create { .. } => "not in Jira",
            Self::Exists { differences, .. } if differences.iter().any(is_of_key) => {
                "created earlier by gij for this type, origin and name"
            }
            Self::Exists { .. } => "same type, origin and name",
            Self::Update(_) => "named fields differ, or are not shown by Jira",
            Self::Unchanged(_) => {
                "nothing to send: each named field is equal in Jira, or blank in the sheet"
            }
            Self::Absent => "no integration has its id, or its type, origin and name",
            Self::NotSelected => "beyond --limit",
        }
    }

    /// The integration that exists.
    pub(crate) fn remote(&self) -> Option<Remote> {
        match self {
            Self::Create { .. } | Self::Absent | Self::NotSelected => None,
            Self::Exists { remote, .. } | Self::Unchanged(remote) => Some(*remote),
            Self::Update(change) => Some(change.before.identity()),
        }
    }

    /// The fields in which the integration differs from the row.
    pub(crate) fn differences(&self) -> &[Difference] {
        match self {
            Self::Exists { differences, .. } => differences,
            Self::Update(change) => &change.differences,
            _ => &[],
        }
    }

    /// Whether something is sent for the row.
    fn is_sent(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Update(_))
    }

    /// What is confirmed of an update.
    fn update(&self) -> Option<(i64, &[Difference])> {
        match self {
            Self::Update(change) => Some((change.before.id, &change.differences)),
            _ => None,
        }
    }

    pub(crate) fn id(&self) -> Option<i64> {
        self.remote().map(|remote| remote.id)
    }
}

/// Whether Jira stores another name or origin than the row has.
fn is_of_key(difference: &Difference) -> bool {
    matches!(difference.field, Field::DisplayName | Field::Origin)
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedRow {
    pub row: Row,
    pub action: Action,
}

/// What to do with all rows, and the list that this follows from.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    rows: Vec<PlannedRow>,
    /// All integrations that Jira held before, as far as is known.
    pub baseline: Vec<Remote>,
    /// Rows whose column `id` names an integration that has another key, with that integration.
    pub other_keys: Vec<String>,
    /// The fields that an update changes; none for an import.
    named: Option<FieldSet>,
}

/// Rows whose integrations the next list does not show, or for which it makes another update: their places and the ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Vanished(pub Vec<(String, i64)>);

/// The first rows, and how many more there are.
impl fmt::Display for Vanished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = listed(&self.0, 5, |(place, id)| format!("{place} (id {id})"));
        f.write_str(&first)
    }
}

impl Plan {
    /// Compares `rows` with the integrations that Jira holds: to create those that are missing, or to update the fields
    /// `named` of those that are there.
    pub(crate) fn new(
        rows: Vec<Row>,
        remote: &[RemoteIntegration],
        named: Option<FieldSet>,
    ) -> Self {
        let actions = actions(&rows.iter().collect::<Vec<_>>(), remote, named);
        let other_keys = other_keys(&rows, remote);
        let planned = rows.into_iter().zip(actions);
        Self {
            other_keys,
            rows: planned
                .map(|(row, action)| PlannedRow { row, action })
                .collect(),
            baseline: identities(remote),
            named,
        }
    }

    /// The plan for a pilot: it sends the first `most` of the rows that are to be sent.
    pub(crate) fn limited_to(mut self, most: usize) -> Self {
        let sent = self
            .rows
            .iter_mut()
            .filter(|planned| planned.action.is_sent());
        for planned in sent.skip(most) {
            planned.action = Action::NotSelected;
        }
        self
    }

    /// The plan without the rows to be sent after the first `most`.
    pub(crate) fn without_rest(self, most: usize) -> Self {
        let mut plan = self.limited_to(most);
        plan.rows
            .retain(|planned| planned.action != Action::NotSelected);
        plan
    }

    /// Plans the same rows against a newer list. Rows beyond the limit stay so, because nobody has confirmed them. The
    /// baseline is what either list held.
    ///
    /// # Errors
    ///
    /// [`Vanished`] if a row that existed does not any more: nobody has confirmed its creation, and the newer list may lag. The
    /// same if an update is another one now.
    pub(crate) fn replan(mut self, remote: &[RemoteIntegration]) -> Result<Self, Vanished> {
        let rows: Vec<&Row> = self.rows.iter().map(|planned| &planned.row).collect();
        let actions = actions(&rows, remote, self.named);
        let mut vanished = Vec::new();
        for (planned, mut action) in self.rows.iter_mut().zip(actions) {
            if planned.action == Action::NotSelected && action.is_sent() {
                action = Action::NotSelected;
            }
            let is_gone = matches!(action, Action::Create { .. }) && planned.action.id().is_some();
            if is_gone || action.update() != planned.action.update() {
                let id = planned.action.id().or(action.id());
                vanished.push((planned.row.place.to_string(), id.unwrap_or_default()));
            }
            planned.action = action;
        }
        if !vanished.is_empty() {
            return Err(Vanished(vanished));
        }
        let before = std::mem::replace(&mut self.baseline, identities(remote));
        Ok(self.with_known(before))
    }

    /// Adds integrations to the baseline, which no row was compared with.
    pub(crate) fn with_known(mut self, remotes: impl IntoIterator<Item = Remote>) -> Self {
        let known: RemoteSet = self.baseline.iter().copied().collect();
        let remotes = remotes.into_iter();
        self.baseline
            .extend(remotes.filter(|remote| !known.contains(*remote)));
        self
    }

    /// The rows in the order of the files.
    pub(crate) fn rows(&self) -> &[PlannedRow] {
        &self.rows
    }

    /// Whether it updates integrations and creates none.
    pub(crate) fn is_update(&self) -> bool {
        self.named.is_some()
    }

    /// The rows that are to be created or updated.
    pub(crate) fn to_send(&self) -> impl Iterator<Item = &Row> {
        let sent = self.rows.iter().filter(|planned| planned.action.is_sent());
        sent.map(|planned| &planned.row)
    }

    /// How many rows have this action, by its name.
    pub(crate) fn count(&self, action: &str) -> usize {
        let rows = self.rows.iter();
        rows.filter(|planned| planned.action.name() == action)
            .count()
    }

    /// How many of the rows to be created resemble integrations that Jira holds.
    pub(crate) fn resembling(&self) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| !row.action.resembles().is_empty())
            .count()
    }

    /// How many rows exist, and how many of these differ.
    pub(crate) fn existing(&self) -> (usize, usize) {
        let is_there = |planned: &&PlannedRow| matches!(planned.action, Action::Exists { .. });
        let exist = self.rows.iter().filter(is_there);
        exist.fold((0, 0), |(all, differ), planned| {
            let differs = !planned.action.differences().is_empty();
            (all + 1, differ + usize::from(differs))
        })
    }

    /// How many of the rows to be created are visible in all projects, and how many leave that to Jira's default.
    pub(crate) fn global(&self) -> (usize, usize) {
        self.to_send().fold((0, 0), |(global, by_default), row| {
            match row.record.setting(Field::Global) {
                Some(FieldValue::Flag(true)) => (global + 1, by_default),
                None => (global, by_default + 1),
                _ => (global, by_default),
            }
        })
    }

    /// The references to secrets of the rows to be sent, each with where its secret goes (scheme and host, or the product where
    /// the row leaves the origin to Jira) and the number of such rows.
    pub(crate) fn references(&self) -> BTreeMap<(SecretReference, String), usize> {
        let mut uses = BTreeMap::new();
        for planned in self.rows.iter().filter(|planned| planned.action.is_sent()) {
            for reference in planned.row.record.references() {
                let host = host_of(planned);
                *uses.entry((reference.clone(), host)).or_default() += 1;
            }
        }
        uses
    }
}

fn identities(list: &[RemoteIntegration]) -> Vec<Remote> {
    list.iter().map(RemoteIntegration::identity).collect()
}

fn other_keys(rows: &[Row], remote: &[RemoteIntegration]) -> Vec<String> {
    let by_id: HashMap<i64, &RemoteIntegration> =
        remote.iter().map(|remote| (remote.id, remote)).collect();
    let other_key = |row: &Row| {
        let shown = by_id.get(&row.id?)?;
        let key = row.record.key();
        let is_same = key.is_some_and(|key| shown.has_key(&key));
        let name = shown.display_name.as_deref().unwrap_or_default();
        (!is_same).then(|| format!("{} ({} is `{name}`)", row.place, shown.id))
    };
    rows.iter().filter_map(other_key).collect()
}

/// The action for each row.
fn actions(rows: &[&Row], remote: &[RemoteIntegration], named: Option<FieldSet>) -> Vec<Action> {
    let index = RemoteIndex::new(remote);
    if let Some(named) = named {
        return rows.iter().map(|row| index.update(row, named)).collect();
    }
    let mut taken = HashSet::new();
    let mut actions = vec![Action::NotSelected; rows.len()];
    // A row whose origin matches any must not take an integration that another row names exactly.
    for matches_any in [false, true] {
        for (row, action) in rows.iter().zip(&mut actions) {
            let origin = OriginKey::exact(row.record.integration_type(), row.record.origin());
            if origin.is_none() == matches_any {
                *action = index.action(row, &mut taken, matches_any);
            }
        }
    }
    actions
}

impl RemoteIndex<'_> {
    /// A row exists if an integration has its key. An integration stands for two rows only if it has the name of one, and had
    /// that of the other when `gij` created it.
    fn action(&self, row: &Row, taken: &mut HashSet<i64>, matches_any: bool) -> Action {
        let mut same = self.with_key(row).into_iter();
        match same.find(|remote| !matches_any || !taken.contains(&remote.id)) {
            Some(remote) => {
                taken.insert(remote.id);
                Action::Exists {
                    remote: remote.identity(),
                    differences: remote.differences(&row.record),
                }
            }
            None => Action::Create {
                resembles: self.resembling(row),
            },
        }
    }

    /// The first integration that shares the row's type and origin, and the first that shares its type and name.
    fn resembling(&self, row: &Row) -> Vec<String> {
        let integration_type = row.record.integration_type();
        // Many accounts of a vendor's own cloud share its one origin, so that a blank one tells nothing.
        let with_origin = row.record.origin().and_then(|origin| {
            let origin = OriginKey::of(integration_type, Some(origin));
            let mut alike = self.by_type.get(&integration_type)?.iter();
            alike.find(|remote| remote.has_origin(integration_type, &origin))
        });
        let with_name = row.record.display_name().and_then(|name| {
            let named = self.by_name.get(&(integration_type, name));
            named?.first()
        });
        let origin = with_origin.map(|remote| {
            let (name, id) = (remote.display_name.as_deref().unwrap_or_default(), remote.id);
            format!("Jira already holds this type and origin as `{name}` (id {id}); both would be indexed")
        });
        let name = with_name.map(|remote| {
            let (origin, id) = (remote.origin.as_deref().unwrap_or_default(), remote.id);
            format!("Jira already holds this type and name with the origin `{origin}` (id {id})")
        });
        origin.into_iter().chain(name).collect()
    }

    /// What an update does with a row. One that may mean several integrations updates none.
    fn update(&self, row: &Row, named: FieldSet) -> Action {
        let &[remote] = self.find(row).as_slice() else {
            return Action::Absent;
        };
        let differences = remote.changes(&row.record, named);
        if differences.is_empty() {
            return Action::Unchanged(remote.identity());
        }
        let integration_type = row.record.integration_type();
        Action::Update(Box::new(Change::new(integration_type, remote, differences)))
    }
}

fn host_of(planned: &PlannedRow) -> String {
    let record = &planned.row.record;
    let integration_type = record.integration_type();
    let shown = match &planned.action {
        Action::Update(change) if !change.changes(Field::Origin) => change.before.origin.as_deref(),
        _ => None,
    };
    let shown = shown.and_then(|origin| Origin::parse(integration_type, origin).ok());
    if let Some(origin) = shown.as_ref().or(record.origin()) {
        return origin.host().to_owned();
    }
    match integration_type.spec().origin {
        OriginRule::UrlOr(host) => host.to_owned(),
        _ => integration_type.product().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::{
        FieldValue, IntegrationType, Place, Record, RecordDraft, TableFormat, TableName,
    };
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
            record: Record::new(of, draft),
            warnings: Vec::new(),
            id: None,
            group: None,
        }
    }

    fn remote(id: i64, name: &str, origin: &str) -> RemoteIntegration {
        RemoteIntegration {
            created_as: None,
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
        let plan = Plan::new(
            rows,
            &[remote(7, "Payments", "https://git.example.org")],
            None,
        );
        let created: Vec<u32> = plan.to_send().map(|row| row.n).collect();
        assert_eq!(created, [2, 3]);
        assert_eq!(plan.existing(), (1, 0));
    }

    #[test]
    fn a_row_without_a_name_never_exists() {
        let rows = vec![row(1, None, "https://git.example.org", vec![])];
        let plan = Plan::new(
            rows,
            &[remote(7, "Payments", "https://git.example.org")],
            None,
        );
        assert_eq!(plan.to_send().count(), 1);
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
        assert_eq!(Plan::new(rows, &there, None).existing(), (2, 1));
    }

    #[test]
    fn a_pilot_takes_the_first_rows_that_are_to_be_created_and_no_others_later() {
        let rows = (1..=5)
            .map(|n| row(n, Some(&n.to_string()), "https://git.example.org", vec![]))
            .collect();
        let there = |id: i64| remote(id, &id.to_string(), "https://git.example.org");
        let plan = Plan::new(rows, &[there(1)], None).limited_to(2);
        let created = |plan: &Plan| plan.to_send().map(|row| row.n).collect::<Vec<_>>();
        assert_eq!(created(&plan), [2, 3]);
        assert_eq!((plan.count("not_selected"), plan.existing().0), (2, 1));
        let plan = plan.replan(&[there(1), there(2), there(5)]).unwrap();
        assert_eq!(created(&plan), [3], "no row takes the place of another");
        assert_eq!((plan.count("not_selected"), plan.existing().0), (1, 3));
    }

    #[test]
    fn an_update_that_is_another_one_in_the_next_list_is_refused() {
        let differs = vec![(Field::Disabled, FieldValue::Flag(true))];
        let rows = vec![row(1, Some("A"), "https://git.example.org", differs)];
        let there = [remote(7, "A", "https://git.example.org")];
        let mut changed = there.clone();
        changed[0].fields = json!({"disabled": true})
            .as_object()
            .unwrap()
            .clone()
            .into();
        let named = FieldSet::default().with(Field::Disabled);
        let plan = Plan::new(rows, &there, Some(named));
        assert_eq!(plan.count("update"), 1);
        assert!(plan.clone().replan(&there).is_ok());
        let vanished = plan.replan(&changed).unwrap_err();
        assert_eq!(vanished.to_string(), "a.csv:2 (id 7)");
    }

    #[test]
    fn a_row_with_the_id_of_one_integration_and_the_key_of_another_updates_none() {
        let differs = vec![(Field::Disabled, FieldValue::Flag(true))];
        let mut rows = vec![row(1, Some("A"), "https://git.example.org", differs)];
        rows[0].id = Some(8);
        let there = [(7, "A"), (8, "B")];
        let there = there.map(|(id, name)| remote(id, name, "https://git.example.org"));
        let named = FieldSet::default().with(Field::Disabled);
        assert_eq!(Plan::new(rows, &there, Some(named)).count("absent"), 1);
    }

    #[test]
    fn five_of_what_has_vanished_are_named_and_the_rest_are_counted() {
        let vanished = |number| {
            let all = (1..=number).map(|id| (format!("a.csv:{id}"), id));
            Vanished(all.collect()).to_string()
        };
        assert_eq!(vanished(2), "a.csv:1 (id 1), a.csv:2 (id 2)");
        assert!(vanished(5).ends_with(", a.csv:5 (id 5)"));
        assert!(vanished(7).ends_with(", a.csv:5 (id 5) and 2 more"));
    }

    #[test]
    fn what_all_projects_see_and_what_is_left_to_jira_is_counted() {
        let global = |n: u32, settings| {
            let name = n.to_string();
            row(n, Some(&name), "https://git.example.org", settings)
        };
        let rows = vec![
            global(1, vec![(Field::Global, FieldValue::Flag(true))]),
            global(2, vec![(Field::Global, FieldValue::Flag(false))]),
            global(3, vec![]),
            global(4, vec![]),
        ];
        assert_eq!(Plan::new(rows, &[], None).global(), (1, 2));
    }

    #[test]
    fn the_same_origin_under_another_name_is_noticed() {
        let rows = vec![row(1, Some("New"), "https://git.example.org", vec![])];
        let plan = Plan::new(rows, &[remote(7, "Old", "https://git.example.org")], None);
        let expected = Action::Create {
            resembles: vec![
                "Jira already holds this type and origin as `Old` (id 7); both would be indexed"
                    .into(),
            ],
        };
        assert_eq!(plan.rows()[0].action, expected);
    }

    #[test]
    fn the_same_name_at_another_origin_is_noticed() {
        let rows = vec![row(1, Some("Payments"), "https://new.example.org", vec![])];
        let plan = Plan::new(
            rows,
            &[remote(7, "Payments", "https://git.example.org")],
            None,
        );
        let resembles = "Jira already holds this type and name with the origin `https://git.example.org` (id 7)";
        assert_eq!(plan.rows()[0].action.resembles(), [resembles]);
        assert_eq!(plan.resembling(), 1);
    }
}
