//! The body of a creation, the integration that comes of it, and the rules of the twelve integration types: what each needs
//! and what Jira fills in.
//!
//! The fields of a body are those of "Add New Integration API", those of an integration those of "Retrieve Integration List
//! API", none of them secret; the types follow "Add New Integration Type API (examples)". What comes back for AWS and VSTS
//! without an origin is documented nowhere: the sandbox makes something up, so that nobody comes to rely on it. To add a type,
//! add it to `TYPES`.
//!
//! A body is read as strictly as the documentation allows: the vendor's server probably tolerates more; a client that was
//! proven against this one depends on none of it. No message repeats a value, which could be a secret.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

/// An integration that the sandbox holds. Credentials are not among its fields; they are not even kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the vendor's")]
pub struct Integration {
    /// From 1 upward; never given twice.
    pub id: u64,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// Not indexed while true.
    pub disabled: bool,
    pub send_commit_emails: bool,
    /// The age up to which commits are announced, in minutes.
    pub max_mins_to_commit_email: i64,
    /// Whether it is mapped to all projects.
    pub global: bool,
    /// The creation, in milliseconds since 1970.
    pub init_date: i64,
    /// The last indexing, in milliseconds since 1970; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_indexed_date: Option<i64>,
    pub revision_indexing: bool,
    pub git_viewer_enabled: bool,
    pub disable_ssl_verification: bool,
    pub smart_commits_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pr_hide_filter: Option<String>,
    pub require_user_pat: bool,
    /// The numeric ids of the projects that it is mapped to.
    pub project_mapping_ids: Vec<i64>,
    /// One of the 12 integration types, as the vendor writes it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub integration_type: String,
    pub sources_diff_view_enabled: bool,
    pub ref_spec_notes: bool,
    pub ref_spec_changes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_filter: Option<String>,
    pub trust_folder_stat: bool,
}

impl Integration {
    /// Changes name and origin as Jira may: white space collapses, a path is in lower case, the vendor's API is named.
    pub(super) fn store_in_own_form(&mut self) {
        let words: Vec<&str> = self.display_name.split_whitespace().collect();
        self.display_name = words.join(" ");
        if self.integration_type == "FILESPACE" {
            self.origin = self.origin.trim_end_matches("/*").replace('\\', "/");
            return;
        }
        self.origin = match self.origin.trim_end_matches('/') {
            "https://github.com" => "https://api.github.com".to_owned(),
            origin => origin.to_lowercase(),
        };
        if self.integration_type == "GITHUB_SERVER" {
            self.origin.push_str("/api/v3");
        }
    }
}

/// The body of a creation or an update, read to check names, types and values. A blank text is one that is not given.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the vendor's")]
struct Body {
    #[serde(rename = "type")]
    integration_type: String,
    display_name: String,
    origin: String,
    username: String,
    password: String,
    pat: String,
    disabled: bool,
    send_commit_emails: bool,
    max_mins_to_commit_email: i64,
    disable_ssl_verification: bool,
    api_path: String,
    api_filter: String,
    tfs_collection: String,
    aws_region: String,
    require_user_pat: bool,
    git_viewer_enabled: bool,
    smart_commits_enabled: bool,
    global: bool,
    project_mapping_ids: Vec<i64>,
    sources_diff_view_enabled: bool,
    revision_indexing: bool,
    tags_filter: String,
    pr_hide_filter: String,
    trust_folder_stat: bool,
    ref_spec_notes: bool,
    ref_spec_changes: bool,
    ref_spec_custom: String,
    /// In the vendor's example body alone.
    limit_git_data: bool,
    #[serde(deserialize_with = "not_null")]
    folder_depth: Option<i64>,
    #[serde(flatten)]
    unknown: Fields,
}

/// The fields of a body, or of an integration, by their names.
type Fields = Map<String, Value>;

/// Jira takes no `null`.
fn not_null<'de, D: Deserializer<'de>>(field: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(field).map(Some)
}

/// The documented settings of an integration whose creation does not name them.
fn defaults() -> Fields {
    let defaults = json!({
        "disabled": false,
        "sendCommitEmails": false,
        "maxMinsToCommitEmail": 1440,
        "global": true,
        "projectMappingIds": [],
        "revisionIndexing": true,
        "gitViewerEnabled": true,
        "disableSslVerification": false,
        "smartCommitsEnabled": true,
        "requireUserPat": false,
        "sourcesDiffViewEnabled": true,
        "refSpecNotes": true,
        "refSpecChanges": false,
        "trustFolderStat": false,
        "tagsFilter": "",
        "prHideFilter": "",
        "apiPath": "",
        "apiFilter": "",
    });
    defaults.as_object().cloned().unwrap_or_default()
}

