//! The twelve integration types and what each needs, one entry each.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldSet};

/// The kind of git host that an integration connects to.
///
/// Source: "Git Integration for Jira Data Center", page "REST API: Integrations", parameter `type`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum IntegrationType {
    /// github.com and Enterprise Cloud.
    #[serde(rename = "GITHUB")]
    GitHub,
    /// GitHub Enterprise Server.
    #[serde(rename = "GITHUB_SERVER")]
    GitHubServer,
    /// gitlab.com.
    #[serde(rename = "GITLAB")]
    GitLab,
    /// GitLab CE or EE, API v4.
    #[serde(rename = "GITLAB_SERVER")]
    GitLabServer,
    /// GitLab CE or EE, API v3.
    #[serde(rename = "GITLAB_SERVER_LEGACY")]
    GitLabServerLegacy,
    /// AWS `CodeCommit`.
    Aws,
    /// Azure Repos in the cloud.
    Azure,
    /// Visual Studio Team Services.
    Vsts,
    /// Team Foundation Server.
    TfsServer,
    /// Azure `DevOps` Server on-premises.
    AzureDevops,
    /// A tracked folder.
    Filespace,
    /// Gerrit.
    Gerrit,
}

/// Whether a type needs an origin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OriginRule {
    /// The base URL of a host.
    Url,
    /// The base URL of a host; when blank, Jira takes the vendor's own and shows it as given here.
    UrlOr(&'static str),
    /// The base URL of a host; what Jira shows when it is blank is not documented.
    UrlOrUnknown,
    /// A path on Jira's machine.
    Folder,
}

/// A way for a type to log in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CredentialForm {
    /// `pat`.
    Token,
    /// `username` and `password`.
    Password,
    /// `username` (access key id) and `password` (secret access key), both secret.
    AccessKey,
    /// `pat` with the `username` `all`.
    TokenForAll,
}

impl CredentialForm {
    /// The form in words, for messages.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Token => "`pat`",
            Self::Password => "`username` and `password`",
            Self::AccessKey => {
                "`username` (the access key id) and `password` (the secret access key)"
            }
            Self::TokenForAll => "`pat` with the `username` `all`",
        }
    }
}

/// How much a type needs a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A row without it is not valid.
    Required,
    /// Part of one of several ways to log in.
    OneWay,
    /// It may be blank.
    Optional,
    /// The type does not use it.
    Unused,
}

/// What one type needs and uses.
#[derive(Debug)]
pub struct TypeSpec {
    /// The type.
    pub integration_type: IntegrationType,
    /// Its name in the API.
    pub name: &'static str,
    /// The product behind it.
    pub product: &'static str,
    /// Its origin.
    pub origin: OriginRule,
    /// The ways to log in that it accepts, the preferred one first; none: it takes no credentials.
    pub credentials: &'static [CredentialForm],
    /// Fields that only some types use and this one does, and whether it requires them.
    pub uses: &'static [(Field, Need)],
    /// What else people call it. A name that several types have may mean any of them.
    pub also_called: &'static [&'static str],
    /// What else there is to know about it.
    pub remark: Option<&'static str>,
}

