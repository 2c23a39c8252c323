//! The JSON of the app's API, "Git Integration for Jira Data Center", page "REST API: Integrations".

use std::io;

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::model::{Field, OriginView, Record, RemoteIntegration};
use crate::secret::Secret;

/// The body of the POST that creates `record`; it is wiped from memory once it was sent.
pub(super) fn request_body(record: &Record) -> Bytes {
    let mut length = Length(0);
    // Writing JSON of strings and numbers into memory cannot fail.
    let _ = serde_json::to_writer(&mut length, &Body(record));
    // Growing would leave a copy of a secret behind, and what is too large takes its time to be wiped.
    let mut body = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *body, &Body(record));
    Bytes::from_owner(body)
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the row says and nothing else: a blank cell sends no field.
struct Body<'a>(&'a Record);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(Field::Type.name(), record.integration_type().name())?;
        let key_id = record.key_id().map(Secret::expose);
        let texts = [
            (Field::DisplayName, record.display_name()),
            (
                Field::Origin,
                record.origin().as_ref().map(OriginView::as_str),
            ),
            (Field::Username, record.username().or(key_id)),
            (Field::Password, record.password().map(Secret::expose)),
            (Field::Pat, record.pat().map(Secret::expose)),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                map.serialize_entry(field.name(), text)?;
            }
        }
        for (field, value) in record.settings() {
            if field == Field::ProjectKeys {
                // The API knows ids only; they were put in the keys' place when the plan was made.
                continue;
            }
            map.serialize_entry(field.name(), &value)?;
        }
        map.end()
    }
}

/// `success`, which is a boolean in some answers and a string in others.
pub(super) fn success(json: &Value) -> Option<bool> {
    truth(json.get("success")?)
}

/// True or false, in whichever form.
pub(super) fn truth(json: &Value) -> Option<bool> {
    match json {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// An integration as the app shows it; none without an integer id.
pub(super) fn integration(json: Value) -> Option<RemoteIntegration> {
    match json {
        Value::Object(fields) => remote(fields),
        _ => None,
    }
}

fn remote(mut fields: Map<String, Value>) -> Option<RemoteIntegration> {
    // Jira shows no secrets; should a version do so, they end here.
    for field in [Field::Username, Field::Password, Field::Pat] {
        fields.remove(field.name());
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = fields.get("id")?.as_i64()?;
    let type_name = text("integrationType")
        .or_else(|| text("type"))
        .unwrap_or_default();
    let (origin, display_name) = (text("origin"), text("displayName"));
    let init_date = fields.get("initDate").and_then(Value::as_i64);
    Some(RemoteIntegration {
        id,
        type_name,
        origin,
        display_name,
        init_date,
        fields: fields.into(),
    })
}

/// An integration of a list as the app shows it; none without an integer id.
pub(super) fn entry(json: &[u8]) -> Option<RemoteIntegration> {
    let mut shown = remote(serde_json::from_slice(json).ok()?)?;
    shown.fields = shown.fields.packed();
    Some(shown)
}