/// An error of serde without the value that it quotes.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(", expected ") {
        Some(comma) => text[comma + 2..].to_owned(),
        None => text,
    }
}

/// A text that is given and not blank.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.trim().is_empty())
}

fn is_given(value: &Value) -> bool {
    value.as_str().is_none_or(|text| given(text).is_some())
}

/// The integration that has these fields.
fn integration(mut fields: Fields) -> serde_json::Result<Integration> {
    fields.retain(|_, value| is_given(value));
    Integration::deserialize(Value::Object(fields))
}

/// The longest `apiPath` and `apiFilter`, in characters.
const LONGEST: usize = 2000;

impl Body {
    /// Reads a body, and its fields as they are. Problems do not repeat a value.
    fn read(bytes: &[u8]) -> Result<(Self, Fields), String> {
        let body = serde_json::from_slice(bytes);
        body.and_then(|body| Ok((body, serde_json::from_slice(bytes)?)))
            .map_err(|error| not_as_documented(&error))
    }

    /// What is wrong with single fields, whatever the type.
    fn field_problems(&self) -> Vec<String> {
        let unknown = self.unknown.keys().map(|name| {
            let start: String = name.chars().take(40).collect();
            format!("there is no field {start:?}")
        });
        let mut problems: Vec<String> = unknown.collect();
        let mut check = |is_broken: bool, problem: &str| {
            if is_broken {
                problems.push(problem.to_owned());
            }
        };
        let has_slash = given(&self.api_path).is_none_or(|path| path.starts_with('/'));
        check(!has_slash, "apiPath does not begin with /");
        for (name, text) in [("apiPath", &self.api_path), ("apiFilter", &self.api_filter)] {
            let problem = format!("{name} is longer than {LONGEST} characters");
            check(text.chars().count() > LONGEST, &problem);
        }
        let is_deep = self
            .folder_depth
            .is_none_or(|depth| (1..=5).contains(&depth));
        check(!is_deep, "folderDepth is not from 1 to 5");
        let is_time = (0..=i64::from(i32::MAX)).contains(&self.max_mins_to_commit_email);
        check(!is_time, "maxMinsToCommitEmail is not a number of minutes");
        check(
            self.global && !self.project_mapping_ids.is_empty(),
            "projectMappingIds is not accepted where global is true",
        );
        problems
    }
}

fn not_as_documented(error: &serde_json::Error) -> String {
    format!("the body is not as documented: {}", without_value(error))
}

/// An integration that is to be created. Its id and date are 0 where the server chooses them.
pub(super) struct Creation(Integration);

impl Creation {
    /// Reads a body that can be carried out.
    ///
    /// # Errors
    /// Everything that is wrong with it, without repeating a value.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let (body, fields) = Body::read(bytes)?;
        let mut problems = body.field_problems();
        match TypeRules::of(&body.integration_type) {
            Some(rules) => {
                problems.extend(rules.problems(&body));
                if problems.is_empty() {
                    return Self::new(rules, &body, fields)
                        .map_err(|error| not_as_documented(&error));
                }
            }
            None if body.integration_type.is_empty() => problems.push("type is missing".to_owned()),
            None => problems.push("type is not one of the 12 integration types".to_owned()),
        }
        Err(problems.join("; "))
    }

    /// An integration that was there before: the body of a creation, or as a list shows it. Credentials need not be there,
    /// and fields that are not documented are ignored.
    pub(super) fn of_seed(seed: &Value) -> Result<Self, SeedError> {
        let form = |error| SeedError::Form(without_value(&error));
        let body = Body::deserialize(seed).map_err(form)?;
        let fields = Fields::deserialize(seed).map_err(form)?;
        let type_name = fields.get("integrationType").and_then(Value::as_str);
        let rules = TypeRules::of(type_name.unwrap_or(&body.integration_type));
        let rules = rules.ok_or(SeedError::Type)?;
        let is_id = |id: &Value| id.as_u64().is_some_and(|id| (1..=MAX_ID).contains(&id));
        if fields.get("id").is_some_and(|id| !is_id(id)) {
            return Err(SeedError::Id);
        }
        Self::new(rules, &body, fields).map_err(form)
    }

    fn new(rules: &TypeRules, body: &Body, given: Fields) -> serde_json::Result<Self> {
        let mut fields = defaults();
        fields.extend(["id", "initDate"].map(|name| (name.to_owned(), 0.into())));
        // The default is not documented; in the vendor's answers whatever names no projects is global.
        let is_global = body.project_mapping_ids.is_empty();
        fields.insert("global".to_owned(), is_global.into());
        fields.extend(given);
        fields.insert("displayName".to_owned(), rules.display_name(body).into());
        fields.insert("origin".to_owned(), rules.origin(body).into());
        fields.insert("integrationType".to_owned(), rules.0.into());
        integration(fields).map(Self)
    }

    /// The integration that comes of it.
    pub(super) fn integration(&self, next_id: u64, now: i64) -> Integration {
        let mut integration = self.0.clone();
        if integration.id == 0 {
            integration.id = next_id;
        }
        if integration.init_date == 0 {
            integration.init_date = now;
        }
        integration
    }
}

