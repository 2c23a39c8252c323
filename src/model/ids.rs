//! Lists of project ids, and what a spreadsheet may have made of them.

use super::field_value::FieldValueError;

/// Most digits of a project id; Jira counts them up from 10000.
const LONGEST_ID: usize = 9;

/// `10000,10100` with `,`, `;` or spaces between, in brackets or not.
pub(super) fn parse_ids(text: &str) -> Result<Vec<u64>, FieldValueError> {
    plain_ids(text).map_or_else(|| ids_of_any_form(text), Ok)
}

fn ids_of_any_form(text: &str) -> Result<Vec<u64>, FieldValueError> {
    let list = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let separators = [',', ';', ' ', '\t', '\u{a0}'];
    let words = list.split(separators).filter(|word| !word.is_empty());
    if looks_grouped(words.clone(), list) {
        return Err(FieldValueError::JoinedIds);
    }
    words
        .map(|word| {
            let digits = word.strip_suffix(".0").unwrap_or(word);
            if digits.is_empty()
                || digits.starts_with('0')
                || !digits.bytes().all(|b| b.is_ascii_digit())
            {
                Err(FieldValueError::NotAnIdList)
            } else if digits.len() > LONGEST_ID {
                Err(FieldValueError::JoinedIds)
            } else {
                digits.parse().map_err(|_| FieldValueError::NotAnIdList)
            }
        })
        .collect()
}

/// `10000; 10100`: ids of so many digits that nothing else can be meant, which nearly all are.
fn plain_ids(text: &str) -> Option<Vec<u64>> {
    const SHORTEST: usize = 4;
    let words = || {
        text.as_bytes()
            .split(|b| matches!(b, b',' | b';' | b' '))
            .filter(|word| !word.is_empty())
    };
    let is_plain = |word: &[u8]| {
        (SHORTEST..=LONGEST_ID).contains(&word.len())
            && word[0] != b'0'
            && word.iter().all(u8::is_ascii_digit)
    };
    let count = words().count();
    if count == 0 || !words().all(is_plain) {
        return None;
    }
    let mut ids = Vec::with_capacity(count);
    ids.extend(words().map(|word| {
        word.iter()
            .fold(0, |id, digit| id * 10 + u64::from(digit - b'0'))
    }));
    Some(ids)
}

/// `1,000,010,100` is what a spreadsheet shows for 1000010100, which was once `10000,10100`; `10,000` is one id.
fn looks_grouped<'a>(mut words: impl Iterator<Item = &'a str>, list: &str) -> bool {
    let Some(first) = words.next().filter(|first| first.len() <= 3) else {
        return false;
    };
    let (mut length, mut groups) = (first.len(), 0);
    for group in words {
        if group.len() != 3 {
            return false;
        }
        length += 1 + group.len();
        groups += 1;
    }
    let is_separated_tightly = list.len() == length;
    groups > 0 && is_separated_tightly
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(text: &str) -> Result<Vec<u64>, FieldValueError> {
        parse_ids(text)
    }

    #[test]
    fn id_lists_take_every_separator_and_brackets() {
        for text in [
            "10000,10100",
            "10000; 10100",
            "10000 10100",
            "[10000,10100]",
        ] {
            assert_eq!(ids(text), Ok(vec![10000, 10100]), "{text}");
        }
        assert_eq!(ids("10000.0"), Ok(vec![10000]));
        for text in ["10000,ABC", "0", "007", "-1"] {
            assert_eq!(ids(text), Err(FieldValueError::NotAnIdList), "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_ids_are_read_as_all_others_are(text in "([0-9]{1,10}[,; ]{0,2}){0,4}|[0-9,; .]{0,12}") {
            if let Some(ids) = plain_ids(&text) {
                prop_assert_eq!(ids_of_any_form(&text), Ok(ids), "{}", text);
            }
        }
    }

    #[test]
    fn ids_that_a_thousands_separator_joined_are_found() {
        for text in ["1000010100", "1,000,010,100", "10,000", "10,100"] {
            assert_eq!(ids(text), Err(FieldValueError::JoinedIds), "{text}");
        }
    }
}
