//! A valid row, ready to be sent.

use serde_json::{Map, Value};

use super::field::Field;
use super::field_value::FieldValue;
use super::integration_type::IntegrationType;
use super::key::{OriginKey, RecordKey};
use super::origin::Origin;
use super::shown::ShownFields;
use crate::secret::{Secret, SecretCell, SecretReference};

/// What a `username` cell holds.
#[derive(Clone, Debug)]
pub enum Username {
    /// An account's name.
    Name(String),
    /// An AWS access key id, which is a secret.
    KeyId(SecretCell),
}

/// The values of a row, each valid by itself; together they may still lack something.
#[derive(Clone, Debug, Default)]
pub struct RecordDraft {
    pub display_name: Option<String>,
    pub origin: Option<Origin>,
    pub username: Option<Username>,
    pub password: Option<SecretCell>,
    pub pat: Option<SecretCell>,
    /// All other fields that the row fills in.
    pub settings: Vec<(Field, FieldValue)>,
}

/// One integration as a row describes it. Validation makes a record only of a row without errors, so that it has all that its
/// type needs, and each value is one that the API takes. Only that of an update may lack what its integration has already.
#[derive(Clone, Debug)]
pub struct Record {
    integration_type: IntegrationType,
    values: RecordDraft,
}

impl Record {
    /// The record of a row in which nothing is wrong.
    pub fn new(integration_type: IntegrationType, mut values: RecordDraft) -> Self {
        // There was room for all columns, and a plan keeps the records of all rows.
        values.settings.shrink_to_fit();
        Self {
            integration_type,
            values,
        }
    }

    pub fn integration_type(&self) -> IntegrationType {
        self.integration_type
    }

    pub fn display_name(&self) -> Option<&str> {
        self.values.display_name.as_deref()
    }

    pub fn origin(&self) -> Option<&Origin> {
        self.values.origin.as_ref()
    }

    /// The account's name.
    pub fn username(&self) -> Option<&str> {
        self.values.user_name()
    }

    /// All fields beside type, name, origin and credentials.
    pub fn settings(&self) -> impl Iterator<Item = (Field, &FieldValue)> {
        let settings = self.values.settings.iter();
        settings.map(|(field, value)| (*field, value))
    }

    /// The value of `field`, which is one of the [`settings`](Self::settings).
    pub fn setting(&self, field: Field) -> Option<&FieldValue> {
        let mut settings = self.settings();
        settings
            .find(|(named, _)| *named == field)
            .map(|(_, value)| value)
    }

    /// The keys of the Jira projects that the row names; their ids must be known before it can be sent.
    pub fn project_keys(&self) -> impl Iterator<Item = &str> {
        let keys = match self.setting(Field::ProjectKeys) {
            Some(FieldValue::Text(keys)) => keys,
            _ => "",
        };
        keys.split(',').filter(|key| !key.is_empty())
    }

    /// Replaces the keys of its projects by their ids.
    pub fn set_project_ids(&mut self, ids: Vec<u64>) {
        let settings = &mut self.values.settings;
        settings.retain(|(field, _)| *field != Field::ProjectKeys);
        settings.push((Field::ProjectMappingIds, FieldValue::Ids(ids)));
    }

    /// The record's key; none without a display name.
    pub fn key(&self) -> Option<RecordKey> {
        Some(RecordKey {
            integration_type: self.integration_type,
            origin: OriginKey::of(self.integration_type, self.origin()),
            display_name: self.display_name()?.to_owned(),
        })
    }

    /// The record's secrets: for masking them in what a server sends back.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secret_fields().map(|(_, secret)| secret)
    }

    /// The record's secrets with their fields: `username` where it is an AWS access key id, `password` and `pat`.
    pub(crate) fn secret_fields(&self) -> impl Iterator<Item = (Field, &Secret)> {
        self.secret_cells()
            .map(|(field, cell)| (field, &cell.secret))
    }

    /// The references through which secrets of this record were read.
    pub fn references(&self) -> impl Iterator<Item = &SecretReference> {
        let cells = self.secret_cells();
        cells.filter_map(|(_, cell)| cell.reference.as_ref())
    }

    fn secret_cells(&self) -> impl Iterator<Item = (Field, &SecretCell)> {
        let values = &self.values;
        let key_id = match &values.username {
            Some(Username::KeyId(cell)) => Some(cell),
            _ => None,
        };
        let cells = [
            (Field::Username, key_id),
            (Field::Password, values.password.as_ref()),
            (Field::Pat, values.pat.as_ref()),
        ];
        let cells = cells.into_iter();
        cells.filter_map(|(field, cell)| Some((field, cell?)))
    }

    /// The fields that are no secrets: for the journal and for comparing with Jira.
    pub fn visible(&self) -> ShownFields {
        self.values_by_name().into()
    }

    /// The same by their names in the API.
    pub(crate) fn values_by_name(&self) -> Map<String, Value> {
        let fields = self.visible_fields();
        fields
            .map(|(field, value)| (field.name().to_owned(), value))
            .collect()
    }

    pub(super) fn visible_fields(&self) -> impl Iterator<Item = (Field, Value)> {
        let texts = [
            (Field::Type, Some(self.integration_type.name())),
            (Field::DisplayName, self.display_name()),
            (Field::Origin, self.origin().map(Origin::as_str)),
            (Field::Username, self.username()),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(field, text)| Some((field, text?.into())));
        let settings = self
            .settings()
            .map(|(field, value)| (field, value.to_json()));
        texts.chain(settings)
    }
}

impl RecordDraft {
    /// The account's name.
    pub(crate) fn user_name(&self) -> Option<&str> {
        match &self.username {
            Some(Username::Name(name)) => Some(name),
            _ => None,
        }
    }
}
