//! The JSON of the app's API, "Git Integration for Jira Data Center", page "REST API: Integrations".

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde::{Deserialize, de::Error as _};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::model::{Field, Kind, Record, Remote, RemoteIntegration, ShownFields};
use crate::secret::Masker;

/// The body of the POST that creates `record`; it is wiped from memory once it was sent. A blank cell sends no field.
pub(super) fn request_body(record: &Record) -> Bytes {
    let mut values = record.values_by_name();
    // The API takes project ids only; they stand in the keys' place since the plan was made.
    values.remove(Field::ProjectKeys.name());
    update_body(&values, Some(record))
}

/// The body of the PUT that sets `values` and the secrets of `record`.
pub(super) fn update_body(values: &Map<String, Value>, record: Option<&Record>) -> Bytes {
    let content = &RequestBody { values, record };
    // A body that grows would leave copies of secrets behind in memory, so its length is measured first. Writing JSON of
    // strings, numbers and flags into memory cannot fail.
    let mut length = Length(0);
    let _ = serde_json::to_writer(&mut length, content);
    let mut body = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *body, content);
    Bytes::from_owner(body)
}

struct RequestBody<'a> {
    values: &'a Map<String, Value>,
    record: Option<&'a Record>,
}

impl Serialize for RequestBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        for (name, value) in self.values {
            body.serialize_entry(name, value)?;
        }
        for (field, secret) in self.record.into_iter().flat_map(Record::secret_fields) {
            body.serialize_entry(field.name(), secret.expose())?;
        }
        body.end()
    }
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

/// Reads a JSON object; serde alone would take an array for a struct too.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(serde_json::Error::custom("an array instead of an object"));
    }
    serde_json::from_slice(body)
}

/// Whether an answer reports success; none if it does not say.
pub(super) fn success(body: &[u8]) -> Option<bool> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "flag")]
        success: Option<bool>,
    }
    object::<Body>(body).ok()?.success
}

/// A flag as JSON or as text: some answers have `"success":"true"`.
fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// `{"success":true,"integrations":[{…}]}`
#[derive(Deserialize)]
pub(super) struct ListBody {
    integrations: Vec<Entry>,
}

impl ListBody {
    /// The integrations, each once.
    pub(super) fn integrations(self) -> Vec<RemoteIntegration> {
        let mut ids = HashSet::new();
        let all = self.integrations.into_iter().map(|entry| entry.0);
        all.filter(|remote| ids.insert(remote.id)).collect()
    }
}

