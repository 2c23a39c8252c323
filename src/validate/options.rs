//! How to validate.

use std::collections::HashSet;

use thiserror::Error;

use super::columns::{field_of, near_miss, plain};
use super::lint::holds_a_token;
use super::policy::Policy;
use super::selection::Selection;
use crate::input::ReadOptions;
use crate::model::{Field, IntegrationType, Kind};
use crate::secret::{SecretPolicy, SplitCell};

/// What the rows are read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To be told what is wrong; no record is kept.
    Check,
    /// To be sent.
    Import,
}

/// How to validate.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the rows are read for.
    pub purpose: Purpose,
    /// What references to secrets may reach.
    pub secrets: SecretPolicy,
    /// How tables are to be read.
    pub read: ReadOptions,
    /// What headers mean beside what they say.
    pub map: HeaderMap,
    /// What blank cells hold.
    pub presets: Vec<Preset>,
    /// Which rows are wanted.
    pub selection: Selection,
    /// How bad problems are taken to be.
    pub policy: Policy,
}

impl Options {
    /// Reading for `purpose` with all else left as it is without options.
    pub fn new(purpose: Purpose, secrets: SecretPolicy) -> Self {
        Self {
            purpose,
            secrets,
            read: ReadOptions::default(),
            map: HeaderMap::default(),
            presets: Vec::new(),
            selection: Selection::default(),
            policy: Policy::default(),
        }
    }

    /// Whether the column with this header holds secrets, in some rows at least.
    pub fn says_secret(&self, header: &str) -> bool {
        let field = match self.map.get(header) {
            Some(Mapped::To(field)) => Some(field),
            Some(Mapped::LeftOut) => None,
            None => field_of(header),
        };
        field.is_some_and(|field| matches!(field.kind(), Kind::Secret | Kind::Username))
    }

    /// Whether the values for blank cells hold a secret by their type: an AWS access key id, say, which is a username
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// [`OptionError::Secret`] if they do.
    pub fn refuse_secrets(&self) -> Result<(), OptionError> {
        let of = self
            .preset(Field::Type)
            .and_then(IntegrationType::from_name);
        let is_secret = of.is_some_and(|of| of.spec().username_is_secret());
        match self.preset(Field::Username) {
            Some(text) if is_secret && is_literal(text) => Err(OptionError::Secret),
            _ => Ok(()),
        }
    }

    /// What a blank cell of `field` holds.
    pub(super) fn preset(&self, field: Field) -> Option<&str> {
        let mut presets = self.presets.iter();
        presets
            .find(|preset| preset.field == field)
            .map(|preset| &*preset.text)
    }
}

/// Headers that somebody says the meaning of: `--map`.
#[derive(Clone, Debug, Default)]
pub struct HeaderMap(Vec<MappedHeader>);

/// A header and what somebody says of it.
#[derive(Clone, Debug)]
struct MappedHeader {
    /// As it was typed.
    said: String,
    /// As headers are compared.
    plain: String,
    mapped: Mapped,
}

/// What somebody says of a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mapped {
    /// It says this field.
    To(Field),
    /// Its column is left out.
    LeftOut,
}

/// Why an option about fields cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OptionError {
    /// Not two sides.
    #[error("it needs a `=` with something before it")]
    NoSides,
    /// Not a field.
    #[error(
        "`{name}` is not a field of an integration; {}",
        .meant.map_or("`gij explain` lists all".to_owned(), |meant| format!("did you mean `{meant}`?"))
    )]
    NotAField {
        /// What was typed.
        name: String,
        /// The field that it is close to.
        meant: Option<Field>,
    },
    /// A secret among the arguments, where others can see it.
    #[error(
        "a secret must not stand on the command line; write `env:NAME` or `file:PATH` in its place"
    )]
    Secret,
}

impl HeaderMap {
    /// Adds `Their header=field`; nothing behind the `=` leaves the column out.
    ///
    /// # Errors
    ///
    /// [`OptionError`].
    pub fn add(&mut self, text: &str) -> Result<(), OptionError> {
        let (header, field) = sides(text)?;
        let mapped = if field.is_empty() {
            Mapped::LeftOut
        } else {
            Mapped::To(field_named(field)?)
        };
        self.0.push(MappedHeader {
            said: header.to_owned(),
            plain: plain(header),
            mapped,
        });
        Ok(())
    }

    /// What somebody says of `header`.
    pub(super) fn get(&self, header: &str) -> Option<Mapped> {
        let header = plain(header);
        let mut said = self.0.iter().rev();
        said.find(|said| said.plain == header)
            .map(|said| said.mapped)
    }

    /// The headers, as they were typed, that are none of `there`.
    pub(super) fn missing<'a>(&self, there: impl Iterator<Item = &'a String>) -> Vec<String> {
        let there: HashSet<String> = there.map(|header| plain(header)).collect();
        let missing = self.0.iter().filter(|said| !there.contains(&said.plain));
        missing.map(|said| said.said.clone()).collect()
    }
}

/// What blank cells of a field hold: `--set`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preset {
    /// The field.
    pub field: Field,
    /// The text.
    pub text: String,
}

impl Preset {
    /// Reads `type=GITHUB`.
    ///
    /// # Errors
    ///
    /// [`OptionError`]; a secret itself is refused, as everybody on the machine can read a command line.
    pub fn parse(text: &str) -> Result<Self, OptionError> {
        let (field, text) = sides(text)?;
        let field = field_named(field)?;
        if field.kind() == Kind::Secret && is_literal(text) || holds_a_token(text) {
            return Err(OptionError::Secret);
        }
        Ok(Self {
            field,
            text: text.to_owned(),
        })
    }
}

/// Whether a cell holds a secret itself, should it be one, and no reference.
pub(super) fn is_literal(text: &str) -> bool {
    matches!(SplitCell::of(text), SplitCell::Literal(_))
}

fn sides(text: &str) -> Result<(&str, &str), OptionError> {
    // A secret that was typed without a field must not be repeated.
    let sides = text.split_once('=').ok_or(OptionError::NoSides)?;
    let (left, right) = (sides.0.trim(), sides.1.trim());
    if left.is_empty() {
        return Err(OptionError::NoSides);
    }
    Ok((left, right))
}

fn field_named(name: &str) -> Result<Field, OptionError> {
    field_of(name).ok_or_else(|| OptionError::NotAField {
        name: name.to_owned(),
        meant: near_miss(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_one_is_guessed_at() {
        let mapped = HeaderMap::default().add("Adresse=orgin").unwrap_err();
        let preset = Preset::parse("Team=Payments").unwrap_err();
        for (error, end) in [
            (mapped, "did you mean `origin`?"),
            (preset, "`gij explain` lists all"),
        ] {
            assert!(error.to_string().ends_with(end), "{error}");
        }
    }
}
