//! The values of a record's settings.

use serde::Serialize;
use serde_json::Value;

use super::code::Code;
use super::diagnostic::Problem;
use super::field::{Field, Kind};
use super::quote::quote;
use super::region::{is_region, nearest_region};

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

/// Whether a character separates the items of a list.
fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | ' ' | '\t' | '\u{a0}')
}

impl FieldValue {
    /// Reads the text of a cell as a value of `field`. Fields that are no settings (type, origin, credentials) are text here.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn parse(field: Field, text: &str) -> Result<Self, Problem> {
        let error = |code, what: &str, help: &str| {
            let shown = quote(text, field.kind());
            Problem::new(code, format!("`{field}` is {shown}, which is {what}"), help)
        };
        match field.kind() {
            Kind::Flag => parse_flag(text).map(Self::Flag).ok_or_else(|| {
                let help = "write `yes` or `no`, or leave the cell blank for Jira's default";
                error(Code::NotABoolean, "neither yes nor no", help)
            }),
            Kind::Integer => parse_integer(text).map(Self::Integer).ok_or_else(|| {
                error(Code::NotAnInteger, "not a whole number", "write digits only")
            }),
            Kind::FolderDepth => {
                let depth = parse_integer(text).filter(|depth| (1..=5).contains(depth));
                depth.map(Self::Integer).ok_or_else(|| {
                    let help = "write a whole number from 1 to 5";
                    error(Code::FolderDepthOutOfRange, "not a depth from 1 to 5", help)
                })
            }
            Kind::Keys => parse_keys(text).map(Self::Text).ok_or_else(|| {
                let help = match parse_ids(text) {
                    Ok(_) => {
                        "these are ids: rename the column to `projectMappingIds`, or write keys such as `ABC, DEF`"
                    }
                    Err(_) => "write keys such as `ABC, DEF`",
                };
                error(Code::NotAKeyList, "not a list of project keys", help)
            }),
            Kind::Ids => parse_ids(text).map(Self::Ids).map_err(|code| match code {
                Code::JoinedIds => error(
                    code,
                    "probably several ids joined by a thousands separator",
                    "format the cell as text; write one id without separators, several as `10000, 10100`",
                ),
                _ => error(
                    code,
                    "not a list of numeric project ids",
                    "write ids such as `10000, 10100`",
                ),
            }),
            Kind::RefSpecs => match bad_refspec(text) {
                None => Ok(Self::Text(text.to_owned())),
                Some(spec) => {
                    let shown = quote(spec, Kind::RefSpecs);
                    let message = format!("`{field}` contains {shown}, which is not a refspec");
                    let help = "write `+refs/a/*:refs/a/*`, with commas between several";
                    Err(Problem::new(Code::NotARefspec, message, help))
                }
            },
            Kind::Region if !is_region(text) => {
                let help = match nearest_region(text) {
                    Some(region) => format!("did you mean `{region}`?"),
                    None => "write the region's code, such as `eu-central-1`".to_owned(),
                };
                Err(error(Code::UnknownRegion, "not an AWS region", &help))
            }
            Kind::ApiPath if !text.starts_with('/') => Err(error(
                Code::ApiPathNotAbsolute,
                "not a path that begins with `/`",
                "write the path of the host's API, such as `/api/v3`",
            )),
            Kind::ApiPath | Kind::Filter if text.chars().count() > LONGEST_FILTER => {
                let message = format!("`{field}` is longer than 2,000 characters");
                let help = "shorten it; Jira accepts no more";
                Err(Problem::new(Code::TooLong, message, help))
            }
            Kind::Filter => match filter_error(text) {
                None => Ok(Self::Text(text.to_owned())),
                Some((reason, at)) => Err(Problem::new(
                    Code::NotJmespath,
                    format!("`{field}` is not JMESPath: {reason} at character {at}"),
                    "fix the expression; write text in single quotes: `'x'`, not `` `x` `` or `\"x\"`",
                )),
            },
            _ => Ok(Self::Text(text.to_owned())),
        }
    }

    pub fn to_json(&self) -> Value {
        // Writing such a value cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// `true`, `Yes`, `0`, and what people and Excel write in German, French, Spanish, Italian, Portuguese and Dutch; none for
/// anything else.
pub(crate) fn parse_flag(text: &str) -> Option<bool> {
    #[rustfmt::skip]
    const TRUE: [&str; 17] = [
        "true", "yes", "y", "on", "1", "ja", "wahr", "oui", "vrai", "sí", "sì", "si", "verdadero", "vero", "sim",
        "verdadeiro", "waar",
    ];
    #[rustfmt::skip]
    const FALSE: [&str; 13] = [
        "false", "no", "n", "off", "0", "nein", "falsch", "non", "faux", "falso", "não", "nee", "onwaar",
    ];
    match text {
        // As nearly all are written.
        "true" => return Some(true),
        "false" => return Some(false),
        _ => {}
    }
    let text = text.to_lowercase();
    if TRUE.contains(&text.as_str()) {
        Some(true)
    } else {
        FALSE.contains(&text.as_str()).then_some(false)
    }
}

/// `5`, and `5.0` as spreadsheets write it; `1.000` is a thousand in some countries and one in others.
fn parse_integer(text: &str) -> Option<u32> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let is_digits = whole.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| whole.parse().ok()).flatten()
}

