//! How to validate.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::header_names::{field_of, near_miss, undecorated};
use super::selection::{Selection, sides};
use super::tokens::holds_token;
use crate::input::ReadOptions;
use crate::model::{
    Code, Diagnostic, Field, FieldSet, ID, IntegrationType, Kind, Severity, nearest, plain,
};
use crate::secret::{SecretPolicy, SplitCell};

/// What the rows are read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To report what is wrong; no record is kept.
    #[default]
    Check,
    /// To be sent.
    Import,
}

/// How to validate.
///
/// The journal holds this value, so that a resumed run reads its rows in the same way: its keys are stable, and one that
/// is not known is an error, as it may change what is read. No secret is part of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub purpose: Purpose,
    /// `--allow-env` and `--secrets-dir`
    #[serde(default)]
    pub secrets: SecretPolicy,
    #[serde(default)]
    pub read: ReadOptions,
    /// `--map`
    #[serde(default)]
    pub map: HeaderMap,
    /// `--set`
    #[serde(default)]
    pub presets: Vec<Preset>,
    /// `--rows` and `--only`
    #[serde(default)]
    pub selection: Selection,
    /// `--strict` and `--allow`
    #[serde(default)]
    pub policy: Policy,
    /// The fields that an update changes; of the others only those are read that tell which integration it is. Empty for
    /// an import.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub update: Vec<Field>,
    /// `--split-by`: the header of a column, known or not, whose cells are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_by: Option<String>,
    /// Whether a check keeps every row, and everything every diagnostic, for a report in a file.
    #[serde(skip)]
    pub keeps_all: bool,
}

impl Options {
    /// Options for `purpose`, all else at its default.
    pub fn new(purpose: Purpose, secrets: SecretPolicy) -> Self {
        Self {
            purpose,
            secrets,
            ..Self::default()
        }
    }

    /// The fields that an update changes; none for an import. Projects are sent by their ids.
    pub(crate) fn named(&self) -> Option<FieldSet> {
        let fields = self.update.iter();
        let named = fields.flat_map(|field| Self::named_with(*field).iter());
        (!self.update.is_empty()).then(|| named.collect())
    }

    /// The fields that are changed where `field` is named.
    pub(super) fn named_with(field: Field) -> FieldSet {
        const PROJECTS: [Field; 2] = [Field::ProjectKeys, Field::ProjectMappingIds];
        if PROJECTS.contains(&field) {
            PROJECTS.into_iter().collect()
        } else {
            FieldSet::default().with(field)
        }
    }

    /// Whether the cells of a field are read.
    pub(super) fn is_read(&self, field: Field) -> bool {
        self.is_named(field) || matches!(field, Field::Type | Field::DisplayName | Field::Origin)
    }

    /// Whether the field is sent.
    pub(super) fn is_named(&self, field: Field) -> bool {
        self.update.is_empty() || self.named().is_some_and(|named| named.has(field))
    }

    /// Adds a field that an update changes.
    ///
    /// # Errors
    ///
    /// In words, if there is no such field, or "Update Existing Integration" does not have it.
    pub(crate) fn update_field(&mut self, name: &str) -> Result<(), String> {
        let name = name.trim();
        let is_fixed = |field: &Field| matches!(field, Field::Type | Field::LimitGitData);
        match field_named(name) {
            Ok(field) if !is_fixed(&field) => self.update.push(field),
            Err(error) if plain(name) != ID => return Err(error),
            _ => return Err(format!("an update cannot change `{name}`")),
        }
        Ok(())
    }

    /// Whether rows are kept.
    pub(super) fn keeps_rows(&self) -> bool {
        self.purpose == Purpose::Import || self.keeps_all
    }

    /// The field that a header names, by `--map` or by itself.
    pub(super) fn field_of(&self, header: &str) -> Option<Field> {
        self.map.get(header).unwrap_or_else(|| field_of(header))
    }

    /// The column among `headers` that holds `field`.
    pub(crate) fn column_of(&self, headers: &[String], field: Field) -> Option<usize> {
        headers
            .iter()
            .position(|header| self.field_of(header) == Some(field))
    }

    /// Whether the column with this header holds secrets, in some rows at least.
    pub fn is_secret_column(&self, header: &str) -> bool {
        let field = self.field_of(header);
        field.is_some_and(|field| matches!(field.kind(), Kind::Secret | Kind::Username))
    }

