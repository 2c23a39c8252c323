//! What a type needs and a row does not give.

use super::code::Code;
use super::diagnostic::Problem;
use super::field::{Field, FieldSet};
use super::integration_type::{CredentialForm, Need, OriginRule, TypeSpec};

/// Lists what is wrong with a row of the type `spec` that gives the fields `given` and the user name `username`: required
/// things that are missing, and credentials that do not go together. Each is reported at its field.
pub(crate) fn defects(
    spec: &TypeSpec,
    given: FieldSet,
    username: Option<&str>,
) -> Vec<(Field, Problem)> {
    let mut found = Vec::new();
    let origin_help = match spec.origin {
        OriginRule::Folder => Some("fill in the folder's path, such as `/srv/repos/*`"),
        OriginRule::Url => {
            Some("fill in the base URL of the host, such as `https://git.example.org`")
        }
        OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown => None,
    };
    if let Some(help) = origin_help.filter(|_| !given.has(Field::Origin)) {
        found.push(missing(spec, Field::Origin, Code::MissingOrigin, help));
    }
    for (field, need) in spec.uses {
        if *need == Need::Required && !given.has(*field) {
            found.push(missing(spec, *field, Code::MissingField, FILL_IN));
        }
    }
    if !spec.credentials.is_empty() {
        found.extend(credential_defect(spec, given, username));
    }
    found
}

const FILL_IN: &str = "fill in the cell; if the column is missing, add it";

fn missing(spec: &TypeSpec, field: Field, code: Code, help: &str) -> (Field, Problem) {
    let message = format!("{} needs `{field}`", spec.name);
    (field, Problem::new(code, message, help))
}

fn credential_defect(
    spec: &TypeSpec,
    given: FieldSet,
    username: Option<&str>,
) -> Option<(Field, Problem)> {
    use CredentialForm::{AccessKey, Password, Token, TokenForAll};
    let accepts = |form| spec.credentials.contains(&form);
    let has = |field| given.has(field);
    let half = |field| missing(spec, field, Code::MissingCredential, FILL_IN);
    match (has(Field::Pat), has(Field::Password)) {
        (true, true) => {
            let help = "keep the one that Jira is to use and empty the other cell";
            Some((Field::Pat, Problem::of(Code::MixedCredentials, help)))
        }
        (true, false) if accepts(Token) => None,
        (true, false) if accepts(TokenForAll) => (username != Some("all")).then(|| {
            let help = "write `all` as the user name, or use `username` and `password`";
            (Field::Username, Problem::of(Code::TokenUserNotAll, help))
        }),
        (false, true) if accepts(Password) || accepts(AccessKey) => {
            (!has(Field::Username)).then(|| half(Field::Username))
        }
        (false, false) if has(Field::Username) && !accepts(Token) && !accepts(TokenForAll) => {
            Some(half(Field::Password))
        }
        _ => {
            let message = format!("{} needs {}", spec.name, spec.credentials_in_words());
            let help = "fill in the credentials of the account that Jira is to use";
            let problem = Problem::new(Code::MissingCredential, message, help);
            Some((Field::Pat, problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType as T;
    use Field::{AwsRegion, Origin, Password, Pat, Username};

    fn check(of: T, given: &[Field], username: Option<&str>) -> Vec<(Field, Code)> {
        let found = defects(of.spec(), given.iter().copied().collect(), username);
        let codes = found
            .into_iter()
            .map(|(field, problem)| (field, problem.code));
        codes.collect()
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
