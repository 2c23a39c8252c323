//! Reads the body of a creation, as strictly as the documentation allows.
//!
//! The vendor's server probably tolerates more; a client that was proven against this one depends on none of it. No message
//! repeats a value, which could be a secret.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::integration::{TypeRules, text};

/// The JSON type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Json {
    Text,
    Flag,
    Integer,
    Ids,
}

/// The documented fields ("Add New Integration API"); `limitGitData` is in the vendor's example body alone.
const FIELDS: [(&str, Json); 29] = [
    ("type", Json::Text),
    ("displayName", Json::Text),
    ("origin", Json::Text),
    ("username", Json::Text),
    ("password", Json::Text),
    ("pat", Json::Text),
    ("disabled", Json::Flag),
    ("sendCommitEmails", Json::Flag),
    ("maxMinsToCommitEmail", Json::Integer),
    ("disableSslVerification", Json::Flag),
    ("apiPath", Json::Text),
    ("apiFilter", Json::Text),
    ("tfsCollection", Json::Text),
    ("awsRegion", Json::Text),
    ("requireUserPat", Json::Flag),
    ("gitViewerEnabled", Json::Flag),
    ("smartCommitsEnabled", Json::Flag),
    ("global", Json::Flag),
    ("projectMappingIds", Json::Ids),
    ("sourcesDiffViewEnabled", Json::Flag),
    ("revisionIndexing", Json::Flag),
    ("tagsFilter", Json::Text),
    ("prHideFilter", Json::Text),
    ("trustFolderStat", Json::Flag),
    ("refSpecNotes", Json::Flag),
    ("refSpecChanges", Json::Flag),
    ("refSpecCustom", Json::Text),
    ("limitGitData", Json::Flag),
    ("folderDepth", Json::Integer),
];

/// The longest `apiPath` and `apiFilter`, in characters.
const LONGEST: usize = 2000;

/// The body of a creation that can be carried out.
#[derive(Clone)]
pub(super) struct CreateRequest {
    pub kind: &'static TypeRules,
    pub fields: Map<String, Value>,
}

/// What is wrong with a field by itself, if it is a documented one.
pub(super) fn wrong_type(name: &str, value: &Value) -> Option<String> {
    let (_, json) = FIELDS.iter().find(|(known, _)| *known == name)?;
    let (fits, what) = match json {
        Json::Text => (value.is_string(), "a string"),
        Json::Flag => (value.is_boolean(), "a boolean"),
        Json::Integer => (value.is_i64(), "an integer"),
        Json::Ids => (
            value
                .as_array()
                .is_some_and(|ids| ids.iter().all(Value::is_i64)),
            "an array of integers",
        ),
    };
    (!fits).then(|| format!("{name} is not {what}"))
}

fn is_known(name: &str) -> bool {
    FIELDS.iter().any(|(known, _)| *known == name)
}

