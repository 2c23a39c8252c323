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

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// An integration that the sandbox holds. Credentials are not among its fields; they are not even kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the vendor's")]
pub struct Integration {
    /// From 1 upward; never given twice.
    pub id: u64,
    pub display_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
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

/// The body of a creation. A blank text is one that is not given.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the vendor's")]
pub(super) struct Creation {
    #[serde(rename = "type")]
    integration_type: String,
    display_name: String,
    origin: String,
    username: String,
    password: String,
    pat: String,
    disabled: bool,
    send_commit_emails: bool,
    #[serde(deserialize_with = "not_null")]
    max_mins_to_commit_email: Option<i64>,
    disable_ssl_verification: bool,
    api_path: String,
    api_filter: String,
    #[serde(rename = "tfsCollection")]
    _tfs_collection: String,
    aws_region: String,
    require_user_pat: bool,
    #[serde(default = "yes")]
    git_viewer_enabled: bool,
    #[serde(default = "yes")]
    smart_commits_enabled: bool,
    #[serde(deserialize_with = "not_null")]
    global: Option<bool>,
    project_mapping_ids: Vec<i64>,
    #[serde(default = "yes")]
    sources_diff_view_enabled: bool,
    #[serde(default = "yes")]
    revision_indexing: bool,
    tags_filter: String,
    pr_hide_filter: String,
    trust_folder_stat: bool,
    #[serde(default = "yes")]
    ref_spec_notes: bool,
    ref_spec_changes: bool,
    #[serde(rename = "refSpecCustom")]
    _ref_spec_custom: String,
    /// In the vendor's example body alone.
    #[serde(rename = "limitGitData")]
    _limit_git_data: bool,
    #[serde(deserialize_with = "not_null")]
    folder_depth: Option<i64>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

fn yes() -> bool {
    true
}

/// Jira takes no `null`.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
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

/// The longest `apiPath` and `apiFilter`, in characters.
const LONGEST: usize = 2000;

impl Creation {
    /// Reads a body that can be carried out.
    ///
    /// # Errors
    /// Everything that is wrong with it, without repeating a value.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let creation: Self = serde_json::from_slice(body)
            .map_err(|error| format!("the body is not as documented: {}", without_value(&error)))?;
        let problems = creation.problems();
        if problems.is_empty() {
            Ok(creation)
        } else {
            Err(problems.join("; "))
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = self.field_problems();
        match self.rules() {
            Some(rules) => problems.extend(rules.problems(self)),
            None if self.integration_type.is_empty() => problems.push("type is missing".to_owned()),
            None => problems.push("type is not one of the 12 integration types".to_owned()),
        }
        problems
    }

    /// What is wrong with single fields, whatever the type.
    fn field_problems(&self) -> Vec<String> {
        let unknown = self.unknown.keys().map(|name| {
            let start: String = name.chars().take(40).collect();
            format!("there is no field {start:?}")
        });
        let mut problems: Vec<String> = unknown.collect();
        let too_long = |text: &str| text.chars().count() > LONGEST;
        let minutes = self.max_mins_to_commit_email.unwrap_or(0);
        for (is_broken, problem) in [
            (
                given(&self.api_path).is_some_and(|path| !path.starts_with('/')),
                "apiPath does not begin with /",
            ),
            (
                too_long(&self.api_path),
                "apiPath is longer than 2000 characters",
            ),
            (
                too_long(&self.api_filter),
                "apiFilter is longer than 2000 characters",
            ),
            (
                self.folder_depth
                    .is_some_and(|depth| !(1..=5).contains(&depth)),
                "folderDepth is not from 1 to 5",
            ),
            (
                !(0..=i64::from(i32::MAX)).contains(&minutes),
                "maxMinsToCommitEmail is not a number of minutes",
            ),
            (
                self.global == Some(true) && !self.project_mapping_ids.is_empty(),
                "projectMappingIds is not accepted where global is true",
            ),
        ] {
            if is_broken {
                problems.push(problem.to_owned());
            }
        }
        problems
    }

    fn rules(&self) -> Option<&'static TypeRules> {
        TYPES
            .iter()
            .find(|rules| rules.name == self.integration_type)
    }

    /// The origin that comes back.
    fn stored_origin(&self, rule: Origin) -> String {
        match (given(&self.origin), rule) {
            (Some(origin), _) | (None, Origin::Default { origin, .. }) => origin.to_owned(),
            (None, OfRegion) => {
                let region = given(&self.aws_region).unwrap_or("us-east-1");
                format!("https://git-codecommit.{region}.amazonaws.com")
            }
            (None, Required) => String::new(),
        }
    }

