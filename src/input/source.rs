use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::{InputError, InputErrorKind};
use super::positioned::Positioned;
use crate::model::{Place, TableFormat, TableName};

/// A file to read tables from. It stays open, so that what is hashed and what is read is the same file.
pub struct Source {
    name: String,
    content: Content,
}

pub(super) enum Content {
    File(BufReader<File>),
    Memory(Cursor<Vec<u8>>),
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
    /// If the system cannot open it, or it is a directory.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let file = File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            Ok(file)
        });
        let content = file.and_then(|mut file| {
            if file.metadata()?.is_file() {
                return Ok(Content::File(BufReader::with_capacity(1 << 16, file)));
            }
            // A pipe can be read once only.
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(Content::Memory(Cursor::new(bytes)))
        });
        match content {
            Ok(content) => Ok(Self { name, content }),
            Err(error) => Err(InputErrorKind::from(error).at(place_of(&name))),
        }
    }

    /// Takes the bytes of a file, `name` standing for it in messages.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Memory(Cursor::new(bytes)),
        }
    }

    /// Reads all of standard input.
    ///
    /// # Errors
    ///
    /// If the system cannot read it.
    pub fn stdin() -> Result<Self, InputError> {
        let mut bytes = Vec::new();
        match io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(Self {
                name: "-".to_owned(),
                content: Content::Memory(Cursor::new(bytes)),
            }),
            Err(error) => Err(InputErrorKind::from(error).at(place_of("-"))),
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
    pub fn sha256(&mut self) -> Result<String, InputError> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        self.hash_into(&mut hasher, &mut buffer)
            .map_err(|error| InputErrorKind::from(error).at(self.place()))?;
        let mut hex = String::with_capacity(64);
        for byte in hasher.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Ok(hex)
    }

    fn hash_into(&mut self, hasher: &mut Sha256, buffer: &mut [u8]) -> io::Result<()> {
        self.content.rewind()?;
        loop {
            match self.content.read(buffer)? {
                0 => break,
                read => hasher.update(&buffer[..read]),
            }
        }
        self.content.rewind()
    }

    /// The whole file as a place.
    pub fn place(&self) -> Place {
        place_of(&self.name)
    }

    pub(super) fn content(&mut self) -> &mut Content {
        &mut self.content
    }
}

fn place_of(name: &str) -> Place {
    Place::table(&Arc::new(TableName {
        file: name.to_owned(),
        sheet: None,
        format: TableFormat::Csv,
    }))
}

impl Content {
    /// A reader of its own, from the start.
    pub(super) fn positioned(&self) -> Positioned<'_> {
        match self {
            Self::File(file) => Positioned::of_file(file.get_ref()),
            Self::Memory(bytes) => Positioned::of_bytes(bytes.get_ref()),
        }
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}
