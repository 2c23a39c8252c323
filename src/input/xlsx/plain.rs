//! Cells and rows in the plain form that spreadsheet programs write, told by their bytes.

use super::limits::{COLUMNS, ROWS};

/// A cell such as `<c r="B7" s="1" t="s"><v>5</v></c>` or `<c r="B7" s="1"/>`.
pub(super) struct PlainCell {
    /// From 0.
    pub column: u32,
    pub length: usize,
}

impl PlainCell {
    /// The cell at the front of `bytes`, if it is a plain one and whole.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let (column, rest) = place(after(bytes, b"<c r=\"")?)?;
        let rest = match after(rest, b" s=\"") {
            Some(rest) => quoted(rest)?,
            None => rest,
        };
        let rest = match after(rest, b" t=\"") {
            Some([b's' | b'b' | b'n', b'"', rest @ ..]) => rest,
            Some(_) => return None,
            None => rest,
        };
        let rest = match rest {
            [b'/', b'>', rest @ ..] => rest,
            rest => {
                let value = after(rest, b"><v>")?;
                let end = value.iter().position(|b| matches!(b, b'<' | b'&'))?;
                if end == 0 {
                    return None;
                }
                after(&value[end..], b"</v></c>")?
            }
        };
        Some(Self {
            column,
            length: bytes.len() - rest.len(),
        })
    }
}

/// The end of a row and the beginning of the next, which is not hidden: `</row><row r="8" spans="1:21">`.
pub(super) struct PlainRow {
    /// From 1.
    pub number: u32,
    pub length: usize,
}

impl PlainRow {
    /// The tags at the front of `bytes`, if they are plain and whole.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = digits(after(bytes, b"</row><row r=\"")?)?;
        let mut rest = after(rest, b"\"")?;
        while let [b' ', attribute @ ..] = rest {
            let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b':';
            let end = attribute.iter().position(|b| !is_of_name(b))?;
            let (name, value) = attribute.split_at(end);
            // The parser knows best of what has a meaning here.
            if matches!(name, b"" | b"r" | b"hidden") {
                return None;
            }
            let value = after(value, b"=\"")?;
            let end = value
                .iter()
                .position(|b| matches!(b, b'"' | b'<' | b'>' | b'&'))?;
            rest = after(&value[end..], b"\"")?;
        }
        let rest = after(rest, b">")?;
        Some(Self {
            number,
            length: bytes.len() - rest.len(),
        })
    }
}

/// What follows `word`, if it stands at the front of `bytes`.
#[inline]
fn after<'b, const N: usize>(bytes: &'b [u8], word: &[u8; N]) -> Option<&'b [u8]> {
    let (front, rest) = bytes.split_first_chunk::<N>()?;
    (front == word).then_some(rest)
}

/// The column of `C7"`, from 0, and what follows the quote; none if no sheet has such a cell.
#[inline]
fn place(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut column = 0;
    let mut rest = bytes;
    while let [letter @ b'A'..=b'Z', more @ ..] = rest {
        column = column * 26 + u32::from(letter - b'A') + 1;
        if column > COLUMNS {
            return None;
        }
        rest = more;
    }
    let (_, rest) = digits(rest)?;
    Some((u32::checked_sub(column, 1)?, after(rest, b"\"")?))
}

/// The number of a row and what follows it; none if no sheet has such a row.
#[inline]
fn digits(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0;
    let mut rest = bytes;
    while let [digit @ b'0'..=b'9', more @ ..] = rest {
        number = number * 10 + u32::from(digit - b'0');
        if number > ROWS {
            return None;
        }
        rest = more;
    }
    // As many digits as the parser of other cells allows.
    let is_row = number > 0 && bytes.len() - rest.len() <= 7;
    is_row.then_some((number, rest))
}

/// What follows a short attribute value of letters and digits, and its quote.
fn quoted(bytes: &[u8]) -> Option<&[u8]> {
    let short = bytes.iter().take(16);
    let end = short.take_while(|b| b.is_ascii_alphanumeric()).count();
    after(&bytes[end..], b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_cells_are_measured_and_others_left_to_the_parser() {
        for (plain, column) in [
            ("<c r=\"A1\"/>", 0),
            ("<c r=\"B7\" s=\"12\"/>", 1),
            ("<c r=\"B7\"><v>5</v></c>", 1),
            ("<c r=\"XFD1048576\" s=\"1\" t=\"s\"><v>5</v></c>", 16_383),
        ] {
            let bytes = format!("{plain}<c");
            let cell = PlainCell::of(bytes.as_bytes()).unwrap();
            assert_eq!((cell.column, cell.length), (column, plain.len()), "{plain}");
        }
        for other in [
            "<c/>",
            "<c r=\"XFE1\"/>",
            "<c r=\"A1048577\"/>",
            "<c r=\"A99999999999\"/>",
            "<c r=\"A00000001\"/>",
            "<c r=\"A0\"/>",
            "<c r=\"A\"/>",
            "<c r=\"1\"/>",
            "<c r=\"ZZZZZZZZZZ1\"/>",
            "<c r=\"A1\" t=\"e\"><v>#N/A</v></c>",
            "<c r=\"A1\"><f>1</f><v>1</v></c>",
            "<c r=\"A1\"><v></v></c>",
            "<c r=\"A1\"><v>a&amp;b</v></c>",
            "<c r=\"A1\"><v>5</v>",
            "<c r=\"A1\"><v>5",
            "<c r=\"A1",
            "<c r=\"A1\"><v>5<!-- --></v></c>",
            "<x:c r=\"A1\"/>",
        ] {
            assert!(PlainCell::of(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn plain_rows_are_measured_and_others_left_to_the_parser() {
        for plain in [
            "</row><row r=\"7\">",
            "</row><row r=\"7\" spans=\"1:21\" ht=\"15.5\" x14ac:dyDescent=\"0.25\">",
        ] {
            let bytes = format!("{plain}<c");
            let row = PlainRow::of(bytes.as_bytes()).unwrap();
            assert_eq!((row.number, row.length), (7, plain.len()), "{plain}");
        }
        for other in [
            "</row>",
            "<row r=\"7\">",
            "</row><row>",
            "</row><row r=\"0\">",
            "</row><row r=\"1048577\">",
            "</row><row r=\"7\"/>",
            "</row><row r=\"7\" spans=\"1:21\"/>",
            "</row><row r=\"7\" hidden=\"1\">",
            "</row><row r=\"7\" r=\"8\">",
            "</row><row r=\"7\" spans='1:21'>",
            "</row><row r=\"7\" spans=\"1:21",
            "</row><row r=\"7\"  spans=\"1:21\">",
            "</row><row r=\"7",
            "</row></sheetData>",
            "</x:row><x:row r=\"7\">",
        ] {
            assert!(PlainRow::of(other.as_bytes()).is_none(), "{other}");
        }
    }
}