/// One integration: `{"success":true,"integration":{…}}`, and in other versions `"integration":[{…}]` or
/// `"integrations":[{…}]`.
#[derive(Deserialize)]
pub(super) struct ShowBody {
    #[serde(alias = "integrations")]
    integration: OneEntry,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneEntry {
    Alone(Entry),
    InList([Entry; 1]),
}

impl ShowBody {
    pub(super) fn integration(self) -> RemoteIntegration {
        let (OneEntry::Alone(entry) | OneEntry::InList([entry])) = self.integration;
        entry.0
    }
}

/// `{"success":true,"repositories":[{"trackedFolderId":7,…}]}`: what the integrations found.
#[derive(Deserialize)]
pub(super) struct RepositoriesBody {
    repositories: Vec<RepositoryEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryEntry {
    /// The id of the integration that found it; other repositories may have none.
    tracked_folder_id: Option<i64>,
}

impl RepositoriesBody {
    /// How many repositories each integration found, by its id.
    pub(super) fn counts(self) -> HashMap<i64, u64> {
        let mut counts = HashMap::new();
        for repository in self.repositories {
            if let Some(id) = repository.tracked_folder_id {
                *counts.entry(id).or_default() += 1;
            }
        }
        counts
    }
}

/// An integration of a list. Each entry is taken out of its JSON at once, as a list can be long.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
struct Entry(RemoteIntegration);

impl TryFrom<Map<String, Value>> for Entry {
    type Error = &'static str;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, Self::Error> {
        // Jira shows no secrets; should a version do so, they end here.
        for field in [Field::Username, Field::Password, Field::Pat] {
            fields.remove(field.name());
        }
        if let Some(Value::String(origin)) = fields.get_mut(Field::Origin.name()) {
            // Nothing that a row may contain, and a secret if there is one.
            if let Some(range) = user_info(origin) {
                origin.replace_range(range, "***");
            }
        }
        typed(&mut fields);
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| fields.get(name).and_then(Value::as_i64);
        Ok(Self(RemoteIntegration {
            created_as: None,
            id: number("id").ok_or("an integration without an integer id")?,
            type_name: text("integrationType")
                .or_else(|| text("type"))
                .unwrap_or_default(),
            origin: text("origin"),
            display_name: text("displayName"),
            init_date: number("initDate"),
            fields: fields.into(),
        }))
    }
}

/// Gives the documented fields values of their kinds.
fn typed(fields: &mut Map<String, Value>) {
    for (name, value) in fields {
        if let Some(field) = Field::from_name(name) {
            *value = field.kind().typed(value.take());
        }
    }
}

/// Where the user info of a URL stands, if it has some.
fn user_info(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    let rest = &url[start..];
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    authority.rfind('@').map(|end| start..start + end)
}

/// An integration that Jira has just created or changed. Fields that repeat a secret are left out.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatedIntegration {
    pub remote: Remote,
    /// The documented fields that Jira shows.
    pub shown: ShownFields,
}

impl CreatedIntegration {
    /// Reads `{"success":true,"integration":{…}}`; none if it has no integration with an
    /// id above 0.
    pub(super) fn read(body: &[u8], masker: &Masker) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            integration: Map<String, Value>,
        }
        let mut fields = object::<Body>(body).ok()?.integration;
        let number = |name: &str| fields.get(name).and_then(Value::as_i64);
        let remote = Remote {
            id: number("id").filter(|id| *id > 0)?,
            init_date: number("initDate"),
        };
        // A list calls the type so, and perhaps an answer does too.
        if let Some(name) = fields.remove("integrationType") {
            fields.entry(Field::Type.name()).or_insert(name);
        }
        typed(&mut fields);
        fields.retain(|name, value| {
            let field = Field::from_name(name).filter(|field| field.is_shown());
            let is_typed = field.is_some_and(|field| has_type(value, field.kind()));
            let has_user_info = name == Field::Origin.name()
                && value.as_str().is_some_and(|url| user_info(url).is_some());
            // Nobody's secret is `true`, and most fields are flags.
            let may_be_secret = !value.is_boolean() && !value.is_null();
            is_typed && !has_user_info && !(may_be_secret && masker.is_in(&value.to_string()))
        });
        Some(Self {
            remote,
            shown: fields.into(),
        })
    }
}

