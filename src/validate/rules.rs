//! What the values of a row lack, and what they probably do not mean.

use super::compiled::pattern_error;
use crate::model::{
    Code, Defect, Field, FieldSet, FieldValue, IntegrationType, LISTED_REGIONS, Origin, OriginRule,
    Problem, RecordDraft, defects,
};

/// The problems of rows that lack something. A row of an update has only what is to be changed.
pub(super) const OF_WHOLE_ROWS: [Code; 8] = [
    Code::MissingOrigin,
    Code::MissingCredential,
    Code::MissingField,
    Code::TokenUserNotAll,
    Code::NoDisplayName,
    Code::NoFolderDepth,
    Code::ProjectsWithoutGlobal,
    Code::VisibleToNone,
];

struct Findings(Vec<(Field, Problem)>);

impl Findings {
    fn add(
        &mut self,
        field: Field,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.push((field, Problem::new(code, message, help)));
    }
}

/// The problems of a row of this type that fills in the fields `given`, each with the field where it is reported.
pub(super) fn check(
    integration_type: IntegrationType,
    given: FieldSet,
    draft: &RecordDraft,
) -> Vec<(Field, Problem)> {
    let missing = defects(integration_type.spec(), given, draft.user_name());
    let missing = missing
        .iter()
        .map(|defect| defect_problem(defect, integration_type));
    let mut found = Findings(missing.collect());
    check_credentials(integration_type, given, draft, &mut found);
    check_type(integration_type, given, &mut found);
    if let Some(origin) = &draft.origin {
        check_origin(integration_type, given, origin, &mut found);
    }
    check_settings(draft, &mut found);
    check_projects(draft, &mut found);
    found.0
}

/// The problem of a row that is not complete.
pub(super) fn defect_problem(
    defect: &Defect,
    integration_type: IntegrationType,
) -> (Field, Problem) {
    let (field, code, message, help) = match defect {
        Defect::Missing(Field::Origin) => (
            Field::Origin,
            Code::MissingOrigin,
            format!("{integration_type} needs an `origin`"),
            match integration_type.spec().origin {
                OriginRule::Folder => "fill in the folder's path, such as `/srv/repos/*`",
                _ => "fill in the base URL of the host, such as `https://git.example.org`",
            }
            .to_owned(),
        ),
        Defect::Missing(field @ (Field::Username | Field::Password)) => (
            *field,
            Code::MissingCredential,
            format!("{integration_type} needs a `{field}`"),
            format!("fill in `{field}` as well"),
        ),
        Defect::Missing(field) => (
            *field,
            Code::MissingField,
            format!("{integration_type} needs `{field}`"),
            format!("fill in the column `{field}`"),
        ),
        Defect::NoCredential(forms) => {
            let forms: Vec<&str> = forms.iter().map(|form| form.in_words()).collect();
            (
                Field::Pat,
                Code::MissingCredential,
                format!("{integration_type} needs {}", forms.join(", or ")),
                "fill in the credentials of the account that Jira is to use".to_owned(),
            )
        }
        Defect::MixedCredentials => (
            Field::Pat,
            Code::MixedCredentials,
            "the row has both a `pat` and a `password`".to_owned(),
            "keep the one that Jira is to use and empty the other cell".to_owned(),
        ),
        Defect::TokenUserNotAll => (
            Field::Username,
            Code::TokenUserNotAll,
            format!("{integration_type} takes a `pat` only with the `username` `all`"),
            "write `all` as the user name, or use `username` and `password`".to_owned(),
        ),
    };
    (field, Problem::new(code, message, help))
}

fn check_credentials(
    integration_type: IntegrationType,
    given: FieldSet,
    draft: &RecordDraft,
    found: &mut Findings,
) {
    if !given.has(Field::DisplayName) {
        found.add(
            Field::DisplayName,
            Code::NoDisplayName,
            "the row has no `displayName`, so a second import cannot recognize it",
            "give it a name of its own",
        );
    }
    let is_tfs = integration_type == IntegrationType::TfsServer;
    let has_pat_alone = given.has(Field::Pat) && !given.has(Field::Password);
    if has_pat_alone && given.has(Field::Username) && !is_tfs {
        found.add(
            Field::Username,
            Code::UsernameBesidePat,
            "`username` is not needed with a `pat`",
            "empty the cell, or use `username` and `password`",
        );
    }
    let message = match integration_type {
        IntegrationType::GitHub => Some("github.com has not accepted passwords since 2020"),
        IntegrationType::GitHubServer => {
            Some("the vendor's manual lists only tokens for GitHub Enterprise Server since 2023")
        }
        _ => None,
    };
    if let Some(message) = message
        && given.has(Field::Password)
        && !given.has(Field::Pat)
    {
        let help = "use a personal access token in `pat`";
        found.add(Field::Password, Code::GitHubPassword, message, help);
    }
    if is_tfs && draft.user_name().is_some_and(|name| name.contains('\\')) {
        found.add(
            Field::Username,
            Code::DomainInUsername,
            "the user name contains a Windows domain, which the app does not expect",
            "write the user's name alone",
        );
    }
}

