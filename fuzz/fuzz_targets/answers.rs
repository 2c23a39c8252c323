//! Answers to all requests, and what is made of them.
//!
//! The first line gives the status and in how many bytes at a time the body comes, `200 7`; then come headers, a blank
//! line and the body.

#![no_main]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use gij::testing::jira::{
    Access, Answer, BaseUrl, Client, Connection, JiraError, Refusal, answer_next,
};
use gij::testing::model::{IntegrationType, Record, RecordDraft};
use gij::testing::secret::Secret;
use gij_fuzz::in_json;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body::Frame;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The secrets that a server knows and may repeat.
const TOKEN: &str = "canary-token";
const PASSWORD: &str = "canary password";
const PAT: &str = r#"can<1>ary &x/y+z "q" 'p'"#;

thread_local! {
    /// Who we may be, each with our secret.
    static CLIENTS: [(Client, &'static str); 2] = [
        (client(Access::Token(Secret::new(TOKEN))), TOKEN),
        (client(Access::Basic { user: "anna".into(), password: Secret::new(PASSWORD) }), PASSWORD),
    ];
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    static RECORD: Record = {
        let draft = RecordDraft {
            display_name: Some("Team".into()),
            pat: Some(Secret::new(PAT).into()),
            ..RecordDraft::default()
        };
        Record::new(IntegrationType::GitHub, draft)
    };
}

fn client(access: Access) -> Client {
    let connection = Connection {
        base: BaseUrl::parse("http://127.0.0.1:1/jira").expect("an address"),
        access,
        timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_secs(1),
        ca_certs: Vec::new(),
        client_cert: None,
        insecure: false,
        proxy: None,
    };
    Client::new(&connection).expect("a client")
}

fuzz_target!(|bytes: &[u8]| {
    let Some(given) = Given::of(bytes) else {
        return;
    };
    CLIENTS.with(|clients| {
        for (client, secret) in clients {
            create(client, secret, &given);
            delete(client, secret, &given);
            list(client, secret, &given);
            read(client, secret, &given);
        }
    });
});

fn create(client: &Client, secret: &str, given: &Given<'_>) {
    answer_next(given.response(given.piece));
    let created = RECORD.with(|record| wait(client.create(record)));
    assert_eq!(created.status(), Some(given.status.as_u16()));
    let mut texts = Texts::default();
    if let Answer::Done(created) = &created.meaning {
        assert!(given.status.is_success());
        in_json(&Value::Object(created.shown.open()), &mut texts.0);
        texts
            .0
            .push(serde_json::to_string(&created.shown).expect("JSON"));
    }
    texts.add_answer(&created.meaning);
    texts.assert_silent(&[secret, PAT]);
}

fn delete(client: &Client, secret: &str, given: &Given<'_>) {
    answer_next(given.response(given.piece));
    let deleted = wait(client.delete(7));
    assert_eq!(deleted.status(), Some(given.status.as_u16()));
    let mut texts = Texts::default();
    assert!(deleted.meaning != Answer::Done(()) || given.status.is_success());
    texts.add_answer(&deleted.meaning);
    texts.assert_silent(&[secret]);
}

/// However a list comes in, it is the same.
fn list(client: &Client, secret: &str, given: &Given<'_>) {
    let [in_pieces, whole] = [given.piece, usize::MAX].map(|piece| {
        answer_next(given.response(piece));
        wait(client.list()).meaning
    });
    assert_eq!(in_pieces, whole);
    let mut texts = Texts::default();
    if let Err(error) = whole {
        texts.add_error(&error);
    }
    texts.assert_silent(&[secret]);
}

fn read(client: &Client, secret: &str, given: &Given<'_>) {
    let mut texts = Texts::default();
    let answer = || answer_next(given.response(given.piece));
    answer();
    if let Err(error) = wait(client.status()) {
        texts.add_error(&error);
    }
    answer();
    match wait(client.server_info()).meaning {
        Ok(info) => texts.0.extend([info.title, info.version]),
        Err(error) => texts.add_error(&error),
    }
    answer();
    match wait(client.myself()).meaning {
        Ok(person) => texts.0.extend([person.name, person.display_name]),
        Err(error) => texts.add_error(&error),
    }
    answer();
    if let Err(error) = wait(client.project_id("KEY")) {
        texts.add_error(&error);
    }
    texts.assert_silent(&[secret]);
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(work))
}

/// What came out of an answer.
#[derive(Default)]
struct Texts(Vec<String>);

impl Texts {
    fn add(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    fn add_answer<T>(&mut self, answer: &Answer<T>) {
        match answer {
            Answer::Done(_) => {}
            Answer::Refused(refusal)
            | Answer::FailedOnServer(refusal, _)
            | Answer::Forbidden(refusal)
            | Answer::NotFound(refusal) => self.add_refusal(refusal),
            Answer::Unsettled(why, _) | Answer::NothingHappened(why) => self.add(why),
            Answer::Stop(error) => self.add_error(error),
        }
    }

    fn add_refusal(&mut self, refusal: &Refusal) {
        self.add(&refusal.error);
        self.0.extend(refusal.advice.clone());
    }

    fn add_error(&mut self, error: &JiraError) {
        self.0.extend([error.to_string(), error.help()]);
    }

    fn assert_silent(&self, secrets: &[&str]) {
        for text in &self.0 {
            assert!(
                !secrets.iter().any(|secret| text.contains(secret)),
                "{text}"
            );
        }
    }
}

/// An answer as the bytes say it.
struct Given<'a> {
    status: StatusCode,
    piece: usize,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: &'a [u8],
}

impl<'a> Given<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (first, mut rest) = line(bytes)?;
        let mut words = first.split(|byte| *byte == b' ');
        let status = StatusCode::from_bytes(words.next()?).ok()?;
        let piece = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
        let mut headers = Vec::new();
        while let Some((header, more)) = line(rest) {
            rest = more;
            if header.is_empty() {
                break;
            }
            let colon = header.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&header[..colon]).ok()?;
            let value = HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?;
            headers.push((name, value));
        }
        Some(Self {
            status,
            piece,
            headers,
            body: rest,
        })
    }

    fn response(&self, piece: usize) -> Response<reqwest::Body> {
        let body = Bytes::copy_from_slice(self.body);
        let mut response = Response::new(reqwest::Body::wrap(Pieces {
            body,
            piece: piece.max(1),
        }));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers.iter().cloned());
        response
    }
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// A body that comes in pieces of one length.
struct Pieces {
    body: Bytes,
    piece: usize,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.piece.min(self.body.len());
        let piece = self.body.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(piece))))
    }
}
