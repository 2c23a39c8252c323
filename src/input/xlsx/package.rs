//! The archive that a workbook is, and its parts by name.

use std::collections::HashMap;
use std::io::{Seek, SeekFrom};

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::format::{check_file_count, of_names};
use super::guard::{contradiction, guarded};
use super::limits::{Budget, PARTS};
use super::part::{Metered, damaged};
use super::shelf::{DEFLATED, Entry, From, STORED};
use crate::input::error::InputErrorKind;
use crate::input::positioned::Positioned;

/// An archive, and the bytes that may still be unpacked of it. A clone reads on its own.
#[derive(Clone)]
pub(super) struct Package<'a> {
    zip: ZipArchive<Positioned<'a>>,
    /// Where a part stands, by its name in lower case: as Excel and calamine look for it.
    parts: HashMap<String, usize>,
    budget: &'a Budget,
    file_length: u64,
}

/// A part's packed bytes.
pub(super) type Packed<'p, 'a> = ZipFile<'p, Positioned<'a>>;

impl<'a> Package<'a> {
    /// Opens the archive, and says what it is if it is no workbook.
    pub(super) fn open(
        mut content: Positioned<'a>,
        budget: &'a Budget,
    ) -> Result<Self, InputErrorKind> {
        let file_length = content.seek(SeekFrom::End(0))?;
        check_file_count(content.clone())?;
        let zip =
            guarded(|| ZipArchive::new(content).map_err(|error| damaged(&error.to_string())))?;
        if zip.len() as u64 > PARTS || zip.has_duplicate_names() {
            return Err(damaged("its archive holds two files of one name"));
        }
        let mut parts = HashMap::with_capacity(zip.len());
        for (index, name) in zip.file_names().enumerate() {
            let name = name.map_err(|error| damaged(&error.to_string()))?;
            let name = name.replace('\\', "/").to_ascii_lowercase();
            // Two such names would leave it open which of them calamine reads.
            if parts.insert(name, index).is_some() {
                return Err(damaged("its archive holds two files of one name"));
            }
        }
        of_names(|name| parts.contains_key(name))?;
        Ok(Self {
            zip,
            parts,
            budget,
            file_length,
        })
    }

    /// How many bytes of the file the part of this name has at most.
    pub(super) fn length(&self, name: &str) -> u64 {
        let index = self.parts.get(&name.to_ascii_lowercase());
        let part = index.and_then(|index| self.zip.by_index_data(*index).ok());
        part.map_or(0, |part| part.compressed_size().min(self.file_length))
    }

    /// How calamine is to be shown the part of this name; none if there is none. It must have been opened before.
    pub(super) fn packed(&mut self, name: &str) -> Result<Option<Entry>, InputErrorKind> {
        let Some(index) = self.parts.get(&name.to_ascii_lowercase()) else {
            return Ok(None);
        };
        let packed = self.zip.by_index_raw(*index);
        let packed = packed.map_err(|error| damaged(&error.to_string()))?;
        let method = match packed.compression() {
            CompressionMethod::Stored => STORED,
            CompressionMethod::Deflated => DEFLATED,
            method => return Err(damaged(&format!("it is packed by {method}"))),
        };
        let start = packed.data_start();
        Ok(Some(Entry {
            name: name.to_ascii_lowercase(),
            method,
            crc32: packed.crc32(),
            packed: packed.compressed_size(),
            unpacked: packed.size(),
            from: From::File(start.ok_or_else(contradiction)?),
        }))
    }

    /// How calamine is to be shown the part of this name if its bytes come from the scan; none if there is none.
    pub(super) fn unpacked(&mut self, name: &str) -> Result<Option<Entry>, InputErrorKind> {
        let Some(index) = self.parts.get(&name.to_ascii_lowercase()) else {
            return Ok(None);
        };
        let part = self.zip.by_index_data(*index);
        let part = part.map_err(|error| damaged(&error.to_string()))?;
        Ok(Some(Entry {
            name: name.to_ascii_lowercase(),
            method: STORED,
            crc32: part.crc32(),
            packed: part.size(),
            unpacked: part.size(),
            from: From::Feed,
        }))
    }

    /// The part of this name, of which at most so many bytes will be unpacked; none if there is none.
    pub(super) fn part<'p>(
        &'p mut self,
        name: &str,
        most: u64,
    ) -> Result<Option<Metered<'a, Packed<'p, 'a>>>, InputErrorKind> {
        let Some(index) = self.parts.get(&name.to_ascii_lowercase()) else {
            return Ok(None);
        };
        match self.zip.by_index(*index) {
            Ok(packed) => Ok(Some(Metered::new(packed, self.budget, most))),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                Err(InputErrorKind::Encrypted)
            }
            Err(error) => Err(damaged(&error.to_string())),
        }
    }
}
