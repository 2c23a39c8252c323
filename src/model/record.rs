//! A valid row, ready to be sent.

use super::defect::{Defect, defects};
use super::field::{Field, FieldSet};
use super::field_value::{FieldValue, FieldView};
use super::integration_type::IntegrationType;
use super::key::{OriginKey, RecordKey};
use super::origin::{Origin, OriginView};
use super::packed::{Packed, Values};
use super::place::Place;
use super::shown::{FieldsText, ShownFields};
use crate::secret::{Secret, SecretCell, SecretReference};

/// What stands in a `username` cell.
#[derive(Clone, Debug)]
pub enum Username {
    /// An account's name.
    Name(Box<str>),
    /// An AWS access key id, which is kept as a secret.
    KeyId(SecretCell),
}

/// The values of a row, each valid by itself; together they may still lack something.
#[derive(Clone, Debug, Default)]
pub struct RecordDraft {
    /// The name shown in Jira.
    pub display_name: Option<Box<str>>,
    /// The origin.
    pub origin: Option<Origin>,
    /// The account.
    pub username: Option<Username>,
    /// The password.
    pub password: Option<SecretCell>,
    /// The token.
    pub pat: Option<SecretCell>,
    /// All other fields that the row gives.
    pub settings: Vec<(Field, FieldValue)>,
}

/// One integration as a row describes it. A record that exists is valid: its type has all that it needs, and each value
/// is one that the API takes.
#[derive(Clone, Debug)]
pub struct Record {
    integration_type: IntegrationType,
    shown: Packed,
    /// An AWS access key id.
    key_id: Option<SecretCell>,
    password: Option<SecretCell>,
    pat: Option<SecretCell>,
}

impl Record {
    /// Makes a record of type `of`.
    ///
    /// # Errors
    ///
    /// The [`Defect`]s that keep it from being complete.
    pub fn new(of: IntegrationType, values: RecordDraft) -> Result<Self, Vec<Defect>> {
        let name = match &values.username {
            Some(Username::Name(name)) => Some(&**name),
            _ => None,
        };
        let found = defects(of.spec(), values.given(), name);
        if !found.is_empty() {
            return Err(found);
        }
        let settings = values.settings.iter();
        let shown = Packed::new(Values {
            display_name: values.display_name.as_deref(),
            origin: values.origin.as_ref().map(Origin::view),
            username: name,
            settings: settings.map(|(field, value)| (*field, value.view())),
        });
        Ok(Self {
            integration_type: of,
            shown,
            key_id: match values.username {
                Some(Username::KeyId(cell)) => Some(cell),
                _ => None,
            },
            password: values.password,
            pat: values.pat,
        })
    }

    /// The integration type.
    pub fn integration_type(&self) -> IntegrationType {
        self.integration_type
    }

    /// What the row says apart from secrets.
    pub fn shown(&self) -> &Packed {
        &self.shown
    }

    /// The name shown in Jira, if the row gives one.
    pub fn display_name(&self) -> Option<&str> {
        self.shown.display_name()
    }

    /// The origin, if the row gives one.
    pub fn origin(&self) -> Option<OriginView<'_>> {
        self.shown.origin()
    }

    /// The account's name.
    pub fn username(&self) -> Option<&str> {
        self.shown.username()
    }

    /// The AWS access key id that stands in place of an account's name.
    pub fn key_id(&self) -> Option<&Secret> {
        self.key_id.as_ref().map(|cell| &cell.secret)
    }

    /// The password.
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref().map(|cell| &cell.secret)
    }

    /// The token.
    pub fn pat(&self) -> Option<&Secret> {
        self.pat.as_ref().map(|cell| &cell.secret)
    }

    /// All fields beside type, name, origin and credentials.
    pub fn settings(&self) -> impl Iterator<Item = (Field, FieldView<'_>)> {
        self.shown.settings()
    }

    /// What the row says of `field`, which is one of the [`settings`](Self::settings).
    pub fn setting(&self, field: Field) -> Option<FieldView<'_>> {
        let mut settings = self.settings();
        settings
            .find(|(of, _)| *of == field)
            .map(|(_, value)| value)
    }

    /// The keys of the Jira projects that the row names; their ids must be known before it can be sent.
    pub fn project_keys(&self) -> impl Iterator<Item = &str> {
        let keys = match self.setting(Field::ProjectKeys) {
            Some(FieldView::Text(keys)) => keys,
            _ => "",
        };
        keys.split(',').filter(|key| !key.is_empty())
    }

    /// The record with the ids of its projects in place of their keys.
    pub fn with_project_ids(mut self, ids: Vec<u64>) -> Self {
        let settings = self
            .settings()
            .filter(|(field, _)| *field != Field::ProjectKeys);
        let ids = (Field::ProjectMappingIds, FieldView::Ids(ids.into()));
        self.shown = Packed::new(Values {
            display_name: self.display_name(),
            origin: self.origin(),
            username: self.username(),
            settings: settings.chain([ids]),
        });
        self
    }

    /// The record's key; none without a display name.
    pub fn key(&self) -> Option<RecordKey> {
        Some(RecordKey {
            integration_type: self.integration_type,
            origin: OriginKey::of(self.integration_type, self.origin()),
            display_name: self.display_name()?.into(),
        })
    }

    /// The record's secrets: for masking them in what a server sends back.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secret_cells().map(|cell| &cell.secret)
    }

    /// The references through which secrets of this record were read.
    pub fn references(&self) -> impl Iterator<Item = &SecretReference> {
        self.secret_cells()
            .filter_map(|cell| cell.reference.as_deref())
    }

    fn secret_cells(&self) -> impl Iterator<Item = &SecretCell> {
        self.key_id.iter().chain(&self.password).chain(&self.pat)
    }

    /// What the row says apart from secrets: for the journal and for comparing with Jira.
    pub fn visible(&self) -> ShownFields {
        let mut text = FieldsText::default();
        text.put(Field::Type, self.integration_type.name());
        if let Some(name) = self.display_name() {
            text.put(Field::DisplayName, name);
        }
        if let Some(origin) = self.origin() {
            text.put(Field::Origin, origin.as_str());
        }
        if let Some(name) = self.username() {
            text.put(Field::Username, name);
        }
        for (field, value) in self.settings() {
            text.put(field, &value);
        }
        text.end()
    }
}

impl RecordDraft {
    fn given(&self) -> FieldSet {
        let present = [
            (Field::DisplayName, self.display_name.is_some()),
            (Field::Origin, self.origin.is_some()),
            (Field::Username, self.username.is_some()),
            (Field::Password, self.password.is_some()),
            (Field::Pat, self.pat.is_some()),
        ];
        let settings = self.settings.iter().map(|(field, _)| *field);
        let present = present
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(field, _)| field);
        present.chain(settings).collect()
    }
}

/// A record and where it stands.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row's number in the run, from 1, over all files and sheets.
    pub n: u32,
    /// Where the row stands.
    pub place: Place,
    /// What it says.
    pub record: Record,
    /// The codes of the warnings that it was given.
    pub warnings: Vec<super::Code>,
}
