//! The files that tables are read from.
//!
//! The decision to know: a file is opened once, so that what is hashed, what is checked and what is read is the same file
//! even if its name is given to another one meanwhile. It is read from its start, one reader after the other.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::{InputError, InputErrorKind};
use crate::model::{Place, TableFormat, TableName};

/// Most bytes of standard input, a pipe or a device: they can be read once only, so they are kept in memory.
const LONGEST_STREAM: u64 = 128 << 20;

/// A file to read tables from.
pub struct Source {
    name: String,
    content: Content,
}

enum Content {
    File(File),
    Memory(Vec<u8>),
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

    fn of(name: String, content: Result<Content, InputErrorKind>) -> Result<Self, InputError> {
        match content {
            Ok(content) => Ok(Self { name, content }),
            Err(kind) => Err(kind.at(place_of(&name))),
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
        let mut reader = self.reader()?;
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

    /// Reads the content from its start. It does not buffer, and there is one reader at a time.
    pub(super) fn reader(&self) -> Result<Box<dyn ReadSeek + '_>, InputError> {
        Ok(match &self.content {
            Content::File(file) => {
                let mut file: &File = file;
                file.rewind().map_err(|error| self.failed(error))?;
                Box::new(file)
            }
            Content::Memory(bytes) => Box::new(io::Cursor::new(bytes)),
        })
    }

    /// The error of a file that the system cannot read.
    pub(super) fn failed(&self, error: io::Error) -> InputError {
        InputErrorKind::from(error).at(self.place())
    }
}

/// What the bytes of a file are read through.
pub(super) trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

fn open(path: &Path) -> Result<Content, InputErrorKind> {
    let name = path.file_name().unwrap_or_default();
    if name.as_encoded_bytes().starts_with(b"~$") {
        return Err(InputErrorKind::ExcelLock);
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

fn read_stream(stream: impl Read) -> Result<Content, InputErrorKind> {
    let mut bytes = Vec::new();
    stream.take(LONGEST_STREAM + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_STREAM {
        return Err(InputErrorKind::StreamTooLong);
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
    fn each_reader_begins_at_the_start() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let source = Source {
            name: "a".to_owned(),
            content: Content::File(file),
        };
        for _ in 0..2 {
            let mut buffer = [0; 4];
            source.reader().unwrap().read_exact(&mut buffer).unwrap();
            assert_eq!(&buffer, b"0123");
        }
    }

    #[test]
    fn a_stream_without_end_is_refused() {
        let error = read_stream(io::repeat(0)).err().unwrap();
        assert!(matches!(error, InputErrorKind::StreamTooLong));
    }
}
