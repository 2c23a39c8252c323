//! What a file that is no `.xlsx` is instead, so that its owner learns what to do.

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem::{Finder, find};

use super::limits::PARTS;
use super::part::damaged;
use crate::input::error::InputErrorKind;

const XLSB: &str = "this is an .xlsb workbook";
const XLS: &str = "this is an .xls workbook";
const OPEN_DOCUMENT: &str = "this is an OpenDocument file such as .ods";
const NUMBERS: &str = "this is a Numbers spreadsheet";

/// Tells an encrypted workbook from the formats of the time before `.xlsx`; all of them are OLE files.
pub(super) fn of_ole(mut content: impl Read + Seek) -> InputErrorKind {
    // The name of the stream that holds an encrypted workbook, as OLE directories write names.
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    match search(&mut content, &name, |_| true) {
        Ok(true) => InputErrorKind::Encrypted,
        Ok(false) => InputErrorKind::UnreadFormat(XLS),
        Err(error) => error.into(),
    }
}

/// What an archive with these files is, unless it may be a workbook.
pub(super) fn of_names(has: impl Fn(&str) -> bool) -> Result<(), InputErrorKind> {
    if has("xl/workbook.bin") {
        Err(InputErrorKind::UnreadFormat(XLSB))
    } else if has("content.xml") && has("meta-inf/manifest.xml") {
        Err(InputErrorKind::UnreadFormat(OPEN_DOCUMENT))
    } else if has("index/document.iwa") || has("index.zip") {
        Err(InputErrorKind::UnreadFormat(NUMBERS))
    } else if has("_rels/.rels") {
        Ok(())
    } else {
        Err(InputErrorKind::NoWorkbook)
    }
}

/// Refuses an archive that claims more files than one may have: room for them is made before they are looked at. Only the
/// 64-bit form of the claim can say so many.
pub(super) fn check_file_count(mut content: impl Read + Seek) -> Result<(), InputErrorKind> {
    /// Longest comment, behind which the claims stand.
    const TAIL: u64 = (1 << 16) + 256;
    const LOCATOR: &[u8] = b"PK\x06\x07";
    const CLAIM: &[u8] = b"PK\x06\x06";
    let length = content.seek(SeekFrom::End(0))?;
    content.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    content.by_ref().take(TAIL).read_to_end(&mut tail)?;
    if find(&tail, LOCATOR).is_none() {
        return Ok(());
    }
    let is_too_many = |claim: &[u8]| {
        let count = |at: usize| claim.get(at..at + 8)?.try_into().ok();
        [24, 32].into_iter().any(|at| {
            count(at)
                .map(u64::from_le_bytes)
                .is_none_or(|count| count > PARTS)
        })
    };
    content.rewind()?;
    if search(&mut content, CLAIM, is_too_many)? {
        return Err(damaged("its archive claims too many files"));
    }
    Ok(())
}

/// Whether `word` stands anywhere in `content`, and what begins with it satisfies `is_it`.
fn search(content: &mut impl Read, word: &[u8], is_it: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    /// Bytes that are looked at from a word on.
    const RECORD: usize = 64;
    let finder = Finder::new(word);
    let mut bytes = Vec::with_capacity(1 << 17);
    loop {
        let read = content.by_ref().take(1 << 16).read_to_end(&mut bytes)?;
        let is_at_end = read == 0;
        // A word too near to the end is found again once more has been read.
        let until = if is_at_end {
            bytes.len()
        } else {
            bytes.len().saturating_sub(RECORD)
        };
        let found = finder.find_iter(&bytes).take_while(|at| *at < until);
        if found.into_iter().any(|at| is_it(&bytes[at..])) {
            return Ok(true);
        }
        if is_at_end {
            return Ok(false);
        }
        bytes.drain(..until);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_word_is_found_across_the_pieces_that_are_read() {
        for at in [0, (1 << 16) - 8, (1 << 16) - 1, 1 << 16, 200_000] {
            let mut bytes = vec![b'.'; at];
            bytes.extend(b"needle and more");
            let is_it = |rest: &[u8]| rest.starts_with(b"needle and");
            assert!(
                search(&mut Cursor::new(&bytes), b"needle", is_it).unwrap(),
                "{at}"
            );
            assert!(!search(&mut Cursor::new(&bytes), b"needles", is_it).unwrap());
        }
    }

    #[test]
    fn a_claim_of_billions_of_files_is_refused() {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend(b"PK\x06\x06");
        bytes.extend([0; 20]);
        bytes.extend(u64::from(u32::MAX).to_le_bytes());
        bytes.extend(u64::from(u32::MAX).to_le_bytes());
        bytes.extend([0; 16]);
        bytes.extend(b"PK\x06\x07");
        bytes.extend([0; 16]);
        assert!(check_file_count(Cursor::new(&bytes)).is_err());
        bytes[24..40].fill(0);
        assert!(check_file_count(Cursor::new(&bytes)).is_ok());
    }
}
