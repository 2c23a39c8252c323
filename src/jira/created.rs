//! The answer to a POST that created an integration. There is one for every row, so it is read in one go.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::mask::Mask;
use super::wire;
use crate::model::{Field, FieldsText, IntegrationType, ShownFields};

/// An integration that Jira has just created.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatedIntegration {
    /// Jira's id.
    pub id: i64,
    /// When it was created, in milliseconds since 1970-01-01 UTC.
    pub init_date: Option<i64>,
    /// Its type, where the answer names one that there is.
    pub integration_type: Option<IntegrationType>,
    /// Its display name, unless that repeats a secret.
    pub display_name: Option<Box<str>>,
    /// What Jira shows of the documented fields. One that repeats a secret is left out.
    pub shown: ShownFields,
}

impl CreatedIntegration {
    /// Reads `{"success":true,"integration":{…}}`; none if `body` is anything else.
    pub(super) fn of_body(body: &[u8], mask: &Mask) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let may_reveal = mask.may_be_in_json(text);
        let mut json = serde_json::Deserializer::from_str(text);
        let answer = CreatedAnswer(Reading { mask, may_reveal });
        let created = answer.deserialize(&mut json).ok()?;
        json.end().ok().and(created)
    }
}

/// Reads the whole answer; none if it does not tell of a success.
struct CreatedAnswer<'a>(Reading<'a>);

impl<'de> DeserializeSeed<'de> for CreatedAnswer<'_> {
    type Value = Option<CreatedIntegration>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CreatedAnswer<'_> {
    type Value = Option<CreatedIntegration>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer to a creation")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let (mut is_success, mut created) = (false, None);
        while let Some(Name(name)) = parts.next_key()? {
            match &*name {
                "success" => is_success = wire::truth(&parts.next_value()?) == Some(true),
                "integration" => created = Some(parts.next_value_seed(self.0)?),
                _ => {
                    parts.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(created.filter(|_| is_success))
    }
}

/// How an integration is read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    mask: &'a Mask,
    /// Whether some text of the answer may repeat a secret.
    may_reveal: bool,
}

impl Reading<'_> {
    /// Keeps a field if it may be shown, and says so. Where a secret may be near, what is kept is what was looked at: where
    /// a name comes twice in an object, the text of the answer holds a value that nobody looked at.
    fn keep(&self, field: Field, value: &RawValue, shown: &mut FieldsText) -> bool {
        if !field.is_shown() {
            return false;
        }
        if !self.may_reveal && field != Field::Origin {
            shown.put(field, value);
            return true;
        }
        let Ok(value) = Value::deserialize(value) else {
            return false;
        };
        let has_user_info = |value: &str| wire::user_info(value).is_some();
        let is_login = field == Field::Origin && value.as_str().is_some_and(has_user_info);
        if is_login || self.mask.is_revealed_by(&value) {
            return false;
        }
        shown.put(field, &value);
        true
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = CreatedIntegration;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = CreatedIntegration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integration")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut id, mut init_date) = (None, None);
        let (mut integration_type, mut display_name) = (None, None);
        let mut shown = FieldsText::default();
        while let Some(Name(name)) = fields.next_key()? {
            let value: &RawValue = fields.next_value()?;
            match &*name {
                "id" => id = value.get().parse().ok(),
                "initDate" => init_date = value.get().parse().ok(),
                name => {
                    let field = Field::from_name(name);
                    // A list names the type so, and perhaps an answer too.
                    if field == Some(Field::Type) || name == "integrationType" {
                        let of = text(value).and_then(|of| IntegrationType::from_name(&of));
                        integration_type = integration_type.or(of);
                    }
                    let kept = field.filter(|field| self.keep(*field, value, &mut shown));
                    if kept == Some(Field::DisplayName) {
                        display_name = text(value).map(Into::into);
                    }
                }
            }
        }
        Ok(CreatedIntegration {
            id: id.ok_or_else(|| A::Error::missing_field("id"))?,
            init_date,
            integration_type,
            display_name,
            shown: shown.end(),
        })
    }
}

