//! Text of every encoding becomes UTF-8.
//!
//! UTF-8 and UTF-16 are known by a byte order mark or by their shape. What turns out not to be UTF-8 is Windows-1252, the
//! encoding in which Excel writes a plain CSV; that is a guess, and is reported with the place of the first byte that gave
//! it away. A text that had proper UTF-8 beyond ASCII before that byte is UTF-8 with damage, and stays so.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time. A fuzz target's texts are short and shall have many pieces all the same.
pub(super) const CHUNK: usize = if cfg!(fuzzing) { 61 } else { 64 * 1024 };

/// Reads text as UTF-8.
pub(super) struct Transcoder<R> {
    content: R,
    /// None as long as the text is UTF-8.
    decoder: Option<Decoder>,
    /// The bytes read last; at first those of a character whose rest is still to come.
    chunk: Vec<u8>,
    is_guessing: bool,
    is_utf8_beyond_ascii: bool,
    /// Whether bytes that are not UTF-8 were replaced, each by U+FFFD.
    pub is_damaged: bool,
    /// Where in the output the guess of Windows-1252 begins, and the byte that made for it.
    pub guessed: Option<(usize, u8)>,
}

impl<R: Read> Transcoder<R> {
    /// A reader of `content`, which begins with `start` (to be read yet), in the encoding `given` if there is one.
    pub(super) fn new(content: R, start: &[u8], given: Option<&'static Encoding>) -> Self {
        let encoding = given.or_else(|| utf16_of(start)).unwrap_or(UTF_8);
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal());
        Self {
            content,
            decoder,
            chunk: Vec::new(),
            is_guessing: given.is_none(),
            is_utf8_beyond_ascii: false,
            is_damaged: false,
            guessed: None,
        }
    }

    /// The encoding as far as is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        let decoder = self.decoder.as_ref();
        decoder.map_or(UTF_8, Decoder::encoding).name()
    }

    /// Appends the next piece of text to `output`. Tells whether the text has ended.
    pub(super) fn read_into(&mut self, output: &mut String) -> io::Result<bool> {
        let content = self.content.by_ref();
        let read = content.take(CHUNK as u64).read_to_end(&mut self.chunk)?;
        let is_end = read == 0;
        let mut chunk = std::mem::take(&mut self.chunk);
        if self.decoder.is_none() {
            let (text, bad) = match std::str::from_utf8(&chunk) {
                Ok(text) => (text, None),
                Err(error) => {
                    let valid = error.valid_up_to();
                    // A character that is cut by the end of the chunk is for the next one.
                    let is_bad = error.error_len().is_some() || is_end;
                    // It was just found to be valid.
                    let text = std::str::from_utf8(&chunk[..valid]).unwrap_or_default();
                    (text, is_bad.then(|| chunk[valid]))
                }
            };
            self.is_utf8_beyond_ascii |= !text.is_ascii();
            output.push_str(text);
            if let Some(byte) = bad {
                // From here on it is Windows-1252, or damaged UTF-8.
                self.is_damaged = self.is_utf8_beyond_ascii || !self.is_guessing;
                self.guessed = (!self.is_damaged).then_some((output.len(), byte));
                let encoding = if self.is_damaged { UTF_8 } else { WINDOWS_1252 };
                self.decoder = Some(encoding.new_decoder_without_bom_handling());
            }
            let read = text.len();
            chunk.drain(..read);
        }
        if let Some(decoder) = &mut self.decoder {
            let most = decoder.max_utf8_buffer_length(chunk.len());
            output.reserve(most.unwrap_or(chunk.len() * 3));
            // There is room for all of it.
            let _ = decoder.decode_to_string(&chunk, output, is_end);
            chunk.clear();
        }
        self.chunk = chunk;
        Ok(is_end)
    }
}

/// UTF-16, by its byte order mark or by the zeros that Latin letters have in it: headers are mostly those.
fn utf16_of(start: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from| {
        let bytes = start.iter().skip(from).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let is_most = |zeros: usize| zeros > 0 && zeros * 10 >= start.len() / 2 * 6;
    match (start, zeros(0), zeros(1)) {
        ([0xFF, 0xFE, ..], ..) => Some(UTF_16LE),
        ([0xFE, 0xFF, ..], ..) => Some(UTF_16BE),
        (_, 0, second) if is_most(second) => Some(UTF_16LE),
        (_, first, 0) if is_most(first) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether bytes with zeros in them may still be text.
pub(crate) fn is_utf16(start: &[u8]) -> bool {
    utf16_of(start).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        bytes: &[u8],
        given: Option<&'static Encoding>,
    ) -> (String, &'static str, Option<(usize, u8)>) {
        let mut transcoder = Transcoder::new(bytes, &bytes[..bytes.len().min(256)], given);
        let mut output = String::new();
        while !transcoder.read_into(&mut output).unwrap() {}
        (output, transcoder.encoding(), transcoder.guessed)
    }

    fn utf16(text: &str, is_little: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if is_little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn utf16_is_known_with_and_without_a_mark() {
        let text = "type,displayName\nGITHUB,Réseau ✓\n";
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{text}");
            assert_eq!(read(&utf16(&marked, true), None).0, text);
            assert_eq!(read(&utf16(&marked, false), None).0, text);
        }
    }

    #[test]
    fn what_is_not_utf8_is_windows_1252_from_its_first_byte_on() {
        let (text, encoding, guessed) = read(b"name\nR\xE9seau \x80\n", None);
        assert_eq!(
            (text.as_str(), encoding, guessed),
            ("name\nRéseau €\n", "windows-1252", Some((6, 0xE9)))
        );
    }

    #[test]
    fn utf8_with_damage_stays_utf8() {
        let (text, encoding, guessed) = read(
            "é\n"
                .as_bytes()
                .iter()
                .chain(b"\xE9\n")
                .copied()
                .collect::<Vec<_>>()
                .as_slice(),
            None,
        );
        assert_eq!(
            (text.as_str(), encoding, guessed),
            ("é\n\u{fffd}\n", "UTF-8", None)
        );
    }

    #[test]
    fn a_character_cut_by_the_end_of_a_chunk_is_whole() {
        let long = format!("{}é", "x".repeat(CHUNK - 1));
        assert_eq!(read(long.as_bytes(), None).0, long);
    }

    #[test]
    fn somebody_may_say_the_encoding() {
        let said = Encoding::for_label(b"windows-1251");
        assert_eq!(read(b"\xCF\xF0", said).0, "Пр");
    }
}
