//! Attributes of a tag, read as calamine reads them: raw, so that both follow the same names to the same parts.

use std::borrow::Cow;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use super::limits::{COLUMNS, ROWS};

/// Names and raw values. Ends at what is malformed, where calamine stops with an error.
pub(super) fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = tag.attributes_raw();
    std::iter::from_fn(move || {
        let (name, value) = rest.split_once('=')?;
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = &value[1..];
        let end = value.find(quote)?;
        rest = &value[end + 1..];
        Some((name.trim_ascii(), &value[..end]))
    })
}

/// The first attribute of this name.
pub(super) fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<&'a str> {
    attributes(tag)
        .find(|(is, _)| *is == name)
        .map(|(_, value)| value)
}

/// The name without its namespace.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A value as it is meant; as it stands if it cannot be told.
pub(super) fn text(value: &str) -> Cow<'_, str> {
    unescape(value).unwrap_or(Cow::Borrowed(value))
}

/// Whether a boolean attribute says yes.
pub(super) fn is_set(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// The row, from 1, and the column, from 0, of `C7`; none if no sheet has such a cell.
pub(super) fn cell(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let letters = letters.count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let (letters, digits) = reference.split_at(letters);
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    (column <= COLUMNS).then_some((row(digits)?, column - 1))
}

/// The row, from 1; none if no sheet has such a row.
pub(super) fn row(number: &str) -> Option<u32> {
    let is_number = (1..=7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let row = is_number.then(|| number.parse().ok()).flatten()?;
    (1..=ROWS).contains(&row).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_in_their_order_and_raw() {
        let tag = BytesStart::from_content("c r='A1'\n t = \"a&amp;b\" x:id=\"\" broken", 1);
        let found: Vec<_> = attributes(&tag).collect();
        assert_eq!(found, [("r", "A1"), ("t", "a&amp;b"), ("x:id", "")]);
        assert_eq!(text("a&amp;b"), "a&b");
        assert_eq!(local("x:id"), "id");
    }

    #[test]
    fn cells_outside_of_every_sheet_are_none() {
        assert_eq!(cell("A1"), Some((1, 0)));
        assert_eq!(cell("XFD1048576"), Some((1_048_576, 16_383)));
        for reference in [
            "", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A-1", "A1:B2",
        ] {
            assert_eq!(cell(reference), None, "{reference}");
        }
    }
}
