//! Updates: what is changed in the integration of a row, and which rows are not clear.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::index::RemoteIndex;
use crate::model::{
    Code, Difference, Field, FieldSet, FieldValue, IntegrationType, OriginKey, Problem, Record,
    RemoteIntegration, Row, is_same_value,
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
    /// The change of an integration by `differences`. Once all projects see it, Jira drops its projects ("Add New
    /// Integration"), which is a difference too.
    pub(crate) fn new(
        integration_type: IntegrationType,
        before: &RemoteIntegration,
        differences: Vec<Difference>,
    ) -> Self {
        let mut change = Self {
            integration_type,
            before: before.clone(),
            differences,
        };
        let projects = Field::ProjectMappingIds;
        let shown = before.visible().remove(projects.name());
        let shown = shown.filter(|ids| ids.as_array().is_some_and(|ids| !ids.is_empty()));
        if let Some(jira) = shown.filter(|_| change.is_to_be_global())
            && !change.changes(projects)
        {
            change.differences.push(Difference {
                field: projects,
                row: Value::Array(Vec::new()),
                jira,
            });
        }
        change
    }

    /// The new value of `field`, if it changes.
    fn value(&self, field: Field) -> Option<&Value> {
        let mut all = self.differences.iter();
        let change = all.find(|change| change.field == field)?;
        Some(&change.row)
    }

    pub(crate) fn changes(&self, field: Field) -> bool {
        self.value(field).is_some()
    }

    /// What `disabled` becomes, if it changes.
    pub(crate) fn disable(&self) -> Option<bool> {
        Some(*self.value(Field::Disabled)? == true)
    }

    /// Whether it only disables or enables.
    pub(crate) fn is_of_disabled_alone(&self) -> bool {
        self.differences.len() == 1 && self.changes(Field::Disabled)
    }

    fn is_to_be_global(&self) -> bool {
        self.value(Field::Global)
            .is_some_and(|value| *value == true)
    }

    /// What is asked of Jira: it takes no projects for what all of them see.
    fn asked(&self) -> impl Iterator<Item = &Difference> {
        let is_global = self.is_to_be_global();
        let is_asked =
            move |change: &&Difference| !(is_global && change.field == Field::ProjectMappingIds);
        self.differences.iter().filter(is_asked)
    }

    /// The visible part of the body of a PUT. A `disabled` that is left out counts as false there, so that the value before
    /// is part of it.
    pub(crate) fn body(&self, record: Option<&Record>) -> Map<String, Value> {
        let secrets = record.into_iter().flat_map(Record::secret_fields);
        let secrets: FieldSet = secrets.map(|(field, _)| field).collect();
        let visible = self.asked().filter(|change| !secrets.has(change.field));
        let mut body: Map<String, Value> = visible
            .map(|change| (change.field.name().to_owned(), change.row.clone()))
            .collect();
        let disabled = Field::Disabled.name();
        if let Some(before) = self.before.visible().get(disabled) {
            body.entry(disabled).or_insert((*before == true).into());
        }
        body
    }

    /// Whether it changes fields that Jira does not show.
    pub(crate) fn has_unseen(&self) -> bool {
        self.asked().any(|change| change.jira.is_null())
    }

    /// Whether the integration, shown with `fields`, has everything that is to change, and nothing else was changed.
    pub(crate) fn is_shown(&self, fields: &Map<String, Value>) -> bool {
        let is_there = |change: &Difference| {
            fields
                .get(change.field.name())
                .is_some_and(|shown| self.is_same(change.field, &change.row, shown))
        };
        self.asked().all(is_there) && self.also_changed(fields, None).is_empty()
    }

    /// `fields` as a Jira shows the integration that leaves out what is blank.
    pub(crate) fn with_blanks(&self, mut fields: Map<String, Value>) -> Map<String, Value> {
        for (name, _) in self.before.visible() {
            fields.entry(name).or_insert(Value::Null);
        }
        fields
    }

    /// The fields that are to change and are shown with another value. Names and origins may be stored in another form.
    pub(crate) fn not_taken(&self, fields: &Map<String, Value>) -> Vec<Field> {
        let free = [Field::DisplayName, Field::Origin];
        let is_other = |change: &&Difference| {
            let shown = fields
                .get(change.field.name())
                .filter(|shown| !shown.is_null());
            !free.contains(&change.field)
                && shown.is_some_and(|shown| !self.is_same(change.field, &change.row, shown))
        };
        let others = self.asked().filter(is_other);
        others.map(|change| change.field).collect()
    }

    /// What Jira showed before, without the secrets of `record`.
    pub(crate) fn fields_before(&self, record: Option<&Record>) -> Map<String, Value> {
        let secrets = record.into_iter().flat_map(Record::secrets);
        self.before.visible_without(&Masker::of(secrets))
    }

    /// The fields beside those to be changed that are shown in `fields` with other values than before, without the secrets of
    /// `record`.
    pub(crate) fn also_changed(
        &self,
        fields: &Map<String, Value>,
        record: Option<&Record>,
    ) -> Vec<Difference> {
        let before = self.fields_before(record).into_iter();
        let change = |(name, before): (String, Value)| {
            let field = Field::from_name(&name)?;
            let now = fields.get(&name)?;
            let is_other = !self.changes(field) && !self.is_same(field, &before, now);
            is_other.then(|| Difference {
                field,
                row: now.clone(),
                jira: before,
            })
        };
        before.filter_map(change).collect()
    }

    /// Whether two values of a field mean the same; a text that is blank may be left out.
    fn is_same(&self, field: Field, one: &Value, other: &Value) -> bool {
        let is_blank = |value: &Value| value.is_null() || value == "";
        is_blank(one) && is_blank(other) || is_same_value(self.integration_type, field, one, other)
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
                if has_other_origin(row, one, named) {
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

/// Whether the secret of a row may be meant for another host than the one of its integration, which its id names.
fn has_other_origin(row: &Row, shown: &RemoteIntegration, named: FieldSet) -> bool {
    let Some(origin) = row.record.origin() else {
        return false;
    };
    let integration_type = row.record.integration_type();
    let origin = OriginKey::of(integration_type, Some(origin));
    !named.has(Field::Origin)
        && row.record.secrets().next().is_some()
        && !shown.has_origin(integration_type, &origin)
}

/// Whether the projects of a row have no effect, since all projects see its integration and go on to do so.
fn hides_projects(row: &Row, shown: &RemoteIntegration, named: FieldSet) -> bool {
    let stays = !named.has(Field::Global) || row.record.setting(Field::Global).is_none();
    let is_global = shown
        .visible()
        .get(Field::Global.name())
        .is_some_and(|global| *global == true);
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
        "add `global` to `--fields`, and write `no` in the cell `global` of this row",
    )
}

/// Whether each row has an integration.
pub(crate) fn integrations_of(rows: &[Row], remote: &[RemoteIntegration]) -> Vec<bool> {
    let index = RemoteIndex::new(remote);
    rows.iter().map(|row| !index.find(row).is_empty()).collect()
}
