//! The request fields of an integration, declared once.

use std::fmt;

use serde::{Deserialize, Serialize};

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

struct FieldSpec(Field, &'static str, Kind, &'static [&'static str]);

/// Field, its name in the API, what its value is, and the other headers that people write for it.
#[rustfmt::skip]
const FIELDS: [FieldSpec; Field::COUNT] = {
    use Field as F;
    use Kind as K;
    [
        FieldSpec(F::Type,                   "type",                   K::Type,        &["integration type", "kind"]),
        FieldSpec(F::DisplayName,            "displayName",            K::Text,        &["name", "title", "integration name"]),
        FieldSpec(F::Origin,                 "origin",                 K::Origin,      &["url", "host", "host url", "base url", "server url", "repo url", "path"]),
        FieldSpec(F::Username,               "username",               K::Username,    &["user", "login", "account", "access key id"]),
        FieldSpec(F::Password,               "password",               K::Secret,      &["secret", "secret key", "secret access key"]),
        FieldSpec(F::Pat,                    "pat",                    K::Secret,      &["token", "access token", "api token", "personal access token"]),
        FieldSpec(F::Disabled,               "disabled",               K::Flag,        &[]),
        FieldSpec(F::SendCommitEmails,       "sendCommitEmails",       K::Flag,        &[]),
        FieldSpec(F::MaxMinsToCommitEmail,   "maxMinsToCommitEmail",   K::Integer,     &[]),
        FieldSpec(F::DisableSslVerification, "disableSslVerification", K::Flag,        &[]),
        FieldSpec(F::ApiPath,                "apiPath",                K::ApiPath,     &[]),
        FieldSpec(F::ApiFilter,              "apiFilter",              K::Filter,      &[]),
        FieldSpec(F::TfsCollection,          "tfsCollection",          K::Text,        &["collection"]),
        FieldSpec(F::AwsRegion,              "awsRegion",              K::Region,      &["region"]),
        FieldSpec(F::RequireUserPat,         "requireUserPat",         K::Flag,        &[]),
        FieldSpec(F::GitViewerEnabled,       "gitViewerEnabled",       K::Flag,        &["git viewer"]),
        FieldSpec(F::SmartCommitsEnabled,    "smartCommitsEnabled",    K::Flag,        &["smart commits"]),
        FieldSpec(F::Global,                 "global",                 K::Flag,        &["all projects"]),
        FieldSpec(F::ProjectMappingIds,      "projectMappingIds",      K::Ids,         &["project ids", "project mapping"]),
        FieldSpec(F::SourcesDiffViewEnabled, "sourcesDiffViewEnabled", K::Flag,        &[]),
        FieldSpec(F::RevisionIndexing,       "revisionIndexing",       K::Flag,        &[]),
        FieldSpec(F::TagsFilter,             "tagsFilter",             K::Text,        &[]),
        FieldSpec(F::PrHideFilter,           "prHideFilter",           K::Text,        &[]),
        FieldSpec(F::TrustFolderStat,        "trustFolderStat",        K::Flag,        &[]),
        FieldSpec(F::RefSpecNotes,           "refSpecNotes",           K::Flag,        &[]),
        FieldSpec(F::RefSpecChanges,         "refSpecChanges",         K::Flag,        &[]),
        FieldSpec(F::RefSpecCustom,          "refSpecCustom",          K::RefSpecs,    &[]),
        FieldSpec(F::LimitGitData,           "limitGitData",           K::Flag,        &[]),
        FieldSpec(F::FolderDepth,            "folderDepth",            K::FolderDepth, &["depth"]),
        FieldSpec(F::ProjectKeys,            "projectKeys",            K::Keys,        &["projects", "jira projects"]),
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
        let mut left = self.0;
        std::iter::from_fn(move || {
            let next = FIELDS.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(next.0)
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

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_agree_with_serde() {
        for (index, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.0 as usize, index, "{}", spec.1);
            assert_eq!(serde_json::to_value(spec.0).unwrap(), spec.1);
        }
    }
}
