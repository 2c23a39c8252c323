//! How a message quotes the text of a cell.
//!
//! The decision to know: what is neither a short word nor of a shape that its field knows may be a secret that slipped
//! into the wrong column. It is described by its length, and no part of it is shown.

use crate::model::IntegrationType;

/// Longest piece of a cell that a message shows.
const LONGEST_SHOWN: usize = 60;

/// What a text may be, beside a short word, to be shown.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Nothing else.
    Word,
    /// Digits, and what stands between and around them.
    Numerals,
    /// The address of a host or of a repository, or nearly one.
    Address,
    /// A path, a ref or a refspec.
    Path,
    /// Whatever it is: somebody found it close to a name that is known.
    Near,
}

/// A cell's text for a message: cut to a sensible length, or only described.
pub(super) fn quoted(text: &str, shape: Shape) -> String {
    let is_of_shape = match shape {
        Shape::Word => false,
        Shape::Numerals => text
            .chars()
            .all(|c| c.is_ascii_digit() || " ,;.[]+-'eE".contains(c)),
        Shape::Address => return address(text).map_or_else(|| described(text), cut),
        Shape::Path => is_path(text),
        Shape::Near => true,
    };
    if is_of_shape || is_short_word(text) {
        cut(text)
    } else {
        described(text)
    }
}

/// Whether a text is at most two slips away from the name of a type or of its product.
pub(super) fn is_near_a_type(text: &str) -> bool {
    const LARGEST_SLIP: usize = 2;
    const SHORTEST: usize = 5;
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
        letters.flat_map(char::to_lowercase).collect()
    };
    let text = plain(text);
    let known = IntegrationType::all().flat_map(|of| {
        let called = of.spec().also_called.iter().copied();
        called.chain([of.name(), of.product()])
    });
    text.chars().count() >= SHORTEST
        && known
            .map(plain)
            .any(|known| strsim::osa_distance(&known, &text) <= LARGEST_SLIP)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn described(text: &str) -> String {
    match text.chars().count() {
        1 => "a text of one character".to_owned(),
        length => format!("a text of {length} characters"),
    }
}

/// Whether a text is a word or two as people write them, or short numbers: passwords mix letters, digits and cases.
fn is_short_word(text: &str) -> bool {
    const LONGEST: usize = 10;
    const LONGEST_NUMBER: usize = 6;
    const LONGEST_MIXED: usize = 4;
    let mut words = text.split([' ', ',', ';', '-', '_', '.']);
    text.chars().count() <= LONGEST
        && words.all(|word| {
            is_plain_word(word)
                || is_number(word, LONGEST_NUMBER)
                || word.len() <= LONGEST_MIXED && word.chars().all(char::is_alphanumeric)
        })
}

/// Letters alone, small or capital; or words of three letters or more, each with a capital where it begins: `BitBucket`.
fn is_plain_word(word: &str) -> bool {
    const SHORTEST_PART: usize = 3;
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let is_name = capitals == 1 && word.starts_with(char::is_uppercase);
    word.chars().all(char::is_alphabetic)
        && (capitals == 0
            || is_name
            || word.chars().all(|c| !c.is_lowercase())
            || parts_of(word).all(|part| part >= SHORTEST_PART))
}

/// How long the parts of a word are, each of which begins with a capital.
fn parts_of(word: &str) -> impl Iterator<Item = usize> {
    let mut starts: Vec<usize> = word
        .chars()
        .enumerate()
        .filter(|(at, c)| *at == 0 || c.is_uppercase())
        .map(|(at, _)| at)
        .collect();
    starts.push(word.chars().count());
    (1..starts.len()).map(move |at| starts[at] - starts[at - 1])
}

fn is_number(word: &str, longest: usize) -> bool {
    word.len() <= longest && word.bytes().all(|b| b.is_ascii_digit())
}

