//! Integrations as Jira shows them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::{Field, FieldSet};
use super::integration_type::IntegrationType;
use super::key::{OriginKey, RecordKey};
use super::origin::normalise;
use super::record::Record;
use super::shown::ShownFields;
use crate::secret::Masker;

/// An integration that Jira holds. Jira never shows a secret.
#[derive(Clone, PartialEq, Debug)]
pub struct RemoteIntegration {
    /// Jira's id.
    pub id: i64,
    /// The type's name; one that `gij` does not know stays readable.
    pub type_name: String,
    /// The origin.
    pub origin: Option<String>,
    /// The name.
    pub display_name: Option<String>,
    /// When it was created, in milliseconds since 1970-01-01 UTC.
    pub init_date: Option<i64>,
    /// All fields, by their names in the API.
    pub fields: ShownFields,
    /// The key of the row that `gij` created it for, if that is known: Jira may store a name and an origin of its own.
    pub created_as: Option<RecordKey>,
}

/// What an integration is known by: its id, and when it was created, as Jira may give an id again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Remote {
    pub id: i64,
    /// When Jira created it, in milliseconds since 1970-01-01 UTC, if Jira told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init_date: Option<i64>,
}

impl Remote {
    /// Whether both are one integration. Times compare to the second, because a list may round them; an unknown one fits any.
    pub fn is_same(self, other: Self) -> bool {
        let is_same_time = match (self.init_date, other.init_date) {
            (Some(one), Some(other)) => one.abs_diff(other) < 1000,
            _ => true,
        };
        self.id == other.id && is_same_time
    }
}

/// A map from integrations, which finds them by id and time of creation.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemoteMap<T>(BTreeMap<Remote, T>);

/// A set of integrations.
pub(crate) type RemoteSet = RemoteMap<()>;

impl<T> RemoteMap<T> {
    pub fn get(&self, remote: Remote) -> Option<&T> {
        let at = |init_date| Remote {
            id: remote.id,
            init_date,
        };
        let with_id = self.0.range(at(None)..=at(Some(i64::MAX)));
        let mut same = with_id.filter(|(known, _)| known.is_same(remote));
        same.next().map(|(_, value)| value)
    }

    pub fn contains(&self, remote: Remote) -> bool {
        self.get(remote).is_some()
    }

    pub fn insert(&mut self, remote: Remote, value: T) {
        self.0.insert(remote, value);
    }

    pub fn keys(&self) -> impl Iterator<Item = Remote> {
        self.0.keys().copied()
    }
}

impl<T> FromIterator<(Remote, T)> for RemoteMap<T> {
    fn from_iter<I: IntoIterator<Item = (Remote, T)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl FromIterator<Remote> for RemoteSet {
    fn from_iter<I: IntoIterator<Item = Remote>>(remotes: I) -> Self {
        remotes.into_iter().map(|remote| (remote, ())).collect()
    }
}

impl Extend<Remote> for RemoteSet {
    fn extend<I: IntoIterator<Item = Remote>>(&mut self, remotes: I) {
        self.0
            .extend(remotes.into_iter().map(|remote| (remote, ())));
    }
}

/// A field in which a row and the integration of its key differ.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Difference {
    pub field: Field,
    /// The value of the row; of a secret only that it is new.
    pub row: Value,
    /// What Jira shows.
    pub jira: Value,
}

