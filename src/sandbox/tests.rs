//! The sandbox as a client sees it: over real sockets, one behaviour a test, nothing that waits for a clock.

mod access;
mod conditions;
mod contract;
mod faults;
mod running;
mod state;
mod violations;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{Config, Sandbox};

/// A client that sends what the contract demands.
struct Client {
    http: reqwest::Client,
    base: String,
}

const INTEGRATION: &str = "/rest/gitplugin/1.0/integration";

impl Client {
    fn of(sandbox: &Sandbox) -> Self {
        // An error says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent("gij/test")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            http,
            base: sandbox.url(),
        }
    }

    /// A request with all headers but the credentials.
    fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let changes = method != Method::GET;
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("accept", "application/json");
        if changes {
            request
                .header("x-atlassian-token", "no-check")
                .header("content-type", "application/json")
        } else {
            request
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.bare(Method::GET, path).bearer_auth("token")
    }

    fn list(&self) -> RequestBuilder {
        self.get(INTEGRATION)
    }

    fn post(&self, body: &Value) -> RequestBuilder {
        self.bare(Method::POST, INTEGRATION)
            .bearer_auth("token")
            .body(body.to_string())
    }

    fn delete(&self, id: u64) -> RequestBuilder {
        self.bare(Method::DELETE, &format!("{INTEGRATION}/{id}"))
            .bearer_auth("token")
    }
}

/// Status and JSON body of an answer.
async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

async fn running() -> (Sandbox, Client) {
    with(Config::default()).await
}

async fn with(config: Config) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(config).unwrap();
    let client = Client::of(&sandbox);
    (sandbox, client)
}

/// The body of a creation that nothing is wrong with.
fn gitlab(name: &str) -> Value {
    json!({"type": "GITLAB", "pat": "s3cret", "displayName": name})
}

/// Waits until something is so; there is no time-out but the test runner's.
async fn until(sandbox: &Sandbox, so: impl Fn(&Sandbox) -> bool) {
    let mut changes = sandbox.watch();
    while !so(sandbox) {
        changes.changed().await.unwrap();
    }
}
