//! Filters and regular expressions that were compiled before: sheets repeat the same few from row to row, and each takes
//! longer to compile than the rest of its row to check (0.17 s instead of 8.8 s for 100,000 rows).
//!
//! The decision to know: each thread has its own cache, and empties it once it is full.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::{Field, FieldValue, Problem};

/// Texts in a cache, and the longest of them in bytes.
const MOST: usize = 512;
const LONGEST: usize = 2000;

thread_local! {
    static FILTERS: Cache<Result<FieldValue, Problem>> = Cache(RefCell::default());
    static PATTERNS: Cache<Option<String>> = Cache(RefCell::default());
}

/// Reads a JMESPath filter.
pub(super) fn check_filter(text: &str) -> Result<FieldValue, Problem> {
    FILTERS.with(|filters| filters.get(text, |text| FieldValue::parse(Field::ApiFilter, text)))
}

/// What is wrong with a regular expression.
pub(super) fn pattern_error(text: &str) -> Option<String> {
    let compile = |text: &str| {
        let compiled = fancy_regex::Regex::new(text);
        compiled
            .err()
            .map(|error| without_quotes(&error.to_string()))
    };
    PATTERNS.with(|patterns| patterns.get(text, compile))
}

/// The message of the regex crate, without what it quotes of the text: that may be a secret.
fn without_quotes(message: &str) -> String {
    if let Some((_, reason)) = message.rsplit_once("\nerror: ") {
        return reason.to_owned();
    }
    let parts: Vec<&str> = message.splitn(3, ": ").take(2).collect();
    parts.join(": ")
}

struct Cache<T>(RefCell<HashMap<String, T>>);

impl<T: Clone> Cache<T> {
    /// What `compute` makes of `text`, from the cache if it is there.
    fn get(&self, text: &str, compute: impl FnOnce(&str) -> T) -> T {
        let mut cache = self.0.borrow_mut();
        if let Some(known) = cache.get(text) {
            return known.clone();
        }
        let computed = compute(text);
        if text.len() <= LONGEST {
            if cache.len() >= MOST {
                cache.clear();
            }
            cache.insert(text.to_owned(), computed.clone());
        }
        computed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compiled_once_and_the_result_stays() {
        let cache = Cache(RefCell::default());
        let compiled = std::cell::Cell::new(0);
        let compile = |text: &str| {
            compiled.set(compiled.get() + 1);
            text.len()
        };
        for _ in 0..3 {
            assert_eq!(cache.get("abc", compile), 3);
            assert_eq!(cache.get("ab", compile), 2);
        }
        assert_eq!(compiled.get(), 2);
    }

    #[test]
    fn a_cache_is_bounded() {
        let cache = Cache(RefCell::default());
        for n in 0..3 * MOST {
            cache.get(&n.to_string(), |_| ());
        }
        cache.get(&"x".repeat(LONGEST + 1), |_| ());
        let kept = cache.0.into_inner();
        assert!(kept.len() <= MOST);
        assert!(kept.keys().all(|text| text.len() <= LONGEST));
    }

    #[test]
    fn what_is_wrong_is_reported_each_time() {
        for _ in 0..2 {
            assert!(check_filter("[?archived==`false`]").is_ok());
            assert!(check_filter("[?archived==`false`").is_err());
            assert_eq!(pattern_error("v[0-9]+"), None);
            assert!(pattern_error("v[0-9").is_some());
        }
    }

    #[test]
    fn what_is_wrong_is_reported_without_the_text() {
        for text in ["canary[0-9", "(canary", "*canary"] {
            let error = pattern_error(text).unwrap();
            assert!(!error.contains("canary"), "{error}");
        }
        for text in ["canary canary", "\"canary", "`canary", "[?a==`canary`"] {
            let problem = check_filter(text).unwrap_err().message;
            assert!(!problem.contains("canary"), "{problem}");
        }
    }
}