/// The body of an update: the fields to change ("Update Existing Integration").
pub(super) struct Update(Fields);

impl Update {
    /// Reads a body that can be carried out.
    ///
    /// # Errors
    /// Everything that is wrong with it, without repeating a value.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let (body, fields) = Body::read(bytes)?;
        let mut problems = body.field_problems();
        for name in ["type", "id"] {
            if fields.contains_key(name) {
                problems.push(format!("{name} cannot be changed"));
            }
        }
        for name in ["displayName", "origin"] {
            if fields.get(name).is_some_and(|value| !is_given(value)) {
                problems.push(format!("{name} is blank"));
            }
        }
        if problems.is_empty() {
            Ok(Self(fields))
        } else {
            Err(problems.join("; "))
        }
    }

    /// The body as it was sent.
    pub(super) fn body(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The integration with the changes: a field that is left out keeps its value, but for `disabled`, whose documented
    /// default is false. With `resets_others`, every other setting gets its default too.
    pub(super) fn applied_to(&self, old: &Integration, resets_others: bool) -> Integration {
        let mut reset = defaults();
        reset.retain(|name, _| resets_others || name == "disabled");
        let shown = serde_json::to_value(old).and_then(Fields::deserialize);
        let new = shown.and_then(|mut fields| {
            fields.extend(reset);
            fields.extend(self.0.clone());
            integration(fields)
        });
        // The fields were read as those of a body, so that they fit.
        let mut new = new.unwrap_or_else(|_| old.clone());
        if new.global {
            new.project_mapping_ids.clear();
        }
        new
    }
}

impl Integration {
    /// What it found once it was indexed: one to three repositories.
    pub(super) fn repositories(&self) -> impl Iterator<Item = Value> {
        /// Repositories are numbered apart from integrations.
        const FIRST_ID: u64 = 1_000_000;
        let found = self.last_indexed_date.map_or(0, |_| 1 + self.id % 3);
        (1..=found).map(|number| {
            let name = format!("repository-{number}");
            let origin = self.origin.trim_end_matches(['/', '*']);
            json!({
                "id": FIRST_ID + self.id * 10 + number,
                "origin": format!("{origin}/{name}.git"),
                "displayName": name,
                "trackedFolderId": self.id,
                "integrationType": self.integration_type,
                "lastIndexedDate": self.last_indexed_date,
            })
        })
    }
}

/// Why an integration cannot be put into the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    #[error("a seed must be the body of a creation or an integration as a list shows it: {0}")]
    Form(String),
    /// Neither `type` nor `integrationType` names a type.
    #[error("a seed needs a `type` (or `integrationType`) that is one of the 12 integration types")]
    Type,
    #[error("the id of a seed must be a number from 1 to {max} that is not taken", max = MAX_ID)]
    Id,
}

const MAX_ID: u64 = i32::MAX as u64;

/// What an integration of a type does with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Required,
    /// Optional: this is what comes back, and what the generated display name is made of.
    Default(&'static str, &'static str),
    /// Optional: made from the region.
    OfRegion,
}

/// The credentials that a type needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credentials {
    Nothing,
    Pat,
    Password,
    PatOrPassword,
    /// `username` and `password`, or `pat` with the `username` `all`.
    PasswordOrPatOfAll,
}

