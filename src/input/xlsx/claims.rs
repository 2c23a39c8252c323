//! What a workbook claims, held against what is there, for the parts that calamine reads as a whole.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::attributes::attribute;
use super::limits::{LONGEST_STYLE, STRINGS, STRUCTURE_PART, STYLES, STYLES_PART};
use super::package::Package;
use super::part::{Metered, Part, damaged};
use super::structure::Structure;
use crate::input::error::InputErrorKind;

/// The fewest bytes of a shared text: `<si/>`.
const SHORTEST_STRING: u64 = 5;

/// A claim of so many shared texts costs next to nothing, and is let pass where a script wrote it carelessly.
const HARMLESS_CLAIM: u64 = 1 << 16;

/// Checks all parts but the shared texts and the sheets.
pub(super) fn check(
    package: &mut Package<'_>,
    structure: &Structure,
) -> Result<(), InputErrorKind> {
    if let Some(theme) = package.part(&structure.theme(), STRUCTURE_PART)? {
        theme.drain()?;
    }
    check_styles(package, &structure.styles())
}

/// calamine copies fonts, fills, borders and formats into every cell style.
fn check_styles(package: &mut Package<'_>, path: &str) -> Result<(), InputErrorKind> {
    let Some(bytes) = package.part(path, STYLES_PART)? else {
        return Ok(());
    };
    let mut part = Part::new(bytes);
    let mut buffer = Vec::new();
    let mut styles = 0;
    loop {
        match part.token(&mut buffer)? {
            Event::Start(tag) if is_copied(tag.local_name().as_ref()) => {
                if tag.len() > LONGEST_STYLE {
                    return Err(damaged("one of its cell styles is too long"));
                }
                styles += 1;
                if styles > STYLES {
                    return Err(InputErrorKind::TooMany {
                        what: "cell styles",
                        most: STYLES,
                    });
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn is_copied(name: &str) -> bool {
    matches!(name, "xf" | "font" | "fill" | "border" | "numFmt" | "name")
}

/// Whether room for as many shared texts as the part claims is no more than a few times what the file has for them: then
/// calamine may begin before they are counted.
pub(super) fn is_modest(package: &mut Package<'_>, path: &str) -> bool {
    /// Tags before the claim.
    const BEFORE: usize = 8;
    let packed = package.length(path);
    let Ok(Some(bytes)) = package.part(path, STRUCTURE_PART) else {
        return false;
    };
    let mut part = Part::new(bytes);
    let mut buffer = Vec::new();
    for _ in 0..BEFORE {
        match part.token(&mut buffer) {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "sst" => {
                return claim(&tag) <= HARMLESS_CLAIM.max(packed / 2);
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    false
}

/// What calamine reads off as the number of shared texts.
fn claim(tag: &BytesStart<'_>) -> u64 {
    let claim = attribute(tag, "uniqueCount");
    claim.and_then(|claim| claim.parse().ok()).unwrap_or(0)
}

/// calamine makes room for as many shared texts as are claimed, and reads them all.
pub(super) fn check_strings(bytes: Metered<'_, impl Read>) -> Result<(), InputErrorKind> {
    let mut part = Part::new(bytes);
    let mut buffer = Vec::new();
    let (mut strings, mut claimed) = (0, 0);
    let mut bytes = 0;
    loop {
        match part.token(&mut buffer)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "sst" => claimed = claimed.max(claim(&tag)),
                "si" => {
                    strings += 1;
                    bytes += u64::try_from(tag.len()).unwrap_or(u64::MAX) + SHORTEST_STRING;
                    bytes += string(&mut part)?;
                    part.pass_over(|ahead| {
                        let length = plain_string(ahead)?;
                        strings += 1;
                        bytes += length as u64;
                        Some(length)
                    });
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        if strings > STRINGS {
            return Err(InputErrorKind::TooMany {
                what: "shared texts",
                most: STRINGS,
            });
        }
    }
    let room = bytes / SHORTEST_STRING;
    if claimed > STRINGS.min(room.max(HARMLESS_CLAIM)) {
        return Err(InputErrorKind::ClaimedStrings {
            claimed,
            found: strings,
        });
    }
    part.end(Ok(()));
    Ok(())
}

/// Reads to the end of a shared text as one token; returns its length, roughly.
fn string(part: &mut Part<'_, impl Read>) -> Result<u64, InputErrorKind> {
    let outside = part.depth() - 1;
    let mut buffer = Vec::new();
    let mut length = 0;
    while part.depth() > outside {
        if let Event::Eof = part.within(&mut buffer)? {
            break;
        }
        length += buffer.len() as u64;
    }
    Ok(length)
}

/// The length of a shared text at the front of `bytes`, if it is a plain one and whole.
fn plain_string(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"</t></si>";
    let text = bytes.strip_prefix(b"<si><t")?;
    let text = text
        .strip_prefix(b" xml:space=\"preserve\"")
        .unwrap_or(text)
        .strip_prefix(b">")?;
    let end = memchr::memchr(b'<', text)?;
    let length = bytes.len() - text.len() + end + END.len();
    text[end..].starts_with(END).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_are_measured_and_others_left_to_the_parser() {
        let plain = b"<si><t>a &amp; b</t></si><si>";
        assert_eq!(plain_string(plain), Some(plain.len() - 4));
        let spaced = b"<si><t xml:space=\"preserve\"> a</t></si>";
        assert_eq!(plain_string(spaced), Some(spaced.len()));
        for other in [
            &b"<si><t>cut"[..],
            b"<si><t>a</t>",
            b"<si><r><t>a</t></r></si>",
            b"<si/>",
            b"",
        ] {
            assert_eq!(plain_string(other), None);
        }
    }
}
