//! What each integration type needs, in words that are made from its entry.

use super::field::Field;
use super::integration_type::{CredentialForm, IntegrationType, OriginRule, TypeSpec};

/// How much a type needs a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A row without it is not valid.
    Required,
    /// Part of one of several ways to log in.
    OneWay,
    /// It may be blank.
    Optional,
    /// The type does nothing with it.
    Unused,
}

impl CredentialForm {
    /// The fields that it takes.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Token => &[Field::Pat],
            Self::Password | Self::AccessKey => &[Field::Username, Field::Password],
            Self::TokenForAll => &[Field::Username, Field::Pat],
        }
    }
}

impl TypeSpec {
    /// How much the type needs `field`.
    pub fn need(&self, field: Field) -> Need {
        match field {
            Field::Type => Need::Required,
            Field::Origin => match self.origin {
                OriginRule::Url | OriginRule::Folder => Need::Required,
                OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown => Need::Optional,
            },
            Field::Username | Field::Password | Field::Pat => {
                let takes = |form: &&CredentialForm| form.fields().contains(&field);
                match self.credentials.iter().filter(takes).count() {
                    0 => Need::Unused,
                    ways if ways == self.credentials.len() => Need::Required,
                    _ => Need::OneWay,
                }
            }
            _ if self.requires.contains(&field) => Need::Required,
            _ if self.uses(field) => Need::Optional,
            _ => Need::Unused,
        }
    }

    /// The origin in words.
    pub fn origin_in_words(&self) -> String {
        match self.origin {
            OriginRule::Url => "the base URL of the host, such as https://git.example.org".into(),
            OriginRule::UrlOr(default) => format!("may be blank: Jira takes {default}"),
            OriginRule::UrlOrUnknown => "may be blank".into(),
            OriginRule::Folder => {
                r"the folder's path as Jira's machine sees it, such as /srv/repos/*, D:\repos\* or \\server\share\*".into()
            }
        }
    }

    /// The ways to log in, in words.
    pub fn credentials_in_words(&self) -> String {
        if self.credentials.is_empty() {
            return "none: Jira reads the folder itself".into();
        }
        let forms = self.credentials.iter().map(|form| form.in_words());
        forms.collect::<Vec<_>>().join(", or ")
    }

    /// What else there is to know about the type.
    pub fn remark(&self) -> Option<&'static str> {
        match self.integration_type {
            IntegrationType::GitHub => {
                Some("github.com has taken no passwords since 2020: use a token")
            }
            IntegrationType::GitLabServerLegacy => {
                Some("the app's vendor ended its support in March 2024: use `GITLAB_SERVER`")
            }
            IntegrationType::TfsServer => Some("write the user name without a domain before it"),
            IntegrationType::Filespace => {
                Some("the path ends in `*`, and `folderDepth` says how deep repositories lie")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(of: IntegrationType, field: Field) -> Need {
        of.spec().need(field)
    }

    #[test]
    fn what_every_way_to_log_in_takes_is_required() {
        assert_eq!(need(IntegrationType::GitLab, Field::Pat), Need::Required);
        assert_eq!(need(IntegrationType::GitLab, Field::Password), Need::Unused);
        assert_eq!(need(IntegrationType::GitHub, Field::Pat), Need::OneWay);
        assert_eq!(
            need(IntegrationType::TfsServer, Field::Username),
            Need::Required
        );
        assert_eq!(
            need(IntegrationType::Filespace, Field::Username),
            Need::Unused
        );
    }

    #[test]
    fn fields_of_some_types_are_unused_by_the_others() {
        assert_eq!(need(IntegrationType::Aws, Field::AwsRegion), Need::Required);
        assert_eq!(
            need(IntegrationType::Gerrit, Field::AwsRegion),
            Need::Unused
        );
        assert_eq!(need(IntegrationType::Gerrit, Field::Global), Need::Optional);
        assert_eq!(need(IntegrationType::Azure, Field::Origin), Need::Optional);
    }
}
