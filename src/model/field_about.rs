//! What each field means, in words for those who fill in a sheet.
//!
//! Source: "Git Integration for Jira Data Center", pages "Add New Integration API" and "Editing existing repository settings
//! in the TSV File". A field without words does not compile.

use super::field::{Field, Kind};

/// A field in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldAbout {
    /// What goes in: one or two sentences.
    pub what: &'static str,
    /// What a blank cell comes to, where the vendor says it.
    pub if_blank: Option<&'static str>,
    /// A value that is valid, if not for every type.
    pub example: &'static str,
}

const fn about(what: &'static str, example: &'static str) -> FieldAbout {
    FieldAbout {
        what,
        if_blank: None,
        example,
    }
}

impl FieldAbout {
    const fn if_blank(self, if_blank: &'static str) -> Self {
        Self {
            if_blank: Some(if_blank),
            ..self
        }
    }
}

impl Field {
    /// The field in words.
    #[expect(clippy::too_many_lines, reason = "one entry a field")]
    pub fn about(self) -> FieldAbout {
        match self {
            Self::Type => about("The kind of git host.", "GITHUB"),
            Self::DisplayName => about(
                "The name that Jira shows for the integration. Give every row a name of its own: without one, a second \
                 import cannot recognise the row.",
                "Payments on GitHub",
            )
            .if_blank("Jira makes one up"),
            Self::Origin => about(
                "Where the host is: its base URL, not the address of a repository. For a tracked folder, its path as \
                 Jira's machine sees it, with `*` at the end.",
                "https://git.example.org",
            ),
            Self::Username => about(
                "The account that Jira logs in with. For AWS the access key id, which is a secret; for TFS_SERVER with a \
                 token `all`, and never with a domain before it.",
                "svc-jira",
            ),
            Self::Password => about(
                "The account's password; for AWS the secret access key. The secret itself, or a reference to it. Not \
                 together with `pat`.",
                "env:GIT_PASSWORD",
            ),
            Self::Pat => about(
                "A personal access token of the host. The token itself, or a reference to it. Not together with \
                 `password`.",
                "env:GIT_PAT",
            ),
            Self::Disabled => about(
                "Whether the integration starts switched off.",
                "no",
            )
            .if_blank("no"),
            Self::SendCommitEmails => about(
                "Whether Jira mails a notification of each commit.",
                "no",
            )
            .if_blank("no"),
            Self::MaxMinsToCommitEmail => about(
                "Age in minutes up to which a commit is mailed; matters only with `sendCommitEmails`.",
                "720",
            )
            .if_blank("1440, a day"),
            Self::DisableSslVerification => about(
                "Whether Jira leaves the host's certificate unchecked. Better let Jira trust the host's certificate \
                 authority.",
                "no",
            )
            .if_blank("no"),
            Self::ApiPath => about(
                "Path of the host's REST API from which Jira takes the list of repositories, instead of the usual one.",
                "/orgs/acme/repos",
            ),
            Self::ApiFilter => about(
                "Which of the host's repositories to take: a JMESPath expression over the answer of its API.",
                "[?contains(name, 'payments')]",
            ),
            Self::TfsCollection => about(
                "The collection of projects to connect.",
                "DefaultCollection",
            ),
            Self::AwsRegion => about(
                "The region in which the CodeCommit repositories are.",
                "eu-central-1",
            ),
            Self::RequireUserPat => about(
                "Whether every user has to give a token of their own for work on branches and pull requests.",
                "no",
            )
            .if_blank("no"),
            Self::GitViewerEnabled => about(
                "Whether the repository browser is on.",
                "yes",
            )
            .if_blank("yes"),
            Self::SmartCommitsEnabled => about(
                "Whether smart commits are carried out.",
                "yes",
            )
            .if_blank("yes"),
            Self::Global => about(
                "Whether all Jira projects see the integration. With `yes`, name no projects.",
                "yes",
            ),
            Self::ProjectMappingIds => about(
                "The Jira projects that see the integration, by their numeric ids, which differ from one Jira to the \
                 next. Only where `global` is not `yes`.",
                "10000, 10100",
            ),
            Self::SourcesDiffViewEnabled => about(
                "Whether the changes of commits and files can be viewed in Jira by users with the permission View \
                 Development Tools.",
                "yes",
            ),
            Self::RevisionIndexing => about(
                "Whether commits are indexed.",
                "yes",
            ),
            Self::TagsFilter => about(
                "Which tags issues show: a Java regular expression.",
                r"^v\d+\.\d+$",
            )
            .if_blank("all tags"),
            Self::PrHideFilter => about(
                "Which pull requests issues do not show: a Java regular expression over their titles.",
                "^(Test|test).*",
            )
            .if_blank("no pull request is hidden"),
            Self::TrustFolderStat => about(
                "Whether a folder's modification time is trusted when new pack files are looked for, instead of a scan. \
                 Say `no` for folders on a network share.",
                "no",
            )
            .if_blank("no on Data Center"),
            Self::RefSpecNotes => about(
                "Whether refs/notes/* is fetched: the notes of commits.",
                "yes",
            )
            .if_blank("yes"),
            Self::RefSpecChanges => about(
                "Whether refs/changes/* is fetched: Gerrit's changes under review.",
                "no",
            )
            .if_blank("no"),
            Self::RefSpecCustom => about(
                "Further references to fetch: refspecs with commas between.",
                "+refs/releases/*:refs/releases/*",
            ),
            Self::LimitGitData => about(
                "Whether the git data shown in Jira is limited. The vendor's example has it, its table does not explain it.",
                "yes",
            ),
            Self::FolderDepth => about(
                "How many levels below the tracked folder repositories lie, 1 to 5.",
                "3",
            )
            .if_blank("1"),
            Self::ProjectKeys => about(
                "The Jira projects that see the integration, by their keys. `gij` sends their ids, which it asks Jira \
                 for. Not together with `projectMappingIds`.",
                "ABC, DEF",
            ),
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
            Self::Secret => "text, or the reference env:NAME or file:PATH",
            Self::Flag => "yes or no",
            Self::Integer => "a whole number",
            Self::Ids => "numbers with commas between",
            Self::Keys => "project keys with commas between",
            Self::RefSpecs => "refspecs with commas between",
            Self::Region => "the code of an AWS region",
            Self::FolderDepth => "a whole number from 1 to 5",
            Self::ApiPath => "a path that begins with /, at most 2,000 characters",
            Self::Filter => "a JMESPath expression, at most 2,000 characters",
        }
    }

    /// Whether a spreadsheet must take the value as the text that was typed, not as a number, a date or a formula.
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
