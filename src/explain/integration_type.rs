//! An integration type: what it needs, what it uses, a row that has all it needs.

use serde::Serialize;

use crate::model::{CredentialForm, Field, IntegrationType, Need, OriginRule};

/// What is said about an integration type.
#[derive(Debug, Serialize)]
pub(crate) struct TypeTopic {
    /// The type.
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    /// The product behind it.
    pub product: &'static str,
    /// What else people call it.
    pub also_called: &'static [&'static str],
    /// Its origin in words.
    pub origin: String,
    /// How it logs in, in words.
    pub log_in: String,
    /// Further fields that it needs.
    pub requires: Vec<Used>,
    /// Fields that it uses and most types do not.
    pub own: Vec<Used>,
    /// Fields that every type may have.
    pub common: Vec<&'static str>,
    /// What else there is to know.
    pub notes: Vec<&'static str>,
    /// A table of one row that has all that the type needs.
    pub example: String,
}

/// A field that a type uses.
#[derive(Debug, Serialize)]
pub(crate) struct Used {
    /// The field.
    pub field: &'static str,
    /// What it is.
    pub about: &'static str,
}

impl Used {
    pub(super) fn of(field: Field) -> Self {
        Self {
            field: field.name(),
            about: field.about().what,
        }
    }
}

/// Fields that have a line of their own.
const NAMED: [Field; 5] = [
    Field::Type,
    Field::Origin,
    Field::Username,
    Field::Password,
    Field::Pat,
];

impl TypeTopic {
    /// What is said about the type `of`.
    pub(crate) fn of(of: IntegrationType) -> Self {
        let spec = of.spec();
        let is_own = |field: &Field| {
            let mut types = IntegrationType::all();
            types.any(|other| !other.spec().uses(*field))
        };
        let needed = |need: Need| {
            Field::all().filter(move |field| !NAMED.contains(field) && spec.need(*field) == need)
        };
        Self {
            integration_type: of,
            product: spec.product,
            also_called: spec.also_called,
            origin: spec.origin_in_words(),
            log_in: spec.credentials_in_words(),
            requires: needed(Need::Required).map(Used::of).collect(),
            own: needed(Need::Optional)
                .filter(is_own)
                .map(Used::of)
                .collect(),
            common: needed(Need::Optional)
                .filter(|field| !is_own(field))
                .map(Field::name)
                .collect(),
            notes: spec.remark().into_iter().collect(),
            example: example(of),
        }
    }
}

/// A table of one row that has all that the type needs.
fn example(of: IntegrationType) -> String {
    let cells: Vec<(Field, String)> = Field::all()
        .filter_map(|field| Some((field, cell(of, field)?)))
        .collect();
    let headers: Vec<&str> = cells.iter().map(|(field, _)| field.name()).collect();
    let values: Vec<&str> = cells.iter().map(|(_, value)| &**value).collect();
    format!("{}\n{}\n", headers.join(","), values.join(","))
}

fn cell(of: IntegrationType, field: Field) -> Option<String> {
    use CredentialForm::{AccessKey, Token};
    let spec = of.spec();
    // A token, where a token will do.
    let token = spec.credentials.iter().find(|form| **form == Token);
    let form = token.or_else(|| spec.credentials.first()).copied();
    let takes = form.is_some_and(|form| form.fields().contains(&field));
    let text = match field {
        Field::Type => spec.name,
        Field::DisplayName => return Some(format!("Our {}", spec.product)),
        Field::Origin if spec.origin == OriginRule::Folder => "/srv/repos/*",
        Field::Origin if spec.origin == OriginRule::Url => field.about().example,
        Field::Username if takes && form == Some(AccessKey) => "invented-key-id",
        Field::Username if takes => field.about().example,
        Field::Password if takes && form == Some(AccessKey) => "invented-secret-key",
        Field::Password if takes => "invented-password",
        Field::Pat if takes => "invented-token",
        Field::FolderDepth if spec.uses(field) => "1",
        _ if spec.requires.contains(&field) => field.about().example,
        _ => return None,
    };
    Some(text.to_owned())
}
