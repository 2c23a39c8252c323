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
    is_damaged: bool,
}

/// What a read gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Transcoded {
    /// Whether the text has ended.
    pub is_end: bool,
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
        }
    }

    /// The encoding as far as is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        let decoder = self.decoder.as_ref();
        decoder.map_or(UTF_8, Decoder::encoding).name()
    }

    /// Whether bytes that are not UTF-8 were replaced, each by U+FFFD.
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Appends the next piece of text to `output`.
    pub(super) fn read_into(&mut self, output: &mut String) -> io::Result<Transcoded> {
        let content = self.content.by_ref();
        let read = content.take(CHUNK as u64).read_to_end(&mut self.chunk)?;
        let mut transcoded = Transcoded {
            is_end: read == 0,
            guessed: None,
        };
        let mut chunk = std::mem::take(&mut self.chunk);
        if self.decoder.is_none() {
            let rest = match std::str::from_utf8(&chunk) {
                Ok(text) => self.push(text, output),
                Err(error) => {
                    let valid = &chunk[..error.valid_up_to()];
                    // It was just found to be valid.
                    self.push(std::str::from_utf8(valid).unwrap_or_default(), output);
                    // A character that is cut by the end of the chunk is for the next one.
                    if error.error_len().is_some() || transcoded.is_end {
                        let byte = chunk[valid.len()];
                        transcoded.guessed = self.leave_utf8().then_some((output.len(), byte));
                    }
                    valid.len()
                }
            };
            chunk.drain(..rest);
        }
        if let Some(decoder) = &mut self.decoder {
            let most = decoder.max_utf8_buffer_length(chunk.len());
            output.reserve(most.unwrap_or(chunk.len() * 3));
            // There is room for all of it.
            let _ = decoder.decode_to_string(&chunk, output, transcoded.is_end);
            chunk.clear();
        }
        self.chunk = chunk;
        Ok(transcoded)
    }

    fn push(&mut self, text: &str, output: &mut String) -> usize {
        self.is_utf8_beyond_ascii = self.is_utf8_beyond_ascii || !text.is_ascii();
        output.push_str(text);
        text.len()
    }

    /// Takes the text for Windows-1252 from here on, or for damaged UTF-8. Tells whether the first.
    fn leave_utf8(&mut self) -> bool {
        self.is_damaged = self.is_utf8_beyond_ascii || !self.is_guessing;
        let encoding = if self.is_damaged { UTF_8 } else { WINDOWS_1252 };
        self.decoder = Some(encoding.new_decoder_without_bom_handling());
        !self.is_damaged
    }
}
/// UTF-16, by its byte order mark or by the zeros that Latin letters have in it.
fn utf16_of(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs = start.chunks_exact(2);
    let all = pairs.len();
    let (mut first, mut second) = (0, 0);
    for pair in pairs {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    // Headers are mostly Latin letters.
    let is_most = |zeros: usize| zeros > 0 && zeros * 10 >= all * 6;
    match (is_most(first), is_most(second)) {
        (false, true) if first == 0 => Some(UTF_16LE),
        (true, false) if second == 0 => Some(UTF_16BE),
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
        let (mut output, mut guessed) = (String::new(), None);
        loop {
            let piece = transcoder.read_into(&mut output).unwrap();
            guessed = guessed.or(piece.guessed);
            if piece.is_end {
                return (output, transcoder.encoding(), guessed);
            }
        }
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
