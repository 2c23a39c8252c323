//! The request fields of an integration, declared once.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field of the request body, in the order in which the vendor's manual lists them.
///
/// Source: "Git Integration for Jira Data Center", page "REST API: Integrations", table of request parameters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Field {
    /// The integration type.
    Type,
    /// The name shown in Jira.
    DisplayName,
    /// The host's base URL, or a tracked folder's path.
    Origin,
    /// The account's name, or an AWS access key id.
    Username,
    /// The account's password, or an AWS secret access key.
    Password,
    /// A personal access token.
    Pat,
    /// Whether the integration starts disabled.
    Disabled,
    /// Whether commit e-mails are sent.
    SendCommitEmails,
    /// Oldest commit that an e-mail is sent for, in minutes.
    MaxMinsToCommitEmail,
    /// Whether the host's certificate goes unchecked.
    DisableSslVerification,
    /// Path of the host's API.
    ApiPath,
    /// `JMESPath` filter over the host's repositories.
    ApiFilter,
    /// The TFS or Azure DevOps collection.
    TfsCollection,
    /// The AWS region.
    AwsRegion,
    /// Whether each user must give a token of their own.
    RequireUserPat,
    /// Whether the repository browser is on.
    GitViewerEnabled,
    /// Whether smart commits are on.
    SmartCommitsEnabled,
    /// Whether all Jira projects see the integration.
    Global,
    /// Numeric ids of the Jira projects that see the integration.
    ProjectMappingIds,
    /// Whether source diffs can be viewed.
    SourcesDiffViewEnabled,
    /// Whether revisions are indexed.
    RevisionIndexing,
    /// Regular expression over tags.
    TagsFilter,
    /// Regular expression over pull requests to hide.
    PrHideFilter,
    /// Whether JGit trusts the folder's modification times.
    TrustFolderStat,
    /// Whether `refs/notes/*` is fetched.
    RefSpecNotes,
    /// Whether `refs/changes/*` is fetched.
    RefSpecChanges,
    /// Further refspecs to fetch.
    RefSpecCustom,
    /// Whether the git data shown is limited.
    LimitGitData,
    /// Depth of the search for repositories below a tracked folder.
    FolderDepth,
    /// Keys of the Jira projects that see the integration; `gij` sends their ids as `projectMappingIds`.
    ProjectKeys,
}

/// What the value of a field is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One of the twelve integration types.
    Type,
    /// An origin; its rule hangs on the type.
    Origin,
    /// A user name; a secret where it is an access key id.
    Username,
    /// A secret or a reference to one.
    Secret,
    /// True or false.
    Flag,
    /// A whole number, zero or more.
    Integer,
    /// Numeric ids, one or more.
    Ids,
    /// Project keys, one or more.
    Keys,
    /// An AWS region.
    Region,
    /// A depth from 1 to 5.
    FolderDepth,
    /// An absolute path of an API, at most 2,000 characters.
    ApiPath,
    /// A JMESPath expression of at most 2,000 characters.
    Filter,
    /// A list of refspecs.
    RefSpecs,
    /// Any text.
    Text,
}

impl Kind {
    /// How a value of this kind is written.
    pub fn format(self) -> &'static str {
        match self {
            Self::Type => "one of the integration types",
            Self::Origin => "a URL that begins with https:// or http://, or an absolute path",
            Self::Username | Self::Text => "text",
            Self::Secret => "text, or a reference: env:NAME or file:PATH",
            Self::Flag => "yes or no",
            Self::Integer => "a whole number",
            Self::Ids => "numbers, separated by commas",
            Self::Keys => "project keys, separated by commas",
            Self::RefSpecs => "refspecs, separated by commas",
            Self::Region => "the code of an AWS region",
            Self::FolderDepth => "a whole number from 1 to 5",
            Self::ApiPath => "a path that begins with /, at most 2,000 characters",
            Self::Filter => "a JMESPath expression, at most 2,000 characters",
        }
    }

    /// `value` as a value of this kind: some versions of the app write numbers and flags as text.
    pub(crate) fn typed(self, value: Value) -> Value {
        let typed = match (self, &value) {
            (Self::Flag, Value::String(text)) => text.parse::<bool>().ok().map(Value::from),
            (Self::Integer | Self::FolderDepth, Value::String(text)) => {
                text.parse::<u64>().ok().map(Value::from)
            }
            (Self::Ids, Value::Array(ids)) => {
                let ids = ids.iter().cloned();
                Some(ids.map(|id| Self::Integer.typed(id)).collect())
            }
            _ => None,
        };
        typed.unwrap_or(value)
    }

    /// Whether a spreadsheet must keep the value as text, not as a number, a date or a formula.
    pub fn is_verbatim(self) -> bool {
        !matches!(
            self,
            Self::Type | Self::Flag | Self::Integer | Self::FolderDepth
        )
    }
}

