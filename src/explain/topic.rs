//! What a word means: a code, a type or a field, and what it may be a slip of.

use serde::Serialize;
use thiserror::Error;

use super::code::CodeTopic;
use super::field::FieldTopic;
use super::integration_type::TypeTopic;
use super::list::Lists;
use crate::model::{Code, Field, IntegrationType};
use crate::validate::field_of;

/// What is said to someone who asks. Serialised, it is the document of `--format json` but for its version.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Topic {
    /// A diagnostic.
    Code(Box<CodeTopic>),
    /// An integration type.
    Type(Box<TypeTopic>),
    /// A field.
    Field(Box<FieldTopic>),
    /// All of them.
    Everything(Lists),
}

/// A word that means nothing here.
#[derive(Debug, Error)]
#[error("`{word}` is no code, no integration type and no field")]
pub(crate) struct Unknown {
    word: String,
    meant: Vec<&'static str>,
}

impl Unknown {
    /// What to type instead.
    pub(crate) fn help(&self) -> String {
        if self.meant.is_empty() {
            return "`gij explain` lists all that can be explained".into();
        }
        let meant: Vec<String> = self.meant.iter().map(|name| format!("`{name}`")).collect();
        format!("did you mean {}?", meant.join(" or "))
    }
}

/// Says what `word` means: a code first, then a type by its name or product, then a field by any of its headers.
///
/// # Errors
///
/// [`Unknown`] if it is none of them.
pub(crate) fn explain(word: &str) -> Result<Topic, Unknown> {
    let word = word.trim();
    if let Some(code) = code_of(word) {
        Ok(Topic::Code(Box::new(CodeTopic::of(code))))
    } else if let Some(of) =
        IntegrationType::from_name(word).or_else(|| IntegrationType::of_product(word))
    {
        Ok(Topic::Type(Box::new(TypeTopic::of(of))))
    } else if let Some(field) = field_of(word) {
        Ok(Topic::Field(Box::new(FieldTopic::of(field))))
    } else {
        Err(Unknown {
            word: word.chars().take(60).collect(),
            meant: meant_by(word),
        })
    }
}

/// The code of this name, as it is shown (`error[no-table]`) too, in any case and with spaces or `_` for `-`.
fn code_of(word: &str) -> Option<Code> {
    let name = match word.split_once('[') {
        Some((_, rest)) => rest.trim_end_matches([']', ':']),
        None => word,
    };
    let name = dashed(name);
    Code::ALL.iter().copied().find(|code| code.name() == name)
}

fn dashed(word: &str) -> String {
    word.to_lowercase().replace([' ', '_'], "-")
}

/// The names that `word` is nearly, or is a part of.
fn meant_by(word: &str) -> Vec<&'static str> {
    const SIMILAR: f64 = 0.85;
    const MOST: usize = 3;
    let word = dashed(word);
    let alike = spellings()
        .map(|(spelling, name)| (strsim::jaro_winkler(&dashed(spelling), &word), name))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    if let Some((_, name)) = alike {
        return vec![name];
    }
    let codes = Code::ALL.iter().map(|code| code.name());
    codes
        .filter(|name| name.split('-').any(|part| part == word))
        .take(MOST)
        .collect()
}

/// All that is understood, each with the name to type for it.
fn spellings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let codes = Code::ALL.iter().map(|code| (code.name(), code.name()));
    let types = IntegrationType::all().flat_map(|of| {
        let called = of.spec().also_called.iter().copied();
        called
            .chain([of.name(), of.product()])
            .map(move |spelling| (spelling, of.name()))
    });
    let fields = Field::all().flat_map(|field| {
        let aliases = field.aliases().iter().copied();
        aliases
            .chain([field.name()])
            .map(move |spelling| (spelling, field.name()))
    });
    codes.chain(types).chain(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(word: &str) -> String {
        explain(word).unwrap_err().help()
    }

    fn name(word: &str) -> String {
        match explain(word).unwrap() {
            Topic::Code(topic) => topic.code.name().into(),
            Topic::Type(topic) => topic.integration_type.name().into(),
            Topic::Field(topic) => topic.field.into(),
            Topic::Everything(_) => "everything".into(),
        }
    }

    #[test]
    fn words_are_understood_as_people_write_them() {
        for (word, expected) in [
            ("origin-is-clone-url", "origin-is-clone-url"),
            ("error[origin-is-clone-url]:", "origin-is-clone-url"),
            ("Unknown Type", "unknown-type"),
            ("github_server", "GITHUB_SERVER"),
            ("GitHub Enterprise Server", "GITHUB_SERVER"),
            ("codecommit", "AWS"),
            ("displayName", "displayName"),
            ("Personal Access Token", "pat"),
            ("region", "awsRegion"),
            ("sslVerify", "disableSslVerification"),
        ] {
            assert_eq!(name(word), expected);
        }
    }

    #[test]
    fn every_code_type_and_field_is_what_its_name_means() {
        for code in Code::ALL {
            assert_eq!(name(code.name()), code.name());
        }
        for of in IntegrationType::all() {
            assert_eq!(name(of.name()), of.name());
            assert_eq!(name(of.product()), of.name());
            for called in of.spec().also_called {
                assert_eq!(name(called), of.name(), "{called}");
            }
        }
        for field in Field::all() {
            for header in field.aliases().iter().chain([&field.name()]) {
                assert_eq!(name(header), field.name(), "{header}");
            }
        }
    }

    #[test]
    fn a_slip_is_guessed_at_and_a_part_is_found() {
        assert_eq!(
            meant("origin-is-clone-ur"),
            "did you mean `origin-is-clone-url`?"
        );
        assert_eq!(meant("GITHBU"), "did you mean `GITHUB`?");
        assert_eq!(meant("GitHub Enterprize"), "did you mean `GITHUB_SERVER`?");
        assert_eq!(meant("acess token"), "did you mean `pat`?");
        assert_eq!(meant("clone"), "did you mean `origin-is-clone-url`?");
        assert_eq!(
            meant("qqq"),
            "`gij explain` lists all that can be explained"
        );
    }
}
