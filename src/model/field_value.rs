//! The values of a record's settings.

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::field::Kind;
use super::ids::parse_ids;
use super::region::Region;

/// A setting's value in the shape in which the API takes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum FieldValue {
    Flag(bool),
    /// A whole number.
    Integer(u32),
    /// Numeric Jira project ids.
    Ids(Vec<u64>),
    Text(String),
}

/// Most characters that the vendor takes in `apiPath` and `apiFilter`.
const LONGEST_FILTER: usize = 2000;

/// Why a text is no value of its kind.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum FieldValueError {
    /// Neither true nor false in any of the forms that are understood.
    #[error("not true or false")]
    NotAFlag,
    /// Not a whole number of zero or more.
    #[error("not a whole number")]
    NotAnInteger,
    /// Not a list of numeric ids.
    #[error("not a list of numeric project ids")]
    NotAnIdList,
    /// A number that a thousands separator has joined from two ids, or an id that large.
    #[error("looks like several ids joined by a thousands separator")]
    JoinedIds,
    /// Not an AWS region.
    #[error("not an AWS region")]
    NotARegion,
    /// Not 1 to 5.
    #[error("not a depth from 1 to 5")]
    DepthOutOfRange,
    /// An API path that does not begin with `/`.
    #[error("does not begin with `/`")]
    NoLeadingSlash,
    /// Not a list of project keys.
    #[error("not a list of project keys")]
    NotAKeyList,
    /// Not JMESPath.
    #[error("not JMESPath: {reason} at character {at}")]
    NotAFilter {
        /// What the parser says.
        reason: String,
        /// Where, from 1.
        at: usize,
    },
    /// Not a list of refspecs.
    #[error("`{0}` is not a refspec")]
    NotARefSpec(String),
    /// Longer than the vendor takes.
    #[error("longer than 2,000 characters")]
    TooLong,
}

impl FieldValue {
    /// Reads the text of a cell as a value of `kind`. Kinds that are no settings (type, origin, credentials) are text here.
    ///
    /// # Errors
    ///
    /// [`FieldValueError`] says what is wrong with it.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, FieldValueError> {
        match kind {
            Kind::Flag => Self::flag(text)
                .map(Self::Flag)
                .ok_or(FieldValueError::NotAFlag),
            Kind::Integer => parse_integer(text).map(Self::Integer),
            Kind::Ids => parse_ids(text).map(Self::Ids),
            Kind::Keys => parse_keys(text).map(|keys| Self::Text(keys.join(","))),
            Kind::RefSpecs => parse_refspecs(text).map(|()| Self::Text(text.into())),
            Kind::Region => match Region::parse(text) {
                Ok(region) => Ok(Self::Text(region.as_str().to_owned())),
                Err(_) => Err(FieldValueError::NotARegion),
            },
            Kind::FolderDepth => match parse_integer(text) {
                Ok(depth @ 1..=5) => Ok(Self::Integer(depth)),
                _ => Err(FieldValueError::DepthOutOfRange),
            },
            Kind::ApiPath if !text.starts_with('/') => Err(FieldValueError::NoLeadingSlash),
            Kind::ApiPath | Kind::Filter if text.chars().count() > LONGEST_FILTER => {
                Err(FieldValueError::TooLong)
            }
            Kind::Filter if too_deep(text).is_some() => Err(FieldValueError::NotAFilter {
                reason: "it is nested too deeply".into(),
                at: too_deep(text).unwrap_or_default(),
            }),
            Kind::Filter => match jmespath::parse(text) {
                Ok(_) => Ok(Self::Text(text.into())),
                Err(error) => Err(FieldValueError::NotAFilter {
                    reason: reason_of(&error),
                    at: error.offset + 1,
                }),
            },
            _ => Ok(Self::Text(text.into())),
        }
    }

    /// What a text says as true or false; none if it says neither.
    #[inline]
    pub fn flag(text: &str) -> Option<bool> {
        const TRUE: [&str; 5] = ["true", "yes", "y", "on", "1"];
        const FALSE: [&str; 5] = ["false", "no", "n", "off", "0"];
        // As nearly all are written.
        match text {
            "true" => return Some(true),
            "false" => return Some(false),
            _ => {}
        }
        let is = |word: &&str| word.eq_ignore_ascii_case(text);
        if TRUE.iter().any(is) {
            Some(true)
        } else {
            FALSE.iter().any(is).then_some(false)
        }
    }

    pub fn to_json(&self) -> Value {
        match self {
            Self::Flag(flag) => Value::from(*flag),
            Self::Integer(number) => Value::from(*number),
            Self::Ids(ids) => Value::from(ids.as_slice()),
            Self::Text(text) => Value::from(text.as_str()),
        }
    }
}

