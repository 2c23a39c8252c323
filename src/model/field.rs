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

struct FieldSpec {
    field: Field,
    name: &'static str,
    kind: Kind,
    /// Other headers that people write for it.
    aliases: &'static [&'static str],
    meaning: &'static str,
    /// What a blank cell means, where the manual tells.
    blank: Option<&'static str>,
    example: &'static str,
}

/// The fields in the manual's order, each with its name in the API.
///
/// Source of the meanings: "Git Integration for Jira Data Center", pages "Add New Integration API" and "Editing existing
/// repository settings in the TSV File".
#[rustfmt::skip]
const FIELDS: [FieldSpec; Field::COUNT] = {
    use Field as F;
    use Kind as K;
    [
        FieldSpec { field: F::Type, name: "type", kind: K::Type, aliases: &["integration type", "kind"],
            meaning: "The type of git host.",
            blank: None, example: "GITHUB" },
        FieldSpec { field: F::DisplayName, name: "displayName", kind: K::Text, aliases: &["name", "title", "integration name"],
            meaning: "The name of the integration in Jira. Give every row a name of its own: without one, a later import cannot \
             recognise the row.",
            blank: Some("Jira makes up a name"), example: "Payments on GitHub" },
        FieldSpec { field: F::Origin, name: "origin", kind: K::Origin, aliases: &["url", "host", "host url", "base url", "server url", "repo url", "path"],
            meaning: "The base URL of the host, not the address of a repository. For a tracked folder, its path on Jira's \
             machine, ending in `*`.",
            blank: None, example: "https://git.example.org" },
        FieldSpec { field: F::Username, name: "username", kind: K::Username, aliases: &["user", "login", "account", "access key id"],
            meaning: "The account that Jira logs in with. For AWS the access key id, which is a secret. For TFS_SERVER without \
             a domain, or `all` with a token.",
            blank: None, example: "svc-jira" },
        FieldSpec { field: F::Password, name: "password", kind: K::Secret, aliases: &["secret", "secret key", "secret access key"],
            meaning: "The account's password, or for AWS the secret access key: the secret itself, or a reference to it. Not \
             together with `pat`.",
            blank: None, example: "env:GIT_PASSWORD" },
        FieldSpec { field: F::Pat, name: "pat", kind: K::Secret, aliases: &["token", "access token", "api token", "personal access token"],
            meaning: "A personal access token of the host: the token itself, or a reference to it. Not together with \
             `password`.",
            blank: None, example: "env:GIT_PAT" },
        FieldSpec { field: F::Disabled, name: "disabled", kind: K::Flag, aliases: &[],
            meaning: "Whether the integration starts disabled.",
            blank: Some("no"), example: "no" },
        FieldSpec { field: F::SendCommitEmails, name: "sendCommitEmails", kind: K::Flag, aliases: &[],
            meaning: "Whether Jira sends an email for each commit.",
            blank: Some("no"), example: "no" },
        FieldSpec { field: F::MaxMinsToCommitEmail, name: "maxMinsToCommitEmail", kind: K::Integer, aliases: &[],
            meaning: "No email is sent for commits older than this many minutes. Applies only with `sendCommitEmails`.",
            blank: Some("1440, a day"), example: "720" },
        FieldSpec { field: F::DisableSslVerification, name: "disableSslVerification", kind: K::Flag, aliases: &[],
            meaning: "Whether Jira accepts the host's certificate without verifying it. It is safer to make Jira trust the \
             host's certificate authority.",
            blank: Some("no"), example: "no" },
        FieldSpec { field: F::ApiPath, name: "apiPath", kind: K::ApiPath, aliases: &[],
            meaning: "The path of the host's REST API that lists the repositories, instead of the usual one.",
            blank: None, example: "/orgs/acme/repos" },
        FieldSpec { field: F::ApiFilter, name: "apiFilter", kind: K::Filter, aliases: &[],
            meaning: "Selects some of the host's repositories: a JMESPath expression over the answer of its API.",
            blank: None, example: "[?contains(name, 'payments')]" },
        FieldSpec { field: F::TfsCollection, name: "tfsCollection", kind: K::Text, aliases: &["collection"],
            meaning: "The project collection to connect to.",
            blank: None, example: "DefaultCollection" },
        FieldSpec { field: F::AwsRegion, name: "awsRegion", kind: K::Region, aliases: &["region"],
            meaning: "The AWS region of the CodeCommit repositories.",
            blank: None, example: "eu-central-1" },
        FieldSpec { field: F::RequireUserPat, name: "requireUserPat", kind: K::Flag, aliases: &[],
            meaning: "Whether every user must provide a personal access token to work with branches and pull requests.",
            blank: Some("no"), example: "no" },
        FieldSpec { field: F::GitViewerEnabled, name: "gitViewerEnabled", kind: K::Flag, aliases: &["git viewer"],
            meaning: "Whether the repository browser is on.",
            blank: Some("yes"), example: "yes" },
        FieldSpec { field: F::SmartCommitsEnabled, name: "smartCommitsEnabled", kind: K::Flag, aliases: &["smart commits"],
            meaning: "Whether smart commits are processed.",
            blank: Some("yes"), example: "yes" },
        FieldSpec { field: F::Global, name: "global", kind: K::Flag, aliases: &["all projects"],
            meaning: "Whether all Jira projects see the integration. With `yes`, name no projects.",
            blank: None, example: "yes" },
        FieldSpec { field: F::ProjectMappingIds, name: "projectMappingIds", kind: K::Ids, aliases: &["project ids", "project mapping"],
            meaning: "The Jira projects that see the integration, by numeric id. Ids differ from one Jira to the next. Only if \
             `global` is not `yes`.",
            blank: None, example: "10000, 10100" },
        FieldSpec { field: F::SourcesDiffViewEnabled, name: "sourcesDiffViewEnabled", kind: K::Flag, aliases: &[],
            meaning: "Whether users with the permission View Development Tools can view the changes of commits and files in \
             Jira.",
            blank: None, example: "yes" },
        FieldSpec { field: F::RevisionIndexing, name: "revisionIndexing", kind: K::Flag, aliases: &[],
            meaning: "Whether commits are indexed.",
            blank: None, example: "yes" },
        FieldSpec { field: F::TagsFilter, name: "tagsFilter", kind: K::Text, aliases: &[],
            meaning: "The tags to show in issues: a Java regular expression.",
            blank: Some("all tags"), example: r"^v\d+\.\d+$" },
        FieldSpec { field: F::PrHideFilter, name: "prHideFilter", kind: K::Text, aliases: &[],
            meaning: "The pull requests to hide in issues: a Java regular expression over their titles.",
            blank: Some("no pull request is hidden"), example: "^(Test|test).*" },
        FieldSpec { field: F::TrustFolderStat, name: "trustFolderStat", kind: K::Flag, aliases: &[],
            meaning: "Whether Jira trusts a folder's modification time when it looks for new pack files, instead of scanning \
             the folder. Use `no` for folders on a network share.",
            blank: Some("no on Data Center"), example: "no" },
        FieldSpec { field: F::RefSpecNotes, name: "refSpecNotes", kind: K::Flag, aliases: &[],
            meaning: "Whether to fetch refs/notes/*, the notes of commits.",
            blank: Some("yes"), example: "yes" },
        FieldSpec { field: F::RefSpecChanges, name: "refSpecChanges", kind: K::Flag, aliases: &[],
            meaning: "Whether to fetch refs/changes/*, the changes under review in Gerrit.",
            blank: Some("no"), example: "no" },
        FieldSpec { field: F::RefSpecCustom, name: "refSpecCustom", kind: K::RefSpecs, aliases: &[],
            meaning: "Further references to fetch: refspecs, separated by commas.",
            blank: None, example: "+refs/releases/*:refs/releases/*" },
        FieldSpec { field: F::LimitGitData, name: "limitGitData", kind: K::Flag, aliases: &[],
            meaning: "Whether to limit the git data shown in Jira. The vendor's manual uses it in an example but does not \
             explain it.",
            blank: None, example: "yes" },
        FieldSpec { field: F::FolderDepth, name: "folderDepth", kind: K::FolderDepth, aliases: &["depth"],
            meaning: "How many levels below the tracked folder to search for repositories, 1 to 5.",
            blank: Some("1"), example: "3" },
        FieldSpec { field: F::ProjectKeys, name: "projectKeys", kind: K::Keys, aliases: &["projects", "jira projects"],
            meaning: "The Jira projects that see the integration, by key. `gij` looks up their ids in Jira and sends those. Not \
             together with `projectMappingIds`.",
            blank: None, example: "ABC, DEF" },
    ]
};

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = 30;

    /// All fields in the manual's order.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|spec| spec.field)
    }

    /// The field's name in the API: `displayName`.
    pub fn name(self) -> &'static str {
        FIELDS[self as usize].name
    }

    /// What the field's value is.
    pub fn kind(self) -> Kind {
        FIELDS[self as usize].kind
    }

    /// Other headers that are understood as this field.
    pub fn aliases(self) -> &'static [&'static str] {
        FIELDS[self as usize].aliases
    }

    /// What goes in: one or two sentences.
    pub fn meaning(self) -> &'static str {
        FIELDS[self as usize].meaning
    }

    /// What a blank cell means, where the vendor documents it.
    pub fn if_blank(self) -> Option<&'static str> {
        FIELDS[self as usize].blank
    }

    /// A valid value, if not for every type.
    pub fn example(self) -> &'static str {
        FIELDS[self as usize].example
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

    /// The set without those of `other`.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `field` is in the set.
    pub fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// The fields in the set, in the manual's order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = FIELDS.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(next.field)
        })
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
            assert_eq!(spec.field as usize, index, "{}", spec.name);
            assert_eq!(serde_json::to_value(spec.field).unwrap(), spec.name);
        }
    }
    #[test]
    fn every_example_is_valid() {
        for field in Field::all() {
            let example = field.example();
            let parsed = FieldValue::parse(field, example);
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
