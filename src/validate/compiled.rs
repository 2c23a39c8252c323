//! Filters and regular expressions that were looked at before: sheets repeat the same few from row to row, and each
//! takes longer to compile than the rest of its row to check.
//!
//! The decision to know: each thread remembers on its own, and forgets everything once it remembers too much.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::{FieldValue, FieldValueError, Kind};

/// Texts that are remembered at once, and the longest of them in bytes.
const MOST: usize = 512;
const LONGEST: usize = 2000;

thread_local! {
    static FILTERS: Remembered<Result<(), FieldValueError>> = const { Remembered::new() };
    static PATTERNS: Remembered<Option<String>> = const { Remembered::new() };
}

/// The value of a setting that is a filter.
pub(super) fn filter(text: &str) -> Result<FieldValue, FieldValueError> {
    let read = |text: &str| FieldValue::parse(Kind::Filter, text).map(|_| ());
    let is_filter = FILTERS.with(|filters| filters.of(text, read));
    is_filter.map(|()| FieldValue::Text(text.into()))
}

/// What is wrong with a regular expression.
pub(super) fn pattern_error(text: &str) -> Option<String> {
    let compile = |text: &str| {
        let compiled = fancy_regex::Regex::new(text);
        compiled
            .err()
            .map(|error| without_quotes(&error.to_string()))
    };
    PATTERNS.with(|patterns| patterns.of(text, compile))
}

/// What is said about a regular expression, without what is quoted of it: that may be a secret.
fn without_quotes(said: &str) -> String {
    if let Some((_, reason)) = said.rsplit_once("\nerror: ") {
        return reason.to_owned();
    }
    let parts: Vec<&str> = said.splitn(3, ": ").take(2).collect();
    parts.join(": ")
}

/// What came of texts.
struct Remembered<T>(RefCell<Option<HashMap<Box<str>, T>>>);

impl<T: Clone> Remembered<T> {
    const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// What comes of `text`, by `find` unless it is remembered.
    fn of(&self, text: &str, find: impl FnOnce(&str) -> T) -> T {
        let mut remembered = self.0.borrow_mut();
        let remembered = remembered.get_or_insert_default();
        if let Some(known) = remembered.get(text) {
            return known.clone();
        }
        let found = find(text);
        if text.len() <= LONGEST {
            if remembered.len() >= MOST {
                remembered.clear();
            }
            remembered.insert(text.into(), found.clone());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_at_once_and_the_answer_stays() {
        let remembered = Remembered::new();
        let looked = std::cell::Cell::new(0);
        let look = |text: &str| {
            looked.set(looked.get() + 1);
            text.len()
        };
        for _ in 0..3 {
            assert_eq!(remembered.of("abc", look), 3);
            assert_eq!(remembered.of("ab", look), 2);
        }
        assert_eq!(looked.get(), 2);
    }

    #[test]
    fn no_more_is_remembered_than_is_bounded() {
        let remembered = Remembered::new();
        for n in 0..3 * MOST {
            remembered.of(&n.to_string(), |_| ());
        }
        remembered.of(&"x".repeat(LONGEST + 1), |_| ());
        let kept = remembered.0.into_inner().unwrap();
        assert!(kept.len() <= MOST);
        assert!(kept.keys().all(|text| text.len() <= LONGEST));
    }

    #[test]
    fn what_is_wrong_is_told_each_time() {
        for _ in 0..2 {
            assert!(filter("[?archived==`false`]").is_ok());
            assert!(matches!(
                filter("[?archived==`false`"),
                Err(FieldValueError::NotAFilter { at: 20, .. })
            ));
            assert_eq!(pattern_error("v[0-9]+"), None);
            assert!(pattern_error("v[0-9").is_some());
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_text() {
        for text in ["canary[0-9", "(canary", "*canary"] {
            let error = pattern_error(text).unwrap();
            assert!(!error.contains("canary"), "{error}");
        }
        for text in ["canary canary", "\"canary", "`canary", "[?a==`canary`"] {
            let error = filter(text).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
