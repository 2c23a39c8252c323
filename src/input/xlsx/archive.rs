//! The archive that a workbook is, and its parts by name; or what the file is instead.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use memchr::memmem::{Finder, find};
use quick_xml::encoding::detect_encoding;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::limits::{Budget, PARTS, UNPACKED};
use super::part::{Unpacked, damaged};
use crate::input::error::{encrypted, no_workbook, unread_format};
use crate::model::Problem;

/// An archive, and the bytes that may still be unpacked of it.
pub(super) struct Archive<R> {
    zip: ZipArchive<R>,
    /// The index of a part, by its name in lower case: as Excel and calamine find it.
    parts: HashMap<String, usize>,
    budget: Budget,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens the archive; an error names the format if it is no workbook.
    pub(super) fn open(mut file: R) -> Result<Self, Problem> {
        check_file_count(&mut file)?;
        let zip = ZipArchive::new(file).map_err(|error| of_zip(&error))?;
        if zip.len() as u64 > PARTS || zip.has_duplicate_names() {
            return Err(damaged("its archive holds two files with the same name"));
        }
        let mut parts = HashMap::with_capacity(zip.len());
        for (index, name) in zip.file_names().enumerate() {
            let name = name.map_err(|error| of_zip(&error))?;
            let name = name.replace('\\', "/").to_ascii_lowercase();
            // Two such names would leave it open which of them calamine reads.
            if parts.insert(name, index).is_some() {
                return Err(damaged("its archive holds two files with the same name"));
            }
        }
        refuse_other_formats(|name| parts.contains_key(name))?;
        Ok(Self {
            zip,
            parts,
            budget: Budget::new(UNPACKED),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&name.to_ascii_lowercase())
    }

    /// The part of this name as it is packed.
    pub(super) fn packed(&mut self, name: &str) -> Result<ZipFile<'_, R>, Problem> {
        let index = self.index(name)?;
        self.zip.by_index_raw(index).map_err(|error| of_zip(&error))
    }

    /// Where in the file the packed bytes of the part are.
    pub(super) fn range(&mut self, name: &str) -> Result<Range<u64>, Problem> {
        let packed = self.packed(name)?;
        let start = packed.data_start();
        let start = start.ok_or_else(|| damaged("a part of it has no beginning"))?;
        Ok(start..start.saturating_add(packed.compressed_size()))
    }

    /// The bytes of the part, at most `most` of them.
    pub(super) fn bytes(
        &mut self,
        name: &str,
        most: u64,
    ) -> Result<Unpacked<'_, ZipFile<'_, R>>, Problem> {
        let index = self.index(name)?;
        let file = self.zip.by_index(index).map_err(|error| of_zip(&error))?;
        Ok(Unpacked::new(file, &self.budget, most))
    }

    /// Whether the part is in UTF-16.
    pub(super) fn is_utf16(&mut self, name: &str) -> Result<bool, Problem> {
        let mut start = Vec::new();
        let mut bytes = self.bytes(name, u64::MAX)?.take(4);
        bytes
            .read_to_end(&mut start)
            .map_err(|error| damaged(&error.to_string()))?;
        let encoding = detect_encoding(&start).map(|detected| detected.encoding());
        Ok(encoding.is_some_and(|encoding| encoding != encoding_rs::UTF_8))
    }

    fn index(&self, name: &str) -> Result<usize, Problem> {
        let index = self.parts.get(&name.to_ascii_lowercase()).copied();
        index.ok_or_else(|| damaged(&format!("its part {name} is missing")))
    }
}

pub(super) fn of_zip(error: &ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => encrypted(),
        error => damaged(&error.to_string()),
    }
}

/// Tells an encrypted workbook from the formats of the time before `.xlsx`; all of them are OLE files.
pub(crate) fn refuse_ole(mut file: impl Read) -> Problem {
    // The name of the stream that holds an encrypted workbook, as OLE directories write names.
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    match search(&mut file, &name, |_| true) {
        Ok(true) => encrypted(),
        Ok(false) => unread_format("this is an .xls workbook"),
        Err(error) => error.into(),
    }
}

fn refuse_other_formats(has: impl Fn(&str) -> bool) -> Result<(), Problem> {
    if has("xl/workbook.bin") {
        Err(unread_format("this is an .xlsb workbook"))
    } else if has("content.xml") && has("meta-inf/manifest.xml") {
        Err(unread_format("this is an OpenDocument file such as .ods"))
    } else if has("index/document.iwa") || has("index.zip") {
        Err(unread_format("this is a Numbers spreadsheet"))
    } else if has("_rels/.rels") {
        Ok(())
    } else {
        Err(no_workbook())
    }
}

/// Refuses an archive that claims more files than one may have: the zip crate makes room for them before it reads any.
/// Only the 64-bit form of the claim can be of so many.
fn check_file_count(mut file: impl Read + Seek) -> Result<(), Problem> {
    /// The longest comment, behind which the claims are.
    const TAIL: u64 = (1 << 16) + 256;
    const LOCATOR: &[u8] = b"PK\x06\x07";
    const CLAIM: &[u8] = b"PK\x06\x06";
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    file.rewind()?;
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
    let is_refused = search(&mut file, CLAIM, is_too_many)?;
    file.rewind()?;
    if is_refused {
        return Err(damaged("its archive claims too many files"));
    }
    Ok(())
}

/// Whether `word` is anywhere in `file`, and what begins with it satisfies `is_it`.
fn search(file: &mut impl Read, word: &[u8], is_it: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    /// Bytes that `is_it` gets from a word on.
    const RECORD: usize = 64;
    let finder = Finder::new(word);
    let mut bytes = Vec::with_capacity(1 << 17);
    loop {
        let read = file.by_ref().take(1 << 16).read_to_end(&mut bytes)?;
        let is_at_end = read == 0;
        // A word too near to the end is found again once more has been read.
        let until = if is_at_end {
            bytes.len()
        } else {
            bytes.len().saturating_sub(RECORD)
        };
        let mut found = finder.find_iter(&bytes).take_while(|at| *at < until);
        if found.any(|at| is_it(&bytes[at..])) {
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
