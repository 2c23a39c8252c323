//! What a row may say and probably does not mean.

use super::compiled::pattern_error;
use crate::model::{
    Code, Field, FieldSet, FieldValue, IntegrationType, Origin, OriginRule, RecordDraft, Region,
    Username,
};

/// A finding: the field that it is told at, code, message and help.
pub(super) type Finding = (Field, Code, String, String);

/// Looks at the values of a row of type `of` that gives the fields `given`.
pub(super) fn lint(of: IntegrationType, given: FieldSet, draft: &RecordDraft) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut tell = |field: Field, code: Code, message: String, help: &str| {
        found.push((field, code, message, help.to_owned()));
    };
    if !given.has(Field::DisplayName) {
        tell(
            Field::DisplayName,
            Code::NoDisplayName,
            "the row has no `displayName`, so a second import cannot recognise it".into(),
            "give it a name of its own",
        );
    }
    let is_pat_alone = given.has(Field::Pat) && !given.has(Field::Password);
    if is_pat_alone && given.has(Field::Username) && of != IntegrationType::TfsServer {
        tell(
            Field::Username,
            Code::UsernameBesidePat,
            "`username` stands beside `pat`, which is enough by itself".into(),
            "empty the cell, or use `username` and `password`",
        );
    }
    for field in of.spec().unused(given) {
        tell(
            field,
            Code::UnusedField,
            format!("{of} does not use `{field}`"),
            "leave it blank for this type",
        );
    }
    lint_type(of, given, draft.username.as_ref(), &mut tell);
    lint_origin(given, draft.origin.as_ref(), of, &mut tell);
    lint_settings(draft, &mut tell);
    found
}

fn lint_type(
    of: IntegrationType,
    given: FieldSet,
    username: Option<&Username>,
    tell: &mut impl FnMut(Field, Code, String, &str),
) {
    if of == IntegrationType::GitHub && given.has(Field::Password) {
        tell(
            Field::Password,
            Code::GitHubPassword,
            "github.com has taken no passwords since 2020".into(),
            "use a personal access token in `pat`",
        );
    }
    let has_domain = matches!(username, Some(Username::Name(name)) if name.contains('\\'));
    if of == IntegrationType::TfsServer && has_domain {
        tell(
            Field::Username,
            Code::DomainInUsername,
            "the user name holds a Windows domain, which the app does not want".into(),
            "write the user's name alone",
        );
    }
    if of == IntegrationType::GitLabServerLegacy {
        tell(
            Field::Type,
            Code::UnsupportedType,
            "the app's vendor dropped support for GITLAB_SERVER_LEGACY in March 2024".into(),
            "use `GITLAB_SERVER` with a `pat`",
        );
    }
    if of == IntegrationType::Filespace && !given.has(Field::FolderDepth) {
        tell(
            Field::FolderDepth,
            Code::NoFolderDepth,
            "`folderDepth` is left to Jira's default".into(),
            "write 1 to 5 for how deep repositories lie below the folder",
        );
    }
}

fn lint_origin(
    given: FieldSet,
    origin: Option<&Origin>,
    of: IntegrationType,
    tell: &mut impl FnMut(Field, Code, String, &str),
) {
    let Some(origin) = origin else { return };
    if of.spec().origin == OriginRule::Folder {
        if !origin.as_str().ends_with('*') {
            tell(
                Field::Origin,
                Code::FolderWithoutStar,
                format!("the folder `{}` does not end in `*`", origin.as_str()),
                &format!(
                    "write `{}` to track the repositories below the folder",
                    with_star(origin.as_str())
                ),
            );
        }
    } else if origin.is_plain_http() && (given.has(Field::Pat) || given.has(Field::Password)) {
        tell(
            Field::Origin,
            Code::PlainHttp,
            "Jira will send the credential over unencrypted http".into(),
            "use `https://` if the host has it",
        );
    }
}