struct FieldSpec(
    Field,
    &'static str,
    Kind,
    &'static [&'static str],
    &'static str,
    Option<&'static str>,
    &'static str,
);

/// Each field with its name in the API, what its value is, and the other headers that people write for it; then its meaning,
/// what a blank cell means, and an example.
///
/// Source of the meanings: "Git Integration for Jira Data Center", pages "Add New Integration API" and "Editing existing
/// repository settings in the TSV File".
#[rustfmt::skip]
const FIELDS: [FieldSpec; Field::COUNT] = {
    use Field as F;
    use Kind as K;
    [
        FieldSpec(F::Type, "type", K::Type, &["integration type", "kind"],
            "The type of git host.",
            None, "GITHUB"),
        FieldSpec(F::DisplayName, "displayName", K::Text, &["name", "title", "integration name"],
            "The name of the integration in Jira. Give every row a name of its own: without one, a later import cannot \
             recognise the row.",
            Some("Jira makes up a name"), "Payments on GitHub"),
        FieldSpec(F::Origin, "origin", K::Origin, &["url", "host", "host url", "base url", "server url", "repo url", "path"],
            "The base URL of the host, not the address of a repository. For a tracked folder, its path on Jira's \
             machine, ending in `*`.",
            None, "https://git.example.org"),
        FieldSpec(F::Username, "username", K::Username, &["user", "login", "account", "access key id"],
            "The account that Jira logs in with. For AWS the access key id, which is a secret. For TFS_SERVER without \
             a domain, or `all` with a token.",
            None, "svc-jira"),
        FieldSpec(F::Password, "password", K::Secret, &["secret", "secret key", "secret access key"],
            "The account's password, or for AWS the secret access key: the secret itself, or a reference to it. Not \
             together with `pat`.",
            None, "env:GIT_PASSWORD"),
        FieldSpec(F::Pat, "pat", K::Secret, &["token", "access token", "api token", "personal access token"],
            "A personal access token of the host: the token itself, or a reference to it. Not together with \
             `password`.",
            None, "env:GIT_PAT"),
        FieldSpec(F::Disabled, "disabled", K::Flag, &[],
            "Whether the integration starts disabled.",
            Some("no"), "no"),
        FieldSpec(F::SendCommitEmails, "sendCommitEmails", K::Flag, &[],
            "Whether Jira sends an email for each commit.",
            Some("no"), "no"),
        FieldSpec(F::MaxMinsToCommitEmail, "maxMinsToCommitEmail", K::Integer, &[],
            "No email is sent for commits older than this many minutes. Applies only with `sendCommitEmails`.",
            Some("1440, a day"), "720"),
        FieldSpec(F::DisableSslVerification, "disableSslVerification", K::Flag, &[],
            "Whether Jira accepts the host's certificate without verifying it. It is safer to make Jira trust the \
             host's certificate authority.",
            Some("no"), "no"),
        FieldSpec(F::ApiPath, "apiPath", K::ApiPath, &[],
            "The path of the host's REST API that lists the repositories, instead of the usual one.",
            None, "/orgs/acme/repos"),
        FieldSpec(F::ApiFilter, "apiFilter", K::Filter, &[],
            "Selects some of the host's repositories: a JMESPath expression over the answer of its API.",
            None, "[?contains(name, 'payments')]"),
        FieldSpec(F::TfsCollection, "tfsCollection", K::Text, &["collection"],
            "The project collection to connect to.",
            None, "DefaultCollection"),
        FieldSpec(F::AwsRegion, "awsRegion", K::Region, &["region"],
            "The AWS region of the CodeCommit repositories.",
            None, "eu-central-1"),
        FieldSpec(F::RequireUserPat, "requireUserPat", K::Flag, &[],
            "Whether every user must provide a personal access token to work with branches and pull requests.",
            Some("no"), "no"),
        FieldSpec(F::GitViewerEnabled, "gitViewerEnabled", K::Flag, &["git viewer"],
            "Whether the repository browser is on.",
            Some("yes"), "yes"),
        FieldSpec(F::SmartCommitsEnabled, "smartCommitsEnabled", K::Flag, &["smart commits"],
            "Whether smart commits are processed.",
            Some("yes"), "yes"),
        FieldSpec(F::Global, "global", K::Flag, &["all projects"],
            "Whether all Jira projects see the integration. With `yes`, name no projects.",
            None, "yes"),
        FieldSpec(F::ProjectMappingIds, "projectMappingIds", K::Ids, &["project ids", "project mapping"],
            "The Jira projects that see the integration, by numeric id. Ids differ from one Jira to the next. Only if \
             `global` is not `yes`.",
            None, "10000, 10100"),
        FieldSpec(F::SourcesDiffViewEnabled, "sourcesDiffViewEnabled", K::Flag, &[],
            "Whether users with the permission View Development Tools can view the changes of commits and files in \
             Jira.",
            None, "yes"),
        FieldSpec(F::RevisionIndexing, "revisionIndexing", K::Flag, &[],
            "Whether commits are indexed.",
            None, "yes"),
        FieldSpec(F::TagsFilter, "tagsFilter", K::Text, &[],
            "The tags to show in issues: a Java regular expression.",
            Some("all tags"), r"^v\d+\.\d+$"),
        FieldSpec(F::PrHideFilter, "prHideFilter", K::Text, &[],
            "The pull requests to hide in issues: a Java regular expression over their titles.",
            Some("no pull request is hidden"), "^(Test|test).*"),
        FieldSpec(F::TrustFolderStat, "trustFolderStat", K::Flag, &[],
            "Whether Jira trusts a folder's modification time when it looks for new pack files, instead of scanning \
             the folder. Use `no` for folders on a network share.",
            Some("no on Data Center"), "no"),
        FieldSpec(F::RefSpecNotes, "refSpecNotes", K::Flag, &[],
            "Whether to fetch refs/notes/*, the notes of commits.",
            Some("yes"), "yes"),
        FieldSpec(F::RefSpecChanges, "refSpecChanges", K::Flag, &[],
            "Whether to fetch refs/changes/*, the changes under review in Gerrit.",
            Some("no"), "no"),
        FieldSpec(F::RefSpecCustom, "refSpecCustom", K::RefSpecs, &[],
            "Further references to fetch: refspecs, separated by commas.",
            None, "+refs/releases/*:refs/releases/*"),
        FieldSpec(F::LimitGitData, "limitGitData", K::Flag, &[],
            "Whether to limit the git data shown in Jira. The vendor's manual uses it in an example but does not \
             explain it.",
            None, "yes"),
        FieldSpec(F::FolderDepth, "folderDepth", K::FolderDepth, &["depth"],
            "How many levels below the tracked folder to search for repositories, 1 to 5.",
            Some("1"), "3"),
        FieldSpec(F::ProjectKeys, "projectKeys", K::Keys, &["projects", "jira projects"],
            "The Jira projects that see the integration, by key. `gij` looks up their ids in Jira and sends those. Not \
             together with `projectMappingIds`.",
            None, "ABC, DEF"),
    ]
};

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = 30;

    /// All fields in the manual's order.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|spec| spec.0)
    }

    /// The field's name in the API: `displayName`.
    pub fn name(self) -> &'static str {
        FIELDS[self as usize].1
    }

    /// What the field's value is.
    pub fn kind(self) -> Kind {
        FIELDS[self as usize].2
    }

    /// Other headers that are understood as this field.
    pub fn aliases(self) -> &'static [&'static str] {
        FIELDS[self as usize].3
    }

    /// What goes in: one or two sentences.
    pub fn meaning(self) -> &'static str {
        FIELDS[self as usize].4
    }

    /// What a blank cell means, where the vendor documents it.
    pub fn if_blank(self) -> Option<&'static str> {
        FIELDS[self as usize].5
    }

    /// A valid value, if not for every type.
    pub fn example(self) -> &'static str {
        FIELDS[self as usize].6
    }

    /// The field of this name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|field| field.name() == name)
    }

    /// Whether the API documents that it shows the field, and it is no credential.
    pub fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Username | Self::Password | Self::Pat | Self::ProjectKeys
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The column of an export that holds the ids of Jira's integrations. It is no field of a creation.
pub(crate) const ID: &str = "id";