/// What may be shown of an address: all before a query or fragment. None, if it is none, or if anybody but `git` stands
/// before an `@`: that may be a password.
fn address(text: &str) -> Option<&str> {
    let (scheme, rest) = match text.find(":/") {
        Some(end) => (&text[..end], text[end + 1..].trim_start_matches('/')),
        None => ("", text),
    };
    let rest = rest.strip_prefix("git@").unwrap_or(rest);
    if rest.contains('@') {
        return None;
    }
    let shown = text.split(['?', '#']).next().unwrap_or_default();
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let is_scheme = scheme.len() <= 8 && is_plain_word(&scheme.replace('+', ""));
    let is_address = is_scheme
        && (!scheme.is_empty() || host.contains('.') || rest.starts_with("localhost"))
        && is_made_of_plain_words(rest);
    (is_address || is_short_word(text)).then_some(shown)
}

fn is_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    (has_drive || text.contains(['/', '\\'])) && is_made_of_plain_words(text)
}

/// Whether all between the separators of addresses and paths is a word, a number, or a small word with a number.
fn is_made_of_plain_words(text: &str) -> bool {
    const LONGEST_WORD: usize = 24;
    const LONGEST_NUMBER: usize = 6;
    const LONGEST_MIXED: usize = 4;
    let mut words = text.split(|c: char| " ./\\:*~+%_-".contains(c));
    words.all(|word| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_name = name.len() <= LONGEST_WORD
            && is_plain_word(name)
            && (name.len() == word.len() || name.chars().all(|c| !c.is_uppercase()))
            && is_number(&word[name.len()..], LONGEST_NUMBER);
        is_name || word.len() <= LONGEST_MIXED && word.chars().all(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Shape::{Address, Numerals, Path, Word};

    #[test]
    fn what_may_be_a_secret_is_shown_in_no_field() {
        for secret in [
            "0123456789abcdef0123456789abcdef01234567",
            "abcdefabcdefabcdefabcdefabcdefabcdefabcd12",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
            "550e8400-e29b-41d4-a716-446655440000",
            "xoxb-1234567890-AbCdEfGhIjKl",
            "canary-7Qm2xW",
            "SEKRIT2001",
            "Hunter2!",
            "dpJqKw",
            "GITHUB,Zed,,SEKRIT2001",
            "jo:canary@git.example.org",
            "htps://jo:pa?ss@git.example.org",
            "htps://jo:1234?x@git.example.org",
            "git.example.org/0123456789abcdef0123456789abcdef01234567",
        ] {
            for shape in [Word, Numerals, Address, Path] {
                let length = secret.chars().count();
                assert_eq!(
                    quoted(secret, shape),
                    format!("a text of {length} characters")
                );
            }
        }
    }

    #[test]
    fn what_is_plainly_a_slip_stays_to_be_seen() {
        for (text, shape) in [
            ("perhaps", Word),
            ("10000,ABC", Word),
            ("not sure", Word),
            ("10000,10100,10200", Numerals),
            ("git.example.org", Address),
            ("ftp://git.example.org/team", Address),
            ("https://git example.org", Address),
            ("https:/git2.example.org:8443", Address),
            ("git@git.example.org:team/repo.git", Address),
            ("https://git.example.org/team/k8s-infra.git", Address),
            ("gerrit", Address),
            ("BitBucket", Word),
            ("api/v4", Path),
            (r"C:repos", Path),
            ("refs/a/*", Path),
        ] {
            assert_eq!(quoted(text, shape), format!("`{text}`"));
        }
        assert_eq!(
            quoted("git.example.org?token=a", Address),
            "`git.example.org`"
        );
    }

    #[test]
    fn only_a_slip_or_two_are_near_a_type() {
        for near in ["GITHBU", "GitHub Enterprize", "gitlab self-managed"] {
            assert!(is_near_a_type(near), "{near}");
        }
        for far in ["GITHUB_SEKRIT", "GITHUB,Zed,,SEKRIT2001", "GITHUB Sekrit"] {
            assert!(!is_near_a_type(far), "{far}");
        }
    }
}