/// `10000,10100` with `,`, `;` or spaces between, in brackets or not.
fn parse_ids(text: &str) -> Result<Vec<u64>, Code> {
    /// Most digits of a project id; Jira counts them up from 10000.
    const LONGEST_ID: usize = 9;
    let in_brackets = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let list = in_brackets.unwrap_or(text);
    if is_grouped(list) {
        return Err(Code::JoinedIds);
    }
    let words = list.split(is_separator).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let digits = word.strip_suffix(".0").unwrap_or(word);
            if digits.len() > LONGEST_ID && digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Code::JoinedIds);
            }
            let is_id = !digits.starts_with(['0', '+']);
            let id = is_id.then(|| digits.parse().ok()).flatten();
            id.ok_or(Code::NotAnIdList)
        })
        .collect()
}

/// `1,000,010,100` is what a spreadsheet shows for 1000010100, which was once `10000,10100`; `10,000` is one id.
fn is_grouped(list: &str) -> bool {
    let mut groups = list.split(is_separator);
    let is_first_short = groups
        .next()
        .is_some_and(|first| matches!(first.len(), 1..=3));
    let mut others = groups.peekable();
    is_first_short && others.peek().is_some() && others.all(|group| group.len() == 3)
}

/// `ABC, DEF`: Jira's project keys, letters first, as Jira's default pattern has them.
fn parse_keys(text: &str) -> Option<String> {
    let words = text.split(is_separator).filter(|word| !word.is_empty());
    // Jira is asked for each key by its address: a token in place of a key must not get there.
    let is_token = |word: &str| word.len() > 20 && word.contains(|c: char| c.is_ascii_digit());
    let is_key = |word: &str| {
        word.len() >= 2
            && !is_token(word)
            && word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let keys = words.map(|word| is_key(word).then(|| word.to_ascii_uppercase()));
    let keys: Vec<String> = keys.collect::<Option<_>>()?;
    (!keys.is_empty()).then(|| keys.join(","))
}

/// The first part of a list that is no refspec: `+refs/a/*:refs/a/*` with `,` between, the `+` optional (page "REST API:
/// Integrations", `refSpecCustom`).
fn bad_refspec(text: &str) -> Option<&str> {
    let is_ref = |side: &str| {
        let rest = side.strip_prefix("refs/").unwrap_or_default();
        !rest.is_empty()
            && !rest.contains("//")
            && !rest.contains(|c: char| c.is_whitespace() || "~^:?[\\".contains(c))
    };
    let stars = |side: &str| side.matches('*').count();
    let is_refspec = |spec: &str| {
        let sides = spec.strip_prefix('+').unwrap_or(spec).split_once(':');
        sides.is_some_and(|(from, to)| {
            is_ref(from) && is_ref(to) && stars(from) <= 1 && stars(from) == stars(to)
        })
    };
    let mut specs = text.split(',').map(str::trim);
    specs.find(|spec| !is_refspec(spec))
}

/// What is wrong with a filter, and the character where it is, from 1.
fn filter_error(text: &str) -> Option<(String, usize)> {
    if let Some(at) = too_deep(text) {
        return Some(("it is nested too deeply".to_owned(), at));
    }
    match jmespath::parse(text) {
        // The parser's own words may quote a secret.
        Err(error) => Some(("there is a mistake".to_owned(), error.offset + 1)),
        Ok(_) => jmespath_slip(text),
    }
}

/// What the parser accepts though it is a mistake, and where: a function that does not exist, or
/// two values without a comma between them.
fn jmespath_slip(text: &str) -> Option<(String, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut is_behind_value = false;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        at += 1;
        if c.is_whitespace() {
            continue;
        }
        let is_quoted = matches!(c, '\'' | '"' | '`');
        if is_behind_value && (is_quoted || is_word(c) || c == '@') {
            return Some(("a comma is missing".to_owned(), start + 1));
        }
        if is_quoted {
            while chars.get(at).is_some_and(|next| *next != c) {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if is_word(c) || c == '-' {
            while chars.get(at).is_some_and(|next| is_word(*next)) {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            let is_function = || jmespath::DEFAULT_RUNTIME.get_function(&word).is_some();
            if chars.get(at) == Some(&'(') && !is_function() {
                // A long word may be a secret.
                let name = if word.len() <= 12 {
                    format!(" `{word}`")
                } else {
                    String::new()
                };
                return Some((format!("there is no function{name}"), start + 1));
            }
        }
        is_behind_value = is_quoted || is_word(c) || matches!(c, '-' | '@' | ')' | ']' | '}');
    }
    None
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

#[cfg(test)]
mod tests {
    use super::*;

    fn code(field: Field, text: &str) -> Option<Code> {
        let parsed = FieldValue::parse(field, text);
        parsed.err().map(|problem| problem.code)
    }

    #[test]
    fn flags_are_read_in_every_form_and_case() {
        for text in ["true", "YES", "y", "On", "1"] {
            assert_eq!(parse_flag(text), Some(true));
        }
        for text in ["FALSE", "no", "N", "off", "0"] {
            assert_eq!(parse_flag(text), Some(false));
        }
        assert_eq!(parse_flag("maybe"), None);
    }

    #[test]
    fn integers_are_whole_and_not_negative() {
        assert_eq!(parse_integer("1440"), Some(1440));
        assert_eq!(parse_integer("5.0"), Some(5));
        for text in ["5.5", "-1", "1e3", "5.", "", "4294967296", "1.000"] {
            assert_eq!(parse_integer(text), None, "{text}");
        }
    }

    #[test]
    fn id_lists_take_every_separator_and_brackets() {
        for text in [
            "10000,10100",
            "10000; 10100",
            "10000 10100",
            "[10000,10100]",
        ] {
            assert_eq!(parse_ids(text), Ok(vec![10000, 10100]), "{text}");
        }
        assert_eq!(parse_ids("10000.0"), Ok(vec![10000]));
        assert_eq!(parse_ids("[]"), Ok(vec![]));
        for text in ["10000,ABC", "0", "007", "-1", "+10000"] {
            assert_eq!(
                code(Field::ProjectMappingIds, text),
                Some(Code::NotAnIdList),
                "{text}"
            );
        }
    }

    #[test]
    fn ids_that_a_thousands_separator_joined_are_found() {
        for text in ["1000010100", "1,000,010,100", "10,000", "10,100"] {
            assert_eq!(
                code(Field::ProjectMappingIds, text),
                Some(Code::JoinedIds),
                "{text}"
            );
        }
    }

    #[test]
    fn project_keys_take_every_separator_and_case() {
        assert_eq!(parse_keys("abc, DEF;OPS_2").unwrap(), "ABC,DEF,OPS_2");
        for text in ["A", "10000", "ABC-1", ","] {
            assert_eq!(
                code(Field::ProjectKeys, text),
                Some(Code::NotAKeyList),
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
            assert_eq!(bad_refspec(text), None, "{text}");
        }
        for text in [
            "refs/a/*",
            "heads/*:refs/heads/*",
            "refs/a/*:refs/a",
            "refs/a:refs/b,",
            "refs/:refs/",
        ] {
            assert!(bad_refspec(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_filter_that_is_no_jmespath_is_told_with_its_place() {
        assert_eq!(filter_error("[?archived==`false`]"), None);
        let (_, at) = filter_error("[?archived==`false`").unwrap();
        assert_eq!(at, 20);
    }

    #[test]
    fn a_filter_of_nothing_but_brackets_is_refused_on_a_small_stack() {
        for piece in ["[", "(", "{a:", "!", "&", "[?", "(!"] {
            let text: String = piece.repeat(1999 / piece.len());
            // A thread of the pool has less than the main one.
            let thread = std::thread::Builder::new()
                .stack_size(1 << 20)
                .spawn(move || filter_error(&text).is_some())
                .unwrap();
            assert!(thread.join().unwrap(), "{piece}");
        }
        assert_eq!(
            filter_error("[?!contains(name, 'a') && (b || !c)].{n: name}"),
            None
        );
    }

    #[test]
    fn a_secret_in_the_wrong_column_is_not_shown() {
        let canary = "canaryvendorpat";
        for field in [
            Field::Global,
            Field::MaxMinsToCommitEmail,
            Field::ProjectMappingIds,
            Field::AwsRegion,
            Field::FolderDepth,
            Field::ApiPath,
            Field::RefSpecCustom,
        ] {
            let message = FieldValue::parse(field, canary).unwrap_err().message;
            assert!(message.contains("a text of 15 characters"), "{message}");
        }
    }

    #[test]
    fn paths_and_filters_are_bounded() {
        assert_eq!(
            code(Field::ApiPath, "api/v3"),
            Some(Code::ApiPathNotAbsolute)
        );
        assert_eq!(
            code(Field::ApiFilter, &"x".repeat(2001)),
            Some(Code::TooLong)
        );
    }
}
