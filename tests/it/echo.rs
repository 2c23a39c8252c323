//! A server that lets everything through and answers each creation with the same words.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::env::DEADLINE;

/// What creations are answered with, and what is there.
struct Words {
    status: u16,
    answer: String,
    headers: String,
    held: String,
    /// Statuses and bodies that come first, one after the other.
    script: VecDeque<(u16, String)>,
    /// The same for requests for what Jira tells of itself.
    infos: VecDeque<(u16, String)>,
}

pub struct Echo {
    words: Arc<Mutex<Words>>,
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    /// Starts a server that answers creations with `status`, the JSON `answer` and further `headers`, each ending in CRLF.
    pub fn start(status: u16, answer: &str, headers: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let words = Arc::new(Mutex::new(Words {
            status,
            answer: answer.to_owned(),
            headers: headers.to_owned(),
            held: String::new(),
            script: VecDeque::new(),
            infos: VecDeque::new(),
        }));
        let (over, said) = (Arc::clone(&is_over), Arc::clone(&words));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away is not this server's concern.
                let _ = serve(stream.unwrap(), &said);
            }
        });
        Self {
            words,
            address,
            is_over,
            thread: Some(thread),
        }
    }

    /// From now on it answers creations, and requests for one integration, with these words, and lists show the integrations `held`.
    pub fn say(&self, status: u16, answer: &str, held: &str) {
        let mut words = self.words.lock().unwrap();
        words.status = status;
        answer.clone_into(&mut words.answer);
        held.clone_into(&mut words.held);
    }

    /// Creations and logins to git hosts are answered with these first.
    pub fn script(&self, answers: impl IntoIterator<Item = (u16, String)>) {
        self.words.lock().unwrap().script.extend(answers);
    }

    /// Requests for what Jira tells of itself are answered with these first.
    pub fn script_infos(&self, answers: impl IntoIterator<Item = (u16, String)>) {
        self.words.lock().unwrap().infos.extend(answers);
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one request and closes the connection.
fn serve(mut stream: TcpStream, words: &Mutex<Words>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(DEADLINE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let mut words = words.lock().unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let is_one = path.ends_with(|last: char| last.is_ascii_digit());
    let is_echoed = first.starts_with("POST")
        || first.contains("/a/accounts/self")
        || first.starts_with("GET") && is_one && path.contains("/integration/");
    if is_echoed && let Some((status, answer)) = words.script.pop_front() {
        (words.status, words.answer) = (status, answer);
    }
    let is_info = path.ends_with("/serverInfo");
    let info = is_info.then(|| words.infos.pop_front()).flatten();
    let list = format!(r#"{{"success":true,"integrations":[{}]}}"#, words.held);
    let (status, body, headers) = match () {
        () if info.is_some() => {
            let (status, body) = info.as_ref().unwrap();
            (*status, body.as_str(), "")
        }
        () if is_echoed => (words.status, words.answer.as_str(), words.headers.as_str()),
        () if first.starts_with("PUT") => (200, r#"{"success":true}"#, ""),
        () if first.contains("/status") => (200, r#"{"state":"RUNNING"}"#, ""),
        () => (200, list.as_str(), ""),
    };
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}
