//! Finding what a word means: a code, an integration type or a field, or what it may be a misspelling of.

use thiserror::Error;

use super::topic::{Catalogue, FieldTopic, Topic};
use crate::model::{Code, Field, ID, IntegrationType, nearest};
use crate::validate::field_of;

/// A word that is no topic, and the names that it resembles.
#[derive(Debug, Error)]
#[error("`{word}` is not a code, an integration type or a field")]
pub(crate) struct UnknownWord {
    word: String,
    similar: Vec<&'static str>,
}

impl UnknownWord {
    /// What to type instead.
    pub(crate) fn help(&self) -> String {
        if self.similar.is_empty() {
            return "`gij explain` lists all codes, types and fields".into();
        }
        let names: Vec<String> = self
            .similar
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        format!("did you mean {}?", names.join(" or "))
    }
}

/// Finds the topic of `word`: a code, else a type by its name or product, else a field by any of its headers. Without a word,
/// the topic is everything.
///
/// # Errors
///
/// [`UnknownWord`] if it is none of them.
pub(crate) fn explain(word: &str) -> Result<Topic, UnknownWord> {
    let word = word.trim();
    let by_product = || match IntegrationType::of_product(word).as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let by_name = || IntegrationType::from_name(word).or_else(by_product);
    if word.is_empty() {
        Ok(Topic::Everything(Catalogue::new()))
    } else if let Some(code) = code_of(word) {
        Ok(Topic::Code(Box::new(code.into())))
    } else if let Some(integration_type) = by_name() {
        Ok(Topic::Type(Box::new(integration_type.into())))
    } else if let Some(field) = field_of(word) {
        Ok(Topic::Field(Box::new(field.into())))
    } else if word.eq_ignore_ascii_case(ID) {
        Ok(Topic::Field(Box::new(FieldTopic::id())))
    } else {
        Err(UnknownWord {
            word: word.chars().take(60).collect(),
            similar: similar(word),
        })
    }
}

/// The code of this name, in any case, with spaces or `_` for `-`, or as a diagnostic shows it (`error[no-table]`).
fn code_of(word: &str) -> Option<Code> {
    let name = match word.split_once('[') {
        Some((_, rest)) => rest.trim_end_matches([']', ':']),
        None => word,
    };
    Code::from_name(&dashed(name))
}

fn dashed(word: &str) -> String {
    word.to_lowercase().replace([' ', '_'], "-")
}

/// The names that `word` is a spelling or misspelling of, or else some codes that contain it.
fn similar(word: &str) -> Vec<&'static str> {
    const MAX_NAMES: usize = 3;
    let word = dashed(word);
    let known: Vec<(String, &str)> = spellings()
        .map(|(spelling, name)| (dashed(spelling), name))
        .collect();
    let spelled = known.iter().map(|(spelling, _)| (&**spelling, spelling));
    if let Some(spelling) = nearest(&word, spelled) {
        let meant = known.iter().filter(|(known, _)| known == spelling);
        let mut names: Vec<&str> = meant.map(|(_, name)| *name).collect();
        names.dedup();
        return names;
    }
    let codes = Code::ALL.iter().map(|code| code.name());
    codes
        .filter(|name| name.split('-').any(|part| part == word))
        .take(MAX_NAMES)
        .collect()
}

/// Every accepted spelling, with the name of its topic.
fn spellings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let codes = Code::ALL.iter().map(|code| (code.name(), code.name()));
    let types = IntegrationType::all().map(IntegrationType::spec);
    let types = types.flat_map(|spec| {
        let names = spec.also_called.iter().chain([&spec.name, &spec.product]);
        names.map(|spelling| (*spelling, spec.name))
    });
    let fields = Field::all().flat_map(|field| {
        let headers = field.aliases().iter().copied().chain([field.name()]);
        headers.map(move |header| (header, field.name()))
    });
    codes.chain(types).chain(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(word: &str) -> String {
        explain(word).unwrap_err().help()
    }

    fn name(word: &str) -> String {
        match explain(word).unwrap() {
            Topic::Code(topic) => topic.code.name().into(),
            Topic::Type(topic) => topic.integration_type.name().into(),
            Topic::Field(topic) => topic.field.into(),
            Topic::Everything(_) => unreachable!(),
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
        for integration_type in IntegrationType::all() {
            assert_eq!(name(integration_type.name()), integration_type.name());
            assert_eq!(name(integration_type.product()), integration_type.name());
            for called in integration_type.spec().also_called {
                if IntegrationType::of_product(called).len() > 1 {
                    continue;
                }
                assert_eq!(name(called), integration_type.name(), "{called}");
            }
        }
        for field in Field::all() {
            for header in field.aliases().iter().chain([&field.name()]) {
                assert_eq!(name(header), field.name(), "{header}");
            }
        }
    }

    #[test]
    fn a_misspelling_is_corrected_and_a_part_is_found() {
        assert_eq!(
            help("origin-is-clone-ur"),
            "did you mean `origin-is-clone-url`?"
        );
        assert_eq!(help("GITHBU"), "did you mean `GITHUB`?");
        assert_eq!(
            help("GitHub Enterprize"),
            "did you mean `GITHUB` or `GITHUB_SERVER`?"
        );
        assert_eq!(help("GitHub Enterprise"), help("GitHub Enterprize"));
        assert_eq!(help("acess token"), "did you mean `pat`?");
        assert_eq!(help("clone"), "did you mean `origin-is-clone-url`?");
        assert_eq!(
            help("qqq"),
            "`gij explain` lists all codes, types and fields"
        );
    }
}
