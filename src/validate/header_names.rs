//! What a header means: the names of fields, as people write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Field, nearest};

/// Headers for the opposite of a field: the vendor's name for that of `disableSslVerification`, and what people write.
const INVERTED: [(&str, Field); 3] = [
    ("sslverify", Field::DisableSslVerification),
    ("enabled", Field::Disabled),
    ("active", Field::Disabled),
];

/// Longest header that is understood, with what people add to it.
const LONGEST_HEADER: usize = 1000;

/// Shortest header that is taken for a misspelled one in any table.
const SHORTEST_SLIP: usize = 5;

static HEADERS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let names = |field: Field| std::iter::once(field.name()).chain(field.aliases().iter().copied());
    Field::all()
        .flat_map(|field| names(field).map(move |name| (plain(name), field)))
        .chain(INVERTED.map(|(name, field)| (name.to_owned(), field)))
        .collect()
});

/// A header without what people vary: case, spaces, `_`, `-`, NBSP, BOM.
pub(super) fn plain(header: &str) -> String {
    header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
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
    let header = comparable(header)?;
    // `active` is close to `action`, `archive` and more.
    let known = HEADERS.iter().filter(|(known, _)| *known != "active");
    let known = known.map(|(known, field)| (known.as_str(), *field));
    (header.chars().count() >= SHORTEST_SLIP)
        .then(|| nearest(&header, known))
        .flatten()
}

/// The field that a header of three or four letters, which names none, is one edit away from. Such headers are close to
/// many words.
pub(super) fn short_near_miss(header: &str) -> Option<Field> {
    let header = comparable(header)?;
    if !(3..SHORTEST_SLIP).contains(&header.chars().count()) {
        return None;
    }
    let near = HEADERS
        .iter()
        .filter(|(known, _)| known.len() >= 3 && strsim::osa_distance(&header, known) == 1);
    near.min().map(|(_, field)| *field)
}

fn comparable(header: &str) -> Option<String> {
    (header.len() <= LONGEST_HEADER).then(|| plain(undecorated(header)))
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
    fn no_two_fields_share_a_header() {
        let names = Field::all()
            .map(|field| 1 + field.aliases().len())
            .sum::<usize>();
        assert_eq!(HEADERS.len(), names + INVERTED.len());
    }
}
