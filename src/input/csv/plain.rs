//! A record without quotes, cut where it stands.

/// A record of text without quotes: its cells are what lies between the delimiters.
#[derive(Clone, Copy)]
pub(crate) struct PlainRecord<'a> {
    text: &'a str,
    /// Where in the text each cell begins, and where one more would.
    starts: &'a [usize],
}

impl<'a> PlainRecord<'a> {
    /// The record of `text` whose cells begin at `starts`, as [`cut`] found them.
    pub(crate) fn new(text: &'a str, starts: &'a [usize]) -> Self {
        Self { text, starts }
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The text of a cell; none behind the last.
    #[inline]
    pub(crate) fn get(&self, column: usize) -> Option<&'a str> {
        let [start, next] = self.starts.get(column..)?.first_chunk()?;
        let (start, end) = (*start, *next - 1);
        if start == end {
            return Some("");
        }
        self.text.get(start..end)
    }

    /// The bytes of all cells.
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = &'a [u8]> + DoubleEndedIterator {
        (0..self.len()).map(move |column| self.get(column).unwrap_or_default().as_bytes())
    }
}

/// Cuts the record at which `bytes` begin as one without quotes: sets `starts` to where its cells begin, with one place
/// more behind the last, and returns its length with its line end.
pub(crate) fn cut(bytes: &[u8], delimiter: u8, starts: &mut Vec<usize>) -> usize {
    starts.clear();
    starts.push(0);
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut delimiters = places_of(delimiter, word);
        let line_end = match controls(word) {
            0 => 0,
            _ => places_of(b'\n', word) | places_of(b'\r', word),
        };
        if line_end != 0 {
            // Only what comes before it is of this record.
            delimiters &= (line_end & line_end.wrapping_neg()) - 1;
        }
        while delimiters != 0 {
            starts.push(n * 8 + first_of(delimiters) + 1);
            delimiters &= delimiters - 1;
        }
        if line_end != 0 {
            let at = n * 8 + first_of(line_end);
            starts.push(at + 1);
            return behind_line_end(bytes, at);
        }
    }
    let start = bytes.len() - rest.len();
    for (at, byte) in (start..).zip(rest) {
        let is_line_end = matches!(byte, b'\n' | b'\r');
        if is_line_end || *byte == delimiter {
            starts.push(at + 1);
        }
        if is_line_end {
            return behind_line_end(bytes, at);
        }
    }
    starts.push(bytes.len() + 1);
    bytes.len()
}

const LOW_BITS: u64 = u64::from_le_bytes([0x7f; 8]);

/// The highest bit of each byte of `word` that is `byte`.
fn places_of(byte: u8, word: u64) -> u64 {
    let differs = word ^ u64::from_le_bytes([byte; 8]);
    // A byte is 0 just if neither its lower bits carry into the highest nor that is set.
    !((((differs & LOW_BITS) + LOW_BITS) | differs) | LOW_BITS)
}

/// The highest bit of each byte of `word` that is a control character, as line ends are.
fn controls(word: u64) -> u64 {
    const TO_SPACE: u64 = u64::from_le_bytes([0x80 - b' '; 8]);
    !((((word & LOW_BITS) + TO_SPACE) | word) | LOW_BITS)
}

/// Which byte the first of the `places` is.
fn first_of(places: u64) -> usize {
    places.trailing_zeros() as usize / 8
}

fn behind_line_end(bytes: &[u8], at: usize) -> usize {
    let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(is_crlf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_is_told_from_others(bytes in any::<[u8; 8]>(), sought in any::<u8>()) {
            let expected = bytes.map(|byte| if byte == sought { 0x80 } else { 0 });
            let found = places_of(sought, u64::from_le_bytes(bytes));
            prop_assert_eq!(found.to_le_bytes(), expected);
            let expected = bytes.map(|byte| if byte < b' ' { 0x80 } else { 0 });
            prop_assert_eq!(controls(u64::from_le_bytes(bytes)).to_le_bytes(), expected);
        }
    }

    #[test]
    fn a_record_is_cut_at_its_delimiters() {
        let text = "type;;a longer name;\r\nnext";
        let mut starts = Vec::new();
        let length = cut(text.as_bytes(), b';', &mut starts);
        assert_eq!(length, 22);
        let record = PlainRecord::new(&text[..length], &starts);
        let cells: Vec<_> = (0..5).map(|column| record.get(column)).collect();
        assert_eq!(
            cells,
            [
                Some("type"),
                Some(""),
                Some("a longer name"),
                Some(""),
                None
            ]
        );
    }
}