    /// Whether the values for blank cells hold a secret by their type: an AWS access key id, say, which is a username
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// In words, if they do.
    pub fn refuse_secrets(&self) -> Result<(), String> {
        let preset_type = self
            .preset(Field::Type)
            .and_then(IntegrationType::from_name);
        let is_secret = preset_type.is_some_and(|known| known.spec().username_is_secret());
        if is_secret && self.preset(Field::Username).is_some_and(is_literal) {
            return Err(SECRET.to_owned());
        }
        Ok(())
    }

    /// What a blank cell of `field` holds.
    pub(super) fn preset(&self, field: Field) -> Option<&str> {
        let mut presets = self.presets.iter();
        presets
            .find(|preset| preset.field == field)
            .map(|preset| &*preset.text)
    }
}

/// The fields that `--map` gives to headers.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct HeaderMap(Vec<MappedHeader>);

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappedHeader {
    header: String,
    /// None leaves the column out.
    field: Option<Field>,
}

/// Everybody on the machine can read a command line.
const SECRET: &str =
    "a secret must not be on the command line; write `env:NAME` or `file:PATH` instead";

impl HeaderMap {
    /// Adds `Their header=field`; nothing after the `=` leaves the column out.
    ///
    /// # Errors
    ///
    /// In words, if it cannot be read.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let (header, field) = sides(text)?;
        let field = (!field.is_empty())
            .then(|| field_named(field))
            .transpose()?;
        self.0.push(MappedHeader {
            header: header.to_owned(),
            field,
        });
        Ok(())
    }

    /// The field that `header` is mapped to; `Some(None)` if its column is left out, none if it is not mapped.
    #[expect(clippy::option_option, reason = "not mapped and left out differ")]
    pub(super) fn get(&self, header: &str) -> Option<Option<Field>> {
        if self.0.is_empty() {
            return None;
        }
        let names = names_of(header);
        let mut mapped = self.0.iter().rev();
        mapped
            .find(|mapped| names.contains(&plain(&mapped.header)))
            .map(|mapped| mapped.field)
    }

    /// The headers of the map that are none of `there`.
    pub(super) fn missing<'a>(&self, there: impl Iterator<Item = &'a String>) -> Vec<String> {
        let there: HashSet<String> = there.flat_map(|header| names_of(header)).collect();
        let mapped = self.0.iter().map(|mapped| &mapped.header);
        let missing = mapped.filter(|header| !there.contains(&plain(header)));
        missing.cloned().collect()
    }
}

/// The names by which `--map` finds a header: with its decorations or without.
fn names_of(header: &str) -> [String; 2] {
    [plain(header), plain(undecorated(header))]
}

/// What blank cells of a field hold: `--set`. Never a secret itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    pub field: Field,
    pub text: String,
}

impl Preset {
    /// Reads `type=GITHUB`.
    ///
    /// # Errors
    ///
    /// In words, if it cannot be read, or holds a secret.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (field, text) = sides(text)?;
        let field = field_named(field)?;
        if field.kind() == Kind::Secret && is_literal(text) || holds_token(text) {
            return Err(SECRET.to_owned());
        }
        Ok(Self {
            field,
            text: text.to_owned(),
        })
    }
}

/// How bad problems are: `--strict` and `--allow`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Whether warnings are errors.
    pub is_strict: bool,
    allowed: Vec<Code>,
}

impl Policy {
    /// Lets `code` pass.
    ///
    /// # Errors
    ///
    /// In words, if there is no such code, or it is an error that is not a guess.
    pub fn allow(&mut self, code: &str) -> Result<(), String> {
        let Some(found) = Code::from_name(code) else {
            let known = Code::ALL.iter().map(|code| (code.name(), *code));
            let meant = nearest(code, known).map(|meant| format!("; did you mean `{meant}`?"));
            let meant = meant.unwrap_or_default();
            return Err(format!("`{code}` is not the code of a diagnostic{meant}"));
        };
        if found.severity() == Severity::Error && !found.is_guess() {
            return Err(format!(
                "`{found}` cannot be allowed: it is not a guess, and Jira would refuse the row or do something else than the sheet asks for"
            ));
        }
        self.allowed.push(found);
        Ok(())
    }

    /// Whether `code` is allowed.
    pub(super) fn allows(&self, code: Code) -> bool {
        self.allowed.contains(&code)
    }

