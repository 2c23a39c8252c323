//! What is said about values that cannot be.

use crate::model::{
    Code, CredentialForm, Defect, Field, FieldValueError, IntegrationType, OriginError, Region,
};

/// Code, message and help.
pub(super) type Told = (Code, String, String);

/// Longest piece of a cell that a message shows.
const LONGEST_SHOWN: usize = 60;

/// A cell's text for a message, cut to a sensible length.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

pub(super) fn unknown_type(text: &str) -> Told {
    (
        Code::UnknownType,
        format!("{} is not an integration type", shown(text)),
        IntegrationType::help_for(text),
    )
}

/// An origin for a message: whatever stands before an `@` may be a password.
fn shown_origin(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((user, rest)) if user != "git" => shown(&format!("…@{rest}")),
        _ => shown(text),
    }
}

pub(super) fn origin(error: &OriginError, text: &str, of: IntegrationType) -> Told {
    match error {
        OriginError::NotAUrl => (
            Code::OriginNotUrl,
            format!("{} is not an http(s) URL", shown_origin(text)),
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
            format!("{} is the address of one repository", shown_origin(text)),
            format!("{} needs the base URL of the host; Jira finds its repositories", of.product()),
        ),
        OriginError::NotAnAbsolutePath => (
            Code::FolderNotAbsolute,
            format!("{} is not an absolute path", shown_origin(text)),
            r"write the folder as Jira's machine sees it: `/srv/repos/*`, `D:\repos\*` or `\\server\share\*`"
                .into(),
        ),
    }
}

pub(super) fn value(error: &FieldValueError, field: Field, text: &str) -> Told {
    let shown = shown(text);
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
            "format the cell as text and write `10000, 10100`".into(),
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
        FieldValueError::TooLong => (
            Code::TooLong,
            format!("`{field}` is longer than 2,000 characters"),
            "shorten it; Jira takes no more".into(),
        ),
    }
}

fn region_help(text: &str) -> String {
    let text = text.to_lowercase();
    let close = Region::listed()
        .iter()
        .map(|region| (strsim::osa_distance(region, &text), region))
        .min();
    match close {
        Some((distance, region)) if distance <= 3 => format!("did you mean `{region}`?"),
        _ => "write the region's code, such as `eu-central-1`".into(),
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