/// Whether `value` is of the type that the manual gives fields of this kind.
fn has_type(value: &Value, kind: Kind) -> bool {
    match kind {
        _ if value.is_null() => true,
        Kind::Flag => value.is_boolean(),
        Kind::Integer | Kind::FolderDepth => value.is_u64(),
        Kind::Ids => value
            .as_array()
            .is_some_and(|ids| ids.iter().all(Value::is_u64)),
        _ => value.is_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jira::Access;
    use crate::model::{FieldValue, IntegrationType, RecordDraft};
    use crate::secret::Secret;

    fn list(body: &str) -> Option<Vec<RemoteIntegration>> {
        let list = object::<ListBody>(body.as_bytes()).ok()?.integrations();
        (success(body.as_bytes()) != Some(false)).then_some(list)
    }

    #[test]
    fn a_list_is_read_to_its_last_entry_or_not_at_all() {
        for (body, ids) in [
            (r#"{"success":true,"integrations":[]}"#, Some(vec![])),
            (
                r#"{"integrations":[{"id":7}],"success":"true"}"#,
                Some(vec![7]),
            ),
            (
                r#"{"integrations":[{"id":7}, {"id":8}],"more":[1]}"#,
                Some(vec![7, 8]),
            ),
            (
                r#"{"success":null,"integrations":[{"id":7}]}"#,
                Some(vec![7]),
            ),
            (
                r#"{"more":[{"id":1}],"integrations":[{"id":7,"n":[{"x":"]}"}]}]}"#,
                Some(vec![7]),
            ),
            (
                r#"{"integrations":[{"id":7},{"id":8},{"id":7}]}"#,
                Some(vec![7, 8]),
            ),
            (r#"{"success":false,"integrations":[{"id":7}]}"#, None),
            (r#"{"success":"false","integrations":[{"id":7}]}"#, None),
            (
                r#"{"success":true,"integrations":[{"id":7},{"id":"9"}]}"#,
                None,
            ),
            (r#"{"success":true,"integrations":[{"id":7},9]}"#, None),
            (
                r#"{"success":true,"integrations":[{"id":7}{"id":8}]}"#,
                None,
            ),
            (r#"{"success":true,"integrations":[{"id":7},]}"#, None),
            (r#"{"success":true,"integrations":{"id":7}}"#, None),
            (r#"{"success":true,"integrations":null}"#, None),
            (r#"{"success":true,"integrations":[{"id":7}"#, None),
            (r#"{"success":true}"#, None),
            (r#"{"integrations":[],"integrations":[{"id":7}]}"#, None),
            (r#"[true,[{"id":7}]]"#, None),
            ("", None),
        ] {
            let read = list(body).map(|list| list.iter().map(|remote| remote.id).collect());
            assert_eq!(read, ids, "{body}");
        }
    }

    #[test]
    fn flags_and_numbers_that_are_written_as_text_are_read_as_such() {
        let body = r#"{"integrations":[{"id":7,"global":"true","maxMinsToCommitEmail":"60",
            "projectMappingIds":["10000"],"tagsFilter":"true"}]}"#;
        let fields = list(body).unwrap()[0].visible();
        let expected = json!({
            "global": true, "maxMinsToCommitEmail": 60, "projectMappingIds": [10000], "tagsFilter": "true",
        });
        assert_eq!(Value::Object(fields), expected);
    }

    #[test]
    fn a_secret_that_jira_lists_goes_no_further() {
        let list =
            list(r#"{"integrations":[{"id":7,"pat":"canary","password":"canary","origin":"o"}]}"#);
        let list = list.unwrap();
        assert_eq!(list[0].origin.as_deref(), Some("o"));
        assert!(!format!("{list:?}").contains("canary"));
    }

    #[test]
    fn the_user_info_of_an_origin_is_masked() {
        for (origin, shown) in [
            (
                "https://me:canary@git.example.org/a",
                "https://***@git.example.org/a",
            ),
            (
                "https://can@ary@git.example.org",
                "https://***@git.example.org",
            ),
            ("https://git.example.org/a@b", "https://git.example.org/a@b"),
            ("git@git.example.org", "git@git.example.org"),
            ("/srv/repos/*", "/srv/repos/*"),
        ] {
            let body = json!({"integrations": [{"id": 7, "origin": origin}]});
            let listed = list(&body.to_string()).unwrap().remove(0);
            assert_eq!(listed.origin.as_deref(), Some(shown));
            assert_eq!(listed.fields.open()["origin"], shown);
        }
    }

    fn created(body: &str) -> Option<CreatedIntegration> {
        let access = Access::Token(Secret::new("token-of-ours"));
        let masker = Masker::of([&Secret::new("canary")]).and(&Masker::of([access.secret()]));
        CreatedIntegration::read(body.as_bytes(), &masker)
    }

    #[test]
    fn what_is_shown_is_kept_and_no_credential() {
        let body = r#"{"integration":{"id":7,"initDate":1760000000000,"displayName":"Caf\u00e9",
            "disabled":false,"pat":"t0ken","password":null,"unheardOf":[1],"projectMappingIds":["1",2]},
            "success":"true","more":{}}"#;
        let created = created(body).unwrap();
        let remote = Remote {
            id: 7,
            init_date: Some(1_760_000_000_000),
        };
        assert_eq!(created.remote, remote);
        let shown = json!({"displayName": "Café", "disabled": false, "projectMappingIds": [1, 2]});
        assert_eq!(Value::Object(created.shown.open()), shown);
    }

    #[test]
    fn the_type_has_one_name() {
        for name in ["type", "integrationType"] {
            let body = format!(r#"{{"success":true,"integration":{{"id":7,"{name}":"AZURE"}}}}"#);
            let shown = created(&body).unwrap().shown;
            assert_eq!(Value::Object(shown.open()), json!({"type": "AZURE"}));
        }
    }

    #[test]
    fn a_field_that_repeats_a_secret_is_left_out_however_it_is_written() {
        for name in [
            r#""the canary sings""#,
            r#""the \u0063anary""#,
            r#""the %63anary""#,
            r#"["Payments"]"#,
            r#"{"a":"Payments"}"#,
            r#""token-of-ours""#,
            r#""Basic Y2FuYXJ5""#,
        ] {
            let body = format!(
                r#"{{"success":true,"integration":{{"id":7,"displayName":{name},"disabled":true}}}}"#
            );
            let shown = Value::Object(created(&body).unwrap().shown.open());
            assert_eq!(shown, json!({"disabled": true}), "{name}");
        }
    }

    #[test]
    fn a_secret_does_not_hide_behind_a_name_that_comes_again() {
        let body =
            r#"{"success":true,"integration":{"id":7,"displayName":{"a":"canary","a":"x"}}}"#;
        let shown = serde_json::to_string(&created(body).unwrap().shown).unwrap();
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_origin_with_user_info_is_left_out() {
        let body =
            r#"{"success":true,"integration":{"id":7,"origin":"https://a:b@git.example.org"}}"#;
        assert!(created(body).unwrap().shown.is_empty());
    }

    #[test]
    fn without_a_positive_id_there_is_no_integration() {
        for body in [
            r#"{"success":true,"integration":{"id":"7"}}"#,
            r#"{"success":true,"integration":{"id":7.5}}"#,
            r#"{"success":true,"integration":{"id":0}}"#,
            r#"{"success":true,"integration":{"id":-5}}"#,
            r#"{"success":true,"integration":{}}"#,
            r#"{"success":true,"integration":7}"#,
            r#"{"success":true}"#,
            r#"{"success":true,"integration":{"id":7}"#,
            r#"{"success":true,"integration":{"id":7}} more"#,
            "[]",
            "",
        ] {
            assert_eq!(created(body), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn a_body_has_room_from_the_start(
            name in any::<String>(),
            pat in any::<String>(),
            ids in vec(any::<u64>(), 1..5),
        ) {
            let given = RecordDraft {
                display_name: Some(name.as_str().into()),
                pat: Some(Secret::new(&pat).into()),
                settings: [
                    (Field::ApiFilter, FieldValue::Text(name.as_str().into())),
                    (Field::ProjectMappingIds, FieldValue::Ids(ids.clone())),
                    (Field::Disabled, FieldValue::Flag(false)),
                ].into(),
                ..RecordDraft::default()
            };
            let record = Record::new(IntegrationType::GitHub, given);
            let values = record.values_by_name();
            let content = RequestBody { values: &values, record: Some(&record) };
            let mut length = Length(0);
            serde_json::to_writer(&mut length, &content).unwrap();
            let body = request_body(&record);
            prop_assert_eq!(body.len(), length.0);
            let json: Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(&json["displayName"], &name);
            prop_assert_eq!(&json["pat"], &pat);
            prop_assert_eq!(&json["projectMappingIds"], &serde_json::json!(ids));
        }
    }
}
