//! What each field means, in words for those who fill in a sheet.
//!
//! Source: "Git Integration for Jira Data Center", pages "Add New Integration API" and "Editing existing repository settings
//! in the TSV File".

use super::field::{Field, Kind};

/// The column of an export that holds the ids of Jira's integrations. It is no field of a creation.
pub(crate) const ID: &str = "id";

/// The column `id` in words.
pub(crate) const ABOUT_ID: &str = "The id of the integration in Jira, as `gij export` writes it. `gij update` finds the integration by it. An \
    import ignores it, and notes rows whose id belongs to another integration.";

/// A field in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldAbout {
    /// What goes in: one or two sentences.
    pub what: &'static str,
    /// What a blank cell means, where the vendor documents it.
    pub if_blank: Option<&'static str>,
    /// A valid value, if not for every type.
    pub example: &'static str,
}

impl Field {
    /// The field in words.
    #[expect(clippy::too_many_lines, reason = "one entry for each field")]
    pub fn about(self) -> FieldAbout {
        let (what, if_blank, example) = match self {
            Self::Type => ("The type of git host.", None, "GITHUB"),
            Self::DisplayName => (
                "The name of the integration in Jira. Give every row a name of its own: without one, a later import cannot \
                 recognise the row.",
                Some("Jira makes up a name"),
                "Payments on GitHub",
            ),
            Self::Origin => (
                "The base URL of the host, not the address of a repository. For a tracked folder, its path on Jira's \
                 machine, ending in `*`.",
                None,
                "https://git.example.org",
            ),
            Self::Username => (
                "The account that Jira logs in with. For AWS the access key id, which is a secret. For TFS_SERVER without a \
                 domain, or `all` with a token.",
                None,
                "svc-jira",
            ),
            Self::Password => (
                "The account's password, or for AWS the secret access key: the secret itself, or a reference to it. Not \
                 together with `pat`.",
                None,
                "env:GIT_PASSWORD",
            ),
            Self::Pat => (
                "A personal access token of the host: the token itself, or a reference to it. Not together with `password`.",
                None,
                "env:GIT_PAT",
            ),
            Self::Disabled => ("Whether the integration starts disabled.", Some("no"), "no"),
            Self::SendCommitEmails => (
                "Whether Jira sends an email for each commit.",
                Some("no"),
                "no",
            ),
            Self::MaxMinsToCommitEmail => (
                "No email is sent for commits older than this many minutes. Applies only with `sendCommitEmails`.",
                Some("1440, a day"),
                "720",
            ),
            Self::DisableSslVerification => (
                "Whether Jira accepts the host's certificate without verifying it. It is safer to make Jira trust the \
                 host's certificate authority.",
                Some("no"),
                "no",
            ),
            Self::ApiPath => (
                "The path of the host's REST API that lists the repositories, instead of the usual one.",
                None,
                "/orgs/acme/repos",
            ),
            Self::ApiFilter => (
                "Selects some of the host's repositories: a JMESPath expression over the answer of its API.",
                None,
                "[?contains(name, 'payments')]",
            ),
            Self::TfsCollection => (
                "The project collection to connect to.",
                None,
                "DefaultCollection",
            ),
            Self::AwsRegion => (
                "The AWS region of the CodeCommit repositories.",
                None,
                "eu-central-1",
            ),
            Self::RequireUserPat => (
                "Whether every user must provide a personal access token to work with branches and pull requests.",
                Some("no"),
                "no",
            ),
            Self::GitViewerEnabled => ("Whether the repository browser is on.", Some("yes"), "yes"),
            Self::SmartCommitsEnabled => {
                ("Whether smart commits are processed.", Some("yes"), "yes")
            }
            Self::Global => (
                "Whether all Jira projects see the integration. With `yes`, name no projects.",
                None,
                "yes",
            ),
            Self::ProjectMappingIds => (
                "The Jira projects that see the integration, by numeric id. Ids differ from one Jira to the next. Only if \
                 `global` is not `yes`.",
                None,
                "10000, 10100",
            ),
            Self::SourcesDiffViewEnabled => (
                "Whether users with the permission View Development Tools can view the changes of commits and files in Jira.",
                None,
                "yes",
            ),
            Self::RevisionIndexing => ("Whether commits are indexed.", None, "yes"),
            Self::TagsFilter => (
                "The tags to show in issues: a Java regular expression.",
                Some("all tags"),
                r"^v\d+\.\d+$",
            ),
            Self::PrHideFilter => (
                "The pull requests to hide in issues: a Java regular expression over their titles.",
                Some("no pull request is hidden"),
                "^(Test|test).*",
            ),
            Self::TrustFolderStat => (
                "Whether Jira trusts a folder's modification time when it looks for new pack files, instead of scanning the \
                 folder. Use `no` for folders on a network share.",
                Some("no on Data Center"),
                "no",
            ),
            Self::RefSpecNotes => (
                "Whether to fetch refs/notes/*, the notes of commits.",
                Some("yes"),
                "yes",
            ),
            Self::RefSpecChanges => (
                "Whether to fetch refs/changes/*, the changes under review in Gerrit.",
                Some("no"),
                "no",
            ),
            Self::RefSpecCustom => (
                "Further references to fetch: refspecs, separated by commas.",
                None,
                "+refs/releases/*:refs/releases/*",
            ),
            Self::LimitGitData => (
                "Whether to limit the git data shown in Jira. The vendor's manual uses it in an example but does not explain it.",
                None,
                "yes",
            ),
            Self::FolderDepth => (
                "How many levels below the tracked folder to search for repositories, 1 to 5.",
                Some("1"),
                "3",
            ),
            Self::ProjectKeys => (
                "The Jira projects that see the integration, by key. `gij` looks up their ids in Jira and sends those. Not \
                 together with `projectMappingIds`.",
                None,
                "ABC, DEF",
            ),
        };
        FieldAbout {
            what,
            if_blank,
            example,
        }
    }
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

    /// Whether a spreadsheet must keep the value as text, not as a number, a date or a formula.
    pub fn is_verbatim(self) -> bool {
        !matches!(
            self,
            Self::Type | Self::Flag | Self::Integer | Self::FolderDepth
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldValue, IntegrationType, Origin};

    #[test]
    fn every_example_is_valid() {
        for field in Field::all() {
            let example = field.about().example;
            let parsed = FieldValue::parse(field.kind(), example);
            assert!(parsed.is_ok(), "{field}: {example}");
        }
        assert!(IntegrationType::from_name(Field::Type.about().example).is_some());
        let origin = Field::Origin.about().example;
        assert!(Origin::parse(IntegrationType::Gerrit, origin).is_ok());
    }

    #[test]
    fn texts_are_whole_sentences_and_short_enough_for_a_note() {
        for field in Field::all() {
            let what = field.about().what;
            assert!(what.ends_with('.') && what.len() < 250, "{field}: {what}");
            assert!(!what.contains("  "), "{field}: {what}");
        }
    }
}
