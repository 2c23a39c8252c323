//! What is said about values that cannot be.

use super::quoted::{Shape, is_near_a_type, quoted};
use crate::model::{
    Code, CredentialForm, Defect, Field, FieldValueError, IntegrationType, OriginError, Region,
};

/// Code, message and help.
pub(super) type Told = (Code, String, String);

pub(super) fn unknown_type(text: &str) -> Told {
    let is_near = is_near_a_type(text);
    let shown = quoted(text, if is_near { Shape::Near } else { Shape::Word });
    let help = if !is_near && holds_a_row(text) {
        "the whole row stands in one cell: take the quotes around it away, or separate its cells as those of the header \
         row are"
            .to_owned()
    } else {
        IntegrationType::help_for(text)
    };
    (
        Code::UnknownType,
        format!("{shown} is not an integration type"),
        help,
    )
}

/// Whether a text that is no type begins with one, and cells of a row follow.
fn holds_a_row(text: &str) -> bool {
    let first = text.split_once([',', ';', '\t', '|', ':']);
    first.is_some_and(|(first, _)| {
        let first = first.trim().trim_matches('"');
        IntegrationType::from_name(first).is_some() || is_near_a_type(first)
    })
}

pub(super) fn origin(error: &OriginError, text: &str, of: IntegrationType) -> Told {
    match error {
        OriginError::NotAUrl => (
            Code::OriginNotUrl,
            format!("{} is not an http(s) URL", quoted(text, Shape::Address)),
            "write the host's base URL, such as `https://git.example.org`".into(),
        ),
        OriginError::UserInfo => (
            Code::OriginHasUserInfo,
            "the origin holds a user name or password".into(),
            "move it to the columns `username` and `password` or `pat`".into(),
        ),
        OriginError::QueryOrFragment => (
            Code::OriginHasQuery,
            "the origin holds a `?` query or `#` fragment".into(),
            "write the host's base URL alone".into(),
        ),
        OriginError::CloneUrl => (
            Code::OriginIsCloneUrl,
            format!("{} is the address of one repository", quoted(text, Shape::Address)),
            format!("{} needs the base URL of the host; Jira finds its repositories", of.product()),
        ),
        OriginError::NotAnAbsolutePath => (
            Code::FolderNotAbsolute,
            format!("{} is not an absolute path", quoted(text, Shape::Path)),
            r"write the folder as Jira's machine sees it: `/srv/repos/*`, `D:\repos\*` or `\\server\share\*`"
                .into(),
        ),
    }
}

pub(super) fn value(error: &FieldValueError, field: Field, text: &str) -> Told {
    let shape = match error {
        FieldValueError::NotAnInteger
        | FieldValueError::NotAnIdList
        | FieldValueError::JoinedIds
        | FieldValueError::NotAKeyList
        | FieldValueError::DepthOutOfRange => Shape::Numerals,
        FieldValueError::NotARegion if close_region(text).is_some() => Shape::Near,
        FieldValueError::NoLeadingSlash => Shape::Path,
        _ => Shape::Word,
    };
    let shown = quoted(text, shape);
    match error {
        FieldValueError::NotAFlag => (
            Code::NotABoolean,
            format!("`{field}` is {shown}, which is neither true nor false"),
            "write `true` or `false`, or leave the cell blank for Jira's default".into(),
        ),
        FieldValueError::NotAnInteger => (
            Code::NotAnInteger,
            format!("`{field}` is {shown}, which is not a whole number"),
            "write digits only".into(),
        ),
        FieldValueError::NotAnIdList => (
            Code::NotAnIdList,
            format!("`{field}` is {shown}, which is not a list of numeric project ids"),
            "write ids such as `10000, 10100`".into(),
        ),
        FieldValueError::JoinedIds => (
            Code::JoinedIds,
            format!("`{field}` is {shown}: ids that were joined by a thousands separator"),
            "format the cell as text; write one id without a separator in it, several with `, ` between".into(),
        ),
        FieldValueError::NotARegion => (
            Code::UnknownRegion,
            format!("{shown} is not an AWS region"),
            region_help(text),
        ),
        FieldValueError::DepthOutOfRange => (
            Code::FolderDepthOutOfRange,
            format!("`{field}` is {shown}"),
            "write a whole number from 1 to 5".into(),
        ),
        FieldValueError::NoLeadingSlash => (
            Code::ApiPathNotAbsolute,
            format!("`{field}` is {shown}, which does not begin with `/`"),
            "write the path of the host's API, such as `/api/v3`".into(),
        ),
        FieldValueError::NotAKeyList => (
            Code::NotAKeyList,
            format!("`{field}` is {shown}, which is not a list of project keys"),
            "write keys such as `ABC, DEF`".into(),
        ),
        FieldValueError::NotAFilter { reason, at } => (
            Code::NotJmespath,
            format!("`{field}` is not JMESPath: {reason} at character {at}"),
            "mend the expression; jmespath.org has a page to try it on".into(),
        ),
        FieldValueError::NotARefSpec(spec) => (
            Code::NotARefspec,
            format!(
                "`{field}` holds {}, which is not a refspec",
                quoted(spec, Shape::Path)
            ),
            "write `+refs/a/*:refs/a/*`, with commas between several".into(),
        ),
        FieldValueError::TooLong => (
            Code::TooLong,
            format!("`{field}` is longer than 2,000 characters"),
            "shorten it; Jira takes no more".into(),
        ),
    }
}

