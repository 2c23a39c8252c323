//! The HTML report in a real browser: headless Chromium, driven over its debugging protocol. Without Chromium these tests
//! are skipped, unless `GIJ_NEEDS_BROWSER` is set, as the gate does.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use gij::sandbox::Fault;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Error, Message, WebSocket};

use crate::docs::{env_with_samples, root};
use crate::env::{DEADLINE, Env, sheet_of};

const ROWS: usize = 260;

/// A page in a browser of its own.
struct Page {
    browser: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    last_id: u64,
    /// Events that nobody has waited for yet.
    events: VecDeque<Value>,
    /// Errors on the console, and requests for anything but the page.
    complaints: Vec<Value>,
    _profile: TempDir,
}

impl Page {
    /// A browser with an empty page; none if there is no browser.
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn open() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let profile_dir = format!("--user-data-dir={}", profile.path().display());
        let spawned = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-port=0",
            ])
            .args([&profile_dir, "about:blank"])
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut browser) = spawned else {
            let is_needed = std::env::var_os("GIJ_NEEDS_BROWSER").is_some();
            assert!(!is_needed, "the package chromium is not installed");
            eprintln!("skipped: there is no chromium");
            return None;
        };
        let lines = BufReader::new(browser.stderr.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let url = lines.find_map(|line| {
            line.split_once("listening on ")
                .map(|(_, url)| url.to_owned())
        });
        let url = url.expect("chromium tells where it listens");
        let host = url.trim_start_matches("ws://").split('/').next().unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let (socket, _) = tungstenite::client(&url, stream).unwrap();
        let mut page = Self {
            browser,
            socket,
            session: None,
            last_id: 0,
            events: VecDeque::new(),
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = page.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = page.call("Target.attachToTarget", &attach);
        page.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(page)
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let mut request = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            request["sessionId"] = session.as_str().into();
        }
        self.socket
            .send(Message::text(request.to_string()))
            .unwrap();
        loop {
            let message = self.receive();
            if message["id"] == self.last_id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push_back(message);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            let message = match self.socket.read() {
                // A signal to this process, which the tests beside this one share.
                Err(Error::Io(error)) if error.kind() == ErrorKind::Interrupted => continue,
                message => message.unwrap(),
            };
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).unwrap();
                let url = message["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default();
                let is_bad = match message["method"].as_str().unwrap_or_default() {
                    "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                        true
                    }
                    "Network.requestWillBeSent" => {
                        !url.starts_with("file://") && !url.starts_with("data:")
                    }
                    _ => false,
                };
                if is_bad {
                    self.complaints.push(message.clone());
                }
                return message;
            }
        }
    }

    fn load(&mut self, path: &std::path::Path) {
        self.call(
            "Page.navigate",
            &json!({"url": format!("file://{}", path.display())}),
        );
        while !self
            .events
            .pop_front()
            .is_some_and(|event| event["method"] == "Page.loadEventFired")
        {
            if self.events.is_empty() {
                let event = self.receive();
                self.events.push_back(event);
            }
        }
    }

    /// The value of a JavaScript expression.
    fn value(&mut self, expression: &str) -> Value {
        let evaluate = json!({"expression": expression, "returnByValue": true});
        let result = self.call("Runtime.evaluate", &evaluate);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {result}"
        );
        result["result"]["value"].clone()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.browser.kill().unwrap();
        self.browser.wait().unwrap();
    }
}

/// The report of an import in which every tenth row fails, and a browser; none without one.
fn report() -> Option<(Env, Page)> {
    let page = Page::open()?;
    let fault = |n: usize| (n % 10 == 9).then_some(Fault::Failure400);
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(ROWS))
        .faults((0..ROWS).map(fault));
    env.run(["import", "a.csv", "--yes", "-o", "report.html"])
        .exit(1);
    Some((env, page))
}

const SHOWN: &str = "document.querySelectorAll('#list tbody tr').length";