/// One integration type: its name, and what it does and needs.
struct TypeRules(&'static str, Origin, Credentials);

const GITHUB: Origin = Origin::Default("https://api.github.com", "https://github.com");
const GITLAB: Origin = Origin::Default("https://gitlab.com", "https://gitlab.com");
const AZURE: Origin = Origin::Default("https://dev.azure.com", "https://dev.azure.com");
const VSTS: Origin = Origin::Default(
    "https://app.vssps.visualstudio.com",
    "https://visualstudio.com",
);

use Credentials::{Nothing, Password, PasswordOrPatOfAll, Pat, PatOrPassword};
use Origin::{OfRegion, Required};

static TYPES: [TypeRules; 12] = [
    TypeRules("GITHUB", GITHUB, PatOrPassword),
    TypeRules("GITHUB_SERVER", Required, PatOrPassword),
    TypeRules("GITLAB", GITLAB, Pat),
    TypeRules("GITLAB_SERVER", Required, Pat),
    TypeRules("GITLAB_SERVER_LEGACY", Required, Password),
    TypeRules("AWS", OfRegion, Password),
    TypeRules("AZURE", AZURE, Pat),
    TypeRules("VSTS", VSTS, Pat),
    TypeRules("TFS_SERVER", Required, PasswordOrPatOfAll),
    TypeRules("AZURE_DEVOPS", Required, PatOrPassword),
    TypeRules("FILESPACE", Required, Nothing),
    TypeRules("GERRIT", Required, Password),
];

impl TypeRules {
    fn of(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|rules| rules.0 == name)
    }

    /// The origin that comes back.
    fn origin(&self, body: &Body) -> String {
        match (given(&body.origin), self.1) {
            (Some(origin), _) | (None, Origin::Default(origin, _)) => origin.to_owned(),
            (None, OfRegion) => {
                let region = given(&body.aws_region).unwrap_or("us-east-1");
                format!("https://git-codecommit.{region}.amazonaws.com")
            }
            (None, Required) => String::new(),
        }
    }

    /// The display name that comes back; one is generated (`https://github.com/*`) where there is none.
    fn display_name(&self, body: &Body) -> String {
        if let Some(name) = given(&body.display_name) {
            return name.to_owned();
        }
        match (given(&body.origin), self.1) {
            (None, Origin::Default(_, site)) => format!("{site}/*"),
            (Some(folder), _) if self.0 == "FILESPACE" => folder.to_owned(),
            _ => format!("{}/*", self.origin(body).trim_end_matches('/')),
        }
    }

    /// What a creation of this type lacks, or may not combine.
    fn problems(&self, body: &Body) -> Vec<String> {
        let Self(name, origin, needs) = self;
        let has = |text| given(text).is_some();
        let pat = has(&body.pat);
        let login = has(&body.username) && has(&body.password);
        let mut problems = Vec::new();
        let mut need = |is_there: bool, what: &str| {
            if !is_there {
                problems.push(format!("{name} needs {what}"));
            }
        };
        match origin {
            Required => need(has(&body.origin), "an origin"),
            OfRegion => need(has(&body.aws_region), "an awsRegion"),
            Origin::Default(..) => {}
        }
        match needs {
            Nothing => {}
            Pat => need(pat, "a pat"),
            Password => need(login, "a username and a password"),
            PatOrPassword => need(pat || login, "a pat, or a username and a password"),
            PasswordOrPatOfAll => need(
                login || pat && body.username == "all",
                "a username and a password, or a pat and the username `all`",
            ),
        }
        if pat && has(&body.password) {
            problems.push("a pat and a password exclude each other".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(body: &str) -> String {
        Creation::read(body.as_bytes()).err().unwrap_or_default()
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
            (
                r#""disabled":"true""#,
                "expected a boolean at line 1 column 44",
            ),
            (
                r#""displayName":null"#,
                "expected a string at line 1 column 45",
            ),
            (
                r#""maxMinsToCommitEmail":1.5"#,
                "expected i64 at line 1 column 53",
            ),
            (
                r#""projectMappingIds":["10000"]"#,
                "expected i64 at line 1 column 55",
            ),
            (r#""pat":"q""#, "duplicate field `pat` at line 1 column 32"),
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
            let problems = problems(&format!(r#"{{"type":"GITLAB","pat":"p",{member}}}"#));
            let wants = match wants.split_once(" at line") {
                Some(_) => format!("the body is not as documented: {wants}"),
                None => wants.to_owned(),
            };
            assert_eq!(problems, wants, "{member}");
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
