//! Reading one open file from several threads, each at a position of its own.
//!
//! The decision to know: a file is never opened twice, so that what is hashed, what is checked and what is read is the
//! same file even if its name is given to another one meanwhile.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// A reader with a position of its own over a file that others read too. It does not buffer.
#[derive(Clone, Debug)]
pub(super) struct Positioned<'a> {
    bytes: Bytes<'a>,
    at: u64,
}

#[derive(Clone, Copy, Debug)]
enum Bytes<'a> {
    File(&'a File),
    Memory(&'a [u8]),
}

impl<'a> Positioned<'a> {
    /// The start of a file.
    pub(super) fn of_file(file: &'a File) -> Self {
        let bytes = Bytes::File(file);
        Self { bytes, at: 0 }
    }

    /// The start of the bytes of a file.
    pub(super) fn of_bytes(bytes: &'a [u8]) -> Self {
        let bytes = Bytes::Memory(bytes);
        Self { bytes, at: 0 }
    }

    fn len(&self) -> io::Result<u64> {
        match self.bytes {
            Bytes::File(file) => Ok(file.metadata()?.len()),
            Bytes::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.bytes {
            Bytes::File(file) => read_at(file, buffer, self.at)?,
            Bytes::Memory(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(buffer)?
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len()?.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readers_of_one_file_do_not_disturb_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, b"0123456789").unwrap();
        let mut one = Positioned::of_file(&file);
        let mut other = one.clone();
        let mut buffer = [0; 4];
        one.read_exact(&mut buffer).unwrap();
        other.seek(SeekFrom::End(-4)).unwrap();
        other.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"6789");
        one.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"4567");
    }

    #[test]
    fn beyond_the_end_there_is_nothing() {
        let mut reader = Positioned::of_bytes(b"01");
        reader.seek(SeekFrom::Start(7)).unwrap();
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Current(-9)).is_err());
    }
}