#[test]
fn rows_are_searched_filtered_and_sorted_without_a_complaint() {
    let Some((env, mut page)) = report() else {
        return;
    };
    page.load(&env.path("report.html"));
    assert_eq!(
        page.value("document.querySelector('#count').textContent"),
        format!("{ROWS} rows")
    );
    // The failures come first, and a page of rows is enough to begin with.
    assert_eq!(
        page.value("document.querySelector('#list .badge').textContent"),
        "failed"
    );
    assert_eq!(page.value(SHOWN), 200);
    page.value("document.querySelector('#more').click()");
    assert_eq!(page.value(SHOWN), ROWS);

    page.value("const s = document.querySelector('#search'); s.value = 'could not be created'; s.dispatchEvent(new Event('input'))");
    assert_eq!(page.value(SHOWN), ROWS / 10);
    page.value("s.value = ''; s.dispatchEvent(new Event('input'))");
    page.value("const f = document.querySelector('#status'); f.value = 'failed'; f.dispatchEvent(new Event('change'))");
    assert_eq!(page.value(SHOWN), ROWS / 10);
    page.value("f.value = ''; f.dispatchEvent(new Event('change'))");

    let names =
        "[...document.querySelectorAll('#list tbody tr')].map((row) => row.cells[2].textContent)";
    let header = "document.querySelectorAll('#list th')[2]";
    for order in ["ascending", "descending"] {
        page.value(&format!("{header}.firstChild.click()"));
        page.value("document.querySelector('#more').click()");
        assert_eq!(page.value(&format!("{header}.ariaSort")), order);
        let shown: Vec<String> = serde_json::from_value(page.value(names)).unwrap();
        let mut sorted = shown.clone();
        sorted.sort_by_key(|name| name.to_lowercase());
        if order == "descending" {
            sorted.reverse();
        }
        assert_eq!((shown.len(), &shown), (ROWS, &sorted));
    }
    assert_eq!(page.complaints, Vec::<Value>::new());
}

#[test]
fn it_prints_every_row_on_a4() {
    let Some((env, mut page)) = report() else {
        return;
    };
    page.load(&env.path("report.html"));
    let printed = page.call("Page.printToPDF", &json!({"preferCSSPageSize": true}));
    assert!(
        printed["data"].as_str().unwrap().starts_with("JVBERi0"),
        "a PDF in Base64"
    );
    page.value("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(page.value(SHOWN), ROWS);
    assert_eq!(page.complaints, Vec::<Value>::new());
}

#[test]
fn it_follows_light_and_dark_and_fits_a_telephone() {
    let Some((env, mut page)) = report() else {
        return;
    };
    page.load(&env.path("report.html"));
    let paper = "getComputedStyle(document.body).backgroundColor";
    assert_eq!(page.value(paper), "rgb(255, 255, 255)");
    let dark = json!([{"name": "prefers-color-scheme", "value": "dark"}]);
    page.call("Emulation.setEmulatedMedia", &json!({"features": dark}));
    assert_eq!(page.value(paper), "rgb(20, 24, 31)");
    let phone = json!({"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": false});
    page.call("Emulation.setDeviceMetricsOverride", &phone);
    assert_eq!(
        page.value("document.documentElement.scrollWidth <= innerWidth"),
        true
    );
    assert_eq!(page.complaints, Vec::<Value>::new());
}

#[test]
fn it_reads_without_script() {
    let Some((env, mut page)) = report() else {
        return;
    };
    page.call(
        "Emulation.setScriptExecutionDisabled",
        &json!({"value": true}),
    );
    page.load(&env.path("report.html"));
    let last = format!(
        "document.querySelectorAll('#list tbody tr')[{}].offsetHeight > 0",
        ROWS - 1
    );
    assert_eq!(page.value(&last), true);
    assert_eq!(
        page.value("document.querySelector('.tools').offsetHeight"),
        0
    );
}

/// The picture in the README: written with `GIJ_UPDATE_DOCS=1`. Fonts differ from machine to machine, so it is not compared.
#[test]
fn the_picture_of_the_readme_is_small_and_can_be_made() {
    let Some(mut page) = Page::open() else {
        return;
    };
    let env = env_with_samples().sandbox();
    let fault = |n: usize| (n % 7 == 3).then_some(Fault::Failure400);
    let env = env.faults((0..17).map(fault));
    let args = "import samples/onboarding.csv --yes --concurrency 1 -o report.html";
    env.run(args.split(' ')).exit(1);
    page.call("Emulation.setScrollbarsHidden", &json!({"hidden": true}));
    let size = json!({"width": 1100, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    page.call("Emulation.setDeviceMetricsOverride", &size);
    page.load(&env.path("report.html"));
    let taken = page.call("Page.captureScreenshot", &json!({"format": "png"}));
    let png = BASE64_STANDARD.decode(taken["data"].as_str().unwrap());
    let path = root().join("docs/report.png");
    if std::env::var_os("GIJ_UPDATE_DOCS").is_some() {
        std::fs::write(&path, png.unwrap()).unwrap();
    }
    assert!(path.metadata().unwrap().len() < 200_000);
}
