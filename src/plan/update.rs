//! Updates: what is changed in the integration of a row, and which rows are not clear.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::make::RemoteIndex;
use crate::model::{
    Code, Difference, Field, FieldSet, FieldValue, IntegrationType, OriginKey, Problem, Record,
    RemoteIntegration, Row, is_same_value, without,
};
use crate::secret::Masker;

/// What is changed in an integration.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Change {
    pub integration_type: IntegrationType,
    /// As Jira's list showed it before.
    pub before: RemoteIntegration,
    /// The fields with their values before; of a secret only that it is new.
    pub differences: Vec<Difference>,
}

impl Change {
    /// Whether `disabled` changes: that has a request of its own.
    pub(crate) fn disable(&self) -> Option<bool> {
        let disabled = self.of_request(true).next()?;
        Some(disabled.row == Value::Bool(true))
    }

    pub(super) fn changes(&self, field: Field) -> bool {
        let mut all = self.differences.iter();
        all.any(|change| change.field == field.name())
    }

    /// What the request for `disabled` changes, or the one for everything else.
    pub(crate) fn of_request(&self, is_disable: bool) -> impl Iterator<Item = &Difference> {
        let all = self.differences.iter();
        all.filter(move |change| (change.field == Field::Disabled.name()) == is_disable)
    }

    /// The visible part of the body of a PUT. A `disabled` that is left out counts as false there, so that the value before
    /// is part of it.
    pub(crate) fn body(&self, record: Option<&Record>) -> Map<String, Value> {
        let secrets = record.into_iter().flat_map(Record::secret_fields);
        let secrets: FieldSet = secrets.map(|(field, _)| field).collect();
        let is_secret = |name: &str| Field::from_name(name).is_some_and(|field| secrets.has(field));
        let visible = self
            .of_request(false)
            .filter(|change| !is_secret(change.field));
        let mut body: Map<String, Value> = visible
            .map(|change| (change.field.to_owned(), change.row.clone()))
            .collect();
        let disabled = Field::Disabled.name();
        if let Some(before) = self.before.visible().get(disabled) {
            let is_disabled = self.is_same(disabled, &true.into(), before);
            body.insert(disabled.to_owned(), is_disabled.into());
        }
        body
    }

    /// Whether it changes fields that Jira does not show.
    pub(crate) fn has_unseen(&self) -> bool {
        self.of_request(false).any(|change| change.jira.is_null())
    }

    /// Whether the integration, shown with `fields`, has everything that a request changes, and nothing else was changed.
    pub(crate) fn is_shown(&self, fields: &Map<String, Value>, is_disable: bool) -> bool {
        let is_there = |change: &Difference| {
            fields
                .get(change.field)
                .is_some_and(|shown| self.is_same(change.field, &change.row, shown))
        };
        self.of_request(is_disable).all(is_there) && self.also_changed(fields, None).is_empty()
    }

    /// A field that a request changes and that is shown with another value. Names and origins may be stored in another form.
    pub(crate) fn not_taken(
        &self,
        fields: &Map<String, Value>,
        is_disable: bool,
    ) -> Option<&'static str> {
        let free = [Field::DisplayName.name(), Field::Origin.name()];
        let mut changes = self.of_request(is_disable);
        let is_other = |change: &&Difference| {
            let shown = fields.get(change.field).filter(|shown| !shown.is_null());
            !free.contains(&change.field)
                && shown.is_some_and(|shown| !self.is_same(change.field, &change.row, shown))
        };
        changes.find(is_other).map(|change| change.field)
    }

    /// The fields beside those to be changed that are shown in `fields` with other values than before, without the secrets of
    /// `record`.
    pub(crate) fn also_changed(
        &self,
        fields: &Map<String, Value>,
        record: Option<&Record>,
    ) -> Vec<Difference> {
        let secrets = Masker::of(record.into_iter().flat_map(Record::secrets));
        // With `global` the projects are ignored, and may go.
        let is_global = self.sets_global(true);
        let before = self.before.visible();
        let change = |(name, before): (&String, &Value)| {
            let field = Field::from_name(name)?;
            let now = fields.get(name)?;
            let is_free = self.changes(field) || is_global && field == Field::ProjectMappingIds;
            (!is_free && !self.is_same(name, before, now)).then(|| Difference {
                field: field.name(),
                row: now.clone(),
                jira: without(&secrets, before),
            })
        };
        before.iter().filter_map(change).collect()
    }

    /// Whether two values of a field mean the same; a text that is blank may be left out.
    fn is_same(&self, name: &str, one: &Value, other: &Value) -> bool {
        let is_blank = |value: &Value| value.is_null() || value == "";
        let is_same = |field| is_same_value(self.integration_type, field, one, other);
        is_blank(one) && is_blank(other) || Field::from_name(name).is_some_and(is_same)
    }

    fn sets_global(&self, to: bool) -> bool {
        let mut changes = self.differences.iter();
        changes.any(|change| change.field == Field::Global.name() && change.row == Value::Bool(to))
    }
}