/// A folder's path with the `*` that stands for the folders below it.
fn with_star(path: &str) -> String {
    let is_windows = path.contains('\\') && !path.starts_with('/');
    match (path.ends_with(['/', '\\']), is_windows) {
        (true, _) => format!("{path}*"),
        (false, true) => format!(r"{path}\*"),
        (false, false) => format!("{path}/*"),
    }
}

fn lint_settings(draft: &RecordDraft, tell: &mut impl FnMut(Field, Code, String, &str)) {
    let (mut named, mut on) = (FieldSet::default(), FieldSet::default());
    for (field, value) in &draft.settings {
        named = named.with(*field);
        if *value == FieldValue::Flag(true) {
            on = on.with(*field);
        }
    }
    let says = |field: Field, flag: bool| named.has(field) && on.has(field) == flag;
    if says(Field::DisableSslVerification, true) {
        tell(
            Field::DisableSslVerification,
            Code::SslVerificationOff,
            "Jira will not check the host's certificate".into(),
            "let Jira trust the host's certificate authority instead",
        );
    }
    for (field, value) in &draft.settings {
        match (field, value) {
            (Field::AwsRegion, FieldValue::Text(region))
                if Region::parse(region).is_ok_and(|region| !region.is_listed()) =>
            {
                tell(
                    Field::AwsRegion,
                    Code::RegionNotListed,
                    format!("`{region}` is not in the vendor's list of regions"),
                    "check that your version of the app knows it",
                );
            }
            (Field::ProjectMappingIds | Field::ProjectKeys, _) if says(Field::Global, true) => {
                tell(
                    Field::Global,
                    Code::GlobalWithProjects,
                    "`global` is true, and the row names projects".into(),
                    "keep one of the two: with `global` all projects see the integration",
                );
            }
            (Field::TagsFilter | Field::PrHideFilter, FieldValue::Text(pattern)) => {
                if let Some(error) = pattern_error(pattern) {
                    tell(
                        *field,
                        Code::NotARegex,
                        format!("`{field}` is probably not a regular expression: {error}"),
                        "try it in Java's dialect, which differs a little from what is checked here",
                    );
                }
            }
            _ => {}
        }
    }
    if named.has(Field::ProjectMappingIds) && named.has(Field::ProjectKeys) {
        tell(
            Field::ProjectKeys,
            Code::KeysBesideIds,
            "the row names projects both by key and by id".into(),
            "keep one of the two; keys are the same in every Jira",
        );
    }
    let names_projects = named.has(Field::ProjectMappingIds) || named.has(Field::ProjectKeys);
    if says(Field::GitViewerEnabled, true) && says(Field::Global, false) && !names_projects {
        tell(
            Field::GitViewerEnabled,
            Code::VisibleToNone,
            "the repository browser is on, and no project sees it".into(),
            "name projects, or let `global` be true",
        );
    }
}

/// What a secret's own prefix says against its type: GitHub's and GitLab's tokens say whose they are.
pub(super) fn foreign_token(of: IntegrationType, secret: &str) -> Option<&'static str> {
    use IntegrationType as T;
    if !secret.starts_with(['g', 'A']) {
        return None;
    }
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| secret.starts_with(prefix));
    let is_github = begins(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]);
    let is_gitlab = begins(&["glpat-", "gldt-", "glrt-"]);
    let is_aws = is_key_id(secret);
    match of {
        T::GitHub | T::GitHubServer => is_gitlab.then_some("GitLab").or(is_aws.then_some("AWS")),
        T::GitLab | T::GitLabServer | T::GitLabServerLegacy => {
            is_github.then_some("GitHub").or(is_aws.then_some("AWS"))
        }
        T::Aws => is_github
            .then_some("GitHub")
            .or(is_gitlab.then_some("GitLab")),
        _ => None,
    }
}