const TYPES: [TypeSpec; 12] = {
    use CredentialForm::{AccessKey, Password, Token, TokenForAll};
    use IntegrationType as T;
    use Need::{Optional, Required};
    use OriginRule::{Folder, Url, UrlOr, UrlOrUnknown};
    [
        TypeSpec {
            integration_type: T::GitHub,
            name: "GITHUB",
            product: "GitHub.com",
            origin: UrlOr("https://api.github.com"),
            credentials: &[Token, Password],
            uses: &[(Field::ApiPath, Optional)],
            also_called: &[
                "github.com",
                "github cloud",
                "github enterprise cloud",
                "github enterprise",
            ],
            remark: Some("github.com does not accept passwords; use a token"),
        },
        TypeSpec {
            integration_type: T::GitHubServer,
            name: "GITHUB_SERVER",
            product: "GitHub Enterprise Server",
            origin: Url,
            credentials: &[Token, Password],
            uses: &[(Field::ApiPath, Optional)],
            also_called: &["github enterprise", "ghe", "github ent"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::GitLab,
            name: "GITLAB",
            product: "GitLab.com",
            origin: UrlOr("https://gitlab.com"),
            credentials: &[Token],
            uses: &[(Field::ApiPath, Optional)],
            also_called: &["gitlab.com", "gitlab cloud"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::GitLabServer,
            name: "GITLAB_SERVER",
            product: "GitLab CE/EE",
            origin: Url,
            credentials: &[Token],
            uses: &[(Field::ApiPath, Optional)],
            also_called: &[
                "gitlab ce",
                "gitlab ee",
                "gitlab self managed",
                "gitlab self hosted",
            ],
            remark: None,
        },
        TypeSpec {
            integration_type: T::GitLabServerLegacy,
            name: "GITLAB_SERVER_LEGACY",
            product: "GitLab CE/EE with API v3",
            origin: Url,
            credentials: &[Password],
            uses: &[(Field::ApiPath, Optional)],
            also_called: &["gitlab legacy", "gitlab v3"],
            remark: Some("the vendor ended its support in March 2024; use `GITLAB_SERVER`"),
        },
        TypeSpec {
            integration_type: T::Aws,
            name: "AWS",
            product: "AWS CodeCommit",
            origin: UrlOrUnknown,
            credentials: &[AccessKey],
            uses: &[(Field::AwsRegion, Required)],
            also_called: &["codecommit", "amazon codecommit", "amazon"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::Azure,
            name: "AZURE",
            product: "Azure Repos",
            origin: UrlOr("https://dev.azure.com"),
            credentials: &[Token],
            uses: &[(Field::TfsCollection, Optional)],
            also_called: &["azure cloud", "azure devops services", "azure devops"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::Vsts,
            name: "VSTS",
            product: "Visual Studio Team Services",
            origin: UrlOrUnknown,
            credentials: &[Token],
            uses: &[(Field::TfsCollection, Optional)],
            also_called: &["visual studio online"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::TfsServer,
            name: "TFS_SERVER",
            product: "Team Foundation Server",
            origin: Url,
            credentials: &[Password, TokenForAll],
            uses: &[(Field::TfsCollection, Optional)],
            also_called: &["tfs"],
            remark: Some("write the user name without a domain"),
        },
        TypeSpec {
            integration_type: T::AzureDevops,
            name: "AZURE_DEVOPS",
            product: "Azure DevOps Server",
            origin: Url,
            credentials: &[Token, Password],
            uses: &[(Field::TfsCollection, Optional)],
            also_called: &["azure devops on premises", "azure devops"],
            remark: None,
        },
        TypeSpec {
            integration_type: T::Filespace,
            name: "FILESPACE",
            product: "tracked folder",
            origin: Folder,
            credentials: &[],
            uses: &[(Field::FolderDepth, Optional)],
            also_called: &["folder", "file system"],
            remark: Some(
                "the path ends in `*`; `folderDepth` limits how deep to search for repositories",
            ),
        },
        TypeSpec {
            integration_type: T::Gerrit,
            name: "GERRIT",
            product: "Gerrit",
            origin: Url,
            credentials: &[Password],
            uses: &[],
            also_called: &["gerrit code review"],
            remark: None,
        },
    ]
};

impl TypeSpec {
    /// Whether the type takes its `username` as an access key id, which is a secret.
    pub fn username_is_secret(&self) -> bool {
        self.credentials.contains(&CredentialForm::AccessKey)
    }

    /// Whether the type does anything with `field`.
    pub fn uses(&self, field: Field) -> bool {
        match field {
            // A user name beside a token has a rule of its own, and so has a token beside a password.
            Field::Username | Field::Password | Field::Pat => !self.credentials.is_empty(),
            field => self.need(field) != Need::Unused,
        }
    }
}

impl IntegrationType {
    /// All types, in the manual's order.
    pub fn all() -> impl Iterator<Item = Self> {
        TYPES.iter().map(|spec| spec.integration_type)
    }

    /// What the type needs and uses.
    pub fn spec(self) -> &'static TypeSpec {
        &TYPES[self as usize]
    }

    /// The given fields that the type does not use.
    pub fn unused(self, fields: FieldSet) -> FieldSet {
        static USED: LazyLock<Vec<FieldSet>> = LazyLock::new(|| {
            let used = |spec: &TypeSpec| Field::all().filter(|field| spec.uses(*field)).collect();
            TYPES.iter().map(used).collect()
        });
        fields.without(USED[self as usize])
    }

    /// The type's name in the API: `GITHUB_SERVER`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The product behind the type: `GitHub Enterprise Server`.
    pub fn product(self) -> &'static str {
        self.spec().product
    }

    /// The type of this name, in any case, with spaces or `-` for `_`.
    pub fn from_name(name: &str) -> Option<Self> {
        let same = |(ours, theirs): (u8, u8)| {
            ours == theirs.to_ascii_uppercase() || (ours == b'_' && matches!(theirs, b' ' | b'-'))
        };
        TYPES
            .iter()
            .find(|spec| {
                spec.name.len() == name.len() && spec.name.bytes().zip(name.bytes()).all(same)
            })
            .map(|spec| spec.integration_type)
    }
}

impl fmt::Display for IntegrationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_agree_with_serde() {
        for (index, spec) in TYPES.iter().enumerate() {
            assert_eq!(spec.integration_type as usize, index);
            let json = serde_json::to_value(spec.integration_type).unwrap();
            assert_eq!(json, spec.name);
        }
    }

    #[test]
    fn names_match_in_any_case_and_with_spaces() {
        assert_eq!(
            IntegrationType::from_name("github server"),
            Some(IntegrationType::GitHubServer)
        );
        assert_eq!(IntegrationType::from_name("GITHUBSERVER"), None);
    }
}
