//! How a message quotes the text of a cell.
//!
//! The decision to know: a secret may have slipped into any column. A text that is neither a short word nor of the shape
//! that its field expects is described by its length, and no part of it is shown.

use super::field::Kind;
use super::integration_type::IntegrationType;
use super::region::nearest_region;

/// Longest piece of a cell that a message shows.
const LONGEST_SHOWN: usize = 60;

/// The text of a cell of a field of `kind` for a message: quoted, or only described.
pub(crate) fn quote(text: &str, kind: Kind) -> String {
    match shown(text, kind) {
        Some(shown) => quote_any(shown),
        None => match text.chars().count() {
            1 => "a text of one character".to_owned(),
            length => format!("a text of {length} characters"),
        },
    }
}

/// What may be shown of the text of a cell of a field of `kind`.
pub(crate) fn shown(text: &str, kind: Kind) -> Option<&str> {
    let shown = match kind {
        Kind::Type => IntegrationType::meant_by(text).map(|_| text),
        Kind::Region => nearest_region(text).map(|_| text),
        Kind::Integer | Kind::Ids | Kind::FolderDepth => is_number(text).then_some(text),
        Kind::Origin | Kind::ApiPath | Kind::RefSpecs => address(text),
        _ => None,
    };
    shown.or_else(|| is_short_word(text).then_some(text))
}

/// A text that is known not to be a secret, such as one close to a known name.
pub(crate) fn quote_any(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn is_number(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || " ,;.[]+-'eE".contains(c))
}

/// A word or two as people write them, or short numbers: passwords mix letters, digits and cases.
fn is_short_word(text: &str) -> bool {
    const LONGEST: usize = 10;
    text.chars().count() <= LONGEST && is_plain(text, " ,;-_.", 0)
}

/// What may be shown of an address or a path: all before a query or fragment, if it is made of plain words, and nobody but
/// `git` stands before an `@`: that may be a password.
fn address(text: &str) -> Option<&str> {
    const MOST_DIGITS: usize = 6;
    let shown = text.split(['?', '#']).next()?;
    let rest = shown.split_once("://").map_or(shown, |(_, rest)| rest);
    let rest = rest.strip_prefix("git@").unwrap_or(rest);
    let start = shown.len() - rest.len();
    let is_address = shown.contains(['/', '\\', '.'])
        && !text[start..].contains('@')
        && is_plain(&shown[..start], ":/@+", 0)
        && is_plain(rest, " ./\\:*~+%_-", MOST_DIGITS);
    is_address.then_some(shown)
}

/// Whether all between the separators is a word, a number, or a text of four characters. A word in lower case may have
/// this many digits at its end.
fn is_plain(text: &str, separators: &str, most_digits: usize) -> bool {
    const LONGEST_WORD: usize = 24;
    const LONGEST_NUMBER: usize = 6;
    const LONGEST_MIXED: usize = 4;
    let mut words = text.split(|c: char| separators.contains(c));
    words.all(|word| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = word.len() - letters.len();
        let may_have_digits = digits <= most_digits && !letters.contains(char::is_uppercase);
        let is_number = letters.is_empty() && digits <= LONGEST_NUMBER;
        let is_name =
            letters.len() <= LONGEST_WORD && is_word(letters) && (digits == 0 || may_have_digits);
        let is_mixed = word.len() <= LONGEST_MIXED && word.chars().all(char::is_alphanumeric);
        is_number || is_name || is_mixed
    })
}

/// Letters alone, all small, all capital, or with a capital at the beginning and few others: `BitBucket`.
fn is_word(word: &str) -> bool {
    const LETTERS_PER_CAPITAL: usize = 3;
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    word.chars().all(char::is_alphabetic)
        && (capitals == 0
            || capitals == word.chars().count()
            || word.starts_with(char::is_uppercase)
                && (capitals == 1 || capitals * LETTERS_PER_CAPITAL <= word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "canaryvendorpat",
            "correct-horse-battery-staple",
            "SEKRIT2001",
            "Hunter2!",
            "dpJqKw",
            "DpJqKw",
            "GITHUB,Zed,,SEKRIT2001",
            "jo:canary",
            "jo:canary@git.example.org",
            "https://jo:canarygit@git.example.org",
            "ssh://git:canary@host/a.git",
            "htps://jo:pa?ss@git.example.org",
            "htps://jo:1234?x@git.example.org",
            "git.example.org/0123456789abcdef0123456789abcdef01234567",
        ] {
            for kind in [
                Kind::Type,
                Kind::Origin,
                Kind::Flag,
                Kind::Integer,
                Kind::Ids,
                Kind::Keys,
                Kind::Region,
                Kind::FolderDepth,
                Kind::ApiPath,
                Kind::RefSpecs,
                Kind::Text,
            ] {
                let length = secret.chars().count();
                assert_eq!(
                    quote(secret, kind),
                    format!("a text of {length} characters"),
                    "{kind:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_plainly_a_slip_stays_to_be_seen() {
        for (text, kind) in [
            ("perhaps", Kind::Flag),
            ("10000,ABC", Kind::Ids),
            ("not sure", Kind::Integer),
            ("10000,10100,10200", Kind::Ids),
            ("git.example.org", Kind::Origin),
            ("ftp://git.example.org/team", Kind::Origin),
            ("https://git example.org", Kind::Origin),
            ("https:/git2.example.org:8443", Kind::Origin),
            ("git@git.example.org:team/repo.git", Kind::Origin),
            ("ssh://git@git.example.org/team/repo.git", Kind::Origin),
            ("https://git.example.org/team/k8s-infra.git", Kind::Origin),
            ("gerrit", Kind::Origin),
            ("BitBucket", Kind::Type),
            ("GITHUB_SERVR", Kind::Type),
            ("eu-wst-1", Kind::Region),
            ("api/v4", Kind::ApiPath),
            (r"C:repos\team", Kind::Origin),
            ("refs/a/*", Kind::RefSpecs),
        ] {
            assert_eq!(quote(text, kind), format!("`{text}`"));
        }
        assert_eq!(
            quote("git.example.org?token=a", Kind::Origin),
            "`git.example.org`"
        );
    }
}
