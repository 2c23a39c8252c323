//! The archive as calamine sees it: the parts that were checked, and no others.
//!
//! The decision to know: large parts look as if they were not packed, so that the thread that parses them need not unpack
//! them too; their bytes come from the scan that goes ahead. The headers that say so are made up here. The bytes between
//! them are never there: calamine's reader of archives goes to where the bytes of a part begin and reads on from there,
//! and from which place that is, it is known what it shall read.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use super::feed::Slot;
use super::guard::contradiction;
use super::part::damaged;
use crate::input::error::InputErrorKind;
use crate::input::positioned::Positioned;

/// How parts are packed.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// Names are in UTF-8.
const UTF8: u16 = 1 << 11;
/// The version of the format that has directories and packed files.
const VERSION: u16 = 20;
/// The first day that the format knows.
const DATE: u16 = 0x21;

/// Where the bytes of a part come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// From this place of the file, as they are.
    File(u64),
    /// From the scan, unpacked.
    Feed,
}

/// What the archive says of a part.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub method: u16,
    pub crc32: u32,
    pub packed: u64,
    pub unpacked: u64,
    pub from: From,
}

/// The archive for calamine.
pub(super) struct Shelf<'a> {
    headers: Vec<u8>,
    /// Where the bytes of the parts begin.
    starts: HashMap<u64, From>,
    file: Positioned<'a>,
    slot: Slot,
    at: u64,
    /// What is read here; nothing for the headers.
    reads: Option<From>,
}

impl<'a> Shelf<'a> {
    /// Puts up these parts of a file.
    pub(super) fn new(
        entries: &[Entry],
        file: Positioned<'a>,
        slot: Slot,
    ) -> Result<Self, InputErrorKind> {
        let mut headers = Vec::new();
        let mut directory = Vec::new();
        let mut starts = HashMap::new();
        let mut count: u16 = 0;
        let mut known: HashMap<&str, From> = HashMap::new();
        for entry in entries {
            match known.insert(&entry.name, entry.from) {
                None => count += 1,
                Some(before) if before == entry.from => continue,
                // A part cannot be a sheet and something else.
                Some(_) => return Err(contradiction()),
            }
            let start = narrow(headers.len() as u64);
            let said = Said::of(entry)?;
            headers.extend(b"PK\x03\x04");
            put(&mut headers, &[VERSION]);
            said.put(&mut headers);
            headers.extend(entry.name.as_bytes());
            starts.insert(headers.len() as u64, entry.from);
            // The next header must not begin where the bytes of this part do.
            headers.push(0);
            directory.extend(b"PK\x01\x02");
            put(&mut directory, &[VERSION, VERSION]);
            said.put(&mut directory);
            put(&mut directory, &[0; 5]);
            directory.extend(start.to_le_bytes());
            directory.extend(entry.name.as_bytes());
        }
        let start = narrow(headers.len() as u64);
        let length = narrow(directory.len() as u64);
        headers.append(&mut directory);
        headers.extend(b"PK\x05\x06");
        put(&mut headers, &[0, 0, count, count]);
        headers.extend(length.to_le_bytes());
        headers.extend(start.to_le_bytes());
        put(&mut headers, &[0]);
        Ok(Self {
            headers,
            starts,
            file,
            slot,
            at: 0,
            reads: None,
        })
    }
}

/// The fields that both headers of a part have.
struct Said<'e> {
    entry: &'e Entry,
    name: u16,
}

impl<'e> Said<'e> {
    fn of(entry: &'e Entry) -> Result<Self, InputErrorKind> {
        let name = u16::try_from(entry.name.len());
        let name = name.map_err(|_| damaged("the name of a part is too long"))?;
        Ok(Self { entry, name })
    }

