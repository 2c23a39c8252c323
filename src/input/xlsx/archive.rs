//! The archive that a workbook is, and its parts by name; or what the file is instead.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use memchr::memmem::{find, find_iter};
use quick_xml::encoding::detect_encoding;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::limits::{Budget, PARTS, UNPACKED};
use super::part::{Unpacked, damaged, too_large};
use crate::input::error::{encrypted, no_workbook, unread_format};
use crate::input::source::LONGEST_IN_MEMORY;
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
pub(crate) fn refuse_ole(file: impl Read) -> Problem {
    // The name of the stream that holds an encrypted workbook, as OLE directories write names.
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut bytes = Vec::new();
    match file.take(LONGEST_IN_MEMORY).read_to_end(&mut bytes) {
        Ok(_) if find(&bytes, &name).is_some() => encrypted(),
        Ok(_) => unread_format("this is an .xls workbook"),
        Err(error) => error.into(),
    }
}

fn refuse_other_formats(has: impl Fn(&str) -> bool) -> Result<(), Problem> {
    const OTHERS: [(&str, &str); 4] = [
        ("xl/workbook.bin", "this is an .xlsb workbook"),
        ("content.xml", "this is an OpenDocument file such as .ods"),
        ("index/document.iwa", "this is a Numbers spreadsheet"),
        ("index.zip", "this is a Numbers spreadsheet"),
    ];
    if let Some((_, what)) = OTHERS.iter().find(|(name, _)| has(name)) {
        return Err(unread_format(what));
    }
    if !has("_rels/.rels") {
        return Err(no_workbook());
    }
    Ok(())
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
    let mut bytes = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut bytes)?;
    file.rewind()?;
    if find(&bytes, LOCATOR).is_none() {
        return Ok(());
    }
    // The zip crate finds the claim wherever it is.
    bytes.clear();
    file.by_ref()
        .take(LONGEST_IN_MEMORY)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(too_large("the workbook is longer than 128 MB"));
    }
    file.rewind()?;
    let is_too_many = |claim: usize| {
        let counts =
            [claim + 24, claim + 32].map(|at| bytes.get(at..).and_then(<[u8]>::first_chunk::<8>));
        let is_fine = |count: &[u8; 8]| u64::from_le_bytes(*count) <= PARTS;
        !counts.into_iter().all(|count| count.is_some_and(is_fine))
    };
    if find_iter(&bytes, CLAIM).any(is_too_many) {
        return Err(damaged("its archive claims too many files"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

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