impl Difference {
    /// As an update changes it: `global: true → false`, `pat: new secret`.
    pub(crate) fn as_change(&self) -> String {
        let Self { field, row, jira } = self;
        match jira {
            _ if row == NEW_SECRET => format!("{field}: {NEW_SECRET}"),
            Value::Null => format!("{field}: {row}"),
            _ => format!("{field}: {jira} → {row}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, row, jira } = self;
        let is_key = matches!(field, Field::Type | Field::DisplayName | Field::Origin);
        let has = if is_key { "stores it as" } else { "has" };
        write!(f, "{field}: the row has {row}, Jira {has} {jira}")
    }
}

impl RemoteIntegration {
    pub fn identity(&self) -> Remote {
        Remote {
            id: self.id,
            init_date: self.init_date,
        }
    }

    /// Whether it may be of this type: a list may leave the type out.
    pub fn may_have_type(&self, name: Option<&str>) -> bool {
        self.type_name.is_empty() || name == self.integration_type().map(IntegrationType::name)
    }

    /// Whether it has this key, or was created with it.
    pub(crate) fn has_key(&self, key: &RecordKey) -> bool {
        let (integration_type, shown) = (key.integration_type, self.origin.as_deref());
        let is_it = |origin| key.origin.matches(integration_type, origin);
        let is_shown = self.integration_type() == Some(integration_type)
            && self.display_name.as_ref() == Some(&key.display_name)
            && is_it(shown);
        let was_created_so = self.created_as.as_ref().is_some_and(|created| {
            let is_same = created.integration_type == integration_type
                && created.display_name == key.display_name;
            is_same && is_it(created.origin.0.as_deref().or(shown))
        });
        is_shown || was_created_so
    }

    /// Whether it has this origin, or was created with it.
    pub(crate) fn has_origin(&self, integration_type: IntegrationType, origin: &OriginKey) -> bool {
        let created = self.created_as.as_ref();
        let created = created.and_then(|created| created.origin.0.as_deref());
        origin.matches(integration_type, self.origin.as_deref())
            || created.is_some_and(|created| origin.matches(integration_type, Some(created)))
    }

    /// What Jira shows of the documented fields apart from credentials, by their names in the API.
    pub fn visible(&self) -> Map<String, Value> {
        let mut fields = self.fields.open();
        fields.retain(|name, _| Field::from_name(name).is_some_and(Field::is_shown));
        fields
    }

    /// The same without `secrets`, which a server may repeat.
    pub(crate) fn visible_without(&self, secrets: &Masker) -> Map<String, Value> {
        let mut fields = self.visible();
        for (_, value) in &mut fields {
            *value = without(secrets, value);
        }
        fields
    }

    /// The type, if `gij` knows it.
    pub fn integration_type(&self) -> Option<IntegrationType> {
        IntegrationType::from_name(&self.type_name)
    }

    /// The same without texts: a list may repeat a secret in one, and does not say of which row.
    pub fn flags_and_numbers(&self) -> ShownFields {
        let mut fields = self.visible();
        fields.retain(|_, value| value.is_boolean() || value.is_number());
        fields.into()
    }

    /// The visible fields in which `record` differs. What the row leaves blank, or Jira does not show, is not compared.
    pub fn differences(&self, record: &Record) -> Vec<Difference> {
        let row = record.visible_fields();
        let row = row.filter(|(field, _)| !matches!(field, Field::Type | Field::Username));
        let mut found = differences(record.integration_type(), row, &self.fields.open());
        // Most rows differ in nothing, and a masker takes its time.
        if !found.is_empty() {
            let secrets = Masker::of(record.secrets());
            for difference in &mut found {
                difference.jira = without(&secrets, &difference.jira);
            }
        }
        found
    }

    /// What an update of the fields `named` changes: all but those that are shown to be as in `record`. What Jira does not
    /// show has no value before.
    pub fn changes(&self, record: &Record, named: FieldSet) -> Vec<Difference> {
        let (row, fields) = (record.values_by_name(), self.fields.open());
        let secrets = Masker::of(record.secrets());
        let is_secret = |field: Field| record.secret_fields().any(|(secret, _)| secret == field);
        let change = |field: Field| {
            let value = match row.get(field.name()) {
                None if is_secret(field) => NEW_SECRET.into(),
                value => value?.clone(),
            };
            let shown = fields.get(field.name()).filter(|shown| !shown.is_null());
            let is_same = shown.is_some_and(|shown| {
                is_same_value(record.integration_type(), field, &value, shown)
            });
            (!is_same).then(|| Difference {
                field,
                row: value,
                jira: shown.map_or(Value::Null, |shown| without(&secrets, shown)),
            })
        };
        named.iter().filter_map(change).collect()
    }
}

/// Stands for a secret where values are shown.
const NEW_SECRET: &str = "new secret";

/// The fields of a row in which the fields `shown` by Jira differ, as far as they are there.
pub(crate) fn differences(
    integration_type: IntegrationType,
    row: impl IntoIterator<Item = (Field, Value)>,
    shown: &Map<String, Value>,
) -> Vec<Difference> {
    let row = row.into_iter();
    row.filter_map(|(field, row)| {
        let jira = shown.get(field.name()).filter(|shown| !shown.is_null())?;
        (!is_same_value(integration_type, field, &row, jira)).then(|| Difference {
            field,
            row,
            jira: jira.clone(),
        })
    })
    .collect()
}

/// `value` as it may be shown: a server may repeat one of the row's `secrets`.
pub(crate) fn without(secrets: &Masker, value: &Value) -> Value {
    match value {
        Value::String(text) => secrets.masked(text).into(),
        Value::Array(values) => values.iter().map(|value| without(secrets, value)).collect(),
        // No documented field is an object.
        Value::Object(_) => Value::Null,
        value => value.clone(),
    }
}

/// Whether the values of `field` in the row and in Jira mean the same.
pub(crate) fn is_same_value(
    integration_type: IntegrationType,
    field: Field,
    row: &Value,
    jira: &Value,
) -> bool {
    if let (Field::Origin, Some(row), Some(jira)) = (field, row.as_str(), jira.as_str()) {
        return normalise(integration_type, row) == normalise(integration_type, jira);
    }
    // Numbers and flags come back as strings from some versions, and ids in any order.
    let texts = |value: &Value| {
        let mut texts: Vec<String> = match value {
            Value::Array(values) => values.iter().map(text_of).collect(),
            value => vec![text_of(value)],
        };
        texts.sort();
        texts
    };
    row == jira || texts(row) == texts(jira)
}

pub(crate) fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