    /// Sets how bad `diagnostic` is.
    pub(crate) fn apply(&self, diagnostic: &mut Diagnostic) {
        let is_guess = diagnostic.code.is_guess();
        diagnostic.severity = match diagnostic.severity {
            Severity::Error if is_guess && self.allows(diagnostic.code) => Severity::Warning,
            Severity::Warning if self.is_strict && !self.allows(diagnostic.code) => Severity::Error,
            severity => severity,
        };
    }
}

/// Whether a cell holds a secret itself, should it be one, and no reference.
pub(super) fn is_literal(text: &str) -> bool {
    matches!(SplitCell::of(text), SplitCell::Literal(_))
}

fn field_named(name: &str) -> Result<Field, String> {
    field_of(name).ok_or_else(|| {
        let meant = match near_miss(name) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`gij explain` lists all".to_owned(),
        };
        format!("`{name}` is not a field of an integration; {meant}")
    })
}

#[cfg(test)]
mod tests {
    use super::super::selection::{Only, RowRange};
    use super::*;

    #[test]
    fn a_field_that_is_not_one_is_guessed_at() {
        let mapped = HeaderMap::default().add("Adresse=orgin").unwrap_err();
        let preset = Preset::parse("Team=Payments").unwrap_err();
        for (error, end) in [
            (mapped, "did you mean `origin`?"),
            (preset, "`gij explain` lists all"),
        ] {
            assert!(error.ends_with(end), "{error}");
        }
    }

    #[test]
    fn guesses_and_warnings_may_be_allowed_and_facts_not() {
        let mut policy = Policy::default();
        assert_eq!(policy.allow("placeholder"), Ok(()));
        assert_eq!(policy.allow("plain-http"), Ok(()));
        let error = policy.allow("unknown-type").unwrap_err();
        assert!(error.contains("it is not a guess"), "{error}");
        let error = policy.allow("placeholdr").unwrap_err();
        assert!(error.ends_with("did you mean `placeholder`?"), "{error}");
    }

    #[test]
    fn options_are_the_same_after_a_journal() {
        let mut options = Options::new(Purpose::Import, SecretPolicy::default());
        options.secrets.allow_env = vec!["GIT_*".into()];
        options.secrets.secrets_dir = Some("/srv/secrets".into());
        options.read = ReadOptions {
            header_row: Some(3),
            delimiter: Some(';'),
            encoding: Some(encoding_rs::WINDOWS_1252),
            sheets: vec!["Azure".into()],
            hidden_rows: crate::input::HiddenRows::Skip,
        };
        options.map.add("Address=origin").unwrap();
        options.map.add("Notes=").unwrap();
        options.presets = vec![Preset::parse("pat=env:GIT_PAT").unwrap()];
        options.selection.rows = RowRange::parse_list("Azure!2-50").unwrap();
        options.selection.only = vec![Only::parse("Team=Payments").unwrap()];
        options.policy.is_strict = true;
        options.policy.allow("plain-http").unwrap();
        let json = serde_json::to_value(&options).unwrap();
        let expected = serde_json::json!({
            "purpose": "import",
            "secrets": { "allow_env": ["GIT_*"], "secrets_dir": "/srv/secrets" },
            "read": {
                "header_row": 3,
                "delimiter": ";",
                "encoding": "windows-1252",
                "sheets": ["Azure"],
                "hidden_rows": "skip",
            },
            "map": [{ "header": "Address", "field": "origin" }, { "header": "Notes", "field": null }],
            "presets": [{ "field": "pat", "text": "env:GIT_PAT" }],
            "selection": {
                "rows": [{ "table": "Azure", "first": 2, "last": 50 }],
                "only": [{ "header": "Team", "text": "Payments" }],
            },
            "policy": { "is_strict": true, "allowed": ["plain-http"] },
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Options>(json).unwrap(), options);
    }

    #[test]
    fn options_without_a_value_are_at_their_default_and_unknown_ones_refused() {
        let read: Options = serde_json::from_str(r#"{"purpose":"import"}"#).unwrap();
        assert_eq!(read, Options::new(Purpose::Import, SecretPolicy::default()));
        let newer = r#"{"purpose":"import","read":{"footer_row":9}}"#;
        assert!(serde_json::from_str::<Options>(newer).is_err());
    }
}