    /// The display name that comes back; one is generated (`https://github.com/*`) where there is none.
    fn stored_name(&self, rule: Origin) -> String {
        if let Some(name) = given(&self.display_name) {
            return name.to_owned();
        }
        match (given(&self.origin), rule) {
            (None, Origin::Default { site, .. }) => format!("{site}/*"),
            (Some(folder), _) if self.integration_type == "FILESPACE" => folder.to_owned(),
            _ => format!("{}/*", self.stored_origin(rule).trim_end_matches('/')),
        }
    }

    /// The integration that comes of it, with the documented defaults for what is not given.
    pub(super) fn integration(&self, id: u64, init_date: i64) -> Integration {
        let rule = self.rules().map_or(Required, |rules| rules.origin);
        let given = |text| given(text).map(str::to_owned);
        Integration {
            id,
            display_name: self.stored_name(rule),
            origin: self.stored_origin(rule),
            disabled: self.disabled,
            send_commit_emails: self.send_commit_emails,
            max_mins_to_commit_email: self.max_mins_to_commit_email.unwrap_or(1440),
            // The default is not documented; in the vendor's answers whatever names no projects is global.
            global: self.global.unwrap_or(self.project_mapping_ids.is_empty()),
            init_date,
            last_indexed_date: None,
            revision_indexing: self.revision_indexing,
            git_viewer_enabled: self.git_viewer_enabled,
            disable_ssl_verification: self.disable_ssl_verification,
            smart_commits_enabled: self.smart_commits_enabled,
            tags_filter: given(&self.tags_filter),
            pr_hide_filter: given(&self.pr_hide_filter),
            require_user_pat: self.require_user_pat,
            project_mapping_ids: self.project_mapping_ids.clone(),
            integration_type: self.integration_type.clone(),
            sources_diff_view_enabled: self.sources_diff_view_enabled,
            ref_spec_notes: self.ref_spec_notes,
            ref_spec_changes: self.ref_spec_changes,
            api_path: given(&self.api_path),
            api_filter: given(&self.api_filter),
            trust_folder_stat: self.trust_folder_stat,
        }
    }
}

/// The body of an update: the fields to change ("Update Existing Integration").
pub(super) struct Update(Map<String, Value>);

impl Update {
    /// Reads a body that can be carried out.
    ///
    /// # Errors
    /// Everything that is wrong with it, without repeating a value.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let form = |error| format!("the body is not as documented: {}", without_value(&error));
        let fields: Map<String, Value> = serde_json::from_slice(body).map_err(form)?;
        let values = Creation::deserialize(Value::Object(fields.clone())).map_err(form)?;
        let mut problems = values.field_problems();
        for name in ["type", "id"] {
            if fields.contains_key(name) {
                problems.push(format!("{name} cannot be changed"));
            }
        }
        for name in ["displayName", "origin"] {
            if fields.get(name).is_some_and(|value| value == "") {
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
        let mut fields = Map::new();
        let before = if resets_others {
            let kept = Creation {
                integration_type: old.integration_type.clone(),
                display_name: old.display_name.clone(),
                origin: old.origin.clone(),
                ..Creation::deserialize(Value::Object(Map::new())).unwrap_or_default()
            };
            let mut reset = kept.integration(old.id, old.init_date);
            reset.last_indexed_date = old.last_indexed_date;
            reset
        } else {
            old.clone()
        };
        if let Ok(Value::Object(shown)) = serde_json::to_value(&before) {
            fields = shown;
        }
        fields.insert("disabled".to_owned(), false.into());
        for (name, value) in &self.0 {
            if value == "" {
                fields.remove(name);
            } else {
                fields.insert(name.clone(), value.clone());
            }
        }
        // The fields were read as those of a creation, so that they fit.
        let mut new = Integration::deserialize(Value::Object(fields)).unwrap_or(before);
        if new.global {
            new.project_mapping_ids.clear();
        }
        new
    }
}

/// A repository that an integration found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository {
    id: u64,
    origin: String,
    display_name: String,
    /// The integration that found it.
    tracked_folder_id: u64,
    integration_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_indexed_date: Option<i64>,
}

impl Integration {
    /// What it found once it was indexed: one to three repositories.
    pub(super) fn repositories(&self) -> impl Iterator<Item = Repository> {
        /// Repositories are numbered apart from integrations.
        const FIRST_ID: u64 = 1_000_000;
        let found = self.last_indexed_date.map_or(0, |_| 1 + self.id % 3);
        (1..=found).map(|number| {
            let name = format!("repository-{number}");
            Repository {
                id: FIRST_ID + self.id * 10 + number,
                origin: format!("{}/{name}.git", self.origin.trim_end_matches(['/', '*'])),
                display_name: name,
                tracked_folder_id: self.id,
                integration_type: self.integration_type.clone(),
                last_indexed_date: self.last_indexed_date,
            }
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
    #[error("the id of a seed must be a number from 1 to {max} that is not taken", max = i32::MAX)]
    Id,
}

/// An integration that is put into the sandbox: the body of a creation, or as a list shows it. Credentials need not be there,
/// and fields that are not documented are ignored.
pub(super) struct Seed {
    creation: Creation,
    shown: Shown,
}

/// What a list shows beside the fields of a creation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    integration_type: Option<String>,
    id: Option<u64>,
    init_date: Option<i64>,
    last_indexed_date: Option<i64>,
}

impl Seed {
    pub(super) fn read(seed: &Value) -> Result<Self, SeedError> {
        let form = |error| SeedError::Form(without_value(&error));
        let shown = Shown::deserialize(seed).map_err(form)?;
        let mut creation = Creation::deserialize(seed).map_err(form)?;
        if let Some(integration_type) = &shown.integration_type {
            creation.integration_type.clone_from(integration_type);
        }
        if creation.rules().is_none() {
            return Err(SeedError::Type);
        }
        if shown
            .id
            .is_some_and(|id| !(1..=i32::MAX as u64).contains(&id))
        {
            return Err(SeedError::Id);
        }
        Ok(Self { creation, shown })
    }

    /// The integration, with an id and a date where the seed has none.
    pub(super) fn integration(&self, next_id: u64, now: i64) -> Integration {
        let Shown { id, init_date, .. } = self.shown;
        let mut integration = self
            .creation
            .integration(id.unwrap_or(next_id), init_date.unwrap_or(now));
        integration.last_indexed_date = self.shown.last_indexed_date;
        integration
    }
}

/// What an integration of a type does with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Required,
    /// Optional: this is what comes back, and what the generated display name is made of.
    Default {
        origin: &'static str,
        site: &'static str,
    },
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

/// One integration type.
#[derive(Debug, PartialEq, Eq)]
struct TypeRules {
    name: &'static str,
    origin: Origin,
    needs: Credentials,
}

const fn kind(name: &'static str, origin: Origin, needs: Credentials) -> TypeRules {
    TypeRules {
        name,
        origin,
        needs,
    }
}

const GITHUB: Origin = Origin::Default {
    origin: "https://api.github.com",
    site: "https://github.com",
};
const GITLAB: Origin = Origin::Default {
    origin: "https://gitlab.com",
    site: "https://gitlab.com",
};
const AZURE: Origin = Origin::Default {
    origin: "https://dev.azure.com",
    site: "https://dev.azure.com",
};
const VSTS: Origin = Origin::Default {
    origin: "https://app.vssps.visualstudio.com",
    site: "https://visualstudio.com",
};

use Credentials::{Nothing, Password, PasswordOrPatOfAll, Pat, PatOrPassword};
use Origin::{OfRegion, Required};

static TYPES: [TypeRules; 12] = [
    kind("GITHUB", GITHUB, PatOrPassword),
    kind("GITHUB_SERVER", Required, PatOrPassword),
    kind("GITLAB", GITLAB, Pat),
    kind("GITLAB_SERVER", Required, Pat),
    kind("GITLAB_SERVER_LEGACY", Required, Password),
    kind("AWS", OfRegion, Password),
    kind("AZURE", AZURE, Pat),
    kind("VSTS", VSTS, Pat),
    kind("TFS_SERVER", Required, PasswordOrPatOfAll),
    kind("AZURE_DEVOPS", Required, PatOrPassword),
    kind("FILESPACE", Required, Nothing),
    kind("GERRIT", Required, Password),
];

impl TypeRules {
    /// What a creation of this type lacks, or may not combine.
    fn problems(&self, creation: &Creation) -> Vec<String> {
        let has = |text| given(text).is_some();
        let pat = has(&creation.pat);
        let login = has(&creation.username) && has(&creation.password);
        let needs_origin = self.origin == Required && !has(&creation.origin);
        let needs_region = self.origin == OfRegion && !has(&creation.aws_region);
        let credentials = match self.needs {
            Pat if !pat => Some("a pat"),
            Password if !login => Some("a username and a password"),
            PatOrPassword if !pat && !login => Some("a pat, or a username and a password"),
            PasswordOrPatOfAll if !(login || pat && creation.username == "all") => {
                Some("a username and a password, or a pat and the username `all`")
            }
            _ => None,
        };
        let lacks = [
            needs_origin.then_some("an origin"),
            needs_region.then_some("an awsRegion"),
            credentials,
        ];
        let mut problems: Vec<String> = lacks
            .into_iter()
            .flatten()
            .map(|what| format!("{} needs {what}", self.name))
            .collect();
        if pat && has(&creation.password) {
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