/// `5`, and `5.0` as spreadsheets write it; `1.000` is a thousand in some countries and one in others.
fn parse_integer(text: &str) -> Result<u32, FieldValueError> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FieldValueError::NotAnInteger);
    }
    whole.parse().map_err(|_| FieldValueError::NotAnInteger)
}

/// Where, from 1, a filter is nested deeper than any that is meant. The parser calls itself for each level, and a text of
/// nothing but brackets would end the stack of a thread, and with it the program.
fn too_deep(text: &str) -> Option<usize> {
    const DEEPEST: usize = 60;
    let (mut brackets, mut prefixes) = (0_usize, 0_usize);
    for (at, c) in text.chars().enumerate() {
        match c {
            '[' | '(' | '{' => brackets += 1,
            ']' | ')' | '}' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        prefixes = if matches!(c, '!' | '&') {
            prefixes + 1
        } else {
            0
        };
        if brackets + prefixes > DEEPEST {
            return Some(at + 1);
        }
    }
    None
}

/// What the parser says, without what it quotes of the text: that may be a secret.
fn reason_of(error: &jmespath::JmespathError) -> String {
    let reason = match &error.reason {
        jmespath::ErrorReason::Parse(reason) => reason.as_str(),
        jmespath::ErrorReason::Runtime(_) => "it cannot be evaluated",
    };
    let (said, found) = reason.split_once(" -- found ").unwrap_or((reason, ""));
    let said = said.split(": ").next().unwrap_or_default();
    let said = match said.strip_prefix("Unable to parse ") {
        Some(_) => "a literal or a quoted name cannot be read",
        None => said.trim_end_matches('.'),
    };
    // The kind of what was found, without what it holds.
    match found.split(['(', ' ']).next() {
        Some("") | None => said.to_owned(),
        Some(kind) => format!("{said} -- found {kind}"),
    }
}

/// `ABC, DEF`: Jira's project keys, letters first, as Jira's default pattern has them.
fn parse_keys(text: &str) -> Result<Vec<String>, FieldValueError> {
    let words = text
        .split([',', ';', ' ', '\t', '\u{a0}'])
        .filter(|word| !word.is_empty());
    // Jira is asked for each key by its address: what is a token rather than a key must not get there.
    let is_token = |word: &str| word.len() > 20 && word.contains(|c: char| c.is_ascii_digit());
    let is_key = |word: &str| {
        word.len() >= 2
            && !is_token(word)
            && word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let keys = words.map(|word| is_key(word).then(|| word.to_ascii_uppercase()));
    let keys: Option<Vec<String>> = keys.collect();
    keys.filter(|keys| !keys.is_empty())
        .ok_or(FieldValueError::NotAKeyList)
}

/// `+refs/a/*:refs/a/*` with `,` between, the `+` optional (page "REST API: Integrations", `refSpecCustom`).
fn parse_refspecs(text: &str) -> Result<(), FieldValueError> {
    let is_ref = |side: &str| {
        let rest = side.strip_prefix("refs/").unwrap_or_default();
        !rest.is_empty()
            && !rest.contains("//")
            && !rest
                .chars()
                .any(|c| c.is_whitespace() || "~^:?[\\".contains(c))
    };
    let stars = |side: &str| side.matches('*').count();
    for spec in text.split(',').map(str::trim) {
        let sides = spec.strip_prefix('+').unwrap_or(spec).split_once(':');
        let is_refspec = sides.is_some_and(|(from, to)| {
            is_ref(from) && is_ref(to) && stars(from) <= 1 && stars(from) == stars(to)
        });
        if !is_refspec {
            return Err(FieldValueError::NotARefSpec(spec.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_every_form_and_case() {
        for (text, flag) in [
            ("true", true),
            ("YES", true),
            ("y", true),
            ("On", true),
            ("1", true),
        ] {
            assert_eq!(FieldValue::flag(text), Some(flag));
        }
        for text in ["FALSE", "no", "N", "off", "0"] {
            assert_eq!(FieldValue::flag(text), Some(false));
        }
        assert_eq!(FieldValue::flag("maybe"), None);
    }

    #[test]
    fn integers_are_whole_and_not_negative() {
        assert_eq!(parse_integer("1440"), Ok(1440));
        assert_eq!(parse_integer("5.0"), Ok(5));
        for text in ["5.5", "-1", "1e3", "5.", "", "4294967296", "1.000"] {
            assert_eq!(
                parse_integer(text),
                Err(FieldValueError::NotAnInteger),
                "{text}"
            );
        }
    }

    #[test]
    fn project_keys_take_every_separator_and_case() {
        assert_eq!(
            parse_keys("abc, DEF;OPS_2"),
            Ok(vec!["ABC".into(), "DEF".into(), "OPS_2".into()])
        );
        for text in ["A", "10000", "ABC-1", ","] {
            assert_eq!(
                parse_keys(text),
                Err(FieldValueError::NotAKeyList),
                "{text}"
            );
        }
    }

    #[test]
    fn refspecs_have_two_sides_with_as_many_stars() {
        for text in [
            "+refs/a/*:refs/a/*",
            "refs/heads/main:refs/heads/main, +refs/b/*:refs/c/*",
        ] {
            assert_eq!(parse_refspecs(text), Ok(()), "{text}");
        }
        for text in [
            "refs/a/*",
            "heads/*:refs/heads/*",
            "refs/a/*:refs/a",
            "refs/a:refs/b,",
            "refs/:refs/",
        ] {
            assert!(parse_refspecs(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_filter_that_is_no_jmespath_is_told_with_its_place() {
        assert!(FieldValue::parse(Kind::Filter, "[?archived==`false`]").is_ok());
        let error = FieldValue::parse(Kind::Filter, "[?archived==`false`").unwrap_err();
        assert!(
            matches!(error, FieldValueError::NotAFilter { at: 20, .. }),
            "{error:?}"
        );
    }

    #[test]
    fn a_filter_of_nothing_but_brackets_is_refused_on_a_small_stack() {
        for piece in ["[", "(", "{a:", "!", "&", "[?", "(!"] {
            let text: String = piece.repeat(1999 / piece.len());
            let parse = move || FieldValue::parse(Kind::Filter, &text).is_err();
            // A thread of the pool has less than the main one.
            let thread = std::thread::Builder::new()
                .stack_size(1 << 20)
                .spawn(parse)
                .unwrap();
            assert!(thread.join().unwrap(), "{piece}");
        }
        assert!(
            FieldValue::parse(
                Kind::Filter,
                "[?!contains(name, 'a') && (b || !c)].{n: name}"
            )
            .is_ok()
        );
    }

    #[test]
    fn paths_and_filters_are_bounded() {
        assert_eq!(
            FieldValue::parse(Kind::ApiPath, "api/v3"),
            Err(FieldValueError::NoLeadingSlash)
        );
        let long = "x".repeat(2001);
        assert_eq!(
            FieldValue::parse(Kind::Filter, &long),
            Err(FieldValueError::TooLong)
        );
    }
}
