//! What the values of a row lack, and what they probably do not mean.

use super::compiled::pattern_error;
use crate::model::{
    Code, CredentialForm, Field, FieldSet, FieldValue, IntegrationType, LISTED_REGIONS, OriginRule,
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

/// The problems of a row of this type that fills in the fields `given`, each with the field where it is reported.
pub(super) fn check(
    integration_type: IntegrationType,
    given: FieldSet,
    draft: &RecordDraft,
) -> Vec<(Field, Problem)> {
    let mut rules = Rules {
        integration_type,
        given,
        draft,
        found: defects(integration_type.spec(), given, draft.user_name()),
    };
    rules.check_credentials();
    rules.check_type();
    rules.check_origin();
    rules.check_settings();
    rules.check_projects();
    rules.found
}

/// A row whose cells are read.
struct Rules<'a> {
    integration_type: IntegrationType,
    given: FieldSet,
    draft: &'a RecordDraft,
    found: Vec<(Field, Problem)>,
}

impl Rules<'_> {
    fn report(&mut self, field: Field, code: Code, message: String, help: impl Into<String>) {
        self.found.push((field, Problem::new(code, message, help)));
    }

    /// Reports a problem that its code describes in full.
    fn report_kind(&mut self, field: Field, code: Code, help: &str) {
        self.found.push((field, Problem::of(code, help)));
    }

    fn check_credentials(&mut self) {
        let given = self.given;
        if !given.has(Field::DisplayName) {
            let help =
                "give the row a name of its own: without one, a second import cannot recognise it";
            self.report_kind(Field::DisplayName, Code::NoDisplayName, help);
        }
        let takes_token = self
            .integration_type
            .spec()
            .credentials
            .contains(&CredentialForm::Token);
        let has_pat_alone = given.has(Field::Pat) && !given.has(Field::Password);
        if takes_token && has_pat_alone && given.has(Field::Username) {
            let help = "empty the cell, or use `username` and `password`";
            self.report_kind(Field::Username, Code::UsernameBesidePat, help);
        }
        let is_github = matches!(
            self.integration_type,
            IntegrationType::GitHub | IntegrationType::GitHubServer
        );
        if is_github && given.has(Field::Password) && !given.has(Field::Pat) {
            let help = "use a personal access token in `pat`";
            self.report_kind(Field::Password, Code::GitHubPassword, help);
        }
        let name = self.draft.user_name();
        let is_tfs = self.integration_type == IntegrationType::TfsServer;
        if is_tfs && name.is_some_and(|name| name.contains('\\')) {
            let help = "write the user's name alone";
            self.report_kind(Field::Username, Code::DomainInUsername, help);
        }
    }

    fn check_type(&mut self) {
        let integration_type = self.integration_type;
        for field in integration_type.unused(self.given).iter() {
            let message = format!("{integration_type} does not use `{field}`");
            let help = "leave it blank for this type";
            self.report(field, Code::UnusedField, message, help);
        }
        if integration_type == IntegrationType::GitLabServerLegacy {
            let help = "use `GITLAB_SERVER` with a `pat`";
            self.report_kind(Field::Type, Code::UnsupportedType, help);
        }
        let is_folder = integration_type == IntegrationType::Filespace;
        if is_folder && !self.given.has(Field::FolderDepth) {
            let help = "write 1 to 5 for how deep below the folder repositories are";
            self.report_kind(Field::FolderDepth, Code::NoFolderDepth, help);
        }
    }

    fn check_origin(&mut self) {
        let integration_type = self.integration_type;
        let Some(origin) = &self.draft.origin else {
            return;
        };
        let path = origin.as_str();
        if integration_type.spec().origin == OriginRule::Folder {
            if !path.ends_with('*') {
                let message = format!("the folder `{path}` does not end in `*`");
                let help = r"let it end in `/*` or `\*` to track the repositories below the folder";
                self.report(Field::Origin, Code::FolderWithoutStar, message, help);
            }
            return;
        }
        if let Some(vendor) = origin.foreign_vendor(integration_type) {
            let message = format!("the origin is on {vendor}, but the row is {integration_type}");
            let help = "check the type and the origin";
            self.report(Field::Origin, Code::ForeignHost, message, help);
        }
        let has_credential = self.given.has(Field::Pat) || self.given.has(Field::Password);
        if origin.is_plain_http() && has_credential {
            let help = "use `https://` if the host supports it";
            self.report_kind(Field::Origin, Code::PlainHttp, help);
        }
    }

    fn check_settings(&mut self) {
        for (field, value) in &self.draft.settings {
            match (*field, value) {
                (Field::DisableSslVerification, FieldValue::Flag(true)) => {
                    let help = "let Jira trust the host's certificate authority instead";
                    self.report_kind(*field, Code::SslVerificationOff, help);
                }
                (Field::AwsRegion, FieldValue::Text(region))
                    if !LISTED_REGIONS.contains(&region.as_str()) =>
                {
                    let message = format!("`{region}` is not in the vendor's list of regions");
                    let help = "check that your version of the app knows it";
                    self.report(*field, Code::RegionNotListed, message, help);
                }
                (Field::TagsFilter | Field::PrHideFilter, FieldValue::Text(pattern)) => {
                    if let Some(error) = pattern_error(pattern) {
                        let message =
                            format!("`{field}` is probably not a regular expression: {error}");
                        let help = "test it as a Java regular expression, which differs a little from what is checked here";
                        self.report(*field, Code::NotARegex, message, help);
                    }
                }
                _ => {}
            }
        }
    }

    /// Which projects see the integration.
    fn check_projects(&mut self) {
        let (mut named, mut on) = (FieldSet::default(), FieldSet::default());
        for (field, value) in &self.draft.settings {
            named = named.with(*field);
            if *value == FieldValue::Flag(true) {
                on = on.with(*field);
            }
        }
        let is = |field: Field, flag: bool| named.has(field) && on.has(field) == flag;
        let has_ids = named.has(Field::ProjectMappingIds);
        let has_keys = named.has(Field::ProjectKeys);
        if (has_ids || has_keys) && is(Field::Global, true) {
            let help = "keep one of the two: with `global`, all projects see the integration";
            self.report_kind(Field::Global, Code::GlobalWithProjects, help);
        }
        if has_ids != has_keys && !named.has(Field::Global) {
            let field = if has_keys {
                Field::ProjectKeys
            } else {
                Field::ProjectMappingIds
            };
            let help = "the integration could become visible to all projects: write `no` in the cell `global` of this row";
            self.report_kind(field, Code::ProjectsWithoutGlobal, help);
        }
        if has_ids && has_keys {
            let help = "keep one of the two; keys are the same in every Jira";
            self.report_kind(Field::ProjectKeys, Code::KeysBesideIds, help);
        }
        // A cell with an error is still to be filled in.
        let projects = [Field::ProjectMappingIds, Field::ProjectKeys];
        let names_projects = projects.iter().any(|field| self.given.has(*field));
        let is_hidden = is(Field::Global, false) && !names_projects;
        // A blank cell leaves it on ("Add New Integration API").
        if !is(Field::GitViewerEnabled, false) && is_hidden {
            let help = "name projects, or set `global` to true";
            self.report_kind(Field::Global, Code::VisibleToNone, help);
        }
    }
}
