//! Answers of git hosts to a probe, and what each kind of host's reader makes of them.
//!
//! The first line gives the status; then come headers, a blank line and the body.

#![no_main]

use gij::testing::probe::read_as_all;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// The secret that a host knows and may repeat.
const SECRET: &str = r#"can<1>ary &x/y+z "q" 'p'"#;

fuzz_target!(|bytes: &[u8]| {
    if let Some((status, headers, body)) = answer(bytes) {
        for text in read_as_all(status, headers, body, SECRET) {
            assert!(!text.contains(SECRET), "{text}");
        }
    }
});

fn answer(bytes: &[u8]) -> Option<(u16, HeaderMap, Vec<u8>)> {
    let (first, mut rest) = line(bytes)?;
    let status = std::str::from_utf8(first).ok()?.parse().ok()?;
    let mut headers = HeaderMap::new();
    while let Some((header, more)) = line(rest) {
        rest = more;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&header[..colon]).ok()?;
        let value = HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?;
        headers.append(name, value);
    }
    Some((status, headers, rest.to_owned()))
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
