//! The files that tables are read from.
//!
//! The decision to know: a file is opened once, so that what is hashed, what is checked and what is read is the same file
//! even if its name is given to another one meanwhile. Each reader of it has a position of its own.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::{InputError, unreadable};
use crate::model::{Place, Problem, TableFormat, TableName};

/// Most bytes of standard input, a pipe or a device: they can be read only once, so they are kept in memory.
const LONGEST_IN_MEMORY: u64 = 128 << 20;

/// A file to read tables from.
pub struct Source {
    name: String,
    content: Content,
}

/// The bytes of a file.
#[derive(Debug)]
pub(super) enum Content {
    File(File),
    Memory(Vec<u8>),
}

impl Content {
    /// Reads them from their start.
    pub(super) fn reader(&self) -> ContentReader<'_> {
        let content = self;
        ContentReader { content, at: 0 }
    }

    fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            #[cfg(unix)]
            Self::File(file) => std::os::unix::fs::FileExt::read_at(file, buffer, at),
            #[cfg(windows)]
            Self::File(file) => std::os::windows::fs::FileExt::seek_read(file, buffer, at),
            Self::Memory(bytes) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
                rest.unwrap_or_default().read(buffer)
            }
        }
    }
}

/// Reads the bytes of a file from a position of its own. It does not buffer.
#[derive(Clone, Debug)]
pub(super) struct ContentReader<'a> {
    content: &'a Content,
    pub at: u64,
}

impl Read for ContentReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for ContentReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::End(by) => self.content.len()?.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Source {
    /// The same under another name, by which places and messages call it.
    pub fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// Opens the file at `path`.
    ///
    /// # Errors
    ///
    /// If the system cannot open it, it is a directory, or it is a pipe or device that is too long.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        Self::of(path.display().to_string(), open(path))
    }

    /// Takes the bytes of a file, `name` standing for it in messages.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Memory(bytes),
        }
    }

    /// Reads all of standard input.
    ///
    /// # Errors
    ///
    /// If the system cannot read it, or it is too long.
    pub fn stdin() -> Result<Self, InputError> {
        Self::of("-".to_owned(), read_stream(io::stdin().lock()))
    }

    fn of(name: String, content: Result<Content, Problem>) -> Result<Self, InputError> {
        match content {
            Ok(content) => Ok(Self { name, content }),
            Err(problem) => Err(problem.at(place_of(&name))),
        }
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of the content, in hexadecimal.
    ///
    /// # Errors
    ///
    /// If the system cannot read the file.
    pub fn sha256(&self) -> Result<String, InputError> {
        let mut hasher = Sha256::new();
        let mut buffer = Vec::new();
        let mut reader = self.reader();
        loop {
            buffer.clear();
            let piece = reader.by_ref().take(1 << 16).read_to_end(&mut buffer);
            if piece.map_err(|error| self.failed(error))? == 0 {
                break;
            }
            hasher.update(&buffer);
        }
        let hash = hasher.finalize();
        Ok(hash.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        }))
    }

    /// The whole file as a place.
    pub fn place(&self) -> Place {
        place_of(&self.name)
    }

    /// Reads the content from its start.
    pub(super) fn reader(&self) -> ContentReader<'_> {
        self.content.reader()
    }

    /// The error of a file that the system cannot read.
    pub(super) fn failed(&self, error: io::Error) -> InputError {
        Problem::from(error).at(self.place())
    }
}

fn open(path: &Path) -> Result<Content, Problem> {
    let name = path.file_name().unwrap_or_default();
    if name.as_encoded_bytes().starts_with(b"~$") {
        return Err(unreadable(
            "this is the lock file of a workbook that is open in Excel",
            "give the workbook itself, whose name has no `~$`",
        ));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        Err(io::Error::from(io::ErrorKind::IsADirectory).into())
    } else if metadata.is_file() {
        Ok(Content::File(file))
    } else {
        read_stream(file)
    }
}

fn read_stream(stream: impl Read) -> Result<Content, Problem> {
    let mut bytes = Vec::new();
    stream.take(LONGEST_IN_MEMORY + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_IN_MEMORY {
        let message = "this is longer than 128 MB and not a regular file";
        return Err(unreadable(message, "save it as a file and give that"));
    }
    Ok(Content::Memory(bytes))
}

fn place_of(name: &str) -> Place {
    Place::table(&Arc::new(TableName {
        file: name.to_owned(),
        sheet: None,
        format: TableFormat::Csv,
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn two_readers_of_one_file_do_not_disturb_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let source = Source {
            name: "a".to_owned(),
            content: Content::File(file),
        };
        let mut one = source.reader();
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
        let source = Source::from_bytes("a", b"01".to_vec());
        let mut reader = source.reader();
        reader.seek(SeekFrom::Start(7)).unwrap();
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Current(-9)).is_err());
    }

    #[test]
    fn a_stream_without_end_is_refused() {
        let error = read_stream(io::repeat(0)).err().unwrap();
        assert!(error.message.contains("longer than 128 MB"));
    }
}
