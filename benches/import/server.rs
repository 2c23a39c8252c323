//! The least that a Jira can do to be imported into: a process of its own, so that what is measured is the importer alone.
//!
//! It ends when its standard input does, and then prints what it saw.

use std::collections::HashSet;
use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::process::{self, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;

/// What a server is to do.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Config {
    pub latency: Duration,
    /// Requests a second, all of which come at once each second, and as many as can be saved up.
    pub rate: Option<u32>,
    /// Whether it prints the bodies that it was sent, too.
    pub keeps_bodies: bool,
    pub faults: Faults,
}

/// The creations that fail, as probabilities.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Faults {
    /// The status of those that fail before the commit.
    pub before: (u16, f64),
    /// The status of those that fail after the commit.
    pub after: (u16, f64),
    /// Those answered by 429, which ask for a second.
    pub limited: f64,
}

/// What a server saw.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(crate) struct Saw {
    pub created: u32,
    pub requests: u32,
    pub refused: u32,
    /// From the first creation that arrived to the last that was answered, in seconds.
    pub span: f64,
    /// From the arrival of a creation to its answer, on average, in seconds.
    pub latency: f64,
    pub bodies: Vec<String>,
    /// From the first creation to the last that was the first attempt of its row, less the pauses asked for, in seconds.
    pub first_attempts: f64,
}

/// A server in a process of its own.
pub(crate) struct Server {
    process: process::Child,
    out: BufReader<ChildStdout>,
    pub url: String,
}

impl Server {
    pub(crate) fn start(config: Config) -> Result<Self, Box<dyn Error>> {
        let mut process = process::Command::new(std::env::current_exe()?)
            .arg("server")
            .arg(serde_json::to_string(&config)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut out = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut url = String::new();
        out.read_line(&mut url)?;
        let url = url.trim_end().to_owned();
        Ok(Self { process, out, url })
    }

    /// Ends it.
    pub(crate) fn end(mut self) -> Result<Saw, Box<dyn Error>> {
        drop(self.process.stdin.take());
        let mut saw = String::new();
        self.out.read_to_string(&mut saw)?;
        self.process.wait()?;
        Ok(serde_json::from_str(&saw)?)
    }
}

/// Serves until standard input ends.
pub(crate) fn serve(args: &[&str]) -> Result<(), Box<dyn Error>> {
    let [config] = args else {
        return Err("server CONFIG".into());
    };
    let config: Config = serde_json::from_str(config)?;
    let state = Arc::new(Mutex::new(State::new(config)));
    let seen = Arc::clone(&state);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        println!("{}", lock(&seen).saw());
        process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(accept(state, config))
}

async fn accept(state: Arc<Mutex<State>>, config: Config) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let state = Arc::clone(&state);
        let service = service_fn(move |request| answer(request, Arc::clone(&state), config));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

struct State {
    config: Config,
    saw: Saw,
    /// The integrations, as a list shows them.
    list: String,
    first: Option<Instant>,
    last: Option<Instant>,
    latencies: Duration,
    /// Creations that were answered, whatever the answer.
    answered: u32,
    tokens: u32,
    refilled: Option<Instant>,
    /// The rows that were attempted, by their body.
    rows: HashSet<Vec<u8>>,
    last_new_row: Option<Instant>,
    paused: Duration,
    paused_until: Option<Instant>,
    random: fastrand::Rng,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What of a body comes back.
#[derive(Deserialize, Serialize)]
struct Integration {
    #[serde(rename(serialize = "integrationType"))]
    r#type: String,
    #[serde(rename = "displayName")]
    display_name: String,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    id: u32,
    #[serde(default, rename = "initDate")]
    init_date: u32,
}

impl State {
    fn new(config: Config) -> Self {
        Self {
            config,
            saw: Saw::default(),
            list: String::new(),
            first: None,
            last: None,
            latencies: Duration::ZERO,
            answered: 0,
            tokens: config.rate.unwrap_or(0),
            refilled: None,
            rows: HashSet::new(),
            last_new_row: None,
            paused: Duration::ZERO,
            paused_until: None,
            random: fastrand::Rng::with_seed(7),
        }
    }