fn close_region(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let distances = Region::listed()
        .iter()
        .map(|region| (strsim::osa_distance(region, &text), *region));
    distances
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, region)| region)
}

fn region_help(text: &str) -> String {
    match close_region(text) {
        Some(region) => format!("did you mean `{region}`?"),
        None => "write the region's code, such as `eu-central-1`".into(),
    }
}

/// A defect's code, message and help, and the field that it is told at.
pub(super) fn defect(defect: &Defect, of: IntegrationType) -> (Field, Told) {
    match defect {
        Defect::Missing(Field::Origin) => {
            let example = match of.spec().origin {
                crate::model::OriginRule::Folder => "the folder's path, such as `/srv/repos/*`",
                _ => "the base URL of the host, such as `https://git.example.org`",
            };
            let told = (
                Code::MissingOrigin,
                format!("{of} needs an `origin`"),
                format!("fill in {example}"),
            );
            (Field::Origin, told)
        }
        Defect::Missing(field @ (Field::Username | Field::Password)) => {
            let told = (
                Code::MissingCredential,
                format!("{of} needs a `{field}`"),
                format!("fill in `{field}`, beside what the row has"),
            );
            (*field, told)
        }
        Defect::Missing(field) => {
            let told = (
                Code::MissingField,
                format!("{of} needs `{field}`"),
                format!("fill in the column `{field}`"),
            );
            (*field, told)
        }
        Defect::NoCredential(forms) => {
            let forms: Vec<_> = forms
                .iter()
                .map(|form| CredentialForm::in_words(*form))
                .collect();
            let forms = forms.join(", or ");
            let told = (
                Code::MissingCredential,
                format!("{of} needs {forms}"),
                "fill in the credentials of the account that Jira is to use".into(),
            );
            (Field::Pat, told)
        }
        Defect::MixedCredentials => {
            let told = (
                Code::MixedCredentials,
                "the row holds both `pat` and `password`".into(),
                "keep the one that Jira is to use and empty the other cell".into(),
            );
            (Field::Pat, told)
        }
        Defect::TokenUserNotAll => {
            let told = (
                Code::TokenUserNotAll,
                format!("{of} takes a `pat` only with the `username` `all`"),
                "write `all` as the user name, or use `username` and `password`".into(),
            );
            (Field::Username, told)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_wrong_column_is_not_shown() {
        let canary = "canaryvendorpat";
        for error in [
            FieldValueError::NotAFlag,
            FieldValueError::NotAnInteger,
            FieldValueError::NotAnIdList,
            FieldValueError::NotARegion,
            FieldValueError::DepthOutOfRange,
        ] {
            let (_, message, _) = value(&error, Field::Global, canary);
            assert!(message.contains("a text of 15 characters"), "{message}");
        }
        assert!(!unknown_type(canary).1.contains("canary"));
    }

    #[test]
    fn what_may_be_a_password_in_an_origin_is_not_shown() {
        for text in [
            "htps://jo:canary@host",
            "ssh://git:canary@host/a.git",
            "jo:canary@host",
        ] {
            let error = crate::model::Origin::parse(IntegrationType::Gerrit, text).unwrap_err();
            let (_, message, help) = origin(&error, text, IntegrationType::Gerrit);
            assert!(!format!("{message}{help}").contains("canary"), "{message}");
        }
    }
}
