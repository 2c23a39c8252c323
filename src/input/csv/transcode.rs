//! Text of every encoding becomes UTF-8.
//!
//! UTF-8 and UTF-16 are known by a byte order mark or by their shape. What turns out not to be UTF-8 is Windows-1252, the
//! encoding in which Excel writes a plain CSV; that is a guess, and is told with the place of the first byte that gave
//! it away. A text that had proper UTF-8 beyond ASCII before that byte is UTF-8 with damage, and is left as it is.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time. A fuzz target's texts are short and shall have many pieces all the same.
pub(crate) const CHUNK: usize = if cfg!(fuzzing) { 61 } else { 64 * 1024 };

/// Reads text as UTF-8.
pub(crate) struct Transcoder<'a> {
    content: &'a mut dyn Read,
    mode: Mode,
    /// Bytes of a character whose rest is still to come.
    pending: Vec<u8>,
    is_guessing: bool,
    /// Whether proper UTF-8 beyond ASCII was seen.
    is_utf8_beyond_ascii: bool,
}

enum Mode {
    Utf8,
    Decode(Decoder),
}

/// What a read gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Given {
    /// Whether the text has ended.
    pub is_end: bool,
    /// Where, in the bytes appended to the output, the guess of Windows-1252 began, and the byte that made for it.
    pub guessed: Option<(usize, u8)>,
}

impl<'a> Transcoder<'a> {
    /// A reader of `content`, which begins with `start` (to be read yet); `said` is the encoding if somebody says it.
    pub(crate) fn new(
        content: &'a mut dyn Read,
        start: &[u8],
        said: Option<&'static Encoding>,
    ) -> Self {
        let encoding = said.or_else(|| utf16_of(start)).unwrap_or(UTF_8);
        let mode = if encoding == UTF_8 {
            Mode::Utf8
        } else {
            Mode::Decode(encoding.new_decoder_with_bom_removal())
        };
        Self {
            content,
            mode,
            pending: Vec::new(),
            is_guessing: said.is_none(),
            is_utf8_beyond_ascii: false,
        }
    }

    /// The encoding as far as is known by now.
    pub(crate) fn encoding(&self) -> &'static str {
        match &self.mode {
            Mode::Utf8 => UTF_8.name(),
            Mode::Decode(decoder) => decoder.encoding().name(),
        }
    }

    /// Appends the next piece of text to `output`.
    pub(crate) fn read_into(&mut self, output: &mut Vec<u8>) -> io::Result<Given> {
        let start = output.len();
        output.append(&mut self.pending);
        let before = output.len();
        output.resize(before + CHUNK, 0);
        let read = read_some(self.content, &mut output[before..])?;
        output.truncate(before + read);
        let is_end = read == 0;
        let guessed = match &mut self.mode {
            Mode::Decode(decoder) => {
                let chunk = output.split_off(start);
                decode(decoder, &chunk, is_end, output);
                None
            }
            Mode::Utf8 => self.look_at_utf8(output, start, is_end),
        };
        Ok(Given {
            is_end,
            guessed: guessed.map(|(at, byte)| (at - start, byte)),
        })
    }

    /// Looks whether what was read to `start` of the output is UTF-8, and makes it so if it is not.
    fn look_at_utf8(
        &mut self,
        output: &mut Vec<u8>,
        start: usize,
        is_end: bool,
    ) -> Option<(usize, u8)> {
        let chunk = &output[start..];
        let Err(error) = std::str::from_utf8(chunk) else {
            self.is_utf8_beyond_ascii = self.is_utf8_beyond_ascii || !chunk.is_ascii();
            return None;
        };
        let at = start + error.valid_up_to();
        self.is_utf8_beyond_ascii |= !output[start..at].is_ascii();
        if error.error_len().is_none() && !is_end {
            // A character is cut by the end of the chunk.
            self.pending = output.split_off(at);
            return None;
        }
        if self.is_utf8_beyond_ascii || !self.is_guessing {
            return None;
        }
        let rest = output.split_off(at);
        let mut decoder = WINDOWS_1252.new_decoder_without_bom_handling();
        decode(&mut decoder, &rest, is_end, output);
        self.mode = Mode::Decode(decoder);
        rest.first().map(|byte| (at, *byte))
    }
}

fn read_some(content: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match content.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn decode(decoder: &mut Decoder, bytes: &[u8], is_end: bool, output: &mut Vec<u8>) {
    let most = decoder
        .max_utf8_buffer_length(bytes.len())
        .unwrap_or(bytes.len() * 3);
    let start = output.len();
    output.resize(start + most, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(bytes, &mut output[start..], is_end);
    output.truncate(start + written);
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
        said: Option<&'static Encoding>,
    ) -> (String, &'static str, Option<(usize, u8)>) {
        let mut content = bytes;
        let mut transcoder = Transcoder::new(&mut content, &bytes[..bytes.len().min(256)], said);
        let (mut output, mut guessed) = (Vec::new(), None);
        loop {
            let given = transcoder.read_into(&mut output).unwrap();
            guessed = guessed.or(given.guessed);
            if given.is_end {
                return (
                    String::from_utf8_lossy(&output).into_owned(),
                    transcoder.encoding(),
                    guessed,
                );
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