    fn saw(&self) -> String {
        let span = self.first.zip(self.last).map(|(first, last)| last - first);
        let first_attempts = self.first.zip(self.last_new_row);
        let first_attempts = first_attempts.map(|(first, last)| last - first);
        let saw = Saw {
            first_attempts: first_attempts
                .unwrap_or_default()
                .saturating_sub(self.paused)
                .as_secs_f64(),
            span: span.unwrap_or_default().as_secs_f64(),
            latency: self.latencies.as_secs_f64() / f64::from(self.answered.max(1)),
            ..self.saw.clone()
        };
        serde_json::to_string(&saw).unwrap_or_default()
    }

    /// Takes a token, if there is a limit and one is left.
    fn take(&mut self, now: Instant) -> bool {
        self.saw.requests += 1;
        let Some(rate) = self.config.rate else {
            return true;
        };
        let refilled = self.refilled.get_or_insert(now);
        while now.duration_since(*refilled) >= Duration::from_secs(1) {
            *refilled += Duration::from_secs(1);
            self.tokens = rate;
        }
        let is_granted = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        self.saw.refused += u32::from(!is_granted);
        is_granted
    }

    /// Answers a creation, or makes it fail.
    fn attempt(&mut self, body: &[u8], now: Instant) -> (StatusCode, String) {
        if self.rows.insert(body.to_vec()) {
            self.last_new_row = Some(now);
        }
        let Faults {
            before,
            after,
            limited,
        } = self.config.faults;
        let error = |status| {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, String::new())
        };
        let dice = self.random.f64();
        if dice < limited {
            let from = self.paused_until.map_or(now, |until| until.max(now));
            let until = now + Duration::from_secs(1);
            self.paused += until.saturating_duration_since(from);
            self.paused_until = Some(until);
            return error(429);
        }
        if dice < limited + before.1 {
            return error(before.0);
        }
        let created = self.create(body);
        if dice < limited + before.1 + after.1 {
            return error(after.0);
        }
        created.map_or_else(
            |error| (StatusCode::BAD_REQUEST, error.to_string()),
            |json| (StatusCode::OK, json),
        )
    }

    fn create(&mut self, body: &[u8]) -> Result<String, serde_json::Error> {
        let mut integration: Integration = serde_json::from_slice(body)?;
        self.saw.created += 1;
        integration.id = self.saw.created;
        integration.init_date = self.saw.created;
        let json = serde_json::to_string(&integration)?;
        if !self.list.is_empty() {
            self.list.push(',');
        }
        self.list.push_str(&json);
        if self.config.keeps_bodies {
            self.saw.bodies.push(String::from_utf8_lossy(body).into());
        }
        Ok(format!(r#"{{"success":true,"integration":{json}}}"#))
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    config: Config,
) -> Result<Response<Body>, Infallible> {
    let arrived = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let is_creation = method == Method::POST;
    if is_creation {
        lock(&state).first.get_or_insert(arrived);
    }
    let body = to_bytes(Body::new(request.into_body()), usize::MAX)
        .await
        .unwrap_or_default();
    if !config.latency.is_zero() && is_creation {
        tokio::time::sleep(config.latency).await;
    }
    let mut state = lock(&state);
    let is_granted = path == "/status" || state.take(Instant::now());
    let (status, text) = if is_granted {
        match (is_creation, path.as_str()) {
            (true, _) => state.attempt(&body, Instant::now()),
            (false, "/status") => (StatusCode::OK, r#"{"state":"RUNNING"}"#.to_owned()),
            (false, "/rest/gitplugin/1.0/integration") => (
                StatusCode::OK,
                format!(r#"{{"success":true,"integrations":[{}]}}"#, state.list),
            ),
            (false, _) => (
                StatusCode::OK,
                Value::Object(serde_json::Map::new()).to_string(),
            ),
        }
    } else {
        (StatusCode::TOO_MANY_REQUESTS, String::new())
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(RETRY_AFTER, 1.into());
    }
    if let Some(rate) = config.rate {
        headers.insert("x-ratelimit-limit", rate.into());
        headers.insert("x-ratelimit-remaining", state.tokens.into());
        headers.insert("x-ratelimit-fillrate", rate.into());
        headers.insert("x-ratelimit-interval-seconds", 1.into());
        headers.insert(RETRY_AFTER, u32::from(state.tokens == 0).into());
    }
    if is_creation {
        let now = Instant::now();
        state.last = Some(now);
        state.latencies += now - arrived;
        state.answered += 1;
    }
    Ok(response)
}