/// What keeps rows from updating one integration each: the index of the row, the field, and the problem.
pub(crate) fn update_problems(
    rows: &[Row],
    remote: &[RemoteIntegration],
    named: FieldSet,
) -> Vec<(usize, Option<Field>, Problem)> {
    let index = RemoteIndex::new(remote);
    let mut problems = Vec::new();
    let mut rows_of: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        match index.find(row).as_slice() {
            [] => {}
            [one] => {
                rows_of.entry(one.id).or_default().push(at);
                if has_other_origin(row, one, remote, named) {
                    problems.push((at, Some(Field::Origin), Problem::new(
                        Code::AmbiguousIntegration,
                        format!("integration {} has another origin than the row, and would be given its secret", one.id),
                        "make sure the sheet comes from this Jira; correct the id or the origin, or clear the origin",
                    )));
                }
                if hides_projects(row, one, named) {
                    problems.push((at, Some(Field::ProjectMappingIds), global_problem(one.id)));
                }
            }
            several => {
                let ids: Vec<String> = several.iter().map(|shown| shown.id.to_string()).collect();
                let ids = ids.join(" and ");
                problems.push((at, Some(Field::DisplayName), Problem::new(
                    Code::AmbiguousIntegration,
                    format!("the row matches several integrations: {ids}"),
                    "fill in `id` and the name and origin that Jira shows, as `gij export` writes them",
                )));
            }
        }
    }
    for (id, ats) in rows_of.into_iter().filter(|(_, ats)| ats.len() > 1) {
        for &at in &ats {
            let others = ats.iter().filter(|other| **other != at);
            let others: Vec<String> = others.map(|other| rows[*other].place.to_string()).collect();
            problems.push((
                at,
                Some(Field::DisplayName),
                Problem::new(
                    Code::DuplicateRow,
                    format!(
                        "the row updates integration {id}, and so does {}",
                        others.join(", ")
                    ),
                    "remove all but one of these rows",
                ),
            ));
        }
    }
    problems
}

/// Whether the secret of a row may be meant for another host than the one of its integration, which its id names. The
/// integration may stand in the list under several origins.
fn has_other_origin(
    row: &Row,
    shown: &RemoteIntegration,
    remote: &[RemoteIntegration],
    named: FieldSet,
) -> bool {
    let Some(origin) = row.record.origin() else {
        return false;
    };
    let integration_type = row.record.integration_type();
    let origin = OriginKey::of(integration_type, Some(origin));
    let is_there = |it: &RemoteIntegration| origin.matches(integration_type, it.origin.as_deref());
    !named.has(Field::Origin)
        && row.record.secrets().next().is_some()
        && !is_there(shown)
        && !remote.iter().any(|it| it.id == shown.id && is_there(it))
}

/// Whether the projects of a row have no effect, since all projects see its integration and go on to do so.
fn hides_projects(row: &Row, shown: &RemoteIntegration, named: FieldSet) -> bool {
    let stays = !named.has(Field::Global) || row.record.setting(Field::Global).is_none();
    let is_global = shown
        .visible()
        .get(Field::Global.name())
        .is_some_and(|global| *global == true || *global == "true");
    let has_projects = matches!(
        row.record.setting(Field::ProjectMappingIds),
        Some(FieldValue::Ids(_))
    );
    stays && is_global && has_projects
}

fn global_problem(id: i64) -> Problem {
    Problem::new(
        Code::GlobalWithProjects,
        format!("all projects see integration {id}, so Jira ignores the projects of the row"),
        "add `global` to `--fields`, with `no` in the cell or by `--set global=no`",
    )
}

/// Whether each row has an integration.
pub(crate) fn integrations_of(rows: &[Row], remote: &[RemoteIntegration]) -> Vec<bool> {
    let index = RemoteIndex::new(remote);
    rows.iter().map(|row| !index.find(row).is_empty()).collect()
}