/// The column `id` in words.
pub(crate) const ABOUT_ID: &str = "The id of the integration in Jira, as `gij export` writes it. `gij update` finds the integration by it. An \
    import ignores it, and notes rows whose id belongs to another integration.";

/// A set of fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FieldSet(u32);

impl FieldSet {
    /// The set with `field` in it too.
    pub fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u32)
    }

    /// Whether `field` is in the set.
    pub fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// The fields in the set, in the manual's order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::all().filter(move |field| self.has(*field))
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldValue, IntegrationType, Origin};

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_agree_with_serde() {
        for (index, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.0 as usize, index, "{}", spec.1);
            assert_eq!(serde_json::to_value(spec.0).unwrap(), spec.1);
        }
    }
    #[test]
    fn every_example_is_valid() {
        for field in Field::all() {
            let example = field.example();
            let parsed = FieldValue::parse(field.kind(), example);
            assert!(parsed.is_ok(), "{field}: {example}");
        }
        assert!(IntegrationType::from_name(Field::Type.example()).is_some());
        let origin = Field::Origin.example();
        assert!(Origin::parse(IntegrationType::Gerrit, origin).is_ok());
    }

    #[test]
    fn texts_are_whole_sentences_and_short_enough_for_a_note() {
        for field in Field::all() {
            let what = field.meaning();
            assert!(what.ends_with('.') && what.len() < 250, "{field}: {what}");
            assert!(!what.contains("  "), "{field}: {what}");
        }
    }
}
