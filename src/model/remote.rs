//! Integrations as Jira shows them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::field::Field;
use super::integration_type::IntegrationType;
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
}

/// A field in which a row and the integration of its key differ.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// The field's name in the API.
    pub field: &'static str,
    /// The value of the row.
    pub row: Value,
    /// What Jira shows.
    pub jira: Value,
}

impl RemoteIntegration {
    /// What Jira shows of the documented fields apart from credentials, by their names in the API.
    pub fn visible(&self) -> Map<String, Value> {
        let mut fields = self.fields.open();
        fields.retain(|name, _| Field::from_name(name).is_some_and(Field::is_shown));
        fields
    }

    /// Whether it may have been created at this time, in milliseconds since 1970-01-01 UTC: the list may round to seconds, or
    /// not tell.
    pub fn may_be_of(&self, init_date: Option<i64>) -> bool {
        let second = |ms: i64| ms.div_euclid(1000);
        match (self.init_date, init_date) {
            (Some(shown), Some(known)) => second(shown) == second(known),
            _ => true,
        }
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

    /// The visible settings in which `record` differs. What the row leaves blank, or Jira does not show, is not compared.
    pub fn differences(&self, record: &Record) -> Vec<Difference> {
        let compared = record
            .settings()
            .map(|(field, value)| (field, value.to_json()));
        let fields = self.fields.open();
        let secrets = Masker::of(record.secrets());
        compared
            .filter_map(|(field, row)| {
                let jira = fields.get(field.name()).filter(|shown| !shown.is_null())?;
                (!is_same_value(field, &row, jira)).then(|| Difference {
                    field: field.name(),
                    row,
                    jira: without(&secrets, jira),
                })
            })
            .collect()
    }
}

/// `value` as it may be shown: a server may repeat one of the row's `secrets`.
fn without(secrets: &Masker, value: &Value) -> Value {
    match value {
        Value::String(text) => Masker::masked(&[secrets], text.clone()).into(),
        Value::Array(values) => values.iter().map(|value| without(secrets, value)).collect(),
        value => value.clone(),
    }
}

/// Whether the values of `field` in the row and in Jira mean the same.
pub(crate) fn is_same_value(field: Field, row: &Value, jira: &Value) -> bool {
    if field == Field::ProjectMappingIds {
        let sorted = |value: &Value| {
            let mut ids: Vec<String> = value
                .as_array()
                .into_iter()
                .flatten()
                .map(text_of)
                .collect();
            ids.sort();
            ids
        };
        return sorted(row) == sorted(jira);
    }
    // Numbers and flags come back as strings from some versions.
    row == jira || text_of(row) == text_of(jira)
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
