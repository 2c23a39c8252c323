//! Accepts connections and serves them by HTTP/1.1.
//!
//! hyper's connection is driven directly: a service that fails makes it close the connection without an answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::carry::Cut;
use super::gate::Arrival;
use super::log;
use super::shared::Shared;

/// Serves until it is told to stop, or nobody is left to tell it. Then all connections are closed.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => break,
            accepted = listener.accept() => accepted,
            // Takes away the remains of connections that have ended.
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), Arc::clone(&shared)));
            }
            // Out of file descriptors, most likely: some will come free.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Waits until the word to stop is given.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error says that nobody is left who could give it: the same.
    drop(stop.wait_for(|stop| *stop).await);
}

async fn connection(stream: TcpStream, router: Router, shared: Arc<Shared>) {
    // Without it small answers wait for acknowledgements; nothing else depends on it.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request| exchange(request, router.clone(), Arc::clone(&shared)));
    // An error says that the client went away or was cut off: both are all in a day's work.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers one request, or fails so that the connection is closed.
async fn exchange(
    mut request: Request<Incoming>,
    router: TowerToHyperService<Router>,
    shared: Arc<Shared>,
) -> Result<Response, NoAnswer> {
    let target: Box<str> = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str())
        .into();
    let number = shared.log().arrived(log::Request {
        method: request.method().clone(),
        path: target.clone(),
        authenticated: request.headers().contains_key(header::AUTHORIZATION),
        status: None,
        fault: None,
        at: jiff::Timestamp::now(),
    });
    shared.changed();
    request.extensions_mut().insert(Arrival { number, target });
    let response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.extensions().get::<Cut>().is_some() {
        return Err(NoAnswer);
    }
    shared.log().answered(number, response.status().as_u16());
    shared.changed();
    Ok(response)
}

/// Makes hyper close the connection.
#[derive(Debug)]
struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut on purpose")
    }
}

impl std::error::Error for NoAnswer {}