/// Reads a body.
///
/// # Errors
/// Everything that is wrong with it, without repeating a value.
pub(super) fn parse(bytes: &[u8]) -> Result<CreateRequest, Vec<String>> {
    let Members(members) = serde_json::from_slice(bytes)
        .map_err(|error| vec![format!("the body is not a JSON object: {}", shape(&error))])?;
    let mut problems = Vec::new();
    let mut fields = Map::new();
    for (name, value) in members {
        if is_known(&name) {
            problems.extend(wrong_type(&name, &value));
        } else {
            problems.push(format!(
                "there is no field {:?}",
                name.chars().take(40).collect::<String>()
            ));
        }
        if fields.contains_key(&name) {
            problems.push(format!("{name} is given twice"));
        }
        fields.insert(name, value);
    }
    let kind = match fields.get("type").map(Value::as_str) {
        None => Err("type is missing".to_owned()),
        Some(None) => Err("type must be one of the 12 integration types".to_owned()),
        Some(Some(name)) => TypeRules::named(name)
            .ok_or_else(|| "type is not one of the 12 integration types".to_owned()),
    };
    match kind {
        Ok(kind) => {
            problems.extend(kind.problems(&fields));
            problems.extend(out_of_range(&fields));
            if problems.is_empty() {
                Ok(CreateRequest { kind, fields })
            } else {
                Err(problems)
            }
        }
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

fn out_of_range(fields: &Map<String, Value>) -> Vec<String> {
    let mut problems = Vec::new();
    if text(fields, "apiPath").is_some_and(|path| !path.starts_with('/')) {
        problems.push("apiPath does not begin with /".to_owned());
    }
    for name in ["apiPath", "apiFilter"] {
        if text(fields, name).is_some_and(|text| text.chars().count() > LONGEST) {
            problems.push(format!("{name} is longer than {LONGEST} characters"));
        }
    }
    let number = |name: &str| fields.get(name).and_then(Value::as_i64);
    if number("folderDepth").is_some_and(|depth| !(1..=5).contains(&depth)) {
        problems.push("folderDepth is not from 1 to 5".to_owned());
    }
    if number("maxMinsToCommitEmail")
        .is_some_and(|minutes| !(0..=i64::from(i32::MAX)).contains(&minutes))
    {
        problems.push("maxMinsToCommitEmail is not a number of minutes".to_owned());
    }
    let ids = fields.get("projectMappingIds").and_then(Value::as_array);
    if fields.get("global") == Some(&Value::Bool(true)) && ids.is_some_and(|ids| !ids.is_empty()) {
        problems.push("projectMappingIds is not accepted where global is true".to_owned());
    }
    problems
}

/// A syntax error without values. `serde_json` quotes values in errors of type, never in errors of syntax.
fn shape(error: &serde_json::Error) -> String {
    if error.is_data() {
        "it is something else".to_owned()
    } else {
        error.to_string()
    }
}

/// The members of a JSON object in their order, duplicates included: a `Map` would hide those.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(body: &str) -> String {
        parse(body.as_bytes()).err().unwrap_or_default().join("; ")
    }

    #[test]
    fn what_a_type_needs_is_demanded() {
        for (body, wants) in [
            (
                r#"{"type":"GITHUB"}"#,
                "GITHUB needs a pat, or a username and a password",
            ),
            (
                r#"{"type":"GITHUB","username":"u"}"#,
                "GITHUB needs a pat, or a username and a password",
            ),
            (r#"{"type":"GITLAB","pat":" "}"#, "GITLAB needs a pat"),
            (
                r#"{"type":"GITHUB_SERVER","pat":"p"}"#,
                "GITHUB_SERVER needs an origin",
            ),
            (
                r#"{"type":"AWS","username":"u","password":"p"}"#,
                "AWS needs an awsRegion",
            ),
            (r#"{"type":"FILESPACE"}"#, "FILESPACE needs an origin"),
            (
                r#"{"type":"GERRIT","origin":"http://g"}"#,
                "GERRIT needs a username and a password",
            ),
            (
                r#"{"type":"TFS_SERVER","origin":"http://t","username":"me","pat":"p"}"#,
                "TFS_SERVER needs a username and a password, or a pat and the username `all`",
            ),
        ] {
            assert_eq!(problems(body), wants, "{body}");
        }
        assert_eq!(
            problems(r#"{"type":"TFS_SERVER","origin":"http://t","username":"all","pat":"p"}"#),
            ""
        );
    }

    #[test]
    fn unknown_fields_duplicates_and_wrong_types_are_refused() {
        for (member, wants) in [
            (r#""colour":1"#, r#"there is no field "colour""#),
            (r#""disabled":"true""#, "disabled is not a boolean"),
            (r#""displayName":null"#, "displayName is not a string"),
            (
                r#""maxMinsToCommitEmail":1.5"#,
                "maxMinsToCommitEmail is not an integer",
            ),
            (
                r#""projectMappingIds":["10000"]"#,
                "projectMappingIds is not an array of integers",
            ),
            (r#""pat":"q""#, "pat is given twice"),
            (
                r#""password":"q""#,
                "a pat and a password exclude each other",
            ),
            (r#""apiPath":"orgs""#, "apiPath does not begin with /"),
            (r#""folderDepth":6"#, "folderDepth is not from 1 to 5"),
            (
                r#""global":true,"projectMappingIds":[1]"#,
                "projectMappingIds is not accepted where global is true",
            ),
        ] {
            assert_eq!(
                problems(&format!(r#"{{"type":"GITLAB","pat":"p",{member}}}"#)),
                wants,
                "{member}"
            );
        }
    }

    #[test]
    fn the_type_is_one_of_the_twelve() {
        assert_eq!(problems("{}"), "type is missing");
        assert_eq!(
            problems(r#"{"type":"github"}"#),
            "type is not one of the 12 integration types"
        );
    }

    #[test]
    fn no_message_repeats_a_value() {
        for body in [
            r#""s3cret""#,
            r#"{"type":"GITHUB","pat":["s3cret"]}"#,
            r#"{"pat":"s3cret",}"#,
            r#"{"type":"s3cret"}"#,
        ] {
            let message = problems(body);
            assert!(
                !message.is_empty() && !message.contains("s3cret"),
                "{message}"
            );
        }
    }
}