/// What the cell of `field` holds, if it is the other half of an AWS access key, and the field where it belongs.
pub(super) fn other_half(
    of: IntegrationType,
    field: Field,
    secret: &str,
) -> Option<(&'static str, Field)> {
    match field {
        _ if of != IntegrationType::Aws => None,
        Field::Password if is_key_id(secret) => Some(("an access key id", Field::Username)),
        Field::Username if is_secret_key(secret) => Some(("a secret access key", Field::Password)),
        _ => None,
    }
}

/// `AKIA…`, as AWS documents its access key ids.
fn is_key_id(text: &str) -> bool {
    text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA"))
}

/// Whether a whole text has the shape of an AWS secret access key: 40 characters of base64, all kinds among them.
fn is_secret_key(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    text.len() == 40
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(|b| !b.is_ascii_alphabetic())
}

/// Whether a whole cell says that it is still to be filled in. The values of the vendor's examples are none.
pub(super) fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "changeme",
        "change-me",
        "change_me",
        "todo",
        "tbd",
        "fixme",
        "placeholder",
        "...",
        "\u{2026}",
    ];
    const LONGEST_WORD: usize = 11;
    let is_bracketed = text.len() > 2 && text.starts_with('<') && text.ends_with('>');
    let is_crossed = text.len() >= 3 && text.bytes().all(|b| matches!(b, b'x' | b'X'));
    let is_word = || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    is_bracketed || is_crossed || text.len() <= LONGEST_WORD && is_word()
}

/// Whether a text that others can read holds what has the shape of a known kind of token.
///
/// The prefixes are those that GitHub, GitLab and AWS document for their tokens and access key ids.
pub(super) fn holds_a_token(text: &str) -> bool {
    const PREFIXES: [&str; 9] = [
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "AKIA",
        "ASIA",
    ];
    const SHORTEST_PREFIX: usize = 4;
    const SHORTEST_REST: usize = 16;
    let bytes = text.as_bytes();
    let Some(last_start) = bytes.len().checked_sub(SHORTEST_PREFIX + SHORTEST_REST) else {
        return false;
    };
    let starts = bytes[..=last_start].iter().zip(&bytes[1..]).enumerate();
    // All begin with one of two letters, and the second is one of few.
    let mut starts =
        starts.filter(|(_, pair)| matches!(pair, (b'g', b'h' | b'i' | b'l') | (b'A', b'K' | b'S')));
    starts.any(|(at, _)| {
        let from_here = &bytes[at..];
        let rest = PREFIXES
            .iter()
            .find_map(|prefix| from_here.strip_prefix(prefix.as_bytes()));
        let is_of_token = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        rest.is_some_and(|rest| rest.iter().take_while(is_of_token).count() >= SHORTEST_REST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_whole_cells() {
        for text in ["changeme", "TODO", "<token>", "xxxx", "XXX"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "mypassword",
            "xx",
            "todo list",
            "johnsmith",
            "https://mygithub.yourorg.com",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn the_halves_of_an_access_key_are_told_apart() {
        let (id, key) = (
            "AKIAI44QH8DHBEXAMPLE",
            "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        );
        let belongs =
            |field, text| other_half(IntegrationType::Aws, field, text).map(|half| half.1);
        assert_eq!(belongs(Field::Password, id), Some(Field::Username));
        assert_eq!(belongs(Field::Username, key), Some(Field::Password));
        assert_eq!(belongs(Field::Password, key), None);
        assert_eq!(belongs(Field::Username, id), None);
        assert_eq!(
            other_half(IntegrationType::Gerrit, Field::Password, id),
            None
        );
    }

    #[test]
    fn tokens_are_known_by_prefix_and_length() {
        assert!(holds_a_token("bot ghp_0123456789abcdefghij"));
        assert!(holds_a_token("AKIAABCDEFGHIJKLMNOP"));
        assert!(!holds_a_token("ghp_short"));
        assert!(!holds_a_token("Team AKIA"));
    }
}
