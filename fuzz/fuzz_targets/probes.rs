//! Answers of git hosts to a probe, and what each kind of host's reader makes of them.
//!
//! The first line gives the status; then come headers, a blank line and the body.

#![no_main]

use gij::testing::model::{Code, Field};
use gij::testing::probe::{HOSTS, HostAnswer, problems};
use gij::testing::secret::Secret;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// The secret that a host knows and may repeat.
const SECRET: &str = r#"can<1>ary &x/y+z "q" 'p'"#;

fuzz_target!(|bytes: &[u8]| {
    let Some(answer) = answer(bytes) else { return };
    let secret = Secret::new(SECRET);
    for api in &HOSTS {
        for field in [Field::Pat, Field::Password] {
            let verdict = api.verdict(field, &secret, &answer);
            for problem in problems(api, field, "", &verdict, Timestamp::UNIX_EPOCH) {
                let is_accepted = problem.code == Code::CredentialAccepted;
                assert!(!is_accepted || (200..300).contains(&answer.status));
                assert!(!problem.message.contains(SECRET), "{}", problem.message);
            }
        }
    }
});

fn answer(bytes: &[u8]) -> Option<HostAnswer> {
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
    Some(HostAnswer {
        status,
        headers,
        body: rest.to_owned(),
    })
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
