//! The JSON of the app's API, "Git Integration for Jira Data Center", page "REST API: Integrations".

use std::ops::Range;

use bytes::Bytes;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::model::{Field, FieldView, OriginView, Record, RemoteIntegration};
use crate::secret::Secret;

/// The body of the POST that creates `record`; it is wiped from memory once it was sent.
pub(super) fn request_body(record: &Record) -> Bytes {
    let parts: Vec<_> = parts(record).collect();
    // Growing would leave a copy of a secret behind, and what is too large takes its time to be wiped.
    let mut body = Zeroizing::new(Vec::with_capacity(room(&parts)));
    for (field, value) in &parts {
        let is_first = body.is_empty();
        body.push(if is_first { b'{' } else { b',' });
        // The names are plain.
        body.push(b'"');
        body.extend_from_slice(field.name().as_bytes());
        body.extend_from_slice(b"\":");
        // Writing JSON of strings, numbers and flags into memory cannot fail.
        let _ = serde_json::to_writer(&mut *body, value);
    }
    body.push(b'}');
    Bytes::from_owner(body)
}

/// What the row says and nothing else: a blank cell sends no field.
fn parts(record: &Record) -> impl Iterator<Item = (Field, FieldView<'_>)> {
    let key_id = record.key_id().map(Secret::expose);
    let texts = [
        (Field::Type, Some(record.integration_type().name())),
        (Field::DisplayName, record.display_name()),
        (
            Field::Origin,
            record.origin().as_ref().map(OriginView::as_str),
        ),
        (Field::Username, record.username().or(key_id)),
        (Field::Password, record.password().map(Secret::expose)),
        (Field::Pat, record.pat().map(Secret::expose)),
    ];
    let given = texts.into_iter();
    let texts = given.filter_map(|(field, text)| Some((field, FieldView::Text(text?))));
    // The API knows ids only; they were put in the keys' place when the plan was made.
    let settings = record.settings();
    texts.chain(settings.filter(|(field, _)| *field != Field::ProjectKeys))
}

/// As many bytes as a body of these `parts` has at most.
fn room(parts: &[(Field, FieldView<'_>)]) -> usize {
    let of_value = |value: &FieldView<'_>| match value {
        FieldView::Text(text) => {
            let is_escaped = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
            text.len() + 2 + 5 * text.bytes().filter(is_escaped).count()
        }
        FieldView::Ids(ids) => 2 + 21 * ids.len(),
        FieldView::Integer(_) | FieldView::Flag(_) => 10,
    };
    let each = parts
        .iter()
        .map(|(field, value)| field.name().len() + 4 + of_value(value));
    each.sum::<usize>() + 1
}

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

fn remote(mut fields: Map<String, Value>) -> Option<RemoteIntegration> {
    // Jira shows no secrets; should a version do so, they end here.
    for field in [Field::Username, Field::Password, Field::Pat] {
        fields.remove(field.name());
    }
    if let Some(Value::String(origin)) = fields.get_mut(Field::Origin.name()) {
        hide_user_info(origin);
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

/// Masks what stands before the host of a URL: nothing that a row may say, and a secret if there is one.
fn hide_user_info(origin: &mut String) {
    if let Some(range) = user_info(origin) {
        origin.replace_range(range, "***");
    }
}

/// Where the user info of a URL stands, if it has some.
pub(super) fn user_info(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    let rest = &url[start..];
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    authority.rfind('@').map(|end| start..start + end)
}

/// An integration of a list as the app shows it; none without an integer id.
pub(super) fn entry(json: &[u8]) -> Option<RemoteIntegration> {
    remote(serde_json::from_slice(json).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FieldValue, IntegrationType, RecordDraft};

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
            let json = serde_json::json!({"id": 7, "origin": origin}).to_string();
            let listed = entry(json.as_bytes()).unwrap();
            assert_eq!(listed.origin.as_deref(), Some(shown));
            assert_eq!(listed.fields.open()["origin"], shown);
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
                    (Field::ProjectMappingIds, FieldValue::Ids(ids.clone().into())),
                    (Field::Disabled, FieldValue::Flag(false)),
                ].into(),
                ..RecordDraft::default()
            };
            let Ok(record) = Record::new(IntegrationType::GitHub, given) else {
                return Ok(());
            };
            let body = request_body(&record);
            let parts: Vec<_> = parts(&record).collect();
            prop_assert!(body.len() <= room(&parts));
            let json: Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(&json["displayName"], &name);
            prop_assert_eq!(&json["pat"], &pat);
            prop_assert_eq!(&json["projectMappingIds"], &serde_json::json!(ids));
        }
    }
}
