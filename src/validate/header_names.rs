//! What a header means: the names of fields, as people write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Field, nearest, plain};

/// Headers for the opposite of a field: the vendor's name for that of `disableSslVerification`, and what people write.
const INVERTED: [(&str, Field); 3] = [
    ("sslverify", Field::DisableSslVerification),
    ("enabled", Field::Disabled),
    ("active", Field::Disabled),
];

/// Longest header that is understood, with what people add to it.
const LONGEST_HEADER: usize = 1000;

/// Shortest header that is taken for a misspelled one.
const SHORTEST_SLIP: usize = 5;

static HEADERS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let all = names().chain(aliases()).chain(INVERTED);
    all.map(|(name, field)| (plain(name), field)).collect()
});

/// The headers that others are taken for misspelled ones of. An alias of one word is close to too many words: `path` to
/// `Paths`, `account` to `Count`, `active` to `archive`.
static LONG_NAMES: LazyLock<Vec<(String, Field)>> = LazyLock::new(|| {
    let aliases = aliases().filter(|(name, _)| name.contains(' '));
    let inverted = INVERTED.into_iter().filter(|(name, _)| *name != "active");
    let all = names().chain(aliases).chain(inverted);
    all.map(|(name, field)| (plain(name), field)).collect()
});

fn names() -> impl Iterator<Item = (&'static str, Field)> {
    Field::all().map(|field| (field.name(), field))
}

fn aliases() -> impl Iterator<Item = (&'static str, Field)> {
    Field::all().flat_map(|field| field.aliases().iter().map(move |alias| (*alias, field)))
}

/// A header without the decorations that people add: `Type *`, `Personal Access Token (PAT)`, `URL:`, further lines.
pub(super) fn undecorated(header: &str) -> &str {
    let name = header.trim().trim_matches(['*', ':', ' ']);
    let name = name
        .split(['(', '[', '\n', '\r'])
        .next()
        .unwrap_or_default();
    name.trim_matches(['*', ':', ' '])
}

/// Whether a header names the opposite of its field.
pub(crate) fn is_inverted(header: &str) -> bool {
    let is_name = |text: &str| INVERTED.iter().any(|(name, _)| *name == plain(text));
    is_name(header) || is_name(undecorated(header))
}

/// The field that a header names, or whose opposite it names.
pub fn field_of(header: &str) -> Option<Field> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let known = HEADERS.get(&plain(header));
    known
        .or_else(|| HEADERS.get(&plain(undecorated(header))))
        .copied()
}

/// The field that a header which names none is close to.
pub(super) fn near_miss(header: &str) -> Option<Field> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let header = plain(undecorated(header));
    let known = LONG_NAMES.iter().map(|(known, field)| (&**known, *field));
    (header.chars().count() >= SHORTEST_SLIP)
        .then(|| nearest(&header, known))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_match_without_case_spaces_and_dashes() {
        for header in [
            "displayName",
            "Display Name",
            "display_name",
            "DISPLAY-NAME",
            "display\u{a0}name",
        ] {
            assert_eq!(field_of(header), Some(Field::DisplayName), "{header}");
        }
        assert_eq!(field_of("Token"), Some(Field::Pat));
    }

    #[test]
    fn headers_match_without_their_decorations() {
        for (header, field) in [
            ("Type *", Field::Type),
            ("* Type", Field::Type),
            ("Personal Access Token (PAT)", Field::Pat),
            ("Host URL\n(https://…)", Field::Origin),
            ("Display\nName", Field::DisplayName),
            ("Name: [required]", Field::DisplayName),
        ] {
            assert_eq!(field_of(header), Some(field), "{header}");
        }
        assert_eq!(field_of("(Type)"), None);
        assert!(is_inverted("Enabled (yes/no)") && !is_inverted("Disabled"));
    }

    #[test]
    fn a_slip_in_a_long_name_is_near_it_and_other_words_are_near_nothing() {
        for (header, field) in [
            ("Typee", Field::Type),
            ("orgin", Field::Origin),
            ("Acess token", Field::Pat),
            ("Enable", Field::Disabled),
        ] {
            assert_eq!(near_miss(header), Some(field), "{header}");
        }
        for header in [
            "Count", "Local", "Depts", "Paths", "Archive", "Typ", "tape", "Project",
        ] {
            assert_eq!(near_miss(header), None, "{header}");
        }
    }

    #[test]
    fn no_two_fields_share_a_header() {
        let names = Field::all()
            .map(|field| 1 + field.aliases().len())
            .sum::<usize>();
        assert_eq!(HEADERS.len(), names + INVERTED.len());
    }
}
