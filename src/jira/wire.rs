//! The JSON of the app's API, "Git Integration for Jira Data Center", page "REST API: Integrations".

use std::{fmt, io};

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::model::{Field, Record, RemoteIntegration, Username};
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
        let username = record.username().map(|username| match username {
            Username::Name(name) => &**name,
            Username::KeyId(cell) => cell.secret.expose(),
        });
        let texts = [
            (Field::DisplayName, record.display_name()),
            (
                Field::Origin,
                record.origin().map(crate::model::Origin::as_str),
            ),
            (Field::Username, username),
            (Field::Password, record.password().map(Secret::expose)),
            (Field::Pat, record.pat().map(Secret::expose)),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                map.serialize_entry(field.name(), text)?;
            }
        }
        for (field, value) in record.settings() {
            if *field == Field::ProjectKeys {
                // The API knows ids only; they were put in the keys' place when the plan was made.
                continue;
            }
            map.serialize_entry(field.name(), value)?;
        }
        map.end()
    }
}

/// `success`, which is a boolean in some answers and a string in others.
pub(super) fn success(json: &Value) -> Option<bool> {
    truth(json.get("success")?)
}

fn truth(json: &Value) -> Option<bool> {
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

/// The integrations of a list; none if it is not a list in the documented shape, down to its last entry.
///
/// A list can be long, so its entries are taken out of the text one by one.
pub(super) fn integrations(body: &[u8]) -> Option<Vec<RemoteIntegration>> {
    #[derive(serde::Deserialize)]
    struct List {
        success: Option<Value>,
        integrations: Entries,
    }
    let list: List = serde_json::from_slice(body).ok()?;
    let refuses = list.success.as_ref().and_then(truth) == Some(false);
    (!refuses).then_some(list.integrations.0)
}

struct Entries(Vec<RemoteIntegration>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Entries {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("integrations")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut entries: A) -> Result<Self, A::Error> {
        while let Some(fields) = entries.next_element()? {
            let mut remote = remote(fields).ok_or_else(|| A::Error::custom("no id"))?;
            remote.fields = remote.fields.packed();
            self.0.push(remote);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str) -> Option<Vec<i64>> {
        let list = integrations(body.as_bytes())?;
        Some(list.iter().map(|remote| remote.id).collect())
    }

    #[test]
    fn a_list_is_read_to_its_last_entry_or_not_at_all() {
        for (body, list) in [
            (r#"{"success":true,"integrations":[]}"#, Some(vec![])),
            (
                r#"{"integrations":[{"id":7}],"success":"true"}"#,
                Some(vec![7]),
            ),
            (
                r#"{"integrations":[{"id":7},{"id":9}],"more":[1]}"#,
                Some(vec![7, 9]),
            ),
            (
                r#"{"success":null,"integrations":[{"id":7}]}"#,
                Some(vec![7]),
            ),
            (r#"{"success":false,"integrations":[{"id":7}]}"#, None),
            (r#"{"success":"false","integrations":[{"id":7}]}"#, None),
            (
                r#"{"success":true,"integrations":[{"id":7},{"id":"9"}]}"#,
                None,
            ),
            (r#"{"success":true,"integrations":[{"id":7},9]}"#, None),
            (r#"{"success":true,"integrations":{"id":7}}"#, None),
            (r#"{"success":true,"integrations":null}"#, None),
            (r#"{"success":true,"integrations":[{"id":7}"#, None),
            (r#"{"success":true}"#, None),
            ("[]", None),
        ] {
            assert_eq!(ids(body), list, "{body}");
        }
    }

    #[test]
    fn a_secret_that_jira_shows_goes_no_further() {
        let body = r#"{"integrations":[{"id":7,"pat":"canary","password":"canary","origin":"o"}]}"#;
        let list = integrations(body.as_bytes()).unwrap();
        assert_eq!(list[0].origin.as_deref(), Some("o"));
        assert!(!format!("{list:?}").contains("canary"));
    }
}