    fn put(&self, to: &mut Vec<u8>) {
        let Entry {
            method,
            crc32,
            packed,
            unpacked,
            ..
        } = *self.entry;
        put(to, &[UTF8, method, 0, DATE]);
        to.extend(crc32.to_le_bytes());
        to.extend(narrow(packed).to_le_bytes());
        to.extend(narrow(unpacked).to_le_bytes());
        put(to, &[self.name, 0]);
    }
}

fn put(to: &mut Vec<u8>, numbers: &[u16]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// A length as the format without 64 bits has it: no part of more is read to its end.
fn narrow(length: u64) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX).min(u32::MAX - 1)
}

impl Read for Shelf<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.reads {
            Some(From::Feed) => self.slot.read(buffer)?,
            Some(From::File(_)) => self.file.read(buffer)?,
            None => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = self.headers.get(at..).unwrap_or_default();
                rest.read(buffer)?
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Shelf<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Current(0) => return Ok(self.at),
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => (self.headers.len() as u64).checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        if self.reads == Some(From::Feed) {
            self.slot.leave();
        }
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        self.reads = self.starts.get(&self.at).copied();
        if let Some(From::File(start)) = self.reads {
            self.file.seek(SeekFrom::Start(start))?;
        }
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    use super::super::facts::Piece;
    use super::super::limits::Budget;
    use super::super::package::Package;
    use super::*;

    fn archive() -> Vec<u8> {
        let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, content) in [
            ("_rels/.rels", "roots"),
            ("xl/Small.xml", "as it is"),
            ("xl/Large.xml", "from the scan"),
            ("xl/other.xml", "not for calamine"),
        ] {
            let options = SimpleFileOptions::default();
            zip.start_file(name, options).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read_part(zip: &mut ZipArchive<Shelf<'_>>, name: &str) -> io::Result<String> {
        let mut text = String::new();
        let part = zip.by_name(name);
        part.map_err(io::Error::other)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn parts_are_found_where_their_bytes_come_from() {
        let bytes = archive();
        let file = Positioned::of_bytes(&bytes);
        let budget = Budget::new(u64::MAX);
        let mut package = Package::open(file.clone(), &budget).unwrap();
        let small = package.packed("xl/small.xml").unwrap().unwrap();
        let large = package.unpacked("xl/large.xml").unwrap().unwrap();
        assert!(package.unpacked("xl/none.xml").unwrap().is_none());
        let slot = Slot::default();
        // Two sheets may be one part.
        let entries = [small, large.clone(), large];
        let shelf = Shelf::new(&entries, file, slot.clone()).unwrap();
        let mut zip = ZipArchive::new(shelf).unwrap();
        assert_eq!(zip.len(), 2);
        assert_eq!(read_part(&mut zip, "xl/small.xml").unwrap(), "as it is");
        assert!(read_part(&mut zip, "xl/large.xml").is_err());
        for (piece, is_whole) in [("scan", true), ("scam", false)] {
            let (feeder, _opened) = slot.open();
            for piece in ["from ", "the ", piece] {
                let bytes = piece.as_bytes().to_vec();
                assert!(feeder.pass(bytes, Piece::default()).is_ok());
            }
            feeder.end(Ok(()));
            let read = read_part(&mut zip, "xl/large.xml");
            assert_eq!(read.is_ok_and(|text| text == "from the scan"), is_whole);
            assert_eq!(read_part(&mut zip, "xl/small.xml").unwrap(), "as it is");
        }
        assert!(read_part(&mut zip, "xl/other.xml").is_err());
    }

    #[test]
    fn a_part_is_not_read_in_two_ways() {
        let bytes = archive();
        let file = Positioned::of_bytes(&bytes);
        let budget = Budget::new(u64::MAX);
        let mut package = Package::open(file.clone(), &budget).unwrap();
        let one = package.packed("xl/small.xml").unwrap().unwrap();
        let other = package.unpacked("xl/small.xml").unwrap().unwrap();
        assert!(Shelf::new(&[one, other], file, Slot::default()).is_err());
    }
}
