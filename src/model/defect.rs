//! What a type needs and a row does not give.

use super::code::Code;
use super::field::{Field, FieldSet};
use super::integration_type::{CredentialForm, Need, OriginRule, TypeSpec};

/// Lists what is wrong with a row of the type `spec` that gives the fields `given` and the user name `username`: required
/// things that are missing, and credentials that do not go together.
pub(crate) fn defects(
    spec: &TypeSpec,
    given: FieldSet,
    username: Option<&str>,
) -> Vec<(Field, Code)> {
    let mut found = Vec::new();
    let origin_required = matches!(spec.origin, OriginRule::Url | OriginRule::Folder);
    if origin_required && !given.has(Field::Origin) {
        found.push((Field::Origin, Code::MissingOrigin));
    }
    for (field, need) in spec.uses {
        if *need == Need::Required && !given.has(*field) {
            found.push((*field, Code::MissingField));
        }
    }
    if !spec.credentials.is_empty() {
        found.extend(credential_defect(spec, given, username));
    }
    found
}

fn credential_defect(
    spec: &TypeSpec,
    given: FieldSet,
    username: Option<&str>,
) -> Option<(Field, Code)> {
    use CredentialForm::{AccessKey, Password, Token, TokenForAll};
    let accepts = |form| spec.credentials.contains(&form);
    let has = |field| given.has(field);
    match (has(Field::Pat), has(Field::Password)) {
        (true, true) => Some((Field::Pat, Code::MixedCredentials)),
        (true, false) if accepts(Token) => None,
        (true, false) if accepts(TokenForAll) => {
            (username != Some("all")).then_some((Field::Username, Code::TokenUserNotAll))
        }
        (false, true) if accepts(Password) || accepts(AccessKey) => {
            (!has(Field::Username)).then_some((Field::Username, Code::MissingCredential))
        }
        (false, false) if has(Field::Username) && !accepts(Token) && !accepts(TokenForAll) => {
            Some((Field::Password, Code::MissingCredential))
        }
        _ => Some((Field::Pat, Code::MissingCredential)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType as T;
    use Field::{AwsRegion, Origin, Password, Pat, Username};

    fn check(of: T, given: &[Field], username: Option<&str>) -> Vec<(Field, Code)> {
        defects(of.spec(), given.iter().copied().collect(), username)
    }

    #[test]
    fn each_type_is_complete_with_what_the_manual_asks_for() {
        let user = Some("jo");
        for (of, given) in [
            (T::GitHub, vec![Pat]),
            (T::GitHub, vec![Username, Password]),
            (T::GitHubServer, vec![Origin, Pat]),
            (T::GitHubServer, vec![Origin, Username, Password]),
            (T::GitLab, vec![Pat]),
            (T::GitLabServer, vec![Origin, Pat]),
            (T::GitLabServerLegacy, vec![Origin, Username, Password]),
            (T::Aws, vec![Username, Password, AwsRegion]),
            (T::Azure, vec![Pat]),
            (T::Vsts, vec![Pat]),
            (T::TfsServer, vec![Origin, Username, Password]),
            (T::AzureDevops, vec![Origin, Username, Password]),
            (T::AzureDevops, vec![Origin, Pat]),
            (T::Filespace, vec![Origin]),
            (T::Gerrit, vec![Origin, Username, Password]),
        ] {
            assert_eq!(check(of, &given, user), [], "{of} with {given:?}");
            for left_out in &given {
                let rest: Vec<Field> = given.iter().copied().filter(|f| f != left_out).collect();
                assert_ne!(check(of, &rest, user), [], "{of} without {left_out}");
            }
        }
    }

    #[test]
    fn tfs_takes_a_token_only_for_the_user_all() {
        let given = [Origin, Username, Pat];
        assert_eq!(check(T::TfsServer, &given, Some("all")), []);
        assert_eq!(
            check(T::TfsServer, &given, Some("jo")),
            [(Username, Code::TokenUserNotAll)]
        );
        assert_eq!(
            check(T::TfsServer, &[Origin, Pat], None),
            [(Username, Code::TokenUserNotAll)]
        );
    }

    #[test]
    fn a_token_beside_a_password_is_mixed() {
        let given = [Origin, Username, Password, Pat];
        assert_eq!(
            check(T::GitHubServer, &given, Some("jo")),
            [(Pat, Code::MixedCredentials)]
        );
    }

    #[test]
    fn the_missing_half_of_a_pair_is_named() {
        assert_eq!(
            check(T::Gerrit, &[Origin, Username], Some("jo")),
            [(Password, Code::MissingCredential)]
        );
        assert_eq!(
            check(T::Gerrit, &[Origin, Password], None),
            [(Username, Code::MissingCredential)]
        );
    }
}