fn check_type(integration_type: IntegrationType, given: FieldSet, found: &mut Findings) {
    for field in integration_type.spec().unused(given) {
        found.add(
            field,
            Code::UnusedField,
            format!("{integration_type} does not use `{field}`"),
            "leave it blank for this type",
        );
    }
    if integration_type == IntegrationType::GitLabServerLegacy {
        found.add(
            Field::Type,
            Code::UnsupportedType,
            "the app's vendor dropped support for GITLAB_SERVER_LEGACY in March 2024",
            "use `GITLAB_SERVER` with a `pat`",
        );
    }
    if integration_type == IntegrationType::Filespace && !given.has(Field::FolderDepth) {
        found.add(
            Field::FolderDepth,
            Code::NoFolderDepth,
            "`folderDepth` is blank, so Jira uses its default",
            "write 1 to 5 for how deep below the folder repositories are",
        );
    }
}

fn check_origin(
    integration_type: IntegrationType,
    given: FieldSet,
    origin: &Origin,
    found: &mut Findings,
) {
    let path = origin.as_str();
    if integration_type.spec().origin == OriginRule::Folder {
        if !path.ends_with('*') {
            found.add(
                Field::Origin,
                Code::FolderWithoutStar,
                format!("the folder `{path}` does not end in `*`"),
                format!(
                    "write `{}` to track the repositories below the folder",
                    with_star(path)
                ),
            );
        }
        return;
    }
    if let Some(vendor) = origin.foreign_vendor(integration_type) {
        found.add(
            Field::Origin,
            Code::ForeignHost,
            format!("the origin is on {vendor}, but the row is {integration_type}"),
            "check the type and the origin",
        );
    }
    if origin.is_plain_http() && (given.has(Field::Pat) || given.has(Field::Password)) {
        found.add(
            Field::Origin,
            Code::PlainHttp,
            "Jira will send the credential over unencrypted http",
            "use `https://` if the host supports it",
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

fn check_settings(draft: &RecordDraft, found: &mut Findings) {
    for (field, value) in &draft.settings {
        match (field, value) {
            (Field::DisableSslVerification, FieldValue::Flag(true)) => found.add(
                *field,
                Code::SslVerificationOff,
                "Jira will not check the host's certificate",
                "let Jira trust the host's certificate authority instead",
            ),
            (Field::AwsRegion, FieldValue::Text(region))
                if !LISTED_REGIONS.contains(&region.as_str()) =>
            {
                found.add(
                    *field,
                    Code::RegionNotListed,
                    format!("`{region}` is not in the vendor's list of regions"),
                    "check that your version of the app knows it",
                );
            }
            (Field::TagsFilter | Field::PrHideFilter, FieldValue::Text(pattern)) => {
                if let Some(error) = pattern_error(pattern) {
                    found.add(
                        *field,
                        Code::NotARegex,
                        format!("`{field}` is probably not a regular expression: {error}"),
                        "test it as a Java regular expression, which differs a little from what is checked here",
                    );
                }
            }
            _ => {}
        }
    }
}

/// Which projects see the integration.
fn check_projects(draft: &RecordDraft, found: &mut Findings) {
    let (mut named, mut on) = (FieldSet::default(), FieldSet::default());
    for (field, value) in &draft.settings {
        named = named.with(*field);
        if *value == FieldValue::Flag(true) {
            on = on.with(*field);
        }
    }
    let is = |field: Field, flag: bool| named.has(field) && on.has(field) == flag;
    let has_ids = named.has(Field::ProjectMappingIds);
    let has_keys = named.has(Field::ProjectKeys);
    if (has_ids || has_keys) && is(Field::Global, true) {
        found.add(
            Field::Global,
            Code::GlobalWithProjects,
            "`global` is true, and the row names projects",
            "keep one of the two: with `global`, all projects see the integration",
        );
    }
    if has_ids != has_keys && !named.has(Field::Global) {
        let field = if has_keys {
            Field::ProjectKeys
        } else {
            Field::ProjectMappingIds
        };
        found.add(
            field,
            Code::ProjectsWithoutGlobal,
            "the row names projects, but `global` is blank, so all projects may see the integration",
            "write `no` in `global`, or set it for all blank cells with `--set global=no`",
        );
    }
    if has_ids && has_keys {
        found.add(
            Field::ProjectKeys,
            Code::KeysBesideIds,
            "the row names projects both by key and by id",
            "keep one of the two; keys are the same in every Jira",
        );
    }
    let is_hidden = is(Field::Global, false) && !has_ids && !has_keys;
    if is(Field::GitViewerEnabled, true) && is_hidden {
        found.add(
            Field::GitViewerEnabled,
            Code::VisibleToNone,
            "the repository browser is on, but no project sees it",
            "name projects, or set `global` to true",
        );
    }
}
