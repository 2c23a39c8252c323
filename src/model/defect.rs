//! What a type needs and a row does not give.

use super::field::{Field, FieldSet};
use super::integration_type::{CredentialForm, OriginRule, TypeSpec};

/// A required thing that is missing, or credentials that do not go together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Defect {
    /// The type needs this field.
    Missing(Field),
    /// The type needs one of these ways to log in, and the row has none.
    NoCredential(&'static [CredentialForm]),
    /// `pat` and `password` together.
    MixedCredentials,
    /// A `pat` that needs the user name `all` beside it.
    TokenUserNotAll,
}

/// Lists what is wrong with a row of the type `spec` that gives the fields `given` and the user name `username`. This is
/// the one place that decides whether a row is complete: validation and [`Record::new`](super::Record::new) both ask it.
pub(crate) fn defects(spec: &TypeSpec, given: FieldSet, username: Option<&str>) -> Vec<Defect> {
    let mut found = Vec::new();
    let origin_required = matches!(spec.origin, OriginRule::Url | OriginRule::Folder);
    if origin_required && !given.has(Field::Origin) {
        found.push(Defect::Missing(Field::Origin));
    }
    for &field in spec.requires {
        if !given.has(field) {
            found.push(Defect::Missing(field));
        }
    }
    if !spec.credentials.is_empty() {
        credential_defects(spec, given, username, &mut found);
    }
    found
}

fn credential_defects(
    spec: &TypeSpec,
    given: FieldSet,
    username: Option<&str>,
    found: &mut Vec<Defect>,
) {
    use CredentialForm::{AccessKey, Password, Token, TokenForAll};
    let accepts = |form| spec.credentials.contains(&form);
    let has = |field| given.has(field);
    match (has(Field::Pat), has(Field::Password)) {
        (true, true) => found.push(Defect::MixedCredentials),
        (true, false) if accepts(Token) => {}
        (true, false) if accepts(TokenForAll) => {
            if username != Some("all") {
                found.push(Defect::TokenUserNotAll);
            }
        }
        (false, true) if accepts(Password) || accepts(AccessKey) => {
            if !has(Field::Username) {
                found.push(Defect::Missing(Field::Username));
            }
        }
        (false, false) if has(Field::Username) && !accepts(Token) && !accepts(TokenForAll) => {
            found.push(Defect::Missing(Field::Password));
        }
        _ => found.push(Defect::NoCredential(spec.credentials)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType as T;
    use Field::{AwsRegion, Origin, Password, Pat, Username};

    fn check(of: T, given: &[Field], username: Option<&str>) -> Vec<Defect> {
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
            [Defect::TokenUserNotAll]
        );
        assert_eq!(
            check(T::TfsServer, &[Origin, Pat], None),
            [Defect::TokenUserNotAll]
        );
    }

    #[test]
    fn a_token_beside_a_password_is_mixed() {
        let given = [Origin, Username, Password, Pat];
        assert_eq!(
            check(T::GitHubServer, &given, Some("jo")),
            [Defect::MixedCredentials]
        );
    }

    #[test]
    fn the_missing_half_of_a_pair_is_named() {
        assert_eq!(
            check(T::Gerrit, &[Origin, Username], Some("jo")),
            [Defect::Missing(Password)]
        );
        assert_eq!(
            check(T::Gerrit, &[Origin, Password], None),
            [Defect::Missing(Username)]
        );
    }
}