/// What `value` says if it is a text.
fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let Name(text) = serde_json::from_str(value.get()).ok()?;
    Some(text)
}

/// A name or a text, borrowed where it stands as it is meant.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jira::access::Access;
    use crate::secret::Secret;

    fn mask(secret: &str) -> Mask {
        let access = Access::Token(Secret::new("token-of-ours"));
        Mask::new(access.guises().into(), &[Secret::new(secret)])
    }

    fn read(body: &str) -> Option<CreatedIntegration> {
        CreatedIntegration::of_body(body.as_bytes(), &mask("canary"))
    }

    #[test]
    fn what_is_shown_is_kept_and_no_credential() {
        let body = r#"{"integration":{"id":7,"initDate":1760000000000,"displayName":"Caf\u00e9",
            "disabled":false,"pat":"t0ken","password":null,"unheardOf":[1],"projectMappingIds":["1",2]},
            "success":"true","more":{}}"#;
        let created = read(body).unwrap();
        assert_eq!(
            (created.id, created.init_date),
            (7, Some(1_760_000_000_000))
        );
        let shown =
            json!({"displayName": "Café", "disabled": false, "projectMappingIds": ["1", 2]});
        assert_eq!(Value::Object(created.shown.open()), shown);
    }

    #[test]
    fn type_and_name_are_read_where_they_are_plain() {
        let read = |fields: &str| {
            let body = format!(r#"{{"success":true,"integration":{{"id":7,{fields}}}}}"#);
            let created = read(&body).unwrap();
            (created.integration_type, created.display_name)
        };
        let of = Some(IntegrationType::GitHubServer);
        assert_eq!(
            read(r#""type":"GITHUB_SERVER","displayName":"Caf\u00e9""#),
            (of, Some("Café".into()))
        );
        assert_eq!(read(r#""integrationType":"GITHUB_SERVER""#), (of, None));
        assert_eq!(
            read(r#""type":"SOMETHING_NEW","displayName":null"#),
            (None, None)
        );
        assert_eq!(read(r#""type":7,"displayName":"a canary""#), (None, None));
    }

    #[test]
    fn a_field_that_repeats_a_secret_is_left_out_however_it_is_written() {
        for name in [
            r#""the canary sings""#,
            r#""the \u0063anary""#,
            r#"["canary"]"#,
            r#"{"a":"canary"}"#,
            r#""token-of-ours""#,
            r#""Basic Y2FuYXJ5""#,
        ] {
            let body = format!(
                r#"{{"success":true,"integration":{{"id":7,"displayName":{name},"disabled":true}}}}"#
            );
            let shown = Value::Object(read(&body).unwrap().shown.open());
            assert_eq!(shown, json!({"disabled": true}), "{name}");
        }
    }

    #[test]
    fn a_secret_does_not_hide_behind_a_name_that_comes_again() {
        let body =
            r#"{"success":true,"integration":{"id":7,"displayName":{"a":"canary","a":"x"}}}"#;
        let shown = serde_json::to_string(&read(body).unwrap().shown).unwrap();
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_origin_with_user_info_is_left_out() {
        let body =
            r#"{"success":true,"integration":{"id":7,"origin":"https://a:b@git.example.org"}}"#;
        assert!(read(body).unwrap().shown.is_empty());
    }

    #[test]
    fn nothing_else_tells_of_a_creation() {
        for body in [
            r#"{"success":false,"integration":{"id":7}}"#,
            r#"{"success":true,"integration":{"id":"7"}}"#,
            r#"{"success":true,"integration":{"id":7.5}}"#,
            r#"{"success":true,"integration":{}}"#,
            r#"{"success":true,"integration":7}"#,
            r#"{"success":true}"#,
            r#"{"integration":{"id":7}}"#,
            r#"{"success":true,"integration":{"id":7}"#,
            r#"{"success":true,"integration":{"id":7}} more"#,
            "[]",
            "",
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
