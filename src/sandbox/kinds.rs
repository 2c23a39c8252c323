//! The twelve integration types: what each needs and what Jira fills in.
//!
//! Facts from the vendor's "Add New Integration API" and "Add New Integration Type API (examples)". What comes back for AWS and
//! VSTS without an origin is documented nowhere: the sandbox makes something up, so that nobody comes to rely on it.

use serde_json::{Map, Value};

/// What an integration of a type does with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Required,
    /// Optional: this is what comes back, and what the generated display name is made of.
    Default {
        origin: &'static str,
        site: &'static str,
    },
    /// Optional: made from the region.
    OfRegion,
}

/// The credentials that a type needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Pat,
    Password,
    PatOrPassword,
    /// `username` and `password`, or `pat` with the `username` `all`.
    PasswordOrPatOfAll,
}

/// One integration type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub name: &'static str,
    origin: Origin,
    needs: Needs,
}

const fn kind(name: &'static str, origin: Origin, needs: Needs) -> Kind {
    Kind {
        name,
        origin,
        needs,
    }
}

const GITHUB: Origin = Origin::Default {
    origin: "https://api.github.com",
    site: "https://github.com",
};
const GITLAB: Origin = Origin::Default {
    origin: "https://gitlab.com",
    site: "https://gitlab.com",
};
const AZURE: Origin = Origin::Default {
    origin: "https://dev.azure.com",
    site: "https://dev.azure.com",
};
const VSTS: Origin = Origin::Default {
    origin: "https://app.vssps.visualstudio.com",
    site: "https://visualstudio.com",
};

static KINDS: [Kind; 12] = [
    kind("GITHUB", GITHUB, Needs::PatOrPassword),
    kind("GITHUB_SERVER", Origin::Required, Needs::PatOrPassword),
    kind("GITLAB", GITLAB, Needs::Pat),
    kind("GITLAB_SERVER", Origin::Required, Needs::Pat),
    kind("GITLAB_SERVER_LEGACY", Origin::Required, Needs::Password),
    kind("AWS", Origin::OfRegion, Needs::Password),
    kind("AZURE", AZURE, Needs::Pat),
    kind("VSTS", VSTS, Needs::Pat),
    kind("TFS_SERVER", Origin::Required, Needs::PasswordOrPatOfAll),
    kind("AZURE_DEVOPS", Origin::Required, Needs::PatOrPassword),
    kind("FILESPACE", Origin::Required, Needs::Nothing),
    kind("GERRIT", Origin::Required, Needs::Password),
];

/// A text field that is there and not blank.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

impl Kind {
    /// The type of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// What a request of this type lacks, or may not combine.
    pub(super) fn problems(&self, fields: &Map<String, Value>) -> Vec<String> {
        let has = |name| text(fields, name).is_some();
        let mut problems = Vec::new();
        if self.origin == Origin::Required && !has("origin") {
            problems.push(format!("{} needs an origin", self.name));
        }
        if self.origin == Origin::OfRegion && !has("awsRegion") {
            problems.push(format!("{} needs an awsRegion", self.name));
        }
        let (pat, login) = (has("pat"), has("username") && has("password"));
        let pat_of_all = pat && text(fields, "username") == Some("all");
        let lacks = match self.needs {
            Needs::Pat if !pat => Some("a pat"),
            Needs::Password if !login => Some("a username and a password"),
            Needs::PatOrPassword if !pat && !login => Some("a pat, or a username and a password"),
            Needs::PasswordOrPatOfAll if !login && !pat_of_all => {
                Some("a username and a password, or a pat and the username `all`")
            }
            _ => None,
        };
        problems.extend(lacks.map(|what| format!("{} needs {what}", self.name)));
        if pat && has("password") {
            problems.push("a pat and a password exclude each other".to_owned());
        }
        problems
    }

    /// The origin that comes back.
    pub(super) fn origin(&self, fields: &Map<String, Value>) -> String {
        match (text(fields, "origin"), self.origin) {
            (Some(origin), _) | (None, Origin::Default { origin, .. }) => origin.to_owned(),
            (None, Origin::OfRegion) => {
                format!(
                    "https://git-codecommit.{}.amazonaws.com",
                    text(fields, "awsRegion").unwrap_or("us-east-1")
                )
            }
            (None, Origin::Required) => String::new(),
        }
    }

    /// The display name that comes back; one is generated (`https://github.com/*`) where there is none.
    pub(super) fn display_name(&self, fields: &Map<String, Value>) -> String {
        if let Some(name) = text(fields, "displayName") {
            return name.to_owned();
        }
        match (text(fields, "origin"), self.origin) {
            (None, Origin::Default { site, .. }) => format!("{site}/*"),
            (Some(folder), _) if self.needs == Needs::Nothing => folder.to_owned(),
            _ => format!("{}/*", self.origin(fields).trim_end_matches('/')),
        }
    }
}
