//! Finding what a word means: a code, an integration type or a field, or what it may be a misspelling of.

use thiserror::Error;

use super::topic::{Catalogue, FieldTopic, Topic};
use crate::model::{Code, Field, ID, IntegrationType, nearest};
use crate::validate::field_of;

/// A word that is no topic.
#[derive(Debug, Error)]
#[error("`{word}` is not a code, an integration type or a field")]
pub(crate) struct UnknownWord {
    word: String,
    /// What to type instead.
    pub help: String,
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
            help: help_for(word),
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

/// What to type instead of `word`: a type, a code or a field that it is close to, or a code that contains it.
fn help_for(word: &str) -> String {
    if IntegrationType::meant_by(word).is_some() {
        return IntegrationType::help_for(word);
    }
    let word = dashed(word);
    let codes = || Code::ALL.iter().map(|code| code.name());
    let fields = Field::all().flat_map(|field| {
        let headers = field.aliases().iter().copied().chain([field.name()]);
        headers.map(move |header| (dashed(header), field.name()))
    });
    let known = codes().map(|name| (name.to_owned(), name)).chain(fields);
    let known: Vec<(String, &str)> = known.collect();
    let known = known.iter().map(|(spelling, name)| (&**spelling, *name));
    let meant = nearest(&word, known)
        .or_else(|| codes().find(|name| name.split('-').any(|part| part == word)));
    match meant {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`gij explain` lists all codes, types and fields".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(word: &str) -> String {
        explain(word).unwrap_err().help
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
        assert_eq!(help("GITHBU"), "did you mean `GITHUB` (GitHub.com)?");
        assert_eq!(
            help("GitHub Enterprize"),
            "did you mean `GITHUB` (GitHub.com)?"
        );
        assert_eq!(
            help("GitHub Enterprise"),
            "write `GITHUB` (GitHub.com) or `GITHUB_SERVER` (GitHub Enterprise Server)"
        );
        assert_eq!(help("acess token"), "did you mean `pat`?");
        assert_eq!(help("clone"), "did you mean `origin-is-clone-url`?");
        assert_eq!(
            help("qqq"),
            "`gij explain` lists all codes, types and fields"
        );
    }
}
