//! What a header means: the names of fields, as people write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Field, nearest};

/// The vendor's name for the opposite of `disableSslVerification`.
const INVERTED: (&str, Field) = ("sslverify", Field::DisableSslVerification);

/// Shortest header that is taken for a misspelled one in any table.
const SHORTEST_SLIP: usize = 5;

static HEADERS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let names = |field: Field| std::iter::once(field.name()).chain(field.aliases().iter().copied());
    Field::all()
        .flat_map(|field| names(field).map(move |name| (plain(name), field)))
        .chain([(INVERTED.0.to_owned(), INVERTED.1)])
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

/// Whether a header names the opposite of its field.
pub(crate) fn is_inverted(header: &str) -> bool {
    plain(header) == INVERTED.0
}

/// The field that a header names, or whose opposite it names.
pub fn field_of(header: &str) -> Option<Field> {
    HEADERS.get(&plain(header)).copied()
}

/// The field that a header which names none is close to.
pub(super) fn near_miss(header: &str) -> Option<Field> {
    let header = plain(header);
    let known = HEADERS
        .iter()
        .map(|(known, field)| (known.as_str(), *field));
    (header.chars().count() >= SHORTEST_SLIP)
        .then(|| nearest(&header, known))
        .flatten()
}

/// The field that a header of three or four letters, which names none, is one edit away from. Such headers are close to
/// many words.
pub(super) fn short_near_miss(header: &str) -> Option<Field> {
    let header = plain(header);
    if !(3..SHORTEST_SLIP).contains(&header.chars().count()) {
        return None;
    }
    let near = HEADERS
        .iter()
        .filter(|(known, _)| known.len() >= 3 && strsim::osa_distance(&header, known) == 1);
    near.min().map(|(_, field)| *field)
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
    fn no_two_fields_share_a_header() {
        let names = Field::all()
            .map(|field| 1 + field.aliases().len())
            .sum::<usize>();
        assert_eq!(HEADERS.len(), names + 1);
    }
}
